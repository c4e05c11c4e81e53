"""The surplus of a year and the audit fund: what was shared or called, line by line."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _number(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, WHOLE, nullable=nullable)


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _of(table: str, column: str, there: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [there], name=op.f(f"fk_{table}_{column}"))


def _surpluses() -> None:
    op.create_table(
        "surpluses",
        _number("entry_id"),
        _number("cooperative_id"),
        _number("year"),
        _word("resolution"),
        sa.Column("held_on", sa.Date(), nullable=False),
        _number("amount"),
        _number("brought"),
        _number("carried"),
        _number("capital"),
        _number("general_before"),
        _number("training_before"),
        sa.Column("measure", sa.String(24), nullable=True),
        _number("rate_ppm", nullable=True),
        _of("surpluses", "entry_id", "entries.id"),
        _of("surpluses", "cooperative_id", "cooperatives.id"),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_surpluses")),
    )
    op.create_index("ix_surpluses_year", "surpluses", ["cooperative_id", "year"], unique=False)
    op.create_table(
        "surplus_lines",
        _number("entry_id"),
        _number("position"),
        *(_word(name) for name in ("step", "label", "to")),
        _number("member_id", nullable=True),
        *(_number(name) for name in ("amount", "rest", "weight", "article")),
        _of("surplus_lines", "entry_id", "surpluses.entry_id"),
        _of("surplus_lines", "member_id", "members.id"),
        sa.PrimaryKeyConstraint("entry_id", "position", name=op.f("pk_surplus_lines")),
    )
    op.create_index("ix_surplus_lines_member", "surplus_lines", ["member_id", "entry_id"], unique=False)


def _audit_funds() -> None:
    op.create_table(
        "fund_calls",
        *(_number(name) for name in ("entry_id", "cooperative_id", "year", "amount", "shares")),
        _word("resolution"),
        _of("fund_calls", "entry_id", "entries.id"),
        _of("fund_calls", "cooperative_id", "cooperatives.id"),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_fund_calls")),
    )
    op.create_index("ix_fund_calls_year", "fund_calls", ["cooperative_id", "year"], unique=False)
    op.create_table(
        "fund_parts",
        *(_number(name) for name in ("entry_id", "affiliate_id", "shares")),
        *(_word(name) for name in ("step", "label", "to")),
        *(_number(name) for name in ("amount", "rest")),
        _of("fund_parts", "entry_id", "fund_calls.entry_id"),
        _of("fund_parts", "affiliate_id", "cooperatives.id"),
        sa.PrimaryKeyConstraint("entry_id", "affiliate_id", name=op.f("pk_fund_parts")),
    )
    op.create_index("ix_fund_parts_affiliate", "fund_parts", ["affiliate_id"], unique=False)
    op.create_table(
        "fund_payments",
        *(_number(name) for name in ("entry_id", "cooperative_id", "affiliate_id")),
        _of("fund_payments", "entry_id", "entries.id"),
        _of("fund_payments", "cooperative_id", "cooperatives.id"),
        _of("fund_payments", "affiliate_id", "cooperatives.id"),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_fund_payments")),
    )
    op.create_index("ix_fund_payments_affiliate", "fund_payments", ["affiliate_id"], unique=False)


def upgrade() -> None:
    _surpluses()
    _audit_funds()


def downgrade() -> None:
    for table in ("fund_payments", "fund_parts", "fund_calls", "surplus_lines", "surpluses"):
        op.drop_table(table)
