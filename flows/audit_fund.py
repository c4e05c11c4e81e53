"""The audit fund of affiliates: what is in it, what our cooperative has to pay and how that was computed."""

from flows import grievance, guards, i18n
from flows.engine import Menu, Option, screen, to
from flows.grievance import Reason
from flows.talk import Talk
from models.audit_fund import told
from models.audit_fund.told import Called
from models.money import grouped

_ = i18n.words(__name__)

CALLS = 6


@screen(needs=guards.member)
def home(talk: Talk) -> Menu:
    newest = told.calls(talk.db, talk.member.cooperative_id, 1)
    return _page(talk, newest[0]) if newest else _nothing()


@screen(needs=guards.member)
def call(talk: Talk, entry_id: int, affiliate_id: int | None = None) -> Menu:
    called = told.call(talk.db, talk.member.cooperative_id, entry_id, affiliate_id)
    return _page(talk, called) if called else _nothing()


def _nothing() -> Menu:
    return Menu(_("Aucun fonds d'audit n'est noté au-dessus de votre coopérative."))


def _page(talk: Talk, called: Called) -> Menu:
    text = _(
        "{cooperative}\nFonds d'audit {year}\nAppel: {amount}\nDans le fonds: {balance}",
        cooperative=called.cooperative,
        year=called.year,
        amount=talk.member.money(called.amount),
        balance=talk.member.money(told.balance(talk.db, called.cooperative_id)),
    )
    options = [Option(_("Autres appels"), to(calls)), Option(_("Pas juste"), to(not_right, called.entry_id))]
    if called.affiliate_id is not None:
        ours = Option(_("Notre part"), to(part, called.entry_id, called.affiliate_id))
        return Menu(text, [ours, *options])
    return Menu(text, options)


@screen(needs=guards.member)
def calls(talk: Talk) -> Menu:
    found = told.calls(talk.db, talk.member.cooperative_id, CALLS)
    options = [
        Option(
            _("{year}, {who}", year=each.year, who=each.affiliate or each.cooperative),
            to(call, each.entry_id, each.affiliate_id),
        )
        for each in found
    ]
    return Menu(_("Appels du fonds d'audit"), options)


@screen(needs=guards.member)
def part(talk: Talk, entry_id: int, affiliate_id: int) -> Menu:
    called = told.call(talk.db, talk.member.cooperative_id, entry_id, affiliate_id)
    if called is None:
        return _nothing()
    text = _(
        "{affiliate}\nParts: {shares} sur {all}\n{amount} x {shares} / {all}\n= {part}",
        affiliate=called.affiliate,
        shares=grouped(called.shares),
        all=grouped(called.all_shares),
        amount=grouped(called.amount),
        part=talk.member.money(called.part),
    )
    options = [
        Option(_("Payé, reste à payer"), to(standing, entry_id, affiliate_id)),
        Option(_("L'arrondi"), to(rounding)),
        Option(_("Pas juste"), to(not_right, entry_id)),
    ]
    return Menu(text, options)


@screen(needs=guards.member)
def standing(talk: Talk, entry_id: int, affiliate_id: int) -> Menu:
    called = told.call(talk.db, talk.member.cooperative_id, entry_id, affiliate_id)
    if called is None:
        return _nothing()
    found = told.standing(talk.db, called.cooperative_id, affiliate_id)
    text = _(
        "{affiliate}\nToutes les années:\nÀ payer: {called}\nPayé: {paid}\nReste: {owed}",
        affiliate=called.affiliate,
        called=talk.member.money(found.called),
        paid=talk.member.money(found.paid),
        owed=talk.member.money(found.owed),
    )
    return Menu(text, [Option(_("Pas juste"), to(not_right, entry_id))])


@screen(needs=guards.member)
def rounding(talk: Talk) -> Menu:
    return Menu(
        _(
            "Chaque part est coupée au franc. Les francs qui restent vont un à un aux plus grands restes; à égalité, "
            "dans l'ordre des codes."
        )
    )


@screen(needs=guards.member)
def not_right(talk: Talk, entry_id: int) -> Menu:
    reasons = {
        Reason.WRONG_AMOUNT: _("Montant faux"),
        Reason.NOT_RECORDED: _("Payé, pas noté"),
        Reason.OTHER: _("Autre"),
    }
    return grievance.not_right(reasons, entry_id)
