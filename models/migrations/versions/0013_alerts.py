"""Alerts on cooperatives, and every step taken on them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _column(name: str, kind: Any, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable)


def _refers(table: str, **to: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}")) for name, other in to.items()
    ]


def _alerts() -> None:
    op.create_table(
        "alerts",
        *(_column(name, WHOLE) for name in ("id", "cooperative_id", "body_id")),
        *(_column(name, sa.String(24)) for name in ("ground", "state")),
        _column("answer_by", sa.Date(), nullable=True),
        _column("open_key", sa.String(), nullable=True),
        *_refers("alerts", cooperative_id="cooperatives", body_id="cooperatives"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("open_key", name=op.f("uq_alerts_open_key")),
    )
    op.create_index("ix_alerts_cooperative_id", "alerts", ["cooperative_id"])
    op.create_index("ix_alerts_due", "alerts", ["state", "answer_by"])


def _steps() -> None:
    op.create_table(
        "alert_steps",
        *(_column(name, WHOLE) for name in ("id", "alert_id", "position")),
        *(_column(name, sa.String(24)) for name in ("did", "state")),
        _column("by_id", WHOLE, nullable=True),
        _column("role", sa.String(24), nullable=True),
        _column("body_id", WHOLE, nullable=True),
        _column("at", sa.DateTime(timezone=True)),
        _column("due_on", sa.Date(), nullable=True),
        _column("meeting_id", WHOLE, nullable=True),
        *(_column(name, sa.String(), nullable=True) for name in ("reason_sealed", "reason_digest")),
        *_refers("alert_steps", alert_id="alerts", by_id="members", body_id="cooperatives", meeting_id="meetings"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_steps")),
        sa.UniqueConstraint("alert_id", "position", name=op.f("uq_alert_steps_alert_id_position")),
    )


def upgrade() -> None:
    _alerts()
    _steps()


def downgrade() -> None:
    op.drop_table("alert_steps")
    op.drop_table("alerts")
