"""Filing a case: it gets a number and a secret code, is barred to those it is about, and goes to who may handle it.

Words, and whatever could name the person, are sealed. With `Name.NOBODY`, and in the sensitive lane, neither member
nor phone is kept at all.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select

from models import codes, vault
from models.cooperatives import Cooperative
from models.failpoints import reach
from models.grievances import bars, clocks, floods, numbers, routing, steps, tally, tree, written
from models.grievances.held import Held, hold
from models.grievances.kinds import LANES, Came, Category, Concerned, Follow, Help, Lane, Name, SafeTime, State, Why
from models.grievances.tables import Grievance
from models.writing import insert_once

REVEAL_WITHIN = timedelta(days=7)


class AlreadyFiled(RuntimeError):
    """This press has filed its case before."""


class NoNumberLeft(RuntimeError):
    """No free case number was found."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a person says when they file a case.

    `member_id` and `phone` are of who complains: not of a relay (`typed_by`, on the phone `typed_on`) or the desk's.
    `at_home`: in the sensitive lane, the desk of the own cooperative was chosen, not that of the federation.
    """

    category: Category
    concerned: Concerned
    name: Name
    words: str
    home_id: int | None
    member_id: int | None
    phone: str
    entry_id: int | None = None
    barred_id: int | None = None
    lot_id: int | None = None
    line_id: int | None = None
    meeting_id: int | None = None
    follow: Follow = Follow.PULL
    came_by: Came = Came.PHONE
    safe_time: SafeTime | None = None
    help: Help | None = None
    at_home: bool = False
    typed_by: int | None = None
    typed_on: str = ""

    @property
    def lane(self) -> Lane:
        """The lane it starts in; a human decides afterwards."""
        return LANES.get(self.category, Lane.ORDINARY)

    @property
    def all_officers(self) -> bool:
        """Whether every officer is barred: a leader is in cause, and it was not said which.

        A complaint about the leaders is about one of them, also where nobody asked who is concerned.
        """
        of_one = self.concerned is Concerned.OFFICER or self.category is Category.LEADERS
        return of_one and self.barred_id is None

    @property
    def unnamed(self) -> bool:
        """Whether nothing that could name the person is kept."""
        return self.name is Name.NOBODY or self.lane is Lane.SENSITIVE


@dataclass(frozen=True, slots=True)
class Filed:
    """What the person must keep: shown once; the case itself keeps only a digest of the code.

    `handled_by` is the body that handles it; None: nobody may, and the courts and the village chief remain.
    `reachable`: it was kept who complained, so that an SMS or a call can be chosen. `for_another`: who sees it helped.
    """

    reference: str
    code: str
    answer_by: datetime
    handled_by: str | None = None
    reachable: bool = True
    for_another: bool = False


def file(db: Connection, complaint: Complaint, key: str, now: datetime, beyond: bool = False) -> Filed:
    """File a case. `key` names the press: the same press never files two.

    Raises AlreadyFiled when it did: its code was shown then, and only its digest is left; and `floods.Flooded` when
    this caller filed five today, never in the sensitive lane. Nothing is lost by that: filed `beyond` the five it is
    kept all the same, and stands behind the first of this caller in every list.
    """
    code = numbers.new_code()
    held = _file(db, complaint, key, now, code, beyond)
    return Filed(held.reference, code, held.answer_by, body_name(db, held.level_id))


def file_by_sms(db: Connection, complaint: Complaint, key: str, now: datetime, beyond: bool = False) -> None:
    """File a case whose number and code are not told yet: an SMS would leave them on the phone.

    They are shown once, on a screen, when the same phone dials within seven days. Filing it again changes nothing.
    Raises `floods.Flooded` as `file` does.
    """
    try:
        _file(db, replace(complaint, came_by=Came.SMS), key, now, None, beyond)
    except AlreadyFiled:
        return


def _file(
    db: Connection, complaint: Complaint, key: str, now: datetime, code: str | None, beyond: bool = False
) -> Held:
    tally.turn(db)
    counted = complaint.lane is not Lane.SENSITIVE and bool(complaint.phone)
    if counted and not beyond and not _filed(db, key):
        floods.check(db, complaint.phone, complaint.member_id, now.date())
    held = hold(db, _insert(db, _row(db, complaint, key, now), code))
    if counted:
        just = complaint.unnamed and _known_again(db, complaint)
        floods.note(db, held.id, complaint.phone, complaint.member_id, complaint.name, now, just)
    if complaint.typed_on and complaint.lane is not Lane.SENSITIVE and _known_again(db, complaint):
        floods.note_taken(db, held.id, complaint.typed_on, complaint.typed_by, now)
    tally.add(db, "cases", 1)
    _bar(db, complaint, held)
    seated = _seated(db, held, complaint)
    reach("case-filed")
    return seated


def _filed(db: Connection, key: str) -> bool:
    return db.execute(select(Grievance.id).where(Grievance.key == vault.digest("case", key))).one_or_none() is not None


def _bar(db: Connection, complaint: Complaint, held: Held) -> None:
    if complaint.barred_id is not None:
        bars.put(db, held.id, [complaint.barred_id], Why.ACCUSED)
    # Who files is no less its owner for having written it.
    bars.put(db, held.id, written.keys(db, held.entry_id, held.line_id) - {complaint.member_id}, Why.WROTE)
    if complaint.all_officers:
        bars.put(db, held.id, bars.officers(db, complaint.home_id), Why.OFFICER)
    bodies = tree.complained_of(db, complaint.home_id, complaint.concerned)
    if complaint.barred_id is None and bodies:
        bars.put(db, held.id, bars.seated_at(db, bodies), Why.OFFICER)


def _seated(db: Connection, held: Held, complaint: Complaint) -> Held:
    """The case at the body that handles it, with its times and the first step of its history."""
    seat = routing.first_seat(db, held, complaint.member_id or complaint.typed_by, complaint.unnamed)
    new = held if seat is None else replace(held, level_id=seat.level_id, desk=seat.desk)
    known = clocks.calendar(db, new.level_id)
    new = replace(new, answer_by=clocks.answer_by(known, new.lane, new.filed_at))
    new = steps.timed(db, new, new.state_since)
    steps.write(db, held, new)
    steps.begin(db, new, new.filed_at)
    return new


def _row(db: Connection, complaint: Complaint, key: str, now: datetime) -> dict[str, object]:
    told = _told(complaint, now)
    # Where only the day is kept the clocks run from its end: the moment would be found in other tables.
    since = now if told == now else told + timedelta(days=1)
    follow = Follow.PULL if complaint.unnamed and complaint.follow is not Follow.NEVER else complaint.follow
    return {
        # By digest: the key names the session, and the session names the phone.
        "key": vault.digest("case", key),
        **{name: getattr(complaint, name) for name in _AS_SAID},
        "follow": follow,
        "words_sealed": vault.seal(complaint.words) if complaint.words else None,
        "caller_sealed": _caller(complaint),
        "reveal_digest": _reveal(db, complaint),
        "reveal_until": told + REVEAL_WITHIN,
        "state": State.RECEIVED,
        "filed_at": told,
        "state_since": since,
        "answer_by": since,
        "confirmed": False,
        "steps": 0,
        "head": "",
    }


_AS_SAID = (
    *("home_id", "all_officers", "at_home", "category", "lane", "concerned", "name", "came_by"),
    *("entry_id", "lot_id", "line_id", "meeting_id", "safe_time", "help"),
)


def _caller(complaint: Complaint) -> str | None:
    if complaint.unnamed or not (complaint.member_id or complaint.phone):
        return None
    return vault.seal(f"{complaint.member_id or ''} {complaint.phone}")


def _reveal(db: Connection, complaint: Complaint) -> str | None:
    """By what the number of a case is found again that may never have been seen: by SMS, where it is not known who
    wrote, by the phone alone; else by the member as well; without a name only by `floods`.
    """
    if complaint.came_by is Came.SMS:
        return numbers.reveal_digest(complaint.phone)
    known = complaint.member_id is not None and not complaint.unnamed and _known_again(db, complaint)
    return numbers.reveal_digest(complaint.phone, complaint.member_id) if known else None


def _known_again(db: Connection, complaint: Complaint) -> bool:
    """Whether who filed it on a screen had a secret code: one chosen later may be that of whoever holds the phone."""
    who = {Came.PHONE: complaint.member_id, Came.RELAY: complaint.typed_by}.get(complaint.came_by)
    return who is not None and codes.chosen(db, who)


def _told(complaint: Complaint, now: datetime) -> datetime:
    """When a case was filed; without a name, or by SMS, only the day: the moment would be found in other tables."""
    only_day = complaint.unnamed or complaint.came_by is Came.SMS
    return now.replace(hour=0, minute=0, second=0, microsecond=0) if only_day else now


def _insert(db: Connection, row: dict[str, object], code: str | None) -> int:
    for _ in range(20):
        reference, number = numbers.new_reference(), numbers.new_id()
        values = row | {
            "id": number,
            "reference_sealed": vault.seal(reference),
            "reference_digest": numbers.reference_digest(reference),
            "code_digest": numbers.code_digest(reference, code) if code else None,
        }
        if insert_once(db, Grievance, values) is not None:
            return number
        if db.execute(select(Grievance.id).where(Grievance.key == row["key"])).one_or_none():
            raise AlreadyFiled
    raise NoNumberLeft


_NAME = select(Cooperative.name).where(Cooperative.id == bindparam("body"))


def body_name(db: Connection, body_id: int | None) -> str | None:
    """What a body is called; None for none."""
    found: str | None = db.execute(_NAME, {"body": body_id}).scalar_one_or_none()
    return found
