"""All steps of all cases stand in one chain; a number that may not have been seen says until when it can be shown."""

import json
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from models import vault

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
SHOWN = timedelta(days=7)


def upgrade() -> None:
    """Add the chain, with the steps there are, in the order in which they were taken."""
    op.add_column("grievances", sa.Column("reveal_until", MOMENT, nullable=True))
    op.add_column("case_floods", sa.Column("shown_until", MOMENT, nullable=True))
    op.create_table(
        "case_links",
        *(sa.Column(name, WHOLE, nullable=False, autoincrement=False) for name in ("number", "case_id", "position")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("step", "seal")),
        sa.PrimaryKeyConstraint("number", name="pk_case_links"),
    )
    db = op.get_bind()
    cases = sa.table("grievances", *_named("id", "reveal_digest"), *_moments("filed_at", "reveal_until"))
    waiting = sa.select(cases.c.id, cases.c.filed_at).where(cases.c.reveal_digest.is_not(None))
    for case_id, filed_at in db.execute(waiting).all():
        until = filed_at + SHOWN
        db.execute(sa.update(cases).where(cases.c.id == case_id).values(reveal_until=until))
    _linked(db)


def _named(*names: str) -> list[Any]:
    return [sa.column(name) for name in names]


def _moments(*names: str) -> list[Any]:
    return [sa.column(name, MOMENT) for name in names]


def _linked(db: sa.Connection) -> None:
    steps = sa.table("case_steps", *_named("grievance_id", "position", "seal"), *_moments("at"))
    links = sa.table("case_links", *_named("number", "case_id", "position", "step", "seal"))
    taken = sa.select(steps.c.grievance_id, steps.c.position, steps.c.seal)
    before = ""
    for number, row in enumerate(db.execute(taken.order_by(steps.c.at, *steps.c[:2])).all(), 1):
        before = vault.digest("case link", json.dumps([before, number, *row], separators=(",", ":")))
        said = dict(zip(("number", "case_id", "position", "step", "seal"), (number, *row, before), strict=True))
        db.execute(sa.insert(links).values(said))


def downgrade() -> None:
    op.drop_table("case_links")
    op.drop_column("case_floods", "shown_until")
    op.drop_column("grievances", "reveal_until")
