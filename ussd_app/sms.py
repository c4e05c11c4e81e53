"""An SMS comes in, a delivery report, an opt-out, the end of a session: each kept once, each answered with 200."""

from dataclasses import dataclass

from sqlalchemy import Engine

from flows import keywords
from models import inbox, messages, sessions
from models.inbox import Arrived
from models.messages import Told
from ussd_app.clock import Clock
from ussd_app.db import transaction
from ussd_app.gateways import Ended, OptedOut


@dataclass(frozen=True, slots=True)
class Postbox:
    """Takes what gateways bring."""

    engine: Engine
    clock: Clock
    service_code: str

    def arrived(self, sms: Arrived) -> None:
        """Keep an SMS and queue its reply, in one transaction; one that was brought before ends here."""
        with transaction(self.engine) as db:
            now = self.clock()
            if inbox.receive(db, sms, keywords.intent(sms.text), now):
                keywords.answer(keywords.Letter(db, now, sms, self.service_code))

    def told(self, report: Told) -> None:
        """Keep a delivery report; the message it is about moves forwards."""
        with transaction(self.engine) as db:
            messages.report(db, report, self.clock())

    def opted_out(self, wish: OptedOut) -> None:
        """Somebody wants no more notices."""
        with transaction(self.engine) as db:
            inbox.opt_out(db, wish.phone, self.clock())

    def ended(self, end: Ended) -> None:
        """Keep how a session ended."""
        told = {
            "status": end.status[:24],
            "hops": end.hops,
            "milliseconds": end.milliseconds,
            "cost": end.cost,
            "network": end.network,
        }
        with transaction(self.engine) as db:
            sessions.ended(db, end.gateway, end.session, told, self.clock())
