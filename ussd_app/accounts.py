"""The statement of account of a member: every entry, its receipt and what it leaves; as a spreadsheet or on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection, select

from flows import i18n
from models import accounts, dues
from models.accounts import Movement
from models.cooperatives import Cooperative
from models.entries import MEMBER_ACCOUNTS, Account, EntryKind
from models.members import Member
from models.money import Currency, Money, grouped
from ussd_app.paper import MARGIN, WIDE, Paper, Place, line_height
from ussd_app.registers.formulas import disarmed
from ussd_app.registers.homes import Home
from ussd_app.registers.sheets import Cell

_ = i18n.words(__name__)

SIZE, TITLE, NAME = 9.0, 12.0, 16.0
RECEIPT, AMOUNT, LEFT = WIDE - MARGIN - 54, WIDE - MARGIN - 28, WIDE - MARGIN  # where these columns end
LABEL = MARGIN + 22
HEADER = ("date", "account", "kind", "label", "receipt", "debit", "credit", "balance")


@dataclass(frozen=True, slots=True)
class Book:
    """The account of one member, and whose it is."""

    cooperative: str
    cooperative_id: int
    currency: Currency
    language: str
    number: str
    name: str
    on: date
    movements: Sequence[Movement]

    def receipt(self, each: Movement) -> str:
        """The number of a receipt with its check digit, as any phone can verify it; empty when there is none."""
        if each.receipt is None:
            return ""
        return dues.printed(self.cooperative_id, each.receipt)


def drawn_up(db: Connection, home: Home, member_id: int, now: datetime) -> Book:
    """The account of a member as it stands now."""
    name, currency = db.execute(select(Cooperative.name, Cooperative.currency).where(Cooperative.id == home.id)).one()
    who = db.execute(select(Member.number, Member.name, Member.language).where(Member.id == member_id)).one()
    movements = [*accounts.movements(db, member_id)]
    on = home.today(now)
    return Book(name, home.id, currency, who.language, who.number, who.name, on, movements)


def rows(book: Book) -> list[list[Cell]]:
    """Every posting of the member, oldest first. A debit is what they owe or had; the balance is of its account."""
    lines: list[list[Cell]] = [[*HEADER]]
    for each in book.movements:
        said = [each.happened_on.isoformat(), each.account, each.kind, disarmed(each.label), book.receipt(each)]
        lines.append([*said, max(0, each.amount), max(0, -each.amount), each.left])
    return lines


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is printed."""

    day: str
    what: str
    receipt: str
    amount: str
    left: str


@dataclass(frozen=True, slots=True)
class Part:
    """One account as it is printed: its name, its lines, and what is left in words."""

    title: str
    lines: Sequence[Line]
    left: str


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a statement of account, in one language."""

    title: str
    whose: str
    receipt: str
    amount: str
    left: str
    none: str
    parts: Sequence[Part]


def _words(book: Book) -> Words:
    parts = sorted(book.movements, key=lambda each: MEMBER_ACCOUNTS.index(each.account))
    return Words(
        title=_("Compte au {day}", day=i18n.day(book.on)),
        whose=_("Membre {number}, {name}", number=book.number, name=book.name),
        receipt=_("Reçu"),
        amount=_("Montant"),
        left=_("Reste"),
        none=_("Rien n'est noté."),
        parts=[_part(book, account, [*some]) for account, some in groupby(parts, key=lambda each: each.account)],
    )


def _part(book: Book, account: Account, some: Sequence[Movement]) -> Part:
    titles = {
        Account.DUES: _("Cotisations"),
        Account.CAPITAL: _("Parts sociales"),
        Account.SHARES: _("Parts des lots"),
        Account.ADVANCES: _("Avances"),
    }
    lines = [
        Line(i18n.day(each.happened_on), _what(each), book.receipt(each), _signed(each.amount, account), _left(each))
        for each in some
    ]
    return Part(titles[account], lines, _balance(account, Money(abs(some[-1].left), book.currency), some[-1].left))


def _turned(amount: int, account: Account) -> int:
    """An amount as the member says it: what they have coming from lots is above zero for them."""
    return -amount if account is Account.SHARES else amount


def _signed(amount: int, account: Account) -> str:
    turned = _turned(amount, account)
    return f"{'-' if turned < 0 else '+'}{grouped(abs(turned))}"


def _left(each: Movement) -> str:
    return grouped(_turned(each.left, each.account))


def _balance(account: Account, money: Money, left: int) -> str:
    if left == 0:
        return _("Tout est réglé.")
    if account is Account.SHARES:
        return _("À recevoir: {money}", money=money) if left < 0 else _("Reçu en trop: {money}", money=money)
    if account is Account.ADVANCES:
        return _("Avance à retenir: {money}", money=money) if left > 0 else _("Retenu en trop: {money}", money=money)
    return _("À payer: {money}", money=money) if left > 0 else _("Payé en avance: {money}", money=money)


def _what(each: Movement) -> str:
    if each.kind is EntryKind.LOT:
        sentence = (
            _("Part du lot {label}") if each.amount < 0 and each.account is Account.SHARES else _("Lot {label}, retenu")
        )
        return sentence.format(label=each.label)
    sentences = {
        EntryKind.DUE: _("À payer: {label}"),
        EntryKind.PENALTY: _("Retard: {label}"),
        EntryKind.CAPITAL: _("À libérer: {label}"),
        EntryKind.PAYMENT: _("Payé, référence {label}"),
        EntryKind.WAIVER: _("Dispensé: {label}"),
        EntryKind.ADVANCE: _("Avance: {label}"),
        EntryKind.PAYOUT: _("Versé: {label}"),
        EntryKind.ADJUSTMENT: _("Correction du lot {label}"),
        EntryKind.SURPLUS: _("Excédent: {label}"),
        EntryKind.REVERSAL: _("Annulé: {label}"),
    }
    return sentences[each.kind].format(label=" ".join(each.label.split()))


def print_out(book: Book, path: Path, now: datetime) -> None:
    """Write the statement as PDF, in the language of the member. Raises OSError."""
    words, _language = i18n.whole("account", book.language, lambda: _words(book))
    paper = Paper(f"{book.cooperative}: {words.title}", now)
    place = Place(paper, f"{book.cooperative}, {words.whose}, {words.title}")
    paper.write(MARGIN, place.down(10), book.cooperative, NAME, bold=True)
    paper.write(MARGIN, place.down(7), words.whose, TITLE)
    paper.write(MARGIN, place.down(6), words.title, TITLE)
    if not words.parts:
        paper.write(MARGIN, place.down(12), words.none, TITLE)
    for part in words.parts:
        _print_part(paper, place, part, words)
    paper.save(path)


def _print_part(paper: Paper, place: Place, part: Part, words: Words) -> None:
    high = line_height(SIZE)
    y = place.down(14)
    paper.write(MARGIN, y, part.title, TITLE, bold=True)
    for end, title in ((RECEIPT, words.receipt), (AMOUNT, words.amount), (LEFT, words.left)):
        paper.write_to(end, y, title, SIZE, bold=True)
    for each in part.lines:
        for row, what in enumerate(paper.broken(each.what, SIZE, RECEIPT - LABEL - 24)):
            y = place.down(high)
            paper.write(LABEL, y, what, SIZE)
            if row == 0:
                paper.write(MARGIN, y, each.day, SIZE)
                for end, said in ((RECEIPT, each.receipt), (AMOUNT, each.amount), (LEFT, each.left)):
                    paper.write_to(end, y, said, SIZE)
    paper.write_to(LEFT, place.down(high * 1.4), part.left, SIZE + 1, bold=True)
