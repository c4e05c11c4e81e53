"""The longest lots, rules and teams that can stand on a screen."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert

from flows import payout, refusals, rule, team
from flows.engine import Place, to
from models import (
    adjusting,
    advances,
    agreements,
    deeds,
    lots,
    members,
    paying,
    publishing,
    questions,
    sales,
    work,
    writing,
)
from models.advances import NewAdvance
from models.agreements import NewRule
from models.entries import Account
from models.hands import Hand
from models.lots import NewLot
from models.members import Member, Phone, Role
from models.paying import Paying
from models.refused import Fault
from models.rules import Basis
from models.sales import Evidence, Pricing, Quote, Sale, Spent
from models.sharing import Per
from models.work import NewWork

LEADER = "+22370000003"
LEADERS, SECOND, BUYER, FIRST, OTHER = "99997", "99996", "99995", "99999", "99998"
TODAY = date(2026, 12, 28)
LABEL = "Participation à la caisse de solidarité"
NAME = "Association des femmes laveuses de Sanoudougou"
TEAM = "laveuses et laveurs de Sanoudougou"


def _steps() -> list[dict[str, Any]]:
    among = [
        {"to": f"financier:{NAME}", "weight": 1111},
        {"to": f"landowner:{NAME}", "weight": 2222},
        {"to": f"group:{TEAM}", "weight": 3333},
        {"to": "rest", "weight": 4444},
    ]
    fixed = [
        {"step": "fixed", "label": LABEL, "to": f"landowner:{NAME}", "amount": 99_999, "per": per.value} for per in Per
    ]
    return [
        {"step": "cost", "label": LABEL, "amount": 99_999},
        {"step": "pct", "label": LABEL, "to": "collectivite:Sanoudougou", "rate_ppm": 12_345, "of": "gross"},
        {"step": "pct", "label": LABEL, "to": "fund:social", "rate_ppm": 123_456, "of": "net"},
        {"step": "pct", "label": LABEL, "to": f"member:{OTHER}", "rate_ppm": 10_001, "of": "rest"},
        *fixed,
        {"step": "split", "label": LABEL, "among": among},
        {"step": "pool", "label": LABEL, "by": "bowls", "of": f"group:{TEAM}"},
        {"step": "pool", "label": LABEL, "by": "weight", "of": "rest"},
        {"step": "recover", "label": LABEL, "kind": "delivery_advance", "max_ppm": 333_333, "floor": 99_999},
        {"step": "recover", "label": LABEL, "kind": "equipment", "max_ppm": 333_333, "floor": 99_999},
    ]


def starts(db: Connection, cooperative_id: int, spoken: str, now: datetime) -> tuple[list[Place], list[Place]]:
    """Where a member starts who has a share of the longest lot, and where a leader of the longest team does."""
    _people(db, cooperative_id, spoken)
    secretary = Hand(_member(db, SECOND), cooperative_id, Role.SECRETARY)
    for name, taken in (
        ("Règle des puits de Sanoudougou", _steps()),
        ("Égal", [_pool("equal")]),
        ("Jours", [_pool("days")]),
    ):
        _rule(db, secretary, name, taken, now)
    shared, ready, adjusted = (_lot(db, secretary, f"2026-{number}", now) for number in ("9001", "9002", "9003"))
    for each in (shared, adjusted):
        _approved(db, secretary, publishing.propose(db, secretary, each, now), now)
    _paid_too_much(db, secretary, adjusted, now)
    for name in ("Égal", "Jours"):
        lots.deliver(db, secretary, NewLot(f"2026-{name}", 99_999_990, 21_504, TODAY, name), now)
    had = NewAdvance(_member(db, FIRST), 999_999_999, TODAY, claimant=NAME)
    advances.give(db, secretary, had, now)
    _answered(db, FIRST, False, now)
    about = ", ".join([FIRST, OTHER, LEADERS, SECOND] * 3)
    refused: list[Place] = [to(refusals.why, fault, about) for fault in Fault]
    return [to(payout.lot, shared), to(payout.lot, adjusted), to(rule.home)], [
        to(team.propose_sure, ready),
        to(team.home),
        to(team.lot, ready),
        *refused,
    ]


def _pool(by: str) -> dict[str, Any]:
    return {"step": "pool", "label": LABEL, "by": by, "of": "rest"}


def _member(db: Connection, number: str) -> int:
    found = members.numbered(db, "LONGEST", number)
    assert found is not None  # noqa: S101 - written for the walk
    return found


def _people(db: Connection, cooperative_id: int, spoken: str) -> None:
    for number, role in ((LEADERS, Role.PRESIDENT), (SECOND, Role.SECRETARY), (BUYER, Role.TREASURER)):
        row = {"cooperative_id": cooperative_id, "number": number, "name": "Aïssatou-Fatoumata Coulibaly-Traoré"}
        more = {"language": spoken, "role": role, "joined_on": TODAY, "amounts_by_sms": False}
        writing.insert_once(db, Member, row | more)
    db.execute(insert(Phone), [{"member_id": _member(db, LEADERS), "number": LEADER}])


def _approved(db: Connection, hand: Hand, proposal_id: int, now: datetime) -> None:
    second = Hand(_member(db, LEADERS), hand.cooperative_id, Role.PRESIDENT, LEADER, "walk")
    deeds.approve(db, second, proposal_id, now)


def _rule(db: Connection, hand: Hand, name: str, taken: Sequence[dict[str, Any]], now: datetime) -> None:
    document = {"unit": "money", "steps": list(taken)}
    new = NewRule(name, document, Basis.AG_RESOLUTION, "AG extraordinaire de Sanoudougou-Kogberani", TODAY, TODAY)
    _approved(db, hand, agreements.propose(db, hand, new, now), now)


def _lot(db: Connection, hand: Hand, number: str, now: datetime) -> int:
    """A lot of much gold, with all that can be said of it, ready to be shared."""
    new = NewLot(number, 99_999_990, 21_504, TODAY, "Règle des puits de Sanoudougou", _member(db, OTHER))
    lot_id = lots.deliver(db, hand, new, now)
    for per in (Per.PIT, Per.SACK, Per.DAY):
        lots.count(db, hand, lot_id, per, 999)
    for evidence in Evidence:
        spent = Spent(LABEL, evidence, "Aminata-Fatoumata Coulibaly-Traoré", 99_999)
        sales.cost(db, hand, lot_id, spent, now)
    quote = Quote(9_999, Pricing.PER_GRAM, 22_008, NAME, TODAY)
    sales.price(db, hand, lot_id, Sale(quote, TODAY, NAME, _member(db, BUYER)), now)
    for member, weight, where in ((FIRST, 999_999_999, ""), (OTHER, 999_999, TEAM)):
        work.record(db, hand, lot_id, NewWork(_member(db, member), weight, where), now)
    advances.give(db, hand, NewAdvance(_member(db, FIRST), 399_999_999, TODAY, lot_id), now)
    for member in (FIRST, OTHER):
        _answered(db, member, True, now)
    return lot_id


def _paid_too_much(db: Connection, hand: Hand, lot_id: int, now: datetime) -> None:
    """A lot whose member was paid, and that was then adjusted to almost nothing."""
    treasurer = Hand(_member(db, BUYER), hand.cooperative_id, Role.TREASURER)
    paying.pay(db, treasurer, Paying(lot_id, Account.ORANGE_MONEY, TODAY, "walk"), FIRST, None, TODAY, now)
    _approved(db, hand, adjusting.propose(db, hand, lot_id, 1_000_000, LABEL, now), now)


def _answered(db: Connection, number: str, yes: bool, now: datetime) -> None:
    member_id = _member(db, number)
    while (asked := questions.next_for(db, member_id, now)) is not None:
        questions.answer(db, member_id, asked.question_id, yes, now)
