"""A desk for the walk: a body with one above and two below, their committees, and complaints at their longest.

Every case has a day of its own, so that lists stand in one order whatever numbers are drawn.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, update

from models import codes, dues, grievances, ledger
from models.cooperatives import Affiliation, Cooperative
from models.grievances import Category, Complaint, Concerned, Filed, Follow, Lane, Name, sight, work
from models.hands import Hand
from models.members import Member, Phone, Role
from models.writing import insert_once
from ussd_app.registers import homes

PHONE, CALLER, LOOKING = "+22370000060", "+22370000081", "+22370000082"
NAME = "Aïssatou-Fatoumata Coulibaly-Traoré"
BODY = "Sanoudougou-Kogberani"
OTHER = "99998"  # what the walk types where a member's number is asked
MOST = 999_999_999
OLD = timedelta(days=199)
CODES = {"here": "C3", "above": "C11", "below": "C1", "bare": "C2"}


@dataclass(slots=True)
class Desks:
    """The bodies and their committees, and the cases that lie there."""

    db: Connection
    spoken: str
    words: str
    now: datetime
    made: int = 0
    bodies: dict[str, int] = field(default_factory=dict)
    walker: int = 0
    other: int = 0
    entry: int = 0

    @property
    def here(self) -> int:
        """The body of the one who walks."""
        return self.bodies["here"]

    @property
    def mine(self) -> Hand:
        """Who walks, as a member of the committee."""
        return Hand(self.walker, self.here, Role.COMMITTEE, PHONE)

    def member(self, body_id: int, number: str, role: Role) -> int:
        """One more member of a body."""
        row = {"cooperative_id": body_id, "number": number, "name": NAME, "language": self.spoken}
        made = insert_once(self.db, Member, row | {"role": role, "amounts_by_sms": False})
        assert made is not None  # noqa: S101 - it was just written
        return made

    def people(self, body_id: int, role: Role, count: int) -> list[Hand]:
        """Members of a body with a role."""
        found = []
        for _each in range(count):
            self.made += 1
            found.append(Hand(self.member(body_id, f"99{self.made:03d}x", role), body_id, role))
        return found

    def file(self, home_id: int, filed_at: datetime | None = None, **said: object) -> Filed:
        """A complaint about something in a body, at its longest, on a day of its own unless said otherwise."""
        self.made += 1
        given: dict[str, object] = {"category": Category.BUYER, "concerned": Concerned.OUTSIDER, "name": Name.COMMITTEE}
        given |= {"words": self.words, "home_id": home_id, "member_id": self.other, "phone": CALLER}
        given |= {"follow": Follow.CALL_MORNING}
        complaint = Complaint(**{**given, **said})  # type: ignore[arg-type]
        at = filed_at or self.now - OLD - timedelta(days=self.made)
        return grievances.file(self.db, complaint, f"walk:desk:{self.made}", at)

    def held(self, filed: Filed) -> int:
        """The case of a number."""
        return sight.find(self.db, self.mine, filed.reference)

    def assigned(self, hand: Hand, filed: Filed) -> int:
        """A case that somebody handles."""
        self.made += 1
        case_id, then = sight.find(self.db, hand, filed.reference), self.now - timedelta(days=9, minutes=self.made)
        work.acknowledge(self.db, hand, case_id, then)
        work.assess(self.db, hand, case_id, Lane.ORDINARY, Category.MONEY, then)
        work.assign(self.db, hand, case_id, hand.member_id, then)
        return case_id

    def owned(self, filed: Filed) -> int:
        """The case as whoever filed it opens it."""
        found = grievances.open_case(self.db, filed.reference, filed.code, LOOKING, self.now)
        assert isinstance(found, int)  # noqa: S101 - number and code are right
        return found


def set_up(db: Connection, spoken: str, words: str, now: datetime) -> Desks:
    """The bodies with their people: who walks among them, with a phone and a code, and who is named."""
    there = Desks(db, spoken, words, now)
    for name, code in CODES.items():
        found = homes.one(db, code)
        assert found is not None  # noqa: S101 - the longest values begin with them
        there.bodies[name] = found.id
    bodies = there.bodies
    db.execute(update(Cooperative).where(Cooperative.id.in_(bodies.values())).values(name=BODY))
    edges = [(bodies["here"], bodies["above"]), (bodies["below"], bodies["here"]), (bodies["bare"], bodies["here"])]
    db.execute(insert(Affiliation), [{"cooperative_id": one, "parent_id": other} for one, other in edges])
    for name in ("above", "below", "here"):
        there.people(bodies[name], Role.COMMITTEE, 3)
    there.people(there.here, Role.GENDER_PRESIDENT, 1)
    there.walker = there.member(there.here, "99999", Role.COMMITTEE)
    there.other = there.member(there.here, OTHER, Role.MEMBER)
    db.execute(insert(Phone), {"member_id": there.walker, "number": PHONE})
    hashed = codes.hashed("4826")
    codes.propose(db, there.walker, hashed)
    codes.settle(db, there.walker, hashed, changing=False)
    due = (now.date(), "Cotisation exceptionnelle pour la pompe", MOST)
    ledger.post(db, [dues.charge(there.here, there.other, "walk:desk", due)], "walk", now)
    there.entry = dues.allocation(db, there.other).dues[-1].entry_id
    return there


def becomes(there: Desks, role: Role) -> None:
    """Who walks has another role from now on."""
    there.db.execute(update(Member).where(Member.id == there.walker).values(role=role))
