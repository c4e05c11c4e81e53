"""What members confirm of lots and rules: their work, an advance they had, a spoken agreement; and what a no does.

The page that asks takes its words from here, and goes where `refused` leads.
"""

from collections.abc import Callable, Mapping
from datetime import date

from flows import grievance, i18n, steps
from flows.engine import Place, to
from flows.grievance import Reason
from flows.talk import Talk
from models import grievances, members, rules
from models.grievances import Category, Complaint, Concerned, Name
from models.questions import About, Open
from models.sharing import By

_ = i18n.words(__name__)

# A question, and what its yes and its no are called.
Asked = tuple[str, str, str]


def _who(talk: Talk, asked: Open) -> str:
    return members.name(talk.db, asked.asked_by) or _("Le bureau")


def _work(talk: Talk, asked: Open) -> Asked:
    done = steps.done(By(asked.facts["by"]), asked.facts["weight"])
    text = _(
        "{who} a noté pour vous: {done}, lot {lot}. C'est juste?",
        who=_who(talk, asked),
        done=done,
        lot=asked.facts["lot"],
    )
    return text, _("Oui"), _("Non")


def _advance(talk: Talk, asked: Open) -> Asked:
    text = _(
        "{who} a noté que vous avez eu {amount} le {day} ({label}), à rendre sur votre part. C'est juste?",
        who=_who(talk, asked),
        amount=talk.member.money(asked.facts["amount"]),
        day=i18n.short_day(date.fromisoformat(asked.facts["given_on"]), talk.today),
        label=asked.facts["label"],
    )
    return text, _("Oui"), _("Non")


def _rule(talk: Talk, asked: Open) -> Asked:
    """A spoken agreement, whole: who says yes must have read it."""
    written = rules.rule(talk.db, asked.facts["rule_id"])
    taken = () if written is None else written.rule.steps
    lines = [
        _("Accord de partage {name}, version {version}:", name=asked.facts["name"], version=asked.facts["version"]),
        *(f"- {steps.said(talk, written.unit, taken, number)}" for number in range(1, len(taken) + 1) if written),
        _("Êtes-vous d'accord?"),
    ]
    return "\n".join(lines), _("Je suis d'accord"), _("Je ne suis pas d'accord")


WORDS: Mapping[About, Callable[[Talk, Open], Asked]] = {
    About.WORK: _work,
    About.ADVANCE: _advance,
    About.RULE: _rule,
}


def refused(talk: Talk, asked: Open) -> Place | None:
    """What a no does, in the press that says it: a case that whoever wrote it down never handles.

    No to a rule needs no case: the rule is then not in force.
    """
    if asked.about is About.RULE:
        return None
    speaker, work = talk.member, asked.about is About.WORK
    complaint = Complaint(
        Category.MONEY,
        Concerned.TEAM if work else Concerned.OFFICER,
        Name.COMMITTEE,
        Reason.WRONG_DAYS if work else Reason.WRONG_COSTS,
        speaker.cooperative_id,
        speaker.member_id,
        talk.phone,
        entry_id=None if work else asked.facts["entry_id"],
        barred_id=asked.asked_by,
        lot_id=asked.facts["lot_id"] if work else None,
    )
    filed = grievances.file(talk.db, complaint, talk.key, talk.now)
    return to(grievance.kept, filed.reference, filed.code, talk.day(filed.answer_by))
