"""The figures of cases as they are published, printed and said: by commands, on paper, by SMS and on the phone.

Nothing of what is hidden, nor of any case, is in any of them; and nobody who is barred from a case sees a difference.
"""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from threading import Barrier, Thread

import pytest
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import Connection, insert, select

from flows import figure_words
from flows.figure_words import HEADINGS, VALUES
from models import grievances, members
from models.cooperatives import Cooperative
from models.grievances import Category, Complaint, Concerned, Filed, Name, published, sight
from models.grievances.headings import FIGURES, PRIVATE, RECEIVED, UNSAID
from models.grievances.periods import Period
from models.hands import Hand
from models.members import Member, Role
from models.messages import Message
from tests.ussd_app.test_commands import run
from ussd_app import service
from ussd_app.db import reading, transaction

KINDS = ["sqlite", "postgresql"]
NEXT = datetime(2027, 1, 4, 9, tzinfo=UTC)
WORDS = "Le chef a gardé ma part du lot"
YEAR = ("KOGB", "2025")


def home(db: Connection, code: str = "KOGB") -> int:
    return db.execute(select(Cooperative.id).where(Cooperative.code == code)).scalar_one()


def file(app: Flask, count: int, category: Category, label: str, number: str = "12") -> list[Filed]:
    """So many cases of the year 2025, each from another phone."""
    made = []
    with transaction(service.of(app).engine) as db:
        for place in range(count):
            caller = members.numbered(db, "KOGB", number) if place == 0 else None
            phone = f"+2237111{ord(label[0]) % 10}{place:03d}"
            said = Complaint(category, Concerned.TEAM, Name.HANDLER, WORDS, home(db), caller, phone)
            at = datetime(2025, 3, 2, 10, tzinfo=UTC) + timedelta(days=7 * place)
            made.append(grievances.file(db, said, f"{label}{place}", at))
    return made


@pytest.fixture
def cases(app: Flask) -> list[Filed]:
    """Nineteen cases of one year: 9 on land, 7 accidents, 3 on money; all open, none seen."""
    kinds = ((9, Category.LAND, "l"), (7, Category.ACCIDENT, "a"), (3, Category.MONEY, "m"))
    return [each for given in kinds for each in file(app, *given)]


def publish(app: Flask, *more: str) -> tuple[int, str]:
    return run(app, "figures", "publish", *YEAR, "--by", "1", *more)


def pdf(app: Flask, path: Path) -> str:
    assert run(app, "figures", "show", *YEAR, str(path)) == (0, "")
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def table(text: str) -> dict[tuple[str, str], str]:
    return {(row[0], row[1]): row[2] for row in csv.reader(StringIO(text))}


def test_published_once_and_printed_from_what_was_published(app: Flask, cases: list[Filed], tmp_path: Path) -> None:
    assert publish(app, "--changed", "La balance est vérifiée")[0] == 0
    code, before = run(app, "figures", "show", *YEAR)
    assert code == 0
    shown = table(before)
    assert (shown["received", "all"], shown["category", "money"]) == ("19", "hidden")
    assert shown["changed", "La balance est vérifiée"] == ""
    page = pdf(app, tmp_path / "before.pdf")
    file(app, 6, Category.LAND, "z")
    assert publish(app)[0] == 0
    assert run(app, "figures", "show", *YEAR) == (0, before)
    assert pdf(app, tmp_path / "after.pdf") == page
    assert (tmp_path / "before.pdf").read_bytes() == (tmp_path / "after.pdf").read_bytes()
    assert publish(app, "--changed", "Autre")[0] == 1


