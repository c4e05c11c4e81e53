"""What a buyer paid for a lot, noted on the phone by the officer who received it, with the buyer's receipt."""

from flows import answers, channel, i18n, refusals, treasurer
from flows.engine import Ask, Menu, Option, Place, action, screen, to
from flows.talk import Talk
from flows.treasurer import cashier
from models import lot_money
from models.entries import Account
from models.lot_money import Moved, Sold
from models.receiving import Refused, Sum
from models.refused import Refused as Barred

_ = i18n.words(__name__)

LISTED = 5


@screen(needs=cashier, deep=False)
def home(talk: Talk) -> Menu:
    lots = lot_money.unpaid(talk.db, talk.member.cooperative_id, LISTED)
    options = [
        Option(
            _("Lot {number}: reste {left}", number=each.number, left=talk.member.money(each.left)),
            to(amount, each.lot_id),
        )
        for each in lots
    ]
    return Menu(_("L'acheteur a payé quel lot?") if lots else _("Aucun acheteur n'a de lot à payer."), options)


def _nothing() -> Menu:
    return Menu(_("Ce lot est déjà payé par son acheteur."), [Option(_("Un autre lot"), to(home))])


def _open(talk: Talk, lot_id: int) -> Sold | None:
    there = lot_money.sold(talk.db, talk.member.cooperative_id, lot_id)
    return there if there is not None and there.left > 0 else None


@screen(needs=cashier, deep=False)
def amount(talk: Talk, lot_id: int) -> Ask[int] | Menu:
    there = _open(talk, lot_id)
    if there is None:
        return _nothing()
    money = talk.member.money
    return Ask(
        _(
            "Lot {number}, vendu {gross}. Reste à recevoir: {left}.\nMontant reçu:",
            number=there.number,
            gross=money(there.gross),
            left=money(there.left),
        ),
        read=answers.amount,
        then=lambda paid: to(how, lot_id, paid),
    )


@screen(needs=cashier, deep=False)
def how(talk: Talk, lot_id: int, amount: int) -> Menu:
    return Menu(_("Reçu comment?"), channel.options(lambda chosen: to(reference, lot_id, amount, chosen)))


@screen(needs=cashier, deep=False)
def reference(talk: Talk, lot_id: int, amount: int, through: Account) -> Ask[str]:
    return Ask(
        _("Numéro du reçu donné à l'acheteur, ou référence de l'opérateur (8 et 9 comptent comme des chiffres):"),
        read=answers.reference,
        then=lambda known_by: to(sure, lot_id, amount, through, known_by),
        keys=channel.REFERENCE_KEYS,
    )


@screen(needs=cashier, deep=False)
def sure(talk: Talk, lot_id: int, amount: int, through: Account, known_by: str) -> Menu:
    there = _open(talk, lot_id)
    if there is None:
        return _nothing()
    text = _(
        "Reçu de l'acheteur du lot {number}: {amount}, {channel}, ce jour, numéro {reference}?",
        number=there.number,
        amount=talk.member.money(amount),
        channel=channel.channel(through),
        reference=known_by,
    )
    options = [
        Option(_("Oui, noter"), to(note, lot_id, amount, through, known_by)),
        Option(_("Non, corriger"), to(home)),
    ]
    return Menu(text, options)


@action(needs=cashier)
def note(talk: Talk, lot_id: int, amount: int, through: Account, known_by: str) -> Place:
    moved = Moved(lot_id, Sum(amount, through, talk.today), known_by)
    try:
        new = lot_money.receive(talk.db, talk.hand, moved, talk.hand.member_id, talk.today, talk.now)
    except lot_money.TooMuch as error:
        return to(too_much, lot_id, error.left)
    except Refused as error:
        return to(treasurer.refused, error.why)
    except Barred as error:
        return to(refusals.why, error.fault, error.about)
    return to(noted, lot_id, new)


@screen(needs=cashier, deep=False, resumes=False)
def noted(talk: Talk, lot_id: int, new: bool) -> Menu:
    there = lot_money.sold(talk.db, talk.member.cooperative_id, lot_id)
    text = _("Noté.") if new else _("C'était déjà noté.")
    if there is not None:
        text += " " + _("Reste à recevoir: {left}", left=talk.member.money(there.left))
    return Menu(text, [Option(_("Un autre lot"), to(home))])


@screen(needs=cashier, deep=False, resumes=False)
def too_much(talk: Talk, lot_id: int, left: int) -> Menu:
    text = _("Rien n'est noté. L'acheteur ne doit plus que {left} pour ce lot.", left=talk.member.money(left))
    return Menu(text, [Option(_("Corriger"), to(amount, lot_id)), Option(_("Un autre lot"), to(home))])
