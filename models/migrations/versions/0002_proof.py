"""What makes the books provable: the chain over entries, receipts, two keys, and questions to the other side."""

import sqlalchemy as sa
from alembic import op

from models import sealing

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _number(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, WHOLE, nullable=nullable)


def _chain() -> None:
    op.create_table(
        "chains",
        _number("cooperative_id"),
        _number("entries"),
        _number("receipts"),
        sa.Column("head", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_chains_cooperative_id")),
        sa.PrimaryKeyConstraint("cooperative_id", name=op.f("pk_chains")),
    )
    op.create_table(
        "links",
        _number("entry_id"),
        _number("cooperative_id"),
        _number("position"),
        sa.Column("seal", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_links_entry_id")),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_links_cooperative_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_links")),
        sa.UniqueConstraint("cooperative_id", "position", name=op.f("uq_links_cooperative_id_position")),
    )
    op.create_table(
        "receipts",
        _number("entry_id"),
        _number("cooperative_id"),
        _number("number"),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_receipts_entry_id")),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_receipts_cooperative_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("cooperative_id", "number", name=op.f("uq_receipts_cooperative_id_number")),
    )


def _stamps() -> None:
    op.create_table(
        "stamps",
        sa.Column("kind", sa.String(), nullable=False),
        _number("about_id"),
        _number("cooperative_id"),
        sa.Column("stamp", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_stamps_cooperative_id")),
        sa.PrimaryKeyConstraint("kind", "about_id", name=op.f("pk_stamps")),
    )
    op.create_index("ix_stamps_cooperative_id", "stamps", ["cooperative_id"], unique=False)
    op.create_table(
        "stamp_counts",
        _number("cooperative_id"),
        _number("made"),
        sa.Column("seal", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_stamp_counts_cooperative_id")),
        sa.PrimaryKeyConstraint("cooperative_id", name=op.f("pk_stamp_counts")),
    )


def _two_keys() -> None:
    op.create_table(
        "proposals",
        _number("id"),
        _number("cooperative_id"),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("deed", sa.String(24), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        _number("benefits_id", nullable=True),
        _number("proposed_by"),
        sa.Column("phone_digest", sa.String(), nullable=True),
        sa.Column("session_digest", sa.String(), nullable=True),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        _number("decided_by", nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_proposals_cooperative_id")),
        sa.ForeignKeyConstraint(["benefits_id"], ["members.id"], name=op.f("fk_proposals_benefits_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["members.id"], name=op.f("fk_proposals_proposed_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["members.id"], name=op.f("fk_proposals_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("key", name=op.f("uq_proposals_key")),
    )
    op.create_index("ix_proposals_waiting", "proposals", ["cooperative_id", "state"], unique=False)


def _questions() -> None:
    op.create_table(
        "questions",
        _number("id"),
        _number("member_id"),
        sa.Column("about", sa.String(24), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        _number("asked_by", nullable=True),
        sa.Column("ask_from", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("yes", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_questions_member_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["members.id"], name=op.f("fk_questions_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("subject", name=op.f("uq_questions_subject")),
    )
    op.create_index("ix_questions_open", "questions", ["member_id", "answered_at", "ask_from"], unique=False)


def upgrade() -> None:
    _chain()
    _stamps()
    _two_keys()
    _questions()
    op.add_column("members", sa.Column("left_on", sa.Date(), nullable=True))
    # By hand: Alembic would copy the table on SQLite, and the notes that hang on it would stop that.
    op.execute(
        f"ALTER TABLE grievances ADD COLUMN barred_id {WHOLE.compile(op.get_bind().dialect)} "
        "CONSTRAINT fk_grievances_barred_id REFERENCES members (id)"
    )
    sealing.seal_all(op.get_bind())


def downgrade() -> None:
    op.drop_column("grievances", "barred_id")
    op.drop_column("members", "left_on")
    for table in ("questions", "proposals", "stamp_counts", "stamps", "receipts", "links", "chains"):
        op.drop_table(table)
