"""What the demo's assemblies decided on the year: the surplus of SANO, and the audit fund of the federation.

Each with two keys, as in life: a treasurer proposes, and another officer approves on their own phone.
"""

from datetime import date, datetime

from sqlalchemy import Connection

from models import audit_fund, deeds, members, proposals, stamps, surplus
from models.audit_fund.books import Call, Money
from models.entries import Account
from models.hands import Hand
from models.surplus import Decision, Interest, Measure, Measured, Optional, Reserve, Ristournes
from models.surplus.books import Resolved

DELIVERED_MG = {"11": 21_400, "12": 18_650, "13": 9_300, "14": 12_750, "16": 7_900, "17": 15_200}
PAID_UP = {"1": 50_000, "2": 25_000, "3": 25_000, "11": 25_000, "12": 15_000, "14": 10_000}


def decide(db: Connection, now: datetime) -> None:
    """Share the surplus of 2025, call the fund for 2026, and record a first payment."""
    treasurer, president = _speaking(db, "+22370000033"), _speaking(db, "+22370000031")
    shared = surplus.books.propose(db, treasurer, Resolved(2025, date(2026, 4, 18), "Résolution 3", _decision()), now)
    deeds.approve(db, president, shared, now)
    treasurer, president = _speaking(db, "+22370000051"), _speaking(db, "+22370000050")
    call = Call(2026, 1_500_000, {"UNIO": 180, "SANO": 120}, "AG du 07/02/2026, n° 5")
    # Nobody is told by SMS: that would be the first thing a visitor's phone shows.
    decided = proposals.decide(db, president, audit_fund.books.propose_call(db, treasurer, call, now), True, now)
    audit_fund.books.record_call(db, decided.cooperative_id, call, decided.author, now)
    stamps.write(db, proposals.DECIDED, [decided.proposal_id])
    paid = Money("SANO", 400_000, date(2026, 5, 20), Account.BANK, "VIR-2605-0117")
    audit_fund.books.record_payment(db, treasurer, paid, now)


def _speaking(db: Connection, phone: str) -> Hand:
    speaker = members.on_phone(db, phone)[0]
    return Hand(speaker.member_id, speaker.cooperative_id, speaker.role, phone, f"demo:{phone}")


def _decision() -> Decision:
    return Decision(
        surplus=3_700_001,
        capital=5_000_000,
        general=Reserve(1_850_000),
        training=Reserve(640_000),
        brought=12_500,
        optional=(Optional("Secours", 300_000),),
        ristournes=Ristournes(1_700_000, Measure.DELIVERIES, _measured(DELIVERED_MG)),
        interest=Interest(35_000, 45_000, _measured(PAID_UP)),
    )


def _measured(weights: dict[str, int]) -> tuple[Measured, ...]:
    return tuple(Measured(member, weight) for member, weight in weights.items())
