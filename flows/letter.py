"""An SMS being answered, and the reply to it that is queued."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from flows import notices
from models import messages
from models.inbox import Arrived


@dataclass(frozen=True, slots=True)
class Letter:
    """An SMS being answered."""

    db: Connection
    now: datetime
    sms: Arrived
    service_code: str

    @property
    def key(self) -> str:
        """Names this SMS, so that what it changes is changed once."""
        return f"sms:{self.sms.gateway}:{self.sms.gateway_id}"

    def reply(self, language: str, kind: str, facts: dict[str, object] | None = None) -> None:
        """Queue a reply."""
        messages.reply(self.db, self.sms.phone, language, kind, facts or {}, f"reply:{self.key}", self.now)

    def reply_apart(self, language: str, kind: str, facts: dict[str, object]) -> None:
        """Queue a reply by whose kind nobody sees that it is about a case."""
        text, spoken = notices.say(kind, facts, language, self.service_code)
        self.reply(spoken, "page", {"text": text})
