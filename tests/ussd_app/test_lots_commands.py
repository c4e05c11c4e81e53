"""The commands for rules and lots, as they are typed, from the file of a rule to the proposal of a lot."""

import json
from pathlib import Path

import pytest
from flask import Flask

from models import lots
from tests.pit import Pit
from tests.ussd_app.test_commands import run
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
RULE = {
    "unit": "money",
    "steps": [
        {"step": "pct", "label": "Villages", "to": "fund:villages", "rate_ppm": 50_000, "of": "net"},
        {"step": "pool", "label": "Équipe", "by": "days", "of": "rest"},
        {"step": "recover", "label": "Avance", "kind": "delivery_advance", "max_ppm": 300_000, "floor": 0},
    ],
}
DATES = ("--signed-on", "2026-01-15", "--from", "2026-02-01", "--by", "3")
DELIVERY = ("--on", "2026-11-16", "--weight-mg", "34200", "--fineness", "21.5k", "--rule", "puits", "--by", "3")
PRICE = (
    "--source",
    "comptoir",
    "--quoted-on",
    "2026-11-17",
    "--sold-on",
    "2026-11-18",
    "--buyer",
    "comptoir",
    "--by",
    "3",
)


def file(folder: Path, rule: object = RULE) -> str:
    path = folder / "rule.json"
    path.write_text(rule if isinstance(rule, str) else json.dumps(rule))
    return str(path)


def approve(app: Flask, said: str) -> None:
    number = int("".join(each for each in said.partition(":")[0] if each.isdigit()))
    with transaction(service.of(app).engine) as db:
        running = service.of(app)
        Pit(db, "KOGB", running.clock()).approve(number)


def add(app: Flask, folder: Path, *more: str) -> str:
    code, said = run(
        app, "rules", "add", "KOGB", file(folder), "--name", "puits", "--basis", "mou", "--ref", "p", *DATES, *more
    )
    assert code == 0, said
    return said


def test_a_rule_is_added_listed_and_shown(app: Flask, tmp_path: Path) -> None:
    said = add(app, tmp_path)
    assert said == add(app, tmp_path)
    listed = run(app, "rules", "list", "KOGB")[1]
    (mine,) = (line for line in listed.splitlines() if "puits" in line)
    assert mine.split("\t")[1:4] == ["puits", "1", "not approved"]
    approve(app, said)
    assert "puits\t1\tin force" in run(app, "rules", "list", "KOGB")[1]
    shown = json.loads(run(app, "rules", "show", mine.split("\t")[0])[1])
    assert (shown["rule"], shown["basis"], shown["approved"]) == (RULE, "mou", True)


@pytest.mark.parametrize(
    ("rule", "options", "why"),
    [
        ("{", (), "not JSON"),
        ("[]", (), "must be an object"),
        ({**RULE, "steps": RULE["steps"][:1]}, (), "a rest may be left over"),
        (RULE, ("--party", "7"), "only a verbal agreement has parties"),
        (RULE, ("--basis", "verbal"), "needs its parties"),
        (RULE, ("--basis", "verbal", "--party", "19"), "has no phone"),
        (RULE, ("--to", "2026-01-01"), "--to must not be before"),
        (RULE, ("--by", "7"), "is no officer"),
        (RULE, ("--by", "999"), "no member 999"),
    ],
)
def test_what_is_no_rule_is_said_in_one_sentence(
    app: Flask, tmp_path: Path, rule: object, options: tuple[str, ...], why: str
) -> None:
    words = ("rules", "add", "KOGB", file(tmp_path, rule), "--name", "x", "--basis", "mou", "--ref", "p", *DATES)
    code, said = run(app, *words, *options)
    assert (code, why in said, said.count("\n")) == (1, True, 1), said


