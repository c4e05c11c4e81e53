"""The register of payments: what members paid, when and how."""

from collections.abc import Sequence
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
from ussd_app.registers.nouns import Column, Given, Noun

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
        Column("paid_on", cells.day),
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
    fixed="gardez la valeur des livres, ou annulez-la et donnez une autre référence",
)
