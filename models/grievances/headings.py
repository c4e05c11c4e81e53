"""The headings under which cases are counted, and how their figures add up.

Every heading shares out the same cases: its figures add up to all that were received, or to one figure of another
heading. Cases of the sensitive lane stand under none of them.
"""

from enum import StrEnum

from models.grievances.kinds import Category, Lane, Name


class Heading(StrEnum):
    """What is counted of a case."""

    RECEIVED = "received"
    CATEGORY = "category"
    LANE = "lane"
    NAME = "name"
    SEX = "sex"
    MEMBER = "member"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    END = "end"
    OUTCOME = "outcome"
    REOPENED = "reopened"
    APPEALED = "appealed"
    APPEAL = "appeal"
    CONFLICT = "conflict"
    THREATENED = "threatened"
    PRIVATE = "private"


class Seen(StrEnum):
    """Whether the committee said in time that it has seen a case; one that was taken back before, it never can."""

    IN_TIME = "in_time"
    LATE = "late"
    WAITING = "waiting"
    TAKEN_BACK = "taken_back"


class End(StrEnum):
    """What became of a case, in short."""

    SETTLED = "settled"
    ELSEWHERE = "elsewhere"
    OPEN = "open"


class Outcome(StrEnum):
    """What became of a case that is not open."""

    AGREEMENT = "agreement"
    DECISION = "decision"
    REFERRED = "referred"
    OUT_OF_SCOPE = "out_of_scope"
    WITHDRAWN = "withdrawn"


class Kept(StrEnum):
    """What is known of who complains: women and men, members and others; nothing where it was not to be kept."""

    WOMAN = "woman"
    MAN = "man"
    MEMBER = "member"
    OTHER = "other"
    NOT_KEPT = "not_kept"


YES, NO, ALL = "yes", "no", "all"
Figure = tuple[str, str]
RECEIVED: Figure = (Heading.RECEIVED, ALL)
PRIVATE: Figure = (Heading.PRIVATE, ALL)
ENDS = {
    Outcome.AGREEMENT: End.SETTLED,
    Outcome.DECISION: End.SETTLED,
    Outcome.REFERRED: End.ELSEWHERE,
    Outcome.OUT_OF_SCOPE: End.ELSEWHERE,
    Outcome.WITHDRAWN: End.ELSEWHERE,
}
APPEAL_ENDS = (Outcome.AGREEMENT, Outcome.DECISION, End.ELSEWHERE, End.OPEN)
_YES_OR_NO = (Heading.ANSWERED, Heading.REOPENED, Heading.APPEALED, Heading.CONFLICT, Heading.THREATENED)


def _under(heading: Heading, *values: str) -> tuple[Figure, ...]:
    return tuple((heading, value) for value in values)


# Each figure, and the figures that it is the sum of.
PARTS: tuple[tuple[Figure, tuple[Figure, ...]], ...] = (
    (RECEIVED, _under(Heading.CATEGORY, *(each for each in Category if each is not Category.PRIVATE))),
    (RECEIVED, _under(Heading.LANE, *(each for each in Lane if each is not Lane.SENSITIVE))),
    (RECEIVED, _under(Heading.NAME, *Name)),
    (RECEIVED, _under(Heading.SEX, Kept.WOMAN, Kept.MAN, Kept.NOT_KEPT)),
    (RECEIVED, _under(Heading.MEMBER, Kept.MEMBER, Kept.OTHER, Kept.NOT_KEPT)),
    (RECEIVED, _under(Heading.ACKNOWLEDGED, *Seen)),
    (RECEIVED, _under(Heading.END, *End)),
    *((RECEIVED, _under(each, YES, NO)) for each in _YES_OR_NO),
    ((Heading.END, End.SETTLED), _under(Heading.OUTCOME, Outcome.AGREEMENT, Outcome.DECISION)),
    (
        (Heading.END, End.ELSEWHERE),
        _under(Heading.OUTCOME, Outcome.REFERRED, Outcome.OUT_OF_SCOPE, Outcome.WITHDRAWN),
    ),
    ((Heading.APPEALED, YES), _under(Heading.APPEAL, *APPEAL_ENDS)),
)
# How many there are not is counted and never said.
UNSAID = frozenset((each, NO) for each in _YES_OR_NO)
FIGURES: tuple[Figure, ...] = tuple(dict.fromkeys(each for total, parts in PARTS for each in (total, *parts)))
# What does not change any more once a case was counted: here a year is the sum of its quarters, to the last case.
FIXED = (Heading.CATEGORY, Heading.LANE, Heading.NAME, Heading.SEX, Heading.MEMBER, Heading.CONFLICT)
