"""What is remembered of a conversation: where it stands, and every answer that went with a change.

The conversation itself is a sealed text that only the engine reads. An answer is kept in the same transaction as the
change it tells of, so that the same press, however late, is told the same and does nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import (
    Connection,
    Index,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from models import vault
from models.base import Base
from models.quick import Quick
from models.writing import insert_once, insert_or_update


class Conversation(Base):
    """One session of one phone, where there is no Redis to hold it. By digest: a gateway knows whose session it is."""

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_phone", "phone_digest", "heard_at"),)

    session: Mapped[str] = mapped_column(primary_key=True)
    phone_digest: Mapped[str]
    sealed: Mapped[str]
    heard_at: Mapped[datetime]


class Answer(Base):
    """What was said to a press that changed something; its session by the same digest."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("session", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session: Mapped[str]
    position: Mapped[int]
    digest: Mapped[str]
    sealed: Mapped[str]
    said_at: Mapped[datetime] = mapped_column(index=True)


class SessionEnd(Base):
    """What a gateway told of a session that ended. What was typed and shown is not kept."""

    __tablename__ = "session_ends"
    __table_args__ = (UniqueConstraint("gateway", "session"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    gateway: Mapped[str]
    session: Mapped[str]
    status: Mapped[str]
    hops: Mapped[int | None]
    milliseconds: Mapped[int | None]
    cost: Mapped[str | None]
    network: Mapped[str | None]
    ended_at: Mapped[datetime]


class SessionOutcome(Base):
    """How many sessions ended so at a screen. Which session it was is not kept: a screen can say what somebody did."""

    __tablename__ = "session_outcomes"

    screen: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    sessions: Mapped[int]


class KeyMark(Base):
    """What the keys were known by when the database was filled: others would find nothing and open no code."""

    __tablename__ = "key_marks"

    name: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]


def mark_keys(db: Connection) -> bool:
    """Keep what the keys are known by, the first time; whether they are still the same."""
    insert_once(db, KeyMark, {"name": "keys", "fingerprint": vault.fingerprint()})
    return vault.same(db.execute(select(KeyMark.fingerprint)).scalar_one(), vault.fingerprint())


def _known(session: str) -> str:
    return vault.digest("conversation", session)


_THIS = select(Conversation.sealed).where(Conversation.session == bindparam("session"))
_LAST = (
    select(Conversation.sealed)
    .where(Conversation.phone_digest == bindparam("phone"), Conversation.heard_at >= bindparam("since"))
    .order_by(Conversation.heard_at.desc())
    .limit(1)
)
_FOUND = Quick(select(func.coalesce(_THIS.scalar_subquery(), _LAST.scalar_subquery())))


def held(db: Connection, session: str, phone_digest: str, since: datetime) -> str | None:
    """The sealed conversation of a session; for a new one, this phone's last one since then."""
    found: str | None = _FOUND.scalar(db, {"session": _known(session), "phone": phone_digest, "since": since})
    return found


def hold(db: Connection, session: str, phone_digest: str, sealed: str, now: datetime) -> None:
    """Keep a conversation as it stands."""
    values = {"phone_digest": phone_digest, "sealed": sealed, "heard_at": now}
    insert_or_update(db, Conversation, {"session": _known(session)}, values)


_ANSWER = Quick(
    select(Answer.sealed).where(Answer.session == bindparam("session"), Answer.digest == bindparam("digest"))
)


def answered(db: Connection, session: str, digest: str) -> str | None:
    """The sealed answer a press was given when it changed something, or None."""
    found: str | None = _ANSWER.scalar(db, {"session": _known(session), "digest": digest})
    return found


_SAY = Quick(insert(Answer), ("session", "position", "digest", "sealed", "said_at"))


def keep_answer(db: Connection, session: str, position: int, digest: str, sealed: str, now: datetime) -> None:
    """Keep what is being said to a press that changes something. Raises IntegrityError when that was done before."""
    values = {"position": position, "digest": digest, "sealed": sealed, "said_at": now}
    _SAY.run(db, values | {"session": _known(session)})


def ended(
    db: Connection, gateway: str, session: str, told: Mapping[str, object], screen: str | None, now: datetime
) -> None:
    """Keep how a session ended, once, and count it where it stood; `screen`: None where that is forgotten."""
    row = {"gateway": gateway, "session": session, "ended_at": now, **told}
    if insert_once(db, SessionEnd, row) is None or screen is None:
        return
    at = {"screen": screen, "status": told["status"]}
    if not _count(db, at) and insert_once(db, SessionOutcome, at | {"sessions": 1}) is None:
        _count(db, at)  # another one was the first just now


def _count(db: Connection, at: Mapping[str, object]) -> bool:
    counted = update(SessionOutcome).where(*(getattr(SessionOutcome, name) == value for name, value in at.items()))
    return db.execute(counted.values(sessions=SessionOutcome.sessions + 1)).rowcount > 0


_SEALED = select(Conversation.sealed).where(Conversation.session == bindparam("session"))


def sealed(db: Connection, session: str) -> str | None:
    """The sealed conversation of a session, or None."""
    return db.execute(_SEALED, {"session": _known(session)}).scalar_one_or_none()


def newest_sealed(db: Connection) -> str | None:
    """Something that was sealed lately, to try the keys on."""
    return db.execute(select(Conversation.sealed).order_by(Conversation.heard_at.desc()).limit(1)).scalar_one_or_none()


KEPT_FOR = timedelta(days=1)


def forget(db: Connection, now: datetime) -> int:
    """Drop conversations and answers older than a day; how many there were. A session lasts minutes."""
    answers = db.execute(delete(Answer).where(Answer.said_at < now - KEPT_FOR)).rowcount
    return answers + db.execute(delete(Conversation).where(Conversation.heard_at < now - KEPT_FOR)).rowcount
