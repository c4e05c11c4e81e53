"""The register of lots: what was sold, and what each member had of it. A lot is all its rows."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, case, func, insert, select

from models import ledger, published
from models import lots as deliveries
from models.cooperatives import Cooperative
from models.entries import STANDS, Account, Entry, EntryKind, Posting
from models.keys import entry_key
from models.lots import Lot
from models.members import Member
from models.payouts import Part, sale
from ussd_app.registers import cells
from ussd_app.registers.books import AUTHOR
from ussd_app.registers.homes import Homes
from ussd_app.registers.nouns import Column, Found, Given, Key, Noun, Values, in_cooperative, slices
from ussd_app.registers.problems import Problem

OF_THE_LOT = ("sold_on", "weight_mg", "fineness_ppt", "gross")

_GROSS = (
    select(func.sum(Posting.amount))
    .where(Posting.entry_id == Entry.id, Posting.account == Account.SALES)
    .correlate(Entry)
    .scalar_subquery()
)
_STORED = (
    select(
        Entry.id.label("id"),
        Cooperative.code.label("cooperative"),
        Lot.number.label("lot"),
        Lot.sold_on.label("sold_on"),
        Lot.weight_mg.label("weight_mg"),
        Lot.fineness_ppt.label("fineness_ppt"),
        _GROSS.label("gross"),
        Member.number.label("member"),
        (-func.sum(Posting.amount)).label("share"),
        func.sum(case((Posting.account == Account.ADVANCES, -Posting.amount), else_=0)).label("recovered"),
    )
    .join(Entry, Entry.lot_id == Lot.id)
    .join(Cooperative, Cooperative.id == Lot.cooperative_id)
    .join(Posting, Posting.entry_id == Entry.id)
    .join(Member, Member.id == Posting.member_id)
    .where(Entry.kind == EntryKind.LOT, Posting.account.in_((Account.SHARES, Account.ADVANCES)))
    .group_by(Lot.id, Entry.id, Cooperative.code, Member.id)
)

Lots = Mapping[Key, Sequence[Given]]


def _lot_of(values: Values) -> Key:
    return values["cooperative"], values["lot"]


def _by_lot(rows: Sequence[Given]) -> Lots:
    """The rows of each lot. A row whose lot cannot be read is in none."""
    lots: dict[Key, list[Given]] = {}
    for given in rows:
        if "cooperative" in given.values and "lot" in given.values:
            lots.setdefault(_lot_of(given.values), []).append(given)
    return lots


def _void(given: Given) -> bool:
    """Nobody's share is not in the ledger, which has no postings of zero."""
    return bool(given.values["share"] == 0)


def _check(db: Connection, rows: Sequence[Given], found: Found, _homes: Homes) -> Iterator[Problem]:
    """A lot must be one lot in all its rows, give no more than it brought, and stay as it is in the books."""
    books: dict[Key, set[str]] = {}
    for stored in found.values():
        books.setdefault(_lot_of(stored.values), set()).add(stored.values["member"])
    waiting = _open(db, rows)
    for lot, parts in _by_lot(rows).items():
        yield from _delivered_here(parts, waiting)
        yield from _disagreements(parts)
        yield from _kept_too_much(parts)
        if not any(given.broken for given in parts):
            yield from _overspent(parts)
            yield from _other_members(parts, books.get(lot))


def _open(db: Connection, rows: Sequence[Given]) -> set[tuple[int, str]]:
    """The lots that were delivered and are not shared yet: they have their own way into the books."""
    homes = {given.cooperative_id for given in rows if given.home is not None}
    return {(home, each.number) for home in homes for each in deliveries.open_lots(db, home, 10_000)}


def _delivered_here(parts: Sequence[Given], waiting: set[tuple[int, str]]) -> Iterator[Problem]:
    first = parts[0]
    if first.home is not None and (first.cooperative_id, first.values["lot"]) in waiting:
        what = "ce lot est livré ici et n'est pas encore partagé"
        yield first.problem("lot", what, "partagez-le ici, ou donnez un autre numéro de lot")


