"""Made-up books, written fast: cooperatives of 200 members, a year of dues and payments, lots and meetings.

The database writes the dues and payments itself, a million in some seconds. They are not sealed into the chains: each
seal needs the one before it, which takes minutes, and no press reads one. So the proof would refuse these books.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, Date, Engine, String, case, cast, func, insert, literal, select

from models import codes, ledger, payouts
from models.base import UtcDateTime
from models.cooperatives import Cooperative, Kind
from models.entries import Account, Entry, EntryKind, Posting
from models.lots import Lot
from models.meetings import Meeting, MeetingKind
from models.members import Member, Phone, Role
from models.money import Currency

CODE = "4826"
AUTHOR = "benchmark"
MEMBERS_EACH = 200
DIALLING = 200
DUES, PAYMENTS = 12, 8
ENTRIES_EACH = DUES + PAYMENTS
AMOUNT = 1_000


def fill(db: Connection, members: int, now: datetime) -> list[str]:
    """Add members with everything that is told to them; the phones of the first ones, whose code is CODE."""
    homes = [_cooperative(db, number) for number in range(-(-members // MEMBERS_EACH))]
    ids = _members(db, homes, members)
    for months_ago in range(DUES):
        day = now.date() - timedelta(days=30 * months_ago + 1)
        _entries(db, ids[0], EntryKind.DUE, day, f"Cotisation {day:%m/%Y}")
        if months_ago < PAYMENTS:
            _entries(db, ids[0], EntryKind.PAYMENT, day, f"OM{months_ago:06d}")
    _postings(db)
    dialling = ids[:DIALLING]
    _codes(db, dialling)
    _lots(db, homes[0], dialling, now)
    _meetings(db, homes[0], now)
    return [_phone(number) for number in range(len(dialling))]


def settle(engine: Engine) -> None:
    """Have the database count its rows, as it does by itself after a while."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.exec_driver_sql("VACUUM ANALYZE" if db.dialect.name == "postgresql" else "ANALYZE")


def _phone(number: int) -> str:
    return f"+223{60_000_000 + number}"


def _cooperative(db: Connection, number: int) -> int:
    row = {"code": f"B{number:03d}", "name": f"Bench {number}", "kind": Kind.SCOOPS, "district": "Kangaba"}
    home = {"country": "ML", "currency": Currency.XOF, "language": "fr", "time_zone": "Africa/Bamako"}
    return int(db.execute(insert(Cooperative).returning(Cooperative.id), row | home).scalar_one())


def _members(db: Connection, homes: list[int], count: int) -> list[int]:
    rows = [
        {
            "cooperative_id": homes[number // MEMBERS_EACH],
            "number": str(number),
            "name": f"Membre {number}",
            "language": "fr",
            "role": Role.MEMBER,
            "joined_on": date(2024, 1, 1),
            "amounts_by_sms": False,
        }
        for number in range(count)
    ]
    ids = list(db.execute(insert(Member).returning(Member.id, sort_by_parameter_order=True), rows).scalars())
    db.execute(insert(Phone), [{"member_id": each, "number": _phone(number)} for number, each in enumerate(ids)])
    return ids


def _entries(db: Connection, first: int, kind: EntryKind, day: date, label: str) -> None:
    """One entry for each member from the first on, in one statement."""
    key = literal(f"{AUTHOR}:{kind}:{day}:") + cast(Member.id, String)
    moment = datetime.combine(day, time(9)).astimezone()
    rows = select(
        Member.cooperative_id,
        key,
        literal(kind.value),
        literal(day, Date),
        literal(label),
        Member.id,
        literal(AUTHOR),
        literal(moment, UtcDateTime),
    ).where(Member.id >= first)
    names = ["cooperative_id", "key", "kind", "happened_on", "label", "member_id", "author", "recorded_at"]
    db.execute(insert(Entry).from_select(names, rows))


def _postings(db: Connection) -> None:
    """The two sides of every entry made here."""
    due, ours = Entry.kind == EntryKind.DUE, Entry.author == AUTHOR
    other = case((due, Account.DUES_INCOME.value), else_=Account.ORANGE_MONEY.value)
    member = select(Entry.id, literal(Account.DUES.value), Entry.member_id, case((due, AMOUNT), else_=-AMOUNT))
    fund = select(Entry.id, other, case((due, -AMOUNT), else_=AMOUNT))
    names = ["entry_id", "account", "member_id", "amount"]
    db.execute(insert(Posting).from_select(names, member.where(ours)))
    db.execute(insert(Posting).from_select([name for name in names if name != "member_id"], fund.where(ours)))


def _codes(db: Connection, members: list[int]) -> None:
    hashed = codes.hashed(CODE)
    for each in members:
        codes.propose(db, each, hashed)
        codes.settle(db, each, hashed, changing=False)


def _lots(db: Connection, home: int, members: list[int], now: datetime) -> None:
    parts = [payouts.Part(each, 15_000, 2_000) for each in members]
    for number in range(5):
        day = now.date() - timedelta(days=30 * number + 2)
        row = {"cooperative_id": home, "number": str(number), "sold_on": day, "weight_mg": 34_200, "fineness_ppt": 896}
        lot = db.execute(insert(Lot).returning(Lot.id), row).scalar_one()
        sold = (day, str(number), 20_000 * len(members))
        ledger.post(db, [payouts.sale(home, lot, f"{AUTHOR}:lot:{number}", sold, parts)], "lots", now)


def _meetings(db: Connection, home: int, now: datetime) -> None:
    db.execute(insert(Meeting), list(_meeting_rows(home, now)))


def _meeting_rows(home: int, now: datetime) -> Iterator[dict[str, object]]:
    for number in range(3):
        yield {
            "cooperative_id": home,
            "starts_at": now + timedelta(days=7 * number + 3),
            "place": "Hangar de lavage",
            "kind": MeetingKind.TRAINING,
            "agenda": "Dangers du mercure\nLaver sans mercure\nGants et masques",
        }


def entries(db: Connection) -> int:
    """How many entries the ledger has."""
    return int(db.execute(select(func.count()).select_from(Entry)).scalar_one())
