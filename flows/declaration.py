"""A member says that they paid: how much, how, to whom and when; it waits until an officer says that it came."""

from collections.abc import Mapping
from datetime import date

from flows import answers, asking, channel, i18n
from flows.engine import Ask, Menu, Option, Place, UnknownPlace, action, screen, to
from flows.grievance import Reason
from flows.guards import code_given
from flows.talk import Talk
from models import declarations
from models.declarations import Said, State
from models.entries import Account
from models.receiving import Refused, Sum

_ = i18n.words(__name__)
mark = i18n.mark

LISTED = 5
STATES: Mapping[State, str] = {
    State.WAITING: mark("attend"),
    State.CONFIRMED: mark("noté"),
    State.REFUSED: mark("refusé"),
    State.CONTESTED: mark("refusé, dossier ouvert"),
    State.WITHDRAWN: mark("retiré"),
}


@screen(needs=code_given)
def home(talk: Talk) -> Menu:
    options = [Option(_("Déclarer un paiement"), to(amount))]
    for each in declarations.mine(talk.db, talk.member.member_id, LISTED):
        day = i18n.short_day(each.paid_on, talk.today)
        label = _(
            "{day} {amount}: {state}", day=day, amount=talk.member.money(each.amount), state=_(STATES[each.state])
        )
        options.append(Option(label, to(show, each.declaration_id)))
    return Menu(_("Vous avez payé? Dites-le. Un responsable confirme."), options)


@screen(needs=code_given)
def amount(talk: Talk) -> Ask[int]:
    return Ask(_("Montant que vous avez payé:"), read=answers.amount, then=lambda paid: to(how, paid))


@screen(needs=code_given)
def how(talk: Talk, amount: int) -> Menu:
    def onward(chosen: Account) -> Place:
        place = reference if chosen in channel.REFERRED else whom
        return to(place, amount, chosen)

    return Menu(_("Payé comment?"), channel.options(onward))


@screen(needs=code_given)
def reference(talk: Talk, amount: int, through: Account) -> Ask[str]:
    return channel.reference(lambda known_by: to(whom, amount, through, known_by))


@screen(needs=code_given)
def whom(talk: Talk, amount: int, through: Account, known_by: str = "") -> Menu:
    speaker = talk.member
    people = declarations.receivers(talk.db, speaker.cooperative_id, speaker.member_id, speaker.role)
    options = [Option(name, to(sure, amount, through, receiver, known_by=known_by)) for receiver, name in people]
    return Menu(_("Payé à qui?") if people else _("Personne ne peut confirmer ici. Demandez au bureau."), options)


@screen(needs=code_given)
def sure(
    talk: Talk,
    amount: int,
    through: Account,
    receiver: int,
    towards: Account = Account.DUES,
    on: date | None = None,
    known_by: str = "",
) -> Menu:
    other = Account.CAPITAL if towards is Account.DUES else Account.DUES
    text = _(
        "Payé {amount}, {channel}, le {day}, {purpose}?",
        amount=talk.member.money(amount),
        channel=channel.channel(through),
        day=i18n.day(on or talk.today),
        purpose=channel.purpose(towards),
    )
    options = [
        Option(_("Oui, envoyer"), to(send, amount, through, receiver, towards, on, known_by)),
        Option(_("Autre date"), to(another_day, amount, through, receiver, towards, known_by)),
        Option(
            _("Pour: {purpose}", purpose=channel.purpose(other)),
            to(sure, amount, through, receiver, other, on, known_by),
        ),
    ]
    return Menu(text, options)


@screen(needs=code_given)
def another_day(
    talk: Talk, amount: int, through: Account, receiver: int, towards: Account, known_by: str = ""
) -> Ask[date]:
    return Ask(
        _("Payé quel jour? Jour et mois, par exemple 0311:"),
        read=lambda typed: answers.past_day(typed, talk.today),
        then=lambda day: to(sure, amount, through, receiver, towards, day, known_by),
    )


@action(needs=code_given)
def send(
    talk: Talk,
    amount: int,
    through: Account,
    receiver: int,
    towards: Account,
    on: date | None = None,
    known_by: str = "",
) -> Place:
    said = Said(receiver, Sum(amount, through, on or talk.today), towards, known_by or None)
    try:
        declarations.declare(talk.db, talk.hand, said, talk.key, talk.today, talk.now)
    except declarations.TooMany:
        return to(too_many)
    except Refused as refused:
        raise UnknownPlace("declaration.send") from refused
    return to(sent)


@screen(needs=code_given)
def sent(talk: Talk) -> Menu:
    return Menu(
        _("C'est envoyé. Un responsable doit dire s'il a reçu l'argent."), [Option(_("Mes déclarations"), to(home))]
    )


@screen(needs=code_given)
def too_many(talk: Talk) -> Menu:
    text = _("Vous avez déjà des paiements qui attendent. Retirez-en un, ou attendez la réponse.")
    return Menu(text, [Option(_("Mes déclarations"), to(home))])


@screen(needs=code_given)
def show(talk: Talk, declaration_id: int) -> Menu:
    mine = declarations.my_one(talk.db, talk.member.member_id, declaration_id)
    if mine is None:
        return Menu(_("Rien n'est noté."), [Option(_("Mes déclarations"), to(home))])
    text = _(
        "{amount}, {channel}, le {day}, à {receiver}: {state}",
        amount=talk.member.money(mine.amount),
        channel=channel.channel(mine.channel),
        day=i18n.day(mine.paid_on),
        receiver=mine.receiver,
        state=_(STATES[mine.state]),
    )
    options = [Option(_("Mes déclarations"), to(home))]
    if mine.state is State.WAITING:
        options.append(Option(_("Retirer"), to(withdraw, declaration_id)))
    if mine.state is State.REFUSED:
        options.append(Option(_("Pas juste: ouvrir un dossier"), to(contest, declaration_id)))
    return Menu(text, options)


@action(needs=code_given)
def withdraw(talk: Talk, declaration_id: int) -> Place:
    declarations.withdraw(talk.db, talk.member.member_id, declaration_id, talk.now)
    return to(show, declaration_id)


@action(needs=code_given)
def contest(talk: Talk, declaration_id: int) -> Place:
    mine = declarations.my_one(talk.db, talk.member.member_id, declaration_id)
    refused_by = declarations.contest(talk.db, talk.member.member_id, declaration_id)
    if refused_by is None or mine is None:
        return to(show, declaration_id)
    declared = f"{mine.amount} {talk.member.currency} {mine.paid_on.isoformat()}"
    return asking.contested(talk, f"{Reason.NOT_RECORDED} {declared}", refused_by, None)
