"""On which day whoever complained last opened a case, and first after its state changed: silence is not counted then.

Days and no moments: a moment would be found again beside the phone that opened it. For the same reason SQLite does not
number the steps and bars of cases any more as they are written.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0021"
branch_labels = None
depends_on = None

NAMES = ("looked_on", "heard_on")
UNORDERED = ("case_steps", "case_bars")


def upgrade() -> None:
    for name in NAMES:
        op.add_column("grievances", sa.Column(name, sa.Date(), nullable=True))
    _numbered(False)


def _numbered(rows: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in UNORDERED:
        with op.batch_alter_table(name, recreate="always", table_kwargs={"sqlite_with_rowid": rows}):
            pass


def downgrade() -> None:
    _numbered(True)
    for name in NAMES:
        op.drop_column("grievances", name)
