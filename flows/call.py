"""Call me: key 8 on every page, for whoever would rather hear than read."""

from flows import i18n
from flows.engine import Done, Place, action, screen, to
from flows.talk import Talk
from models import callers

_ = i18n.words(__name__)


@action
def call_me(talk: Talk, topic: str) -> Place:
    member_id = talk.somebody.member_id if talk.somebody else None
    callers.ask_for_call(talk.db, talk.phone, member_id, talk.language, topic, talk.now)
    return to(will_call)


@screen
def will_call(talk: Talk) -> Done:
    return Done(_("Noté. On vous rappelle. Cela ne vous coûte rien."))
