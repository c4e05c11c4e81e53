"""Secret codes: four digits before amounts and cases. Guessing is stopped by the database, not by good will.

Three errors shut the code for a quarter of an hour, three more for twice as long, and after nine only the office opens
it. An attempt is counted before it is verified, in one UPDATE, so that forty guesses at once are still three.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, ForeignKey, bindparam, case, delete, or_, select, true, update
from sqlalchemy.orm import Mapped, mapped_column

from models import vault
from models.base import Base
from models.writing import insert_or_update

TRIES = 3
ROUNDS = 3
FIRST_WAIT = timedelta(minutes=15)
SHUT = datetime(9999, 1, 1, tzinfo=UTC)

# Small on purpose: a code has ten thousand values, so only the pepper protects it from who holds the table.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class SecretCode(Base):
    """The code of a member, hashed; a first choice waits as `candidate` until it was typed twice.

    `chosen_at` is when the member first had one, or had one again after the office ended it; changing it counts not.
    """

    __tablename__ = "secret_codes"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    hash: Mapped[str | None]
    candidate: Mapped[str | None]
    wanted: Mapped[bool] = mapped_column(default=True)
    tries: Mapped[int] = mapped_column(default=0)
    last_key: Mapped[str | None]
    opens_at: Mapped[datetime | None]
    chosen_at: Mapped[datetime | None]


class Weakness(StrEnum):
    """Why a code is refused."""

    NOT_FOUR_DIGITS = "not_four_digits"
    REPEATED = "repeated"
    RUNNING = "running"
    YEAR = "year"


def weakness(code: str) -> Weakness | None:
    """What is wrong with a code that somebody else would try first, or None."""
    if len(code) != 4 or not (code.isascii() and code.isdigit()):
        return Weakness.NOT_FOUR_DIGITS
    if code[:2] == code[2:] or len(set(code)) == 1:
        return Weakness.REPEATED
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(code)}
    if steps in ({1}, {9}):
        return Weakness.RUNNING
    if 1930 <= int(code) <= 2029:
        return Weakness.YEAR
    return None


def _peppered(code: str) -> bytes:
    return vault.digest(f"code:{vault.keys().pepper}", code).encode()


def hashed(code: str) -> str:
    """Hash a code (argon2id over its peppered digest). Takes some 30 ms: never inside a transaction."""
    return _hasher.hash(_peppered(code))


def matches(stored: str, code: str) -> bool:
    """Whether a code is the stored one. Takes some 30 ms: never inside a transaction."""
    try:
        return _hasher.verify(stored, _peppered(code))
    except (VerifyMismatchError, InvalidHashError):
        return False


@dataclass(frozen=True, slots=True)
class Attempt:
    """A counted attempt: what to verify against."""

    hash: str


@dataclass(frozen=True, slots=True)
class Shut:
    """No attempt now. `opens_at` says when; None means that only the office opens it."""

    opens_at: datetime | None


def _wait(done: int) -> timedelta:
    wait: timedelta = FIRST_WAIT * 2 ** (done // TRIES)
    return wait


_RESERVE = (
    update(SecretCode)
    .where(SecretCode.member_id == bindparam("member"), SecretCode.hash.is_not(None))
    .where(or_(SecretCode.opens_at.is_(None), SecretCode.opens_at <= bindparam("now")))
    .where(SecretCode.last_key.is_distinct_from(bindparam("key")))
    .values(
        tries=SecretCode.tries + 1,
        last_key=bindparam("key"),
        opens_at=case(
            (SecretCode.tries == TRIES - 1, bindparam("first")),
            (SecretCode.tries == 2 * TRIES - 1, bindparam("second")),
            (SecretCode.tries >= ROUNDS * TRIES - 1, bindparam("shut")),
            else_=None,
        ),
    )
    .returning(SecretCode.hash)
)
_LAST = select(SecretCode.hash, SecretCode.opens_at, SecretCode.last_key).where(
    SecretCode.member_id == bindparam("member")
)


def reserve(db: Connection, member_id: int, key: str, now: datetime) -> Attempt | Shut:
    """Count an attempt before it is made. To be committed before `matches` is asked.

    `key` names the press: the same press sent twice is one attempt.
    """
    key = vault.digest("attempt", key)  # the key names the session: kept apart from every other table
    times = {"first": now + _wait(0), "second": now + _wait(TRIES), "shut": SHUT}
    found = db.execute(_RESERVE, {"member": member_id, "now": now, "key": key, **times}).scalar_one_or_none()
    if found is not None:
        return Attempt(found)
    last = db.execute(_LAST, {"member": member_id}).one()
    if last.last_key == key and last.hash is not None:
        return Attempt(last.hash)
    return shut(last.opens_at)


def shut(opens_at: datetime | None) -> Shut:
    """How a shut code is told: when it opens, or that the office must open it."""
    return Shut(None if opens_at is None or opens_at >= SHUT else opens_at)


@dataclass(frozen=True, slots=True)
class Standing:
    """How often a code was wrong since it was right, and until when it is shut."""

    tries: int
    opens_at: datetime | None

    @property
    def left(self) -> int:
        """How many attempts are left before it shuts."""
        return TRIES - self.tries % TRIES

    def shut(self, now: datetime) -> Shut | None:
        """Whether it is shut now, and until when."""
        return None if self.opens_at is None or self.opens_at <= now else shut(self.opens_at)


# The key stays: the same press, still being verified by another process, must not be counted afresh.
_PASSED = update(SecretCode).where(SecretCode.member_id == bindparam("member")).values(tries=0, opens_at=None)


def passed(db: Connection, member_id: int) -> None:
    """The code was right: forget the errors before it."""
    db.execute(_PASSED, {"member": member_id})


_STANDING = select(SecretCode.tries, SecretCode.opens_at).where(SecretCode.member_id == bindparam("member"))


def standing(db: Connection, member_id: int) -> Standing:
    """How a member's code stands, after an error."""
    row = db.execute(_STANDING, {"member": member_id}).one_or_none()
    return Standing(*row) if row else Standing(0, None)


