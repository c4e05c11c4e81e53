"""The cases at one's desk: the list, the page of one, what was said and done. Nothing of it goes by SMS."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flows import answers, case_offers, case_words, i18n, roles, threat
from flows.desk import at_desk, back, case_open, gone, unlock
from flows.engine import Ask, Menu, Option, Place, action, screen, to
from flows.talk import Talk
from models import approvals
from models.grievances import Lane, State, Unknown, notes, reading, readings, sight, threats
from models.grievances.kinds import Side
from models.grievances.notes import Note
from models.grievances.reading import Step, Whole
from models.grievances.sight import Line
from models.vault import InvalidToken

_ = i18n.words(__name__)

LISTED = 6


@screen(needs=at_desk, deep=False, resumes=False)
def home(talk: Talk, start: int = 0) -> Menu:
    lines = _first_of_each(sight.mine(talk.db, talk.hand))
    shown = lines[start : start + LISTED]
    options = list(_listed(talk, shown))
    if start + LISTED < len(lines):
        options.append(Option(_("Les suivants"), to(home, start + LISTED), number=20))
    told = sum(each.seen_at is None for each in threats.told(talk.db, talk.hand))
    options += [
        Option(_("Chercher un numéro"), to(search), number=21),
        Option(_("Menaces signalées ({count})", count=told), to(threat.home), number=22),
        Option(_("Dossiers finis"), to(over), number=23),
    ]
    return Menu(_("Dossiers") if shown else _("Aucun dossier à votre bureau."), options)


def _first_of_each(lines: Sequence[Line]) -> list[Line]:
    """The list without the cases that follow another one of the same caller: those are behind it."""
    found, skip = [], 0
    for line in lines:
        if skip:
            skip -= 1
            continue
        found.append(line)
        skip = line.more
    return found


def _listed(talk: Talk, lines: Sequence[Line]) -> Iterator[Option]:
    for line in lines:
        said = case_words.subject(line.category)
        if line.lane is Lane.SENSITIVE:
            said = case_words.safe(line.safe_time)
        more = f" (+{line.more})" if line.more else ""
        place = to(together, line.case_id) if line.more else unlock(line.case_id)
        yield Option(f"{case_words.number(line.reference)} {said}, {_where(talk, line)}{more}", place)


def _where(talk: Talk, line: Line) -> str:
    """Where a case stands: the state, how many days it is old, and where it is late or has words to read."""
    said = case_words.state(line.state)
    if line.lane is Lane.SENSITIVE and line.state in (State.ACKNOWLEDGED, State.ASSESSED, State.ASSIGNED):
        said = _("à orienter")
    late = " !" if line.late(talk.now) else ""
    unread = _(", à lire") if line.unread else ""
    return said + " " + _("J+{days}", days=_days(talk, line.filed_at)) + late + unread


def _days(talk: Talk, since: datetime) -> int:
    return (talk.today - talk.day(since)).days


@screen(needs=at_desk, deep=False, resumes=False)
def together(talk: Talk, case_id: int, start: int = 0) -> Menu:
    """Many cases of one caller, one behind the other."""
    lines = sight.mine(talk.db, talk.hand)
    first = next((place for place, line in enumerate(lines) if line.case_id == case_id), len(lines))
    mine = lines[first : first + 1 + (lines[first].more if first < len(lines) else 0)]
    shown = mine[start : start + LISTED]
    options = [
        Option(f"{case_words.number(each.reference)} {case_words.subject(each.category)}", unlock(each.case_id))
        for each in shown
    ]
    if start + LISTED < len(mine):
        options.append(Option(_("Les suivants"), to(together, case_id, start + LISTED), number=20))
    return Menu(_("Du même appel"), [*options, Option(_("Mes dossiers"), to(home), number=21)])


@screen(needs=at_desk, deep=False, resumes=False)
def over(talk: Talk, start: int = 0) -> Menu:
    lines = sight.mine(talk.db, talk.hand, over=True)
    options = [
        Option(f"{case_words.number(each.reference)} {case_words.state(each.state)}", unlock(each.case_id))
        for each in lines[start : start + LISTED]
    ]
    if start + LISTED < len(lines):
        options.append(Option(_("Les suivants"), to(over, start + LISTED), number=20))
    options.append(Option(_("Mes dossiers"), to(home), number=21))
    return Menu(_("Dossiers finis") if lines else _("Aucun dossier n'est fini ici."), options)


@screen(needs=at_desk, deep=False, resumes=False)
def search(talk: Talk) -> Ask[str]:
    return Ask(_("Numéro du dossier (6 chiffres):"), read=answers.case_number, then=lambda found: to(find, found))


@action(needs=at_desk)
def find(talk: Talk, reference: str) -> Place:
    """The same is said of a number that is not there, and of one that is not for this desk."""
    try:
        return unlock(sight.find(talk.db, talk.hand, reference))
    except Unknown:
        return to(gone)


@screen(needs=case_open, deep=False, resumes=False)
def show(talk: Talk, case_id: int) -> Menu:
    try:
        whole = reading.whole(talk.db, talk.hand, case_id)
    except InvalidToken:
        text = _("Ce dossier est abîmé, on ne peut pas le lire. Prévenez ceux qui tiennent le service.")
        return Menu(text, [Option(_("Mes dossiers"), to(home))])
    lines = [
        f"{whole.reference} {case_words.subject(whole.category)}",
        f"{case_words.state(whole.state)}, " + _("J+{days}", days=_days(talk, whole.filed_at)) + _due(talk, whole),
        _handler(whole),
    ]
    return Menu("\n".join(lines), [Option(_("Lire"), to(read, case_id), number=1), *_further(whole)])


def _further(whole: Whole) -> list[Option]:
    last = Option(_("Historique"), to(history, whole.case_id), number=12)
    return sorted([*case_offers.offered(whole), last], key=lambda option: option.number or 0)


def _due(talk: Talk, whole: Whole) -> str:
    if whole.due_at is None:
        return ""
    if whole.due_at < talk.now:
        return ". " + _("Retard {count} j", count=max(1, _days(talk, whole.due_at)))
    return ". " + _("Avant le {day}", day=i18n.short_day(talk.day(whole.due_at), talk.today))


def _handler(whole: Whole) -> str:
    if whole.handler is None:
        return _("Personne ne le traite encore.")
    return _("Vous le traitez.") if whole.mine else _("Traité par: {name}", name=whole.handler)


@action(needs=case_open)
def read(talk: Talk, case_id: int) -> Place:
    """That the words are read is kept, and that they are is known to whoever wrote them."""
    readings.note(talk.db, talk.hand, case_id, "words", talk.now)
    notes.read_by_desk(talk.db, case_id, talk.now)
    return to(words, case_id)


@screen(needs=case_open, deep=False, resumes=False)
def words(talk: Talk, case_id: int) -> Menu:
    whole = reading.whole(talk.db, talk.hand, case_id)
    lines = [case_words.words(whole.words), *_about(talk, whole), *_who(whole), *_agreed(talk, whole)]
    lines += [_written(talk, each) for each in whole.notes]
    return Menu("\n".join(lines), [back(case_id)])


def _about(talk: Talk, whole: Whole) -> Iterator[str]:
    """The entry of the books that is contested; not whose it is."""
    if whole.entry_id is not None and whole.home_id is not None:
        for booked in approvals.booked(talk.db, whole.home_id, [whole.entry_id]).values():
            amount = talk.member.money(booked.amount)
            day = i18n.short_day(booked.on, talk.today)
            yield _("Écriture: {label}, {amount}, {day}", label=booked.label, amount=amount, day=day)


def _who(whole: Whole) -> Iterator[str]:
    """Who complained, as far as this reader may know, of whom, and how to reach them."""
    known = " ".join(each for each in (whole.caller, whole.phone) if each)
    yield known or (_("Anonyme.") if whole.unnamed else _("Nom connu d'une autre personne."))
    if whole.lane is Lane.SENSITIVE:
        yield _("Joindre: {when}", when=case_words.safe(whole.safe_time))
        if whole.help is not None:
            yield case_words.wished(whole.help)
        return
    yield _("En cause: {who}", who=case_words.concerned(whole.concerned))
    yield case_words.follow(whole.follow)


def _agreed(talk: Talk, whole: Whole) -> Iterator[str]:
    if whole.session is not None:
        at = whole.session.starts_at.astimezone(talk.member.zone)
        given = {"day": i18n.short_day(at, talk.today), "hour": i18n.hour(at), "place": whole.session.place}
        yield _("Séance {day} {hour}, {place}", **given)
    if whole.outcome is not None:
        yield _("Solution: {text}", text=whole.outcome.text)


def _written(talk: Talk, note: Note) -> str:
    day = i18n.short_day(talk.day(note.written_at), talk.today)
    if note.to_owner:
        return f"{day} " + _("Nous: {words}", words=note.words)
    if note.other:
        return f"{day} " + _("Une autre personne: {words}", words=note.words)
    return f"{day} " + _("La personne: {words}", words=note.words)


@screen(needs=case_open, deep=False, resumes=False)
def history(talk: Talk, case_id: int) -> Menu:
    whole = reading.whole(talk.db, talk.hand, case_id)
    return Menu("\n".join(_step(talk, each) for each in whole.history), [back(case_id)])


def _step(talk: Talk, step: Step) -> str:
    day = i18n.short_day(talk.day(step.at), talk.today)
    who = f" ({step.by}, {roles.role(step.role)})" if step.by and step.role else ""
    if step.side is Side.PARTY:
        who = " " + _("(l'autre partie)")
    return f"{day} {case_words.did(step.did)}{who}" + (f": {step.why}" if step.why else "")
