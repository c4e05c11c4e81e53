"""What was done to members since they complained: the level above sees it, to ask at the cooperative how it goes."""

from collections.abc import Mapping

from flows import case_words, desk, i18n
from flows.desk import at_desk
from flows.engine import Menu, Option, screen
from flows.talk import Talk
from models.grievances import touched
from models.grievances.touched import Touch, What

_ = i18n.words(__name__)
mark = i18n.mark

SHOWN = 20
WHAT: Mapping[What, str] = {
    What.DUE: mark("cotisation, comme à d'autres"),
    What.DUE_ALONE: mark("cotisation, à cette personne seule"),
    What.PENALTY: mark("pénalité, comme à d'autres"),
    What.PENALTY_ALONE: mark("pénalité, à cette personne seule"),
    What.WORK: mark("travail noté par d'autres"),
    What.LEFT: mark("n'est plus membre"),
}


@screen(needs=at_desk, deep=False, resumes=False)
def home(talk: Talk) -> Menu:
    found = touched.told(talk.db, talk.hand, talk.now)
    title = _("Depuis leur plainte, sans leur nom:") if found else _("Rien n'est noté depuis une plainte.")
    lines = [title, *(_line(talk, each) for each in found[:SHOWN])]
    return Menu("\n".join(lines), [Option(_("Mes dossiers"), desk.cases(), number=21)])


def _line(talk: Talk, touch: Touch) -> str:
    day = i18n.short_day(touch.on, talk.today)
    return f"{day} {touch.body}, {case_words.subject(touch.category)}: {_(WHAT[touch.what])}"
