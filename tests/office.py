"""People of the demo's cooperatives, and what tests ask of the books behind their phones."""

from collections.abc import Callable
from datetime import date

from flask import Flask
from sqlalchemy import Connection, func, select, update

from models import corrections, deeds, members, questions
from models.entries import Account, Entry, EntryKind, Posting
from models.hands import Hand
from models.members import Member, Role
from models.questions import Open, Question
from tests.conftest import NOW, SECRET
from tests.phone import Phone
from ussd_app import service
from ussd_app.db import transaction

TODAY = date(2026, 11, 22)
CODE = "3917"
PRESIDENT, BOARD, SECRETARY, BAKARY, TREASURER = (f"+223700000{number}" for number in ("01", "02", "03", "04", "05"))
OTHER_TREASURER = "+22370000033"


def hand(db: Connection, number: str, cooperative: str = "KOGB", phone: str | None = None, session: str = "s") -> Hand:
    """A member of the demo as one who turns a key."""
    member_id = members.numbered(db, cooperative, number)
    assert member_id is not None
    row = db.execute(select(Member.cooperative_id, Member.role).where(Member.id == member_id)).one()
    return Hand(member_id, row.cooperative_id, row.role, phone or f"+223700000{int(number):02d}", session)


def entries(db: Connection, kind: EntryKind, author: str = "member:%") -> int:
    """How many entries of a kind officers wrote about members."""
    found = select(func.count()).select_from(Entry).where(Entry.kind == kind, Entry.author.like(author))
    found = found.where(Entry.member_id.is_not(None))
    return db.execute(found).scalar_one()


def balance(db: Connection, member_id: int, account: Account) -> int:
    """What stands on an account of a member."""
    found = select(func.coalesce(func.sum(Posting.amount), 0))
    return int(db.execute(found.where(Posting.member_id == member_id, Posting.account == account)).scalar_one())


def opened(app: Flask, number: str) -> Phone:
    """A phone whose member gave the code, chosen when it is the first time, and stands in what 6 leads to."""
    phone = Phone(app, number, SECRET)
    phone.press(*([CODE, CODE] if "Choisissez un code" in phone.go("6") else [CODE]))
    return phone


def become(app: Flask, number: str, role: Role, cooperative: str = "KOGB") -> None:
    """Give a member another role."""
    with transaction(service.of(app).engine) as db:
        member_id = members.numbered(db, cooperative, number)
        db.execute(update(Member).where(Member.id == member_id).values(role=role))


def question(db: Connection, subject: str) -> Open:
    """The question about a subject, answered or not."""
    row = db.execute(select(Question.member_id, Question.id).where(Question.subject == subject)).one()
    found = questions.one(db, row.member_id, row.id)
    assert found is not None
    return found


def asked(app: Flask, question: Callable[[Connection], object]) -> object:
    """What the database answers."""
    with transaction(service.of(app).engine) as db:
        return question(db)


def undo(db: Connection, entry_id: int, cooperative: str = "KOGB", by: str = "3", second: str = "1") -> None:
    """Undo an entry as two officers do it."""
    proposal_id = corrections.propose_reversal(db, hand(db, by, cooperative), entry_id, "à refaire", NOW)
    deeds.approve(db, hand(db, second, cooperative, session="other"), proposal_id, NOW)
