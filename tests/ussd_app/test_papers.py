"""What is printed: the sheet for the notice board, closings and accounts, read back as PDF, XLSX and CSV."""

import csv
import re
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select, update

from models import board, chain, dues, ledger
from models.cooperatives import Cooperative
from models.entries import Account, Entry
from models.members import Member, Role
from models.money import grouped
from models.writing import insert_once
from tests.conftest import NOW
from tests.models.test_statements import cooperative, engine, whose
from tests.ussd_app.test_commands import run
from ussd_app import service
from ussd_app.db import reading, transaction

KINDS = ["sqlite", "postgresql"]
TODAY = date(2026, 11, 22)


def pages(file: Path) -> list[str]:
    return [page.extract_text() for page in PdfReader(file).pages]


def printed(app: Flask, file: Path, *words: str) -> str:
    code, said = run(app, *words, str(file))
    assert code == 0, said
    return "\n".join(pages(file))


def names(app: Flask) -> list[str]:
    with reading(engine(app)) as db:
        return [*db.execute(select(Member.name)).scalars()]


def test_the_board_says_what_each_member_is_told_and_no_name(app: Flask, tmp_path: Path) -> None:
    said = printed(app, tmp_path / "board.pdf", "board", "KOGB")
    assert len(pages(tmp_path / "board.pdf")) == 1
    with reading(engine(app)) as db:
        balances = board.balances(db, cooperative(db), TODAY)
        for each in balances:
            standing = dues.standing(db, whose(db, each.number), TODAY)
            assert (each.left, each.paid) == (standing.owed, standing.paid)
            row = [each.number, *(grouped(one) if one else "-" for one in (each.owed, each.paid, each.ahead))]
            assert re.search(r"\s+".join(map(re.escape, row)), said), row
        head = chain.head(db, cooperative(db))
    assert head is not None
    assert f"Livre: {grouped(head.entries)} écritures, empreinte {head.print}; vérifiez au *384*77#" in said
    owed, ahead = (sum(getattr(each, part) for each in balances) for part in ("owed", "ahead"))
    assert f"à payer {grouped(owed)} F" in said
    assert f"en avance {grouped(ahead)} F" in said
    assert "Caisse: elle n'a pas encore été comptée." in said
    assert [name for name in names(app) if any(part in said for part in name.split())] == []


def test_the_board_has_the_last_count_of_the_cash(app: Flask, tmp_path: Path) -> None:
    assert run(app, "closing", "KOGB", "2026-10", "--counted", "100 000", "--by", "5", "--witness", "2")[0] == 0
    said = printed(app, tmp_path / "board.pdf", "board", "KOGB")
    assert "Caisse à la fin de 10/2026: compté 100 000 F, livre 115 000 F; il manque 15 000 F." in said
    earlier = printed(app, tmp_path / "before.pdf", "board", "KOGB", "--on", "2026-09-30")
    assert "pas encore été comptée" in earlier
    assert "Cotisations au 30/09/2026" in earlier


def test_what_was_paid_after_a_day_is_not_on_the_sheet_of_that_day(app: Flask) -> None:
    with reading(engine(app)) as db:
        early, late = (board.balances(db, cooperative(db), on) for on in (date(2025, 11, 1), TODAY))
        assert sum(each.paid for each in early) == 0 < sum(each.paid for each in late)


def test_who_left_is_on_the_sheet_while_something_is_open(app: Flask) -> None:
    with transaction(engine(app)) as db:
        before = {each.number: each.left for each in board.balances(db, cooperative(db), TODAY)}
        assert (before["1"], before["2"]) == (4000, 0)
        ids = [whose(db, number) for number in "12"]
        db.execute(update(Member).where(Member.id.in_(ids)).values(left_on=date(2026, 11, 1)))
        after = {each.number for each in board.balances(db, cooperative(db), TODAY)}
        assert before.keys() - after == {"2"}


def crowd(app: Flask, count: int, amount: int) -> None:
    with transaction(engine(app)) as db:
        mine = cooperative(db)
        entries = []
        for place in range(count):
            row = {"cooperative_id": mine, "number": f"{1000 + place}", "name": "Personne", "language": "fr"}
            member = insert_once(db, Member, {**row, "role": Role.MEMBER, "amounts_by_sms": False})
            assert member is not None
            paid = (TODAY, f"R{place}", amount + place)
            entries.append(dues.payment(mine, member, f"payment:crowd:{place}", paid, Account.CASH))
            entries.append(dues.charge(mine, member, f"due:crowd:{place}", (TODAY, "Pompe", 2 * amount)))
        ledger.post(db, entries, "test", NOW)


