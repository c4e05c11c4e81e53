"""Columns of cases that nobody reads go: when one ended stands in its history, and wrong codes are counted by phone."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MOMENTS = ("closed_at", "opens_at")


def upgrade() -> None:
    for name in (*MOMENTS, "tries"):
        op.drop_column("grievances", name)


def downgrade() -> None:
    op.add_column("grievances", sa.Column("tries", sa.BigInteger(), nullable=False, server_default="0"))
    for name in MOMENTS:
        op.add_column("grievances", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
