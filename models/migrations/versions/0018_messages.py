"""Call-backs of a day are counted, cooperatives say when their nights are, and what never left costs nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_index("ix_call_backs_asked_at", "call_backs", ["asked_at"])
    op.add_column("broadcasts", sa.Column("weights", sa.String(), nullable=True))
    for table in ("recurrences", "regular_meetings"):
        op.add_column(table, sa.Column("agreed", WHOLE, nullable=True))
    op.create_table(
        "quiet_hours",
        sa.Column("cooperative_id", WHOLE, nullable=False),
        sa.Column("evening", sa.Time(), nullable=False),
        sa.Column("morning", sa.Time(), nullable=False),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_quiet_hours_cooperative_id")),
        sa.PrimaryKeyConstraint("cooperative_id", name=op.f("pk_quiet_hours")),
    )


def downgrade() -> None:
    op.drop_table("quiet_hours")
    for table in ("regular_meetings", "recurrences"):
        op.drop_column(table, "agreed")
    op.drop_column("broadcasts", "weights")
    op.drop_index("ix_call_backs_asked_at", "call_backs")
