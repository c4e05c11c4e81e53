"""What members owe: what the program tells each is what one gets by adding up the entries by hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from models import dues
from models.chain import Content
from models.entries import Account
from models.proving.faults import Fault


@dataclass(slots=True)
class Balances:
    """The dues of the members of one cooperative, added up entry by entry."""

    owed: dict[int, int] = field(default_factory=dict)

    def take(self, content: Content) -> None:
        """Add an entry. An entry that was undone and the one that undoes it come to nothing together."""
        for account, member_id, amount in content.sides:
            if account == Account.DUES and member_id is not None:
                self.owed[member_id] = self.owed.get(member_id, 0) + amount

    def faults(self, db: Connection, cooperative_id: int) -> Iterator[Fault]:
        """The members who are told another sum. At the end of time, all that was ever charged is due."""
        for member_id, owed in self.owed.items():
            told = dues.standing(db, member_id, date.max).owed
            if told != owed:
                yield Fault(f"member {member_id}: the entries come to {owed}, {told} is told", cooperative_id)
