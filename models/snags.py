"""Why a meeting is not called, moved or called off."""

from enum import StrEnum


class Snag(StrEnum):
    """What stands in the way."""

    NO_CALLER = "no_caller"
    UNKNOWN = "unknown"
    PAST = "past"
    UNTOLD = "untold"
    TOO_LATE = "too_late"
    TOO_FAR = "too_far"
    UNSAID = "unsaid"
    TAKEN = "taken"
    OVER = "over"
    SAME = "same"
    NO_SECOND = "no_second"
    UNCALLED = "uncalled"
    SPENT = "spent"
    FROM_ABOVE = "from_above"


# A plain meeting can still be called where the law stops an assembly.
LEGAL = (Snag.TOO_LATE, Snag.UNSAID, Snag.TOO_FAR)


class NotCalled(ValueError):
    """A meeting cannot be called, moved or called off so; the reason is one of `Snag`."""

    def __init__(self, snag: Snag, about: str = "") -> None:
        super().__init__(snag.value)
        self.snag, self.about = snag, about
