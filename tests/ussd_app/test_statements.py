"""Statements as files: read in by the office, once, whatever the operator's way of writing; and by several at once."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select

from models import proof
from models.entries import Account, Posting
from models.statements import State, StatementLine
from tests.ussd_app.test_commands import run
from ussd_app import service
from ussd_app.config import ROOT
from ussd_app.db import reading

KINDS = ["sqlite", "postgresql"]
COLUMNS = "date=Date,amount=Montant,phone=Numéro,reference=Réf"
HEADER = "Date;Montant;Numéro;Réf\n"
ERROR = re.compile(r"[1-9][0-9]*:\w+: \S[^\n;]*; \S[^\n]*")


@pytest.fixture
def office(app: Flask, tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Reads a statement in: its text, and options."""

    def read(text: str, *options: str, columns: str | None = COLUMNS, code: str = "KOGB") -> tuple[int, str]:
        file = tmp_path / "statement.csv"
        file.write_text(text, encoding="utf-8")
        mapped = () if columns is None else ("--columns", columns)
        return run(app, "statement", "import", code, str(file), "--channel", "orange_money", *mapped, *options)

    return read


Office = Callable[..., tuple[int, str]]


def kept(app: Flask) -> list[tuple[date, int, str]]:
    with reading(service.of(app).engine) as db:
        rows = db.execute(
            select(StatementLine.received_on, StatementLine.amount, StatementLine.reference).order_by(StatementLine.id)
        )
        return [(row.received_on, row.amount, row.reference) for row in rows]


def money(app: Flask) -> int:
    with reading(service.of(app).engine) as db:
        assert list(proof.faults(db)) == []
        total = select(func.sum(Posting.amount)).where(Posting.account == Account.ORANGE_MONEY)
        return int(db.execute(total).scalar_one())


SPELLED = [
    "03/11/2026;5 000;70000004;OM1\n",
    "3/11/26 10:22;5 000,00 FCFA;223 70 00 00 04;OM1\n",
    "03-11-2026 10:22:31;+5000.0;0022370000004; OM1 \n",
    "2026-11-03T10:22:31;5\u202f000 F;+22370000004;OM1\n",
    "2026-11-03;5\u00a0000XOF;tel:+223-70-00-00-04;OM1\n",
]


@pytest.mark.parametrize("row", SPELLED)
def test_a_line_is_read_in_any_of_its_spellings(app: Flask, office: Office, row: str) -> None:
    before = money(app)
    code, said = office(HEADER + row, "--post", "--by", "5")
    assert (code, "1 posted" in said) == (0, True)
    assert kept(app) == [(date(2026, 11, 3), 5000, "OM1")]
    assert money(app) == before + 5000


def test_the_same_lines_again_change_nothing_in_whatever_file(app: Flask, office: Office) -> None:
    first, second = "03/11/2026;5 000;70000004;OM1\n", "04/11/2026;1 000;70000006;OM2\n"
    office(HEADER + first, "--post", "--by", "5")
    before = money(app)
    assert "2 known" in office(HEADER + first + first, "--post", "--by", "5")[1]
    assert money(app) == before
    assert "1 posted" in office(HEADER + second + first, "--post", "--by", "5")[1]
    assert (money(app), len(kept(app))) == (before + 1000, 2)


def test_only_money_that_came_in_is_kept(app: Flask, office: Office) -> None:
    rows = "03/11/2026;-5 000;70000004;OM1\n03/11/2026;;70000004;OM2\n03/11/2026;0;;\n03/11/2026;−7;;OM4\n;;;\n"
    assert office(HEADER + rows)[1].endswith("0 known, 0 linked, 0 proposed, 0 posted, 0 unmatched; 4 skipped\n")
    assert kept(app) == []


DIRECTIONS = {"Reçu": 1, "ENTRÉE": 1, "credit": 1, "Cash In": 1, "Envoi": 0, "Débit": 0, "retrait": 0}


@pytest.mark.parametrize(("word", "lines"), DIRECTIONS.items())
def test_the_direction_says_what_came_in(app: Flask, office: Office, word: str, lines: int) -> None:
    text = f"Sens;{HEADER}{word};03/11/2026;500;70000004;OM1\n"
    assert office(text, columns=f"{COLUMNS},direction=Sens")[0] == 0
    assert len(kept(app)) == lines


def test_the_words_of_the_direction_can_be_given(app: Flask, office: Office) -> None:
    text = f"Sens;{HEADER}VERS NOUS;03/11/2026;500;70000004;OM1\nautre;03/11/2026;500;70000004;OM2\n"
    assert office(text, "--incoming", "vers nous", columns=f"{COLUMNS},direction=Sens")[0] == 0
    assert [line[2] for line in kept(app)] == ["OM1"]


