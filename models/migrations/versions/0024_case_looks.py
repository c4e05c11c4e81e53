"""On which day whoever complained last opened a case, and first after its state changed: silence is not counted then.

Days and no moments: a moment would be found again beside the phone that opened it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0017"
branch_labels = None
depends_on = None

NAMES = ("looked_on", "heard_on")


def upgrade() -> None:
    for name in NAMES:
        op.add_column("grievances", sa.Column(name, sa.Date(), nullable=True))


def downgrade() -> None:
    for name in NAMES:
        op.drop_column("grievances", name)
