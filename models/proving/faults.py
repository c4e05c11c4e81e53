"""What a check of the books says when something is not right."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A sentence that names the row; and whose books it is in, where that is known.

    `of_case`: it is about a complaint. No cooperative is told so, since those in cause would be: the office reads it.
    """

    words: str
    cooperative_id: int | None = None
    of_case: bool = False

    def __str__(self) -> str:
        return self.words
