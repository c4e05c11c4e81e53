"""Alerts for tests: a union above the demo's cooperatives, and an alert brought to where it is wanted."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from models import alerts, writing
from models.alerts import Did, Ground, State, Step
from models.cooperatives import Cooperative
from models.members import Member, Phone, Role
from tests.conftest import NOW
from tests.office import hand

UNION = {"1": Role.PRESIDENT, "2": Role.SURVEILLANCE, "3": Role.MEMBER, "4": Role.TREASURER, "5": Role.COMMITTEE}
FEDERATION = {"3": Role.SURVEILLANCE, "4": Role.MEMBER}  # the demo has its president and its treasurer
UNION_PHONE = "+22370000091"
# The steps that lead to each state, after it was raised. None: a month passes.
WAYS: Mapping[State, Sequence[Did | None]] = {
    State.RAISED: (),
    State.ASKED: (Did.WRITE,),
    State.ANSWERED: (Did.WRITE, Did.ANSWER),
    State.NOT_ANSWERED: (Did.SPEAK, None),
    State.ACCEPTED: (Did.WRITE, Did.ANSWER, Did.ACCEPT),
    State.NOT_SATISFIED: (Did.WRITE, Did.ANSWER, Did.REFUSE),
    State.REPORTED: (Did.WRITE, Did.ANSWER, Did.REFUSE, Did.REPORT),
    State.CONVENED: (Did.WRITE, Did.ANSWER, Did.REFUSE, Did.CONVENE),
    State.CLOSED: (Did.WRITE, Did.ANSWER, Did.REFUSE, Did.REPORT, Did.CLOSE),
}
LATE = NOW.replace(year=2027, month=1, day=4)


def home(db: Connection, code: str) -> int:
    """A cooperative or a body, by its code."""
    return db.execute(select(Cooperative.id).where(Cooperative.code == code)).scalar_one()


def officers_above(db: Connection) -> None:
    """Give the union of the demo officers, and the federation more of them; the union's president has a phone."""
    for code, officers in (("UNIO", UNION), ("FEDE", FEDERATION)):
        for number, role in officers.items():
            row = {"cooperative_id": home(db, code), "number": number, "name": f"{code} {number}", "language": "fr"}
            made = writing.insert_once(db, Member, row | {"role": role, "amounts_by_sms": False})
            if (code, number) == ("UNIO", "1"):
                db.execute(insert(Phone), {"member_id": made, "number": UNION_PHONE})


def raised(db: Connection, by: str = "2", body: str = "KOGB", on: str = "KOGB", ground: Ground = Ground.MONEY) -> int:
    """An alert."""
    return alerts.trigger(db, hand(db, by, body), home(db, on), ground, "La caisse est vide", NOW)


def brought(db: Connection, state: State, by: str = "2", body: str = "KOGB") -> tuple[int, datetime]:
    """An alert on KOGB in a state, and what time it is then."""
    alert_id, now = raised(db, by, body), NOW
    for did in WAYS[state]:
        if did is None:
            now = LATE
            alerts.lapse(db, now)
            continue
        who = hand(db, "1") if did is Did.ANSWER else hand(db, by, body)
        alerts.take(db, who, alert_id, Step(did, f"mots de {did}"), now)
    return alert_id, now