def test_all_of_it_can_stand_in_a_file(app: Flask, office: Office, tmp_path: Path) -> None:
    mapping = {"date": "Jour", "amount": "Crédit", "phone": "De", "reference": "Id", "dates": "m/d/y"}
    layout = tmp_path / "wave.json"
    layout.write_text(json.dumps({**mapping, "only": {"Statut": ["Réussi"]}}), encoding="utf-8")
    text = "Jour,Crédit,De,Id,Statut\n11/03/2026,500,70000004,W1,réussi\n11/04/2026,500,70000004,W2,Échoué\n"
    assert office(text, "--mapping", str(layout), columns=None)[0] == 0
    assert kept(app) == [(date(2026, 11, 3), 500, "W1")]


def test_a_workbook_is_read_with_its_own_dates_and_numbers(app: Flask, tmp_path: Path) -> None:
    book, file = Workbook(), tmp_path / "statement.xlsx"
    assert book.active is not None
    when = datetime(2026, 11, 3, 14, 5, 9, tzinfo=UTC).replace(tzinfo=None)
    rows: list[list[Any]] = [["Réf", "Date", "Montant", "Numéro"], [9001, when, 5000.0, 22370000004]]
    for row in rows:
        book.active.append(row)
    book.save(file)
    done = run(app, "statement", "import", "KOGB", str(file), "--channel", "wave", "--columns", COLUMNS)
    assert (done[0], kept(app)) == (0, [(date(2026, 11, 3), 5000, "9001")])
    assert "member 4" in run(app, "statement", "proposed", "KOGB")[1]


GOOD = "03/11/2026;5 000;70000004;OM1\n"
WRONG = {
    "31/02/2026;500;70000004;OM2\n": ["3:date"],
    "11/30/2026;500;70000004;OM2\n": ["3:date"],
    "23/11/2026;500;70000004;OM2\n": ["3:date"],
    "demain;500;70000004;OM2\n": ["3:date"],
    "2026-11-03T10:00+02:00;500;70000004;OM2\n": ["3:date"],
    "03/11/2026;5.000;70000004;OM2\n": ["3:amount"],
    "03/11/2026;500,50;70000004;OM2\n": ["3:amount"],
    "03/11/2026;5 00;70000004;OM2\n": ["3:amount"],
    "03/11/2026;" + "9" * 16 + ";70000004;OM2\n": ["3:amount"],
    "03/11/2026;500;70000004;\n": ["3:reference"],
    "03/11/2026;500;70000004;" + "x" * 61 + "\n": ["3:reference"],
    "03/11/2026;500\n": ["3:fichier"],
    "03/11/2026;6 000;70000004;OM1\n": ["3:amount"],
    "04/11/2026;5 000;70000006;OM1\n": ["3:date", "3:phone"],
    "demain;cinq;70000004;OM2\nhier;500;;\n": ["3:amount", "4:date", "4:reference"],
}


@pytest.mark.parametrize(("rows", "places"), WRONG.items(), ids=range(len(WRONG)))
def test_an_error_is_told_by_row_and_column_and_nothing_is_kept(
    app: Flask, office: Office, rows: str, places: list[str]
) -> None:
    code, said = office(HEADER + GOOD + rows, "--post", "--by", "5")
    assert code == 1
    assert [":".join(line.split(":")[:2]) for line in said.splitlines()] == places
    assert all(ERROR.fullmatch(line) for line in said.splitlines())
    assert "70000004" not in said
    assert kept(app) == []


def test_other_money_under_a_reference_that_was_kept_is_an_error(app: Flask, office: Office) -> None:
    office(HEADER + GOOD, "--post", "--by", "5")
    before = money(app)
    code, said = office(
        HEADER + GOOD.replace("5 000", "5 001") + "04/11/2026;500;70000004;OM2\n", "--post", "--by", "5"
    )
    assert (code, said[:9]) == (1, "2:amount:")
    assert (money(app), len(kept(app))) == (before, 1)


HEADERS = {"Jour;Montant;Numéro;Réf\n": "1:date", "Date;Date;Montant;Numéro;Réf\n": "1:date", "": "1:date"}


@pytest.mark.parametrize(("header", "place"), HEADERS.items())
def test_a_column_that_is_not_there_once_is_told(office: Office, header: str, place: str) -> None:
    code, said = office(header + GOOD)
    assert (code, said.startswith(f"{place}: ")) == (1, True)


