"""The longest values of alerts: one in each state, on the cooperative and below its federation; hints; refusals."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from flows import alert, alert_call, alert_step, office
from flows.alert import Which
from flows.code import mark_of
from flows.engine import Place, to
from models import alerts, codes, writing
from models.alerts import Did, Ground, Halt, Step
from models.convening import Snag
from models.cooperatives import Cooperative, Kind
from models.hands import Hand
from models.members import Member, Phone, Role

# The president, surveillance, and an officer of the federation above.
PRESIDENT, WATCH, ABOVE = "+22370000004", "+22370000005", "+22370000006"
PEOPLE = (
    ("LONGEST", "99994", Role.PRESIDENT, PRESIDENT),
    ("LONGEST", "99993", Role.SURVEILLANCE, WATCH),
    ("FEDE", "99992", Role.SECRETARY, ABOVE),
)
WORDS = "La caisse et le livre ne disent pas la même chose depuis le mois de juin, et personne ne l'explique. " * 3
# How far each alert goes, by its ground.
WAYS = (
    (Ground.ACCOUNTS, ()),
    (Ground.NO_ASSEMBLY, (Did.SPEAK,)),
    (Ground.MONEY, (Did.WRITE, Did.ANSWER)),
    (Ground.ORGAN, (Did.WRITE, Did.ANSWER, Did.REFUSE)),
    (Ground.CASES, (Did.WRITE, Did.ANSWER, Did.REFUSE, Did.REPORT, Did.CONVENE)),
)
OVER = (Did.WRITE, Did.ANSWER, Did.REFUSE, Did.REPORT, Did.CLOSE)


def callers(db: Connection, spoken: str, now: datetime) -> Iterator[tuple[str, set[str], Sequence[Place]]]:
    """The phone of each who has to do with alerts, the mark of the code they gave, and where they start."""
    hands = {phone: _person(db, code, number, role, phone, spoken) for code, number, role, phone in PEOPLE}
    president = hands[PRESIDENT]
    for raiser, ways in ((hands[WATCH], WAYS), (hands[ABOVE], WAYS[1:])):  # one ground is free to be raised
        for ground, way in ways:
            _brought(db, raiser, president, ground, way, now)
        _brought(db, raiser, president, Ground.OTHER, OVER, now)
        late = now - timedelta(days=40)
        _brought(db, raiser, president, Ground.OTHER, (Did.WRITE,), late)
        _brought(db, raiser, president, Ground.OTHER, (), late - timedelta(days=1))
    for phone, hand in hands.items():
        _is(db, president, Kind.COOP_CA if phone == ABOVE else Kind.SCOOPS)  # whose assembly a body above can call
        yield phone, {mark_of(hand.member_id)}, _starts(db, hand, now)
    _is(db, president, Kind.SCOOPS)


def _is(db: Connection, hand: Hand, form: Kind) -> None:
    db.execute(update(Cooperative).where(Cooperative.id == hand.cooperative_id).values(kind=form))


def _person(db: Connection, code: str, number: str, role: Role, phone: str, spoken: str) -> Hand:
    home = db.execute(select(Cooperative.id).where(Cooperative.code == code)).scalar_one()
    row = {"cooperative_id": home, "number": number, "name": "Aïssatou-Fatoumata Coulibaly-Traoré", "role": role}
    member_id = writing.insert_once(db, Member, row | {"language": spoken, "amounts_by_sms": False})
    assert member_id is not None  # noqa: S101 - written for the walk
    db.execute(insert(Phone), {"member_id": member_id, "number": phone})
    hashed = codes.hashed("4826")
    codes.propose(db, member_id, hashed)
    codes.settle(db, member_id, hashed, changing=False)
    return Hand(member_id, home, role, phone, "walk")


def _brought(db: Connection, raiser: Hand, president: Hand, ground: Ground, way: Sequence[Did], now: datetime) -> None:
    words = f"{WORDS}{len(way)}"
    alert_id = alerts.trigger(db, raiser, president.cooperative_id, ground, words, now)
    for did in way:
        alerts.take(db, president if did is Did.ANSWER else raiser, alert_id, Step(did, WORDS), now)


def _starts(db: Connection, hand: Hand, now: datetime) -> Sequence[Place]:
    """The office, every alert this one sees, and what only a race leads to."""
    listed = alerts.listed(db, hand, now)
    seen = [each.alert_id for each in listed]
    callable_now = [each.alert_id for each in listed if alerts.may_call(db, hand, each, now)]
    return [
        to(office.home),
        *(to(alert.listed, which) for which in Which),
        *(to(each, alert_id) for alert_id in seen for each in (alert_step.show, alert_step.read)),
        *(to(alert_step.halted, why) for why in Halt),
        *(to(alert_call.refused, alert_id, snag, "capital") for alert_id in callable_now[:1] for snag in Snag),
    ]
