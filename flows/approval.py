"""The second key on the phone: what waits, what exactly it will do, and yes or no; nothing is ever done by half."""

from collections.abc import Mapping

from flows import deed, deed_words, i18n
from flows.engine import Menu, Option, Place, action, screen, to
from flows.guards import officer
from flows.talk import Talk
from models import approvals, deeds, proposals
from models.approvals import Waiting
from models.hands import Bar, NotAllowed
from models.members import OFFICERS
from models.proposals import LASTS, State

_ = i18n.words(__name__)
mark = i18n.mark

LISTED = 5
BARS: Mapping[Bar, str] = {
    Bar.NO_OFFICER: mark("Seul un responsable de cette coopérative peut décider."),
    Bar.SAME_PERSON: mark("C'est votre proposition: une autre personne doit décider."),
    Bar.SAME_PHONE: mark("Ce téléphone est celui de la proposition: décidez depuis un autre."),
    Bar.SAME_SESSION: mark("C'est le même appel que la proposition: refaites le numéro."),
    Bar.OWN_BENEFIT: mark("Cela ne sert que vous: une autre personne doit décider."),
    Bar.NOT_WAITING: mark("Cette proposition n'attend plus: décidée, ou plus de 24 heures."),
}
STATES: Mapping[State, str] = {
    State.WAITING: mark("attend"),
    State.APPROVED: mark("acceptée"),
    State.REFUSED: mark("refusée"),
    State.EXPIRED: mark("expirée"),
}
any_officer = officer(*OFFICERS)


@screen(needs=any_officer, deep=False)
def home(talk: Talk) -> Menu:
    waiting = approvals.waiting(talk.db, talk.hand, talk.now, LISTED)
    options = [Option(_line(talk, each), to(show, each.proposed.proposal_id)) for each in waiting]
    return Menu(_("À décider") if waiting else _("Rien n'attend une décision."), options)


def _line(talk: Talk, each: Waiting) -> str:
    when = each.proposed.proposed_at.astimezone(talk.member.zone)
    day = i18n.short_day(when, talk.today)
    return f"{deed.name(each.proposed.deed)}, {day} {i18n.hour(when)}"


@screen(needs=any_officer, deep=False)
def sent(talk: Talk) -> Menu:
    mine = approvals.sent(talk.db, talk.hand, talk.now, LISTED)
    options = [
        Option(f"{_line(talk, each)}: {_(STATES[_state(each, talk)])}", to(show, each.proposed.proposal_id))
        for each in mine
    ]
    return Menu(_("Vos propositions") if mine else _("Vous n'avez rien proposé."), options)


def _state(each: Waiting, talk: Talk) -> State:
    """Where it stands; what ran out of time may not be recorded yet."""
    late = each.proposed.state is State.WAITING and each.proposed.proposed_at <= talk.now - LASTS
    return State.EXPIRED if late else each.proposed.state


@screen(needs=any_officer, deep=False)
def show(talk: Talk, proposal_id: int) -> Menu:
    found = approvals.one(talk.db, talk.hand, proposal_id, talk.now)
    if found is None:
        return Menu(_(BARS[Bar.NOT_WAITING]), [Option(_("À décider"), to(home))])
    proposed = found.proposed
    when = proposed.proposed_at.astimezone(talk.member.zone)
    day = i18n.short_day(when, talk.today)
    asked = _("par {name}, {day} {hour}", name=found.proposer, day=day, hour=i18n.hour(when))
    text = f"{deed.name(proposed.deed)}, {asked}\n{deed_words.will_do(talk, proposed)}"
    if found.bar is not None:
        return Menu(f"{text}\n{_(BARS[found.bar])}", [Option(_("À décider"), to(home))])
    options = [
        Option(_("J'accepte"), to(approve, proposal_id)),
        Option(_("Je refuse"), to(refuse, proposal_id)),
    ]
    return Menu(text, options)


@action(needs=any_officer)
def approve(talk: Talk, proposal_id: int) -> Place:
    try:
        with talk.db.begin_nested():  # what cannot be done is not decided either
            decided = deeds.approve(talk.db, talk.hand, proposal_id, talk.now)
    except NotAllowed as error:
        return to(barred, error.bar)
    except (ValueError, LookupError):
        return to(undone, proposal_id)
    approvals.tell(talk.db, decided, talk.now)
    return to(done, approved=True)


@action(needs=any_officer)
def refuse(talk: Talk, proposal_id: int) -> Place:
    try:
        decided = proposals.decide(talk.db, talk.hand, proposal_id, False, talk.now)
    except NotAllowed as error:
        return to(barred, error.bar)
    approvals.tell(talk.db, decided, talk.now)
    return to(done, approved=False)


def _onward() -> list[Option]:
    return [Option(_("À décider"), to(home))]


@screen(needs=any_officer, deep=False, resumes=False)
def done(talk: Talk, approved: bool) -> Menu:
    return Menu(_("C'est accepté et fait.") if approved else _("C'est refusé. Rien n'est changé."), _onward())


@screen(needs=any_officer, deep=False, resumes=False)
def barred(talk: Talk, bar: Bar) -> Menu:
    return Menu(_(BARS[bar]), _onward())


@screen(needs=any_officer, deep=False, resumes=False)
def undone(talk: Talk, proposal_id: int) -> Menu:
    text = _("Ce n'est pas possible: les livres ont changé depuis. Rien n'est fait, rien n'est décidé.")
    return Menu(text, [Option(_("Je refuse"), to(refuse, proposal_id)), *_onward()])
