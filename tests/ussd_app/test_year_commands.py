"""The office's commands on the year: the surplus and the audit fund, as they are typed."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from models import deeds, proof
from tests.conftest import NOW
from tests.keys import hand
from tests.phone import Phone
from ussd_app import service
from ussd_app.db import reading, transaction

KINDS = ["sqlite", "postgresql"]
YEAR = ("surplus", "propose", "KOGB", "2025", "--amount", "3700001", "--capital", "10000000")
HELD = ("--resolution", "AG, n° 4", "--held-on", "2026-03-12", "--by", "5")
BEFORE = ("--general-before", "0", "--training-before", "0")


def run(app: Flask, *words: str, text: str = "") -> tuple[int, str, str]:
    done = app.test_cli_runner().invoke(args=words, input=text)
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def deliveries(tmp_path: Path) -> str:
    file = tmp_path / "deliveries.csv"
    file.write_text("\ufeffmember;weight\r\n4;200 000\r\n15;100 000\r\n", encoding="utf-8")
    return str(file)


def approve(app: Flask, said: str, phone: str) -> None:
    number = re.match(r"proposal (\d+): waits for a second officer", said)
    assert number is not None, said
    with transaction(service.of(app).engine) as db:
        deeds.approve(db, hand(db, phone), int(number[1]), NOW)
        assert list(proof.faults(db)) == []


def test_a_surplus_from_the_office_to_the_phone(app: Flask, deliveries: str, phone: Callable[[str], Phone]) -> None:
    words = (*YEAR, *HELD, *BEFORE, "--ristournes", "all", "--deliveries", deliveries)
    first = run(app, *words)
    assert (first[0], first[2]) == (0, "")
    assert run(app, *words) == first
    approve(app, first[1], "+22370000001")
    assert run(app, *words)[0] == 1
    issouf = phone("+22370000015")
    issouf.go("2", "2741", "2741")
    page = issouf.press("2", "6")
    assert "Surplus 2025: 3 700 001 F\nYour refund: 740 000 F" in page
    assert "Delivered: 100.00 g of 300.00 g" in issouf.press("2")


def test_everything_that_can_be_said_of_a_year(app: Flask, tmp_path: Path) -> None:
    paid_up = tmp_path / "paid.csv"
    paid_up.write_text("member,weight\n4,10000\n", encoding="utf-8")
    more: tuple[str, ...] = (
        "--general",
        "22,5",
        "--training",
        "20",
        "--optional",
        "Outils=100",
        "--optional",
        "Secours=50",
    )
    more += ("--brought", "7", "--more-general", "3", "--more-training", "4", "--ristournes", "1000000", "--lots")
    interest = ("--interest", "3.5", "--discount-rate", "4.5", "--paid-up", str(paid_up))
    year = ("surplus", "propose", "KOGB", "2026", "--amount", "3700001", "--capital", "10000000")
    held = ("--resolution", "AG, n° 4", "--held-on", "2027-03-12", "--by", "5")
    code, _said, why = run(app, *year, *held, *BEFORE, *more, *interest)
    assert (code, "articles 110 and 113" in why) == (1, True)  # the year is not over
    code, said, why = run(app, *YEAR, *HELD, *BEFORE, *more[:-3], *interest)
    assert (code, why) == (0, "")
    approve(app, said, "+22370000001")


@pytest.mark.parametrize(
    ("more", "code", "why"),
    [
        (BEFORE[:2], 2, "no earlier year is in the books"),
        ((*BEFORE, "--ristournes", "all"), 2, "goes with one of"),
        ((*BEFORE, "--lots"), 2, "goes with one of"),
        ((*BEFORE, "--ristournes", "-5", "--lots"), 2, "an amount or 'all'"),
        ((*BEFORE, "--ristournes", "all", "--lots"), 1, "nobody to receive"),  # no lots of 2025
        ((*BEFORE, "--interest", "3.5"), 2, "article 209"),
        ((*BEFORE, "--interest", "5", "--discount-rate", "4.5"), 1, "article 209"),
        ((*BEFORE, "--general", "19.9999"), 1, "article 114"),
        ((*BEFORE, "--general", "nan"), 2, "not a percentage"),
        ((*BEFORE, "--general", "20.00001"), 2, "at most 4 decimals"),
        ((*BEFORE, "--optional", "Outils=740001"), 1, "article 115"),
        ((*BEFORE, "--optional", "Outils"), 2, "Outils=150000"),
        ((*BEFORE, "--optional", "Outils=-1"), 2, "Outils=150000"),
        ((*BEFORE, "--no-sharing", "--interest", "1", "--discount-rate", "4"), 1, "article 241"),
        ((*BEFORE, "--by", "15"), 1, "is no officer of KOGB"),
        ((*BEFORE, "--by", "777"), 1, "no member 777 in KOGB"),
    ],
)
def test_what_is_not_right_is_said_in_one_sentence(app: Flask, more: tuple[str, ...], code: int, why: str) -> None:
    done, said, error = run(app, *YEAR, *HELD, *more)
    assert (done, said, why in " ".join(error.split())) == (code, "", True)
    assert code == 2 or error.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("member,weight\n4,-5\n", "2:weight:"),
        ("member,weight\n4,1\n4,2\n", "3:member:"),
        ("member,weight\n,1\n", "2:member:"),
        ("member,weight\n4,1,2\n", "2:fichier:"),
        ("number,weight\n4,1\n", "1:fichier:"),
        ("", "1:fichier:"),
        ("member,weight\n4,1,5\n777,x\n", "3:weight:"),
    ],
)
def test_a_file_of_weights_that_is_not_right_is_refused_by_row(
    app: Flask, tmp_path: Path, content: str, why: str
) -> None:
    file = tmp_path / "weights.csv"
    file.write_text(content, encoding="utf-8")
    code, _said, error = run(app, *YEAR, *HELD, *BEFORE, "--ristournes", "all", "--work", str(file))
    assert (code, why in error) == (1, True)
    assert run(app, *YEAR, *HELD, *BEFORE, "--ristournes", "all", "--work", str(file) + "x")[0] == 1


def test_preview_shows_every_line_and_refuses_in_one_sentence(app: Flask) -> None:
    reserves = {"general": {"before": 0}, "training": {"before": 9}}
    asked = {"surplus": 3_700_001, "capital": 10, "reserves": reserves}
    code, said, _why = run(app, "surplus", "preview", "-", text=json.dumps(asked))
    shown = json.loads(said)
    assert (code, shown["shares"]["fund:general"], shown["carried"]) == (0, 740_001, 2_219_999)
    assert shown["lines"][0] == {
        "step": "fixed",
        "label": "general",
        "to": "fund:general",
        "amount": 740_001,
        "rest": 2_960_000,
        "article": 114,
    }
    wrong = json.dumps(asked | {"optional": [{"label": "Outils", "amount": 740_001}]})
    assert run(app, "surplus", "preview", "-", text=wrong)[:2] == (1, "")
    assert "article 115" in run(app, "surplus", "preview", "-", text=wrong)[2]
    assert run(app, "surplus", "preview", "-", text="{")[0] == 1
    assert run(app, "surplus", "preview", "/nowhere")[0] == 1


def test_the_fund_is_called_paid_spent_and_shown(app: Flask, tmp_path: Path, phone: Callable[[str], Phone]) -> None:
    file = tmp_path / "shares.csv"
    file.write_text("affiliate,shares\nUNIO,180\nSANO,120\n", encoding="utf-8")
    call = ("fund", "call", "FEDE", "2027", "100000", str(file), "--resolution", "AG, n° 2", "--by", "2")
    code, said, _why = run(app, *call)
    assert (code, run(app, *call)[1]) == (0, said)
    approve(app, said, "+22370000050")
    assert "2027 already" in run(app, *call)[2]
    how = ("--on", "2026-11-20", "--channel", "wave", "--reference", "W-1", "--by", "2")
    assert [run(app, "fund", "paid", "FEDE", "SANO", "240000", *how)[1] for _ in range(2)] == [
        "recorded\n",
        "it was recorded before\n",
    ]
    assert run(app, "fund", "paid", "FEDE", "SANO", "240001", *how)[2] == (
        "the reference W-1 of SANO is in the books with another amount or channel\n"
    )
    assert phone("+22370000033").received() == [
        "Fédération Sanoudougou: la part de Sanoudjé dans le fonds d'audit 2027 est fixée. "
        "Faites *384*77#, puis: Ma part.",
        "Fédération Sanoudougou a noté un paiement de Sanoudjé du 20/11/2026 au fonds d'audit. "
        "Vérifiez: *384*77#, Ma part.",
    ]
    code, said, _why = run(app, "fund", "spend", "FEDE", "SANO", "150000", *how)
    approve(app, said, "+22370000050")
    assert run(app, "fund", "show", "FEDE") == (
        0,
        "in the fund: 490 000\n"
        "SANO\tcalled 640 000\tpaid 640 000\towes 0\n"
        "UNIO\tcalled 960 000\tpaid 0\towes 960 000\n",
        "",
    )
    assert run(app, "ledger", "check")[0] == 0
    with reading(service.of(app).engine) as db:
        assert list(proof.faults(db)) == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("show", "NONE"), "no cooperative NONE"),
        (("paid", "FEDE", "NONE", "5"), "NONE is not affiliated"),
        (("paid", "SANO", "UNIO", "5"), "UNIO is not affiliated"),
        (("spend", "FEDE", "SANO", "400001"), "the fund has 400000"),
    ],
)
def test_a_fund_command_that_does_not_fit_is_refused(app: Flask, words: tuple[str, ...], why: str) -> None:
    by = "2" if "FEDE" in words else "3"
    how = ("--on", "2026-11-20", "--channel", "wave", "--reference", "W-1", "--by", by) if len(words) > 2 else ()
    code, said, error = run(app, "fund", *words, *how)
    assert (code, said, why in error, error.count("\n")) == (1, "", True, 1)
