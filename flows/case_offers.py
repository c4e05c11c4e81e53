"""What can be done with a case now, as options whose digits never change; the models have the last word."""

from collections.abc import Iterator

from flows import case_people, case_say, case_settle, case_work, i18n
from flows.case_people import Whom
from flows.case_say import Say
from flows.engine import Option, to
from models.grievances import Did, Lane, State, steps
from models.grievances.kinds import mediated
from models.grievances.reading import Whole

_ = i18n.words(__name__)


def _can(whole: Whole, did: Did) -> bool:
    return whole.state in steps.MOVES[did].within


def _nobodys(whole: Whole) -> bool:
    """Whether somebody can take it: nobody handles it, or it was only given to somebody who has not said yes."""
    return whole.handler is None or whole.state is State.ASSESSED


def offered(whole: Whole) -> list[Option]:
    """All that the desk can do with a case."""
    handled = whole.mine and whole.state is not State.ASSESSED
    return [*_desk(whole), *_together(whole), *(_handler(whole) if handled else ())]


def _desk(whole: Whole) -> Iterator[Option]:
    case_id = whole.case_id
    if _can(whole, Did.ACKNOWLEDGED):
        yield Option(_("Accuser réception"), to(case_work.acknowledge, case_id), number=2)
    if _can(whole, Did.TAKEN) and _nobodys(whole):
        yield Option(_("Prendre ou confier"), to(case_work.hands, case_id), number=3)
    if _can(whole, Did.ESCALATED):
        yield Option(_("Transmettre au-dessus"), to(case_say.say, case_id, Say.SEND_UP), number=6)
    if _can(whole, Did.WROTE):
        yield Option(_("Écrire à la personne"), to(case_say.say, case_id, Say.WRITE), number=7)
    if _can(whole, Did.ASSESSED):
        yield Option(_("Examiner"), case_work.look_at(whole), number=10)
    if _can(whole, Did.RECUSED):
        yield Option(_("Je me récuse"), to(case_work.recuse_sure, case_id), number=11)
    if _can(whole, Did.OUT_OF_SCOPE):
        yield Option(_("Pas de notre ressort"), to(case_say.say, case_id, Say.OUT_OF_SCOPE), number=16)
    if _can(whole, Did.REFERRED) and (whole.mine or whole.handler is None):
        yield Option(_("Confier à un service"), to(case_say.say, case_id, Say.REFER), number=17)


def _together(whole: Whole) -> Iterator[Option]:
    """What other people and other cases have to do with it."""
    if _can(whole, Did.ACCUSED):
        yield Option(_("Nommer qui est en cause"), to(case_people.where, whole.case_id, Whom.ACCUSED), number=13)
    if _can(whole, Did.MERGED) and whole.lane is not Lane.SENSITIVE:
        yield Option(_("Joindre à un pareil"), to(case_people.like, whole.case_id), number=19)


def _handler(whole: Whole) -> Iterator[Option]:
    case_id = whole.case_id
    talking = mediated(whole.lane, whole.category)
    if talking and _can(whole, Did.SESSION_SET):
        yield Option(_("Fixer une séance"), to(case_settle.when, case_id), number=4)
    if _can(whole, Did.PROPOSED):
        yield Option(_("Proposer une solution"), to(case_say.say, case_id, Say.PROPOSE), number=5)
    if talking and _can(whole, Did.INVITED):
        yield Option(_("Inviter l'autre partie"), to(case_people.where, case_id, Whom.INVITED), number=14)
    if _can(whole, Did.PROMISED):
        yield Option(_("Promesses"), to(case_settle.promises, case_id), number=15)
    if _can(whole, Did.CHECKED):
        yield Option(_("Réponse du service"), to(case_say.say, case_id, Say.HEARD), number=18)
    if _can(whole, Did.PAPER_NOTED):
        yield Option(_("Papier signé"), to(case_settle.paper_sure, case_id), number=20)
    if _can(whole, Did.ASKED):
        yield Option(_("Demander si c'est réglé"), to(case_say.say, case_id, Say.SETTLED), number=21)
    if whole.state is State.APPEALED:
        yield Option(_("Décider et terminer"), to(case_say.say, case_id, Say.CLOSE), number=21)
    if _can(whole, Did.INQUIRED):
        yield Option(_("Chercher les faits"), to(case_settle.inquire, case_id), number=22)