def test_a_lot_goes_from_delivery_to_proposal(app: Flask, tmp_path: Path) -> None:
    approve(app, add(app, tmp_path))
    by = ("--by", "3")
    for _twice in range(2):
        assert run(app, "lots", "deliver", "KOGB", "300", *DELIVERY) == (0, "lot 300 is delivered\n")
        assert run(app, "lots", "cost", "KOGB", "300", "Eau", "341200", "--receipt", "7", *by)[0] == 0
        assert run(app, "lots", "count", "KOGB", "300", "pit", "2", "--by", "4")[0] == 0
        priced = run(app, "lots", "price", "KOGB", "300", "4000", "--per", "carat", *PRICE)
        assert priced == (0, "gross 2941200\n")
        assert run(app, "lots", "work", "KOGB", "300", "19", "9", "--witness", "9", "--by", "4")[0] == 0
        assert run(app, "lots", "work", "KOGB", "300", "7", "12", "--by", "4")[0] == 0
        had = ("lots", "advance", "KOGB", "300", "7", "5000", "--on", "2026-11-17", "--signed", "p1", "--by", "5")
        assert run(app, *had)[0] == 0
    code, said = run(app, "lots", "publish", "KOGB", "300", *by)
    assert (code, said) == (1, "these members have not confirmed their work: 7\n")
    assert "not shared: these members" in run(app, "lots", "show", "KOGB", "300", *by)[1]
    running = service.of(app)
    with transaction(running.engine) as db:
        Pit(db, "KOGB", running.clock()).answer("7", True)
    code, said = run(app, "lots", "publish", "KOGB", "300", *by)
    assert code == 0
    assert run(app, "lots", "publish", "KOGB", "300", *by) == (0, said)
    approve(app, said)
    shown = run(app, "lots", "show", "KOGB", "300", *by)[1]
    assert "line\tpct\tVillages\tfund:villages\t130000\t2470000" in shown
    assert "line\trecover\tAvance\tmember:7\t5000\t0" in shown
    assert run(app, "lots", "publish", "KOGB", "300", *by)[0] == 1


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("deliver", "KOGB", "301", *DELIVERY[:5], "25k", "--by", "3"), 2, "is no fineness"),
        (("deliver", "KOGB", "301", *DELIVERY[:5], "1/2", "--by", "3"), 2, "is no fineness"),
        (("deliver", "KOGB", "301", *DELIVERY[:5], "896", "--rule", "or", "--by", "7"), 1, "--by must be an officer"),
        (("deliver", "KOGB", "213", *DELIVERY[:5], "896", "--by", "3"), 1, "is known already"),
        (("cost", "KOGB", "215", "Eau", "5", "--by", "3"), 1, "evidence is missing"),
        (("cost", "KOGB", "999", "Eau", "5", "--receipt", "1", "--by", "3"), 1, "no such lot"),
        (("work", "KOGB", "215", "7", "5", "--by", "7"), 1, "--by must be an officer"),
        (("work", "KOGB", "215", "77", "5", "--by", "4"), 1, "no member 77"),
        (("advance", "KOGB", "-", "7", "5", "--on", "2026-11-17", "--signed", "p", "--by", "5"), 1, "this is a loan"),
        (("show", "KOGB", "215", "--by", "7"), 1, "--by must be an officer"),
        (("publish", "KOGB", "214", "--by", "3"), 1, "is published"),
        (("adjust", "KOGB", "215", "5", "--reason", "Prix", "--by", "3"), 1, "was not published here"),
        (("adjust", "KOGB", "213", "5", "--reason", "Prix", "--by", "3"), 1, "no such lot was delivered here"),
        (("adjust", "KOGB", "214", "5", "--reason", "Prix", "--by", "3"), 1, "more than the costs of the lot, 341200"),
        (("adjust", "KOGB", "214", "2941200", "--reason", "Prix", "--by", "3"), 1, "NEW-GROSS cannot be '2941200'"),
        (("adjust", "KOGB", "214", "3000000", "--reason", " ", "--by", "3"), 1, "--reason cannot be ''"),
        (("adjust", "KOGB", "214", "3000000", "--reason", "Prix", "--by", "7"), 1, "this officer may not do this"),
    ],
)
def test_what_cannot_be_done_is_said(app: Flask, words: tuple[str, ...], code: int, why: str) -> None:
    found, said = run(app, "lots", *words)
    assert (found, why in said) == (code, True), said


def test_a_published_lot_is_adjusted_by_a_second_officer(app: Flask) -> None:
    words = ("lots", "adjust", "KOGB", "214", "3 000 000", "--reason", "Titre repris", "--by", "3")
    code, said = run(app, *words)
    assert code == 0
    assert run(app, *words) == (0, said)
    approve(app, said)
    shown = run(app, "lots", "show", "KOGB", "214", "--by", "3")[1]
    assert "line\tadjust\t2026-11-22\tfund:villages\t2940\t55860" in shown
    assert run(app, *words)[0] == 1
    assert run(app, "ledger", "check")[0] == 0


def test_a_delivered_lot_is_not_read_in_from_a_file(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "lots.csv"
    head = "cooperative,lot,sold_on,weight_mg,fineness_ppt,gross,member,share,recovered"
    path.write_text(f"{head}\nKOGB,215,2026-11-21,22750,917,100,7,100,0\n")
    code, said = run(app, "import", "lots", str(path))
    assert (code, said.startswith("2:lot: ce lot est livré ici")) == (1, True), said


def test_a_shared_lot_goes_out_and_comes_in_again_as_it_is(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "lots.csv"
    assert run(app, "export", "lots", str(path))[0] == 0
    assert "KOGB,214,2026-11-18,34200,896,2941200,12,180074,54022" in path.read_text()
    code, said = run(app, "import", "lots", str(path))
    assert (code, "0 new, 0 changed" in said) == (0, True)
    with transaction(service.of(app).engine) as db:
        home = Pit(db, "KOGB", service.of(app).clock()).hand().cooperative_id
        assert lots.numbered(db, home, "214") is not None
