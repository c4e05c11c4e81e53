"""How a share was made, one step a screen, from the lines that were kept when the lot was published."""

from collections.abc import Sequence

from flows import adjustment, grievance, i18n, steps
from flows.engine import Menu, Option, screen, to
from flows.grievance import Reason
from flows.guards import code_given
from flows.shared_lot import Shown, shown
from flows.talk import Talk
from models import lot_accounts, sales, work
from models.advances import AdvanceKind
from models.lines import StoredLine
from models.lot_accounts import Account
from models.money import Money, grouped
from models.sales import Evidence, Pricing, Spent
from models.sharing import By, Fixed, Per, Pool, Recover, Split, Step
from models.sharing.beneficiaries import group
from models.sharing.rules import REST

_ = i18n.words(__name__)


@screen(needs=code_given)
def page(talk: Talk, lot_id: int, number: int) -> Menu:
    found = shown(talk, lot_id)
    if found is None or not 1 <= number <= found.pages:
        return Menu(_("Le calcul de ce lot est au bureau de la coopérative."))
    text = _text(talk, found, number)
    options = []
    if number < found.pages:
        options.append(Option(_("Suite"), to(page, lot_id, number + 1)))
    line = next(iter(found.of_step(number - 1)), None) if number <= found.published else None
    options.append(Option(_("Pas juste"), to(not_right, found.lines[0].entry_id, line.line_id if line else None), 2))
    if line is not None and line.step == Pool.step:
        options.append(Option(_("Pourquoi 1 F de moins?"), to(to_the_last, lot_id, number), 3))
    title = _("Calcul {number}/{pages}", number=number, pages=found.pages)
    return Menu(f"{title}\n{text}", options)


@screen(needs=code_given)
def to_the_last(talk: Talk, lot_id: int, number: int) -> Menu:
    return Menu(
        _(
            "On ne coupe pas 1 F. Les francs qui restent vont un par un aux plus grands restes. "
            "À égalité, au plus petit numéro de membre."
        ),
        [Option(_("Suite"), to(page, lot_id, number))],
    )


@screen(needs=code_given)
def not_right(talk: Talk, entry_id: int, line_id: int | None = None) -> Menu:
    reasons = {
        Reason.WRONG_DAYS: _("Jours mal comptés"),
        Reason.WRONG_WEIGHT: _("Poids ou titre faux"),
        Reason.WRONG_COSTS: _("Frais ou avance mal comptés"),
        Reason.NOT_RECEIVED: _("Argent pas reçu"),
        Reason.OTHER: _("Autre"),
    }
    return grievance.not_right(reasons, entry_id, line_id)


def _text(talk: Talk, found: Shown, number: int) -> str:
    if number == 1:
        return _sale(talk, found.account)
    if number == found.pages:
        return _basis(found.account)
    if number > found.published:
        return adjustment.said(talk, found.lines, found.adjusted[: number - found.published])
    if number <= 1 + found.costs:
        return _cost(talk, found, number - 1)
    return _step(talk, found, number - 1)


def _sale(talk: Talk, account: Account) -> str:
    money, quote = talk.member.money, account.quote
    if quote.per is Pricing.PER_CARAT:
        price = _("Prix: {value} le carat", value=money(quote.value))
    elif quote.base is None:
        price = _("Prix: {value} le g", value=money(quote.value))
    else:
        price = _("Prix: {value} le g à {base}", value=money(quote.value), base=steps.carats(quote.base))
    gram = money(int(quote.per_gram(account.carats)))
    return "\n".join(
        [
            _("Or: {weight} à {fineness}", weight=i18n.grams(account.weight_mg), fineness=steps.carats(account.carats)),
            price,
            *([] if gram == money(quote.value) else [_("Soit {value} le g", value=gram)]),
            _("Vente: {gross}", gross=money(account.gross)),
        ]
    )


def _cost(talk: Talk, found: Shown, taken: int) -> str:
    """A cost of the lot with its evidence; after the last one, what they are together, and the net."""
    money = talk.member.money
    spent, line = sales.costs(talk.db, found.lot_id)[taken - 1], found.of_step(taken)[0]
    text = _(
        "{label}: {amount}\nPreuve: {evidence}", label=spent.label, amount=money(line.amount), evidence=_evidence(spent)
    )
    if taken < found.costs:
        return text + "\n" + _("Reste: {rest}", rest=money(line.rest))
    together = money(found.account.gross - line.rest)
    return text + "\n" + _("Frais en tout: {costs}\nNet: {rest}", costs=together, rest=money(line.rest))


