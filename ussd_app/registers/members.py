"""The members' register. The phones of a row are all the phones of the member, but for those a secretary confirmed."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, delete, func, insert, select, update

from models.codes import SecretCode
from models.cooperatives import Cooperative
from models.members import Member, Phone, Role, Sex
from models.writing import insert_all_once
from ussd_app.registers import cells
from ussd_app.registers.homes import Homes
from ussd_app.registers.nouns import Column, Found, Given, Noun, in_cooperative, slices
from ussd_app.registers.problems import Problem

CONFIRMED = "*"
_PHONES = (
    select(func.aggregate_strings(Phone.number + case((Phone.confirmed_at.is_not(None), CONFIRMED), else_=""), ";"))
    .where(Phone.member_id == Member.id)
    .correlate(Member)
    .scalar_subquery()
)
_STORED = select(
    Member.id.label("id"),
    Cooperative.code.label("cooperative"),
    Member.number.label("number"),
    Member.name.label("name"),
    _PHONES.label("phone"),
    Member.language.label("language"),
    Member.role.label("role"),
    Member.sex.label("sex"),
    Member.joined_on.label("joined_on"),
).join(Cooperative, Cooperative.id == Member.cooperative_id)


class Phones(tuple[str, ...]):
    """The numbers of a member, in order; those that a secretary confirmed are also apart."""

    confirmed: frozenset[str]


def _loaded(joined: str | None) -> Phones:
    numbers = joined.split(";") if joined else []
    phones = Phones(sorted(each.removesuffix(CONFIRMED) for each in numbers))
    phones.confirmed = frozenset(each.removesuffix(CONFIRMED) for each in numbers if each.endswith(CONFIRMED))
    return phones


def _merged(given: tuple[str, ...], stored: Phones) -> tuple[str, ...]:
    return tuple(sorted({*given, *stored.confirmed}))


def _row(given: Given) -> dict[str, object]:
    said = given.values
    row = {name: said[name] for name in ("name", "sex", "joined_on")}
    language = said["language"] or (given.home and given.home.language)
    return row | {"language": language, "role": said["role"] or Role.MEMBER}


def _phones(member_id: int | None, given: Given) -> list[dict[str, object]]:
    return [{"member_id": member_id, "number": number} for number in given.values["phone"]]


def _add(db: Connection, new: Sequence[Given]) -> list[dict[str, object]]:
    """Add members; their phones, still to be added."""
    rows = [
        {
            "cooperative_id": given.cooperative_id,
            "number": given.values["number"],
            "amounts_by_sms": False,
            **_row(given),
        }
        for given in new
    ]
    returned = db.execute(insert(Member).returning(Member.cooperative_id, Member.number, Member.id), rows)
    ids = {(cooperative_id, number): member_id for cooperative_id, number, member_id in returned}
    return [phone for given in new for phone in _phones(ids[given.cooperative_id, given.values["number"]], given)]


def _change(db: Connection, changed: Sequence[Given]) -> list[dict[str, object]]:
    """Change members; their phones, still to be added again."""
    there = [{"there": given.stored_id, **_row(given)} for given in changed]
    db.execute(update(Member).where(Member.id == bindparam("there")), there)
    old = delete(Phone).where(Phone.member_id == bindparam("there"), Phone.confirmed_at.is_(None))
    db.execute(old, [{"there": given.stored_id} for given in changed])
    return [phone for given in changed for phone in _phones(given.stored_id, given)]


def _write(db: Connection, new: Sequence[Given], changed: Sequence[Given], _now: datetime) -> None:
    phones = (_add(db, new) if new else []) + (_change(db, changed) if changed else [])
    insert_all_once(db, Phone, phones)


WHERE = {
    "phone": "laissez les numéros du registre; members change-phone en propose un autre, à deux responsables",
    "role": "laissez le rôle du registre; members change-role en propose un autre, à deux responsables",
}


def _check(db: Connection, rows: Sequence[Given], found: Found, _homes: Homes) -> Iterator[Problem]:
    """Whoever chose a secret code is changed by no file: their phone and their office can turn a key."""
    kept: dict[int, tuple[Given, list[str]]] = {}
    for given in rows:
        stored = None if given.broken else found.get(MEMBERS.key_of(given.values))
        if stored is not None:
            now, before = given.values, stored.values
            others = [name for name in ("phone", "role") if now[name] != before[name]]
            kept |= {stored.id: (given, others)} if others else {}
    for part in slices(list(kept)):
        chosen = select(SecretCode.member_id).where(SecretCode.member_id.in_(part), SecretCode.hash.is_not(None))
        for member_id in db.execute(chosen.order_by(SecretCode.member_id)).scalars():
            given, others = kept[member_id]
            given.broken = True
            yield from (given.problem(name, "ce membre a choisi son code secret", WHERE[name]) for name in others)


MEMBERS = Noun(
    columns=(
        Column("cooperative", cells.cooperative_code),
        Column("number", cells.code),
        Column("name", cells.text),
        Column(
            "phone",
            cells.listed(str, ";\n"),
            empty=(),
            here=cells.dialled,
            load=_loaded,
            keeps=True,
            merge=_merged,
            phones=True,
        ),
        # A member may have chosen another language on the phone: an empty cell leaves it, as it does a phone or a role.
        Column("language", cells.language, empty=None, keeps=True),
        Column("role", cells.one_of(Role, "un rôle connu"), empty=None, keeps=True),
        Column("sex", cells.one_of(Sex, "un sexe connu"), empty=None),
        Column("joined_on", cells.day, empty=None),
    ),
    key=("cooperative", "number"),
    stored=_STORED,
    among=in_cooperative(Member.cooperative_id, Member.number, "number"),
    order=(Cooperative.code, func.length(Member.number), Member.number),
    check=_check,
    write=_write,
)
