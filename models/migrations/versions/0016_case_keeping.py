"""What two keys opened of cases, and the counts that are left of cases that are not kept any more."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(24)


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "case_glasses",
        sa.Column("id", WHOLE, nullable=False, autoincrement=False),
        sa.Column("body_id", WHOLE, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("reference_sealed", "reference_digest")),
        sa.Column("why_sealed", sa.String(), nullable=False),
        sa.Column("asked_by", WHOLE, nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_by", WHOLE, nullable=True),
        *(sa.Column(name, MOMENT, nullable=True) for name in ("decided_at", "opened_at")),
        sa.PrimaryKeyConstraint("id", name="pk_case_glasses"),
        sa.ForeignKeyConstraint(["body_id"], ["cooperatives.id"], name="fk_case_glasses_body_id"),
        sa.ForeignKeyConstraint(["asked_by"], ["members.id"], name="fk_case_glasses_asked_by"),
        sa.ForeignKeyConstraint(["decided_by"], ["members.id"], name="fk_case_glasses_decided_by"),
    )
    op.create_index("ix_case_glasses_body_id", "case_glasses", ["body_id"])
    kind = ("body_id", "year", "quarter", "category", "lane", "name", "state")
    op.create_table(
        "case_counts",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("body_id", WHOLE, nullable=True),
        *(sa.Column(name, WHOLE, nullable=False) for name in ("year", "quarter")),
        *(sa.Column(name, WORD, nullable=False) for name in ("category", "lane", "name", "state")),
        sa.Column("cases", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_counts"),
        sa.ForeignKeyConstraint(["body_id"], ["cooperatives.id"], name="fk_case_counts_body_id"),
        sa.UniqueConstraint(*kind, name="uq_case_counts_body_id_year_quarter_category_lane_name_state"),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("case_counts")
    op.drop_table("case_glasses")
