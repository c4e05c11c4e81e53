"""Indexes of messages that hold one state only: each index that a message is in is written at every step of it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

CHANGED = ("ix_messages_queue", "ix_messages_not_after")


def only(where: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}


def upgrade() -> None:
    for index in CHANGED:
        op.drop_index(index, "messages")
    op.create_index("ix_messages_queue", "messages", ["urgency", "not_before", "id"], **only("state = 'queued'"))
    late = only("state = 'queued' AND not_after IS NOT NULL")
    op.create_index("ix_messages_not_after", "messages", ["not_after"], **late)
    op.create_index("ix_messages_doubt", "messages", ["phone"], **only("state = 'in_doubt'"))


def downgrade() -> None:
    for index in (*CHANGED, "ix_messages_doubt"):
        op.drop_index(index, "messages")
    op.create_index("ix_messages_not_after", "messages", ["not_after"], **only("state = 'queued'"))
    op.create_index("ix_messages_queue", "messages", ["state", "urgency", "not_before", "id"])