LAYOUTS = [
    ("date=Date,amount=Montant,phone=Numéro", ()),
    ("date=Date,amount=Montant,phone=Numéro,reference=Réf,colour=Couleur", ()),
    ("Date,Montant", ()),
    (COLUMNS, ("--incoming", "Reçu")),
    (COLUMNS, ("--dates", "jj/mm")),
    (COLUMNS, ("--post",)),
    (COLUMNS, ("--by", "5")),
    (COLUMNS, ("--mapping", __file__)),
    (None, ()),
    (None, ("--mapping", __file__)),
]


@pytest.mark.parametrize(("columns", "options"), LAYOUTS)
def test_a_layout_that_cannot_be_is_an_error_of_usage(
    app: Flask, office: Office, columns: str | None, options: tuple[str, ...]
) -> None:
    assert office(HEADER + GOOD, *options, columns=columns)[0] == 2
    assert kept(app) == []


@pytest.mark.parametrize("mapping", ["[]", '{"date": 1}', '{"only": [], "date": "Date"}', "\x00", '{"date": "Date"}'])
def test_a_mapping_that_cannot_be_is_an_error_of_usage(office: Office, tmp_path: Path, mapping: str) -> None:
    file = tmp_path / "mapping.json"
    file.write_text(mapping)
    assert office(HEADER + GOOD, "--mapping", str(file), columns=None)[0] == 2


@pytest.mark.parametrize(("code", "by"), [("NONE", "5"), ("KOGB", "99"), ("KOGB", "7"), ("KOGB", "2")])
def test_who_may_not_post_keeps_nothing(app: Flask, office: Office, code: str, by: str) -> None:
    assert office(HEADER + GOOD, "--post", "--by", by, code=code)[0] == 1
    assert kept(app) == []


def test_a_trial_keeps_nothing(app: Flask, office: Office) -> None:
    before = money(app)
    code, said = office(HEADER + GOOD, "--post", "--by", "5", "--dry-run")
    assert (code, "1 posted" in said, "trial" in said) == (0, True, True)
    assert (kept(app), money(app)) == ([], before)


def test_the_office_lists_what_is_unmatched_and_says_whose_it_is(app: Flask, office: Office) -> None:
    office(HEADER + "03/11/2026;500;7*****99;OM1\n" + GOOD.replace("OM1", "OM2"))
    listed = run(app, "statement", "unmatched", "KOGB")[1]
    assert listed.split("\t")[1:6] == ["2026-11-03", "500", "orange_money", "OM1", "-"]
    number = listed.split("\t")[0]
    before = money(app)
    assert [run(app, "statement", "assign", number, "6", "--by", by)[0] for by in ("7", "5", "5")] == [1, 0, 0]
    assert run(app, "statement", "assign", number, "7", "--by", "5")[0] == 1
    assert run(app, "statement", "assign", "999", "7", "--by", "5")[0] == 1
    assert money(app) == before + 500
    assert run(app, "statement", "unmatched", "KOGB") == (0, "")
    assert run(app, "statement", "confirm", "KOGB", "--by", "5")[1].startswith("0 linked, 0 proposed, 1 posted")
    assert money(app) == before + 5500
    assert run(app, "statement", "unmatched", "NONE")[0] == 1


def start(settings: dict[str, str], *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_several_processes_at_once_post_each_line_once(app: Flask, settings: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "statement.csv"
    members = (4, 6, 7, 8, 9)
    rows = [
        f"{1 + place % 20:02d}/10/2026;{1000 + 500 * place};700000{members[place % 5]:02d};OM{place}"
        for place in range(60)
    ]
    file.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    read = ("statement", "import", "KOGB", str(file), "--channel", "orange_money", "--columns", COLUMNS)
    before = money(app)
    running = [start(settings, *read, "--post", "--by", "5") for _ in range(2)]
    running += [start(settings, *read), start(settings, "statement", "confirm", "KOGB", "--by", "5")]
    ended = [each.communicate(timeout=120) for each in running]
    assert [each.returncode for each in running] == [0] * 4, ended
    run(app, "statement", "confirm", "KOGB", "--by", "5")
    with reading(service.of(app).engine) as db:
        posted = select(func.sum(StatementLine.amount), func.count()).where(StatementLine.state == State.POSTED)
        amount, count = db.execute(posted).one()
        assert db.execute(select(func.count()).select_from(StatementLine)).scalar_one() == 60
    assert count > 0
    assert money(app) == before + amount