def test_the_paper_says_what_is_shown_and_nothing_that_is_hidden(
    app: Flask, cases: list[Filed], tmp_path: Path
) -> None:
    publish(app, "--changed", "La balance est vérifiée", "--changed", "=1+1")
    texts = [pdf(app, tmp_path / "sheet.pdf"), run(app, "figures", "show", *YEAR)[1]]
    assert run(app, "figures", "show", *YEAR, str(tmp_path / "sheet.xlsx"))[0] == 0
    sheet = load_workbook(tmp_path / "sheet.xlsx").worksheets[0]
    rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows == [*csv.reader(StringIO(texts[1]))]
    assert "Plaintes, chiffres publiés: 2025" in texts[0]
    assert "Plaintes reçues 19" in " ".join(texts[0].split())
    assert "La balance est vérifiée" in texts[0]
    assert "'=1+1" in texts[1]
    with reading(service.of(app).engine) as db:
        names = [part for name in db.execute(select(Member.name)).scalars() for part in name.split()]
        found = published.of(db, home(db), "2025")
    assert found is not None
    secrets = [WORDS, "chef a", "+22371", *names, *(each.reference for each in cases), *(each.code for each in cases)]
    raw = (tmp_path / "sheet.xlsx").read_bytes() + (tmp_path / "sheet.pdf").read_bytes()
    for text in texts:
        assert [each for each in secrets if each in text] == []
    assert [each for each in secrets if len(each) > 5 and each.encode() in raw] == []
    numbers = {int(cell) for row in rows for cell in row if cell.isdigit()}
    assert numbers <= {*found.shown.values(), *range(5, 101)}
    assert {int(row[2]) for row in rows if row[2].isdigit()} == set(found.shown.values())
    assert texts[0].count(" -") >= len(FIGURES) - len(UNSAID) - len(found.shown)


def test_every_figure_has_its_words() -> None:
    assert set(VALUES) == {*FIGURES, PRIVATE} - UNSAID
    assert [*dict.fromkeys(heading for heading, _value in VALUES)] == [*HEADINGS]
    assert figure_words.period("2026Q3") == "trimestre 3 de 2026"


REFUSED = [
    (("publish", "KOGB", "2025Q1", "--by", "1"), 1, "a quarter is published by a union"),
    (("publish", "KOGB", "2026", "--by", "1"), 1, "it is not over"),
    (("publish", "KOGB", "2025", "--by", "7"), 1, "is no officer"),
    (("publish", "KOGB", "2025", "--by", "99"), 1, "no member 99"),
    (("publish", "NONE", "2025", "--by", "1"), 1, "no cooperative NONE"),
    (("publish", "KOGB", "25", "--by", "1"), 2, "a period is a year such as 2026"),
    (("publish", "KOGB", "2025", "--by", "1", "--changed", "voir 572946"), 1, "no number of a case"),
    (("show", "KOGB", "2025"), 1, "has published nothing of 2025"),
    (("show", "KOGB", "2025", "x.txt"), 2, "ends with none of"),
    (("digest", "KOGB", "2025"), 1, "has published nothing of 2025"),
]


@pytest.mark.parametrize(("words", "code", "said"), REFUSED)
def test_what_cannot_be_is_said_in_one_sentence(app: Flask, words: tuple[str, ...], code: int, said: str) -> None:
    ended, text = run(app, "figures", *words)
    assert (ended, said in " ".join(text.split())) == (code, True), text
    assert code == 2 or len(text.splitlines()) == 1


def test_a_file_that_cannot_be_written_is_said(app: Flask, cases: list[Filed]) -> None:
    publish(app)
    assert run(app, "figures", "show", *YEAR, "/nowhere/x.pdf")[0] == 1


def test_the_digest_goes_to_the_members_by_sms(app: Flask, cases: list[Filed]) -> None:
    given = ("broadcast", "send", "--cooperative", "KOGB", "--template", "case_figures", "--with", "year=2025")
    code, said = run(app, *given)
    assert (code, "nothing was published of the cases of 2025" in said) == (1, True)
    publish(app)
    french, english = run(app, "figures", "digest", *YEAR)[1].splitlines()
    assert french == (
        "fr\tCoop Kogbera, plaintes 2025. Reçues: 19. Réglées: non publié. En cours: non publié. Détail à l'assemblée."
    )
    assert english.startswith("en\tCoop Kogbera, complaints 2025. Received: 19. Settled: not published.")
    shown = run(app, "broadcast", "preview", *given[2:])[1]
    assert "Recues: 19. Réglées: non publié." in shown
    assert run(app, *given)[0] == 0
    with reading(service.of(app).engine) as db:
        kinds = [*db.execute(select(Message.kind).where(Message.kind == "case_figures")).scalars()]
    assert len(kinds) > 10
    assert run(app, *given[:-1], "year=2025Q1")[0] == 1


