"""The surplus of the year: how the assembly shared it, step by step, what I had of it and how it was computed."""

from flows import audit_fund, grievance, i18n
from flows.engine import Menu, Option, screen, to
from flows.grievance import Reason
from flows.guards import code_given
from flows.talk import Talk
from models.money import grouped
from models.surplus import Measure, told
from models.surplus.sharing import CARRIED, DISTRIBUTABLE, GENERAL, INTEREST, RISTOURNES, TRAINING
from models.surplus.told import Line, Shared

_ = i18n.words(__name__)
mark = i18n.mark

YEARS = 6

TITLES = {
    GENERAL: mark("Réserve générale"),
    TRAINING: mark("Réserve de formation"),
    RISTOURNES: mark("Ristournes"),
    DISTRIBUTABLE: mark("Reste à affecter"),
    INTEREST: mark("Intérêt des parts"),
    CARRIED: mark("Report à l'an prochain"),
}
MEASURES = {
    Measure.DELIVERIES: mark("ce que chacun a livré"),
    Measure.WORK: mark("le travail de chacun"),
    Measure.LOTS: mark("les parts de chacun dans les lots de l'année"),
}


@screen(needs=code_given)
def home(talk: Talk) -> Menu:
    newest = told.years(talk.db, talk.member.cooperative_id, talk.member.member_id, 1)
    return _page(talk, newest[0]) if newest else _nothing()


@screen(needs=code_given)
def year(talk: Talk, entry_id: int) -> Menu:
    shared = _of(talk, entry_id)
    return _page(talk, shared) if shared else _nothing()


def _of(talk: Talk, entry_id: int) -> Shared | None:
    return told.year(talk.db, talk.member.cooperative_id, talk.member.member_id, entry_id)


def _nothing() -> Menu:
    return Menu(_("L'excédent de l'année n'est pas encore partagé."), [Option(_("Fonds d'audit"), to(audit_fund.home))])


def _page(talk: Talk, shared: Shared) -> Menu:
    lines = [_("Excédent {year}: {amount}", year=shared.year, amount=talk.member.money(shared.amount))]
    if shared.measure is not None:
        lines.append(_("Votre ristourne: {amount}", amount=talk.member.money(shared.ristourne)))
    if shared.rate_ppm is not None:
        lines.append(_("Votre intérêt: {amount}", amount=talk.member.money(shared.interest)))
    options = [
        Option(_("Pas à pas"), to(step, shared.entry_id, 1)),
        Option(_("Mon calcul"), to(mine, shared.entry_id)),
        Option(_("Pas juste"), to(not_right, shared.entry_id)),
        Option(_("Autres années"), to(years)),
        Option(_("Fonds d'audit"), to(audit_fund.home)),
    ]
    return Menu("\n".join(lines), options)


@screen(needs=code_given)
def years(talk: Talk) -> Menu:
    found = told.years(talk.db, talk.member.cooperative_id, talk.member.member_id, YEARS)
    return Menu(
        _("Excédents partagés"), [Option(_("Année {year}", year=each.year), to(year, each.entry_id)) for each in found]
    )


@screen(needs=code_given)
def step(talk: Talk, entry_id: int, number: int) -> Menu:
    shared = _of(talk, entry_id)
    steps = told.steps(talk.db, shared) if shared else []
    if shared is None or not 1 <= number <= len(steps) + 1:
        return _nothing()
    options = [Option(_("Suite"), to(step, entry_id, number + 1))] if number <= len(steps) else []
    if number > 1:
        options.append(Option(_("Pourquoi?"), to(why, entry_id, number)))
    text = _resolved(talk, shared) if number == 1 else _taken(talk, shared, steps[number - 2])
    return Menu(f"{number}/{len(steps) + 1} {text}", [*options, Option(_("Pas juste"), to(not_right, entry_id))])


def _resolved(talk: Talk, shared: Shared) -> str:
    return _(
        "AG du {day}\n{resolution}\nExcédent {year}: {amount}",
        day=i18n.day(shared.held_on),
        resolution=shared.resolution,
        year=shared.year,
        amount=talk.member.money(shared.amount),
    )


def _taken(talk: Talk, shared: Shared, line: Line) -> str:
    money = talk.member.money
    amount = _("{title}: {amount}", title=title(line.to, line.label), amount=money(line.amount))
    if line.to == CARRIED:
        return amount
    if line.to != DISTRIBUTABLE:
        return "\n".join([amount, _("Reste: {rest}", rest=money(line.rest))])
    brought = _("Report d'avant: {amount}", amount=money(shared.brought))
    return "\n".join([amount, brought, _("Ensemble: {amount}", amount=money(line.amount + shared.brought))])


def title(to: str, label: str) -> str:
    """What a step is called; an optional reserve has its own name."""
    return _(TITLES[to]) if to in TITLES else label


@screen(needs=code_given)
def why(talk: Talk, entry_id: int, number: int) -> Menu:
    shared = _of(talk, entry_id)
    steps = told.steps(talk.db, shared) if shared else []
    if shared is None or not 2 <= number <= len(steps) + 1:
        return _nothing()
    onward: list[Option] = []
    if number <= len(steps):
        onward.append(Option(_("Suite"), to(step, entry_id, number + 1)))
    return Menu(_because(talk, shared, steps[number - 2]), [*onward, Option(_("Pas juste"), to(not_right, entry_id))])


