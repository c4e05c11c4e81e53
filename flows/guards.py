"""Who may be at a screen, asked at each visit: a member, or a member who gave the code."""

from flows import by_sms, code, i18n
from flows.engine import Menu, Option, Place, UnknownPlace, action, screen, to
from flows.engine.places import Needs
from flows.talk import Talk
from models.members import Role

_ = i18n.words(__name__)


def member(talk: Talk, place: Place) -> Place | None:
    """A member's place: on a shared phone it is asked first who speaks."""
    if talk.somebody is not None:
        return None
    if not talk.speakers:
        raise UnknownPlace(place.name)
    return to(who, onward=place)


def code_given(talk: Talk, place: Place) -> Place | None:
    """A place behind the secret code."""
    elsewhere = member(talk, place)
    if elsewhere is None and talk.by_sms:
        return by_sms.behind_code(talk, place)
    if elsewhere is not None or not talk.member.needs_code:
        return elsewhere
    return _behind_the_code(talk, place)


def _behind_the_code(talk: Talk, place: Place) -> Place | None:
    if code.mark_of(talk.member.member_id) in talk.known.opened:
        return None
    return to(code.ask, place) if talk.member.code_chosen else to(code.choose, place)


def code_always(talk: Talk, place: Place) -> Place | None:
    """A place behind the code even of one who turned it off for their own figures."""
    elsewhere = member(talk, place)
    return elsewhere if elsewhere is not None else _behind_the_code(talk, place)


def anybody(talk: Talk, place: Place) -> Place | None:
    """Anybody may complain; on a shared phone it is asked who speaks, since the cooperative depends on it."""
    return member(talk, place) if talk.speakers else None


def officer(*roles: Role) -> Needs:
    """A place of these officers alone, always behind the code: also of one who turned it off for their own figures."""

    def needs(talk: Talk, place: Place) -> Place | None:
        elsewhere = member(talk, place)
        if elsewhere is not None:
            return elsewhere
        if talk.member.role not in roles:
            raise UnknownPlace(place.name)
        return _behind_the_code(talk, place)

    return needs


@screen(resumes=False)
def who(talk: Talk, onward: Place) -> Menu:
    several = len({each.cooperative_id for each in talk.speakers}) > 1
    labels = {
        each.member_id: _("Membre {number}", number=each.number) + (f", {each.cooperative}" if several else "")
        for each in talk.speakers
    }
    return Menu(
        _("Qui parle?"),
        [Option(label, to(speak, onward=onward, member_id=member_id)) for member_id, label in labels.items()],
    )


@action
def speak(talk: Talk, onward: Place, member_id: int) -> Place:
    if member_id not in {each.member_id for each in talk.speakers}:
        raise UnknownPlace("guards.speak")
    talk.known.who = member_id
    talk.known.opened.clear()
    talk.language = talk.member.language
    return onward
