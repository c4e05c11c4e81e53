"""What people send us: each SMS kept once by the gateway's own id, and who wants no notices."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import vault
from models.base import Base
from models.writing import batches, insert_once


class Inbound(Base):
    """An SMS that arrived: kept once, by the gateway's own id."""

    __tablename__ = "inbound"
    __table_args__ = (UniqueConstraint("gateway", "gateway_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    gateway: Mapped[str]
    gateway_id: Mapped[str]
    phone: Mapped[str] = mapped_column(index=True)
    words_sealed: Mapped[str]
    intent: Mapped[str | None]
    received_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class OptOut(Base):
    """A number that wants no notices; kept as a keyed digest, since it may be nobody's we know."""

    __tablename__ = "opt_outs"

    phone_digest: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Arrived:
    """An SMS from a person."""

    gateway: str
    gateway_id: str
    phone: str
    text: str


def receive(db: Connection, inbound: Arrived, intent: str | None, now: datetime) -> bool:
    """Keep an SMS that arrived. False when the gateway has brought this one before."""
    values = {
        "gateway": inbound.gateway,
        "gateway_id": inbound.gateway_id,
        "phone": inbound.phone,
        "words_sealed": vault.seal(inbound.text),
        "intent": intent,
        "received_at": now,
    }
    return insert_once(db, Inbound, values) is not None


def receive_apart(db: Connection, inbound: Arrived, now: datetime) -> bool:
    """Keep of an SMS no more than that the gateway brought it, and the day: its words are a case, or open one.

    Who wrote it, and the moment, would lead from one to the other. False when the gateway has brought it before.
    """
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    values = {
        "gateway": inbound.gateway,
        "gateway_id": inbound.gateway_id,
        "phone": "",
        "words_sealed": vault.seal(""),
        "intent": None,
        "received_at": day,
        "read_at": day,
    }
    return insert_once(db, Inbound, values) is not None


def known(db: Connection, inbound: Arrived) -> bool:
    """Whether the gateway has brought this SMS before."""
    same = (Inbound.gateway == inbound.gateway, Inbound.gateway_id == inbound.gateway_id)
    return db.execute(select(Inbound.id).where(*same)).one_or_none() is not None


def opt_out(db: Connection, phone: str, now: datetime) -> None:
    """This number wants no notices any more. Replies and receipts still go out."""
    insert_once(db, OptOut, {"phone_digest": vault.digest("phone", phone), "asked_at": now})


def opt_in(db: Connection, phone: str) -> None:
    """This number wants notices again."""
    db.execute(delete(OptOut).where(OptOut.phone_digest == vault.digest("phone", phone)))


def opted_out(db: Connection, phone: str) -> bool:
    """Whether this number wants no notices."""
    found = select(OptOut.phone_digest).where(OptOut.phone_digest == vault.digest("phone", phone))
    return db.execute(found).one_or_none() is not None


def anybody_silent(db: Connection) -> bool:
    """Whether there is anybody who wants no notices."""
    return db.execute(select(OptOut.phone_digest).limit(1)).first() is not None


def silent(db: Connection, phones: Collection[str]) -> set[str]:
    """Those of some numbers that want no notices."""
    digests = {vault.digest("phone", phone): phone for phone in phones}
    found: set[str] = set()
    for some in batches(list(digests)):
        asked = db.execute(select(OptOut.phone_digest).where(OptOut.phone_digest.in_(some))).scalars()
        found |= {digests[each] for each in asked}
    return found


@dataclass(frozen=True, slots=True)
class Letter:
    """An SMS that asks for nothing we know: for the office to read."""

    letter_id: int
    phone: str
    words: str
    received_at: datetime


def unanswered(db: Connection) -> list[Letter]:
    """The SMS that hold no word we know and were not read yet, oldest first. Raises InvalidToken without their key."""
    waiting = (
        select(Inbound.id, Inbound.phone, Inbound.words_sealed, Inbound.received_at)
        .where(Inbound.intent.is_(None), Inbound.read_at.is_(None))
        .order_by(Inbound.id)
    )
    return [
        Letter(letter_id, phone, vault.unseal(sealed), received_at)
        for letter_id, phone, sealed, received_at in db.execute(waiting)
    ]


def read(db: Connection, letter_id: int, now: datetime) -> bool:
    """The office has read an SMS. False when it was read before, or is not there."""
    unread = update(Inbound).where(Inbound.id == letter_id, Inbound.read_at.is_(None))
    return db.execute(unread.values(read_at=now)).rowcount > 0