def _disagreements(parts: Sequence[Given]) -> Iterator[Problem]:
    for name in OF_THE_LOT:
        said = [given for given in parts if name in given.values]
        for given in said[1:]:
            if given.values[name] != said[0].values[name]:
                what = f"la ligne {said[0].row} dit autre chose du même lot"
                yield given.problem(name, what, "donnez la même valeur sur toutes les lignes du lot")


def _kept_too_much(parts: Sequence[Given]) -> Iterator[Problem]:
    for given in parts:
        kept, share = given.values.get("recovered"), given.values.get("share")
        if kept is not None and share is not None and kept > share:
            yield given.problem("recovered", "la retenue dépasse la part", "retenez au plus la part")


def _overspent(parts: Sequence[Given]) -> Iterator[Problem]:
    shares = sum(given.values["share"] for given in parts)
    if shares > parts[0].values["gross"]:
        yield parts[0].problem(
            "share", "les parts du lot dépassent ensemble son prix", "donnez au plus le prix en parts"
        )
    if shares == 0:
        yield parts[0].problem("share", "le lot ne donne rien à personne", "donnez au moins une part")


def _other_members(parts: Sequence[Given], books: set[str] | None) -> Iterator[Problem]:
    right = "donnez les lignes du lot qui sont dans les livres, ou un autre numéro de lot"
    if books is None:
        return
    for given in parts:
        if given.values["member"] not in books and not _void(given):
            yield given.problem("member", "les livres ont déjà ce lot, sans ce membre", right)
    if books - {given.values["member"] for given in parts if not _void(given)}:
        yield parts[0].problem("lot", "les livres ont déjà ce lot, avec d'autres membres encore", right)


def _write(db: Connection, new: Sequence[Given], _changed: Sequence[Given], now: datetime) -> None:
    for lots in slices(list(_by_lot(new).values())):
        rows = [
            {
                "cooperative_id": parts[0].cooperative_id,
                "number": parts[0].values["lot"],
                **{name: parts[0].values[name] for name in OF_THE_LOT if name != "gross"},
            }
            for parts in lots
        ]
        returned = db.execute(insert(Lot).returning(Lot.cooperative_id, Lot.number, Lot.id), rows)
        ids = {(cooperative_id, number): lot_id for cooperative_id, number, lot_id in returned}
        sales = [_sale(parts, ids[parts[0].cooperative_id, parts[0].values["lot"]]) for parts in lots]
        ledger.post(db, sales, AUTHOR, now)
        written = select(Entry.id).where(Entry.key.in_([each.key for each in sales]))
        published.stamp(db, db.execute(written).scalars().all())


def _sale(parts: Sequence[Given], lot_id: int) -> ledger.NewEntry:
    first = parts[0].values
    sold = (first["sold_on"], first["lot"], first["gross"])
    shares = [Part(given.owner_id, given.values["share"], given.values["recovered"]) for given in parts]
    return sale(parts[0].cooperative_id, lot_id, entry_key("lot", first["cooperative"], first["lot"]), sold, shares)


LOTS = Noun(
    columns=(
        Column("cooperative", cells.cooperative_code),
        Column("lot", cells.code),
        Column("sold_on", cells.day, past=True),
        Column("weight_mg", cells.whole(1)),
        Column("fineness_ppt", cells.whole(1, 1000)),
        Column("gross", cells.whole(1), load=int),
        Column("member", cells.code),
        Column("share", cells.whole(0), load=int),
        Column("recovered", cells.whole(0), load=int),
    ),
    key=("cooperative", "lot", "member"),
    stored=_STORED,
    among=in_cooperative(Lot.cooperative_id, Lot.number, "lot"),
    order=(
        Cooperative.code,
        Lot.sold_on,
        func.length(Lot.number),
        Lot.number,
        func.length(Member.number),
        Member.number,
    ),
    standing=STANDS,
    write=_write,
    check=_check,
    fixed="gardez la valeur des livres, ou annulez le lot et donnez un autre numéro de lot",
    void=_void,
    once="gardez une des deux lignes, ou additionnez-les si le membre a deux parts",
    entire=True,
)
