"""The sharing rule that is in force, for every member to read: one step a line, its version, its basis, its date."""

from flows import i18n, steps
from flows.engine import Menu, Option, screen, to
from flows.guards import member
from flows.talk import Talk
from models import rules
from models.rules import Written

_ = i18n.words(__name__)


@screen(needs=member)
def home(talk: Talk) -> Menu:
    standing = rules.in_force(talk.db, talk.member.cooperative_id, talk.today)
    if len(standing) == 1:
        return Menu(worded(talk, standing[0]))
    options = [
        Option(_("{name}, version {version}", name=each.name, version=each.version), to(show, each.rule_id))
        for each in standing
    ]
    return Menu(_("Règles de partage") if options else _("Aucune règle de partage n'est encore écrite."), options)


@screen(needs=member)
def show(talk: Talk, rule_id: int) -> Menu:
    found = rules.rule(talk.db, rule_id)
    if found is None or found.cooperative_id != talk.member.cooperative_id:
        return Menu(_("Aucune règle de partage n'est encore écrite."))
    return Menu(worded(talk, found))


def worded(talk: Talk, written: Written) -> str:
    """The rule as it is read: what it is called and rests on, then its steps, each on one line."""
    taken = written.rule.steps
    return "\n".join(
        [
            _("Règle {name}, version {version}", name=written.name, version=written.version),
            steps.basis(written),
            _("Depuis le {day}", day=i18n.day(written.valid_from)),
            _("Les frais du lot d'abord, avec reçu ou témoin. Puis:"),
            *(f"- {steps.said(talk, written.unit, taken, number)}" for number in range(1, len(taken) + 1)),
        ]
    )
