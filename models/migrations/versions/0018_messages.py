"""Call-backs of a day are counted, and cooperatives say when their people sleep."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_call_backs_asked_at", "call_backs", ["asked_at"])


def downgrade() -> None:
    op.drop_index("ix_call_backs_asked_at", "call_backs")
