"""The steps of a sharing rule in plain words: the same on the rule's own page and in the calculation of a share."""

from collections.abc import Mapping

from flows import i18n
from flows.i18n import mark
from flows.talk import Talk
from models.money import grouped
from models.rules import Basis, Written
from models.sharing import By, Cost, Fixed, Of, Part, Per, Percent, Pool, Recover, Split, Step, Unit
from models.sharing.beneficiaries import number_of
from models.sharing.rules import REST

_ = i18n.words(__name__)

OF: Mapping[Of, str] = {Of.GROSS: mark("de la vente"), Of.NET: mark("du net"), Of.REST: mark("du reste")}
PER: Mapping[Per, str] = {
    Per.LOT: mark("pour le lot"),
    Per.PIT: mark("par puits"),
    Per.SACK: mark("par sac"),
    Per.DAY: mark("par jour"),
}
COUNTED: Mapping[Per, str] = {
    Per.PIT: mark("{count} puits"),
    Per.SACK: mark("{count} sacs"),
    Per.DAY: mark("{count} jours"),
}
BY: Mapping[By, str] = {
    By.DAYS: mark("selon les jours"),
    By.SHIFTS: mark("selon les postes"),
    By.BOWLS: mark("selon les bols"),
    By.EQUAL: mark("à parts égales"),
    By.WEIGHT: mark("selon le poids"),
}
DONE: Mapping[By, str] = {
    By.DAYS: mark("{count} jours"),
    By.SHIFTS: mark("{count} postes"),
    By.BOWLS: mark("{count} bols"),
    By.EQUAL: mark("{count} part"),
    By.WEIGHT: mark("poids {count}"),
}
ONE_COUNTED: Mapping[Per, str] = {Per.PIT: mark("1 puits"), Per.SACK: mark("1 sac"), Per.DAY: mark("1 jour")}
ONE_DONE: Mapping[By, str] = {
    By.DAYS: mark("1 jour"),
    By.SHIFTS: mark("1 poste"),
    By.BOWLS: mark("1 bol"),
    By.EQUAL: mark("1 part"),
    By.WEIGHT: mark("poids 1"),
}
BASIS: Mapping[Basis, str] = {
    Basis.MOU: mark("Accord signé"),
    Basis.AG_RESOLUTION: mark("Décision de l'AG"),
    Basis.VERBAL: mark("Accord de vive voix"),
}


def rate(ppm: int) -> str:
    """A percentage as it is said: 5 %, 2,5 %."""
    whole, rest = divmod(ppm, 10_000)
    decimals = f"{rest:04d}".rstrip("0")
    point = "." if i18n.spoken() == "en" else ","
    return f"{whole}{point}{decimals} %" if decimals else f"{whole} %"


def carats(thousandths: int) -> str:
    """A fineness: 21,5 k; in parts per thousand where carats would be crooked."""
    if thousandths % 100 and thousandths % 24 == 0:
        return f"{thousandths // 24}/1000"
    whole, rest = divmod(thousandths, 1000)
    decimals = f"{rest:03d}".rstrip("0")
    point = "." if i18n.spoken() == "en" else ","
    return f"{whole}{point}{decimals} k" if decimals else f"{whole} k"


def by(counted: By) -> str:
    """What a team's parts go by: selon les jours."""
    return _(BY[counted])


def done(counted: By, count: int) -> str:
    """Work as it is said: 11 jours."""
    return _(ONE_DONE[counted]) if count == 1 else _(DONE[counted]).format(count=grouped(count))


def counted(per: Per, count: int) -> str:
    """What a lot was counted by: 2 puits."""
    return _(ONE_COUNTED[per]) if count == 1 else _(COUNTED[per]).format(count=grouped(count))


def amount(talk: Talk, unit: str, value: int) -> str:
    """An amount in the unit of a rule."""
    if unit == Unit.MONEY:
        return str(talk.member.money(value))
    return counted(Per.SACK, value) if unit == Unit.SACKS else i18n.grams(value)


def called(to: str) -> str:
    """Whom a step gives to: the name alone, a member by number."""
    number = number_of(to)
    return to.partition(":")[2] if number is None else _("membre {number}", number=number)


def part(each: Part, weights: int, rest: str) -> str:
    """One side of a split: 1/3 puits."""
    return f"{each.weight}/{weights} {rest if each.to == REST else called(each.to)}"


def rest_of(steps: tuple[Step, ...], number: int) -> str:
    """What the rest is called after a step: the team it goes to, when the next step pools it."""
    following = steps[number] if number < len(steps) else None
    return following.label if isinstance(following, Pool) and following.of == REST else _("reste")


def said(talk: Talk, unit: str, steps: tuple[Step, ...], number: int) -> str:
    """A step of a rule on one line, by its number from 1."""
    match steps[number - 1]:
        case Cost(label, value):
            return f"{label}: {amount(talk, unit, value)}"
        case Percent(label, _to, ppm, of):
            return f"{label}: {rate(ppm)} {_(OF[of])}"
        case Fixed(label, _to, value, per):
            return f"{label}: {amount(talk, unit, value)} {_(PER[per])}"
        case Split(label, among):
            weights, rest = sum(each.weight for each in among), rest_of(steps, number)
            return f"{label}: " + ", ".join(part(each, weights, rest) for each in among)
        case Pool(label, by, _of):
            return f"{label}: {_(BY[by])}"
        case Recover(label, _kind, most, floor):
            text = _("{label}: {rate} de la part au plus", label=label, rate=rate(most))
            return text + ", " + _("il reste {floor}", floor=amount(talk, unit, floor)) if floor else text


def basis(written: Written) -> str:
    """What a rule rests on: accord signé, its reference, its date."""
    return _(
        "{basis}: {reference}, {day}",
        basis=_(BASIS[written.basis]),
        reference=written.basis_ref,
        day=i18n.day(written.signed_on),
    )
