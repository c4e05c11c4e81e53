"""Sealing anew: everything that was sealed under an older key is sealed under the newest one, so that the old can go.

The columns are found by their names (`sealed`, or ending with `_sealed`), and so are sealed values within a proposal. A
stamp that vouches for what is sealed anew is made again, but only where it was right before: what had been altered
stays altered. Run again it changes nothing, and what is being changed meanwhile is left to the next run.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Connection, Table, select, tuple_, update

from models import proposals, stamps, vault
from models.base import Base
from models.proposals import Proposal
from models.stamps import Kind, Stamp

AT_ONCE = 500
Last = tuple[Any, ...] | None  # the key of a row; empty before the first, None after the last


def columns() -> Iterator[tuple[Table, Column[Any]]]:
    """Every column that holds something sealed."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name == "sealed" or column.name.endswith("_sealed"):
                yield table, column


def renew(table: Table, column: Column[Any], db: Connection, last: Last) -> tuple[int, Last]:
    """Seal the next rows of a column anew; how many there were, and the last row that was looked at.

    Raises InvalidToken for what no key opens.
    """
    key = list(table.primary_key.columns)
    asked = select(*key, column).where(column.is_not(None)).order_by(*key).limit(AT_ONCE)
    if last:
        asked = asked.where(tuple_(*key) > tuple_(*last))
    rows = db.execute(asked).all()
    done = 0
    for row in rows:
        fresh = vault.renewed(row[-1])
        if fresh is not None:
            same = [each == value for each, value in zip(key, row, strict=False)]
            done += db.execute(update(table).where(*same, column == row[-1]).values({column: fresh})).rowcount
    return done, tuple(rows[-1][:-1]) if len(rows) == AT_ONCE else None


def renew_proposals(db: Connection, last: Last) -> tuple[int, Last]:
    """The same for what proposals hold sealed among their facts; their stamps are made again where they were right."""
    after = last[0] if last else 0
    asked = select(Proposal.id, Proposal.facts).where(Proposal.id > after).order_by(Proposal.id).limit(AT_ONCE)
    rows = db.execute(asked.with_for_update()).all()
    fresh = {row.id: _facts(row.facts) for row in rows}
    changed = {number: facts for number, facts in fresh.items() if facts is not None}
    kinds = (proposals.PROPOSED, proposals.DECIDED)
    right = {kind: _right(db, kind, changed) for kind in kinds}
    for number, facts in changed.items():
        db.execute(update(Proposal).where(Proposal.id == number).values(facts=facts))
    for kind in kinds:
        _stamp(db, kind, right[kind])
    return len(changed), (rows[-1].id,) if len(rows) == AT_ONCE else None


def _facts(facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """Facts whose sealed values are sealed anew; None when none had to be."""
    sealed = {name: value for name, value in facts.items() if name.endswith("_sealed") and value is not None}
    fresh = {name: vault.renewed(value) for name, value in sealed.items()}
    changed = {name: value for name, value in fresh.items() if value is not None}
    return {**facts, **changed} if changed else None


def _right(db: Connection, kind: Kind, numbers: Mapping[int, Any]) -> list[int]:
    """Those of these proposals whose stamp is right."""
    now = stamps.some(db, kind, list(numbers))
    mine = (Stamp.kind == kind.name, Stamp.about_id.in_(list(numbers)))
    kept = {row.about_id: row.stamp for row in db.execute(select(Stamp.about_id, Stamp.stamp).where(*mine))}
    return [number for number, stamp in now.items() if kept.get(number) == stamp]


def _stamp(db: Connection, kind: Kind, numbers: list[int]) -> None:
    for number, stamp in stamps.some(db, kind, numbers).items():
        mine = (Stamp.kind == kind.name, Stamp.about_id == number)
        db.execute(update(Stamp).where(*mine).values(stamp=stamp))
