"""My advances: what I had before a lot was shared, what was kept back of it, and what is left to give back."""

from flows import grievance, i18n
from flows.engine import Menu, Option, screen, to
from flows.grievance import Reason
from flows.guards import code_given
from flows.talk import Talk
from models import advances
from models.advances import AdvanceKind, Owed

_ = i18n.words(__name__)

LISTED = 5
KINDS = {
    AdvanceKind.DELIVERY_ADVANCE: i18n.mark("sur l'or livré"),
    AdvanceKind.EQUIPMENT: i18n.mark("matériel, d'un tiers"),
    AdvanceKind.LOAN: i18n.mark("prêt"),
}


@screen(needs=code_given)
def home(talk: Talk) -> Menu:
    owed = advances.mine(talk.db, talk.member.member_id, LISTED)
    money, today = talk.member.money, talk.today
    options = [
        Option(
            _("{day}: reste {left}", day=i18n.short_day(each.given_on, today), left=money(each.left)),
            to(one, each.advance_id),
        )
        for each in owed
    ]
    return Menu(_("Mes avances") if owed else _("Aucune avance n'est notée pour vous."), options)


@screen(needs=code_given)
def one(talk: Talk, advance_id: int) -> Menu:
    owed = advances.one(talk.db, talk.member.member_id, advance_id)
    if owed is None:
        return Menu(_("Aucune avance n'est notée pour vous."))
    return Menu(_worded(talk, owed), [Option(_("Pas juste"), to(not_right, advance_id))])


@screen(needs=code_given)
def not_right(talk: Talk, entry_id: int) -> Menu:
    reasons = {
        Reason.WRONG_AMOUNT: _("Montant faux"),
        Reason.NOT_RECEIVED: _("Argent pas reçu"),
        Reason.OTHER: _("Autre"),
    }
    return grievance.not_right(reasons, entry_id)


def _worded(talk: Talk, owed: Owed) -> str:
    money = talk.member.money
    text = _(
        "Avance du {day} ({kind})\n{amount}\nRendu: {back}\nReste: {left}",
        day=i18n.day(owed.given_on),
        kind=_(KINDS[owed.kind]),
        amount=money(owed.amount),
        back=money(owed.amount - owed.left),
        left=money(owed.left),
    )
    if owed.claimant:
        text += "\n" + _("De: {who}", who=owed.claimant)
    return text if owed.confirmed else text + "\n" + _("Vous ne l'avez pas confirmée: rien n'est retenu.")
