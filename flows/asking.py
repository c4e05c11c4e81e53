"""What a member can be asked about what somebody recorded: how each kind of question is worded, and what no does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flows import channel, grievance, i18n
from flows.engine import Place
from flows.grievance import Reason
from flows.talk import Talk
from models.grievances import Category, Complaint, Concerned, Name
from models.questions import Open

_ = i18n.words(__name__)


@dataclass(frozen=True, slots=True)
class Worded:
    """A question in words, and what its two answers are called."""

    text: str
    yes: str
    no: str


def _nothing_more(_talk: Talk, _asked: Open) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of question. `yes` and `no` run in the press that answers, after the answer is kept.

    They may lead somewhere; where they give None, the next question follows, or the menu.
    """

    words: Callable[[Talk, Open], Worded]
    no: Callable[[Talk, Open], Place | None]
    yes: Callable[[Talk, Open], Place | None] = _nothing_more


def contested(
    talk: Talk,
    reason: str,
    barred_id: int | None,
    entry_id: int | None = None,
    lot_id: int | None = None,
    concerned: Concerned = Concerned.OFFICER,
) -> Place:
    """Open a case against what somebody recorded, which they never handle; number and code are shown."""
    speaker = talk.member
    complaint = Complaint(
        Category.MONEY,
        concerned,
        Name.COMMITTEE,
        reason,
        speaker.cooperative_id,
        speaker.member_id,
        talk.phone,
        entry_id=entry_id,
        barred_id=barred_id,
        lot_id=lot_id,
    )
    return grievance.filed(talk, complaint)


def who(asked: Open) -> str:
    """Who recorded what is asked about."""
    return asked.asker or _("Le bureau")


def _day(talk: Talk, asked: Open) -> str:
    return i18n.short_day(date.fromisoformat(asked.facts["on"]), talk.today)


def _payment(talk: Talk, asked: Open) -> Worded:
    facts = asked.facts
    text = _(
        "{who} dit avoir reçu de vous {amount} le {day} ({channel}), pour: {purpose}. C'est juste?",
        who=who(asked),
        amount=talk.member.money(facts["amount"]),
        day=_day(talk, asked),
        channel=channel.channel(facts["channel"]),
        purpose=channel.purpose(facts["towards"]),
    )
    return Worded(text, _("Oui"), _("Non"))


def _payout(talk: Talk, asked: Open) -> Worded:
    facts = asked.facts
    text = _(
        "{who} dit vous avoir payé {amount} le {day} ({channel}), lot {lot}. L'avez-vous reçu?",
        who=who(asked),
        amount=talk.member.money(facts["amount"]),
        day=_day(talk, asked),
        channel=channel.channel(facts["channel"]),
        lot=facts["lot"],
    )
    return Worded(text, _("Je l'ai reçu"), _("Je ne l'ai pas reçu"))


PAYMENT = Kind(_payment, lambda talk, asked: contested(talk, Reason.NOT_SO, asked.asked_by, asked.facts["entry_id"]))
PAYOUT = Kind(
    _payout, lambda talk, asked: contested(talk, Reason.NOT_RECEIVED, asked.asked_by, asked.facts["entry_id"])
)
