"""The demo's plans: proposed by one officer and approved by another, as in a real office."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from models import capital, deeds, dues, hands, ledger, members, plan_terms, plans, raising
from models.capital import Subscribing
from models.cooperatives import Cooperative
from models.entries import Account
from models.hands import Hand
from models.plan_terms import PlanKind

BASIS = {"basis": "resolution", "reference": "résolution 4", "decided_on": "2026-01-12"}
DUES = {"kind": "periodic", "label": "Cotisation", "amount": 1000, "first_on": "2027-01-01", "period": "month"}
ENTRY_FEE = {"kind": "entry_fee", "label": "Droit d'adhésion", "amount": 5000, "first_on": "2027-01-01"}
SHARES = {"kind": "capital", "label": "Part sociale", "amount": 2000, "first_on": "2026-03-01", "period": "quarter"}
LATE = {"pro_rata": True, "penalty_amount": 200, "penalty_after": 60}
# The cooperative, who proposes and who approves, and its plans.
PLANS = (
    ("KOGB", "3", "1", (DUES | LATE | BASIS, ENTRY_FEE | BASIS, SHARES | BASIS | {"instalments": 5})),
    ("SANO", "2", "3", (DUES | BASIS, SHARES | BASIS | {"instalments": 4})),
)
# The cooperative, the member, how many shares, and what was paid of them in cash.
SUBSCRIBED = (("KOGB", "4", 5, 4000), ("KOGB", "5", 5, 6000), ("KOGB", "15", 5, 4000), ("SANO", "9", 10, 5000))
SUBSCRIBED_ON = date(2026, 2, 20)
PAID_ON = date(2026, 6, 10)


def load(db: Connection, now: datetime) -> None:
    """Write the plans and subscriptions, raise what they ask for by now, and pay what was paid of the shares."""
    for code, proposer, approver, documents in PLANS:
        cooperative_id = db.execute(select(Cooperative.id).where(Cooperative.code == code)).scalar_one()
        hands = _Hands(db, cooperative_id, proposer, approver, now)
        for document in documents:
            hands.both(_plan(document, now))
        for subscriber in SUBSCRIBED:
            if subscriber[0] == code:
                _subscribe(hands, *subscriber[1:])
        while raising.raise_due(db, cooperative_id, now.date(), now):
            pass


Proposing = Callable[[Connection, Hand], int]


class _Hands:
    """Two officers of a cooperative, each with their own phone."""

    def __init__(self, db: Connection, cooperative_id: int, proposer: str, approver: str, now: datetime) -> None:
        self.db, self.cooperative_id, self.now = db, cooperative_id, now
        self.first, self.second = self._hand(proposer), self._hand(approver)

    def _hand(self, number: str) -> Hand:
        hand = hands.of(self.db, self.cooperative_id, number)
        assert hand is not None  # noqa: S101 - the demo's register has it
        phone = members.phones(self.db, hand.member_id)[0]
        return Hand(hand.member_id, hand.cooperative_id, hand.role, phone, f"demo:{number}")

    def both(self, propose: Proposing) -> None:
        """One proposes, the other approves."""
        deeds.approve(self.db, self.second, propose(self.db, self.first), self.now)


def _plan(document: dict[str, Any], now: datetime) -> Proposing:
    terms = plan_terms.read(document)
    return lambda db, hand: plans.propose(db, hand, terms, now.date(), now)


def _subscribe(hands: _Hands, number: str, shares: int, paid: int) -> None:
    db, now, cooperative_id = hands.db, hands.now, hands.cooperative_id
    member_id = members.by_number(db, cooperative_id, number)
    assert member_id is not None  # noqa: S101 - the demo's register has it
    plan = next(each for each in plans.of(db, cooperative_id) if each.kind is PlanKind.CAPITAL)
    wish = Subscribing(plan.plan_id, member_id, shares, SUBSCRIBED_ON, f"bulletin {number}")
    hands.both(lambda db, hand: capital.propose(db, hand, wish, now.date(), now))
    key, reference = f"payment:demo:{cooperative_id}:{number}", f"PS{number}"
    entry = dues.payment(cooperative_id, member_id, key, (PAID_ON, reference, paid), Account.CASH, Account.CAPITAL)
    ledger.post(db, [entry], "demo", now)
