"""Claims messages from the outbox, gives them to a gateway, records what became of them; never sends in doubt."""

import logging
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from threading import Event

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from flows import notices
from models import doubts, gsm, messages, outcomes, sending
from models.failpoints import reach
from models.gateways import REST
from models.outcomes import Taken
from models.sending import Outgoing
from ussd_app.clock import Clock
from ussd_app.db import collided, reading, transaction
from ussd_app.exchange import Exchange
from ussd_app.gateways import Kept, NotSent, Outcome, Sent, Unsure

log = logging.getLogger(__name__)

# Few at a time: if a sender dies while sending, as many are in doubt as it had claimed.
BATCH = 20
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
# Nobody waits at the phone for a notice, and some are owed: trouble of a day must not end them. With a night: 24 hours.
PATIENT = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6), timedelta(hours=6))


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends what is queued. Any number of them may run at once."""

    engine: Engine
    exchange: Exchange
    clock: Clock
    service_code: str
    lease: timedelta
    window: timedelta

    def round(self, ends: Event | None = None) -> int:
        """Send one batch; how many messages it had. Intent is committed before the network is touched.

        Once it `ends`, what is at the gateway is waited for, and the rest is put back.
        """
        claimed = self._claimed()
        held = self._worded(claimed)
        for text, group in self._by_text(held):
            ours = [each for each in group if each in held]
            if ends is not None and ends.is_set():
                self._put_back(ours)
            else:
                held = self._send(text, ours, held)
        return len(claimed)

    def _put_back(self, rest: Collection[Outgoing]) -> None:
        with transaction(self.engine) as db:
            for each in rest:
                outcomes.put_back(db, each, "the sender ended", self.clock())

    def _claimed(self) -> list[Outgoing]:
        try:
            with transaction(self.engine) as db:
                now = self.clock()
                doubts.doubt(db, now)
                claimed = sending.claim(db, BATCH, self.lease, self.window, now)
                reach("claimed")
        except DBAPIError as error:  # another sender took a message to one of these phones just now
            if not collided(error):
                raise
            return []
        if claimed:
            reach("claim-committed")
        return claimed

    def _send(self, text: str, group: list[Outgoing], held: Mapping[Outgoing, str]) -> Mapping[Outgoing, str]:
        """Send one text; what is still held of the rest. While the sender lives, the rest is not in doubt."""
        if not group:
            return held
        references = {each.phone: messages.reference(each.message_id, each.phone) for each in group}
        may_wait = all(each.may_wait for each in group)
        answered = self.exchange.send(references, text, may_wait, lambda phones: self._keep(phones, held))
        with transaction(self.engine) as db:
            told = [(each, *answered[each.phone]) for each in group if each.phone in answered]
            taken = [Taken(each, by, it.gateway_id, it.cost) for each, by, it in told if isinstance(it, Sent)]
            outcomes.accepted(db, taken, self.clock())
            for each, _by, outcome in told:
                self._record(db, each, outcome)
            reach("recorded")
        reach("record-committed")
        return self._still_held({each: words for each, words in held.items() if each not in group})

    def _still_held(self, rest: Mapping[Outgoing, str]) -> Mapping[Outgoing, str]:
        """What is still ours of the rest of a batch, once more for a whole lease."""
        if not rest:
            return rest
        # Apart: a report locks the messages of its phone in order, and this one would ask for more while it holds some.
        with transaction(self.engine) as db:
            left = sending.prolong(db, list(rest), self.lease, self.clock())
        return {each: rest[each] for each in left}

    def _keep(self, phones: Collection[str], held: Collection[Outgoing]) -> Collection[str]:
        """Hold on to what is not sent yet; which of some phones are still ours to send to."""
        with transaction(self.engine) as db:
            left = sending.prolong(db, list(held), self.lease, self.clock())
        ours = {each.phone for each in left}
        return [each for each in phones if each in ours]

    def _worded(self, claimed: list[Outgoing]) -> Mapping[Outgoing, str]:
        """The words of each message. One that has none must not stop the others."""
        worded: dict[Outgoing, str] = {}
        found: dict[tuple[str, str, str, bool], str] = {}  # a broadcast says the same to many
        for each in claimed:
            same = (each.kind, each.facts_sealed, each.language, each.doubted_at is not None)
            try:
                if same not in found:
                    found[same] = self._words(each)
                worded[each] = found[same]
            except Exception as error:  # an old fact, a lost key: whatever it is
                log.error("message %s has no words: %s", each.message_id, type(error).__name__)
                with transaction(self.engine) as db:
                    self._record(db, each, NotSent(f"no words: {type(error).__name__}", again=True))
        return worded

    def _by_text(self, worded: Mapping[Outgoing, str]) -> Iterator[tuple[str, list[Outgoing]]]:
        """Group messages that say the same. No number stands twice among them: a phone gets one at a time."""
        for text, group in groupby(sorted(worded, key=lambda each: (worded[each], each.message_id)), key=worded.get):
            yield str(text), list(group)

    def _words(self, message: Outgoing) -> str:
        text, language = notices.say(
            message.kind, message.facts, message.language, self.service_code, again=message.doubted_at is not None
        )
        return gsm.to_gsm7(text, language).text

    def _record(self, db: Connection, message: Outgoing, outcome: Outcome) -> None:
        """What became of a message that no gateway took."""
        if isinstance(outcome, Kept) or (isinstance(outcome, NotSent) and outcome.broke and message.may_wait):
            outcomes.put_back(db, message, outcome.reason, self.clock() + REST)
        elif isinstance(outcome, NotSent):
            waits = PATIENT if message.may_wait else WAITS
            again = outcome.again and message.attempts <= len(waits)
            later = self.clock() + waits[message.attempts - 1] if again else None
            outcomes.refused(db, message, outcome.reason, later)
        elif isinstance(outcome, Unsure):
            outcomes.unsure(db, message, outcome.reason, self.clock())

    def drain(self) -> int:
        """Send until nothing is due and no other sender is at work; how many messages this one sent.

        A lease is waited for as long as it can last, by a clock that nobody sets.
        """
        total, patience = 0, time.monotonic() + self.lease.total_seconds()
        while True:
            sent = self.round()
            total += sent
            if not sent and (time.monotonic() > patience or not self._others_at_work()):
                return total
            if not sent:
                time.sleep(0.05)

    def _others_at_work(self) -> bool:
        with reading(self.engine) as db:
            return sending.being_sent(db)

    def run(self, pause: float, stop: Event) -> None:
        """Send until it is asked to end, looking again after `pause` seconds when nothing was due.

        A fault is logged and outlived.
        """
        while not stop.is_set():
            try:
                sent = self.round(stop)
            except Exception as error:  # one bad round must not end the sender
                log.error("a round of the sender failed: %s", type(error).__name__)
                sent = 0
            if not sent:
                stop.wait(pause)
