"""Payout shares: the lots that were sold, what each gave me, and "not right"."""

from flows import grievance, i18n, notices, question, sms, surplus
from flows.engine import Menu, Option, Place, action, screen, to
from flows.grievance import Reason
from flows.guards import code_given
from flows.talk import Talk
from models import payouts
from models.payouts import Share

_ = i18n.words(__name__)

LOTS = 6


@screen(needs=code_given)
def home(talk: Talk) -> Menu:
    newest = payouts.shares(talk.db, talk.member.member_id, 1)
    return (
        _page(talk, newest[0]) if newest else Menu(_("Aucun lot n'a encore été partagé pour vous."), [_of_the_year()])
    )


def _of_the_year() -> Option:
    return Option(_("Excédent de l'année"), to(surplus.home))


@screen(needs=code_given)
def lot(talk: Talk, lot_id: int) -> Menu:
    share = payouts.share(talk.db, talk.member.member_id, lot_id)
    return _page(talk, share) if share else Menu(_("Aucun lot n'a encore été partagé pour vous."))


def _page(talk: Talk, share: Share) -> Menu:
    money = talk.member.money
    text = _(
        "Lot {number}, {day}\n{weight} à {fineness}/1000\nVente: {gross}\nVotre part: {share}\nRetenu: {kept}\n"
        "Net: {net}",
        number=share.number,
        day=i18n.day(share.sold_on),
        weight=i18n.grams(share.weight_mg),
        fineness=share.fineness_ppt,
        gross=money(share.gross),
        share=money(share.share),
        kept=money(share.recovered),
        net=money(share.net),
    )
    options = [
        Option(_("Autres lots"), to(lots)),
        Option(_("Pas juste"), to(not_right, share.entry_id)),
        Option(_("Par SMS"), to(by_sms, share.lot_id)),
        _of_the_year(),
        Option(_("Payé?"), to(question.paid, share.lot_id)),
    ]
    return Menu(text, options)


@screen(needs=code_given)
def lots(talk: Talk) -> Menu:
    shares = payouts.shares(talk.db, talk.member.member_id, LOTS)
    return Menu(
        _("Mes lots"),
        [
            Option(_("Lot {number} du {day}", number=share.number, day=i18n.day(share.sold_on)), to(lot, share.lot_id))
            for share in shares
        ],
    )


@screen(needs=code_given)
def not_right(talk: Talk, entry_id: int) -> Menu:
    reasons = {
        Reason.WRONG_DAYS: _("Jours mal comptés"),
        Reason.WRONG_WEIGHT: _("Poids ou titre faux"),
        Reason.WRONG_COSTS: _("Frais ou avance mal comptés"),
        Reason.NOT_RECEIVED: _("Argent pas reçu"),
        Reason.OTHER: _("Autre"),
    }
    return grievance.not_right(reasons, entry_id)


@action(needs=code_given)
def by_sms(talk: Talk, lot_id: int) -> Place:
    share = payouts.share(talk.db, talk.member.member_id, lot_id)
    if share is not None:
        talk.send("share", notices.share_facts(share, talk.member.currency))
    return to(sms.sent)
