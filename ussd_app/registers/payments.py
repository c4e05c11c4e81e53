"""The register of payments: what members paid, when and how."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.orm import aliased

from models import ledger
from models.cooperatives import Cooperative
from models.dues import CHANNELS, payment
from models.entries import STANDS, Account, Entry, EntryKind, Posting
from models.keys import entry_key
from models.members import Member
from ussd_app.registers import cells
from ussd_app.registers.books import AUTHOR, keyed
from ussd_app.registers.homes import Homes
from ussd_app.registers.nouns import Column, Found, Given, Noun
from ussd_app.registers.problems import Problem

_received = aliased(Posting)
_STORED = (
    select(
        Entry.id.label("id"),
        Cooperative.code.label("cooperative"),
        Member.number.label("member"),
        Entry.happened_on.label("paid_on"),
        _received.amount.label("amount"),
        _received.account.label("channel"),
        Entry.label.label("reference"),
    )
    .join(Cooperative, Cooperative.id == Entry.cooperative_id)
    .join(Posting, Posting.entry_id == Entry.id)
    .join(_received, _received.entry_id == Entry.id)
    .join(Member, Member.id == Posting.member_id)
    .where(Entry.kind == EntryKind.PAYMENT, Posting.account == Account.DUES, _received.account.in_(CHANNELS))
)


def _key(given: Given) -> str:
    return entry_key("payment", given.values["cooperative"], given.values["reference"])


def _check(db: Connection, rows: Sequence[Given], found: Found, _homes: Homes) -> Iterator[Problem]:
    """A reference is not known by another payment than of dues, such as one for shares of the capital."""
    new = {_key(given): given for given in rows if not given.broken and PAYMENTS.key_of(given.values) not in found}
    for key in ledger.posted(db, [*new]):
        given, new[key].broken = new[key], True
        what = "les livres ont déjà cette référence pour un autre paiement que de cotisations"
        yield given.problem("reference", what, "donnez une autre référence")


def _write(db: Connection, new: Sequence[Given], _changed: Sequence[Given], now: datetime) -> None:
    entries = []
    for given in new:
        said = given.values
        paid = (said["paid_on"], said["reference"], said["amount"])
        entries.append(payment(given.cooperative_id, given.owner_id, _key(given), paid, said["channel"]))
    ledger.post(db, entries, AUTHOR, now)


_channel = cells.among(tuple(CHANNELS), "un moyen de paiement connu")

PAYMENTS = Noun(
    columns=(
        Column("cooperative", cells.cooperative_code),
        Column("member", cells.code),
        Column("paid_on", cells.day, past=True),
        Column("amount", cells.whole(1)),
        Column("channel", lambda said: Account(_channel(said))),
        Column("reference", cells.code),
    ),
    key=("cooperative", "reference"),
    stored=_STORED,
    among=keyed(_key),
    order=(Cooperative.code, Entry.happened_on, Entry.label, Entry.id),
    standing=STANDS,
    write=_write,
    check=_check,
    fixed="gardez la valeur des livres, ou annulez-la et donnez une autre référence",
)
