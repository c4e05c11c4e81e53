"""The account of a gateway that reaches no network: there is nothing to set."""

from dataclasses import dataclass

from ussd_app.settings import Settings


@dataclass(frozen=True, slots=True)
class Nowhere:
    """No account."""

    reaches_people: bool = False


def account(_settings: Settings, _needed: bool) -> Nowhere:
    """There is always one."""
    return Nowhere()
