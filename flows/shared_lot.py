"""A shared lot as one member reads it, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flows.talk import Talk
from models import lines, lot_accounts
from models.lines import StoredLine
from models.lot_accounts import Account
from models.sharing import Cost, Step


@dataclass(frozen=True, slots=True)
class Shown:
    """A shared lot as one member reads it: its account, the lines they may see, and the steps that were taken."""

    lot_id: int
    account: Account
    lines: Sequence[StoredLine]
    adjusted: Sequence[Sequence[StoredLine]]  # what each adjustment gave, since it was published
    costs: int

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the rule; what the lot cost came off before them."""
        return self.account.written.rule.steps

    @property
    def pages(self) -> int:
        """The sale, each cost, each step of the rule, each adjustment, and what it all rests on."""
        return self.published + len(self.adjusted) + 1

    @property
    def published(self) -> int:
        """The pages of what was published: the sale, each cost, each step of the rule."""
        return 1 + self.costs + len(self.steps)

    def of_step(self, number: int) -> list[StoredLine]:
        """The lines of a step that was taken, costs of the lot included."""
        return [line for line in self.lines if line.number == number]


def shown(talk: Talk, lot_id: int) -> Shown | None:
    """A lot that was shared here; None for one whose calculation is at the office."""
    account = lot_accounts.account(talk.db, lot_id)
    seen = lines.seen_by(talk.db, lot_id, talk.member.member_id)
    if account is None or not seen or account.written.cooperative_id != talk.member.cooperative_id:
        return None
    fixed = sum(isinstance(step, Cost) for step in account.written.rule.steps)
    by_entry = groupby(seen, key=lambda line: line.entry_id)  # as it was published, then one adjustment after another
    published, *adjusted = [[*lines_of_it] for _entry, lines_of_it in by_entry]
    return Shown(lot_id, account, published, adjusted, sum(line.step == Cost.step for line in published) - fixed)
