"""The office's commands on dues: they only propose; what cannot be is said in one sentence."""

import json
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select, update

from models import approvals, deeds, dues, members, proposals
from models.entries import Entry
from models.members import Member
from models.proposals import Proposal
from tests.conftest import NOW
from tests.office import hand
from tests.ussd_app.test_commands import run
from ussd_app import service
from ussd_app.db import reading, transaction

KINDS = ["sqlite", "postgresql"]
PLAN = {
    "kind": "special",
    "label": "Pompe",
    "amount": 2500,
    "first_on": "2026-11-20",
    "basis": "resolution",
    "reference": "résolution 7",
    "decided_on": "2026-11-15",
}


def approved(app: Flask, said: str, by: str = "5") -> None:
    """The second key, from the treasurer's own phone."""
    with transaction(service.of(app).engine) as db:
        deeds.approve(db, hand(db, by), int(said.split()[1].strip(":")), NOW)


def waiting(app: Flask) -> int:
    with reading(service.of(app).engine) as db:
        return len(approvals.waiting(db, hand(db, "5"), NOW))


def show(app: Flask, number: str) -> list[list[str]]:
    return [line.split("\t") for line in run(app, "dues", "show", "KOGB", number)[1].splitlines()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A plan in a file."""
    made = tmp_path / "plan.json"
    made.write_text(json.dumps(PLAN), encoding="utf-8")
    return made


def test_a_plan_is_proposed_approved_raised_and_listed(app: Flask, file: Path) -> None:
    code, said = run(app, "dues", "plan", "KOGB", str(file), "--by", "3")
    assert code == 0
    assert run(app, "dues", "plan", "KOGB", str(file), "--by", "3") == (0, said)
    assert "Pompe" not in run(app, "dues", "plans", "KOGB")[1]
    approved(app, said)
    assert "v1\tspecial\tPompe\t2500\tonce\t2026-11-20" in run(app, "dues", "plans", "KOGB")[1]
    assert run(app, "dues", "raise") == (0, "22 entries\n")
    assert show(app, "4")[-5][2:5] != []
    assert ["due", "2026-11-20", "2500"] in [line[2:5] for line in show(app, "4")]
    assert run(app, "ledger", "check")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan", "KOGB", "nowhere.json", "--by", "3"), "cannot be read"),
        (("plan", "NONE", "-", "--by", "3"), "no cooperative NONE"),
        (("plan", "KOGB", "-", "--by", "12"), "no officer"),
        (("plan", "KOGB", "-", "--by", "999"), "no member 999"),
        (("end", "KOGB", "1", "2026-01-01", "--by", "3"), "a plan ends today or later"),
        (("end", "KOGB", "99", "2027-02-01", "--by", "3"), "no plan 99"),
        (("subscribe", "KOGB", "4", "0", "--plan", "3", "--reference", "B", "--by", "3"), "number of shares"),
        (("subscribe", "KOGB", "4", "2", "--plan", "1", "--reference", "B", "--by", "3"), "no plan 1 of capital"),
        (("waive", "KOGB", "4", "1", "5", "--reason", "R", "--by", "3"), "entry 1 is not one of member 4"),
        (("reverse", "99999", "--reason", "R", "--by", "3"), "no entry 99999"),
        (("reverse", "1", "--reason", " ", "--by", "3"), "reason"),
        (("arrears", "NONE"), "no cooperative NONE"),
        (("plans", "NONE"), "no cooperative NONE"),
        (("show", "KOGB", "999"), "no member 999"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(app: Flask, words: tuple[str, ...], said: str) -> None:
    before = waiting(app)
    code, told = run(app, "dues", *words, text=json.dumps(PLAN))
    assert (code, len(told.splitlines())) == (1, 1)
    assert said in told
    assert waiting(app) == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"kind": "special"}', "\x00", "[" * 9999])
def test_a_file_that_is_no_plan_is_refused(app: Flask, text: str) -> None:
    code, told = run(app, "dues", "plan", "KOGB", "-", "--by", "3", text=text)
    assert (code, len(told.splitlines())) == (1, 1)


def test_a_due_is_waived_and_a_payment_reversed_with_two_keys(app: Flask) -> None:
    open_due = next(line for line in show(app, "12") if line[2] == "due" and line[5] not in ("0", "-"))
    wish = ("waive", "KOGB", "12", open_due[0], open_due[5], "--reason", "Maladie", "--by", "3")
    code, said = run(app, "dues", *wish)
    assert code == 0
    approved(app, said)
    assert next(line for line in show(app, "12") if line[0] == open_due[0])[5] == "0"
    assert run(app, "dues", *wish)[0] == 1
    payment = next(line for line in show(app, "12") if line[2] == "payment")
    approved(app, run(app, "dues", "reverse", payment[0], "--reason", "Doublon", "--by", "2")[1])
    assert payment[0] not in [line[0] for line in show(app, "12")]
    assert run(app, "ledger", "check")[0] == 0


@pytest.mark.parametrize("what", ["plan", "subscribe"])
def test_what_was_approved_is_not_written_down_twice(app: Flask, file: Path, what: str) -> None:
    shares = ("subscribe", "KOGB", "7", "3", "--plan", "3", "--on", "2026-11-01", "--reference", "B 7")
    words = ("dues", *(("plan", "KOGB", str(file)) if what == "plan" else shares), "--by", "3")
    approved(app, run(app, *words)[1])
    code, said = run(app, *words)
    assert (code, "written down already" in said or "written already" in said, said.count("\n")) == (1, True, 1)
    assert waiting(app) == 0


def test_a_proposal_waits_once_whoever_asks_and_may_be_made_again(app: Flask, file: Path) -> None:
    said = {run(app, "dues", "plan", "KOGB", str(file), "--by", by) for by in ("3", "1", "3")}
    ((code, first),) = said
    assert (code, waiting(app)) == (0, 1)
    with transaction(service.of(app).engine) as db:
        proposals.decide(db, hand(db, "5"), int(first.split()[1].strip(":")), False, NOW)
    assert run(app, "dues", "plan", "KOGB", str(file), "--by", "3") not in said
    assert waiting(app) == 1


def test_who_left_acts_by_no_command(app: Flask, file: Path) -> None:
    with transaction(service.of(app).engine) as db:
        db.execute(update(Member).where(Member.id == hand(db, "3").member_id).values(left_on=NOW.date()))
    code, said = run(app, "dues", "plan", "KOGB", str(file), "--by", "3")
    assert (code, "member 3 has left KOGB" in said, said.count("\n")) == (1, True, 1)
    assert waiting(app) == 0


def test_shares_are_subscribed_with_two_keys(app: Flask) -> None:
    words = ("subscribe", "KOGB", "7", "3", "--plan", "3", "--on", "2026-11-01", "--reference", "B 7", "--by", "3")
    approved(app, run(app, "dues", *words)[1])
    assert run(app, "dues", "raise") == (0, "1 entries\n")
    assert [line[1:] for line in show(app, "7") if line[1] == "capital"] == [
        ["capital", "capital", "2026-11-01", "1200", "1200"]
    ]


def test_arrears_are_added_up_by_age(app: Flask, tmp_path: Path) -> None:
    table = run(app, "dues", "arrears", "KOGB")[1].splitlines()
    *rows, sums = [line.split() for line in table[1:]]
    assert [sum(int(row[place]) for row in rows) for place in range(1, 8)] == [int(each) for each in sums[1:]]
    with reading(service.of(app).engine) as db:
        for row in rows:
            member_id = members.numbered(db, "KOGB", row[0])
            assert member_id
            found = dues.standing(db, member_id, NOW.date())
            assert found.owed == int(row[6]) - int(row[7])
    assert [row[0] for row in rows] == sorted((row[0] for row in rows), key=int)
    assert run(app, "dues", "arrears", "KOGB", "-")[1].splitlines()[0].startswith("member,not_yet_due,days_1_30")
    book = tmp_path / "arrears.xlsx"
    assert run(app, "dues", "arrears", "KOGB", str(book))[0] == 0
    assert load_workbook(book).worksheets[0]["A2"].value == rows[0][0]
    assert run(app, "dues", "arrears", "KOGB", str(tmp_path / "no" / "x.csv"))[0] == 1


def test_who_leaves_owes_nothing_that_begins_later(app: Flask) -> None:
    assert run(app, "members", "leave", "KOGB", "4", "2000-01-01", "--by", "3")[0] == 1
    code, said = run(app, "members", "leave", "KOGB", "4", "2026-10-15", "--by", "3")
    assert code == 0
    (later,) = [line for line in said.splitlines() if "to be reversed" in line]
    with reading(service.of(app).engine) as db:
        day = db.execute(select(Entry.happened_on).where(Entry.id == int(later.split()[-1]))).scalar_one()
    assert day.isoformat() == "2026-11-01"
    assert run(app, "members", "leave", "KOGB", "999", "2026-10-15", "--by", "3")[0] == 1


def test_reasons_are_sealed_in_proposals(app: Flask) -> None:
    run(app, "dues", "reverse", "1", "--reason", "Awa est malade", "--by", "3")
    with reading(service.of(app).engine) as db:
        facts = db.execute(select(Proposal.facts).order_by(Proposal.id.desc()).limit(1)).scalar_one()
    assert "malade" not in str(facts)
