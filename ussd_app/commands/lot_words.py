"""Why a command about a lot is refused: what is wrong, and what would be right."""

from models.refused import Fault, Refused

WHY = {
    Fault.NO_LOT: "no such lot was delivered here; see lots deliver",
    Fault.KNOWN: "lot {about} is known already, with other figures; give another number, or --correct",
    Fault.NO_OFFICER: "--by must be an officer; for work and counts, a team leader will do",
    Fault.NO_RULE: "no rule{about} is in force on that day; see rules add",
    Fault.SEVERAL_RULES: "several rules are in force: choose with --rule one of {about}",
    Fault.NOT_MONEY: "the rule {about} shares no money; deliver under a rule of unit money",
    Fault.SHARED: "lot {about} is published; undo its entry with two keys to open it again, or see lots adjust",
    Fault.BAD_VALUE: "{field} cannot be {about!r}; give a whole number that can be, a few words, or a later day",
    Fault.NO_EVIDENCE: "evidence is missing: a receipt, a witness, or a signed paper",
    Fault.NO_MEMBER: "no such member in this cooperative: {about}",
    Fault.NO_GROUP: "the rule of the lot has no such group; it has: {about!r}",
    Fault.NO_WITNESS: "the witness must be somebody else than who worked and who records it",
    Fault.HAS_PHONE: "this member has a phone, and confirms on it; leave --witness out",
    Fault.LOAN: "with no lot this is a loan, which the law forbids here (articles 251 and 313); give the lot it is for",
    Fault.NO_RECOVERY: "the rule of lot {about} recovers no advances, so none can be given on it",
    Fault.NO_PRICE: "the lot has no price yet; see lots price",
    Fault.NO_TEAM: "nobody worked in this lot yet; see lots work",
    Fault.UNCONFIRMED_WORK: "these members have not confirmed their work: {about}",
    Fault.UNCONFIRMED_ADVANCE: "these members have not said whether their advance is right: {about}",
    Fault.UNSHAREABLE: "the rule cannot share this lot: {about}",
    Fault.INTERESTED: "who bought the lot or put money in it does not propose to share it; another officer does",
    Fault.CHANGED: "lot {about} has changed since it was proposed; propose it again",
    Fault.OLD_QUOTE: "a price of {about} does not go with this sale; give one of the 30 days before it",
    Fault.NOT_SHARED: "lot {about} was not published here, so there is nothing to adjust; see lots publish",
    Fault.TOO_LOW: "the gross cannot go so low: give more than the costs of the lot, {about}",
    Fault.NOT_GIVEN: "the lot gives nothing to that name; it gives to: {about}",
}


def why(error: Refused) -> str:
    """The sentence for a refusal."""
    about = f" {error.about}" if error.fault is Fault.NO_RULE and error.about else error.about
    return WHY[error.fault].format(about=about, field=error.field or "this")
