"""A lot of the demo that was shared here: its rule, its work and two keys, through the same doors as a real one."""

from datetime import date, datetime

from sqlalchemy import Connection

from models import advances, agreements, deeds, lot_money, lots, members, publishing, questions, sales, work
from models.advances import NewAdvance
from models.agreements import NewRule
from models.entries import Account
from models.hands import Hand
from models.lot_money import Moved
from models.lots import NewLot
from models.members import Role
from models.receiving import LATEST, Sum
from models.rules import Basis
from models.sales import Evidence, Pricing, Quote, Sale, Spent
from models.work import NewWork

HOME = "KOGB"
SOLD = 20  # lots at most
ON_CREDIT = "213"  # its buyer has not paid yet
PRESIDENT, SECRETARY, LEADER, TREASURER = "1", "3", "4", "5"
VERSIONS = [  # what the villages had of the net, in parts per million, and the paper it stands on
    (30_000, Basis.AG_RESOLUTION, "AG de fondation", date(2021, 3, 20), date(2021, 4, 1)),
    (40_000, Basis.AG_RESOLUTION, "AG ordinaire", date(2024, 2, 10), date(2024, 3, 1)),
    (50_000, Basis.MOU, "villages de Kogbera", date(2026, 1, 15), date(2026, 2, 1)),
]
COSTS = [
    Spent("Carburant", Evidence.RECEIPT, "118", 180_000),
    Spent("Moulin", Evidence.RECEIPT, "121", 65_000),
    Spent("Nourriture", Evidence.WITNESS, "Rokia B.", 96_200),
]
DAYS = {"4": 12, "7": 12, "12": 11, "15": 10, "16": 12, "18": 6, "19": 9, "20": 10, "21": 8}
WITNESSES = {"19": "9"}  # who has no phone, and who saw them work


def share(db: Connection, now: datetime) -> None:
    """Write the rule down, deliver lot 214 and publish it; lot 215 stays open."""
    for version in VERSIONS:
        _rule(db, version, now)
    secretary = _hand(db, SECRETARY, Role.SECRETARY)
    lot_id = lots.deliver(db, secretary, NewLot("214", 34_200, 21_500, date(2026, 11, 16)), now)
    for spent in COSTS:
        sales.cost(db, secretary, lot_id, spent, now)
    quote = Quote(4_000, Pricing.PER_CARAT, None, "comptoir Sanbéra", date(2026, 11, 17))
    sales.price(db, secretary, lot_id, Sale(quote, date(2026, 11, 18), "comptoir Sanbéra"), now)
    _work(db, lot_id, now)
    had = NewAdvance(_member(db, "12"), 60_000, date(2026, 10, 10), claimant="financier du puits")
    advances.give(db, _hand(db, TREASURER, Role.TREASURER), had, now)
    _all_say_yes(db, now)
    _second_key(db, publishing.propose(db, secretary, lot_id, now), now)
    lots.deliver(db, secretary, NewLot("215", 22_750, 22_000, date(2026, 11, 21)), now)


def settle(db: Connection, now: datetime) -> None:
    """The buyers pay, but for lot 213: lot 214 in cash, and its costs are paid from that; older ones by bank."""
    treasurer = _hand(db, TREASURER, Role.TREASURER)
    today = now.date()
    for sold in lot_money.unpaid(db, treasurer.cooperative_id, SOLD):
        if sold.number == ON_CREDIT:
            continue
        cash = sold.number == "214"
        on = min(max(sold.sold_on, today - LATEST), today)
        money = Sum(sold.left, Account.CASH if cash else Account.BANK, on)
        moved = Moved(sold.lot_id, money, f"vente {sold.number}")
        lot_money.receive(db, treasurer, moved, treasurer.member_id, today, now)
        for spent in COSTS if cash else ():
            paid = Moved(sold.lot_id, Sum(spent.amount, Account.CASH, on), spent.evidence)
            lot_money.pay(db, treasurer, paid, f"cost:{spent.label}", today, now)


def _member(db: Connection, number: str) -> int:
    found = members.numbered(db, HOME, number)
    assert found is not None  # noqa: S101 - the demo's own members
    return found


def _hand(db: Connection, number: str, role: Role, phone: str | None = None) -> Hand:
    speaker = next(each for each in members.on_phone(db, "+22370000001") if each.role is Role.PRESIDENT)
    return Hand(_member(db, number), speaker.cooperative_id, role, phone, phone and "demo")


def _second_key(db: Connection, proposal_id: int, now: datetime) -> None:
    deeds.approve(db, _hand(db, PRESIDENT, Role.PRESIDENT, "+22370000001"), proposal_id, now)


def _rule(db: Connection, version: tuple[int, Basis, str, date, date], now: datetime) -> None:
    villages, basis, reference, signed_on, valid_from = version
    steps = [
        {"step": "pct", "label": "Villages", "to": "fund:villages", "rate_ppm": villages, "of": "net"},
        {"step": "pct", "label": "Coop", "to": "org:coop", "rate_ppm": 100_000, "of": "net"},
        {
            "step": "split",
            "label": "Puits et équipe",
            "among": [{"to": "financier:puits", "weight": 1}, {"to": "rest", "weight": 2}],
        },
        {"step": "pool", "label": "Équipe", "by": "days", "of": "rest"},
        {"step": "recover", "label": "Avance du puits", "kind": "equipment", "max_ppm": 300_000, "floor": 0},
    ]
    new = NewRule("or", {"unit": "money", "steps": steps}, basis, reference, signed_on, valid_from)
    _second_key(db, agreements.propose(db, _hand(db, SECRETARY, Role.SECRETARY), new, now), now)


def _work(db: Connection, lot_id: int, now: datetime) -> None:
    """The leader writes down the work of the others, and the secretary that of the leader."""
    for number, days in DAYS.items():
        recorder = _hand(db, SECRETARY, Role.SECRETARY) if number == LEADER else _hand(db, LEADER, Role.TEAM_LEADER)
        witness = WITNESSES.get(number)
        done = NewWork(_member(db, number), days, witness_id=_member(db, witness) if witness else None)
        work.record(db, recorder, lot_id, done, now)


def _all_say_yes(db: Connection, now: datetime) -> None:
    for number in DAYS:
        member_id = _member(db, number)
        while (asked := questions.next_for(db, member_id, now)) is not None:
            questions.answer(db, member_id, asked.question_id, True, now)
