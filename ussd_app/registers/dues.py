"""The register of dues: what members owe, and from when."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from models import ledger
from models.cooperatives import Cooperative
from models.dues import charge
from models.entries import STANDS, Account, Entry, EntryKind, Posting
from models.keys import entry_key
from models.members import Member
from models.plans import Plan
from ussd_app.registers import cells
from ussd_app.registers.books import AUTHOR, keyed
from ussd_app.registers.nouns import Column, Given, Noun, slices

_STORED = (
    select(
        Entry.id.label("id"),
        Cooperative.code.label("cooperative"),
        Member.number.label("member"),
        Entry.happened_on.label("due_on"),
        Entry.label.label("label"),
        Posting.amount.label("amount"),
    )
    .join(Cooperative, Cooperative.id == Entry.cooperative_id)
    .join(Posting, Posting.entry_id == Entry.id)
    .join(Member, Member.id == Posting.member_id)
    .where(Entry.kind == EntryKind.DUE, Posting.account == Account.DUES)
)


def _key(given: Given) -> str:
    said = given.values
    return entry_key("due", said["cooperative"], said["member"], said["due_on"], said["label"])


def _among(db: Connection, rows: Sequence[Given]) -> Iterator[ColumnElement[bool]]:
    """The entries that have the keys of these rows, and what plans charged the same members: their keys differ."""
    yield from keyed(_key)(db, rows)
    planned = select(Plan.cooperative_id).distinct()
    having = set(db.execute(planned).scalars())
    owners = sorted({given.owner_id for given in rows if given.cooperative_id in having})
    for part in slices(owners):
        yield Posting.member_id.in_(part) & Entry.author.startswith("plan:")


def _write(db: Connection, new: Sequence[Given], _changed: Sequence[Given], now: datetime) -> None:
    entries = [
        charge(given.cooperative_id, given.owner_id, _key(given), (said["due_on"], said["label"], said["amount"]))
        for given in new
        for said in [given.values]
    ]
    ledger.post(db, entries, AUTHOR, now)


DUES = Noun(
    columns=(
        Column("cooperative", cells.cooperative_code),
        Column("member", cells.code),
        Column("due_on", cells.day),
        Column("label", cells.label),
        Column("amount", cells.whole(1)),
    ),
    key=("cooperative", "member", "due_on", "label"),
    stored=_STORED,
    among=_among,
    order=(Cooperative.code, Entry.happened_on, func.length(Member.number), Member.number, Entry.label, Entry.id),
    standing=STANDS,
    write=_write,
    fixed="gardez le montant des livres, ou annulez-le et donnez un autre libellé",
)