def test_a_hundred_and_fifty_members_stand_on_one_page(app: Flask, tmp_path: Path) -> None:
    crowd(app, 128, 123_456_000)
    said = printed(app, tmp_path / "board.pdf", "board", "KOGB")
    assert len(pages(tmp_path / "board.pdf")) == 1
    for place in range(128):
        assert f"{1000 + place}" in said
        assert grouped(123_456_000 + place) in said
    assert "page" not in said


def test_more_members_go_on_over_pages_that_say_so(app: Flask, tmp_path: Path) -> None:
    crowd(app, 700, 1000)
    code, said = run(app, "board", "KOGB", str(tmp_path / "board.pdf"))
    texts = pages(tmp_path / "board.pdf")
    assert (code, said.split(": ")[1]) == (0, f"{len(texts)} pages\n")
    for place, page in enumerate(texts, 1):
        assert f"page {place}/{len(texts)}" in page
        assert "empreinte" in page
    together = "\n".join(texts)
    assert all(str(1000 + place) in together for place in range(700))


def test_names_of_any_alphabet_are_printed_and_english_is_spoken(app: Flask, tmp_path: Path) -> None:
    with transaction(engine(app)) as db:
        values = {"name": "Cœur d'été – Ɲɛrɛ Sɔrɔ 金", "language": "en"}
        db.execute(update(Cooperative).where(Cooperative.code == "KOGB").values(**values))
    said = printed(app, tmp_path / "board.pdf", "board", "KOGB")
    assert "Cœur d'été – Nyèrè Sòrò ?" in said
    assert "Dues on 22/11/2026" in said


