"""Threats over cases below: somebody who complained is threatened, and the level above those who handle it is told."""

from flows import case_words, desk, i18n, reprisal
from flows.desk import at_desk
from flows.engine import Menu, Option, Place, action, screen, to
from flows.talk import Talk
from models.grievances import Refused, Unknown, threats
from models.grievances.steps import OVER
from models.grievances.threats import Threat

_ = i18n.words(__name__)

LISTED = 6


@screen(needs=at_desk, deep=False, resumes=False)
def home(talk: Talk, start: int = 0) -> Menu:
    told = threats.told(talk.db, talk.hand)
    options = [Option(_label(talk, each), to(read, each.threat_id)) for each in told[start : start + LISTED]]
    if start + LISTED < len(told):
        options.append(Option(_("Les suivantes"), to(home, start + LISTED), number=20))
    options.append(Option(_("Mes dossiers"), desk.cases(), number=21))
    options.append(Option(_("Fait à ceux qui se plaignent"), to(reprisal.home), number=22))
    return Menu(_("Menaces signalées") if told else _("Aucune menace n'est signalée."), options)


def _label(talk: Talk, told: Threat) -> str:
    day = i18n.short_day(talk.day(told.at), talk.today)
    new = "" if told.seen_at else _(", à lire")
    return f"{day} {case_words.subject(told.category)}{new}"


@action(needs=at_desk)
def read(talk: Talk, threat_id: int) -> Place:
    """That the threat was read here is kept."""
    try:
        threats.see(talk.db, talk.hand, threat_id, talk.now)
    except Unknown:
        return to(home)
    return to(show, threat_id)


@screen(needs=at_desk, deep=False, resumes=False)
def show(talk: Talk, threat_id: int) -> Menu:
    found = next((each for each in threats.told(talk.db, talk.hand) if each.threat_id == threat_id), None)
    if found is None:
        return Menu(_("Cette menace n'est plus à lire ici."), [Option(_("Menaces signalées"), to(home))])
    lines = [
        _("La personne dit qu'on la menace."),
        f"{case_words.subject(found.category)}, {case_words.state(found.state)}",
        _("Traité par: {name}", name=found.body or _("personne")),
    ]
    if found.gave_up:
        lines.append(_("La plainte a été retirée ensuite."))
    options = [Option(_("Prendre le dossier chez nous"), to(sure, threat_id)), Option(_("Menaces signalées"), to(home))]
    return Menu("\n".join(lines), options)


@screen(needs=at_desk, deep=False, resumes=False)
def sure(talk: Talk, threat_id: int) -> Menu:
    return Menu(
        _("Le dossier vient à votre bureau. Ceux d'en bas ne le verront plus."),
        [Option(_("Le prendre"), to(take, threat_id)), Option(_("Non"), to(show, threat_id))],
    )


@action(needs=at_desk)
def take(talk: Talk, threat_id: int) -> Place:
    try:
        with talk.db.begin_nested():
            threats.call_up(talk.db, talk.hand, threat_id, talk.now)
    except (Refused, Unknown):
        told = threats.told(talk.db, talk.hand)
        return to(kept, any(each.threat_id == threat_id and each.state in OVER for each in told))
    return desk.cases()


@screen(needs=at_desk, deep=False, resumes=False)
def kept(talk: Talk, over: bool) -> Menu:
    text = _("Ce dossier ne peut pas venir ici: il y est déjà, ou il est plus haut.")
    if over:
        text = _("Ce dossier est retiré ou terminé. La personne seule peut le rouvrir, avec son code.")
    return Menu(text, [Option(_("Menaces signalées"), to(home))])
