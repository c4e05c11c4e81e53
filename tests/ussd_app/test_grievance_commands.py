"""The office's commands on cases: taken in, read by a desk, written out, opened with two keys."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from models.grievances import (
    Category,
    Concerned,
    Follow,
    Name,
    bars,
    following,
    near,
    open_case,
    readings,
    sight,
    unseen,
)
from models.grievances.tables import CaseReading, Grievance
from models.members import Role
from models.proposals import Deed, Proposal
from tests.bureau import BOARD, WORDS, done, employ, file, owned, unseat
from tests.conftest import NOW, SECRET, Clock
from tests.office import TREASURER, asked, hand, opened
from tests.phone import Phone
from tests.statements import statements
from tests.ussd_app.test_commands import run
from ussd_app import jobs, service
from ussd_app.db import reading, transaction

KINDS = ["sqlite", "postgresql"]
LIST = ("grievances", "list", "KOGB", "--by", "9")


def taken(app: Flask, *more: str, text: str = WORDS) -> dict[str, str]:
    code, said = run(app, "grievances", "take", "KOGB", "--category", "land", *more, text=text)
    assert code == 0, said
    return dict(line.split("\t") for line in said.splitlines())


def test_a_case_is_taken_in_for_somebody_and_followed_with_what_is_read_out(app: Flask) -> None:
    said = taken(app, "--relay")
    assert (said["answer by"], said["handled by"]) == ("2026-12-22", "Kogbera")
    found = done(app, lambda db: open_case(db, said["case"], said["code"], "+22379999999", NOW))
    assert isinstance(found, int)
    listed = run(app, *LIST)[1].splitlines()
    assert f"{said['case']}\tland\tordinary\treceived\t2026-11-22\t2026-11-25" in listed
    assert taken(app)["case"] != said["case"]  # the same words again are another person


def test_who_is_named_is_kept_out_and_the_others_are_not(app: Flask) -> None:
    said = taken(app, "--concerned", "officer", "--named", "9")
    assert said["handled by"] == "Kogbera"
    code, shown = run(app, "grievances", "show", "KOGB", said["case"], "--by", "9")
    assert (code, shown) == run(app, "grievances", "show", "KOGB", "100009", "--by", "9")
    assert code == 1
    assert run(app, "grievances", "show", "KOGB", said["case"], "--by", "13")[0] == 0


def test_where_nobody_may_handle_it_that_is_said(app: Flask) -> None:
    assert taken(app, "--concerned", "officer")["handled by"] == "Union Sanbéra"
    unseat(app, "UNIO", "FEDE")
    said = taken(app, "--concerned", "officer")
    assert said["handled by"].startswith("nobody may: say that the court")


@pytest.mark.parametrize(
    ("arguments", "text", "why"),
    [
        (("NONE", "--category", "land"), "w", "no cooperative NONE"),
        (("KOGB", "--category", "land", "--named", "999"), "w", "no member 999"),
        (("KOGB", "--category", "land"), "w" * 401, "too long"),
        (("--category", "land", "--named", "9"), "w", "--named goes with the cooperative"),
    ],
)
def test_what_cannot_be_taken_in_is_said(app: Flask, arguments: tuple[str, ...], text: str, why: str) -> None:
    code, said = run(app, "grievances", "take", *arguments, text=text)
    assert code != 0
    assert why in said


def test_reading_is_through_the_desk_without_names_and_is_kept(app: Flask) -> None:
    filed = file(app, name=Name.COMMITTEE)
    for by in ("1", "3", "12"):
        assert run(app, "grievances", "show", "KOGB", filed.reference, "--by", by)[0] == 1
    code, shown = run(app, "grievances", "show", "KOGB", filed.reference, "--by", "9")
    assert code == 0
    assert WORDS in shown
    assert "Oumar" not in shown
    assert "+22370000007" not in shown
    assert "Oumar Kassambara" in run(app, "grievances", "show", "KOGB", filed.reference, "--by", "9", "--names")[1]
    read = asked(app, lambda db: [(each.number, each.what) for each in readings.newest(db, hand(db, "2"))])
    assert read == [("9", "show")] * 2


def test_an_export_has_no_names_and_nothing_that_came_in_private(app: Flask) -> None:
    filed = file(app, words="=SUM(A1:A9)")
    private = file(app, category=Category.PRIVATE, name=Name.NOBODY, concerned=Concerned.UNSAID, at_home=True, words="")
    code, said = run(app, "grievances", "export", "KOGB", "--by", "9")
    rows = {row["case"]: row for row in csv.DictReader(StringIO(said))}
    assert code == 0
    assert private.reference not in said
    assert (rows[filed.reference]["words"], rows[filed.reference]["name"]) == ("'=SUM(A1:A9)", "")
    named = csv.DictReader(StringIO(run(app, "grievances", "export", "KOGB", "--by", "9", "--names")[1]))
    assert {row["name"] for row in named if row["case"] == filed.reference} == {"Oumar Kassambara"}
    assert run(app, "grievances", "export", "KOGB", "--by", "8")[0] == 1  # in private nothing is written out
    assert run(app, "grievances", "list", "KOGB", "--by", "8")[1].startswith(f"{private.reference}\tprivate\tsensitive")


def test_a_row_that_is_damaged_stops_no_list_and_no_export(app: Flask) -> None:
    bad, good = (file(app, words=words) for words in ("un", "deux"))
    with transaction(service.of(app).engine) as db:
        case_id = sight.find(db, hand(db, "9"), bad.reference)
        db.execute(update(Grievance).where(Grievance.id == case_id).values(reference_sealed="xx"))
    for asked_for in ("list", "export"):
        code, said = run(app, "grievances", asked_for, "KOGB", "--by", "9")
        assert (code, "unreadable" in said, good.reference in said) == (0, True, True)
    code, said = run(app, "grievances", "show", "KOGB", bad.reference, "--by", "9")
    assert (code, "is damaged" in said) == (1, True)


def kept_readings(app: Flask) -> int:
    with reading(service.of(app).engine) as db:
        return db.execute(select(func.count()).select_from(CaseReading)).scalar_one()


def test_many_readings_are_kept_at_once(app: Flask) -> None:
    questions = []
    for number in range(3):
        file(app, words=f"{number}")
        before = kept_readings(app)
        with statements(service.of(app).engine) as noted:
            listed = run(app, *LIST)[1].count("\n")
        assert kept_readings(app) == before + listed
        questions.append(len(noted))
    assert questions[1] == questions[2]


def test_for_who_is_accused_the_office_says_the_same_with_and_without_the_case(app: Flask) -> None:
    before = [run(app, *words) for words in (LIST, ("grievances", "export", "KOGB", "--by", "9"))]
    taken(app, "--concerned", "team", "--named", "9")
    assert [run(app, *words) for words in (LIST, ("grievances", "export", "KOGB", "--by", "9"))] == before


def test_deadlines_are_set_and_only_shortened_below(app: Flask) -> None:
    assert run(app, "grievances", "clock", "FEDE", "acknowledge", "24") == (0, "acknowledge\t24\n")
    assert run(app, "grievances", "clock", "KOGB", "acknowledge") == (0, "acknowledge\t24\n")
    code, said = run(app, "grievances", "clock", "KOGB", "acknowledge", "36")
    assert (code, "no longer deadline" in said) == (1, True)
    assert run(app, "grievances", "clock", "KOGB", "acknowledge", "12")[0] == 0
    assert "acknowledge\t12\n" in run(app, "grievances", "clock", "KOGB")[1]


def test_a_body_rests_on_days(app: Flask) -> None:
    assert run(app, "grievances", "rest", "KOGB", "Friday", "--by", "9") == (0, "noted\n")
    assert run(app, "grievances", "rest", "KOGB", "2026-12-25", "--by", "9") == (0, "noted\n")
    assert run(app, "grievances", "rest", "KOGB", "someday", "--by", "9")[0] == 1
    assert run(app, "grievances", "rest", "KOGB", "sunday", "--by", "9")[0] == 0
    assert "2 days of the week" in run(app, "grievances", "rest", "KOGB", "monday", "--by", "9")[1]


def test_who_says_that_a_body_rests_is_of_its_committee_or_an_officer_of_it(app: Flask) -> None:
    rest = ("grievances", "rest", "KOGB", "2026-12-25")
    assert run(app, *rest)[0] == 2
    assert "is no officer of KOGB" in run(app, *rest, "--by", "7")[1]
    assert run(app, *rest, "--by", "1") == (0, "noted\n")


def test_an_officer_who_has_no_desk_is_told_whose_it_is(app: Flask) -> None:
    code, said = run(app, "grievances", "list", "KOGB", "--by", "1")
    assert code == 1
    assert "member 1 of KOGB is president; this is for: committee, gender_president, surveillance" in said
    assert "is no officer" in run(app, "grievances", "list", "KOGB", "--by", "7")[1]


def test_an_export_is_written_as_csv_or_xlsx_and_as_nothing_else(app: Flask, tmp_path: Path) -> None:
    before = kept_readings(app)
    file(app)
    wrong = tmp_path / "cases.doc"
    assert run(app, "grievances", "export", "KOGB", str(wrong), "--by", "9")[0] == 2
    assert (wrong.exists(), kept_readings(app)) == (False, before)
    right = tmp_path / "cases.xlsx"
    assert run(app, "grievances", "export", "KOGB", str(right), "--by", "9")[0] == 0
    assert right.read_bytes().startswith(b"PK")


def test_a_partner_is_from_outside_the_tree(app: Flask) -> None:
    assert run(app, "grievances", "partner", "KOGB", "SANO") == (0, "chosen\n")
    for wrong in ("FEDE", "KOGB"):
        assert run(app, "grievances", "partner", "KOGB", wrong)[0] == 1
    # Where the bodies above have no committee, what is about officers goes to the partner's.
    unseat(app, "UNIO", "FEDE")
    assert taken(app, "--concerned", "officer")["handled by"] == "Sanoudjé"


LINKED = ("members", "linked", "KOGB")


def test_linked_persons_are_barred_together_once_two_keys_said_so(app: Flask) -> None:
    assert run(app, *LINKED, "9", "SANO:7")[0] == 2  # nobody does it without a name
    assert run(app, *LINKED, "9", "SANO:7", "--by", "9")[0] == 1  # who is no officer does not
    assert run(app, *LINKED, "9", "9", "--by", "3")[0] == 1
    assert run(app, *LINKED, "9", "SANO:7", "--by", "3")[0] == 0
    assert links(app) == 0
    page = opened(app, BOARD).press("4", "1")
    assert [each in page for each in ("Noter des proches, par", "Kogbera")] == [True] * 2
    second_key(app)
    assert links(app) == 1
    assert run(app, *LINKED, "9", "SANO:7", "--by", "3")[0] == 1
    code, said = run(app, *LINKED, "9", "SANO:7", "--undo", "--by", "3")
    assert (code, "waits for a second officer" in said) == (0, True)
    second_key(app)
    assert links(app) == 0
    assert run(app, *LINKED, "9", "SANO:7", "--undo", "--by", "3")[0] == 1


def second_key(app: Flask, number: str = BOARD) -> None:
    """Accept what waits, read to the end."""
    phone = opened(app, number)
    page = phone.press("4", "1")
    while "9 Suite" in page:
        page = phone.press("9")
    assert "accepté et fait" in phone.press("1")


def links(app: Flask) -> int:
    return len(done(app, lambda db: near.linked(db, hand(db, "9").member_id)))


def test_who_is_linked_turns_no_key_for_it(app: Flask) -> None:
    assert run(app, *LINKED, "3", "UNIO:11", "--by", "3")[0] == 1
    assert run(app, *LINKED, "2", "UNIO:11", "--by", "3")[0] == 0
    board = opened(app, BOARD)
    assert "J'accepte" not in board.press("4", "1") + board.press("9")


def test_the_surveillance_of_both_is_told_who_was_linked_by_whom(app: Flask) -> None:
    (above,) = employ(app, "UNIO", ("+22370000091", Role.SURVEILLANCE))
    run(app, *LINKED, "1", "UNIO:11", "--by", "3")
    second_key(app, TREASURER)
    said = "Coop Kogbera: les membres 3, 5 (bureau) ont noté que ceux-ci sont proches: "
    for number in (BOARD, above.phone or ""):
        letters = Phone(app, number, SECRET).received()
        assert any(said in each and "membre 11 (Union Sanbéra)" in each for each in letters), letters
    kept = select(Proposal.proposed_by, Proposal.decided_by).where(Proposal.deed == Deed.LINK_MEMBERS)
    assert done(app, lambda db: tuple(db.execute(kept).one()) == (hand(db, "3").member_id, hand(db, "5").member_id))


def test_two_keys_open_a_case_the_second_on_a_phone(app: Flask, clock: Clock) -> None:
    employ(app, "UNIO", ("+22370000091", Role.COMMITTEE))
    filed = file(app)
    asking = ("grievances", "break-glass", "KOGB", filed.reference, "--why", "Personne au comité", "--by")
    code, number = run(app, *asking, "3")
    assert code == 0
    assert run(app, *asking[:3], "zzz", *asking[4:], "3")[0] == 1
    assert run(app, *asking[:5], " ", "--by", "3")[0] == 1
    behind = ("grievances", "behind-glass", "KOGB", number.strip(), "--by", "3")
    assert run(app, *behind)[0] == 1
    board = opened(app, BOARD)
    assert "\n1 Ouverture demandée le 22/11, Kogbera 3\n" in board.press("18")
    page = board.press("1")
    assert page.startswith("CON Kogbera: membre 3 (secrétariat) demande à lire un dossier.\nRaison: Personne au comité")
    assert filed.reference not in page
    while "Accepter" not in page:
        page = board.press("9")
    board.press("1")
    assert "Accepté par le membre 2." in board.press("9")
    code, said = run(app, *behind)
    assert (code, WORDS in said, "Oumar" in said) == (0, True, False)
    assert run(app, *behind[:-1], "5")[0] == 1
    assert "Le dossier a été lu." in opened(app, "+22370000091").press("18", "1")
    assert "3, secrétariat: ouvert avec deux clés" in opened(app, BOARD).press("18")
    clock.pass_by(hours=25)
    assert run(app, *behind)[0] == 1
    assert run(app, *asking, "9")[0] == 1


def test_a_case_is_cut_from_its_person_with_number_and_code(app: Flask) -> None:
    filed = file(app, follow=Follow.SMS)
    assert run(app, "grievances", "forget", text=f"{filed.reference} 0000" if filed.code != "0000" else "1 1")[0] == 1
    line = f"{filed.reference} {filed.code}\n"
    assert run(app, "grievances", "forget", text=line) == (0, "name and phone are gone; the case goes on\n")
    shown = run(app, "grievances", "show", "KOGB", filed.reference, "--by", "9", "--names")[1]
    assert "Oumar" not in shown
    done(app, lambda db: following.withdraw(db, owned(db, filed), NOW))
    assert run(app, "grievances", "forget", text=line) == (0, "the case is gone, a count is left\n")
    assert run(app, "grievances", "forget", text=line)[0] == 1
    assert run(app, "ledger", "check")[0] == 0


def test_the_scheduler_keeps_cases_no_longer_than_said(app: Flask, clock: Clock) -> None:
    filed = file(app)
    done(app, lambda db: following.withdraw(db, owned(db, filed), NOW))
    clock.pass_by(days=729)
    jobs.keep(service.of(app))
    assert filed.reference in run(app, *LIST, "--over")[1]
    clock.pass_by(days=2)
    for _again in range(2):
        jobs.keep(service.of(app))
    assert filed.reference not in run(app, *LIST, "--over")[1]


def test_a_lost_code_is_told_at_the_union_and_shown_on_the_members_own_phone(app: Flask) -> None:
    """The same is said whether there is such a case or not; where it lies, nobody may ask."""
    Phone(app, "+22370000007", SECRET).go("1", "2741", "2741")  # a secret code, chosen before
    file(app, name=Name.COMMITTEE)
    employ(app, "UNIO", ("+22361000090", Role.COMMITTEE))
    story = ("--category", "land", "--filed-on", "2026-11-21", "--by")
    told = [run(app, "grievances", "lost-code", "UNIO", f"KOGB:{number}", *story, "90") for number in ("7", "8")]
    assert told[0] == told[1]
    assert told[0][0] == 0
    member = done(app, lambda db: hand(db, "7").member_id)
    waits = [done(app, lambda db, p=phone: unseen(db, p, member, NOW, [member])) for phone in ("+22370000007", "+2230")]  # type: ignore[misc]
    assert None not in waits
    assert run(app, "grievances", "lost-code", "KOGB", "KOGB:7", *story, "3")[0] == 1


def test_who_is_named_may_be_of_a_body_above(app: Flask) -> None:
    said = taken(app, "--named", "UNIO:11")
    assert said["handled by"] == "Kogbera"
    assert run(app, "grievances", "take", "--category", "land", "--named", "11", text=WORDS)[0] == 2
    assert run(app, "grievances", "take", "--category", "land", "--named", "UNIO:999", text=WORDS)[0] == 1
    case_id = done(app, lambda db: sight.find(db, hand(db, "9"), said["case"]))
    assert done(app, lambda db: [*bars.of(db, case_id)] == [hand(db, "11", "UNIO").member_id])
