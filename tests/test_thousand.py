"""A thousand members from files of another hand: everybody who dials sees exactly their own figures."""

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import insert, select

from models.codes import SecretCode
from models.members import Member
from tests.conftest import SECRET
from tests.phone import Phone
from ussd_app import service
from ussd_app.db import transaction

PEOPLE = 1000


class Figures:
    """What each member owes and gets, added up here by hand from what is written into the files."""

    def __init__(self) -> None:
        self.charged = dict.fromkeys(range(1, PEOPLE + 1), 0)
        self.paid = dict.fromkeys(range(1, PEOPLE + 1), 0)
        self.share: dict[int, tuple[int, int]] = {}


def spaced(amount: int) -> str:
    digits = str(amount)
    groups: list[str] = []
    while digits:
        digits, group = digits[:-3], digits[-3:]
        groups.insert(0, group)
    return " ".join(groups)


def number(member: int) -> str:
    return f"+2246210{member:05d}"


def spelled(member: int, drawn: random.Random) -> str:
    national = f"6210{member:05d}"
    pairs = f"{national[:3]} {national[3:5]} {national[5:7]} {national[7:]}"
    return drawn.choice([national, pairs, f"00224{national}", f"+224 {pairs}", f"+224-{national}"])


def people(drawn: random.Random) -> Iterator[list[str]]:
    for member in range(1, PEOPLE + 1):
        yield ["GNKO", str(member), f"Personne {member}", spelled(member, drawn), "fr", "member", "", "2020-01-31"]


def due_rows(drawn: random.Random, figures: Figures) -> Iterator[list[str]]:
    for member in range(1, PEOPLE + 1):
        for month in range(drawn.randrange(0, 9)):
            amount = drawn.randrange(1, 3_000_000)
            figures.charged[member] += amount
            yield ["GNKO", str(member), f"2026-{month + 1:02d}-05", "Cotisation", spaced(amount)]


def payment_rows(drawn: random.Random, figures: Figures) -> Iterator[list[object]]:
    for member in range(1, PEOPLE + 1):
        for turn in range(drawn.randrange(0, 6)):
            amount = drawn.randrange(1, 3_000_000)
            figures.paid[member] += amount
            paid_on = date(2026, 1, 1) + timedelta(days=drawn.randrange(300))
            yield ["GNKO", member, paid_on, amount, "mtn", f"P{member}-{turn}"]


def lot_rows(drawn: random.Random, figures: Figures) -> Iterator[list[str]]:
    team = drawn.sample(range(1, PEOPLE + 1), 300)
    for member in team:
        share = drawn.randrange(10, 900_000)
        figures.share[member] = (share, drawn.randrange(0, share))
    gross = str(sum(share for share, _ in figures.share.values()) + 7)
    for member, (share, recovered) in figures.share.items():
        yield ["GNKO", "L-1", "2026-11-02", "123450", "915", gross, str(member), str(share), str(recovered)]


def write(path: Path, header: str, rows: Iterator[list[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def write_sheet(path: Path, header: str, rows: Iterator[list[object]]) -> None:
    book = Workbook()
    book.active.append(header.split(","))  # type: ignore[union-attr]
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(path)


@pytest.fixture
def figures(app: Flask, tmp_path: Path) -> Figures:
    """The files, written and imported."""
    drawn, made = random.Random(20261122), Figures()
    cooperative = ["GNKO", "Kouroussa", "COOP-CA", "", "Haute-Guinée", "GN", "GNF", "fr"]
    write(
        tmp_path / "cooperatives.csv",
        "cooperative,name,kind,parent,district,country,currency,language",
        iter([cooperative]),
    )
    write(tmp_path / "members.csv", "cooperative,number,name,phone,language,role,sex,joined_on", people(drawn))
    write(tmp_path / "dues.csv", "cooperative,member,due_on,label,amount", due_rows(drawn, made))
    write_sheet(
        tmp_path / "payments.xlsx", "cooperative,member,paid_on,amount,channel,reference", payment_rows(drawn, made)
    )
    lots = "cooperative,lot,sold_on,weight_mg,fineness_ppt,gross,member,share,recovered"
    write(tmp_path / "lots.csv", lots, lot_rows(drawn, made))
    runner = app.test_cli_runner()
    for file in ("cooperatives.csv", "members.csv", "dues.csv", "payments.xlsx", "lots.csv"):
        done = runner.invoke(args=["import", file.split(".")[0], str(tmp_path / file)])
        assert done.exit_code == 0, done.output
    return made


def without_codes(app: Flask) -> None:
    """Each is alone on their phone and has turned the code off: hashing a thousand would take minutes."""
    with transaction(service.of(app).engine) as db:
        ids = db.execute(select(Member.id).where(Member.name.startswith("Personne"))).scalars().all()
        db.execute(insert(SecretCode), [{"member_id": each, "wanted": False, "tries": 0} for each in ids])


def test_each_of_a_thousand_sees_exactly_their_own_figures(app: Flask, figures: Figures) -> None:
    without_codes(app)
    for member in range(1, PEOPLE + 1):
        mine = Phone(app, number(member), SECRET)
        page = mine.go("1").split("\n")
        owed = figures.charged[member] - figures.paid[member]
        assert f"Payé: {spaced(figures.paid[member]) or 0} FG" in page
        if owed < 0:
            assert f"A jour. Payé d'avance: {spaced(-owed)} FG" in page
        else:
            assert any(line.endswith(f"Reste à payer: {spaced(owed) or 0} FG") for line in page)
        shown = mine.go("2")
        if member in figures.share:
            share, recovered = figures.share[member]
            for words in (f"Votre part: {spaced(share)} FG", f"Net: {spaced(share - recovered)} FG"):
                assert words in shown
        else:
            assert "Aucun lot" in shown


def test_the_books_of_a_thousand_are_right(app: Flask, figures: Figures) -> None:
    checked = app.test_cli_runner().invoke(args=["ledger", "check"])
    assert (checked.exit_code, checked.output.splitlines()[-1]) == (0, "the ledger is right")