def test_without_a_name_the_file_is_named_by_code_and_day(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(app, "board", "KOGB") == (0, "KOGB-2026-11-22.pdf: 1 page\n")
    assert len(pages(tmp_path / "KOGB-2026-11-22.pdf")) == 1


def test_an_empty_cooperative_has_a_sheet(app: Flask, tmp_path: Path) -> None:
    said = printed(app, tmp_path / "board.pdf", "board", "UNIO")
    assert "Livre: aucune écriture." in said


def test_the_same_sheet_is_the_same_file(app: Flask, tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        printed(app, tmp_path / name, "board", "KOGB")
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def table(said: str) -> list[list[str]]:
    return [*csv.reader(StringIO(said))]


def test_the_board_closings_and_accounts_are_written_for_spreadsheets(app: Flask, tmp_path: Path) -> None:
    run(app, "closing", "KOGB", "2026-10", "--counted", "7", "--by", "5")
    for words in (("board", "KOGB"), ("closing", "list", "KOGB"), ("account", "KOGB", "4")):
        shown = table(run(app, *words, "-")[1])
        assert len({len(row) for row in shown}) == 1
        assert len(shown) > 1
        assert run(app, *words, str(tmp_path / "file.xlsx"))[0] == 0
        sheet = load_workbook(tmp_path / "file.xlsx").worksheets[0]
        cells = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        assert cells == shown


def test_a_label_never_runs_as_a_formula(app: Flask, tmp_path: Path) -> None:
    with transaction(engine(app)) as db:
        due = dues.charge(cooperative(db), whose(db, "4"), "due:test:1", (TODAY, "=HYPERLINK(1)", 5))
        number = {"number": "@4"}
        ledger.post(db, [due], "test", NOW)
        db.execute(update(Member).where(Member.id == whose(db, "6")).values(**number))
    assert "'=HYPERLINK(1)" in {row[3] for row in table(run(app, "account", "KOGB", "4")[1])}
    assert "'@4" in {row[0] for row in table(run(app, "board", "KOGB", "-")[1])}


def test_the_account_of_a_member_has_every_posting_and_its_receipt(app: Flask, tmp_path: Path) -> None:
    header, *rows = table(run(app, "account", "KOGB", "15")[1])
    lines = [dict(zip(header, row, strict=True)) for row in rows]
    with reading(engine(app)) as db:
        standing = dues.standing(db, whose(db, "15"), TODAY)
    mine = [line for line in lines if line["account"] == "dues"]
    assert int(mine[-1]["balance"]) == standing.owed
    assert all(bool(line["receipt"]) == (line["kind"] == "payment") for line in lines)
    assert sum(int(line["debit"]) - int(line["credit"]) for line in mine) == standing.owed
    said = printed(app, tmp_path / "account.pdf", "account", "KOGB", "15")
    assert "Issouf Bamogo" in said
    for line in lines:
        assert line["receipt"] in said
        assert grouped(int(line["debit"]) + int(line["credit"])) in said
    assert "Dues" in said  # this member's language is English


def test_a_long_account_goes_on_over_pages(app: Flask, tmp_path: Path) -> None:
    with transaction(engine(app)) as db:
        label = "Cotisation exceptionnelle pour la pompe du puits du nord, décidée par l'assemblée " * 2
        entries = [
            dues.charge(cooperative(db), whose(db, "4"), f"due:long:{place}", (TODAY, f"{label}{place}", 5))
            for place in range(120)
        ]
        ledger.post(db, entries, "test", NOW)
        reversed_id = db.execute(select(Entry.id).where(Entry.key == "due:long:7")).scalar_one()
        ledger.reverse(db, reversed_id, "Erreur", "test", NOW)
    said = printed(app, tmp_path / "account.pdf", "account", "KOGB", "4")
    assert len(pages(tmp_path / "account.pdf")) > 3
    assert "Annulé: Erreur" in said


def test_the_account_of_somebody_without_money_says_so(app: Flask, tmp_path: Path) -> None:
    with transaction(engine(app)) as db:
        row = {"cooperative_id": cooperative(db), "number": "500", "name": "Neuve", "language": "fr"}
        insert_once(db, Member, {**row, "role": Role.MEMBER, "amounts_by_sms": False})
    assert "Rien n'est noté." in printed(app, tmp_path / "account.pdf", "account", "KOGB", "500")


REFUSED = [
    (("board", "NONE", "x.pdf"), 1),
    (("board", "KOGB", "/nowhere/x.pdf"), 1),
    (("board", "KOGB", "x.pdf", "--on", "hier"), 2),
    (("account", "KOGB", "999"), 1),
    (("account", "KOGB", "4", "/nowhere/x.xlsx"), 1),
    (("closing", "list", "NONE"), 1),
    (("closing", "KOGB", "2026-13", "--counted", "1", "--by", "5"), 2),
    (("closing", "KOGB", "2026-10", "--counted", "-1", "--by", "5"), 2),
    (("closing", "KOGB", "2026-10", "--counted", "1,5", "--by", "5"), 2),
    (("closing", "KOGB", "2026-10", "--counted", "1"), 2),
    (("closing", "KOGB", "2026-11", "--counted", "1", "--by", "5"), 1),
    (("closing", "KOGB", "2026-10", "--counted", "1", "--by", "7"), 1),
    (("closing", "KOGB", "2026-10", "--counted", "1", "--by", "99"), 1),
    (("closing", "KOGB", "2026-10", "--counted", "1", "--by", "5", "--witness", "99"), 1),
    (("closing", "KOGB", "2026-10", "--counted", "1", "--by", "5", "--witness", "5"), 1),
]


@pytest.mark.parametrize(("words", "code"), REFUSED)
def test_what_cannot_be_is_said_in_one_sentence(app: Flask, words: tuple[str, ...], code: int) -> None:
    ended, said = run(app, *words)
    assert ended == code
    assert "Traceback" not in said
    assert code == 2 or len(said.splitlines()) == 1


def test_a_closing_is_told_and_stays_as_it_is(app: Flask) -> None:
    words = ("closing", "KOGB", "2026-10", "--counted", "100 000", "--by", "5")
    told = "2026-10: books 115000, counted 100000, difference -15000\n"
    assert [run(app, *words) for _ in range(2)] == [(0, told), (0, told)]
    assert run(app, *words[:4], "99 999", "--by", "5")[0] == 1
    assert run(app, "closing", "KOGB", "2026-09", "--counted", "1", "--by", "5")[0] == 1
    assert service.of(app).config.service_code == "*384*77#"


def test_the_library_of_pdf_is_loaded_only_to_print() -> None:
    source = (Path(board.__file__).parent.parent / "ussd_app" / "paper.py").read_text()
    assert [line[:4] for line in source.splitlines() if "import FPDF" in line] == ["    "]
