"""Who watches over cases without handling them: what is late, who read one, and what two keys open."""

from sqlalchemy import Connection

from flows import case_words, i18n, roles
from flows.engine import Menu, Option, Place, UnknownPlace, action, screen, to
from flows.guards import officer
from flows.talk import Talk
from models.grievances import Unknown, glass, sight, tree
from models.grievances import readings as read_by
from models.grievances.glass import Asked
from models.grievances.readings import Reading
from models.grievances.scopes import WATCHERS
from models.grievances.sight import LateLine
from models.hands import Bar, Hand, NotAllowed
from models.members import Role

_ = i18n.words(__name__)
mark = i18n.mark

watching = officer(*WATCHERS)
reading = officer(*WATCHERS, Role.GENDER_PRESIDENT)  # the desk chosen in private watches over its own readings
SHOWN, ASKED = 20, 5
READ = {
    "page": mark("dossier ouvert"),
    "words": mark("mots lus"),
    "list": mark("liste, au bureau"),
    "show": mark("dossier, au bureau"),
    "export": mark("fichier"),
    glass.WHAT: mark("ouvert avec deux clés"),
}


BARS = {
    Bar.SAME_PERSON: mark("C'est votre demande: une autre personne doit décider."),
    Bar.SAME_PHONE: mark("Ce téléphone est celui de la demande: décidez depuis un autre."),
    Bar.NOT_WAITING: mark("Cette demande n'attend plus: décidée, ou plus de 24 heures."),
}


def watches(db: Connection, hand: Hand) -> bool:
    """Whether somebody watches over others' cases: the surveillance at home, and a committee over what is below it."""
    if hand.role is Role.SURVEILLANCE:
        return True
    return hand.role in WATCHERS and bool(tree.below(db, hand.cooperative_id))


def wanted(talk: Talk) -> int:
    """How many openings of a case wait for the speaker's key."""
    return sum(each.waits(talk.now) and not each.mine for each in glass.newest(talk.db, talk.hand, ASKED))


@screen(needs=watching, deep=False, resumes=False)
def late(talk: Talk) -> Menu:
    found = sight.late(talk.db, talk.hand, talk.now)
    if not found:
        return Menu(_("Aucun dossier n'est en retard."))
    lines = [_("En retard: {count}", count=len(found)), *(_late(talk, each) for each in found[:SHOWN])]
    return Menu("\n".join(lines))


def _late(talk: Talk, each: LateLine) -> str:
    days = max(1, (talk.today - talk.day(each.due_at)).days)
    return _("{body}, {subject}: {days} j", body=each.body, subject=case_words.subject(each.category), days=days)


@screen(needs=reading, deep=False, resumes=False)
def readings(talk: Talk) -> Menu:
    """Who read cases here, and what was asked to be opened with two keys; never which case."""
    asked = glass.newest(talk.db, talk.hand, ASKED)
    read = read_by.newest(talk.db, talk.hand, SHOWN)
    title = _("Qui a lu des dossiers") if asked or read else _("Personne n'a lu de dossier.")
    options = [Option(_label(talk, each), to(opening, each.glass_id)) for each in asked]
    return Menu("\n".join([title, *(_read(talk, each) for each in read)]), options)


def _read(talk: Talk, each: Reading) -> str:
    at = each.at.astimezone(talk.member.zone)
    when = f"{i18n.short_day(at, talk.today)} {i18n.hour(at)}"
    return f"{when} {each.number}, {roles.role(each.role)}: {_(READ[each.what]) if each.what in READ else each.what}"


def _label(talk: Talk, each: Asked) -> str:
    day = i18n.short_day(talk.day(each.asked_at), talk.today)
    return _("Ouverture demandée le {day}, {body} {number}", day=day, body=each.body, number=each.number)


@screen(needs=watching, deep=False, resumes=False)
def opening(talk: Talk, glass_id: int) -> Menu:
    try:
        found = glass.one(talk.db, talk.hand, glass_id)
    except Unknown as error:
        raise UnknownPlace("watch.opening") from error
    role = roles.role(found.role)
    lines = [
        _(
            "{body}: membre {number} ({role}) demande à lire un dossier.",
            body=found.body,
            number=found.number,
            role=role,
        ),
        _("Raison: {why}", why=found.why),
        _state(talk, found),
    ]
    back = Option(_("Qui a lu"), to(readings), number=20)
    if found.mine or not found.waits(talk.now):
        return Menu("\n".join(lines), [back])
    yes = Option(_("Accepter"), to(decide, glass_id, True))
    return Menu("\n".join(lines), [yes, Option(_("Refuser"), to(decide, glass_id, False)), back], read_first=True)


def _state(talk: Talk, found: Asked) -> str:
    if found.granted is None:
        return _("La deuxième clé manque.") if found.waits(talk.now) else _("Personne n'a décidé en 24 heures.")
    if not found.granted:
        return _("Refusé par le membre {number}.", number=found.decided_by)
    said = _("Accepté par le membre {number}.", number=found.decided_by)
    return said if found.opened_at is None else said + " " + _("Le dossier a été lu.")


@action(needs=watching)
def decide(talk: Talk, glass_id: int, granted: bool) -> Place:
    try:
        glass.decide(talk.db, talk.hand, glass_id, granted, talk.now)
    except NotAllowed as error:
        return to(barred, error.bar)
    except Unknown as error:
        raise UnknownPlace("watch.decide") from error
    return to(opening, glass_id)


@screen(needs=watching, deep=False, resumes=False)
def barred(talk: Talk, bar: Bar) -> Menu:
    return Menu(_(BARS[bar if bar in BARS else Bar.NOT_WAITING]), [Option(_("Qui a lu"), to(readings), number=20)])
