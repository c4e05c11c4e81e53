"""Sites and teams of members, a limit in money, meetings that come again, how sessions end, one call-back a member."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
OPEN_ONE = sa.text("state = 'open' AND member_id IS NULL")
OPEN_MEMBER = sa.text("state = 'open' AND member_id IS NOT NULL")
OPEN = sa.text("state = 'open'")


def _regular() -> None:
    op.create_table(
        "regular_meetings",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("cooperative_id", WHOLE, nullable=False),
        sa.Column("author_id", WHOLE, nullable=False),
        sa.Column("author_role", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("agenda", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=True),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("starts", sa.String(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("call_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_regular_meetings_cooperative_id")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["members.id"], name=op.f("fk_regular_meetings_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regular_meetings")),
        sa.UniqueConstraint("key", name=op.f("uq_regular_meetings_key")),
    )
    op.create_index("ix_regular_meetings_call_at", "regular_meetings", ["call_at"])


def _outcomes() -> None:
    op.create_table(
        "session_outcomes",
        sa.Column("screen", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("sessions", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("screen", "status", name=op.f("pk_session_outcomes")),
    )


def _calls() -> None:
    """A member has one open call-back, however many phones; a phone nobody is known of has one too."""
    op.drop_index("uq_call_backs_open", "call_backs")
    op.create_index(
        "uq_call_backs_open", "call_backs", ["phone"], unique=True, sqlite_where=OPEN_ONE, postgresql_where=OPEN_ONE
    )
    # Of several that a member has open on several phones, the first one stands.
    op.execute(
        "UPDATE call_backs SET state = 'done' WHERE state = 'open' AND member_id IS NOT NULL AND id NOT IN "
        "(SELECT min(id) FROM call_backs WHERE state = 'open' AND member_id IS NOT NULL GROUP BY member_id)"
    )
    op.create_index(
        "uq_call_backs_member",
        "call_backs",
        ["member_id"],
        unique=True,
        sqlite_where=OPEN_MEMBER,
        postgresql_where=OPEN_MEMBER,
    )


def upgrade() -> None:
    for column in ("site", "team"):
        op.add_column("members", sa.Column(column, sa.String(), nullable=True))
    op.add_column("sms_limits", sa.Column("money", WHOLE, nullable=True))
    op.add_column("broadcasts", sa.Column("cost", WHOLE, nullable=True))
    _regular()
    _outcomes()
    _calls()


def downgrade() -> None:
    op.drop_index("uq_call_backs_member", "call_backs")
    op.drop_index("uq_call_backs_open", "call_backs")
    op.create_index(
        "uq_call_backs_open", "call_backs", ["phone"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.drop_table("session_outcomes")
    op.drop_table("regular_meetings")
    op.drop_column("broadcasts", "cost")
    op.drop_column("sms_limits", "money")
    for column in ("team", "site"):
        op.drop_column("members", column)
