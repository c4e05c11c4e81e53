"""Messages know when they were tried and when they are too late; gateways know their credit and their pace."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("state = 'queued'")


def upgrade() -> None:
    op.add_column("messages", sa.Column("tried_at", MOMENT, nullable=True))
    op.add_column("messages", sa.Column("not_after", MOMENT, nullable=True))
    op.create_index("ix_messages_not_after", "messages", ["not_after"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("ix_reports_phone", "reports", ["phone_digest", "received_at"])
    op.add_column("gateways", sa.Column("broke_since", MOMENT, nullable=True))
    op.add_column("gateways", sa.Column("free_at", WHOLE, nullable=True))


def downgrade() -> None:
    for column in ("free_at", "broke_since"):
        op.drop_column("gateways", column)
    op.drop_index("ix_reports_phone", "reports")
    op.drop_index("ix_messages_not_after", "messages")
    for column in ("not_after", "tried_at"):
        op.drop_column("messages", column)
