"""What a check of the books says when something is not right."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A sentence that names the row; and whose books it is in, where that is known."""

    words: str
    cooperative_id: int | None = None

    def __str__(self) -> str:
        return self.words
