"""The secret code: chosen at first use, twice; asked before amounts; shut after three errors."""

from collections.abc import Callable

from flows import i18n
from flows.answers import four_digits, new_code
from flows.engine import Ask, Done, Place, action, screen, to
from flows.talk import Talk
from models import codes

_ = i18n.words(__name__)


def mark_of(member_id: int) -> str:
    """How a session remembers that this member gave the code."""
    return f"member:{member_id}"


@screen(resumes=False)
def ask(talk: Talk, onward: Place, wrong: bool = False) -> Ask[bool] | Done:
    question = _("Code secret (4 chiffres):\nOublié? Tapez 8, on vous rappelle.")
    if wrong:
        standing = codes.standing(talk.db, talk.member.member_id)
        shut = standing.shut(talk.now)
        if shut is not None:
            return closed(talk, shut)
        question = _("Code faux. Essais restants: {left}.", left=standing.left) + "\n" + question
    return Ask(question, apart=lambda typed: _weigh(talk, typed), then=lambda right: to(given, onward, right))


def _weigh(talk: Talk, typed: str) -> Callable[[], bool]:
    code = four_digits(typed)
    attempt = codes.reserve(talk.db, talk.member.member_id, talk.key, talk.now)
    if isinstance(attempt, codes.Shut):
        return lambda: False
    return lambda: codes.matches(attempt.hash, code)


@action
def given(talk: Talk, onward: Place, right: bool) -> Place:
    if not right:
        return to(ask, onward, wrong=True)
    codes.passed(talk.db, talk.member.member_id)
    talk.known.opened.add(mark_of(talk.member.member_id))
    return onward


def closed(talk: Talk, shut: codes.Shut) -> Done:
    """Too many errors: when it opens, and how to recover."""
    if shut.opens_at is None:
        return Done(
            _("Code secret fermé. Allez voir le secrétariat avec votre carte: il vous en fera choisir un autre.")
        )
    opens_at = shut.opens_at.astimezone(talk.member.zone)
    return Done(
        _(
            "3 codes faux. Le code secret rouvre le {day} à {hour}. "
            "Oublié? Allez voir le secrétariat avec votre carte.",
            day=i18n.short_day(opens_at, talk.member.today(talk.now)),
            hour=i18n.hour(opens_at),
        )
    )


@screen(resumes=False)
def choose(talk: Talk, onward: Place, differs: bool = False) -> Ask[str]:
    question = _("Choisissez un code secret de 4 chiffres. Ne le dites à personne, même à un responsable:")
    if differs:
        question = _("Les deux codes ne sont pas pareils.") + "\n" + question
    return Ask(question, apart=_hash, then=lambda hashed: to(propose, onward, hashed))


def _hash(typed: str) -> Callable[[], str]:
    code = new_code(typed)
    return lambda: codes.hashed(code)


@action
def propose(talk: Talk, onward: Place, hashed: str) -> Place:
    codes.propose(talk.db, talk.member.member_id, hashed)
    return to(again, onward)


@screen(resumes=False)
def again(talk: Talk, onward: Place) -> Ask[str]:
    question = _("Retapez le code secret:")
    return Ask(question, apart=lambda typed: _compare(talk, typed), then=lambda twice: to(settle, onward, twice))


def _compare(talk: Talk, typed: str) -> Callable[[], str]:
    """The hash of the code that was typed twice; nothing when the two are not alike."""
    code = four_digits(typed)
    candidate = codes.candidate(talk.db, talk.member.member_id) or ""
    return lambda: candidate if codes.matches(candidate, code) else ""


@action
def settle(talk: Talk, onward: Place, twice: str) -> Place:
    if not twice:
        return to(choose, onward, differs=True)
    mark = mark_of(talk.member.member_id)
    if not codes.settle(talk.db, talk.member.member_id, twice, changing=mark in talk.known.opened, now=talk.now):
        return to(ask, onward)
    talk.known.opened.add(mark)
    return onward
