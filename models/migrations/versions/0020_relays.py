"""How many complaints somebody took for others on a day, by a keyed digest, apart from the complaints."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "case_relays",
        sa.Column("relay_digest", sa.String(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("taken", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("relay_digest", "on_day", name=op.f("pk_case_relays")),
    )


def downgrade() -> None:
    op.drop_table("case_relays")
