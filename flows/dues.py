"""Dues: what I owe and since when, entry by entry, what I paid, and "this is not right"."""

from collections.abc import Callable, Sequence
from datetime import date

from flows import declaration, dues_words, grievance, i18n, money_notices, receipt, receipt_words, sms
from flows.engine import Menu, Option, Place, action, screen, to
from flows.grievance import Reason
from flows.guards import code_given
from flows.talk import Talk
from models import capital, dues
from models.dues import Line
from models.entries import Account, EntryKind
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
    return Menu(money_notices.dues(**money_notices.dues_facts(standing, talk.member.currency)), options)


ON_SHARES = {
    EntryKind.CAPITAL: i18n.mark("{day} parts {amount}"),
    EntryKind.PAYMENT: i18n.mark("{day} parts payé {amount}"),
}
LABELS = {
    EntryKind.DUE: i18n.mark("{day} cotis. {amount}"),
    EntryKind.PENALTY: i18n.mark("{day} pénalité {amount}"),
    EntryKind.PAYMENT: i18n.mark("{day} payé {amount}"),
    EntryKind.WAIVER: i18n.mark("{day} remise {amount}"),
    EntryKind.REVERSAL: i18n.mark("{day} annulé {amount}"),
}


def _label(line: Line, today: date) -> str:
    when, amount = i18n.short_day(line.happened_on, today), grouped(abs(line.amount))
    if line.account is Account.CAPITAL and line.kind in ON_SHARES:
        return _(ON_SHARES[line.kind], day=when, amount=amount)
    return _(LABELS[line.kind], day=when, amount=amount)


@screen(needs=code_given)
def detail(talk: Talk, before: int | None = None) -> Menu:
    if before is not None:
        return _listed(talk, _("Détail"), None, before, lambda last: to(detail, before=last))
    mine, newest = capital.with_newest(talk.db, talk.member.member_id, SHEET + 1)
    listed = _sheet(talk, _("Détail"), newest, lambda last: to(detail, before=last))
    if mine is None:
        return listed
    text = listed.text
    if mine.shares:
        text += "\n" + _("Parts: {paid} sur {shares} payées", paid=mine.paid_up, shares=mine.shares)
    return Menu(text, [*listed.options, Option(_("Parts sociales"), to(shares))])


@screen(needs=code_given)
def shares(talk: Talk) -> Menu:
    mine = capital.shares(talk.db, talk.member.member_id, talk.member.today(talk.now))
    if mine is None:
        return Menu(_("Aucune part sociale n'est notée pour vous."))
    options = [Option(_("Détail"), to(instalments)), Option(_("Ce n'est pas juste"), to(not_right))]
    return Menu("\n".join(dues_words.shares(talk, mine)), options)


@screen(needs=code_given)
def payments(talk: Talk, before: int | None = None) -> Menu:
    both = (Account.DUES, Account.CAPITAL)
    listed = _listed(talk, _("Paiements"), EntryKind.PAYMENT, before, lambda last: to(payments, before=last), both)
    return Menu(listed.text, [*listed.options, Option(_("Vérifier un reçu"), to(receipt.ask))])


@screen(needs=code_given)
def instalments(talk: Talk, before: int | None = None) -> Menu:
    return _listed(talk, _("Parts"), None, before, lambda last: to(instalments, before=last), (Account.CAPITAL,))


def _listed(
    talk: Talk,
    title: str,
    kind: EntryKind | None,
    before: int | None,
    older: Callable[[int], Place],
    accounts: Sequence[Account] = (Account.DUES,),
) -> Menu:
    member_id = talk.member.member_id
    start = None if before is None else dues.line(talk.db, member_id, before)
    return _sheet(talk, title, dues.lines(talk.db, member_id, SHEET + 1, start, kind, accounts), older)


def _sheet(talk: Talk, title: str, lines: Sequence[Line], older: Callable[[int], Place]) -> Menu:
    today = talk.member.today(talk.now)
    options = [Option(_label(line, today), to(entry, line.entry_id)) for line in lines[:SHEET]]
    if len(lines) > SHEET:
        options.append(Option(_("Plus anciens"), older(lines[SHEET - 1].entry_id)))
    return Menu(title if lines else _("Rien n'est noté."), options)


@screen(needs=code_given)
def entry(talk: Talk, entry_id: int) -> Menu:
    found = dues.allocated(talk.db, talk.member.member_id, entry_id)
    if found is None:
        return Menu(_("Rien n'est noté."))
    line, allocated = found
    options = [Option(_("Ce n'est pas juste"), to(not_right, entry_id=line.entry_id))]
    if line.receipt is not None:
        options.append(Option(_("Reçu par SMS"), to(receipt_by_sms, line.entry_id)))
    return Menu("\n".join(dues_words.entry(talk, line, allocated)), options)


@action(needs=code_given)
def receipt_by_sms(talk: Talk, entry_id: int) -> Place:
    line = dues.line(talk.db, talk.member.member_id, entry_id)
    if line is not None and line.receipt is not None:
        talk.send("receipt", receipt_words.receipt_facts(line, talk.member))
    return to(sms.sent)


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
    talk.send("dues", money_notices.dues_facts(standing, talk.member.currency))
    return to(sms.sent)
