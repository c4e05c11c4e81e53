"""Conversations between two presses: in the database, or in Redis. The only file that imports redis."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, ClassVar

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry
from sqlalchemy import Connection

from flows.engine.memory import Conversation, Reply
from flows.engine.places import Place, UnknownPlace, spot
from models import sessions, vault
from ussd_app.gateways import Press

RESUME_WITHIN = timedelta(minutes=10)
KEPT_SECONDS = 3600
LOCK_MILLISECONDS = 15_000
PATIENCE_SECONDS = 5.0
Lost = RedisError
Screen = Callable[[Connection], str | None]


def _name(press: Press) -> str:
    return f"{press.gateway}:{press.session}"


def _screen(sealed: str | None) -> str | None:
    """The screen where a conversation stands; None if it is forgotten, its key is gone, or it is about a complaint."""
    if sealed is None:
        return None
    with suppress(vault.InvalidToken, UnknownPlace):
        place = Conversation.load(vault.unseal(sealed)).place
        return place.name if place and spot(place).deep else None
    return None


def _conversation(press: Press, caller: str, now: datetime, sealed: str | None) -> Conversation:
    """This session where it is what was sealed; else a new one, that may offer to go on with the one before."""
    found = None if sealed is None else Conversation.load(vault.unseal(sealed))
    if found is not None and found.session == _name(press):
        return found
    new = Conversation(_name(press), caller)
    if found is not None:
        _offer(new, found, now)
    return new


def _offer(new: Conversation, before: Conversation, now: datetime) -> None:
    """Offer what was left unfinished: by the session before, or by the other person on a shared phone before that."""
    if before.phone != new.phone:
        return
    new.known.draft, new.known.draft_who = before.known.draft, before.known.draft_who
    left = (before.place, before.known.who, before.at)
    if before.over or before.place is None or not before.trail or not _resumes(before.place):
        left = (before.known.resume, before.known.resume_who, before.known.resume_at)
    if now.timestamp() - left[2] <= RESUME_WITHIN.total_seconds():
        new.known.resume, new.known.resume_who, new.known.resume_at = left


def _resumes(place: Place) -> bool:
    try:
        return spot(place).resumes
    except UnknownPlace:
        return False


@dataclass(slots=True)
class InDatabase:
    """Conversations are rows, written in the transaction of the press: both are kept, or neither."""

    in_database: ClassVar[bool] = True
    press: Press
    caller: str
    now: datetime
    acted: bool = False

    @property
    def alone(self) -> str:
        """Whose presses wait for each other in the database."""
        return self.caller

    def conversation(self, db: Connection) -> Conversation:
        """The conversation of this press, whose transaction is this caller's `alone`."""
        sealed = sessions.held(db, _name(self.press), self.caller, self.now - RESUME_WITHIN)
        return _conversation(self.press, self.caller, self.now, sealed)

    def recall(self, _db: Connection, _heard: str) -> Reply | None:
        """Nothing that the conversation itself does not remember: they were written together."""
        return None

    def keep(self, db: Connection, conversation: Conversation, told: Reply | None) -> None:
        """Keep the conversation as it stands now, with every answer in it."""
        conversation.at, self.acted = self.now.timestamp(), told is not None
        sessions.hold(db, conversation.session, conversation.phone, vault.seal(conversation.dump()), self.now)


class DatabaseMemory:
    """Conversations in the database."""

    @contextmanager
    def hearing(self, press: Press, now: datetime) -> Iterator[InDatabase]:
        """Answer a press."""
        yield InDatabase(press, vault.digest("phone", press.phone), now)

    def screen(self, gateway: str, session: str) -> Screen:
        """The screen at which a session stands, where it is known and may be told; asked in the transaction."""
        return lambda db: _screen(sessions.sealed(db, f"{gateway}:{session}"))

    def ready(self) -> bool:
        """Whether it can be reached: as the database can."""
        return True


