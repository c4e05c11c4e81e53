"""The longest values of the year, for the walk: six surpluses, and the audit fund of a federation."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Connection, insert

from models import audit_fund, surplus, writing
from models.audit_fund.books import Call, Money
from models.cooperatives import Affiliation, Cooperative, Kind
from models.entries import Account
from models.grievances import published
from models.grievances.periods import Period
from models.hands import Hand
from models.members import Role
from models.money import Currency
from models.surplus import Decision, Interest, Measure, Measured, Optional, Reserve, Ristournes
from models.surplus.books import Resolved

MOST = 999_999_999
RESOLUTION = "AG ordinaire, résolution numéro 4, point 2"[:40]
HELD_ON = (12, 28)


def decide(db: Connection, cooperative_id: int, member: tuple[int, str], now: datetime) -> None:
    """Share six years of a cooperative, with a member who has a part in all, and call the fund above it as often."""
    member_id, number = member
    for resolved in years(db, cooperative_id, number, now):
        surplus.books.record(db, cooperative_id, resolved, "walk", now)
    federation_id = _federation(db, cooperative_id)
    officer = Hand(member_id, federation_id, Role.TREASURER)
    for year in range(now.year - 5, now.year + 1):
        audit_fund.books.record_call(db, federation_id, Call(year, MOST, {"LONGEST": MOST}, RESOLUTION), "walk", now)
    audit_fund.books.pay(db, officer, Money("LONGEST", MOST, now.date(), Account.BANK, "VIR"), now)


def years(db: Connection, cooperative_id: int, number: str, now: datetime) -> Iterator[Resolved]:
    """What assemblies decided on six years, each at its longest."""
    own = (Measured(number, MOST), Measured("99998", 1))
    for back, measure in zip(range(6, 0, -1), [*Measure, *Measure], strict=True):
        last = surplus.books.last_shared(db, cooperative_id)
        decision = Decision(
            surplus=MOST,
            capital=MOST,
            general=Reserve(MOST - 1, more=99_999_999),
            training=Reserve(MOST - 1),
            brought=last.carried if last else 0,
            optional=(Optional("Réserve pour la pompe et le puits", MOST // 5),),
            ristournes=Ristournes(199_999_999, measure, own),
            interest=Interest(34_999, 45_000, (Measured(number, MOST), Measured("99998", MOST))),
        )
        year = now.year - back
        yield Resolved(year, date(year + 1, *HELD_ON), RESOLUTION, decision)


def publish(db: Connection, cooperative_id: int, member_id: int, now: datetime) -> None:
    """The figures of cases of a year, all of them hidden, since that is longer than any figure."""
    changed = ["Été comme hiver, la balance du comptoir est vérifiée devant deux membres, lundi et samedi " * 2] * 3
    hand = Hand(member_id, cooperative_id, Role.SECRETARY)
    published.publish(db, hand, Period(now.year - 1), [each[: published.LETTERS] for each in changed], now)


def _federation(db: Connection, cooperative_id: int) -> int:
    row = {"code": "FEDE", "name": "Fédération de Sanoudougou-Kogberani", "kind": Kind.FEDERATION, "country": "ML"}
    row |= {"district": "Kangaba", "currency": Currency.GNF, "language": "fr", "time_zone": "Africa/Bamako"}
    federation_id = writing.insert_once(db, Cooperative, row)
    assert federation_id is not None  # noqa: S101 - it was just written
    db.execute(insert(Affiliation), {"cooperative_id": cooperative_id, "parent_id": federation_id})
    return federation_id
