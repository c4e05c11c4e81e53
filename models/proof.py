"""The proof of the books: a row of checks, each of which names the first row that is not right."""

from collections.abc import Callable, Generator, Iterator

from sqlalchemy import Connection

from models import closings, statements
from models.alerts import proof as alerts
from models.audit_fund import proof as audit_fund
from models.grievances import proof as cases
from models.grievances import published
from models.lines import LotLine
from models.proving import approvals, chains, ends, rows, shares, stamps
from models.proving.chains import Progress
from models.proving.faults import Fault
from models.proving.outside import Outside
from models.surplus import proof as surplus

Check = Callable[[Connection], Iterator[Fault]]

CHECKS: tuple[Check, ...] = (
    *rows.CHECKS,
    chains.strays,
    shares.add_up(LotLine.__table__),
    approvals.approvals,
    surplus.faults,
    audit_fund.faults,
    statements.faults,
    closings.faults,
    alerts.faults,
)
# After the chains: an entry that was altered is named before what rests on it.
BESIDE: tuple[Check, ...] = (stamps.stamps, stamps.counts, ends.ends, cases.faults, published.faults)


def silent(_entries: int) -> None:
    """Tell nobody."""


def faults(db: Connection, outside: Outside | None = None, progress: Progress = silent) -> Generator[Fault]:
    """What is wrong with the books, each as a sentence that names the row; nothing when all is well.

    It reads them in bounded memory. `outside` is what was kept of the chains outside the database.
    """
    for check in CHECKS:
        yield from _readable(check, db)
    yield from chains.chains(db, progress)
    for check in BESIDE:
        yield from _readable(check, db)
    if outside is not None:
        yield from outside.faults(db)


def _readable(check: Check, db: Connection) -> Iterator[Fault]:
    """What a check finds; and a fault when a row holds what is no date, no time or no facts at all."""
    try:
        yield from check(db)
    except (AttributeError, LookupError, TypeError, ValueError):
        yield Fault(f"a row cannot be read by the check of {check.__name__.replace('_', ' ')}")
