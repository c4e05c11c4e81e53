"""The exchange: hands a text to the gateway that a number is for, or to the next one while that one is down.

Only what no gateway has accepted comes here a second time, so that changing the gateway never sends anything twice.
"""

import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from models import gateways, members
from models.failpoints import reach
from models.gateways import Call
from ussd_app.clock import Clock
from ussd_app.db import counting, glancing, reading
from ussd_app.gateways import Gateway, Kept, NotSent, Outcome, Sent, Unsure
from ussd_app.routes import Chain, Rates, Routes

log = logging.getLogger(__name__)
Keep = Callable[[Collection[str]], Collection[str]]
# While a turn is waited for, leases are held on to this often.
SLICE = 2.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """The gateways of the settings, by name. How each does is known to all senders together."""

    engine: Engine
    clock: Clock
    routes: Routes
    gateways: Mapping[str, Gateway]
    rates: Rates = field(default_factory=dict)

    def send(
        self, phones: Mapping[str, str], text: str, may_wait: bool = False, keep: Keep = set
    ) -> Mapping[str, tuple[str, Outcome]]:
        """Send one text to some numbers, each with our own name for its message: by which gateway, and the outcome.

        What `may_wait` is kept while there is no credit. While a gateway's turn is waited for, `keep` is asked again
        and again which numbers are still ours to send to; the others have no outcome.
        """
        outcomes: dict[str, tuple[str, Outcome]] = {}
        shared, broke = self._shared_out(phones)
        for name, numbers in shared.items():
            if may_wait and name in broke:
                outcomes |= dict.fromkeys(numbers, (name, Kept("no credit")))
            else:
                outcomes |= self._call(name, {each: phones[each] for each in self._turn(name, numbers, keep)}, text)
        return outcomes

    def _call(self, name: str, phones: Mapping[str, str], text: str) -> Mapping[str, tuple[str, Outcome]]:
        if not phones:
            return {}
        reach("call")
        began = time.monotonic()
        told = self.gateways[name].send(phones, text)
        reach("called")
        self._note(name, [told[number] for number in phones], time.monotonic() - began)
        return {number: (name, told[number]) for number in phones}

    def _turn(self, name: str, numbers: list[str], keep: Keep) -> Collection[str]:
        """Wait until the gateway may be called; to which numbers then."""
        a_second = self.rates.get(name)
        if a_second is None:
            return numbers
        with counting(self.engine) as db:
            wait = gateways.take_turn(db, name, len(numbers), a_second, self.clock())
        left: Collection[str] = numbers
        while wait > 0 and left:
            time.sleep(min(wait, SLICE))
            wait -= SLICE
            left = keep(left)
        return left

    def _shared_out(self, phones: Mapping[str, str]) -> tuple[Mapping[str, list[str]], set[str]]:
        """Which numbers go through which gateway; and where there is no credit, and it is not our turn to try."""
        chains = self._chains(phones)
        down, trials = self._down({name for chain in chains.values() for name in chain})
        ours = set(trials)
        shared: dict[str, list[str]] = {}
        for number, chain in chains.items():
            name = next((each for each in chain if each not in down or each in trials), chain[0])
            if len(chain) > 1:
                trials.discard(name)  # one message tries it, the others do not wait for that
            shared.setdefault(name, []).append(number)
        return shared, {name for name, broke in down.items() if broke and name not in ours}

    def _chains(self, phones: Mapping[str, str]) -> Mapping[str, Chain]:
        holders: Mapping[str, set[str]] = {}
        if self.routes.cooperatives:
            with reading(self.engine) as db:
                holders = members.cooperatives_of(db, list(phones))
        return {number: self.routes.chain(number, holders.get(number, ())) for number in phones}

    def _down(self, names: set[str]) -> tuple[Mapping[str, bool], set[str]]:
        """Which of some gateways are down, whether for want of credit, and which of those it is our turn to try."""
        with glancing(self.engine) as db:
            found = gateways.down(db)
        down = {name: broke for name, broke in found.items() if name in names}
        if not down:
            return {}, set()
        with counting(self.engine) as db:
            return down, {name for name in sorted(down) if gateways.try_again(db, name, self.clock())}

    def _note(self, name: str, told: list[Outcome], seconds: float) -> None:
        """Count a call. What became of the messages is still to be recorded, whatever happens here."""
        broke = any(isinstance(each, NotSent) and each.broke for each in told)
        works = any(not isinstance(each, Unsure) and not (isinstance(each, NotSent) and each.down) for each in told)
        if broke:
            log.error("the credit at %s is used up: notices wait until there is some again", name)
        taken, refused, unsure = (sum(isinstance(each, kind) for each in told) for kind in (Sent, NotSent, Unsure))
        try:
            with counting(self.engine) as db:
                call = Call(works and not broke, round(seconds * 1000), taken, refused, unsure, broke)
                gateways.made(db, name, call, self.clock())
        except SQLAlchemyError as error:
            log.error("a call of %s was not counted: %s", name, type(error).__name__)
