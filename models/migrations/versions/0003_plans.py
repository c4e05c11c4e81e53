"""Dues plans, subscribed shares with their instalments, and the deadlines after which a due is late."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _number(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, WHOLE, nullable=nullable)


def _word(name: str, nullable: bool = False, length: int | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _plans() -> None:
    op.create_table(
        "plans",
        _number("id"),
        _number("cooperative_id"),
        _word("kind", length=24),
        _word("label"),
        _number("amount"),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        _word("period", nullable=True, length=24),
        sa.Column("pro_rata", sa.Boolean(), nullable=False),
        sa.Column("instalments", sa.JSON(), nullable=False),
        _word("concerns", length=24),
        _word("concerned", nullable=True),
        _number("penalty_amount", nullable=True),
        _number("penalty_ppm", nullable=True),
        _number("penalty_after", nullable=True),
        _word("basis", length=24),
        _word("reference"),
        sa.Column("decided_on", sa.Date(), nullable=True),
        _number("version"),
        _number("replaces_id", nullable=True),
        _number("proposal_id"),
        sa.Column("raised_upto", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_plans_cooperative_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["plans.id"], name=op.f("fk_plans_replaces_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name=op.f("fk_plans_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_plans_replaces_id")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_plans_proposal_id")),
    )
    op.create_index(op.f("ix_plans_cooperative_id"), "plans", ["cooperative_id"], unique=False)
    op.create_table(
        "plan_members",
        _number("plan_id"),
        _number("member_id"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_members_plan_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_plan_members_member_id")),
        sa.PrimaryKeyConstraint("plan_id", "member_id", name=op.f("pk_plan_members")),
    )


def _capital() -> None:
    op.create_table(
        "subscriptions",
        _number("id"),
        _number("plan_id"),
        _number("member_id"),
        _number("shares"),
        sa.Column("subscribed_on", sa.Date(), nullable=False),
        _word("reference"),
        _number("proposal_id"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_subscriptions_plan_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_subscriptions_member_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name=op.f("fk_subscriptions_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_subscriptions_proposal_id")),
    )
    op.create_index(op.f("ix_subscriptions_member_id"), "subscriptions", ["member_id"], unique=False)
    op.create_table(
        "instalments",
        _number("subscription_id"),
        _number("number"),
        sa.Column("due_on", sa.Date(), nullable=False),
        _number("amount"),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name=op.f("fk_instalments_subscription_id")),
        sa.PrimaryKeyConstraint("subscription_id", "number", name=op.f("pk_instalments")),
    )
    op.create_index(op.f("ix_instalments_due_on"), "instalments", ["due_on"], unique=False)


def _deadlines() -> None:
    op.create_table(
        "deadlines",
        _number("entry_id"),
        _number("plan_id"),
        sa.Column("free_until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_deadlines_entry_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_deadlines_plan_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_deadlines")),
    )
    op.create_index(op.f("ix_deadlines_free_until"), "deadlines", ["free_until"], unique=False)


def upgrade() -> None:
    _plans()
    _capital()
    _deadlines()


def downgrade() -> None:
    for table in ("deadlines", "instalments", "subscriptions", "plan_members", "plans"):
        op.drop_table(table)
