"""What the office's commands refuse: days to come, references that are none, files of no known kind."""

import pytest
from flask import Flask

from models.entries import EntryKind
from tests.office import asked, entries
from tests.ussd_app.test_money_commands import run

KINDS = ["sqlite"]
DELIVER = ("lots", "deliver", "KOGB", "300", "--weight-mg", "1000", "--fineness", "22k", "--by", "3")


@pytest.mark.parametrize("reference", ["", "   ", "R" * 500, "a\u0007b"])
def test_a_payment_needs_a_reference_that_can_be_read(app: Flask, reference: str) -> None:
    words = ("KOGB", "4", "5 000", "--channel", "cash", "--by", "5", "--reference", reference)
    code, said = run(app, "payments", "record", *words)
    assert (code, said) == (1, "--reference must be 1 to 40 letters and figures on one line")
    assert asked(app, lambda db: entries(db, EntryKind.PAYMENT)) == 0


def test_an_amount_may_have_its_thousands_apart(app: Flask) -> None:
    words = ("KOGB", "4", "5 000", "--channel", "cash", "--by", "5", "--reference", "R")
    assert run(app, "payments", "record", *words)[0] == 0


@pytest.mark.parametrize(
    "words",
    [
        (*DELIVER, "--on", "2026-11-23"),
        ("board", "KOGB", "-", "--on", "2026-11-23"),
        (
            *("fund", "paid", "FEDE", "SANO", "5", "--on", "2026-11-23"),
            *("--channel", "cash", "--reference", "R", "--by", "2"),
        ),
    ],
)
def test_a_day_to_come_is_refused(app: Flask, words: tuple[str, ...]) -> None:
    code, said = run(app, *words)
    assert code == 1
    assert "is still to come" in said or words[0] == "fund"


def test_a_delivery_is_put_right(app: Flask) -> None:
    assert run(app, *DELIVER, "--on", "2026-11-20")[0] == 0
    wrong = tuple(each.replace("1000", "1100") for each in DELIVER)
    code, said = run(app, *wrong, "--on", "2026-11-20")
    assert (code, "--correct" in said) == (1, True)
    assert run(app, *wrong, "--on", "2026-11-19", "--correct") == (0, "lot 300 is corrected")
    assert "delivered\t2026-11-19\t1100 mg" in run(app, "lots", "show", "KOGB", "300", "--by", "3")[1]


def test_what_is_wrong_is_named(app: Flask) -> None:
    none = tuple(each.replace("1000", "0") for each in DELIVER)
    assert "the weight cannot be '0'" in run(app, *none, "--on", "2026-11-20")[1]
    assert "no rule is in force" in run(app, *DELIVER, "--on", "2019-11-20")[1]


def test_a_sheet_of_no_known_kind_is_a_wrong_use(app: Flask) -> None:
    code, said = run(app, "board", "KOGB", "x.txt")
    assert (code, "ends with none of .pdf, .xlsx and .csv" in said) == (2, True)


@pytest.mark.parametrize(
    "words",
    [
        ("calls", "done"),
        ("inbox", "read"),
        ("members", "refuse"),
        ("messages", "settle"),
        ("broadcast", "stop"),
        ("meetings", "show", "KOGB"),
        ("rules", "show"),
        ("dues", "reverse"),
        ("statement", "assign"),
        ("alerts", "list", "KOGB"),
    ],
)
def test_a_number_that_no_row_can_have_is_refused(app: Flask, words: tuple[str, ...]) -> None:
    code, said = run(app, *words, f"{2**63}")
    assert (code, f"is not in the range 1<=x<={2**63 - 1}" in said) == (2, True)
