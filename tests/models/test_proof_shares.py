"""The proof of lots: their lines add up to the pot and are what the members have."""

import json
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, String, Table, delete, insert, select, update

from models import ledger, payouts, sharing, writing
from models.entries import Entry, Posting
from models.lots import Lot
from models.payouts import Part
from models.proving.shares import add_up
from models.sharing import beneficiaries
from tests.conftest import NOW
from tests.models.test_ledger import books
from ussd_app.db import transaction

__all__ = ["books"]

LINES = Table(
    "lines",
    MetaData(),
    *(Column(name, Integer) for name in ("entry_id", "position", "member_id", "amount", "rest")),
    *(Column(name, String) for name in ("step", "label", "to")),
)
RULE = {
    "rule": {
        "unit": "money",
        "steps": [
            {"step": "cost", "label": "carburant", "amount": 341_200},
            {"step": "pct", "label": "villages", "to": "fund:villages", "rate_ppm": 50_000, "of": "net"},
            {
                "step": "split",
                "label": "puits",
                "among": [{"to": "landowner:puits", "weight": 1}, {"to": "group:team", "weight": 2}],
            },
            {"step": "pool", "label": "jours", "by": "days", "of": "group:team"},
            {"step": "recover", "label": "outils", "kind": "equipment", "max_ppm": 300_000, "floor": 0},
        ],
    },
    "pot": 2_941_200,
    "counts": {},
    "team": [{"member": "1", "weight": 12, "group": "team"}, {"member": "2", "weight": 11, "group": "team"}],
    "advances": [{"member": "2", "amount": 60_000, "kind": "equipment"}],
}
MEMBERS = {"1": 1, "2": 2}


@pytest.fixture
def shared(books: Engine) -> Engine:
    """A lot that was shared by the engine, with its lines."""
    asked = sharing.read(json.dumps(RULE).encode())
    result = sharing.share(asked.rule, asked.pot, asked.counts, asked.team, asked.advances)
    with transaction(books) as db:
        LINES.create(db)
        lot = {"cooperative_id": 1, "number": "214", "sold_on": date(2026, 11, 1), "weight_mg": 1, "fineness_ppt": 896}
        lot_id = writing.insert_once(db, Lot, lot)
        assert lot_id
        parts = [
            Part(MEMBERS[each], net + result.recovered[each], result.recovered[each])
            for each, net in result.net.items()
        ]
        sale = payouts.sale(1, lot_id, "lot:214", (date(2026, 11, 1), "214", 2_941_200), parts)
        ledger.post(db, [sale], "proposal:1:1+2", NOW)
        entry_id = db.execute(select(Entry.id)).scalar_one()
        for position, line in enumerate(result.lines, 1):
            row = {"step": line.step, "label": line.label, "to": line.to, "amount": line.amount, "rest": line.rest}
            member = MEMBERS.get(beneficiaries.number_of(line.to) or "")
            db.execute(insert(LINES).values(**row, entry_id=entry_id, position=position, member_id=member))
    return books


def _said(db: Connection) -> list[str]:
    return [str(each) for each in add_up(LINES)(db)]


def test_a_lot_that_was_shared_is_right(shared: Engine) -> None:
    with transaction(shared) as db:
        assert _said(db) == []


def _raised(*where: object, by: int = 1) -> Callable[[Connection], object]:
    return lambda db: db.execute(update(LINES).where(*where).values(amount=LINES.c.amount + by))  # type: ignore[arg-type]


ALTERED = {
    "a cost": (_raised(LINES.c.step == "cost"), "line 1 leaves"),
    "a percentage": (_raised(LINES.c.step == "pct"), "line 2 leaves"),
    "a member's days": (_raised(LINES.c.step == "pool", LINES.c.member_id == 1), "its lines add up to 2941201"),
    "a recovery": (_raised(LINES.c.step == "recover"), "do not give the members the same"),
    "from one to the other": (
        lambda db: (_raised(LINES.c.member_id == 1)(db), _raised(LINES.c.member_id == 2, by=-1)(db)),
        "do not give the members the same",
    ),
    "a rest": (lambda db: db.execute(update(LINES).where(LINES.c.position == 2).values(rest=7)), "line 2 leaves 7"),
    "a line that is gone": (lambda db: db.execute(delete(LINES).where(LINES.c.position == 1)), "line 2 leaves"),
    "all lines": (lambda db: db.execute(delete(LINES)), "the lines it was shared by are not there"),
}


@pytest.mark.parametrize(("change", "said"), ALTERED.values(), ids=ALTERED)
def test_what_was_altered_is_named(shared: Engine, change: Callable[[Connection], object], said: str) -> None:
    with transaction(shared) as db:
        change(db)
        (fault,) = _said(db)
        assert fault.startswith("entry lot:214: ")
        assert said in fault


def test_the_sides_of_the_entry_are_looked_at(shared: Engine) -> None:
    with transaction(shared) as db:
        db.exec_driver_sql("DROP TRIGGER postings_no_update")
        db.execute(update(Posting).where(Posting.account == "sales").values(amount=3_000_000))
        (fault,) = _said(db)
        assert "its pot is" in fault or "leaves" in fault
