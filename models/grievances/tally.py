"""How many cases, steps, bars and readings there are, with a keyed digest: what is taken away is missed.

One count for the whole service and none for a cooperative: it tells nobody where the cases are. Since whoever changes
a case changes these counts, they are also where all of them take turns (`turn`).
"""

from sqlalchemy import Connection, bindparam, select, update

from models import vault
from models.grievances.tables import CaseTally
from models.writing import insert_once

ALTERED = ""  # the seal of a count that was found altered: it stays so
_HELD = select(CaseTally.made, CaseTally.seal).where(CaseTally.kind == bindparam("what")).with_for_update()
_COUNTED = (
    update(CaseTally)
    .where(CaseTally.kind == bindparam("what"))
    .values(made=bindparam("many"), seal=bindparam("digest"))
)

TURN = "cases"


def turn(db: Connection) -> None:
    """Wait until nobody else changes a case; one's own turn lasts until the end of the transaction.

    It is taken before any row of a case is held. Each of two who took a case first and then wanted the counts, or the
    other one's case, would wait for the other, and the database would end one of them in the middle.
    """
    if db.execute(_HELD, {"what": TURN}).one_or_none() is None:
        insert_once(db, CaseTally, {"kind": TURN, "made": 0, "seal": sealed(TURN, 0)})
        db.execute(_HELD, {"what": TURN})


def sealed(kind: str, made: int) -> str:
    """The digest of a count."""
    return vault.digest("case tally", f"{kind} {made}")


def add(db: Connection, kind: str, many: int) -> None:
    """Count rows that were written (or erased, below nought). A count that was altered is not made good."""
    if not many:
        return
    row = db.execute(_HELD, {"what": kind}).one_or_none()
    if row is None:
        insert_once(db, CaseTally, {"kind": kind, "made": 0, "seal": sealed(kind, 0)})
        row = db.execute(_HELD, {"what": kind}).one()
    made = row.made + many
    right = vault.same(row.seal, sealed(kind, row.made))
    db.execute(_COUNTED, {"what": kind, "many": made, "digest": sealed(kind, made) if right else ALTERED})


def made(db: Connection, kind: str) -> int | None:
    """How many rows were written; None when the count was altered."""
    asked = select(CaseTally.made, CaseTally.seal).where(CaseTally.kind == kind)
    row = db.execute(asked).one_or_none()
    if row is None:
        return 0
    return row.made if vault.same(row.seal, sealed(kind, row.made)) else None
