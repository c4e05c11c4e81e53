"""Shares paid out by phone: which lot, which member, all of it or a part; the member says whether it came."""

from flows import answers, channel, i18n, treasurer
from flows.engine import Ask, Menu, Option, Place, action, screen, to
from flows.engine.pages import BACK, HOME
from flows.talk import Talk
from flows.treasurer import cashier
from models import coming, keys, paying
from models.entries import Account
from models.paying import Paying
from models.receiving import Refused

_ = i18n.words(__name__)

LISTED = 5


@screen(needs=cashier, deep=False)
def home(talk: Talk) -> Menu:
    lots = coming.open_lots(talk.db, talk.member.cooperative_id, LISTED)
    options = [
        Option(
            _("Lot {number}: reste {left}", number=each.number, left=talk.member.money(each.left)),
            to(whom, each.lot_id),
        )
        for each in lots
    ]
    return Menu(_("Payer les parts de quel lot?") if lots else _("Aucun lot n'a de part à payer."), options)


@screen(needs=cashier, deep=False)
def whom(talk: Talk, lot_id: int) -> Ask[str]:
    return Ask(
        _("Numéro du membre payé (8 et 9 comptent comme des chiffres):"),
        read=answers.member_number,
        then=lambda number: to(left_of, lot_id, number),
        keys=frozenset({BACK, HOME}),
    )


def _nothing(lot_id: int) -> Menu:
    return Menu(_("Ce membre n'a rien à recevoir de ce lot."), [Option(_("Un autre membre"), to(whom, lot_id))])


@screen(needs=cashier, deep=False)
def left_of(talk: Talk, lot_id: int, number: str) -> Menu:
    left = coming.to_member(talk.db, talk.member.cooperative_id, lot_id, number)
    if left is None:
        return _nothing(lot_id)
    money = talk.member.money(left.amount)
    return Menu(
        _("Membre {number}, {name}.\nReste à payer: {left}", number=left.number, name=left.name, left=money),
        [
            Option(_("Tout est payé"), to(how, lot_id, number, left.amount)),
            Option(_("Une partie"), to(part, lot_id, number)),
        ],
    )


@screen(needs=cashier, deep=False)
def part(talk: Talk, lot_id: int, number: str) -> Ask[int]:
    return Ask(_("Montant payé:"), read=answers.amount, then=lambda paid: to(how, lot_id, number, paid))


@screen(needs=cashier, deep=False)
def how(talk: Talk, lot_id: int, number: str, amount: int) -> Menu:
    def onward(chosen: Account) -> Place:
        place = reference if chosen in channel.REFERRED else sure
        return to(place, lot_id, number, amount, chosen)

    return Menu(_("Payé comment?"), channel.options(onward))


@screen(needs=cashier, deep=False)
def reference(talk: Talk, lot_id: int, number: str, amount: int, through: Account) -> Ask[str]:
    return channel.reference(lambda known_by: to(sure, lot_id, number, amount, through, known_by))


@screen(needs=cashier, deep=False)
def sure(talk: Talk, lot_id: int, number: str, amount: int, through: Account, known_by: str = "") -> Menu:
    left = coming.to_member(talk.db, talk.member.cooperative_id, lot_id, number)
    if left is None:
        return _nothing(lot_id)
    text = _(
        "Payé à {name}, membre {number}: {amount}, {channel}, ce jour. C'est juste?",
        name=left.name,
        number=left.number,
        amount=talk.member.money(amount),
        channel=channel.channel(through),
    )
    return Menu(
        text,
        [
            Option(_("Oui, noter"), to(pay, lot_id, number, amount, through, known_by)),
            Option(_("Non, corriger"), to(left_of, lot_id, number)),
        ],
    )


@action(needs=cashier)
def pay(talk: Talk, lot_id: int, number: str, amount: int, through: Account, known_by: str = "") -> Place:
    how = Paying(lot_id, through, talk.today, known_by or keys.reference(talk.key))
    try:
        paying.pay(talk.db, talk.hand, how, number, amount, talk.today, talk.now)
    except paying.Spent as spent:
        return to(too_much, lot_id, number, spent.left)
    except Refused as error:
        return to(treasurer.refused, error.why)
    return to(paid, lot_id)


@screen(needs=cashier, deep=False, resumes=False)
def paid(talk: Talk, lot_id: int) -> Menu:
    text = _("Noté. Le membre dira sur son téléphone s'il l'a reçu.")
    return Menu(text, [Option(_("Un autre membre"), to(whom, lot_id)), Option(_("Un autre lot"), to(home))])


@screen(needs=cashier, deep=False, resumes=False)
def too_much(talk: Talk, lot_id: int, number: str, left: int) -> Menu:
    text = _("Rien n'est noté. De ce lot il ne reste que {left} pour ce membre.", left=talk.member.money(left))
    return Menu(text, [Option(_("Corriger"), to(left_of, lot_id, number)), Option(_("Un autre lot"), to(home))])
