"""The office's commands for money and second keys, as they are typed."""

import pytest
from flask import Flask

from models import coming
from models.entries import EntryKind
from tests.office import BOARD, asked, entries, hand, opened
from tests.phone import Phone

KINDS = ["sqlite", "postgresql"]
HOW = ("--channel", "cash", "--reference", "REC-7", "--by", "5")


def run(app: Flask, *words: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=words)
    return done.exit_code, done.output.strip()


def test_a_payment_is_noted_once_and_imported_again_without_effect(app: Flask, tmp_path: object) -> None:
    code, receipt = run(app, "payments", "record", "KOGB", "4", "5000", *HOW)
    assert (code, receipt.split()[0]) == (0, "receipt")
    assert run(app, "payments", "record", "KOGB", "4", "5000", *HOW) == (0, f"{receipt} (noted before)")
    file = f"{tmp_path}/payments.csv"
    assert run(app, "export", "payments", file)[0] == 0
    assert "149 unchanged" not in run(app, "import", "payments", file)[1]
    assert " 0 new" in run(app, "import", "payments", file)[1]
    assert asked(app, lambda db: entries(db, EntryKind.PAYMENT)) == 1
    assert run(app, "ledger", "check")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("KOGB", "4", "0", *HOW), "above 0"),
        (("KOGB", "4", "999999999999", *HOW), "at most"),
        (("KOGB", "99", "5", *HOW), "no member 99"),
        (("NONE", "4", "5", *HOW), "no cooperative NONE"),
        (("KOGB", "5", "5", *HOW), "nothing for themselves"),
        (("KOGB", "4", "5", *HOW[:-1], "1"), "must name a treasurer"),
        (("KOGB", "4", "5", *HOW[:-1], "7"), "no officer"),
        (("SANO", "4", "5", *HOW), "must name a treasurer"),
        (("KOGB", "4", "5", *HOW, "--on", "2031-01-01"), "today at the latest"),
    ],
)
def test_what_cannot_be_noted_is_said_in_one_sentence(app: Flask, words: tuple[str, ...], said: str) -> None:
    code, told = run(app, "payments", "record", *words)
    assert (code, said in told, "\n" in told) == (1, True, False)
    assert asked(app, lambda db: entries(db, EntryKind.PAYMENT)) == 0


def test_the_same_reference_with_other_money_is_an_error(app: Flask) -> None:
    run(app, "payments", "record", "KOGB", "4", "5000", *HOW)
    assert run(app, "payments", "record", "KOGB", "4", "5001", *HOW)[0] == 1
    assert run(app, "payments", "record", "KOGB", "7", "5000", *HOW)[0] == 1


@pytest.mark.parametrize("words", [("--channel", "gold"), ("--on", "hier"), ()])
def test_a_command_that_is_not_typed_right_is_shown_its_usage(app: Flask, words: tuple[str, ...]) -> None:
    assert run(app, "payments", "record", "KOGB", "4", "5", *words)[0] == 2


def test_declared_payments_are_listed(app: Flask) -> None:
    mine = Phone(app, "+22370000004", "test-webhook-secret")
    mine.go("1", "2741", "2741", "5", "1", "5000", "3", "W 7", "1", "1")
    code, listed = run(app, "payments", "declared", "KOGB")
    assert code == 0
    assert listed.split("\t")[1:] == ["4", "5000", "wave", "2026-11-22", "Mariam Sogodogo"]
    assert run(app, "payments", "declared", "SANO") == (0, "")


def test_one_member_or_everybody_is_paid_out(app: Flask) -> None:
    assert run(app, "payments", "paid-out", "KOGB", "213", "4", "--amount", "100000", *HOW) == (
        0,
        "1 paid, 100 000 in all",
    )
    assert run(app, "payments", "paid-out", "KOGB", "213", "4", "--amount", "100000", *HOW)[1] == "0 paid, 0 in all"
    more = ("--channel", "wave", "--reference", "REC-8", "--by", "5")
    code, told = run(app, "payments", "paid-out", "KOGB", "213", "4", "--amount", "200000", *more)
    assert (code, "only 117600 is left" in told) == (1, True)
    assert run(app, "payments", "paid-out", "KOGB", "213", "all", *more)[0] == 0
    assert (
        asked(app, lambda db: coming.to_members(db, hand(db, "5").cooperative_id, coming.lot(db, 2, "213") or 0)) == []
    )
    assert run(app, "payments", "paid-out", "KOGB", "999", *more)[0] == 1
    assert run(app, "payments", "paid-out", "KOGB", "213", "all", "--amount", "5", *more)[0] == 2
    assert run(app, "ledger", "check")[0] == 0


def test_a_new_phone_is_proposed_by_command_and_accepted_on_a_phone(app: Flask) -> None:
    change = ("members", "change-phone", "KOGB", "15", "76 00 00 15")
    assert run(app, *change, "--by", "5")[0] == 1
    assert run(app, *change, "--by", "3", "--instead-of", "70 00 00 99")[0] == 1
    assert run(app, "members", "change-phone", "KOGB", "15", "12", "--by", "3")[0] == 1
    assert run(app, "members", "change-phone", "KOGB", "15", "70 00 00 15", "--by", "3")[0] == 1
    assert run(app, *change, "--by", "3", "--instead-of", "70 00 00 15")[0] == 0
    assert "change_phone\tSékou Danioko" in run(app, "proposals", "list", "KOGB")[1]
    assert "accepté et fait" in opened(app, BOARD).press("4", "1", "1")
    assert run(app, "proposals", "list", "KOGB") == (0, "")
    assert "\tapproved" in run(app, "proposals", "list", "KOGB", "--all")[1]
    assert "My dues" in Phone(app, "+22376000015", "test-webhook-secret").dial()
