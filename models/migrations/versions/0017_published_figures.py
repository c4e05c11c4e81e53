"""Figures of cases are published: who was counted of each quarter, and the figures as they were published."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.String()


def upgrade() -> None:
    op.create_table(
        "counted_cases",
        sa.Column("home_id", WHOLE, nullable=False),
        sa.Column("quarter", TEXT, nullable=False),
        sa.Column("cases_sealed", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["home_id"], ["cooperatives.id"], name=op.f("fk_counted_cases_home_id")),
        sa.PrimaryKeyConstraint("home_id", "quarter", name=op.f("pk_counted_cases")),
    )
    op.create_table(
        "published_figures",
        *(sa.Column(name, WHOLE, nullable=False) for name in ("id", "body_id", "published_by")),
        *(sa.Column(name, TEXT, nullable=False) for name in ("period", "shown", "changed_sealed", "detail_sealed")),
        sa.Column("days", WHOLE, nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seal", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["cooperatives.id"], name=op.f("fk_published_figures_body_id")),
        sa.ForeignKeyConstraint(["published_by"], ["members.id"], name=op.f("fk_published_figures_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_figures")),
        sa.UniqueConstraint("body_id", "period", name=op.f("uq_published_figures_body_id_period")),
    )


def downgrade() -> None:
    op.drop_table("published_figures")
    op.drop_table("counted_cases")
