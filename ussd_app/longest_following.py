"""The longest values of cases as who filed them follows them, and as the other side sees them, one in each state."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, insert

from flows import call, case, filing, home, opened, outcome, party, private, recourse, reveal
from flows.engine import Place, to
from models import grievances, members, writing
from models.grievances import Category, Complaint, Concerned, Follow, Name, Stop, deciding, following, promises, work
from models.grievances.promises import Promise
from models.hands import Hand
from models.members import Member, Phone, Role

PLACE = "École fondamentale de Sanoudougou-Kogberani, cour du nord"
TEXT = "La coopérative verse 999 999 999 F à l'équipe, rend les outils et refait le compte des jours devant tous. " * 3
BODY, OWNER_PHONE = "Fédération des coopératives de Sanoudougou-Kogberani", "+22370000066"
STATES = ("received", "mediation", "asked", "proposed", "resolved", "closed", "merged", "withdrawn", "nobody")
INVITED = STATES[1:3]


def fill(db: Connection, cooperative_id: int, invited: int, now: datetime) -> Mapping[str, int]:
    """A case in each state, with a session, an outcome, promises and messages; the ids, by state."""
    one, two, owner = (_member(db, cooperative_id, f"9998{number}") for number in range(3))
    db.execute(insert(Phone), {"member_id": owner, "number": OWNER_PHONE})
    hands = [Hand(each, cooperative_id, Role.COMMITTEE) for each in (one, two)]
    told = Complaint(
        Category.MONEY, Concerned.TEAM, Name.HANDLER, TEXT, cooperative_id, owner, OWNER_PHONE, follow=Follow.SMS
    )
    kept = {each: _filed(db, replace(told, home_id=None) if each == "nobody" else told, each, now) for each in STATES}
    for number, each in enumerate(STATES[1:6]):
        whom = invited if each in INVITED else None
        _meet(db, hands[0], kept[each], whom, now + timedelta(minutes=number))
    for each in STATES[2:6]:
        _settle(db, hands[0], kept[each], each, now)
    work.acknowledge(db, hands[0], kept["received"], now)
    work.merge(db, hands[0], kept["merged"], kept["received"], now)
    following.withdraw(db, kept["withdrawn"], now)
    return kept


def _member(db: Connection, cooperative_id: int, number: str) -> int:
    row = {"cooperative_id": cooperative_id, "number": number, "name": "Aïssatou-Fatoumata Coulibaly-Traoré"}
    role = Role.MEMBER if number.endswith("2") else Role.COMMITTEE
    writing.insert_once(db, Member, row | {"language": "fr", "role": role, "amounts_by_sms": False})
    found = members.by_number(db, cooperative_id, number)
    assert found is not None  # noqa: S101 - it was just written
    return found


def _filed(db: Connection, told: Complaint, key: str, now: datetime) -> int:
    done = grievances.file(db, told, f"walk:{key}", now, beyond=True)
    found = grievances.open_case(db, done.reference, done.code, "+22370000099", now)
    assert isinstance(found, int)  # noqa: S101 - it was just filed
    return found


def _meet(db: Connection, hand: Hand, case_id: int, invited: int | None, now: datetime) -> None:
    work.acknowledge(db, hand, case_id, now)
    work.assess(db, hand, case_id, grievances.Lane.ORDINARY, Category.MONEY, now)
    work.assign(db, hand, case_id, hand.member_id, now)
    if invited is not None:
        deciding.invite(db, hand, case_id, invited, now)
    deciding.set_session(db, hand, case_id, now + timedelta(days=9), PLACE, now)
    for number in range(3):
        work.write(db, hand, case_id, TEXT, f"walk:{case_id}:{number}", now)


def _settle(db: Connection, hand: Hand, case_id: int, state: str, now: datetime) -> None:
    late, soon = now.date() - timedelta(days=9), date(2027, 12, 28)
    made = [Promise("Verser 999 999 999 F et rendre les outils", BODY, day) for day in (late, soon)]
    deciding.propose(db, hand, case_id, TEXT, [] if state == "closed" else made, now)
    if state in ("asked", "proposed"):
        return
    deciding.note_paper(db, hand, case_id, now)
    following.accept(db, case_id, now)
    if state == "closed":
        following.settled(db, case_id, True, now)
        return
    first = promises.of(db, case_id)[0]
    assert first.promise_id is not None  # noqa: S101 - it is kept in the case
    deciding.keep(db, hand, case_id, first.promise_id, now)


def starts(kept: Mapping[str, int], today: date) -> Sequence[Place]:
    """Where who filed a case may come from."""
    shown = ("999999", "9999", today)
    pages = [to(filing.kept, *shown, BODY, by, relayed, many) for by, relayed, many in SHOWN]
    pages += [to(filing.kept, *shown), to(filing.heard, "999999", "9999", Follow.SMS)]
    pages += [to(private.kept, "999999", "9999", somebody, True) for somebody in (True, False)]
    pages += [to(recourse.threatened, *said) for said in ((True, False), (True, True), (False, False))]
    pages += [to(recourse.asked, body, today) for body in (BODY, None)]
    pages += [to(each, flag) for each in (outcome.accepted, outcome.refused) for flag in (True, False)]
    pages += [to(outcome.noted, yes, closed) for yes, closed in ((True, True), (True, False), (False, False))]
    pages += [to(opened.stopped, why) for why in Stop]
    pages += [to(reveal.nothing), to(reveal.filed), to(home.lost, to(private.home)), to(case.locked)]
    pages += [to(call.never, to(private.home)), to(call.sure, to(case.locked))]
    return [*(to(case.show, each) for state, each in kept.items() if state != "asked"), *pages, to(party.appealed)]


SHOWN = [
    (None, False, True),
    (None, True, False),
    (None, True, True),
    (Follow.SMS, False, True),
    (Follow.CALL_MORNING, False, False),
]
