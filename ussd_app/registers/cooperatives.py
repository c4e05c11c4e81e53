"""The register of cooperatives and of the bodies above them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.orm import aliased

from models.cooperatives import TIME_ZONES, Affiliation, Cooperative, Kind
from models.entries import Entry
from models.money import Currency
from ussd_app.registers import cells
from ussd_app.registers.homes import Homes, known
from ussd_app.registers.nouns import Column, Found, Given, Noun, slices
from ussd_app.registers.problems import Problem

_above = aliased(Cooperative)
_PARENTS = (
    select(func.aggregate_strings(_above.code, ";"))
    .join(Affiliation, Affiliation.parent_id == _above.id)
    .where(Affiliation.cooperative_id == Cooperative.id)
    .correlate(Cooperative)
    .scalar_subquery()
)
_STORED = select(
    Cooperative.id.label("id"),
    Cooperative.code.label("cooperative"),
    Cooperative.name.label("name"),
    Cooperative.kind.label("kind"),
    _PARENTS.label("parent"),
    Cooperative.district.label("district"),
    Cooperative.country.label("country"),
    Cooperative.currency.label("currency"),
    Cooperative.language.label("language"),
)
_LINKS = (
    select(Cooperative.code, _above.code)
    .join(Affiliation, Affiliation.cooperative_id == Cooperative.id)
    .join(_above, _above.id == Affiliation.parent_id)
)


def _among(_db: Connection, rows: Sequence[Given]) -> Iterator[ColumnElement[bool]]:
    return (Cooperative.code.in_(part) for part in slices([given.values["cooperative"] for given in rows]))


def _row(given: Given) -> dict[str, object]:
    said = given.values
    kept = ("name", "kind", "district", "country", "currency", "language")
    return {name: said[name] for name in kept} | {"time_zone": TIME_ZONES[said["country"]]}


def _write(db: Connection, new: Sequence[Given], changed: Sequence[Given], _now: datetime) -> None:
    if new:
        db.execute(insert(Cooperative), [{"code": given.values["cooperative"], **_row(given)} for given in new])
    if changed:
        there = [{"there": given.stored_id, **_row(given)} for given in changed]
        db.execute(update(Cooperative).where(Cooperative.id == bindparam("there")), there)
        links = delete(Affiliation).where(Affiliation.cooperative_id == bindparam("there"))
        db.execute(links, [{"there": given.stored_id} for given in changed])
    ids = {code: home.id for code, home in known(db).items()}
    above = [
        {"cooperative_id": ids[given.values["cooperative"]], "parent_id": ids[parent]}
        for given in [*new, *changed]
        for parent in given.values["parent"]
    ]
    if above:
        db.execute(insert(Affiliation), above)


def _check(db: Connection, rows: Sequence[Given], found: Found, homes: Homes) -> Iterator[Problem]:
    """Parents must be known, no body may stand above itself, and money keeps its currency."""
    there = homes.keys() | {given.values.get("cooperative") for given in rows}
    parents: dict[str, set[str]] = {}
    for code, parent in db.execute(_LINKS):
        parents.setdefault(code, set()).add(parent)
    sound = [given for given in rows if not given.broken]
    parents |= {given.values["cooperative"]: set(given.values["parent"]) for given in sound}
    for given in rows:
        if not there.issuperset(given.values.get("parent", ())):
            right = "donnez le code d'une coopérative du fichier ou déjà importée"
            yield given.problem("parent", "ce parent n'est pas connu", right)
    for given in sound:
        if given.values["cooperative"] in _all_above(parents, given.values["cooperative"]):
            yield given.problem("parent", "cette coopérative serait au-dessus d'elle-même", "ôtez un des liens")
    yield from _other_currency(db, sound, found)


def _all_above(parents: Mapping[str, set[str]], code: str) -> set[str]:
    """Everybody above a cooperative, at any height."""
    above: set[str] = set()
    waiting = [*parents.get(code, ())]
    while waiting:
        parent = waiting.pop()
        if parent not in above:
            above.add(parent)
            waiting += parents.get(parent, ())
    return above


def _other_currency(db: Connection, rows: Sequence[Given], found: Found) -> Iterator[Problem]:
    for given in rows:
        stored = found.get((given.values["cooperative"],))
        if stored is None or stored.values["currency"] == given.values["currency"]:
            continue
        if db.execute(select(exists().where(Entry.cooperative_id == stored.id))).scalar_one():
            yield given.problem("currency", "les livres ont déjà une autre monnaie", "gardez la monnaie des livres")


COOPERATIVES = Noun(
    columns=(
        Column("cooperative", cells.cooperative_code),
        Column("name", cells.text),
        Column("kind", cells.one_of(Kind, "une forme connue")),
        Column("parent", cells.listed(cells.cooperative_code), empty=(), load=cells.in_order),
        Column("district", cells.text, empty=""),
        Column("country", cells.country),
        Column("currency", cells.one_of(Currency, "une monnaie connue")),
        Column("language", cells.language, empty="fr"),
    ),
    key=("cooperative",),
    stored=_STORED,
    among=_among,
    order=(Cooperative.code,),
    write=_write,
    check=_check,
    entire=True,
    belongs=False,
)
