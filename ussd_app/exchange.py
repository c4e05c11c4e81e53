"""The exchange: hands a text to the gateway that a number is for, or to the next one while that one is down.

Only what no gateway has accepted comes here a second time, so that changing the gateway never sends anything twice.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from models import gateways, members
from models.gateways import Call
from ussd_app.clock import Clock
from ussd_app.db import reading, transaction
from ussd_app.gateways import Gateway, NotSent, Outcome, Sent, Unsure
from ussd_app.routes import Chain, Routes

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exchange:
    """The gateways of the settings, by name. How each does is known to all senders together."""

    engine: Engine
    clock: Clock
    routes: Routes
    gateways: Mapping[str, Gateway]

    def send(self, phones: Mapping[str, str], text: str) -> Mapping[str, tuple[str, Outcome]]:
        """Send one text to some numbers, each with our own name for its message: by which gateway, and the outcome."""
        outcomes: dict[str, tuple[str, Outcome]] = {}
        for name, numbers in self._shared_out(phones).items():
            began = time.monotonic()
            told = self.gateways[name].send({number: phones[number] for number in numbers}, text)
            outcomes |= {number: (name, told[number]) for number in numbers}
            self._note(name, [told[number] for number in numbers], time.monotonic() - began)
        return outcomes

    def _shared_out(self, phones: Mapping[str, str]) -> Mapping[str, list[str]]:
        chains = self._chains(phones)
        down, trials = self._down({name for chain in chains.values() for name in chain if len(chain) > 1})
        shared: dict[str, list[str]] = {}
        for number, chain in chains.items():
            name = next((each for each in chain if each not in down or each in trials), chain[0])
            trials.discard(name)  # one message tries it, the others do not wait for that
            shared.setdefault(name, []).append(number)
        return shared

    def _chains(self, phones: Mapping[str, str]) -> Mapping[str, Chain]:
        holders: Mapping[str, set[str]] = {}
        if self.routes.cooperatives:
            with reading(self.engine) as db:
                holders = members.cooperatives_of(db, list(phones))
        return {number: self.routes.chain(number, holders.get(number, ())) for number in phones}

    def _down(self, names: set[str]) -> tuple[set[str], set[str]]:
        """Which of some gateways are down, and which of those it is our turn to try."""
        if not names:
            return set(), set()
        with transaction(self.engine, lightly=True) as db:
            down = gateways.down(db, names)
            return down, {name for name in sorted(down) if gateways.try_again(db, name, self.clock())}

    def _note(self, name: str, told: list[Outcome], seconds: float) -> None:
        """Count a call. What became of the messages is still to be recorded, whatever happens here."""
        well = any(not isinstance(each, Unsure) and not (isinstance(each, NotSent) and each.down) for each in told)
        counts = [sum(isinstance(each, kind) for each in told) for kind in (Sent, NotSent, Unsure)]
        try:
            with transaction(self.engine, lightly=True) as db:
                gateways.made(db, name, Call(well, round(seconds * 1000), *counts), self.clock())
        except SQLAlchemyError as error:
            log.error("a call of %s was not counted: %s", name, type(error).__name__)
