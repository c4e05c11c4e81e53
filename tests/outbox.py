"""An outbox behind a gateway of Africa's Talking's kind, for tests of senders."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, select

from models import doubts, messages, sending
from models.messages import Message, MessageState, Urgency
from tests.conftest import Clock
from tests.gateway import KEY, SENDER_ID, USERNAME
from ussd_app import service
from ussd_app.config import Config
from ussd_app.db import reading, transaction

NUMBER = "+22370000012"
LEASE = timedelta(seconds=60)
WINDOW = timedelta(minutes=10)


class Outbox:
    """The running service with a gateway, and its outbox."""

    def __init__(self, settings: Mapping[str, str], clock: Clock, url: str, gateway: str = "africastalking") -> None:
        account = {
            "GATEWAY": gateway,
            "AFRICASTALKING_USERNAME": USERNAME,
            "AFRICASTALKING_API_KEY": KEY,
            "AFRICASTALKING_SENDER_ID": SENDER_ID,
            "AFRICASTALKING_URL": url,
        }
        assembled = service.assemble(Config.read({**settings, **account}))
        self.running = replace(assembled, clock=clock)
        self.engine, self.clock = assembled.engine, clock

    def put(
        self,
        phone: str = NUMBER,
        kind: str = "dial",
        language: str = "fr",
        urgency: Urgency = Urgency.REPLY,
        **facts: Any,
    ) -> int:
        """Queue a message; by default one that says "Faites *384*77#, puis: Mes cotisations."."""
        given = facts or ({"page": "dues"} if kind == "dial" else {})
        if "number" in given:  # as many texts as there are numbers
            kind, given = "coming", {**given, "coming": True, "day": f"2026-12-{given['number'] + 1:02d}"}
            del given["number"]
        with transaction(self.engine) as db:
            made = messages.queue(db, phone, language, kind, given, f"test:{uuid4()}", self.clock(), urgency)
        assert made is not None
        return made

    def row(self, message_id: int) -> Row[Any]:
        """A message as it stands."""
        with reading(self.engine) as db:
            return db.execute(select(Message).where(Message.id == message_id)).one()

    def states(self) -> Counter[MessageState]:
        """How many messages are where."""
        with reading(self.engine) as db:
            return Counter(db.execute(select(Message.state)).scalars())

    def round(self) -> int:
        """Have a sender send one batch."""
        return self.running.sender().round()

    def die(self) -> None:
        """A sender claims a batch and is never seen again."""
        with transaction(self.engine) as db:
            sending.claim(db, 20, LEASE, WINDOW, self.clock())

    def doubt(self) -> None:
        """Another sender looks for those that died."""
        with transaction(self.engine) as db:
            doubts.doubt(db, self.clock())
