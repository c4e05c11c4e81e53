"""Talk: what a screen knows of the press it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from flows import i18n
from flows.engine import UnknownPlace
from flows.engine.memory import Known
from models import callers, members, messages
from models.hands import Hand
from models.members import Speaker


class Stranger(UnknownPlace):
    """A member's screen was asked for somebody who is no member, or has not said which one."""


@dataclass(slots=True)
class Talk:
    """One press: who calls, when, and the key that makes what it changes unique.

    `prices` are what one SMS costs, by the first digits of a number.
    """

    db: Connection
    now: datetime
    phone: str
    key: str
    service_code: str
    speakers: list[Speaker]
    known: Known
    language: str
    greeted: bool
    by_sms: bool = False
    prices: Mapping[str, float] = field(default_factory=dict)

    @property
    def somebody(self) -> Speaker | None:
        """The member who speaks, when it is known who."""
        if len(self.speakers) == 1:
            return self.speakers[0]
        return next((each for each in self.speakers if each.member_id == self.known.who), None)

    @property
    def member(self) -> Speaker:
        """The member who speaks. Raises Stranger when nobody does."""
        speaker = self.somebody
        if speaker is None:
            raise Stranger
        return speaker

    @property
    def hand(self) -> Hand:
        """Who turns a key, from which phone and in which session. Raises Stranger when nobody speaks."""
        speaker = self.member
        session = self.key.rpartition(":")[0]
        return Hand(speaker.member_id, speaker.cooperative_id, speaker.role, self.phone, session)

    @property
    def today(self) -> date:
        """The date where the cooperative of the speaker is."""
        return self.member.today(self.now)

    def send(self, kind: str, facts: dict[str, object]) -> None:
        """Send an SMS to the phone that speaks: the fact, whose words are found at sending."""
        messages.reply(self.db, self.phone, self.language, kind, facts, f"{kind}:{self.key}", self.now)

    def day(self, moment: datetime) -> date:
        """The date of a moment where the cooperative of the speaker is; in UTC for a stranger."""
        return moment.astimezone(self.somebody.zone if self.somebody else UTC).date()

    def again(self, db: Connection, known: Known) -> "Talk":
        """The same talk, in the transaction that comes after something was worked out."""
        return replace(self, db=db, known=known)


def begin(
    db: Connection,
    now: datetime,
    phone: str,
    key: str,
    service_code: str,
    known: Known,
    by_sms: bool = False,
    prices: Mapping[str, float] | None = None,
) -> Talk:
    """The talk of a press: who has this number is read afresh each time, so a role taken away is gone at once."""
    speakers = members.on_phone(db, phone)
    chosen = None if speakers else callers.language(db, phone)
    talk = Talk(
        db,
        now,
        phone,
        key,
        service_code,
        speakers,
        known,
        chosen or i18n.SOURCE,
        bool(speakers or chosen),
        by_sms,
        prices or {},
    )
    if speakers:
        talk.language = (talk.somebody or speakers[0]).language
    return talk
