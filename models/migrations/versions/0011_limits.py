"""Messages know when they are too late, gateways their credit and pace, cooperatives their limits; what recurs."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("state = 'queued'")


def _limits() -> None:
    op.create_table(
        "sms_limits",
        sa.Column("cooperative_id", WHOLE, nullable=False),
        sa.Column("one_key", WHOLE, nullable=True),
        sa.Column("month", WHOLE, nullable=True),
        sa.Column("day", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_sms_limits_cooperative_id")),
        sa.PrimaryKeyConstraint("cooperative_id", name=op.f("pk_sms_limits")),
    )


def _recurrences() -> None:
    op.create_table(
        "recurrences",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("cooperative_id", WHOLE, nullable=False),
        sa.Column("author_id", WHOLE, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("facts_sealed", sa.String(), nullable=False),
        sa.Column("urgency", WHOLE, nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("parts", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("starts", sa.String(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_recurrences_cooperative_id")),
        sa.ForeignKeyConstraint(["author_id"], ["members.id"], name=op.f("fk_recurrences_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recurrences")),
        sa.UniqueConstraint("key", name=op.f("uq_recurrences_key")),
    )
    op.create_index("ix_recurrences_next", "recurrences", ["next_at"])


def upgrade() -> None:
    op.add_column("messages", sa.Column("tried_at", MOMENT, nullable=True))
    op.add_column("messages", sa.Column("not_after", MOMENT, nullable=True))
    op.create_index("ix_messages_not_after", "messages", ["not_after"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("ix_reports_phone", "reports", ["phone_digest", "received_at"])
    op.add_column("broadcasts", sa.Column("parts", WHOLE, nullable=True))
    _limits()
    _recurrences()
    op.add_column("gateways", sa.Column("broke_since", MOMENT, nullable=True))
    op.add_column("gateways", sa.Column("free_at", WHOLE, nullable=True))


def downgrade() -> None:
    for column in ("free_at", "broke_since"):
        op.drop_column("gateways", column)
    op.drop_table("recurrences")
    op.drop_table("sms_limits")
    op.drop_column("broadcasts", "parts")
    op.drop_index("ix_reports_phone", "reports")
    op.drop_index("ix_messages_not_after", "messages")
    for column in ("not_after", "tried_at"):
        op.drop_column("messages", column)
