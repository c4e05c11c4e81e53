"""What the demo's phone page shows: whose phones it can play, and the messages that reached them."""

from collections.abc import Callable, Sequence

from flows import notices
from models import gsm, members, reached
from ussd_app.db import reading
from ussd_app.phone import Caller, Sms
from ussd_app.service import Service

UNKNOWN = Caller("Numéro inconnu", "+22370009999", "Pas membre")
CAST_SIZE = 60


def cast(service: Service) -> Callable[[], Sequence[Caller]]:
    """The phones of some members, and an unknown one."""

    def callers() -> Sequence[Caller]:
        with reading(service.engine) as db:
            known = members.some_phones(db, CAST_SIZE)
        return [*(_caller(phone, people) for phone, people in known.items()), UNKNOWN]

    return callers


def _caller(phone: str, people: list[tuple[str, str]]) -> Caller:
    names, abouts = zip(*people, strict=True)
    return Caller(" / ".join(names), phone, " / ".join(abouts))


def inbox(service: Service) -> Callable[[str], Sequence[Sms]]:
    """The messages that reached a phone."""

    def received(phone: str) -> Sequence[Sms]:
        with reading(service.engine) as db:
            arrived = reached.received(db, phone)
        return [Sms(each.message_id, each.queued_at, words(service, each), "COOP") for each in arrived]

    return received


def words(service: Service, message: reached.Received) -> str:
    """The words of a message as its phone shows them."""
    text, language = notices.say(message.kind, message.facts, message.language, service.config.service_code)
    return gsm.to_gsm7(text, language).text
