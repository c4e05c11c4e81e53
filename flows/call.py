"""Call me: key 8 on every page, for whoever would rather hear than read."""

from flows import i18n
from flows.engine import Done, Menu, Option, Place, action, screen, to
from flows.talk import Talk
from models import calls
from models.calls import Asked

_ = i18n.words(__name__)


@action
def call_me(talk: Talk, topic: str) -> Place:
    member_id = talk.somebody.member_id if talk.somebody else None
    asked = calls.ask_for_call(talk.db, talk.phone, member_id, talk.language, topic, talk.now)
    return to(will_call) if asked is Asked.NOTED else to(enough)


@screen
def will_call(talk: Talk) -> Done:
    return Done(_("Noté. On vous rappelle. Cela ne vous coûte rien."))


@screen
def enough(talk: Talk) -> Done:
    return Done(said_enough())


def said_enough() -> str:
    """Who asked to be called as often as they may in a day can ask again on the next one, or come."""
    return _(
        "Vous avez demandé {count} appels en un jour. Demandez encore demain, ou passez au bureau, s'il vous plaît.",
        count=calls.A_DAY,
    )


@screen(deep=False, resumes=False)
def sure(talk: Talk, back: Place) -> Menu:
    """What the office writes down is said first, where somebody may not want it to be known."""
    return Menu(
        _("Vous appeler? Le bureau note votre numéro, sans le sujet, et ce téléphone sonnera."),
        [Option(_("Oui, appelez-moi"), to(call_me, topic="")), Option(_("Non, revenir"), back)],
    )


@screen(deep=False, resumes=False)
def never(talk: Talk, back: Place) -> Menu:
    """In private the number is written down nowhere: a call would make the phone ring."""
    return Menu(
        _("Ici votre numéro n'est pas noté, et personne n'appelle ce téléphone. Le centre de santé aide jour et nuit."),
        [Option(_("Revenir"), back)],
    )
