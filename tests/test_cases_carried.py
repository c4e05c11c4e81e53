"""Cases that were filed before there were committees: carried over whole, sealed, and taken to who may handle them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from alembic import command
from sqlalchemy import Engine, insert, select, text

from models import grievances, vault
from models.cooperatives import Cooperative, Kind
from models.grievances import Locked, State, following, sight
from models.grievances import proof as cases
from models.grievances.numbers import code_digest
from models.grievances.tables import CaseBar, Grievance
from models.hands import Hand
from models.members import Member, Role
from models.money import Currency
from tests.models.grievances.land import tick
from ussd_app import schema
from ussd_app.db import transaction

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
WORDS = "Le puits est tombé"
COLUMNS = (
    *("id", "reference", "code_digest", "key", "cooperative_id", "category", "concerned", "name", "words_sealed"),
    *("caller_sealed", "barred_id", "state", "filed_at", "answer_by", "reveal_digest", "tries"),
)


def old(number: int, reference: str, **said: Any) -> dict[str, Any]:
    """A case as it was kept before."""
    return {
        "id": number,
        "reference": reference,
        "code_digest": code_digest(reference, "3071"),
        "key": f"key {number}",
        "cooperative_id": 1,
        "category": "accident",
        "concerned": "team",
        "name": "committee",
        "words_sealed": vault.seal(WORDS),
        "caller_sealed": vault.seal("5 +22370000077"),
        "barred_id": None,
        "state": "received",
        "filed_at": NOW,
        "answer_by": NOW + timedelta(days=30),
        "reveal_digest": None,
        "tries": 0,
    } | said


def filled(made: Engine) -> None:
    """A database of before, with a cooperative, its committee and three cases."""
    with transaction(made) as db:
        command.upgrade(schema.alembic(db), "0012")
    with transaction(made) as db:
        row = {"code": "C", "name": "C", "kind": Kind.SCOOPS, "district": "D", "country": "ML"}
        db.execute(insert(Cooperative).values(**row, currency=Currency.XOF, language="fr", time_zone="Africa/Bamako"))
        for number in range(1, 6):
            role = Role.MEMBER if number == 5 else Role.COMMITTEE
            who = {"cooperative_id": 1, "number": str(number), "name": "N", "language": "fr", "role": role}
            db.execute(insert(Member).values(**who, amounts_by_sms=False))
        was = [
            old(1, "482915", barred_id=1),
            old(2, "482790", state="withdrawn"),
            old(3, "482611", category="private", reveal_digest="x"),
        ]
        places = ", ".join(f":{name}" for name in COLUMNS)
        db.execute(text(f"INSERT INTO grievances ({', '.join(COLUMNS)}) VALUES ({places})"), was)
        note = {"id": 1, "case": 1, "key": "n", "words": vault.seal("Encore"), "at": NOW}
        names = "id, grievance_id, key, words_sealed, written_at"
        db.execute(text(f"INSERT INTO grievance_notes ({names}) VALUES (:id, :case, :key, :words, :at)"), note)


def test_what_was_filed_before_is_carried_over_whole(bare: Engine) -> None:
    filled(bare)
    schema.upgrade(bare)
    with transaction(bare) as db:
        rows = db.execute(select(Grievance).order_by(Grievance.id)).all()
        assert "482915" not in str(rows)
        assert list(cases.faults(db)) == []
        assert [(row.lane, row.state) for row in rows] == [
            ("urgent", State.RECEIVED),
            ("urgent", State.WITHDRAWN),
            ("sensitive", State.RECEIVED),
        ]
        assert (rows[2].caller_sealed, rows[2].reveal_digest) == (None, None)
        assert db.execute(select(CaseBar.grievance_id, CaseBar.member_id)).all() == [(1, 1)]
        assert grievances.open_case(db, "482915", "3071", "+22370000078", NOW) == 1
        mine = following.look(db, 1, NOW)
        assert (mine.reference, mine.added, mine.filed_at) == ("482915", 1, NOW)
        assert not isinstance(grievances.open_case(db, "482915", "0000", "+22370000078", NOW), Locked)


def test_the_first_tick_takes_it_to_who_may_handle_it(bare: Engine) -> None:
    filled(bare)
    schema.upgrade(bare)
    with transaction(bare) as db:
        tick(db, NOW + timedelta(days=40))
        seen = [sight.count(db, Hand(number, 1, Role.COMMITTEE)) for number in (1, 2, 3, 4)]
        assert seen == [0, 1, 1, 1]
        assert list(cases.faults(db)) == []


def test_it_can_be_taken_back_with_its_cases(bare: Engine) -> None:
    filled(bare)
    schema.upgrade(bare)
    with transaction(bare) as db:
        command.downgrade(schema.alembic(db), "0012")
    with transaction(bare) as db:
        found = db.execute(text("SELECT reference, state, barred_id FROM grievances ORDER BY id")).all()
        assert [tuple(row) for row in found] == [
            ("482915", "received", 1),
            ("482790", "withdrawn", None),
            ("482611", "received", None),
        ]
        notes = db.execute(text("SELECT grievance_id, words_sealed FROM grievance_notes")).all()
        assert [(row[0], vault.unseal(row[1])) for row in notes] == [(1, "Encore")]
