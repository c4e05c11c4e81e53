"""A press comes in, a page goes out."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import partial

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from flows import i18n, talk
from flows.engine import Place, sentences
from flows.engine.conversation import Turn
from flows.engine.memory import Conversation, Known, Reply
from flows.engine.talking import Apart
from flows.home import DOORS, DOORS_BY_SMS
from flows.talk import Talk
from models import gsm, vault
from models.failpoints import reach
from ussd_app.clock import Clock
from ussd_app.db import begin, settle, transaction
from ussd_app.gateways import Press
from ussd_app.memory import Hearing, Lost, Memory

log = logging.getLogger(__name__)

# No network holds a session for so long; what was opened with a code in it must not stay open.
LASTS = timedelta(minutes=15)
# An SMS may take long, and nothing that needs a code is opened by it.
LASTS_BY_SMS = timedelta(hours=1)


class Awaits(Enum):
    """What the page of a conversation by SMS can be answered with."""

    A_NUMBER = 1
    WORDS = 2


@dataclass(frozen=True, slots=True)
class _Aside:
    """What is worked out with no transaction open, and the talk it was asked in."""

    talk: Talk
    work: Callable[[], Place]


@dataclass(frozen=True, slots=True)
class Switchboard:
    """Answers presses."""

    engine: Engine
    memory: Memory
    clock: Clock
    service_code: str
    prices: Mapping[str, float]

    def answer(self, press: Press) -> Reply:
        """Answer a press. Raises nothing: what goes wrong ends the session with one sentence."""
        try:
            return self.hear(press)
        except (SQLAlchemyError, Lost) as error:
            log.error("press not answered: %s", type(error).__name__)
        except Exception as error:
            log.error("press not answered: %s at %s", type(error).__name__, _where(error))
        return _sorry(sentences.no_answer_to_a_press if press.text else sentences.no_answer)

    def hear(self, press: Press) -> Reply:
        """Answer a press. Raises whatever goes wrong."""
        with self.memory.hearing(press, self.clock()) as hearing:
            return self._heard(press, hearing)

    def awaits(self, press: Press) -> Awaits | None:
        """What the conversation awaits that a press by SMS would go on with, or was answered with; None without one."""
        with self.memory.hearing(press, self.clock()) as hearing, transaction(self.engine, lightly=True) as db:
            conversation = hearing.conversation(db)
        if _digest(conversation, press.step or "") in conversation.answers:
            return Awaits.WORDS
        late = self.clock().timestamp() - conversation.at > LASTS_BY_SMS.total_seconds()
        if conversation.heard is None or conversation.over or late:
            return None
        return Awaits.WORDS if conversation.asks else Awaits.A_NUMBER

    def _heard(self, press: Press, hearing: Hearing) -> Reply:
        with transaction(self.engine, lightly=True, later=not hearing.in_database, alone=hearing.alone) as db:
            answered = self._turn(db, press, hearing, None, None)
        if isinstance(answered, Reply):
            if hearing.acted:
                settle(self.engine)
                reach("press-committed")
            return answered
        # A secret code takes long to weigh: the attempt is committed by now, and nobody waits for this.
        settled = answered.work()
        with transaction(self.engine, alone=hearing.alone) as db:
            again = self._turn(db, press, hearing, answered.talk, settled)
        reach("press-committed")
        assert isinstance(again, Reply)  # noqa: S101 - what is settled is not worked out again
        return again

    def _turn(
        self, db: Connection, press: Press, hearing: Hearing, before: Talk | None, settled: Place | None
    ) -> Reply | _Aside:
        conversation = hearing.conversation(db)
        if conversation.phone != hearing.caller:
            log.warning("a session was continued from another phone")
            return _sorry(sentences.ended)

        heard = _digest(conversation, press.text if press.step is None else press.step)
        before_it = conversation.heard
        if press.begins and before_it is not None and heard not in conversation.answers:
            conversation.begin_again()
        lasts = LASTS_BY_SMS if press.by_sms else LASTS
        late = conversation.heard is not None and hearing.now.timestamp() - conversation.at > lasts.total_seconds()
        key = f"{conversation.session}:{heard}"
        known = conversation.known
        speaking = before.again(db, known) if before else self._talk(db, press, hearing.now, key, known)
        turn = Turn(
            conversation,
            speaking,
            DOORS_BY_SMS if press.by_sms else DOORS,
            partial(_digest, conversation),
            recall=lambda: hearing.recall(db, heard),
            changing=lambda: begin(db),
            late=late,
            settled=settled,
        )
        follows = press.step is None
        answered = turn.hear(heard, press.text) if follows else turn.hear_step(heard, press.text, press.begins)
        if isinstance(answered, Apart):
            return _Aside(speaking, answered.work)
        if conversation.heard != before_it:  # a repeat and a refusal leave everything as it was
            hearing.keep(db, conversation, answered if turn.acted else None)
        return answered

    def _talk(self, db: Connection, press: Press, now: datetime, key: str, known: Known) -> Talk:
        return talk.begin(db, now, press.phone, key, self.service_code, known, press.by_sms, self.prices)


def _digest(conversation: Conversation, text: str) -> str:
    """What a press is known by in its session."""
    return vault.digest("heard", f"{conversation.session} {text}")[:32]


def _where(error: Exception) -> str:
    """The place in the code, never the values: an error's own words may hold what was typed."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}"


def _sorry(sentence: Callable[[], str]) -> Reply:
    return Reply(gsm.to_gsm7(sentence(), i18n.SOURCE).text, over=True)
