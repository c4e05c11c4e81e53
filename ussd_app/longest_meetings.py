"""The longest values of meetings: called, held, decided; proxies; messages to many; who asks to join."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from flows import (
    announce,
    applicants,
    arrived,
    convene,
    convened,
    doorway,
    group,
    handover,
    late,
    leader,
    proxy,
    regular,
)
from flows.engine import Place, to
from models import announcements, assemblies, attendance, callers, convening, groups, members, served
from models import regular as repeated
from models.applying import Turned
from models.attendance import Unfit
from models.audiences import Audience
from models.broadcasts import Broadcast
from models.callers import Wish
from models.convening import Call, Snag
from models.cooperatives import Affiliation, Cooperative
from models.door import Shut
from models.groups import Group
from models.handovers import Keeps
from models.hands import Hand
from models.meetings import Meeting, MeetingKind
from models.members import Phone, Role, Speaker
from models.messages import GOT, Message, MessageState
from models.minutes import Decision, Outcome
from models.writing import insert_once, insert_or_update

MEMBER = "99998"
PLACE = "École fondamentale de Sanoudougou-Kogberani, cour du nord"
AGENDA = tuple(f"{number}, comptes de l'année 2026 et rapport de la gestion, vote" for number in range(1, 10))
MOMENT = "2702270930"
MESSAGE = "Le puits de Sanoudougou-Kogberani est fermé jusqu'à nouvel avis, merci de prévenir tous les autres. " * 2
MOST = 999_999_999
GROUP = "Sanoudougou-Kogberani, rive du nord"
REACHED = "+22370000079"
APPLICANTS = ("+22370000071", "+22370000072", "+22370000073")


def fill(db: Connection, speaker: Speaker, now: datetime) -> None:
    """Everything that can be said of meetings, once for the member who speaks."""
    said = {"capital": MOST, "seat": PLACE, "registration": "ML-BKO-2026-B-999999", "proxies": 99}
    assemblies.set_bylaws(db, speaker.cooperative_id, said)
    hand = Hand(speaker.member_id, speaker.cooperative_id, Role.SECRETARY)
    for days, kind in ((20, MeetingKind.EXTRAORDINARY), (0.05, MeetingKind.COMMITTEE)):
        wanted = Call(kind, now + timedelta(days=days), PLACE, AGENDA)
        meeting_id = convening.call(db, hand, wanted, now)
    _proxies(db, speaker, meeting_id, now)
    _groups(db, hand, now)
    _decide(db, speaker, now)
    facts = {"cooperative": speaker.cooperative, "text": MESSAGE}
    for number in range(6):
        audience = Audience(speaker.cooperative_id)
        announcements.announce(db, hand, audience, "typed", facts, f"walk:{number}", now)
    db.execute(update(Broadcast).where(Broadcast.kind == "typed").values(kind="words"))
    _spread(db)
    for phone, wanted_number in zip(APPLICANTS, (MEMBER, None, "77777"), strict=True):
        callers.ask_to_join(db, Wish(phone, speaker.cooperative_id, wanted_number, "fr"), f"walk:{phone}", now)


def _groups(db: Connection, hand: Hand, now: datetime) -> None:
    """Sites, teams, a meeting that comes again, and bodies below."""
    for each, number in enumerate((MEMBER, "99999")):
        groups.put(db, hand, [number], Group.SITE, f"{GROUP}, {each}")
        groups.put(db, hand, [number], Group.TEAM, f"{GROUP}, {each + 5}")
    wanted = Call(MeetingKind.EXTRAORDINARY, now + timedelta(days=200), PLACE, AGENDA)
    for each in range(5):
        repeated.repeat(db, hand, wanted, "FREQ=MONTHLY;BYDAY=-1WE", f"walk:{each}", now)
    never_walks = members.by_number(db, hand.cooperative_id, "99997")  # so never stops notices
    insert_once(db, Phone, {"member_id": never_walks, "number": REACHED})
    below = db.execute(select(Cooperative.id).where(Cooperative.code == "C0")).scalar_one()
    insert_once(db, Affiliation, {"cooperative_id": below, "parent_id": hand.cooperative_id})


def _proxies(db: Connection, speaker: Speaker, meeting_id: int, now: datetime) -> None:
    """Somebody who is there holds what others signed."""
    for number in ("99997", "99996", "99995"):
        giver = members.by_number(db, speaker.cooperative_id, number)
        if giver is not None:
            attendance.stand_in(db, speaker.cooperative_id, meeting_id, giver, MEMBER, now)
    served.read(db, meeting_id, speaker.member_id, now)


def _spread(db: Connection) -> None:
    """A message in each state."""
    waiting = select(Message.id).where(Message.broadcast_id.is_not(None)).order_by(Message.id)
    states = [each for each in MessageState if each not in (MessageState.CANCELLED, MessageState.SENDING)]
    for number, message_id in enumerate(db.execute(waiting).scalars().all()):
        db.execute(update(Message).where(Message.id == message_id).values(state=states[number % len(states)]))


def _decide(db: Connection, speaker: Speaker, now: datetime) -> None:
    """The last assembly decided on every item."""
    last = (
        select(Meeting.id)
        .where(Meeting.cooperative_id == speaker.cooperative_id, Meeting.starts_at < now)
        .order_by(Meeting.starts_at.desc())
        .limit(1)
    )
    meeting_id = db.execute(last).scalar_one()
    for item in range(1, 10):
        noted: dict[str, Any] = {"outcome": Outcome.POSTPONED, "recorded_by": speaker.member_id, "recorded_at": now}
        insert_or_update(db, Decision, {"meeting_id": meeting_id, "item": item}, noted)


def starts(db: Connection) -> Sequence[Place]:
    """Where leaders begin, first at the door of a meeting: soon it is called off. And what only a race leads to."""
    called = select(Meeting.id).where(Meeting.called_at.is_not(None)).order_by(Meeting.starts_at).limit(2)
    there = [
        to(each, meeting_id)
        for meeting_id in db.execute(called).scalars()
        for each in (doorway.who, doorway.items, convened.show, convened.arrived)
    ]
    got = select(Message.broadcast_id).join(Broadcast).where(Broadcast.kind == "words", GOT)
    got = got.where(Message.phone == REACHED).limit(1)
    there += [to(each, sent) for sent in db.execute(got).scalars() if sent for each in (arrived.show, arrived.correct)]
    snags = [to(convened.refused, snag, "capital") for snag in Snag]
    shut = [to(doorway.shut, why, 1) for why in Shut]
    turned = [to(applicants.turned, why) for why in Turned] + [to(handover.refused, why) for why in Keeps]
    unsent = [to(arrived.unsent, why) for why in arrived.Unsent]
    unsent += [to(arrived.proposed), to(convened.proposed), to(regular.proposed)]
    unsent += [to(regular.refused, snag, "capital") for snag in Snag] + [to(group.home)]
    return [
        *there,
        *unsent,
        to(leader.home),
        to(late.home),
        to(announce.danger),
        to(convene.home),
        *snags,
        *shut,
        *turned,
    ]


def refusals() -> Sequence[Place]:
    """Why nobody stands in for a member."""
    return [to(proxy.unfit, 1, why) for why in Unfit]