def _evidence(spent: Spent) -> str:
    if spent.kind is Evidence.RECEIPT:
        return _("reçu {number}", number=spent.evidence)
    return _("témoin {name}", name=spent.evidence)


def _step(talk: Talk, found: Shown, taken: int) -> str:
    """A step of the rule: how it is written, and what it gave."""
    number = taken - found.costs
    here, step = found.of_step(taken), found.steps[number - 1]
    title = steps.said(talk, found.account.written.unit, found.steps, number)
    match step:
        case Split():
            return _split(talk, found, here, step)
        case Pool():
            return _pool(talk, found, here, step)
        case Recover():
            return _recovered(talk, found, step, title)
        case _:
            return f"{title}{_times(found.account, step)}\n{_given(talk, here)}"


def _given(talk: Talk, here: Sequence[StoredLine]) -> str:
    if not here:
        return _("Donné à un autre membre.")
    money = talk.member.money
    return _("{amount}\nReste: {rest}", amount=money(here[0].amount), rest=money(here[0].rest))


def _times(account: Account, step: Step) -> str:
    if not isinstance(step, Fixed) or step.per is Per.LOT:
        return ""
    counts = {Per.PIT: account.pits, Per.SACK: account.sacks, Per.DAY: account.days}
    return ", " + steps.counted(step.per, counts[step.per] or 0)


def _split(talk: Talk, found: Shown, here: list[StoredLine], step: Split) -> str:
    """The sides of a split with what each had; what went to another member is not told."""
    weights, rest = sum(each.weight for each in step.among), steps.rest_of(found.steps, found.steps.index(step) + 1)
    texts = [step.label]
    for each in step.among:
        line = next((line for line in here if line.to == each.to), None)
        value = _("à un autre membre") if line is None else str(talk.member.money(line.amount))
        texts.append(f"{steps.part(each, weights, rest)}: {value}")
    return "\n".join(texts)


def _pool(talk: Talk, found: Shown, here: list[StoredLine], step: Pool) -> str:
    """What the team had together, by what it was counted, and the member's own part of it."""
    by, money = steps.by(step.by), talk.member.money
    if not here:
        given = sum(line.amount for line in found.lines if line.to == step.of)
        title = f"{step.label}: {money(given)}" if given else step.label
        return f"{title}, {by}\n" + _("Vous n'êtes pas dans cette équipe.")
    totals = work.totals(talk.db, found.lot_id, talk.member.member_id)
    teams = [total for team, total in totals.items() if step.of in (REST, group(team))]
    equal = step.by is By.EQUAL
    all_of_it = sum(total.people if equal else total.weight for total in teams)
    mine = 1 if equal else sum(total.mine for total in teams)
    done = steps.done(step.by, mine)
    return "\n".join(
        [
            f"{step.label}: {money(here[0].together)}, {by}",
            _("Vous: {done} sur {all}", done=done, all=grouped(all_of_it)),
            _("Votre part: {amount}", amount=money(here[0].amount)),
        ]
    )


def _recovered(talk: Talk, found: Shown, step: Recover, title: str) -> str:
    """What was owed, what was kept back of it, the net, and what is left to give back."""
    kept = lot_accounts.kept(talk.db, found.lot_id, talk.member.member_id).get(AdvanceKind(step.kind.value))
    if kept is None:
        return title + "\n" + _("Rien n'est retenu pour vous.")
    text = _(
        "{label} {owed}: retenue {rate} au plus\nRetenu: {kept}\nNet: {net}\nReste d'avance: {left}",
        label=step.label,
        owed=talk.member.money(kept.owed),
        rate=steps.rate(step.max_ppm),
        kept=talk.member.money(kept.amount),
        net=_net(talk, found),
        left=talk.member.money(kept.left),
    )
    if step.floor:
        text += "\n" + _("Il vous reste au moins {floor}", floor=talk.member.money(step.floor))
    return text


def _net(talk: Talk, found: Shown) -> Money:
    mine = [line for line in found.lines if line.member_id == talk.member.member_id]
    return talk.member.money(sum(-line.amount if line.step == Recover.step else line.amount for line in mine))


def _basis(account: Account) -> str:
    """What the calculation rests on: the rule, whose word the price is, who bought, and who answers for it."""
    lines_of_it = [
        _("Règle {name}, version {version}", name=account.written.name, version=account.written.version),
        steps.basis(account.written),
        _("Prix: {source}, {day}", source=account.quote.source, day=i18n.day(account.quote.quoted_on)),
        _("Acheteur: {buyer}", buyer=account.buyer),
    ]
    if account.by_officers:
        lines_of_it.append(_("Un responsable de la coop a acheté ou financé ce lot."))
    return "\n".join(lines_of_it)