def propose(db: Connection, member_id: int, candidate: str) -> None:
    """Keep the hash of a code chosen once, until it is typed again."""
    insert_or_update(db, SecretCode, {"member_id": member_id}, {"candidate": candidate})


def candidate(db: Connection, member_id: int) -> str | None:
    """The hash of the code typed once."""
    return db.execute(select(SecretCode.candidate).where(SecretCode.member_id == member_id)).scalar_one_or_none()


def settle(db: Connection, member_id: int, typed_twice: str, changing: bool, now: datetime | None = None) -> bool:
    """The code was typed twice alike: it is the member's from now on, and guards again if it had been turned off.

    False when another session has chosen one meanwhile: only who gave the code in force may change it.
    """
    free = SecretCode.hash.is_not(None) if changing else SecretCode.hash.is_(None)
    mine = update(SecretCode).where(SecretCode.member_id == member_id, SecretCode.candidate == typed_twice, free)
    values = {"hash": SecretCode.candidate, "candidate": None, "wanted": True}
    settled = mine.values(**values, tries=0, opens_at=None, last_key=None, **({} if changing else {"chosen_at": now}))
    return db.execute(settled).rowcount > 0


def chosen(db: Connection, member_id: int, since: datetime | None = None) -> bool:
    """Whether a member has a secret code; `since` a moment, if nobody ended it meanwhile."""
    older = true() if since is None else SecretCode.chosen_at.is_(None) | (SecretCode.chosen_at <= since)
    found = select(SecretCode.hash).where(SecretCode.member_id == member_id, SecretCode.hash.is_not(None), older)
    return db.execute(found).one_or_none() is not None


def want(db: Connection, member_id: int, wanted: bool) -> None:
    """The member turns the code on or off."""
    insert_or_update(db, SecretCode, {"member_id": member_id}, {"wanted": wanted})


def ask_again(db: Connection, member_id: int) -> None:
    """The code guards again, where there is one: it was turned off for other phones than the member has now."""
    db.execute(update(SecretCode).where(SecretCode.member_id == member_id).values(wanted=True))


def forget(db: Connection, member_id: int) -> bool:
    """The office, having seen the member, lets them choose a new code. False when there was none."""
    return db.execute(delete(SecretCode).where(SecretCode.member_id == member_id)).rowcount > 0
