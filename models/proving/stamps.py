"""The stamps: what was decided and shown beside the entries is what was stamped, and nothing of it is missing."""

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from models import advances, capital, closings, plans, proposals, published, questions, rules
from models.alerts import tables as alerts
from models.audit_fund import tables as audit_fund
from models.chain import Chain
from models.proving.faults import Fault
from models.stamps import Kind, Stamp, StampCount, Thing, sealed, things
from models.surplus import tables as surplus

KINDS: tuple[Kind, ...] = (
    proposals.PROPOSED,
    proposals.DECIDED,
    rules.WRITTEN,
    rules.ADOPTED,
    plans.DECIDED,
    capital.SUBSCRIBED,
    published.LINES,
    published.ACCOUNT,
    advances.GIVEN,
    surplus.SHARED,
    audit_fund.CALLED,
    audit_fund.PAID,
    questions.ASKED,
    questions.ANSWERED,
    closings.CLOSED,
    alerts.RAISED,
    alerts.TAKEN,
)


def stamps(db: Connection) -> Iterator[Fault]:
    """Things that are not what was stamped, or have no stamp; and stamps whose thing is gone."""
    for kind in KINDS:
        for each in things(db, kind):
            wrong = _wrong(each)
            if wrong:
                yield Fault(f"{kind.name} {each.about_id}: {wrong}", each.home)
    known = [kind.name for kind in KINDS]
    for home, name in db.execute(select(Stamp.cooperative_id, Stamp.kind).where(Stamp.kind.not_in(known)).distinct()):
        yield Fault(f"stamps of {name}: there is no such kind", home)


def _wrong(thing: Thing) -> str | None:
    if thing.stamp is None:
        return "it is gone"
    if thing.stamped is None:
        return "it was not written by the program"
    return None if thing.stamp == thing.stamped else "it is not what was stamped"


def counts(db: Connection) -> Iterator[Fault]:
    """Stamps that are missing altogether, together with what they were of."""
    made = select(StampCount.cooperative_id, StampCount.made, StampCount.seal)
    counted = {row.cooperative_id: row for row in db.execute(made)}
    found = select(Stamp.cooperative_id, func.count()).group_by(Stamp.cooperative_id)
    there: dict[int, int] = {row[0]: row[1] for row in db.execute(found)}
    for home in sorted({*there, *counted, *db.execute(select(Chain.cooperative_id)).scalars()}):
        row = counted.get(home)
        if row is None or row.seal != sealed(home, row.made):
            yield Fault(f"cooperative {home}: the count of its stamps was altered", home)
        elif row.made != there.get(home, 0):
            yield Fault(f"cooperative {home}: {row.made} things were stamped, {there.get(home, 0)} are there", home)
