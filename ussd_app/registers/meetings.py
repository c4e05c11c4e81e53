"""The register of meetings. The agenda is stored one item a line."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from models.cooperatives import Cooperative
from models.meetings import Meeting, MeetingKind
from ussd_app.registers import cells
from ussd_app.registers.nouns import Column, Given, Noun, in_cooperative

_STORED = select(
    Meeting.id.label("id"),
    Cooperative.code.label("cooperative"),
    Meeting.starts_at.label("starts_at"),
    Meeting.place.label("place"),
    Meeting.kind.label("kind"),
    Meeting.agenda.label("agenda"),
).join(Cooperative, Cooperative.id == Meeting.cooperative_id)


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
    among=in_cooperative(Meeting.cooperative_id, Meeting.starts_at, "starts_at"),
    order=(Cooperative.code, Meeting.starts_at, Meeting.kind),
    write=_write,
)
