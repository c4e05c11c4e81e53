"""Payout shares: the lots that were sold, what each gave me and how, the pay slip, and "not right"."""

from flows import advance, calculation, i18n, money_notices, question, rule, sms, steps, surplus
from flows.calculation import not_right
from flows.engine import Menu, Option, Place, action, screen, to
from flows.guards import code_given
from flows.talk import Talk
from models import lines, payouts
from models.payouts import Share

_ = i18n.words(__name__)

LOTS = 6


@screen(needs=code_given)
def home(talk: Talk) -> Menu:
    newest = payouts.shares(talk.db, talk.member.member_id, 1)
    return _page(talk, newest[0]) if newest else _none()


@screen(needs=code_given)
def lot(talk: Talk, lot_id: int) -> Menu:
    share = payouts.share(talk.db, talk.member.member_id, lot_id)
    return _page(talk, share) if share else _none()


def _none() -> Menu:
    return Menu(_("Aucun lot n'a encore été partagé pour vous."), _besides())


def _besides() -> list[Option]:
    """What stands beside the shares of lots."""
    return [
        Option(_("Règle de partage"), to(rule.home)),
        Option(_("Mes avances"), to(advance.home)),
        Option(_("Excédent de l'année"), to(surplus.home)),
    ]


def _page(talk: Talk, share: Share) -> Menu:
    money = talk.member.money
    facts: dict[str, object] = {
        "number": share.number,
        "day": i18n.day(share.sold_on),
        "weight": i18n.grams(share.weight_mg),
        "share": money(share.share),
        "kept": money(share.recovered),
        "net": money(share.net),
    }
    text = _read_in(talk, facts, share) if share.carats is None else _shared_here(facts, share.carats)
    return Menu(text, _options(share))


def _shared_here(facts: dict[str, object], carats: int) -> str:
    """The sale stands in the calculation."""
    return _(
        "Lot {number}, {day}\n{weight} à {fineness}\nVotre part: {share}\nRetenu: {kept}\nNet: {net}",
        fineness=steps.carats(carats),
        **facts,
    )


def _read_in(talk: Talk, facts: dict[str, object], share: Share) -> str:
    return _(
        "Lot {number}, {day}\n{weight} à {fineness}/1000\nVente: {gross}\nVotre part: {share}\nRetenu: {kept}\n"
        "Net: {net}",
        fineness=share.fineness_ppt,
        gross=talk.member.money(share.gross),
        **facts,
    )


def _options(share: Share) -> list[Option]:
    """What can be done with a share. A lot that was read in from a file has its calculation at the office."""
    options = [
        Option(_("Calcul"), to(calculation.page, share.lot_id, 1)),
        Option(_("Autres lots"), to(lots)),
        Option(_("Pas juste"), to(not_right, share.entry_id)),
        Option(_("Par SMS"), to(by_sms, share.lot_id)),
    ]
    if share.carats is not None:
        options.append(Option(_("Fiche de paie"), to(slip, share.lot_id), number=5))
    options.append(Option(_("Payé?"), to(question.paid, share.lot_id), number=6))
    return options


@screen(needs=code_given)
def lots(talk: Talk) -> Menu:
    shares = payouts.shares(talk.db, talk.member.member_id, LOTS)
    listed = [
        Option(_("Lot {number} du {day}", number=share.number, day=i18n.day(share.sold_on)), to(lot, share.lot_id))
        for share in shares
    ]
    return Menu(
        _("Mes lots"),
        [*listed, *_besides()],
    )


@action(needs=code_given)
def by_sms(talk: Talk, lot_id: int) -> Place:
    share = payouts.share(talk.db, talk.member.member_id, lot_id)
    if share is not None:
        talk.send("share", money_notices.share_facts(share, talk.member.currency))
    return to(sms.sent)


@screen(needs=code_given)
def slip(talk: Talk, lot_id: int) -> Menu:
    """The pay slip: the member's gross, what was taken of it, and what is left."""
    share = payouts.share(talk.db, talk.member.member_id, lot_id)
    if share is None:
        return _none()
    facts = money_notices.slip_facts(share, _public(talk, lot_id), talk.member.currency)
    options = [
        Option(_("Par SMS"), to(slip_by_sms, lot_id)),
        Option(_("Pas juste"), to(not_right, share.entry_id)),
        Option(_("Mes avances"), to(advance.home)),
    ]
    return Menu(money_notices.slip(**facts), options)


@action(needs=code_given)
def slip_by_sms(talk: Talk, lot_id: int) -> Place:
    share = payouts.share(talk.db, talk.member.member_id, lot_id)
    if share is not None:
        talk.send("slip", money_notices.slip_facts(share, _public(talk, lot_id), talk.member.currency))
    return to(sms.sent)


def _public(talk: Talk, lot_id: int) -> tuple[int, int]:
    return lines.public(lines.seen_by(talk.db, lot_id, talk.member.member_id))
