"""Meetings are called, moved, called off and held; their notices, proxies, presences and decisions; handing over."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _column(name: str, kind: Any, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable)


def _numbers(*names: str) -> list[sa.Column[Any]]:
    return [_column(name, WHOLE) for name in names]


def _refers(table: str, **to: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}")) for name, other in to.items()
    ]


def _key(table: str, *names: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*names, name=op.f(f"pk_{table}"))


def _meetings() -> None:
    word = sa.String(24)
    op.add_column("meetings", sa.Column("state", word, nullable=False, server_default="called"))
    op.add_column("meetings", sa.Column("version", WHOLE, nullable=False, server_default="0"))
    for name in ("called_at", "noticed_at"):
        op.add_column("meetings", _column(name, MOMENT, nullable=True))
    op.add_column("meetings", _column("audience", sa.String(), nullable=True))
    # By hand: Alembic would copy the table on SQLite.
    whole = WHOLE.compile(op.get_bind().dialect)
    for name, other in (("called_by", "members"), ("second_of_id", "meetings")):
        op.execute(
            f"ALTER TABLE meetings ADD COLUMN {name} {whole} CONSTRAINT fk_meetings_{name} REFERENCES {other} (id)"
        )
    op.create_index("ix_meetings_starts_at", "meetings", ["starts_at"])


def _notices() -> None:
    op.create_table(
        "meeting_moves",
        *_numbers("id", "meeting_id"),
        _column("was_at", MOMENT),
        _column("was_in", sa.String()),
        _column("moved_at", MOMENT),
        *_numbers("moved_by"),
        *_refers("meeting_moves", meeting_id="meetings", moved_by="members"),
        _key("meeting_moves", "id"),
    )
    op.create_index("ix_meeting_moves_meeting_id", "meeting_moves", ["meeting_id"])
    op.create_table(
        "meeting_notices",
        *_numbers("id", "meeting_id"),
        _column("what", sa.String(24)),
        *_numbers("version", "broadcast_id"),
        _column("told_at", MOMENT),
        *_refers("meeting_notices", meeting_id="meetings", broadcast_id="broadcasts"),
        _key("meeting_notices", "id"),
        sa.UniqueConstraint(
            "meeting_id",
            "what",
            "version",
            "broadcast_id",
            name=op.f("uq_meeting_notices_meeting_id_what_version_broadcast_id"),
        ),
    )
    op.create_table(
        "notice_reads",
        *_numbers("meeting_id", "member_id"),
        _column("read_at", MOMENT),
        *_refers("notice_reads", meeting_id="meetings", member_id="members"),
        _key("notice_reads", "meeting_id", "member_id"),
    )


def _assemblies() -> None:
    bylaws = [
        _column(name, WHOLE, nullable=True) for name in ("notice_days", "second_notice_days", "proxies", "capital")
    ]
    op.create_table(
        "bylaws",
        *_numbers("cooperative_id"),
        *bylaws,
        _column("seat", sa.String(), nullable=True),
        _column("registration", sa.String(), nullable=True),
        *_refers("bylaws", cooperative_id="cooperatives"),
        _key("bylaws", "cooperative_id"),
    )
    op.create_table(
        "proxies",
        *_numbers("meeting_id", "giver_id", "holder_id"),
        _column("asked_at", MOMENT),
        *_refers("proxies", meeting_id="meetings", giver_id="members", holder_id="members"),
        _key("proxies", "meeting_id", "giver_id"),
    )
    op.create_table(
        "presences",
        *_numbers("meeting_id", "member_id"),
        _column("holder_id", WHOLE, nullable=True),
        *_numbers("recorded_by"),
        _column("recorded_at", MOMENT),
        *_refers("presences", meeting_id="meetings", member_id="members", holder_id="members", recorded_by="members"),
        _key("presences", "meeting_id", "member_id"),
    )
    op.create_table(
        "decisions",
        *_numbers("meeting_id", "item"),
        _column("outcome", sa.String(24)),
        _column("votes_for", WHOLE, nullable=True),
        _column("votes_against", WHOLE, nullable=True),
        *_numbers("recorded_by"),
        _column("recorded_at", MOMENT),
        *_refers("decisions", meeting_id="meetings", recorded_by="members"),
        _key("decisions", "meeting_id", "item"),
    )


def _leaders() -> None:
    op.create_table(
        "looks",
        *_numbers("id", "cooperative_id", "member_id"),
        _column("seen", sa.String(24)),
        _column("looked_at", MOMENT),
        *_refers("looks", cooperative_id="cooperatives", member_id="members"),
        _key("looks", "id"),
    )
    op.create_index("ix_looks_cooperative_id", "looks", ["cooperative_id"])
    op.create_table(
        "handovers",
        *_numbers("id", "proposal_id", "cooperative_id"),
        _column("role", sa.String(24)),
        *_numbers("from_id", "to_id"),
        _column("on_day", sa.Date()),
        _column("state", sa.String(24)),
        _column("done_at", MOMENT, nullable=True),
        *_refers(
            "handovers", proposal_id="proposals", cooperative_id="cooperatives", from_id="members", to_id="members"
        ),
        _key("handovers", "id"),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_handovers_proposal_id")),
    )
    op.create_index("ix_handovers_waiting", "handovers", ["state", "on_day"])


TABLES = (
    "handovers",
    "looks",
    "decisions",
    "presences",
    "proxies",
    "bylaws",
    "notice_reads",
    "meeting_notices",
    "meeting_moves",
)
COLUMNS = ("second_of_id", "called_by", "audience", "noticed_at", "called_at", "version", "state")


def upgrade() -> None:
    _meetings()
    _notices()
    _assemblies()
    _leaders()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.drop_index("ix_meetings_starts_at", "meetings")
    for column in COLUMNS:
        op.drop_column("meetings", column)
