"""Dues: what I owe and since when, entry by entry, what I paid, and "this is not right"."""

from collections.abc import Callable
from datetime import date

from flows import declaration, grievance, i18n, notices, sms
from flows.engine import Menu, Option, Place, action, screen, to
from flows.grievance import Reason
from flows.guards import code_given
from flows.talk import Talk
from models import dues
from models.dues import Line
from models.ledger import EntryKind
from models.money import grouped

_ = i18n.words(__name__)

SHEET = 5


@screen(needs=code_given)
def home(talk: Talk) -> Menu:
    standing = dues.standing(talk.db, talk.member.member_id, talk.member.today(talk.now))
    options = [
        Option(_("Détail"), to(detail)),
        Option(_("Mes paiements"), to(payments)),
        Option(_("Ce n'est pas juste"), to(not_right)),
        Option(_("Recevoir par SMS"), to(by_sms)),
        Option(_("Dire que j'ai payé"), to(declaration.home)),
    ]
    return Menu(notices.dues(**notices.dues_facts(standing, talk.member.currency)), options)


def _label(line: Line, today: date) -> str:
    amount, when = grouped(abs(line.amount)), i18n.short_day(line.happened_on, today)
    if line.kind is EntryKind.DUE:
        return _("{day} à payer {amount}", day=when, amount=amount)
    if line.kind is EntryKind.PAYMENT:
        return _("{day} payé {amount}", day=when, amount=amount)
    return _("{day} annulé {amount}", day=when, amount=amount)


@screen(needs=code_given)
def detail(talk: Talk, before: int | None = None) -> Menu:
    return _listed(talk, _("Détail"), None, before, lambda last: to(detail, before=last))


@screen(needs=code_given)
def payments(talk: Talk, before: int | None = None) -> Menu:
    return _listed(talk, _("Paiements"), EntryKind.PAYMENT, before, lambda last: to(payments, before=last))


def _listed(talk: Talk, title: str, kind: EntryKind | None, before: int | None, older: Callable[[int], Place]) -> Menu:
    member_id = talk.member.member_id
    start = None if before is None else dues.line(talk.db, member_id, before)
    lines = dues.lines(talk.db, member_id, SHEET + 1, start, kind)
    today = talk.member.today(talk.now)
    options = [Option(_label(line, today), to(entry, line.entry_id)) for line in lines[:SHEET]]
    if len(lines) > SHEET:
        options.append(Option(_("Plus anciens"), older(lines[SHEET - 1].entry_id)))
    return Menu(title if lines else _("Rien n'est noté."), options)


@screen(needs=code_given)
def entry(talk: Talk, entry_id: int) -> Menu:
    line = dues.line(talk.db, talk.member.member_id, entry_id)
    if line is None:
        return Menu(_("Rien n'est noté."))
    sentences = {
        EntryKind.DUE: _("{label}\nÀ payer le {day}:\n{amount}"),
        EntryKind.PAYMENT: _("Payé le {day}:\n{amount}\nRéférence {label}"),
    }
    sentence = sentences.get(line.kind, _("Annulé le {day}:\n{amount}\n{label}"))
    text = sentence.format(label=line.label, day=i18n.day(line.happened_on), amount=talk.member.money(abs(line.amount)))
    return Menu(text, [Option(_("Ce n'est pas juste"), to(not_right, entry_id=line.entry_id))])


@screen(needs=code_given)
def not_right(talk: Talk, entry_id: int | None = None) -> Menu:
    reasons = {
        Reason.NOT_RECORDED: _("J'ai payé, pas noté"),
        Reason.WRONG_AMOUNT: _("Montant faux"),
        Reason.NOT_OWED: _("Je n'ai pas à payer"),
        Reason.OTHER: _("Autre"),
    }
    return grievance.not_right(reasons, entry_id)


@action(needs=code_given)
def by_sms(talk: Talk) -> Place:
    standing = dues.standing(talk.db, talk.member.member_id, talk.member.today(talk.now))
    talk.send("dues", notices.dues_facts(standing, talk.member.currency))
    return to(sms.sent)
