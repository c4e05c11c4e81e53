"""A land of bodies and people for the tests of cases: a tree of four levels and a partner, a committee on each."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from models import codes, grievances
from models.cooperatives import Affiliation, Cooperative, Kind
from models.grievances import (
    Category,
    Complaint,
    Concerned,
    Filed,
    Name,
    deciding,
    floods,
    keeping,
    threats,
    ticking,
    tree,
    work,
)
from models.grievances.held import Held, peek
from models.grievances.numbers import reference_digest
from models.grievances.tables import CaseStep, Grievance
from models.hands import Hand
from models.members import Member, Phone, Role
from models.messages import Message
from models.money import Currency

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
COMMITTEE, SURVEILLANCE = Role.COMMITTEE, Role.SURVEILLANCE
OFFICES = (Role.PRESIDENT, Role.SECRETARY, Role.TREASURER, SURVEILLANCE, SURVEILLANCE)


@dataclass
class Land:
    """Bodies and people in one transaction."""

    db: Connection
    made: int = 0
    bodies: dict[str, int] = field(default_factory=dict)

    def body(self, name: str, kind: Kind, *parents: str) -> int:
        self.made += 1
        row = {"code": f"L{self.made:03d}", "name": name, "kind": kind, "district": "D", "country": "ML"}
        row |= {"currency": Currency.XOF, "language": "fr", "time_zone": "Africa/Bamako"}
        made = self.db.execute(insert(Cooperative).values(row).returning(Cooperative.id)).scalar_one()
        for parent in parents:
            self.db.execute(insert(Affiliation).values(cooperative_id=made, parent_id=self.bodies[parent]))
        self.bodies[name] = made
        return made

    def member(self, body: str, role: Role = Role.MEMBER, phone: str | None = None) -> Hand:
        self.made += 1
        row = {"cooperative_id": self.bodies[body], "number": f"{self.made}", "name": f"Personne {self.made}"}
        row |= {"language": "fr", "role": role, "amounts_by_sms": False}
        made = self.db.execute(insert(Member).values(row).returning(Member.id)).scalar_one()
        number = phone or f"+2236{self.made:07d}"
        self.db.execute(insert(Phone).values(member_id=made, number=number))
        return Hand(made, self.bodies[body], role, number, f"session {made}")

    def people(self, body: str, *roles: Role) -> list[Hand]:
        return [self.member(body, role) for role in roles]

    def chooses(self, hand: Hand, at: datetime | None = None) -> Hand:
        """A member chooses a secret code; without a moment, long ago."""
        codes.propose(self.db, hand.member_id, "a hash")
        assert codes.settle(self.db, hand.member_id, "a hash", changing=False, now=at)
        return hand

    def file(self, by: Hand | None = None, key: str = "k", now: datetime = NOW, **said: Any) -> Filed:
        """A complaint of a member of the cooperative, about an officer unless said otherwise."""
        given: dict[str, Any] = {"category": Category.LAND, "concerned": Concerned.TEAM, "name": Name.COMMITTEE}
        given |= {"words": "Le puits est à nous", "home_id": self.bodies.get("coop")}
        given |= {"member_id": by and by.member_id, "phone": by.phone if by else "+22360999999"}
        beyond = bool(said.pop("beyond", False))
        return grievances.file(self.db, Complaint(**{**given, **said}), key, now, beyond)

    def case(self, filed: Filed) -> Held:
        asked = select(Grievance.id).where(Grievance.reference_digest == reference_digest(filed.reference))
        return peek(self.db, self.db.execute(asked).scalar_one())

    def level(self, filed: Filed) -> str | None:
        """The name of the body that handles a case."""
        level = self.case(filed).level_id
        return next((name for name, body in self.bodies.items() if body == level), None)

    def number(self, hand: Hand) -> str:
        """The number of a member on their card."""
        return self.db.execute(select(Member.number).where(Member.id == hand.member_id)).scalar_one()

    def did(self, filed: Filed) -> list[str]:
        steps = select(CaseStep.did).where(CaseStep.grievance_id == self.case(filed).id).order_by(CaseStep.position)
        return [each.value for each in self.db.execute(steps).scalars()]

    def sms(self, kind: str | None = None) -> list[tuple[str, str]]:
        """What was queued about cases: to whom, and what kind."""
        mine = (Message.kind.startswith("case_"), Message.phone.startswith("+2236"))
        asked = select(Message.phone, Message.kind).where(*mine).order_by(Message.id)
        return [(row.phone, row.kind) for row in self.db.execute(asked) if kind in (None, row.kind)]


def tick(db: Connection, now: datetime) -> int:
    """What the clock does, here in one transaction; with how many cases something was done."""
    done = sum(ticking.attend(db, case_id, now) for case_id in ticking.due(db, now))
    floods.forget(db, now)
    return done


def tell_above(db: Connection) -> int:
    """What the job does with threats that nobody could be told of; how many were told."""
    return sum(threats.tell_above(db, threat_id) for threat_id in threats.untold(db))


def keep(db: Connection, now: datetime) -> int:
    """What is not to be kept any more goes, here in one transaction; how many cases."""
    keeping.forget_callers(db, now)
    return sum(keeping.drop(db, case_id, now) for case_id in keeping.due(db, now))


def country(db: Connection) -> Land:
    """A cooperative, its union, federation and confederation, and the partner that was chosen in advance."""
    land = Land(db)
    land.body("confederation", Kind.CONFEDERATION)
    land.body("federation", Kind.FEDERATION, "confederation")
    land.body("union", Kind.UNION, "federation")
    land.body("coop", Kind.SCOOPS, "union")
    land.body("partner", Kind.ASSOCIATION)
    tree.choose_partner(db, land.bodies["confederation"], land.bodies["partner"])
    return land


def peopled(db: Connection) -> tuple[Land, dict[str, list[Hand]]]:
    """The country with a committee of three on each level, and officers everywhere but at the partner."""
    land = country(db)
    committees = {name: land.people(name, *[COMMITTEE] * 3) for name in land.bodies}
    for name in ("coop", "union", "federation", "confederation"):
        land.people(name, *OFFICES)
    return land, committees


def assigned(land: Land, hand: Hand, filed: Filed, now: datetime = NOW) -> int:
    """A case in the hands of one of the committee."""
    case = land.case(filed)
    work.acknowledge(land.db, hand, case.id, now)
    work.assess(land.db, hand, case.id, case.lane, case.category, now)
    work.assign(land.db, hand, case.id, hand.member_id, now)
    return case.id


def proposed(land: Land, hand: Hand, filed: Filed, now: datetime = NOW, **more: Any) -> int:
    """A case whose outcome is proposed."""
    case_id = assigned(land, hand, filed, now)
    deciding.propose(land.db, hand, case_id, "La coop rend le puits", more.get("promises", []), now)
    return case_id