def _because(talk: Talk, shared: Shared, line: Line) -> str:
    """What the law says of a step (OHADA Uniform Act on cooperatives), and the figures it rests on."""
    if line.article == 114:
        return _legal_reserve(talk, shared, line)
    if line.article == 115:
        return _("Article 115: réserve prévue par les statuts. Toutes ensemble: 20% de l'excédent au plus.")
    if line.to == RISTOURNES:
        measure = _(MEASURES[shared.measure]) if shared.measure else ""
        return _("Article 112: les ristournes se partagent selon {measure}.", measure=measure)
    if line.to == INTEREST:
        return _(
            "Article {article}: {rate}% des parts payées, pas plus que le taux de la banque centrale.",
            article=line.article,
            rate=_percent(shared.rate_ppm or 0),
        )
    sentences = {
        DISTRIBUTABLE: _("Article {article}: ce qui reste de l'année et le report d'avant. L'AG décide."),
        CARRIED: _("Article {article}: l'AG le garde pour l'an prochain. Les réserves ne se partagent jamais."),
    }
    ours = sentences.get(line.to, _("Article {article}: l'AG a mis plus dans cette réserve."))
    return ours.format(article=line.article)


def _legal_reserve(talk: Talk, shared: Shared, line: Line) -> str:
    before = shared.general_before if line.to == GENERAL else shared.training_before
    return _(
        "Article 114: 20% au moins, arrondi en haut, si la réserve est sous le capital.\nAvant: {before}\n"
        "Capital: {capital}",
        before=talk.member.money(before),
        capital=talk.member.money(shared.capital),
    )


def _percent(ppm: int) -> str:
    """A rate as it is said: 3,5; in English 3.5."""
    whole, rest = divmod(ppm, 10_000)
    decimals = f"{rest:04d}".rstrip("0")
    return f"{whole}{'.' if i18n.spoken() == 'en' else ','}{decimals}" if decimals else f"{whole}"


@screen(needs=code_given)
def mine(talk: Talk, entry_id: int) -> Menu:
    shared = _of(talk, entry_id)
    found = told.own(talk.db, shared, talk.member.member_id, RISTOURNES) if shared else None
    options: list[Option] = []
    if shared is not None and shared.rate_ppm is not None:
        options.append(Option(_("Mon intérêt"), to(interest, entry_id)))
    if shared is None or shared.measure is None or found is None:
        return Menu(_("Vous n'avez pas de part dans les ristournes."), [*options, _unjust(entry_id)])
    pot, own = found
    lines = [
        _("Ristournes: {amount}", amount=talk.member.money(pot.amount)),
        _measured(talk, shared.measure, own.weight, pot.weight),
        _("Votre part: {amount}", amount=talk.member.money(own.amount)),
    ]
    return Menu("\n".join(lines), [Option(_("L'arrondi"), to(rounding)), *options, _unjust(entry_id)])


def _measured(talk: Talk, measure: Measure, own: int, together: int) -> str:
    if measure is Measure.DELIVERIES:
        return _("Livré: {own} sur {all}", own=i18n.grams(own), all=i18n.grams(together))
    if measure is Measure.WORK:
        return _("Travail: {own} jours sur {all}", own=grouped(own), all=grouped(together))
    return _("Vos parts de lots: {own} sur {all}", own=talk.member.money(own), all=talk.member.money(together))


def _unjust(entry_id: int) -> Option:
    return Option(_("Pas juste"), to(not_right, entry_id))


@screen(needs=code_given)
def interest(talk: Talk, entry_id: int) -> Menu:
    shared = _of(talk, entry_id)
    found = told.own(talk.db, shared, talk.member.member_id, INTEREST) if shared else None
    if shared is None or found is None:
        return Menu(_("Vous n'avez pas d'intérêt cette année."), [_unjust(entry_id)])
    text = _(
        "Vos parts payées: {paid}\nIntérêt: {rate}%\nPour vous: {amount}\nCoupé au franc, car le taux est un maximum.",
        paid=talk.member.money(found[1].weight),
        rate=_percent(shared.rate_ppm or 0),
        amount=talk.member.money(found[1].amount),
    )
    return Menu(text, [_unjust(entry_id)])


@screen(needs=code_given)
def rounding(talk: Talk) -> Menu:
    return Menu(
        _(
            "Chaque part est coupée au franc. Les francs qui restent vont un à un aux plus grands restes; à égalité, "
            "au plus petit numéro."
        )
    )


@screen(needs=code_given)
def not_right(talk: Talk, entry_id: int) -> Menu:
    reasons = {
        Reason.WRONG_AMOUNT: _("Montant faux"),
        Reason.WRONG_WEIGHT: _("Livraisons mal comptées"),
        Reason.WRONG_DAYS: _("Travail mal compté"),
        Reason.OTHER: _("Autre"),
    }
    return grievance.not_right(reasons, entry_id)
