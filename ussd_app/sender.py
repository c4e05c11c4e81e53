"""Claims messages from the outbox, gives them to a gateway, records what became of them; never sends in doubt."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from threading import Event

from sqlalchemy import Connection, Engine

from flows import notices
from models import gsm, messages
from models.messages import Outgoing
from ussd_app.clock import Clock
from ussd_app.db import transaction
from ussd_app.gateways import Gateway, NotSent, Outcome, Sent

log = logging.getLogger(__name__)

# Few at a time: if a sender dies while sending, as many are in doubt as it had claimed.
BATCH = 20
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends what is queued. Any number of them may run at once."""

    engine: Engine
    gateway: Gateway
    clock: Clock
    service_code: str
    lease: timedelta

    def round(self) -> int:
        """Send one batch; how many messages it had. Intent is committed before the network is touched."""
        with transaction(self.engine) as db:
            now = self.clock()
            messages.doubt(db, now)
            claimed = messages.claim(db, BATCH, self.lease, now)
        for text, group in self._by_text(claimed):
            outcomes = self.gateway.send([each.phone for each in group], text)
            with transaction(self.engine) as db:
                for each in group:
                    self._record(db, each, outcomes[each.phone])
        return len(claimed)

    def _by_text(self, claimed: list[Outgoing]) -> Iterator[tuple[str, list[Outgoing]]]:
        """Group messages that say the same. One number never stands twice in a group: it would count for both."""
        worded = sorted(((self._words(each), each.message_id, each) for each in claimed), key=lambda row: row[:2])
        for text, rows in groupby(worded, key=lambda row: row[0]):
            group = [row[2] for row in rows]
            while group:
                once = {each.phone: each for each in reversed(group)}
                yield text, list(once.values())
                group = [each for each in group if once[each.phone] is not each]

    def _words(self, message: Outgoing) -> str:
        text, language = notices.say(message.kind, message.facts, message.language, self.service_code)
        return gsm.to_gsm7(text, language).text

    def _record(self, db: Connection, message: Outgoing, outcome: Outcome) -> None:
        if isinstance(outcome, Sent):
            messages.accepted(db, message, self.gateway.name, outcome.gateway_id, outcome.cost)
        elif isinstance(outcome, NotSent):
            again = outcome.again and message.attempts <= len(WAITS)
            later = self.clock() + WAITS[message.attempts - 1] if again else None
            messages.refused(db, message.message_id, outcome.reason, later)
        else:
            messages.unsure(db, message.message_id, outcome.reason)

    def drain(self) -> int:
        """Send until nothing is due; how many messages that was."""
        total = 0
        while sent := self.round():
            total += sent
        return total

    def run(self, pause: float, stop: Event) -> None:
        """Send for ever, looking again after `pause` seconds when nothing was due. A fault is logged and outlived."""
        while not stop.is_set():
            try:
                sent = self.round()
            except Exception as error:  # noqa: BLE001 - one bad round must not end the sender
                log.error("a round of the sender failed: %s", type(error).__name__)
                sent = 0
            if not sent:
                stop.wait(pause)
