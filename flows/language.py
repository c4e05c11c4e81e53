"""The language: chosen by an unknown caller before all else, changed by a member at any time."""

from flows import call, i18n
from flows.engine import START, Menu, Option, Place, action, screen, to
from flows.talk import Talk
from models import callers, members, waiting

_ = i18n.words(__name__)


def first() -> Menu:
    """The page of an unknown caller who has not chosen yet."""
    return _choice("Choisir la langue / Language")


@screen
def change(talk: Talk) -> Menu:
    return _choice(_("Choisir la langue"))


def _choice(title: str) -> Menu:
    options = [Option(name, to(choose, language)) for language, name in i18n.LANGUAGES.items()]
    return Menu(title, [*options, Option(_("Autre langue: appelez-moi"), to(other))])


@action
def choose(talk: Talk, language: str) -> Place:
    if talk.somebody is not None:
        members.choose_language(talk.db, talk.member.member_id, language)
        waiting.say_in(talk.db, talk.member.member_id, language)
    else:
        callers.choose_language(talk.db, talk.phone, language, talk.now)
    talk.language, talk.greeted = language, True
    return START


@action
def other(talk: Talk) -> Place:
    return to(call.call_me, topic="language.other")
