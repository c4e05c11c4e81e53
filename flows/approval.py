"""The second key on the phone: what waits, what exactly it will do, and yes or no; nothing is ever done by half."""

from collections.abc import Mapping, Sequence
from datetime import date

from flows import deed, deed_lines, deed_words, i18n, refusals
from flows.engine import Menu, Option, Place, action, screen, to
from flows.guards import officer
from flows.talk import Talk
from models import approvals, deeds, handovers, new_numbers, proposals
from models.approvals import Waiting
from models.hands import Bar, NotAllowed
from models.members import OFFICERS
from models.proposals import LASTS, State
from models.refused import Fault, Refused

_ = i18n.words(__name__)
mark = i18n.mark

LISTED = 6
BARS: Mapping[Bar, str] = {
    Bar.NO_OFFICER: mark("Seul un responsable de cette coopérative peut décider."),
    Bar.SAME_PERSON: mark("C'est votre proposition: une autre personne doit décider."),
    Bar.SAME_PHONE: mark("Ce téléphone est celui de la proposition: décidez depuis un autre."),
    Bar.SAME_SESSION: mark("C'est le même appel que la proposition: refaites le numéro."),
    Bar.OWN_BENEFIT: mark("Cela ne sert que vous: une autre personne doit décider."),
    Bar.INTERESTED: mark(
        "Vous y êtes intéressé (achat, financement, part à votre nom): une autre personne doit décider."
    ),
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
def home(talk: Talk, start: int = 0) -> Menu:
    waiting = approvals.waiting(talk.db, talk.hand, talk.now)
    options = _listed(talk, waiting[start : start + LISTED])
    if start + LISTED < len(waiting):
        rest = len(waiting) - start - LISTED
        options.append(Option(_("Les suivantes ({count})", count=rest), to(home, start + LISTED)))
    return Menu(_("À décider") if options else _("Rien n'attend une décision."), options)


def _listed(talk: Talk, found: Sequence[Waiting], stated: bool = False) -> list[Option]:
    """One option a proposal: what it is and about, when it was made, and where one's own stands."""
    about = deed_lines.about(talk, [each.proposed for each in found])
    return [
        Option(
            f"{deed.name(each.proposed.deed)}: {subject}, {_when(talk, each)}"
            + (f": {_(STATES[_state(each, talk)])}" if stated else ""),
            to(show, each.proposed.proposal_id),
        )
        for each, subject in zip(found, about, strict=True)
    ]


def _when(talk: Talk, each: Waiting) -> str:
    when = each.proposed.proposed_at.astimezone(talk.member.zone)
    return f"{i18n.short_day(when, talk.today)} {i18n.hour(when)}"


@screen(needs=any_officer, deep=False)
def sent(talk: Talk, before: int | None = None) -> Menu:
    mine = approvals.sent(talk.db, talk.hand, talk.now, LISTED + 1, before)
    options = _listed(talk, mine[:LISTED], stated=True)
    if len(mine) > LISTED:
        options.append(Option(_("Les précédentes"), to(sent, mine[LISTED - 1].proposed.proposal_id)))
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
    asked = _("par {name}, {when}", name=found.proposer, when=_when(talk, found))
    text = f"{deed.name(proposed.deed)}, {asked}\n{deed_words.will_do(talk, proposed)}"
    if found.bar is not None:
        return Menu(f"{text}\n{_(BARS[found.bar])}", [Option(_("À décider"), to(home))])
    options = [
        Option(_("J'accepte"), to(approve, proposal_id)),
        Option(_("Je refuse"), to(refuse, proposal_id)),
    ]
    return Menu(text, options, read_first=True)


@action(needs=any_officer)
def approve(talk: Talk, proposal_id: int) -> Place:
    try:
        with talk.db.begin_nested():  # what cannot be done is not decided either
            decided = deeds.approve(talk.db, talk.hand, proposal_id, talk.now)
    except NotAllowed as error:
        return to(barred, error.bar)
    except Refused as error:
        interested = error.fault is Fault.INTERESTED
        return to(barred, Bar.INTERESTED) if interested else to(undone, proposal_id, error.fault, error.about)
    except (ValueError, LookupError) as error:
        return to(undone, proposal_id, elsewhere=isinstance(error, new_numbers.Elsewhere))
    approvals.tell(talk.db, decided, talk.now)
    on_day = handovers.later(talk.db, decided, talk.now)
    return to(done, approved=True, on=on_day.isoformat() if on_day else "")


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
def done(talk: Talk, approved: bool, on: str = "") -> Menu:
    if on:
        return Menu(_("C'est accepté: ce sera fait le {day}.", day=i18n.day(date.fromisoformat(on))), _onward())
    return Menu(_("C'est accepté et fait.") if approved else _("C'est refusé. Rien n'est changé."), _onward())


@screen(needs=any_officer, deep=False, resumes=False)
def barred(talk: Talk, bar: Bar) -> Menu:
    return Menu(_(BARS[bar]), _onward())


@screen(needs=any_officer, deep=False, resumes=False)
def undone(talk: Talk, proposal_id: int, fault: Fault | None = None, about: str = "", elsewhere: bool = False) -> Menu:
    found = approvals.one(talk.db, talk.hand, proposal_id, talk.now)
    if found is None:
        return Menu(_(BARS[Bar.NOT_WAITING]), _onward())
    why = refusals.worded(fault, about) if fault else deed.hindered(found.proposed.deed)
    why = deed.elsewhere() if elsewhere else why
    text = why + "\n" + _("Rien n'est fait, rien n'est décidé.")
    return Menu(text, [Option(_("Je refuse"), to(refuse, proposal_id)), *_onward()])
