"""Who else is in a case: whom it is about, the other side that is invited, and a like case it is handled with."""

from collections.abc import Mapping
from enum import StrEnum

from flows import answers, desk, i18n
from flows.desk import back, case_open
from flows.engine import Ask, Menu, Option, Place, action, screen, to
from flows.talk import Talk
from models import cooperatives, members
from models.grievances import Stop, Unknown, deciding, sight, tree, work

_ = i18n.words(__name__)
mark = i18n.mark


class Whom(StrEnum):
    """What a member is named for."""

    ACCUSED = "accused"
    INVITED = "invited"


ASKED: Mapping[Whom, str] = {
    Whom.ACCUSED: mark("Qui est en cause? Son numéro de membre (8 et 9 sont des chiffres):"),
    Whom.INVITED: mark("Qui est l'autre partie? Son numéro de membre (8 et 9 sont des chiffres):"),
}
SURE: Mapping[Whom, str] = {
    Whom.ACCUSED: mark(
        "{name} ({number}) est en cause? Cette personne et ses proches ne verront pas le dossier. "
        "Si elle est de votre bureau, il va au-dessus, ou une deuxième personne la nomme aussi."
    ),
    Whom.INVITED: mark(
        "Inviter {name} ({number})? Il lira la séance et la solution, jamais les mots ni qui se plaint."
    ),
}
DONE: Mapping[Whom, str] = {
    Whom.ACCUSED: mark(
        "C'est noté. Si elle est de votre bureau, ou si le dossier restait sans personne, un autre membre doit la "
        "nommer aussi."
    ),
    Whom.INVITED: mark("Invité. Un SMS lui dit qu'il a une nouvelle, sans le sujet."),
}


@screen(needs=case_open, deep=False, resumes=False)
def where(talk: Talk, case_id: int, whom: Whom) -> Ask[str] | Menu:
    """A case may be about somebody where it arose, here, or above, where it may go next."""
    bodies = _bodies(talk, case_id, whom)
    if len(bodies) == 1:
        return who(talk, case_id, whom, bodies[0])
    names = dict(cooperatives.names(talk.db, bodies))
    return Menu(
        _("Membre de quelle coopérative?"), [Option(names[body], to(who, case_id, whom, body)) for body in bodies]
    )


def _bodies(talk: Talk, case_id: int, whom: Whom) -> list[int]:
    """Whose register is asked: where the case arose, and here; and for who is in cause all that may handle it yet.

    Somebody above is named before it goes to them: there they would read it first.
    """
    home, here = sight.seen(talk.db, talk.hand, case_id).home_id, talk.member.cooperative_id
    above = tree.ladder(talk.db, home) if whom is Whom.ACCUSED else []
    found = [each for each in (home, *above, here) if each is not None]
    return list(dict.fromkeys(found))


@screen(needs=case_open, deep=False, resumes=False)
def who(talk: Talk, case_id: int, whom: Whom, body_id: int) -> Ask[str]:
    return Ask(
        _(ASKED[whom]),
        read=answers.member_number,
        then=lambda number: to(sure, case_id, whom, body_id, number),
        keys=answers.COUNTING,
    )


def _member(talk: Talk, case_id: int, whom: Whom, body_id: int, number: str) -> int | None:
    """The member of a number, in a register that may be asked for this; nobody's else is read."""
    if body_id not in _bodies(talk, case_id, whom):
        return None
    return members.by_number(talk.db, body_id, number)


@screen(needs=case_open, deep=False, resumes=False)
def sure(talk: Talk, case_id: int, whom: Whom, body_id: int, number: str) -> Menu:
    member_id = _member(talk, case_id, whom, body_id, number)
    if member_id is None:
        return desk.refused(talk, case_id, Stop.NO_SUCH_MEMBER)
    name = members.name(talk.db, member_id) or ""
    return Menu(
        _(SURE[whom], name=name, number=number),
        [Option(_("Oui"), to(put, case_id, whom, body_id, number)), Option(_("Non"), desk.page(case_id))],
    )


@action(needs=case_open)
def put(talk: Talk, case_id: int, whom: Whom, body_id: int, number: str) -> Place:
    member_id = _member(talk, case_id, whom, body_id, number)
    if member_id is None:
        return to(desk.refused, case_id, Stop.NO_SUCH_MEMBER)
    do = work.accuse if whom is Whom.ACCUSED else deciding.invite
    return desk.done(
        talk, case_id, to(noted, case_id, whom), lambda: do(talk.db, talk.hand, case_id, member_id, talk.now)
    )


@screen(needs=case_open, deep=False, resumes=False)
def noted(talk: Talk, case_id: int, whom: Whom) -> Menu:
    return Menu(_(DONE[whom]), [back(case_id)])


@screen(needs=case_open, deep=False, resumes=False)
def like(talk: Talk, case_id: int) -> Ask[str]:
    return Ask(
        _("Numéro du dossier pareil, à votre bureau (6 chiffres):"),
        read=answers.case_number,
        then=lambda reference: to(merge, case_id, reference),
    )


@action(needs=case_open)
def merge(talk: Talk, case_id: int, reference: str) -> Place:
    try:
        into = sight.find(talk.db, talk.hand, reference)
    except Unknown:
        return to(unlike, case_id)
    return desk.done(
        talk, case_id, to(merged, case_id), lambda: work.merge(talk.db, talk.hand, case_id, into, talk.now)
    )


@screen(needs=case_open, deep=False, resumes=False)
def unlike(talk: Talk, case_id: int) -> Menu:
    options = [Option(_("Un autre numéro"), to(like, case_id)), back(case_id)]
    return Menu(_("Ce numéro n'est pas à votre bureau."), options)


@screen(needs=case_open, deep=False, resumes=False)
def merged(talk: Talk, case_id: int) -> Menu:
    return Menu(
        _("Joint. Les deux dossiers sont traités ensemble. Chaque personne garde son numéro et son code."),
        [Option(_("Mes dossiers"), desk.cases())],
    )
