"""The longest values of the office: what officers noted, paid and proposed, and what members declared."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, update

from flows import approval, buyer, call, new_number, office, treasurer
from flows import paying as paying_flow
from flows.engine import Place, to
from models import (
    confirming,
    declarations,
    ledger,
    members,
    paying,
    payouts,
    plans,
    proposals,
    proposed_broadcasts,
    proposed_meetings,
    receiving,
    rules,
    vault,
    writing,
)
from models.audiences import Audience
from models.broadcasts import Draft
from models.convening import Call
from models.declarations import Said
from models.entries import Account
from models.hands import Bar, Hand
from models.lots import Lot
from models.meetings import MeetingKind
from models.members import Member, Role, Speaker
from models.messages import Urgency
from models.money import AT_MOST
from models.paying import Paying
from models.payouts import Part
from models.proposals import Deed, Wish
from models.receiving import Payment, Refused, Sum, Why
from models.refused import Fault
from ussd_app import longest_year

MOST = 999_999_999
REFERENCE = "PP261228.2359.A99999-REFERENCE-DU-SIEGE"[: receiving.REFERENCE_AT_MOST]
MEMBER, PAID, PHONE = "99998", str(AT_MOST), "+22370000077"

OTHERS = ("cost:Participation à la caisse de solidarité", "landowner:Association des femmes laveuses de Sanoudougou")
SHARES = dict.fromkeys((*OTHERS, *(f"member:{99900 + number}" for number in range(40))), MOST)


def _other(db: Connection, speaker: Speaker) -> int:
    other = members.by_number(db, speaker.cooperative_id, MEMBER)
    assert other is not None  # noqa: S101 - the longest values begin with both members
    return other


def _lot(db: Connection, speaker: Speaker, other: int, now: datetime) -> int:
    row = {"cooperative_id": speaker.cooperative_id, "number": "2026-9999", "sold_on": now.date() - timedelta(days=9)}
    lot_id = writing.insert_once(db, Lot, row | {"weight_mg": 99_999_990, "fineness_ppt": 999})
    assert lot_id is not None  # noqa: S101 - it was just written
    parts = [Part(each, MOST // 2, 0) for each in (speaker.member_id, other)]
    sold = (now.date(), "2026-9999", MOST)
    ledger.post(db, [payouts.sale(speaker.cooperative_id, lot_id, "lot:9999", sold, parts)], "walk", now)
    return lot_id


def two_sides(db: Connection, speaker: Speaker, shared: str, now: datetime) -> None:
    """What an officer says, and the member is asked about; what the member says, and an officer decides on."""
    other, today = _other(db, speaker), now.date()
    db.execute(update(Member).where(Member.id == other).values(role=Role.TREASURER))
    officer = Hand(other, speaker.cooperative_id, Role.TREASURER, shared, "other")
    payer = receiving.person(db, speaker.cooperative_id, speaker.member_id)
    for number in range(3):
        paid = Sum(AT_MOST, Account.ORANGE_MONEY, today - timedelta(days=number))
        payment = Payment(payer, paid, Account.CAPITAL, f"{number}")
        receiving.record(db, officer, payment, today, now - timedelta(hours=1))
    lot_id = _lot(db, speaker, other, now)
    for number in range(2):
        how = Paying(lot_id, Account.ORANGE_MONEY, today - timedelta(days=9 * number), f"{number}")
        paying.pay(db, officer, how, payer.number, MOST // 5, today, now)
    mine = Hand(speaker.member_id, speaker.cooperative_id, Role.MEMBER)
    for number in range(4):
        said = Said(other, Sum(AT_MOST, Account.ORANGE_MONEY, today), Account.CAPITAL, REFERENCE)
        with suppress(declarations.TooMany):
            declarations.declare(db, mine, said, f"said:{number}", today, now)
    refused = declarations.mine(db, speaker.member_id, 1)[0].declaration_id
    confirming.refuse(db, officer, refused, now)


def _broadcast(cooperative_id: int, words: str, now: datetime) -> dict[str, Any]:
    audience = Audience(cooperative_id)
    draft = Draft(cooperative_id, audience, "words", {"text": words * 3}, Urgency.NOTICE, now)
    return proposed_broadcasts.facts_of(draft, (99_999, 999_999), "key", "FREQ=MONTHLY;BYDAY=1SU")


def _meeting(speaker: Speaker, now: datetime) -> dict[str, Any]:
    hand = Hand(speaker.member_id, speaker.cooperative_id, Role.SECRETARY)
    agenda = tuple(f"{number}, comptes de l'année 2026 et rapport de la gestion, vote" for number in range(1, 10))
    wanted = Call(MeetingKind.EXTRAORDINARY, now + timedelta(days=200), "École de Sanoudougou-Kogberani", agenda)
    draft = Draft(speaker.cooperative_id, Audience(speaker.cooperative_id), "words", {}, Urgency.NOTICE, now)
    again = proposed_meetings.Again("FREQ=DAILY", "walk", None, 999)
    facts, _whole = proposed_meetings.facts_of(hand, wanted, draft, again)
    return {"people": 99_999, "parts": 999_999, **facts}


def _facts(db: Connection, speaker: Speaker, other: int, words: str, now: datetime) -> dict[Deed, dict[str, Any]]:
    """What each deed is proposed with, at its longest."""
    entry: dict[str, Any] = {"entry_id": 1, "member_id": other, "amount": MOST, "reason_sealed": vault.seal(words)}
    year = next(longest_year.years(db, speaker.cooperative_id, "99999", now)).facts
    label, reference = "Cotisation exceptionnelle pour la pompe", "résolution 13 de l'AG extraordinaire"
    plan = {
        "kind": "periodic",
        "label": label,
        "amount": AT_MOST,
        "first_on": "2027-12-01",
        "basis": "resolution",
    }
    plan |= {"reference": reference, "decided_on": "2026-11-28", "period": "quarter"}
    plan |= {"concerns": "members", "members": [MEMBER], "penalty_amount": AT_MOST, "penalty_after": 365}
    lot = {"lot_id": 0, "number": "2026-9999", "gross": MOST, "to_members": MOST, "members": 999}
    lot |= {"shares": SHARES, "recovered": {f"{99_900 + number}": MOST for number in range(40)}}
    return {
        Deed.SHARE_SURPLUS: year | {"year": now.year + 1},
        Deed.CALL_AUDIT_FUND: {"year": 2026, "amount": MOST, "shares": {"A": 1}, "resolution": longest_year.RESOLUTION},
        Deed.SPEND_AUDIT_FUND: {"affiliate": "LONGEST", "amount": MOST, "on": "2026-12-28", "channel": "orange_money"},
        Deed.CHANGE_PHONE: {"member_id": other, "new_sealed": vault.seal(PHONE), "old_sealed": vault.seal(PHONE)},
        Deed.CHANGE_PLAN: {"plan": plan},
        Deed.SUBSCRIBE: {"plan_id": plans.of(db, speaker.cooperative_id)[-1].plan_id, "member_id": other}
        | {"shares": 9_999, "subscribed_on": "2026-12-01", "reference": "B 1"},
        Deed.CHANGE_RULE: {"rule_id": rules.versions(db, speaker.cooperative_id)[-1].rule_id}
        | {"name": "Règle des puits de Sanoudougou", "version": 99},
        Deed.CHANGE_ROLE: {"member_id": other, "role": Role.GENDER_PRESIDENT, "before": Role.COMMITTEE},
        Deed.PUBLISH_LOT: lot | {"rule": "Puits de Sanoudougou", "version": 99, "insiders": [1], "digest": ""},
        Deed.SEND_BROADCAST: _broadcast(speaker.cooperative_id, words, now),
        Deed.CALL_MEETING: _meeting(speaker, now),
        Deed.HAND_OVER: {"role": Role.SURVEILLANCE, "from_id": other, "member_id": other, "on": "2026-12-28"},
        Deed.ADJUST_LOT: {"lot_id": 0, "number": "2026-9999", "entry_id": 0, "before": MOST, "gross": 0}
        | {"shares": dict.fromkeys(SHARES, -MOST), "interested": [], "reason_sealed": vault.seal(words)},
        Deed.LINK_MEMBERS: {"member_id": other, "other_id": speaker.member_id, "undo": False, "interested": []},
        Deed.REVERSE: entry,
        Deed.WAIVE: entry,
    }


def propose_all(db: Connection, speaker: Speaker, words: str, now: datetime) -> None:
    """The other officer declares payments; both officers propose one of each deed."""
    other = _other(db, speaker)
    theirs = Hand(other, speaker.cooperative_id, Role.TREASURER, PHONE, "theirs")
    mine = Hand(speaker.member_id, speaker.cooperative_id, speaker.role, speaker.number, "mine")
    said = Said(speaker.member_id, Sum(AT_MOST, Account.ORANGE_MONEY, now.date()), Account.CAPITAL, REFERENCE)
    for number in range(6):
        with suppress(declarations.TooMany, Refused):
            declarations.declare(db, theirs, said, f"theirs:{number}", now.date(), now)
    facts = _facts(db, speaker, other, words, now)
    for deed in Deed:
        for hand, ago in ((theirs, timedelta(hours=1)), (mine, timedelta(hours=2))):
            proposals.propose(db, hand, Wish(deed, facts[deed], told=f"{deed} {ago}"), now - ago)


def starts() -> Sequence[Place]:
    """The office, and the sentences that only a race or a slip leads to."""
    barred = [to(treasurer.refused, why) for why in Why] + [to(approval.barred, bar) for bar in Bar]
    taken = [to(new_number.refused, taken=taken) for taken in (True, False)]
    taken.append(to(new_number.refused, taken=False, elsewhere=True))
    about = ", ".join([MEMBER] * 12)
    undone = [to(approval.undone, number) for number in range(1, 60)]
    undone += [to(approval.undone, 1, fault, about) for fault in Fault] + [to(approval.done, True, "2026-12-28")]
    undone.append(to(approval.undone, 1, elsewhere=True))
    return [
        to(office.home),
        to(call.enough),
        *barred,
        *taken,
        *undone,
        to(paying_flow.too_much, 1, MEMBER, MOST),
        to(buyer.too_much, 1, MOST),
    ]
