"""An SMS comes in, a delivery report, an opt-out, the end of a session: each kept once, each answered with 200."""

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from flows import by_sms, keywords
from flows.engine.memory import Reply
from flows.letter import Letter
from models import announcing, inbox, reports, sessions, vault
from models.failpoints import reach
from models.inbox import Arrived
from models.reports import Told
from ussd_app.clock import Clock
from ussd_app.db import reading, transaction
from ussd_app.gateways import Ended, OptedOut, Press, Rang
from ussd_app.memory import Lost, Screen
from ussd_app.ussd import Awaits, Switchboard


def _nowhere(_db: Connection) -> None:
    """Nobody can say at which screen a session stood."""


@dataclass(frozen=True, slots=True)
class Postbox:
    """Takes what gateways bring."""

    engine: Engine
    clock: Clock
    service_code: str
    switchboard: Switchboard

    def arrived(self, sms: Arrived) -> None:
        """Keep an SMS and queue its reply, in one transaction; one that was brought before ends here.

        A page is found first: if this ends between the two, the SMS is brought again and told the same.
        """
        page = self._page(sms)
        with transaction(self.engine) as db:
            now = self.clock()
            letter = Letter(db, now, sms, self.service_code)
            if page is not None and inbox.receive(db, sms, "page", now):
                keywords.show(letter, page.text)
            elif page is None and self._kept(letter):
                keywords.answer(letter)

    def _kept(self, letter: Letter) -> bool:
        """Keep an SMS; False when it was brought before."""
        found = keywords.intent(letter)
        if found in keywords.APART:
            return inbox.receive_apart(letter.db, letter.sms, letter.now)
        return inbox.receive(letter.db, letter.sms, found, letter.now)

    def _page(self, sms: Arrived) -> Reply | None:
        """The page that an SMS leads to, where it asks for the menu or answers a page of an open conversation."""
        begins = by_sms.begins(sms.text)
        if not begins and not by_sms.answers(sms.text, asks=True):
            return None
        with reading(self.engine) as db:
            if inbox.known(db, sms):
                return None
        session, step = vault.digest("sms", sms.phone), f"{sms.gateway}:{sms.gateway_id}"
        typed = "" if begins else by_sms.pressed(sms.text) or sms.text.strip()
        press = Press("sms", session, sms.phone, typed, step, begins, by_sms=True)
        if not begins:
            awaits = self.switchboard.awaits(press)
            if awaits is None or not by_sms.answers(sms.text, asks=awaits is Awaits.WORDS):
                return None
        return self.switchboard.hear(press)

    def told(self, report: Told) -> None:
        """Keep a delivery report; the message it is about moves forwards."""
        with transaction(self.engine) as db:
            reports.report(db, report, self.clock())
            reach("report-kept")
        reach("report-committed")

    def rang(self, call: Rang) -> None:
        """Somebody wants to be called; a call that is told again asks for nothing more, even once the office called."""
        told = Arrived(call.gateway, f"call:{call.call}"[:200], call.phone, "")
        with transaction(self.engine) as db:
            now = self.clock()
            if inbox.receive(db, told, "call", now):
                keywords.missed_call(Letter(db, now, told, self.service_code))

    def opted_out(self, wish: OptedOut) -> None:
        """Somebody wants no more notices."""
        with transaction(self.engine) as db:
            announcing.silence(db, wish.phone, self.clock())

    def ended(self, end: Ended) -> None:
        """Keep how a session ended."""
        told = {
            "status": end.status[:24],
            "hops": end.hops,
            "milliseconds": end.milliseconds,
            "cost": end.cost,
            "network": end.network,
        }
        screen: Screen = _nowhere
        with suppress(Lost):  # how it ended is kept all the same
            screen = self.switchboard.memory.screen(end.gateway, end.session)
        with transaction(self.engine) as db:
            sessions.ended(db, end.gateway, end.session, told, screen(db), self.clock())
