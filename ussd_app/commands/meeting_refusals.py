"""Why a command about a meeting cannot be done, in a sentence that says what would be right."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from models.attendance import NoProxy, Unfit
from models.convening import LEGAL, NotCalled, Snag
from models.door import Closed, Shut
from ussd_app.commands.refusing import refuse

NOT_CALLED: Mapping[Snag, str] = {
    Snag.NO_CALLER: "--by must name the president, the secretary or the supervisory board",
    Snag.UNKNOWN: "no such meeting in this cooperative; `meetings show COOP` lists them with their numbers",
    Snag.PAST: "the meeting would be in the past; give a time that is still to come, local to the cooperative",
    Snag.UNTOLD: "no SMS leaves in the night, so nobody would be told before that hour; give a later one",
    Snag.TOO_LATE: "too late for an assembly: its notice must be given {about} days before",
    Snag.TOO_FAR: "too far for a second call: it must follow within {about} days of the first",
    Snag.UNSAID: "a notice of assembly must say the {about}; give it with --agenda or --place, or `meetings bylaws`",
    Snag.TAKEN: "another meeting of this kind is at that time already; give another time, or move that one",
    Snag.OVER: "the meeting is over, was called off, or has begun; call a new one",
    Snag.SAME: "somebody else changed this meeting just now; look at it with `meetings show` first",
    Snag.NO_SECOND: "a second call must be of the same kind and agenda as the assembly that was not enough",
    Snag.UNCALLED: "nobody was called to this meeting yet; call it first, which needs a second officer's key",
    Snag.FROM_ABOVE: "a body above called this assembly: only that body moves it or calls it off",
    Snag.SPENT: "not enough SMS are left this month, so nothing was changed; raise the limit with `broadcast limits`",
}
CLOSED: Mapping[Shut, str] = {
    Shut.NO_KEEPER: "--by must name the secretary, the president or the supervisory board",
    Shut.UNKNOWN: NOT_CALLED[Snag.UNKNOWN],
    Shut.NOT_YET: "it is too early: the list opens three hours before the meeting, the minutes when it begins",
    Shut.OVER: "the meeting was called off",
    Shut.NO_MEMBER: "no member has this number; give the number on the card",
    Shut.NOT_THERE: "who stands in must be noted as there first",
    Shut.NO_QUORUM: "not enough members were there or represented: nothing can be decided; call it a second time",
    Shut.NO_ITEM: "the agenda has no such item; give its number as in `meetings show`",
    Shut.NO_VOTE: "this item only informs: there is no vote on it",
    Shut.VOTES: "there are more votes than members there or represented",
}
NO_PROXY: Mapping[Unfit, str] = {
    Unfit.UNKNOWN: "no member has this number; give the number on the card",
    Unfit.ONESELF: "a member does not stand in for themselves; give another number",
    Unfit.FULL: "this member stands in for as many as the bylaws allow; give another one",
    Unfit.AWAY: "this member does not come; give one who does",
    Unfit.HOLDS: "this member stands in for another, and must come",
    Unfit.NONE: "the bylaws allow nobody to stand in",
}


@contextmanager
def in_order() -> Iterator[None]:
    """What the law or the state of a meeting does not allow, in one sentence."""
    try:
        yield
    except NotCalled as error:
        plain = "; call it with the kind `meeting` instead" if error.snag in LEGAL else ""
        refuse(NOT_CALLED[error.snag].format(about=error.about) + plain)
    except Closed as error:
        refuse(CLOSED[error.shut])
    except NoProxy as error:
        refuse(NO_PROXY[error.unfit])
