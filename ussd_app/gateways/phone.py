"""The demo's gateway: a message is delivered when it is accepted, and the phone page reads it from the outbox."""

from collections.abc import Collection, Mapping
from uuid import uuid4

from ussd_app.gateways import Adapter, Outcome, Sent
from ussd_app.gateways.nowhere import account


class Gateway:
    """Delivers into the inbox of the phone page."""

    name = "phone"

    def send(self, phones: Collection[str], text: str) -> Mapping[str, Outcome]:
        """Accept one text for some numbers."""
        return {number: Sent(f"phone-{uuid4().hex}", None) for number in phones}


ADAPTER = Adapter(Gateway.name, account=account, gateway=lambda _account: Gateway())
