"""How each gateway does, for all senders together."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
COUNTS = ("ill", "well", "calls", "milliseconds", "taken", "refused", "unsure")


def upgrade() -> None:
    op.create_table(
        "gateways",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("down_since", MOMENT, nullable=True),
        sa.Column("trial_at", MOMENT, nullable=True),
        *(sa.Column(name, WHOLE, nullable=False) for name in COUNTS),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_gateways")),
    )


def downgrade() -> None:
    op.drop_table("gateways")
