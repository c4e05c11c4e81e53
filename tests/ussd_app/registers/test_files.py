"""Files as people have them: encodings, separators, workbooks, and files that are broken as a whole."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from tests.ussd_app.registers.desk import HEADERS, NOW, Desk
from ussd_app import registers
from ussd_app.db import transaction
from ussd_app.registers import sheets

SPELLED = [
    b"\xef\xbb\xbfcooperative,member,due_on,label,amount\nKOG,4,2026-01-01,Janvier,1000\n",
    b"cooperative;member;due_on;label;amount\r\nKOG;4;2026-01-01;Janvier;1000\r\n",
    b"cooperative\tmember\tdue_on\tlabel\tamount\nKOG\t4\t2026-01-01\tJanvier\t1000",
    b'"cooperative";"member";"due_on";"label";"amount"\n"KOG";"4";"2026-01-01";"Janvier";"1000"\n',
    b" Member,AMOUNT ,label,cooperative,Due_On\n4,1000,Janvier,KOG,2026-01-01\n",
    b"cooperative,member,due_on,label,amount,,\n\nKOG,4,2026-01-01,Janvier,1000,,\n,,,,,,\n",
    "cooperative;member;due_on;label;amount\nKOG;4;2026-01-01;Janvier;1\u202f000\n".encode(),
]


@pytest.mark.parametrize("spelled", SPELLED)
def test_a_csv_file_is_read_in_any_of_its_spellings(desk: Desk, spelled: bytes) -> None:
    assert desk.take_text("dues", spelled).new == 1
    assert desk.export("dues") == ["KOG,4,2026-01-01,Janvier,1000"]


def test_numbers_and_dates_of_a_workbook_are_read_as_they_are_meant(desk: Desk) -> None:
    desk.take_sheet("dues", ["KOG", 4, datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None), "Janvier", 5000.0])
    desk.take_sheet("dues", ["KOG", "12", date(2026, 1, 1), 2026, "5 000"], [None] * 5)
    assert desk.export("dues") == ["KOG,4,2026-01-01,Janvier,5000", "KOG,12,2026-01-01,2026,5000"]


def test_a_meeting_of_a_workbook_starts_at_its_time(desk: Desk) -> None:
    nine = datetime(2026, 12, 12, 9, 0, tzinfo=UTC).replace(tzinfo=None)
    desk.take_sheet("meetings", ["BAN", nine, "Hangar", "ordinary", None])
    assert desk.export("meetings") == ["BAN,2026-12-12T09:00,Hangar,ordinary,"]


def test_a_phone_that_a_workbook_made_a_number_is_read(desk: Desk) -> None:
    desk.take_sheet("members", ["KOG", 7, "Fanta", 70000007.0, None, None, None, None])
    assert desk.export("members")[-2].startswith("KOG,7,Fanta,+22370000007,")


def test_a_quoted_cell_may_hold_separators_quotes_and_line_ends(desk: Desk) -> None:
    desk.take_text("dues", 'cooperative;member;due_on;label;amount\nKOG;4;2026-01-01;"a;b ""c""\r\nd";1000\n')
    assert desk.export_file("dues").read_text().endswith('KOG,4,2026-01-01,"a;b ""c""\nd",1000\n')


def test_the_row_of_an_error_is_the_row_of_a_spreadsheet(desk: Desk) -> None:
    rows = ('KOG,4,2026-01-01,"a\nb",1000', "", "KOG,4,2026-01-01,c,zero")
    assert desk.places("dues", *rows) == ["4:amount"]


BROKEN = {
    "": "1:fichier",
    "\n": "1:fichier",
    b"cooperative,member,due_on,label,amount\nKOG,4,2026-01-01,\xe9t\xe9,1000\n": "2:fichier",
    "cooperative,member,due_on,label,amount".encode("utf-16"): "1:fichier",
    "KOG,4,2026-01-01,Janvier,1000\n": "1:fichier",
    "cooperative,member,due_on,label\n": "1:amount",
    "cooperative,member,due_on,label,amount,note\n": "1:note",
    "cooperative,member,due_on,label,amount,a note\n": "1:6",
    "cooperative,member,due_on,label,amount,Label\n": "1:label",
    "cooperative,member,due_on,label,amount\nKOG,4,2026-01-01,Janvier\n": "2:amount",
    "cooperative,member,due_on,label,amount\nKOG,4,2026-01-01,Janvier,1,000\n": "2:amount",
    "cooperative,member,due_on,label,amount,\nKOG,4,2026-01-01,Janvier,1,000\n": "2:amount",
    'cooperative,member,due_on,label,amount\nKOG,4,2026-01-01,"Janvier,1000\n': "2:fichier",
    'cooperative,member,due_on,label,amount\nKOG,4,2026-01-01,"a"b,1000\n': "2:fichier",
    "cooperative,member,due_on,label,amount\nKOG,4,2026-01-01,a\0b,1000\n": "2:label",
    "cooperative,member,due_on,label,amount\nKOG,4,2026-01-01,#REF!,1000\n": "2:label",
    f"cooperative,member,due_on,label,amount\nKOG,4,2026-01-01,{'a' * 200_000},1000\n": "2:fichier",
}


@pytest.mark.parametrize(("text", "place"), BROKEN.items(), ids=range(len(BROKEN)))
def test_a_broken_file_is_one_clear_error(desk: Desk, text: str | bytes, place: str) -> None:
    [error] = desk.errors("dues", text=text)
    assert error.startswith(f"{place}: ")


def test_every_missing_column_is_named(desk: Desk) -> None:
    errors = desk.errors("dues", text="member,amount\n4,1000\n")
    assert [error.split(":")[1] for error in errors] == ["cooperative", "due_on", "label"]


@pytest.mark.parametrize(("ending", "content"), [("xlsx", b"not a zip"), ("xlsx", b""), ("xls", b"old"), ("ods", b"")])
def test_a_file_that_is_no_workbook_is_one_clear_error(desk: Desk, ending: str, content: bytes) -> None:
    path = desk.path(ending)
    path.write_bytes(content)
    [error] = desk.errors("dues", path=path)
    assert error.startswith("1:fichier: ")


def test_a_damaged_workbook_is_one_clear_error(desk: Desk) -> None:
    path = desk.export_file("members", "xlsx")
    path.write_bytes(path.read_bytes()[:-400])
    assert len(desk.errors("members", path=path)) == 1


def test_a_file_that_is_not_there_is_one_clear_error(desk: Desk) -> None:
    assert len(desk.errors("members", path=Path("nowhere.csv"))) == 1


def test_a_file_with_a_header_alone_is_empty_and_right(desk: Desk) -> None:
    assert desk.take("dues") == registers.Outcome(0, 0, 0, 0)


def test_the_first_thousand_errors_are_shown_and_the_others_counted(desk: Desk) -> None:
    errors = desk.errors("dues", *["KOG,4,2026-01-01,Janvier,zero"] * 6000)
    assert len(errors) == 1001
    assert errors[999].startswith("1001:amount: ")
    assert errors[1000].startswith("1002:fichier: 5000 ")


def test_errors_of_all_kinds_come_in_the_order_of_the_rows(desk: Desk) -> None:
    rows = ("KOG,99,2026-01-01,a,1000", "KOG,4,hier,a,zero", "XXX,4,2026-01-01,a,1", "KOG,4,2026-01-01,a,1")
    assert desk.places("dues", *rows) == ["2:member", "3:due_on", "3:amount", "4:cooperative"]


def test_every_error_of_a_row_is_shown(desk: Desk) -> None:
    assert desk.places("dues", "KOG,99,hier,,zero") == ["2:due_on", "2:label", "2:amount", "2:member"]
    assert desk.places("cooperatives", "A,a,what,NOBODY,,ML,XOF,") == ["2:kind", "2:parent"]
    lots = ("KOG,1,2026-07-21,zero,875,2000,4,10,11", "KOG,1,2026-07-22,28400,875,2000,12,10,0")
    assert desk.places("lots", *lots) == ["2:weight_mg", "2:recovered", "3:sold_on"]


def test_progress_is_told_every_five_thousand_rows(desk: Desk) -> None:
    path, told = desk.path(), list[int]()
    rows = [f"KOG,4,2026-01-01,n° {place},1000" for place in range(10_001)]
    path.write_text("\n".join([HEADERS["dues"], *rows]))
    with transaction(desk.engine) as db:
        registers.read_in(db, "dues", path, NOW, told.append)
    assert told == [5000, 10_000]


def test_what_was_written_before_an_error_is_taken_back_within_the_same_transaction(desk: Desk) -> None:
    path, before = desk.path(), desk.contents()
    rows = [f"KOG,4,2026-01-01,n° {place},1000" for place in range(5001)]
    path.write_text("\n".join([HEADERS["dues"], *rows, "KOG,4,2026-01-01,last,zero"]))
    with transaction(desk.engine) as db, pytest.raises(registers.Rejected):
        registers.read_in(db, "dues", path, NOW, lambda _rows: None)
    assert desk.contents() == before


def test_an_export_to_a_workbook_has_text_as_text_and_amounts_as_numbers(desk: Desk) -> None:
    desk.take("dues", "KOG,4,2026-01-01,=1+1,1000", "KOG,4,2026-01-01,#N/A bis,1000")
    sheet = load_workbook(desk.export_file("dues", "xlsx")).worksheets[0]
    cells = [[(cell.value, cell.data_type) for cell in row[3:]] for row in sheet.iter_rows(min_row=2)]
    assert cells == [[("#N/A bis", "s"), (1000, "n")], [("'=1+1", "s"), (1000, "n")]]


ODD = {
    "a size that is wrong": ("xl/worksheets/sheet1.xml", r"<sheetPr>", '<dimension ref="A1"/><sheetPr>'),
    "no styles": ("xl/styles.xml", r"<cellStyles.*</cellStyles>", ""),
}


@pytest.mark.parametrize(("part", "old", "new"), ODD.values(), ids=ODD)
def test_a_workbook_of_another_program_is_read(desk: Desk, part: str, old: str, new: str) -> None:
    path, odd = desk.export_file("members", "xlsx"), desk.path("xlsx")
    with ZipFile(path) as given, ZipFile(odd, "w") as made:
        for name in given.namelist():
            content = given.read(name).decode()
            made.writestr(name, re.sub(old, new, content) if name == part else content)
    assert odd.stat().st_size != path.stat().st_size
    assert desk.read("members", odd).unchanged == 3


def test_nothing_in_a_workbook_is_a_formula_or_an_error(tmp_path: Path) -> None:
    path = tmp_path / "words.xlsx"
    sheets.write(path, [["=1+1", "#N/A", "12", 12]])
    [row] = load_workbook(path).worksheets[0].iter_rows()
    assert [(cell.value, cell.data_type) for cell in row] == [("=1+1", "s"), ("#N/A", "s"), ("12", "s"), (12, "n")]


def test_the_first_sheet_of_a_workbook_is_read(desk: Desk) -> None:
    book, path = Workbook(), desk.path("xlsx")
    book.create_sheet("other").append(["nothing"])
    book.worksheets[0].append(HEADERS["dues"].split(","))
    book.worksheets[0].append(["KOG", "4", "2026-01-01", "a", 1])
    book.save(path)
    assert desk.read("dues", path).new == 1


def test_an_export_without_a_file_goes_to_standard_output(
    desk: Desk, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    with transaction(desk.engine) as db:
        registers.write_out(db, "members")
    assert "KOG,4,Awa Traoré,+22370000004,bm,president,F,2021-03-20\n".encode() in capfdbinary.readouterr().out
