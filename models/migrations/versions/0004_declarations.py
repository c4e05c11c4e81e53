"""Payments that members declare; entries are found by their lot."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _number(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, WHOLE, nullable=nullable)


def _belongs(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_declarations_{column}"))


def upgrade() -> None:
    op.create_table(
        "declarations",
        _number("id"),
        sa.Column("key", sa.String(), nullable=False),
        _number("cooperative_id"),
        _number("member_id"),
        _number("receiver_id"),
        _number("amount"),
        sa.Column("channel", sa.String(24), nullable=False),
        sa.Column("towards", sa.String(24), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("declared_at", MOMENT, nullable=False),
        _number("decided_by", nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        _number("entry_id", nullable=True),
        _belongs("cooperative_id", "cooperatives"),
        _belongs("member_id", "members"),
        _belongs("receiver_id", "members"),
        _belongs("decided_by", "members"),
        _belongs("entry_id", "entries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declarations")),
        sa.UniqueConstraint("key", name=op.f("uq_declarations_key")),
    )
    op.create_index("ix_declarations_waiting", "declarations", ["cooperative_id", "state"], unique=False)
    op.create_index("ix_declarations_member", "declarations", ["member_id", "state"], unique=False)
    op.create_index("ix_entries_lot_id", "entries", ["lot_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_entries_lot_id", "entries")
    op.drop_table("declarations")
