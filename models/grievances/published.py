"""Figures of cases are published: a union and what is above it each quarter, every body each year.

A published figure is out for ever: it is kept as it was published, and printed from there. So nothing can be looked at
before: who could look each day would see who complained yesterday.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from statistics import median_low
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select

from models import cooperatives, vault
from models.cooperatives import BASE_KINDS, HIGH_KINDS, Cooperative, Kind
from models.grievances import figures, tally, withheld
from models.grievances.counted import PublishedFigures
from models.grievances.figures import Count
from models.grievances.headings import RECEIVED, YES, End, Figure, Heading
from models.grievances.periods import Period
from models.grievances.withheld import Out, Part
from models.hands import Bar, Hand, NotAllowed
from models.members import OFFICERS
from models.proving.faults import Fault

QUARTERLY = (Kind.UNION, Kind.FEDERATION, Kind.CONFEDERATION)
CHANGES, LETTERS = 3, 100
TALLY = "published"
_NUMBER = re.compile(r"\d{6}|\d\d([ .-]\d\d){3}")


class Hindrance(StrEnum):
    """Why figures are not published."""

    NOT_OVER = "not_over"
    NO_QUARTERS = "no_quarters"
    OUT = "out"
    TOO_MANY = "too_many"
    TOO_LONG = "too_long"
    NUMBER = "number"


class Unpublished(ValueError):
    """Nothing was published; the reason is one of `Hindrance`."""

    def __init__(self, hindrance: Hindrance) -> None:
        super().__init__(hindrance.value)
        self.hindrance = hindrance


@dataclass(frozen=True, slots=True)
class Published:
    """Figures as they were published. One that is not in `shown` is hidden, and nobody is told why.

    `days`: half of those who were answered had their answer by the end of that day after they complained; None where
    that is hidden. `changed`: what has changed because of cases, as the body says it.
    """

    body_id: int
    period: str
    shown: Mapping[Figure, int]
    days: int | None
    changed: tuple[str, ...]
    published_at: datetime

    def settled(self) -> dict[str, int | None]:
        """Three figures for an SMS: received, settled, open; None for one that is hidden."""
        wanted = {"received": RECEIVED, "settled": (Heading.END, End.SETTLED), "open": (Heading.END, End.OPEN)}
        return {name: self.shown.get(figure) for name, figure in wanted.items()}


_KIND = select(Cooperative.kind).where(Cooperative.id == bindparam("body"))
_BODIES = select(Cooperative.id).where(
    Cooperative.id.in_(bindparam("bodies", expanding=True)), Cooperative.kind.in_(BASE_KINDS)
)
_ROWS = select(PublishedFigures.__table__).order_by(PublishedFigures.id)
_ONE = _ROWS.where(PublishedFigures.body_id == bindparam("body"), PublishedFigures.period == bindparam("period"))
_OF_YEAR = _ROWS.where(PublishedFigures.period.startswith(bindparam("year")))
_YEARS = (
    _ROWS.where(PublishedFigures.body_id == bindparam("body"), func.length(PublishedFigures.period) == len("2026"))
    .order_by(None)
    .order_by(PublishedFigures.period.desc())
    .limit(1)
)


def of(db: Connection, body_id: int, period: str) -> Published | None:
    """What a body published of a period; None when it did not."""
    return _read(db.execute(_ONE, {"body": body_id, "period": period}).one_or_none())


def newest(db: Connection, body_id: int) -> Published | None:
    """What a body published of the last year it published of; None when it never did."""
    return _read(db.execute(_YEARS, {"body": body_id}).one_or_none())


def _read(row: Any) -> Published | None:
    if row is None:
        return None
    shown = {(heading, value): count for heading, value, count in json.loads(row.shown)}
    changed = tuple(json.loads(vault.unseal(row.changed_sealed)))
    return Published(row.body_id, row.period, shown, row.days, changed, row.published_at)


def publish(db: Connection, hand: Hand, period: Period, changed: Sequence[str], now: datetime) -> Published:
    """An officer publishes the figures of their body and a period, once. Said again with the same words it is the same.

    Raises NotAllowed for who is no officer; Unpublished, among others, for a period that is not over, or a quarter of
    a cooperative.
    """
    if hand.role not in OFFICERS:
        raise NotAllowed(Bar.NO_OFFICER)
    body_id = hand.cooperative_id
    kind = db.execute(_KIND, {"body": body_id}).scalar_one()
    words = _checked(changed)
    _over(db, {body_id, *_homes(db, body_id, period)}, kind, period, now)
    tally.add(db, TALLY, 1)  # whoever publishes at the same time waits here, and sees what this one publishes
    before = of(db, body_id, str(period))
    if before is None:
        return _publish(db, hand, kind, period, words, now)
    tally.add(db, TALLY, -1)
    if words not in ((), before.changed):
        raise Unpublished(Hindrance.OUT)
    return before


def _checked(changed: Sequence[str]) -> tuple[str, ...]:
    words = tuple(" ".join(each.split()) for each in changed)
    if len(words) > CHANGES:
        raise Unpublished(Hindrance.TOO_MANY)
    if not all(0 < len(each) <= LETTERS for each in words):
        raise Unpublished(Hindrance.TOO_LONG)
    if any(_NUMBER.search(each) for each in words):
        raise Unpublished(Hindrance.NUMBER)
    return words


def _over(db: Connection, bodies: set[int], kind: Kind, period: Period, now: datetime) -> None:
    if period.quarter and kind not in QUARTERLY:
        raise Unpublished(Hindrance.NO_QUARTERS)
    if any(now < period.ends(cooperatives.zone(db, each)) for each in bodies):
        raise Unpublished(Hindrance.NOT_OVER)


def _homes(db: Connection, body_id: int, period: Period) -> set[int]:
    """Where the cases of a body arise: in the cooperatives below it, and wherever else one was ever filed.

    Bodies above have none of their own as a rule, and a reader takes that for granted: none of them is counted on to
    keep a figure uncertain. One that was below in an earlier figure of the year stays in: the difference would be what
    it has.
    """
    there = cooperatives.subtree(db, body_id)
    earlier = db.execute(_OF_YEAR, {"year": str(period.year)}).all()
    stays = {home for row in earlier if row.body_id == body_id for home, _quarter in _detail(row)}
    return {*db.execute(_BODIES, {"bodies": there}).scalars(), *figures.filed_in(db, there), *stays}


def _publish(
    db: Connection, hand: Hand, kind: Kind, period: Period, words: tuple[str, ...], now: datetime
) -> Published:
    count, homes = Count(db, now), sorted(_homes(db, hand.cooperative_id, period))
    cases = {(home, str(each)): count.of(home, each) for home in homes for each in period.quarters}
    private = kind in HIGH_KINDS and period.quarter is None
    body = str(hand.cooperative_id)
    new = Out(f"{body} {period}", body, {part: figures.counts(facts) for part, facts in cases.items()}, private)
    others = [_out(db, row) for row in db.execute(_OF_YEAR, {"year": str(period.year)}).all()]
    shown = withheld.shown(new, others, _besides(count, period, others))
    days = [fact.days for facts in cases.values() for fact in facts if fact.days is not None]
    said = {
        "body_id": hand.cooperative_id,
        "period": str(period),
        "shown": json.dumps(sorted((*figure, new.counts[figure]) for figure in shown)),
        "days": median_low(days) if (Heading.ANSWERED, YES) in shown else None,
        "published_by": hand.member_id,
        "published_at": now,
    }
    changed = json.dumps(words)
    detail = json.dumps([[*part, [[*figure, n] for figure, n in found.items()]] for part, found in new.detail.items()])
    hidden = {"changed_sealed": vault.seal(changed), "detail_sealed": vault.seal(detail)}
    db.execute(insert(PublishedFigures), said | hidden | {"seal": _sealed(said, changed, detail)})
    found = of(db, hand.cooperative_id, str(period))
    assert found is not None  # noqa: S101 - it was just written
    return found


def _besides(count: Count, period: Period, others: Sequence[Out]) -> dict[Part, dict[Figure, int]]:
    """What there is in quarters of which nothing is out, where other figures of the year are, once the year is over."""
    homes = {home for each in others for home, _quarter in each.parts}
    if any(count.now < Period(period.year).ends(cooperatives.zone(count.db, each)) for each in homes):
        return {}
    quarters = Period(period.year).quarters
    return {(home, str(each)): {**figures.counts(count.of(home, each))} for home in sorted(homes) for each in quarters}


def _out(db: Connection, row: Any) -> Out:
    kind = db.execute(_KIND, {"body": row.body_id}).scalar_one()
    shown = frozenset((heading, value) for heading, value, _count in json.loads(row.shown))
    private = kind in HIGH_KINDS and len(row.period) == len("2026")
    return Out(f"{row.body_id} {row.period}", str(row.body_id), _detail(row), private, shown)


def _detail(row: Any) -> dict[Part, dict[Figure, int]]:
    read = json.loads(vault.unseal(row.detail_sealed))
    return {(home, quarter): {(heading, value): n for heading, value, n in some} for home, quarter, some in read}


def _sealed(said: Mapping[str, Any], changed: str, detail: str) -> str:
    at: datetime = said["published_at"]
    plain = [*(said[name] for name in ("body_id", "period", "shown", "days", "published_by")), changed, detail]
    return vault.digest("published figures", json.dumps([*plain, at.astimezone(UTC).isoformat()]))


def faults(db: Connection) -> Iterator[Fault]:
    """Figures that are not what was published, and figures that are missing."""
    rows = db.execute(_ROWS).mappings().all()
    for row in rows:
        words, detail = vault.unseal(row["changed_sealed"]), vault.unseal(row["detail_sealed"])
        if not vault.same(row["seal"], _sealed({**row}, words, detail)):
            yield Fault(f"published figures, row {row['id']}: they are not what was published", of_case=True)
    made = tally.made(db, TALLY)
    if made is None:
        yield Fault("the count of published figures was altered", of_case=True)
    elif made != len(rows):
        yield Fault(f"{made} figures were published, {len(rows)} are there", of_case=True)
