"""Every gateway there is. A new one is its own file, its line here, and its cases in the tests."""

from collections.abc import Mapping

from ussd_app.gateways import Adapter, africastalking, console, hubtel, kannel, orange, phone

EVERY: Mapping[str, Adapter] = {
    each.name: each
    for each in (
        africastalking.ADAPTER,
        console.ADAPTER,
        hubtel.ADAPTER,
        kannel.ADAPTER,
        orange.ADAPTER,
        phone.ADAPTER,
    )
}
