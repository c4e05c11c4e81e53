"""The treasurer's book on the phone: money that came is noted, with a receipt; what members declared is decided on."""

from collections.abc import Mapping
from datetime import date

from flows import answers, channel, dues_words, i18n
from flows.engine import Ask, Menu, Option, Place, action, screen, to
from flows.engine.pages import BACK, HOME
from flows.guards import officer
from flows.talk import Talk
from models import confirming, declarations, dues, keys, receiving
from models.declarations import Declared
from models.entries import Account
from models.receiving import CASHIERS, Payment, Refused, Sum, Why

_ = i18n.words(__name__)
mark = i18n.mark

LISTED = 5
WHY: Mapping[Why, str] = {
    Why.UNKNOWN: mark("Ce numéro n'est à personne dans la coopérative."),
    Why.OWN: mark("Un autre responsable doit noter votre propre argent."),
    Why.NO_CASHIER: mark("La trésorière ou le trésorier note l'argent de ce membre."),
    Why.AMOUNT: mark("Ce montant n'est pas possible."),
    Why.CHANNEL: mark("Ce moyen de paiement n'est pas possible."),
    Why.DAY: mark("Cette date n'est pas possible."),
    Why.BEFORE_SALE: mark("Ce jour-là, le lot n'était pas encore vendu."),
    Why.REFERENCE: mark("Cette référence est déjà dans les livres avec autre chose."),
    Why.NO_REFERENCE: mark("Cette référence n'est pas possible."),
}
cashier = officer(*CASHIERS)


@screen(needs=cashier, deep=False)
def record(talk: Talk) -> Ask[str]:
    return Ask(
        _("Numéro du membre qui a payé (8 et 9 comptent comme des chiffres):"),
        read=answers.member_number,
        then=lambda number: to(amount, number),
        keys=frozenset({BACK, HOME}),
    )


@screen(needs=cashier, deep=False)
def amount(talk: Talk, number: str) -> Ask[int] | Menu:
    payer = receiving.numbered(talk.db, talk.member.cooperative_id, number)
    why = receiving.bar(talk.hand, payer.member_id, payer.role) if payer else Why.UNKNOWN
    if payer is None or why is not None:
        return _barred(why or Why.UNKNOWN)
    return Ask(
        _("Membre {number}, {name}.\nMontant reçu:", number=payer.number, name=payer.name),
        read=answers.amount,
        then=lambda paid: to(how, number, paid),
    )


def _barred(why: Why) -> Menu:
    return Menu(_(WHY[why]), [Option(_("Un autre membre"), to(record))])


@screen(needs=cashier, deep=False)
def how(talk: Talk, number: str, amount: int) -> Menu:
    def onward(chosen: Account) -> Place:
        place = reference if chosen in channel.REFERRED else sure
        return to(place, number, amount, chosen)

    return Menu(_("Reçu comment?"), channel.options(onward))


@screen(needs=cashier, deep=False)
def reference(talk: Talk, number: str, amount: int, through: Account) -> Ask[str]:
    return channel.reference(lambda known_by: to(sure, number, amount, through, known_by=known_by))


@screen(needs=cashier, deep=False)
def sure(
    talk: Talk,
    number: str,
    amount: int,
    through: Account,
    towards: Account = Account.DUES,
    on: date | None = None,
    known_by: str = "",
) -> Menu:
    payer = receiving.numbered(talk.db, talk.member.cooperative_id, number)
    if payer is None:
        return _barred(Why.UNKNOWN)
    text = _(
        "Reçu de {name}, membre {number}: {amount}, {channel}, le {day}, {purpose}?",
        name=payer.name,
        number=payer.number,
        amount=talk.member.money(amount),
        channel=channel.channel(through),
        day=i18n.short_day(on or talk.today, talk.today),
        purpose=channel.purpose(towards),
    )
    before = receiving.alike(talk.db, payer, Sum(amount, through, on or talk.today))
    if before is not None:
        receipt = dues.printed(payer.cooperative_id, before)
        text = _("Attention, déjà noté ce jour-là: reçu {receipt}.", receipt=receipt) + "\n" + text
    other = Account.CAPITAL if towards is Account.DUES else Account.DUES
    options = [
        Option(
            _("Oui, noter") if before is None else _("Oui, c'est un autre paiement"),
            to(note, number, amount, through, towards, on, known_by),
        ),
        Option(_("Autre date"), to(another_day, number, amount, through, towards, known_by)),
        Option(
            _("Pour: {purpose}", purpose=channel.purpose(other)),
            to(sure, number, amount, through, other, on, known_by),
        ),
    ]
    return Menu(text, options)


