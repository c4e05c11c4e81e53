"""The register of meetings. The agenda is stored one item a line.

A meeting that was moved is still the one a list names by its old time. One that was called is changed by no list: its
members would not hear of it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, union_all, update
from sqlalchemy.orm import aliased

from models.cooperatives import Cooperative
from models.meetings import Meeting, MeetingKind, MeetingMove
from ussd_app.registers import cells
from ussd_app.registers.homes import Homes
from ussd_app.registers.nouns import Column, Found, Given, Noun, in_cooperative, slices
from ussd_app.registers.problems import Problem

_NOW_THERE = aliased(Meeting)
_TIMES = union_all(
    select(Meeting.id, Meeting.starts_at, Meeting.place),
    select(MeetingMove.meeting_id, MeetingMove.was_at, MeetingMove.was_in)
    .join(Meeting, Meeting.id == MeetingMove.meeting_id)
    .where(
        ~select(_NOW_THERE.id)
        .where(_NOW_THERE.cooperative_id == Meeting.cooperative_id, _NOW_THERE.kind == Meeting.kind)
        .where(_NOW_THERE.starts_at == MeetingMove.was_at)
        .exists()
    ),
).subquery("times")
_STORED = (
    select(
        Meeting.id.label("id"),
        Cooperative.code.label("cooperative"),
        _TIMES.c.starts_at.label("starts_at"),
        _TIMES.c.place.label("place"),
        Meeting.kind.label("kind"),
        Meeting.agenda.label("agenda"),
    )
    .join(Cooperative, Cooperative.id == Meeting.cooperative_id)
    .join(_TIMES, _TIMES.c.id == Meeting.id)
)


def _check(db: Connection, rows: Sequence[Given], found: Found, _homes: Homes) -> Iterable[Problem]:
    """A row that says something else of a meeting that members were told of."""
    other = {}
    for given in rows:
        stored = None if given.broken else found.get(MEETINGS.key_of(given.values))
        if stored is not None and stored.values != given.values:
            other[stored.id] = given
    for part in slices(list(other)):
        told = select(Meeting.id).where(Meeting.id.in_(part), Meeting.called_at.is_not(None))
        for meeting_id in db.execute(told).scalars():
            right = "déplacez-la avec meetings move: ses membres seront prévenus"
            yield other[meeting_id].problem("place", "cette réunion est déjà convoquée", right)


def _row(given: Given) -> dict[str, object]:
    return {"place": given.values["place"], "agenda": "\n".join(given.values["agenda"])}


def _write(db: Connection, new: Sequence[Given], changed: Sequence[Given], _now: datetime) -> None:
    if new:
        rows = [
            {
                "cooperative_id": given.cooperative_id,
                "starts_at": given.values["starts_at"],
                "kind": given.values["kind"],
                **_row(given),
            }
            for given in new
        ]
        db.execute(insert(Meeting), rows)
    if changed:
        there = [{"there": given.stored_id, **_row(given)} for given in changed]
        db.execute(update(Meeting).where(Meeting.id == bindparam("there")), there)


def _items(agenda: str) -> tuple[str, ...]:
    return tuple(agenda.split("\n")) if agenda else ()


MEETINGS = Noun(
    columns=(
        Column("cooperative", cells.cooperative_code),
        Column("starts_at", cells.moment, here=cells.at_home),
        Column("place", cells.text, empty=""),
        Column("kind", cells.one_of(MeetingKind, "une sorte de réunion")),
        Column("agenda", cells.listed(cells.text, ";\n"), empty=(), load=_items),
    ),
    key=("cooperative", "starts_at", "kind"),
    stored=_STORED,
    among=in_cooperative(Meeting.cooperative_id, _TIMES.c.starts_at, "starts_at"),
    order=(Cooperative.code, Meeting.starts_at, Meeting.kind),
    write=_write,
    standing=_TIMES.c.starts_at == Meeting.starts_at,
    check=_check,
)
