"""What members confirm of lots and rules: their work, an advance they had, a spoken agreement; and what a no does.

The page that asks takes its words from here, and goes where `refused` leads.
"""

from datetime import date

from flows import i18n, steps
from flows.asking import Kind, Worded, contested, who
from flows.engine import Place
from flows.grievance import Reason
from flows.talk import Talk
from models import rules
from models.grievances import Concerned
from models.questions import Open
from models.sharing import By

_ = i18n.words(__name__)


def _work(talk: Talk, asked: Open) -> Worded:
    done = steps.done(By(asked.facts["by"]), asked.facts["weight"])
    text = _(
        "{who} a noté pour vous: {done}, lot {lot}. C'est juste?",
        who=who(asked),
        done=done,
        lot=asked.facts["lot"],
    )
    return Worded(text, _("Oui"), _("Non"))


def _advance(talk: Talk, asked: Open) -> Worded:
    text = _(
        "{who} a noté que vous avez eu {amount} le {day} ({label}), à rendre sur votre part. C'est juste?",
        who=who(asked),
        amount=talk.member.money(asked.facts["amount"]),
        day=i18n.short_day(date.fromisoformat(asked.facts["given_on"]), talk.today),
        label=asked.facts["label"],
    )
    return Worded(text, _("Oui"), _("Non"))


def _rule(talk: Talk, asked: Open) -> Worded:
    """A spoken agreement, whole: who says yes must have read it."""
    written = rules.rule(talk.db, asked.facts["rule_id"])
    taken = () if written is None else written.rule.steps
    lines = [
        _("Accord de partage {name}, version {version}:", name=asked.facts["name"], version=asked.facts["version"]),
        *(f"- {steps.said(talk, written.unit, taken, number)}" for number in range(1, len(taken) + 1) if written),
        _("Êtes-vous d'accord?"),
    ]
    return Worded("\n".join(lines), _("Je suis d'accord"), _("Je ne suis pas d'accord"))


def _wrong_days(talk: Talk, asked: Open) -> Place:
    lot_id = asked.facts["lot_id"]
    return contested(talk, Reason.WRONG_DAYS, asked.asked_by, lot_id=lot_id, concerned=Concerned.TEAM)


def _no_advance(talk: Talk, asked: Open) -> Place:
    return contested(talk, Reason.WRONG_COSTS, asked.asked_by, entry_id=asked.facts["entry_id"])


def _no_agreement(_talk: Talk, _asked: Open) -> None:
    """No to a rule needs no case: the rule is then not in force."""


WORK = Kind(_work, _wrong_days)
ADVANCE = Kind(_advance, _no_advance)
RULE = Kind(_rule, _no_agreement)