@screen(needs=cashier, deep=False)
def another_day(
    talk: Talk, number: str, amount: int, through: Account, towards: Account, known_by: str = ""
) -> Ask[date]:
    return Ask(
        _("Reçu quel jour? Jour et mois, par exemple 0311:"),
        read=lambda typed: answers.past_day(typed, talk.today),
        then=lambda day: to(sure, number, amount, through, towards, day, known_by),
    )


@action(needs=cashier)
def note(
    talk: Talk,
    number: str,
    amount: int,
    through: Account,
    towards: Account,
    on: date | None = None,
    known_by: str = "",
) -> Place:
    payer = receiving.numbered(talk.db, talk.member.cooperative_id, number)
    if payer is None:
        return to(refused, Why.UNKNOWN)
    paid = Sum(amount, through, on or talk.today)
    payment = Payment(payer, paid, towards, known_by or keys.reference(talk.key))
    try:
        done = receiving.record(talk.db, talk.hand, payment, talk.today, talk.now)
    except Refused as error:
        return to(refused, error.why)
    return to(noted, done.entry_id, done.receipt, agreed=False)


@screen(needs=cashier, deep=False, resumes=False)
def noted(talk: Talk, entry_id: int, receipt: int, agreed: bool) -> Menu:
    here = talk.member.cooperative_id
    lines = [_("Noté. Reçu numéro {receipt}.", receipt=dues.printed(here, receipt))]
    settled = receiving.settled(talk.db, here, entry_id)
    if settled:
        lines += [dues_words.settles(settled.parts, talk.today)] if settled.parts else []
    if settled and settled.ahead:
        lines.append(_("D'avance: {ahead}", ahead=talk.member.money(settled.ahead)))
    if not agreed:
        lines.append(_("Le membre dira si c'est juste."))
    return Menu(
        "\n".join(lines),
        [Option(_("Noter un autre paiement"), to(record)), Option(_("Paiements déclarés"), to(declared))],
    )


@screen(needs=cashier, deep=False, resumes=False)
def refused(talk: Talk, why: Why) -> Menu:
    return Menu(
        _("Rien n'est noté.") + "\n" + _(WHY[why]),
        [Option(_("Noter un paiement"), to(record)), Option(_("Paiements déclarés"), to(declared))],
    )


@screen(needs=cashier, deep=False)
def declared(talk: Talk) -> Menu:
    waiting = declarations.waiting(talk.db, talk.hand, LISTED)
    options = [Option(_line(talk, each), to(decide, each.declaration_id)) for each in waiting]
    return Menu(_("Paiements déclarés") if waiting else _("Aucun paiement déclaré n'attend."), options)


def _line(talk: Talk, each: Declared) -> str:
    return _(
        "Membre {number}: {amount} le {day}",
        number=each.number,
        amount=talk.member.money(each.amount),
        day=i18n.short_day(each.paid_on, talk.today),
    )


@screen(needs=cashier, deep=False)
def decide(talk: Talk, declaration_id: int) -> Menu:
    found = declarations.one(talk.db, talk.member.cooperative_id, declaration_id)
    if found is None or found.state is not declarations.State.WAITING:
        return Menu(_("Ce paiement déclaré n'attend plus."), [Option(_("Paiements déclarés"), to(declared))])
    text = _(
        "{name}, membre {number}, dit avoir payé {amount} à {receiver}, {channel}, le {day}, pour: {purpose}.",
        name=found.name,
        number=found.number,
        amount=talk.member.money(found.amount),
        receiver=found.receiver,
        channel=channel.channel(found.channel),
        day=i18n.short_day(found.paid_on, talk.today),
        purpose=channel.purpose(found.towards),
    )
    if found.reference:
        text += "\n" + _("Réf. {reference}", reference=found.reference)
    options = [
        Option(_("Reçu: noter"), to(confirm, declaration_id)),
        Option(_("Pas reçu: refuser"), to(refuse, declaration_id)),
    ]
    return Menu(text, options)


@action(needs=cashier)
def confirm(talk: Talk, declaration_id: int) -> Place:
    try:
        done = confirming.confirm(talk.db, talk.hand, declaration_id, talk.today, talk.now)
    except declarations.NotWaiting:
        return to(decide, declaration_id)
    except Refused as error:
        return to(refused, error.why)
    return to(noted, done.entry_id, done.receipt, agreed=True)


@action(needs=cashier)
def refuse(talk: Talk, declaration_id: int) -> Place:
    try:
        confirming.refuse(talk.db, talk.hand, declaration_id, talk.now)
    except declarations.NotWaiting:
        return to(decide, declaration_id)
    except Refused as error:
        return to(refused, error.why)
    return to(declared)
