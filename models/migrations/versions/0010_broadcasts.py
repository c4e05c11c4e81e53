"""Broadcasts; messages have an urgency, a night to wait out, and are sent one at a time to a phone."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
SENDING = sa.text("state = 'sending'")


def _broadcasts() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("cooperative_id", WHOLE, nullable=False),
        sa.Column("author_id", WHOLE, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("facts_sealed", sa.String(), nullable=False),
        sa.Column("urgency", WHOLE, nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("corrects_id", WHOLE, nullable=True),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_broadcasts_cooperative_id")),
        sa.ForeignKeyConstraint(["author_id"], ["members.id"], name=op.f("fk_broadcasts_author_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["broadcasts.id"], name=op.f("fk_broadcasts_corrects_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
        sa.UniqueConstraint("reference", name=op.f("uq_broadcasts_reference")),
        sa.UniqueConstraint("key", name=op.f("uq_broadcasts_key")),
    )


def upgrade() -> None:
    _broadcasts()
    op.add_column("messages", sa.Column("urgency", WHOLE, nullable=False, server_default="1"))
    op.add_column("messages", sa.Column("zone", sa.String(), nullable=True))
    op.add_column("messages", sa.Column("doubted_at", MOMENT, nullable=True))
    # By hand: Alembic would copy the table on SQLite.
    op.execute(
        f"ALTER TABLE messages ADD COLUMN broadcast_id {WHOLE.compile(op.get_bind().dialect)} "
        "CONSTRAINT fk_messages_broadcast_id REFERENCES broadcasts (id)"
    )
    op.drop_index("ix_messages_queue", "messages")
    op.create_index("ix_messages_queue", "messages", ["state", "urgency", "not_before", "id"])
    op.create_index("ix_messages_broadcast", "messages", ["broadcast_id", "state"])
    op.create_index("uq_messages_broadcast_phone", "messages", ["broadcast_id", "phone"], unique=True)
    op.create_index(
        "uq_messages_sending", "messages", ["phone"], unique=True, sqlite_where=SENDING, postgresql_where=SENDING
    )


def downgrade() -> None:
    for index in ("uq_messages_sending", "uq_messages_broadcast_phone", "ix_messages_broadcast", "ix_messages_queue"):
        op.drop_index(index, "messages")
    op.create_index("ix_messages_queue", "messages", ["state", "not_before", "id"])
    for column in ("broadcast_id", "doubted_at", "zone", "urgency"):
        op.drop_column("messages", column)
    op.drop_table("broadcasts")
