"""The other side of a case, once a committee invited them: their sessions and the outcome, and their yes or no.

Of the case itself they see nothing: neither its number, nor what was said, nor who said it.
"""

from functools import partial

from flows import i18n
from flows.engine import Done, Menu, Option, Place, UnknownPlace, action, screen, to
from flows.guards import code_always
from flows.opened import done
from flows.outcome import promise
from flows.talk import Talk
from models.grievances import parties
from models.grievances.agreeing import Session
from models.grievances.parties import Invitation

_ = i18n.words(__name__)


def offered(talk: Talk) -> list[Option]:
    """That there is something to read, for who was invited: no more is said before their code than the SMS said."""
    return news(parties.any_for(talk.db, talk.member.member_id))


def news(invited: bool) -> list[Option]:
    """The same, where it is known already."""
    return [Option(_("Une nouvelle pour vous"), to(home), number=10)] if invited else []


@screen(needs=code_always, deep=False, resumes=False)
def home(talk: Talk) -> Menu:
    found = parties.invitations(talk.db, talk.member.member_id)
    options = [Option(_label(talk, each), to(show, each.invitation_id)) for each in reversed(found)]
    return Menu(_("Le comité vous invite à parler."), options)


def _label(talk: Talk, each: Invitation) -> str:
    if each.asked:
        return _("Une solution: à vous de répondre")
    session = _to_come(talk, each)
    if session is not None:
        return _("Séance du {day}", day=_when(talk, session)[0])
    return _("À venir")


def _to_come(talk: Talk, each: Invitation) -> Session | None:
    return None if each.session is None or each.session.over(talk.now, talk.member.zone) else each.session


def _when(talk: Talk, session: Session) -> tuple[str, str]:
    starts_at = session.starts_at.astimezone(talk.member.zone)
    return i18n.short_day(starts_at, talk.today), i18n.hour(starts_at)


def _mine(talk: Talk, invitation_id: int) -> Invitation:
    """An invitation of the one who speaks. Raises UnknownPlace."""
    for each in parties.invitations(talk.db, talk.member.member_id):
        if each.invitation_id == invitation_id:
            return each
    raise UnknownPlace("party.show")


@screen(needs=code_always, deep=False, resumes=False)
def show(talk: Talk, invitation_id: int) -> Menu:
    mine = _mine(talk, invitation_id)
    lines = [_("Le comité vous invite à parler.")]
    session = _to_come(talk, mine)
    if session is not None:
        day, hour = _when(talk, session)
        lines.append(_("Séance {day} {hour}, {place}", day=day, hour=hour, place=session.place))
    if mine.outcome is not None:
        lines.append(_("Proposition: {text}", text=mine.outcome.text))
        lines += [promise(talk, each) for each in mine.outcome.promises]
    if mine.says is not None:
        lines.append(_("Vous avez dit oui.") if mine.says else _("Vous avez dit non."))
    return Menu("\n".join(lines), _options(mine), read_first=mine.asked)


def _options(mine: Invitation) -> list[Option]:
    this = mine.invitation_id
    options = []
    if mine.asked and mine.outcome is not None:
        read = mine.outcome.outcome_id
        options += [
            Option(_("J'accepte"), to(answer, this, True, read), number=1),
            Option(_("Je n'accepte pas"), to(answer, this, False, read), number=2),
        ]
    if mine.appeals:
        options.append(Option(_("D'autres personnes, au-dessus"), to(appeal_sure, this), number=4))
    return options


@action(needs=code_always)
def answer(talk: Talk, invitation_id: int, accepts: bool, outcome_id: int) -> Place:
    do = partial(parties.answer, talk.db, talk.member.member_id, invitation_id, accepts, talk.now, outcome_id)
    return done(talk, do, lambda _made: to(answered, accepts))


@screen(needs=code_always, deep=False, resumes=False)
def answered(talk: Talk, accepts: bool) -> Done:
    if accepts:
        return Done(_("Noté: vous acceptez. Le comité vous dit la suite."))
    return Done(_("Noté: vous n'acceptez pas. Le comité cherche autre chose et vous dit la suite."))


@screen(needs=code_always, deep=False, resumes=False)
def appeal_sure(talk: Talk, invitation_id: int) -> Menu:
    return Menu(
        _("Demander que d'autres personnes, au-dessus, regardent? Le comité d'ici ne s'en occupe plus."),
        [Option(_("Non"), to(show, invitation_id)), Option(_("Oui"), to(appeal, invitation_id))],
    )


@action(needs=code_always)
def appeal(talk: Talk, invitation_id: int) -> Place:
    do = partial(parties.appeal, talk.db, talk.member.member_id, invitation_id, None, talk.now)
    return done(talk, do, lambda _made: to(appealed))


@screen(needs=code_always, deep=False, resumes=False)
def appealed(talk: Talk) -> Done:
    return Done(_("Noté: d'autres personnes vont regarder. Le tribunal et le chef de village restent ouverts."))
