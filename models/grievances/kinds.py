"""The words of a case: what it is about, where it stands, who did what. Stored as these words."""

from enum import StrEnum


class Category(StrEnum):
    """What a case is about."""

    MONEY = "money"
    LAND = "land"
    ACCIDENT = "accident"
    CHILDREN = "children"
    PRIVATE = "private"
    LEADERS = "leaders"
    CHEMICALS = "chemicals"
    FORCES = "forces"
    BUYER = "buyer"
    PAPERS = "papers"
    OTHER = "other"


class Concerned(StrEnum):
    """Who is complained of. Asked of everybody who complains, so that they never see the case."""

    TEAM = "team"
    PIT_OWNER = "pit_owner"
    OFFICER = "officer"
    OUTSIDER = "outsider"
    UNION = "union"  # somebody of a union above the cooperative
    HIGHER = "higher"  # somebody of what stands above the unions
    UNSAID = "unsaid"


class Name(StrEnum):
    """Who may know who filed the case."""

    COMMITTEE = "committee"
    HANDLER = "handler"
    NOBODY = "nobody"


class Lane(StrEnum):
    """How fast, and by whom, a case is handled. A sensitive one is seen by the chosen desk, and nobody else."""

    ORDINARY = "ordinary"
    URGENT = "urgent"
    SENSITIVE = "sensitive"
    EXTERNAL = "external"


class Follow(StrEnum):
    """How the complainant hears what becomes of it."""

    PULL = "pull"
    SMS = "sms"
    CALL_MORNING = "call_morning"
    CALL_EVENING = "call_evening"
    NEVER = "never"


class SafeTime(StrEnum):
    """When somebody in the sensitive lane can be spoken to without danger."""

    NEVER = "never"
    MORNING = "morning"
    NOON = "noon"
    EVENING = "evening"
    BY_SOMEBODY = "by_somebody"


class Help(StrEnum):
    """What somebody in the sensitive lane wishes for."""

    TALK = "talk"
    CARE = "care"
    SAFETY = "safety"
    LAW = "law"


class Came(StrEnum):
    """How a complaint came in: for others it is typed by a relay, or by the desk that called back."""

    PHONE = "phone"
    SMS = "sms"
    RELAY = "relay"
    DESK = "desk"


class State(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ASSESSED = "assessed"
    ASSIGNED = "assigned"
    INQUIRY = "inquiry"
    IN_MEDIATION = "in_mediation"
    PROPOSED = "proposed"
    RESOLVED = "resolved"
    APPEALED = "appealed"
    ESCALATED = "escalated"
    REOPENED = "reopened"
    REFERRED = "referred"
    OUT_OF_SCOPE = "out_of_scope"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class Did(StrEnum):
    """What was done with a case: each is a step of its history."""

    FILED = "filed"
    SEATED = "seated"  # somebody can handle it now, after nobody could
    ACKNOWLEDGED = "acknowledged"
    ASSESSED = "assessed"
    OUT_OF_SCOPE = "out_of_scope"
    ENTRUSTED = "entrusted"  # to somebody who has not said yes yet
    TAKEN = "taken"  # somebody handles it from now on
    FREED = "freed"  # nobody does any more
    INQUIRED = "inquired"
    SESSION_SET = "session_set"
    DAY_ASKED = "day_asked"  # the complainant asks for another day
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    TALK_WANTED = "talk_wanted"
    PAPER_NOTED = "paper_noted"
    RESOLVED = "resolved"
    PROMISED = "promised"
    KEPT = "kept"
    CONFIRMED = "confirmed"
    DENIED = "denied"  # the complainant says that it is not settled
    CLOSED = "closed"
    APPEALED = "appealed"
    ESCALATED = "escalated"
    CALLED_UP = "called_up"  # by the level above, since the complainant is threatened
    REFERRED = "referred"
    CHECKED = "checked"  # the body it was referred to was asked
    ASKED = "asked"  # the complainant, whether what was referred is settled
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    MERGED = "merged"
    RECUSED = "recused"
    ACCUSED = "accused"
    INVITED = "invited"  # the other side
    WROTE = "wrote"  # the committee, to the complainant
    ADDED = "added"  # the complainant, words
    THREATENED = "threatened"
    CODE_ASKED = "code_asked"  # at a desk of another level, for a complainant who lost it


class Side(StrEnum):
    """Who took a step."""

    COMMITTEE = "committee"
    OWNER = "owner"
    PARTY = "party"
    SYSTEM = "system"


class Why(StrEnum):
    """Why a member is barred from a case."""

    ACCUSED = "accused"
    OFFICER = "officer"
    RECUSED = "recused"
    HANDLED_BELOW = "handled_below"
    WROTE = "wrote"  # or agreed to, the entry that is complained of


class Clock(StrEnum):
    """The deadlines that a body can tighten."""

    ACKNOWLEDGE = "acknowledge"
    ACKNOWLEDGE_URGENT = "acknowledge_urgent"
    ACKNOWLEDGE_SENSITIVE = "acknowledge_sensitive"
    ASSESS = "assess"
    ASSIGN = "assign"
    SESSION = "session"
    RESOLVE = "resolve"
    RESOLVE_EXTERNAL = "resolve_external"
    DECIDE_APPEAL = "decide_appeal"
    ESCALATE = "escalate"


class Stop(StrEnum):
    """Why something cannot be done with a case."""

    STATE = "state"
    NOT_HANDLER = "not_handler"
    OWN = "own"
    TOO_LATE = "too_late"
    NOBODY_ABOVE = "nobody_above"
    NO_MEDIATION = "no_mediation"
    NO_SUCH_MEMBER = "no_such_member"
    LOOSER = "looser"
    TOO_MANY = "too_many"
    OTHER_CAUSE = "other_cause"
    NO_ANSWER_YET = "no_answer_yet"
    ANOTHER_OUTCOME = "another_outcome"
    PRIVATE = "private"
    NOT_PRIVATE = "not_private"
    NO_PRIVATE_DESK = "no_private_desk"
    NAME_FIRST = "name_first"


class Refused(ValueError):
    """It cannot be done; the reason is one of `Stop`."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(stop.value)
        self.stop = stop


class Unknown(LookupError):
    """There is no such case; for whom it does not exist, it is not there either."""


def accused(name: str, number: str) -> str:
    """How a history says whom somebody of the desk named."""
    return f"{name} ({number})"


LANES = {
    Category.ACCIDENT: Lane.URGENT,
    Category.CHILDREN: Lane.URGENT,
    Category.FORCES: Lane.URGENT,
    Category.BUYER: Lane.EXTERNAL,
    Category.PRIVATE: Lane.SENSITIVE,
}
# What belongs in the sensitive lane: violence, a child in danger, abuse by forces.
FOR_PRIVATE = (Category.PRIVATE, Category.CHILDREN, Category.FORCES)
# Violence and the work of children are not mediated (UNGP 31, "rights-compatible").
NOT_MEDIATED = (Category.PRIVATE, Category.CHILDREN)


def mediated(lane: Lane, category: Category) -> bool:
    """Whether both sides may be brought together: never over violence or the work of children."""
    return lane is not Lane.SENSITIVE and category not in NOT_MEDIATED