@dataclass(slots=True)
class InRedis:
    """Conversations are read before the transaction and written after its commit."""

    in_database: ClassVar[bool] = False
    alone: ClassVar[None] = None  # Redis holds the lock
    press: Press
    caller: str
    now: datetime
    sealed: str | None
    kept: Conversation | None = None
    acted: bool = False

    def conversation(self, _db: Connection) -> Conversation:
        """The conversation of this press, as it was when the press came."""
        return _conversation(self.press, self.caller, self.now, self.sealed)

    def recall(self, db: Connection, heard: str) -> Reply | None:
        """What was told to this press when it changed something: Redis may have forgotten it, the database has not."""
        sealed = sessions.answered(db, _name(self.press), heard)
        return None if sealed is None else Reply.restored(vault.unseal(sealed))

    def keep(self, db: Connection, conversation: Conversation, told: Reply | None) -> None:
        """Have the conversation kept once the transaction is committed; in it, what was told to a press that changed.

        Raises IntegrityError when another process has answered this press meanwhile: then nothing of it is kept.
        """
        if told is not None and conversation.heard is not None:
            sealed = vault.seal(told.stored())
            sessions.keep_answer(db, conversation.session, conversation.position, conversation.heard, sealed, self.now)
        conversation.at, self.acted = self.now.timestamp(), told is not None
        self.kept = conversation


# One round trip each. What another press may have locked meanwhile is neither written nor given back.
_TAKE = """
if not redis.call('set', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 'busy' end
return {redis.call('get', KEYS[2]) or redis.call('get', KEYS[3])}
"""
_KEEP = """
if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] ~= '' then
  redis.call('set', KEYS[2], ARGV[2], 'EX', ARGV[3])
  redis.call('set', KEYS[3], ARGV[2], 'EX', ARGV[4])
end
return redis.call('del', KEYS[1])
"""


def _packed(*words: str | int) -> bytes:
    """A command as Redis reads it: an array of strings (RESP)."""
    packed = [b"*%d\r\n" % len(words)]
    for word in words:
        spelled = str(word).encode()
        packed.append(b"$%d\r\n%b\r\n" % (len(spelled), spelled))
    return b"".join(packed)


class RedisMemory:
    """Conversations in Redis: two round trips a press, one key a session, written whole and sealed."""

    def __init__(self, url: str) -> None:
        limits: dict[str, Any] = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
        self._redis = Redis.from_url(url, decode_responses=True, retry=Retry(NoBackoff(), 1), **limits)
        self._take, self._keep = self._redis.register_script(_TAKE), self._redis.register_script(_KEEP)
        self._lines = threading.local()

    @contextmanager
    def hearing(self, press: Press, now: datetime) -> Iterator[InRedis]:
        """Answer a press while no other press of this phone is answered. Raises Lost when Redis cannot be reached."""
        caller = vault.digest("phone", press.phone)
        keys = [f"lock:{caller}", f"talk:{_name(press)}", f"last:{caller}"]
        token = token_hex(16)
        hearing = InRedis(press, caller, now, self._locked(keys, token))
        try:
            yield hearing
        except BaseException:
            with suppress(Lost):
                self._ask(self._keep, keys, [token, "", 0, 0])
            raise
        sealed = "" if hearing.kept is None else vault.seal(hearing.kept.dump())
        self._ask(self._keep, keys, [token, sealed, KEPT_SECONDS, int(RESUME_WITHIN.total_seconds())])

    def screen(self, gateway: str, session: str) -> Screen:
        """The screen at which a session stands, if known and to be told: Redis is asked at once. Raises Lost."""
        sealed: Any = self._redis.get(f"talk:{gateway}:{session}")
        return lambda _db: _screen(sealed)

    def _locked(self, keys: list[str], token: str) -> str | None:
        patience = time.monotonic() + PATIENCE_SECONDS
        while (held := self._ask(self._take, keys, [token, LOCK_MILLISECONDS])) == "busy":
            if time.monotonic() > patience:
                raise Lost("this phone is being answered already")
            time.sleep(0.02)
        sealed: str | None = held[0]
        return sealed

    def _ask(self, script: Script, keys: list[str], given: list[str | int]) -> Any:
        """Run a script on a connection that is this thread's own: the client would add as much as the round trip costs.

        Where Redis does not know the script, or the connection broke, the client does it: it sends it, or tries again.
        """
        line: Any = getattr(self._lines, "mine", None)
        if line is None:
            line = self._lines.mine = self._redis.connection_pool.make_connection()
        try:
            line.send_packed_command([_packed("EVALSHA", script.sha, len(keys), *keys, *given)])
            return line.read_response()
        except (NoScriptError, RedisConnectionError, RedisTimeoutError):
            return script(keys, given)

    def ready(self) -> bool:
        """Whether Redis answers."""
        try:
            return bool(self._redis.ping())
        except Lost:
            return False


Hearing = InDatabase | InRedis
Memory = DatabaseMemory | RedisMemory


def memory(redis_url: str | None) -> Memory:
    """Where conversations are held: in Redis when it has an address, else in the database."""
    return RedisMemory(redis_url) if redis_url else DatabaseMemory()
