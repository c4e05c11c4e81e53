"""Sharing rules in versions; lots from delivery to publication: price, costs, work, advances, lines."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Column = sa.Column[object]


def _number(name: str, nullable: bool = False) -> Column:
    return sa.Column(name, WHOLE, nullable=nullable)


def _text(name: str, nullable: bool = False, length: int | None = None) -> Column:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _day(name: str, nullable: bool = False) -> Column:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _moment(name: str) -> Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _flag(name: str) -> Column:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _table(name: str, key: Sequence[str], links: dict[str, str], *columns: Column, unique: Sequence[str] = ()) -> None:
    """A table: its primary key, what each of its columns refers to, and what is there only once."""
    constraints: list[sa.Constraint] = [
        sa.ForeignKeyConstraint([column], [there], name=op.f(f"fk_{name}_{column}")) for column, there in links.items()
    ]
    constraints.append(sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")))
    if unique:
        constraints.append(sa.UniqueConstraint(*unique, name=op.f(f"uq_{name}_{'_'.join(unique)}")))
    op.create_table(name, *columns, *constraints)


def _rules() -> None:
    links = {"cooperative_id": "cooperatives.id", "replaces_id": "rules.id", "proposal_id": "proposals.id"}
    _table(
        "rules",
        ["id"],
        links,
        *(_number("id"), _number("cooperative_id"), _text("name"), _number("version"), _text("unit")),
        sa.Column("steps", sa.JSON(), nullable=False),
        *(_text("basis", length=24), _text("basis_ref"), _day("signed_on"), _day("valid_from"), _day("valid_to", True)),
        *(_number("replaces_id", True), _number("proposal_id", True)),
        unique=["cooperative_id", "name", "version"],
    )
    links = {"rule_id": "rules.id", "member_id": "members.id"}
    _table("rule_parties", ["rule_id", "member_id"], links, _number("rule_id"), _number("member_id"))


def _deliveries() -> None:
    people = {"recorded_by": "members.id"}
    _table(
        "deliveries",
        ["lot_id"],
        {"lot_id": "lots.id", "rule_id": "rules.id", "financier_id": "members.id", **people},
        *(_number("lot_id"), _number("rule_id"), _day("delivered_on"), _number("carats")),
        *(_number("pits", True), _number("sacks", True), _number("days", True)),
        *(_number("financier_id", True), _flag("financed_by_officer"), _number("recorded_by"), _moment("recorded_at")),
    )
    _table(
        "prices",
        ["lot_id"],
        {"lot_id": "lots.id", "buyer_id": "members.id", **people},
        *(_number("lot_id"), _number("value"), _text("per", length=24), _number("base", True), _text("source")),
        *(_day("quoted_on"), _number("gross"), _text("buyer"), _number("buyer_id", True), _flag("bought_by_officer")),
        *(_number("recorded_by"), _moment("recorded_at")),
    )
    _table(
        "lot_costs",
        ["id"],
        {"lot_id": "lots.id", **people},
        *(_number("id"), _number("lot_id"), _text("label"), _text("kind", length=24), _text("evidence")),
        *(_number("amount"), _number("recorded_by"), _moment("recorded_at")),
        unique=["lot_id", "label", "kind", "evidence"],
    )
    _table(
        "lot_work",
        ["lot_id", "member_id"],
        {"lot_id": "lots.id", "member_id": "members.id", "witness_id": "members.id", **people},
        *(_number("lot_id"), _number("member_id"), _text("team"), _number("weight"), _number("revision")),
        sa.Column("spoken", sa.Boolean(), nullable=False),
        *(_number("witness_id", True), _number("recorded_by"), _moment("recorded_at")),
    )


def _advances() -> None:
    _table(
        "advances",
        ["entry_id"],
        {"entry_id": "entries.id", "member_id": "members.id", "lot_id": "lots.id"},
        *(_number("entry_id"), _number("member_id"), _number("lot_id", True), _text("kind", length=24)),
        *(_text("claimant", True), _text("signed", True)),
    )
    op.create_index("ix_advances_member_id", "advances", ["member_id"], unique=False)
    _table(
        "recoveries",
        ["entry_id", "advance_id"],
        {"entry_id": "entries.id", "advance_id": "advances.entry_id"},
        *(_number("entry_id"), _number("advance_id"), _number("owed"), _number("amount")),
    )


def _lines() -> None:
    _table(
        "lot_lines",
        ["id"],
        {"entry_id": "entries.id", "lot_id": "lots.id", "member_id": "members.id"},
        *(_number("id"), _number("entry_id"), _number("lot_id"), _number("position"), _number("number")),
        *(_text("step"), _text("label"), _text("to"), _number("member_id", True), _number("amount"), _number("rest")),
        unique=["entry_id", "position"],
    )
    op.create_index("ix_lot_lines_mine", "lot_lines", ["member_id", "entry_id"], unique=False)
    op.create_index("ix_lot_lines_lot_id", "lot_lines", ["lot_id"], unique=False)


def upgrade() -> None:
    _rules()
    _deliveries()
    _advances()
    _lines()
    # By hand: Alembic would copy the table on SQLite, and the notes that hang on it would stop that.
    whole = WHOLE.compile(op.get_bind().dialect)
    for column, there in (("lot_id", "lots"), ("line_id", "lot_lines")):
        op.execute(
            f"ALTER TABLE grievances ADD COLUMN {column} {whole} "
            f"CONSTRAINT fk_grievances_{column} REFERENCES {there} (id)"
        )


def downgrade() -> None:
    for column in ("line_id", "lot_id"):
        op.drop_column("grievances", column)
    for table in ("lot_lines", "recoveries", "advances", "lot_work", "lot_costs", "prices", "deliveries"):
        op.drop_table(table)
    op.drop_table("rule_parties")
    op.drop_table("rules")
