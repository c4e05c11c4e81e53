"""Who is late with dues, for who leads them: by member number, the name hidden, and each look is kept."""

from flows import i18n
from flows.engine import Menu, Option, Place, action, screen, to
from flows.guards import officer
from flows.talk import Talk
from models import late, looks
from models.late import LOOKERS, Late
from models.looks import Seen

_ = i18n.words(__name__)

looker = officer(*LOOKERS)


@screen(needs=looker, deep=False)
def home(talk: Talk) -> Menu:
    text = _("Retards de cotisation de votre groupe. Chaque lecture est notée avec votre numéro.")
    return Menu(text, [Option(_("Voir la liste"), to(look))])


@action(needs=looker)
def look(talk: Talk) -> Place:
    looks.note(talk.db, talk.hand, Seen.ARREARS, talk.now)
    return to(listed)


@screen(needs=looker, deep=False, resumes=False)
def listed(talk: Talk) -> Menu:
    found = late.of(talk.db, talk.hand, talk.today)
    lines = [_line(talk, each) for each in found]
    return Menu("\n".join([_("En retard, par membre") if lines else _("Personne n'est en retard."), *lines]))


def _line(talk: Talk, each: Late) -> str:
    """A member by number and initials; the amount only for who keeps or watches the money."""
    who = f"{each.number} {each.initials}"
    if each.amount is None:
        return _("{who}: depuis le {day}", who=who, day=i18n.short_day(each.since, talk.today))
    return _("{who}: {amount} depuis le {day}", who=who, amount=talk.member.money(each.amount), day=_day(talk, each))


def _day(talk: Talk, each: Late) -> str:
    return i18n.short_day(each.since, talk.today)
