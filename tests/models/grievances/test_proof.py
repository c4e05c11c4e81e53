"""What somebody does to cases in the database itself is found by the proof, which names a row and nothing else."""

import pytest
from sqlalchemy import Connection, func, select, text, update

from models import nights, proof
from models.grievances import following, readings
from models.grievances import proof as cases
from models.grievances.tables import CaseTally
from models.members import Role
from models.messages import Message
from models.proving.faults import Fault
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import NOW, Land, proposed

KINDS = ["sqlite", "postgresql"]
STEP = "UPDATE case_steps SET {} WHERE grievance_id = :case AND position = "
CASE = "UPDATE grievances SET {} WHERE id = :case"
DROP = "DELETE FROM case_steps WHERE grievance_id = :case AND position = 5"
LAST = "(SELECT seal FROM case_steps WHERE grievance_id = :case AND position = 4)"
ROW = "SELECT grievance_id, 9, 'withdrawn', 'withdrawn', 'owner', at, 'x' FROM case_steps"
SLIP = f"INSERT INTO case_steps (grievance_id, position, did, state, side, at, seal) {ROW}"
BAR = "INSERT INTO case_bars (grievance_id, member_id, why, seal) VALUES (:case, 1, 'recused', 'x')"
ABOUT = ("case_steps", "case_bars", "case_readings", "case_floods", "case_outcomes")
MORE = "UPDATE case_tallies SET made = made + 1 WHERE kind = "
ALTERED: dict[str, tuple[list[str], str]] = {
    "who did it": ([STEP.format("by_id = 1") + "2"], "step 2 is not what was sealed"),
    "when": ([STEP.format("at = '2025-01-01 00:00:00'") + "3"], "step 3 is not what was sealed"),
    "why": ([STEP.format("why_sealed = NULL") + "5"], "step 5 is not what was sealed"),
    "the words": ([CASE.format("words_sealed = NULL")], "step 1 is not what was sealed"),
    "the words, damaged": ([CASE.format("words_sealed = 'x'")], "it cannot be read"),
    "the number, damaged": ([CASE.format("reference_sealed = 'x'")], "it cannot be read"),
    "who filed it, damaged": ([CASE.format("caller_sealed = 'x'")], "it cannot be read"),
    "why, damaged": ([STEP.format("why_sealed = 'x'") + "5"], "it cannot be read"),
    "the state": ([CASE.format("state = 'closed'")], "not where its last step left it"),
    "the level": ([CASE.format("level_id = 1")], "not where its last step left it"),
    "the last step": ([DROP], "it says 5 steps, it has 4"),
    "the last step, hidden": (
        [DROP, CASE.format(f"head = {LAST}, steps = 4, state = 'assigned'")],
        "steps were written",
    ),
    "a step slipped in": (
        [f"{SLIP} WHERE grievance_id = :case AND position = 1", f"{MORE} 'steps'"],
        "step 6 is missing",
    ),
    "a bar taken away": (["DELETE FROM case_bars WHERE grievance_id = :case"], "bars were written"),
    "a bar slipped in": ([BAR], "a bar was not written by the program"),
    "a reading": (["DELETE FROM case_readings WHERE grievance_id = :case"], "readings were written"),
    "the whole case": (
        [f"DELETE FROM {table} WHERE grievance_id = :case" for table in ABOUT]
        + ["DELETE FROM grievances WHERE id = :case"],
        "cases were written",
    ),
    "the count": ([f"{MORE} 'cases'"], "the count of cases was altered"),
}


@pytest.fixture
def case_id(land: Land, committees: Committees) -> int:
    """A case with a history, a bar and a reading."""
    one = committees["coop"][0]
    found = proposed(land, one, land.file(barred_id=land.member("coop").member_id))
    readings.note(land.db, one, found, "case", NOW)
    return found


def test_cases_are_right(db: Connection, land: Land, case_id: int) -> None:
    following.accept(db, case_id, NOW)
    assert list(cases.faults(db)) == []


@pytest.mark.alters
@pytest.mark.parametrize("altered", ALTERED)
def test_what_is_altered_is_found(db: Connection, case_id: int, altered: str) -> None:
    statements, said = ALTERED[altered]
    for each in statements:
        db.execute(text(each).bindparams(**({"case": case_id} if ":case" in each else {})))
    faults = list(cases.faults(db))
    assert any(said in each.words for each in faults)
    assert any(said in each.words for each in proof.faults(db))
    assert {(fault.cooperative_id, fault.of_case) for fault in faults} == {(None, True)}


@pytest.mark.alters
def test_a_count_that_was_altered_is_not_made_good_by_going_on(db: Connection, land: Land, case_id: int) -> None:
    db.execute(update(CaseTally).where(CaseTally.kind == "cases").values(made=0))
    land.file(key="2")
    assert any("the count of cases was altered" in each.words for each in cases.faults(db))


def test_nobody_is_told_by_sms_of_a_case_that_was_altered(db: Connection, land: Land) -> None:
    land.member("coop", Role.SURVEILLANCE)
    before = db.execute(select(func.count()).select_from(Message)).scalar_one()
    nights.tell(db, [Fault("a case history, row 1: step 2 is missing", of_case=True)], NOW)
    assert db.execute(select(func.count()).select_from(Message)).scalar_one() == before