def test_a_union_publishes_its_quarters(app: Flask, cases: list[Filed]) -> None:
    with transaction(service.of(app).engine) as db:
        row = {"cooperative_id": home(db, "UNIO"), "number": "1", "name": "Présidente", "language": "fr"}
        db.execute(insert(Member).values(row | {"role": Role.PRESIDENT, "amounts_by_sms": False}))
    assert run(app, "figures", "publish", "UNIO", "2025Q2", "--by", "1")[0] == 0
    assert run(app, "figures", "show", "UNIO", "2025Q2")[0] == 0
    assert run(app, "figures", "show", "UNIO", "2025")[0] == 1


def test_two_who_publish_at_once_do_not_give_a_third_one_away(app: Flask, cases: list[Filed]) -> None:
    """The other cooperative of the union has two cases: the union's figure less this one's would say so."""
    made, officers = service.of(app).engine, dict[str, Hand]()
    with transaction(made) as db:
        for place in range(2):
            said = Complaint(Category.LAND, Concerned.TEAM, Name.NOBODY, WORDS, home(db, "SANO"), None, "+22371999999")
            grievances.file(db, said, f"few{place}", datetime(2025, 5, 2, tzinfo=UTC))
        for code in ("KOGB", "UNIO"):
            row = {"cooperative_id": home(db, code), "number": "900", "name": "Présidente", "language": "fr"}
            made_by = db.execute(
                insert(Member).values(row | {"role": Role.PRESIDENT, "amounts_by_sms": False}).returning(Member.id)
            )
            officers[code] = Hand(made_by.scalar_one(), home(db, code), Role.PRESIDENT)
    ready, shown = Barrier(2), dict[str, int | None]()

    def work(code: str) -> None:
        ready.wait()
        with transaction(made) as db:
            found = published.publish(db, officers[code], Period(2025), (), NEXT)
        shown[code] = found.shown.get(RECEIVED)

    threads = [Thread(target=work, args=(code,)) for code in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shown in ({"KOGB": 19, "UNIO": None}, {"KOGB": None, "UNIO": 21})


# --- on the phone


READER = "+22370000012"


def read(app: Flask, number: str) -> str:
    """What the page of published figures says to a phone, sheet by sheet."""
    from flows import figures
    from flows.engine.memory import Known
    from flows.talk import begin

    with reading(service.of(app).engine) as db:
        talk = begin(db, NEXT, number, "test:1", "*384*77#", Known())
        talk.known.who = talk.speakers[0].member_id
        return figures.home(talk).text


def test_members_read_what_was_published_and_nothing_before(app: Flask, cases: list[Filed]) -> None:
    assert read(app, READER).startswith("Aucun chiffre des plaintes n'est encore publié.")
    publish(app, "--changed", "La balance est vérifiée", "--changed", "Le puits 3 est fermé")
    assert read(app, READER).splitlines() == [
        "Plaintes 2025, chiffres publiés",
        "Reçues: 19",
        "Vues à temps: non publié",
        "Réglées: non publié",
        "Confiées ailleurs ou retirées: non publié",
        "En cours: non publié",
        "Ce qui a changé: La balance est vérifiée; Le puits 3 est fermé",
    ]


def seen(db: Connection) -> dict[int, str]:
    """All that lists, counts and late lines say to each member, as what they are and as an officer's desk."""
    found: dict[int, str] = {}
    for row in db.execute(select(Member.id, Member.cooperative_id, Member.role).order_by(Member.id)).all():
        hand = Hand(*row)
        found[row.id] = repr((sight.mine(db, hand), sight.count(db, hand), sight.late(db, hand, NEXT)))
    return found


def test_publishing_changes_nothing_that_anybody_sees_of_cases(app: Flask, cases: list[Filed]) -> None:
    made = service.of(app).engine
    with reading(made) as db:
        before = seen(db)
    publish(app)
    with reading(made) as db:
        assert seen(db) == before
