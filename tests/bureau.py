"""The bureau of a committee for tests: who handles cases, a case filed beside the phone, the way to it on the phone."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import Connection, insert, select, update

from models import grievances, members
from models.cooperatives import Cooperative
from models.grievances import Category, Complaint, Concerned, Filed, Name
from models.hands import Hand
from models.members import Member, Role
from models.members import Phone as Number
from tests.conftest import NOW, SECRET
from tests.office import CODE
from tests.phone import Phone
from ussd_app import service
from ussd_app.db import transaction

NOUHOUM, ROKIA, ABDRAMANE = "+22370000009", "+22370000013", "+22370000014"  # the committee of KOGB
GENDER, BOARD, SECRETARY, CALLER = "+22370000008", "+22370000002", "+22370000003", "+22370000007"
GONE, NOT_THERE = "Ce dossier n'est pas à votre bureau.", "This case is not at your desk."
WORDS = "Le chef du puits garde la pompe."


def done(app: Flask, do: Callable[[Connection], Any]) -> Any:
    """Do something beside the phone, in a transaction of its own."""
    with transaction(service.of(app).engine) as db:
        return do(db)


def body(db: Connection, code: str) -> int:
    """The id of a body of the demo."""
    return db.execute(select(Cooperative.id).where(Cooperative.code == code)).scalar_one()


def file(app: Flask, by: str = "7", home: str = "KOGB", beyond: bool = False, **said: Any) -> Filed:
    """A complaint of a member of the demo, about land and a team unless said otherwise; `beyond` five a day."""

    def write(db: Connection) -> Filed:
        member_id = members.numbered(db, home, by)
        assert member_id is not None
        phones = members.phones(db, member_id)
        given: dict[str, Any] = {
            "category": Category.LAND,
            "concerned": Concerned.TEAM,
            "name": Name.COMMITTEE,
            "words": WORDS,
        }
        given |= {"home_id": body(db, home), "member_id": member_id, "phone": phones[0]}
        found = given | said
        return grievances.file(db, Complaint(**found), f"test:{sorted(map(str, found.values()))}", NOW, beyond=beyond)

    filed = done(app, write)
    assert isinstance(filed, Filed)
    return filed


def owned(db: Connection, filed: Filed) -> int:
    """The case as whoever filed it opens it."""
    found = grievances.open_case(db, filed.reference, filed.code, "+22379999998", NOW)
    assert isinstance(found, int)
    return found


DESKS = (Role.COMMITTEE, Role.GENDER_PRESIDENT)


def unseat(app: Flask, *codes: str) -> None:
    """Nobody handles cases in some bodies of the demo any more: their committee and women's desk have left."""
    _stay(app, codes, NOW.date())


def seat(app: Flask, *codes: str) -> None:
    """They are back."""
    _stay(app, codes, None)


def _stay(app: Flask, codes: tuple[str, ...], left_on: date | None) -> None:
    def write(db: Connection) -> None:
        theirs = [body(db, code) for code in codes]
        people = update(Member).where(Member.cooperative_id.in_(theirs), Member.role.in_(DESKS))
        db.execute(people.values(left_on=left_on))

    done(app, write)


def employ(app: Flask, code: str, *people: tuple[str, Role]) -> list[Hand]:
    """Give a body of the demo more members, each with a phone."""

    def write(db: Connection) -> list[Hand]:
        found = []
        for number, (phone, role) in enumerate(people, 90):
            row: dict[str, Any] = {
                "cooperative_id": body(db, code),
                "number": str(number),
                "name": f"Personne {number}",
            }
            row |= {"language": "fr", "role": role, "amounts_by_sms": False}
            member_id = db.execute(insert(Member).values(row).returning(Member.id)).scalar_one()
            db.execute(insert(Number).values(member_id=member_id, number=phone))
            found.append(Hand(member_id, row["cooperative_id"], role, phone))
        return found

    hired: list[Hand] = done(app, write)
    return hired


def at_desk(app: Flask, number: str) -> Phone:
    """A phone in the list of cases."""
    phone = Phone(app, number, SECRET)
    new = any(words in phone.go("6") for words in ("Choisissez un code", "Choose a secret code"))
    phone.press(*([CODE, CODE] if new else [CODE]), "16")
    return phone


def reach(phone: Phone, reference: str) -> str:
    """From the list of cases to one of them, by its number and the secret code."""
    page = phone.press("21", reference)
    return page if GONE in page or NOT_THERE in page else phone.press(CODE)


def at_case(app: Flask, number: str, filed: Filed) -> Phone:
    """A phone on the page of a case."""
    phone = at_desk(app, number)
    page = reach(phone, filed.reference)
    assert page.startswith(f"CON {filed.reference} "), page
    return phone
