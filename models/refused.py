"""Why something cannot be done to a lot: reasons without prose, worded by whoever tells them."""

from enum import StrEnum

MOST = 10**15 - 1


class Fault(StrEnum):
    """Why something cannot be done to a lot."""

    NO_LOT = "no_lot"
    KNOWN = "known"
    NO_OFFICER = "no_officer"
    NO_RULE = "no_rule"
    SEVERAL_RULES = "several_rules"
    NOT_MONEY = "not_money"
    SHARED = "shared"
    BAD_VALUE = "bad_value"
    NO_EVIDENCE = "no_evidence"
    NO_MEMBER = "no_member"
    NO_GROUP = "no_group"
    NO_WITNESS = "no_witness"
    HAS_PHONE = "has_phone"
    LOAN = "loan"
    NO_RECOVERY = "no_recovery"
    NO_PRICE = "no_price"
    NO_TEAM = "no_team"
    UNCONFIRMED_WORK = "unconfirmed_work"
    UNCONFIRMED_ADVANCE = "unconfirmed_advance"
    UNSHAREABLE = "unshareable"
    INTERESTED = "interested"
    CHANGED = "changed"
    OLD_QUOTE = "old_quote"
    NOT_GIVEN = "not_given"
    NOT_SHARED = "not_shared"
    TOO_LOW = "too_low"


class Refused(ValueError):
    """What cannot be done to a lot, and why; `about` names the member, the value or the step, `field` whose value."""

    def __init__(self, fault: Fault, about: str = "", field: str = "") -> None:
        super().__init__(f"{fault.value} {about}".strip())
        self.fault, self.about, self.field = fault, about, field


def whole(value: int, least: int = 0, most: int = MOST, field: str = "") -> int:
    """A number that can be written down. Raises Refused."""
    if not least <= value <= most:
        raise Refused(Fault.BAD_VALUE, str(value)[:20], field)
    return value


def worded(text: str, most: int = 60, field: str = "") -> str:
    """Words on one line that can be shown. Raises Refused when there are none."""
    words = " ".join(text.split())
    if not words or len(words) > most:
        raise Refused(Fault.BAD_VALUE, words[:most], field)
    return words
