"""Statements of the operators, line by line, and the closings of months, which are only added to."""

import sqlalchemy as sa
from alembic import op

from models import published

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _number(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, WHOLE, nullable=nullable)


def _statements() -> None:
    op.create_table(
        "statement_lines",
        _number("id"),
        _number("cooperative_id"),
        sa.Column("channel", sa.String(24), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        _number("amount"),
        sa.Column("phone_sealed", sa.String(), nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("why", sa.String(24), nullable=True),
        _number("member_id", nullable=True),
        _number("entry_id", nullable=True),
        _number("settled_by", nullable=True),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_statement_lines_cooperative_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_statement_lines_member_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_statement_lines_entry_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["members.id"], name=op.f("fk_statement_lines_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_lines")),
        sa.UniqueConstraint(
            "cooperative_id", "channel", "reference", name=op.f("uq_statement_lines_cooperative_id_channel_reference")
        ),
        sa.UniqueConstraint("entry_id", name=op.f("uq_statement_lines_entry_id")),
    )
    op.create_index("ix_statement_lines_state", "statement_lines", ["cooperative_id", "state"], unique=False)


def _closings() -> None:
    op.create_table(
        "closings",
        _number("id"),
        _number("cooperative_id"),
        sa.Column("month", sa.Date(), nullable=False),
        _number("book"),
        _number("counted"),
        _number("entries"),
        sa.Column("seal", sa.String(), nullable=False),
        _number("counted_by"),
        _number("witness_id", nullable=True),
        sa.Column("closed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_closings_cooperative_id")),
        sa.ForeignKeyConstraint(["counted_by"], ["members.id"], name=op.f("fk_closings_counted_by")),
        sa.ForeignKeyConstraint(["witness_id"], ["members.id"], name=op.f("fk_closings_witness_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closings")),
        sa.UniqueConstraint("cooperative_id", "month", name=op.f("uq_closings_cooperative_id_month")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER closings_no_{change.lower()} BEFORE {change} ON closings "
                "BEGIN SELECT RAISE(ABORT, 'closings are only added to'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER closings_only_added_to BEFORE UPDATE OR DELETE ON closings "
            "FOR EACH ROW EXECUTE FUNCTION only_added_to()"
        )


def upgrade() -> None:
    _statements()
    _closings()
    published.stamp_all(op.get_bind())


def downgrade() -> None:
    op.drop_table("closings")
    op.drop_table("statement_lines")
