"""What a committee says of a case in words: to the complainant, to both sides, to whoever it is sent to."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from flows import answers, desk, i18n
from flows.desk import at_desk, back, case_open
from flows.engine import Ask, Menu, Option, Place, action, screen, to
from flows.talk import Talk
from models.grievances import deciding, merging, work

_ = i18n.words(__name__)
mark = i18n.mark


class Say(StrEnum):
    """What words are for."""

    WRITE = "write"
    OUT_OF_SCOPE = "out_of_scope"
    PROPOSE = "propose"
    REFER = "refer"
    HEARD = "heard"
    SETTLED = "settled"
    CLOSE = "close"
    SEND_UP = "send_up"


ASKED: Mapping[Say, str] = {
    Say.WRITE: mark("Votre question ou votre mot. La personne le lira avec son code:"),
    Say.OUT_OF_SCOPE: mark("Pourquoi ce n'est pas de notre ressort? La personne le lira:"),
    Say.PROPOSE: mark("La solution proposée. Les deux parties liront ces mots:"),
    Say.REFER: mark("À quel service? La personne lira son nom:"),
    Say.HEARD: mark("Qu'a répondu le service?\n1 Pas de nouvelle"),
    Say.SETTLED: mark("Qu'est-ce qui est fait? La personne le lira et dira si c'est réglé:"),
    Say.CLOSE: mark("Votre décision et pourquoi. La personne la lira:"),
    Say.SEND_UP: mark("Pourquoi transmettre au-dessus?\n1 Sans raison écrite"),
}
# Nothing to say is an answer here.
SILENT = (Say.HEARD, Say.SEND_UP)
SAID: Mapping[Say, str] = {
    Say.WRITE: mark("C'est écrit. La personne le lira avec son code."),
    Say.OUT_OF_SCOPE: mark("C'est noté. La personne lira pourquoi et peut faire un recours."),
    Say.PROPOSE: mark("Proposé aux deux parties. Sans réponse, le dossier reste ouvert."),
    Say.REFER: mark("Confié. À vous de demander la suite à 14, 30 et 60 jours."),
    Say.HEARD: mark("C'est noté."),
    Say.SETTLED: mark("Demandé. Si la personne dit oui, le dossier est terminé. Si elle dit non, il est rouvert."),
    Say.CLOSE: mark("Terminé. La personne peut rouvrir pendant 12 mois."),
}


@screen(needs=case_open, deep=False, resumes=False)
def say(talk: Talk, case_id: int, what: Say) -> Ask[str]:
    return Ask(
        _to_all(talk, case_id, what) + _(ASKED[what]),
        read=answers.words if what in SILENT else answers.some_words,
        then=lambda words: to(sure, case_id, what, words),
        free=True,
    )


def _to_all(talk: Talk, case_id: int, what: Say) -> str:
    """How many will read the words, where other cases are handled with this one."""
    many = len(merging.family(talk.db, case_id))
    return _("Lu par {count} personnes.", count=many) + "\n" if many > 1 and what is not Say.SEND_UP else ""


@screen(needs=case_open, deep=False, resumes=False)
def sure(talk: Talk, case_id: int, what: Say, words: str) -> Menu:
    text = words or _("Sans mots.")
    if what is Say.SEND_UP:
        text = _("Transmettre au niveau au-dessus? Vous ne le verrez plus.") + "\n" + text
    return Menu(
        text,
        [
            Option(_("Envoyer"), to(send, case_id, what, words)),
            Option(_("Écrire autre chose"), to(say, case_id, what)),
            back(case_id),
        ],
    )


@action(needs=case_open)
def send(talk: Talk, case_id: int, what: Say, words: str) -> Place:
    onward = to(sent_up) if what is Say.SEND_UP else to(said, case_id, what)
    return desk.done(talk, case_id, onward, lambda: _do(talk, case_id, what, words))


def _do(talk: Talk, case_id: int, what: Say, words: str) -> None:
    db, hand, now = talk.db, talk.hand, talk.now
    deeds: Mapping[Say, Callable[[], None]] = {
        Say.WRITE: lambda: work.write(db, hand, case_id, words, talk.key, now),
        Say.OUT_OF_SCOPE: lambda: work.turn_down(db, hand, case_id, words, now),
        Say.PROPOSE: lambda: deciding.propose(db, hand, case_id, words, [], now),
        Say.REFER: lambda: deciding.refer(db, hand, case_id, words, now),
        Say.HEARD: lambda: deciding.check(db, hand, case_id, words or None, now),
        Say.SETTLED: lambda: deciding.close(db, hand, case_id, words, now),
        Say.CLOSE: lambda: deciding.close(db, hand, case_id, words, now),
        Say.SEND_UP: lambda: work.escalate(db, hand, case_id, words or None, now),
    }
    deeds[what]()


@screen(needs=case_open, deep=False, resumes=False)
def said(talk: Talk, case_id: int, what: Say) -> Menu:
    return Menu(_(SAID[what]), [back(case_id)])


@screen(needs=at_desk, deep=False, resumes=False)
def sent_up(talk: Talk) -> Menu:
    text = _("Transmis au-dessus avec l'historique. Vous ne le voyez plus. La personne le lira avec son code.")
    return Menu(text, [Option(_("Mes dossiers"), desk.cases())])
