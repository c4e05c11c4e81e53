"""Cases are handled: sealed numbers, lanes, deadlines, a sealed history, and all that a committee does with them.

What was filed before is carried over: its number is sealed and digested with the keys that the service has, its history
begins with its filing, and the first tick takes it to who may handle it.
"""

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from models import vault

revision = "0040"
down_revision = "0012"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(24)
TEXT = sa.String()
LANES = {
    "accident": "urgent",
    "children": "urgent",
    "forces": "urgent",
    "buyer": "external",
    "private": "sensitive",
}


def _columns(kind: Any, *names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=nullable) for name in names]


def _refers(table: str, **to: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}")) for name, other in to.items()
    ]


def _key(table: str, *names: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*names, name=op.f(f"pk_{table}"))


def _once(table: str, *names: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*names, name=op.f(f"uq_{table}_{'_'.join(names)}"))


def _table(name: str, *parts: Any, **to: str) -> None:
    columns = [column for part in parts for column in (part if isinstance(part, list) else [part])]
    op.create_table(name, *columns, *_refers(name, **to))


def _grievances() -> None:
    _table(
        "grievances",
        _columns(WHOLE, "id", "tries", "steps"),
        _columns(TEXT, "reference_sealed", "reference_digest", "key", "head"),
        _columns(TEXT, "code_digest", "words_sealed", "caller_sealed", "reveal_digest", nullable=True),
        _columns(WHOLE, "home_id", "level_id", "entry_id", "lot_id", "line_id", "meeting_id", nullable=True),
        _columns(WHOLE, "handler_id", "merged_into_id", nullable=True),
        _columns(sa.Boolean(), "all_officers", "at_home", "confirmed"),
        _columns(WORD, "category", "lane", "concerned", "name", "came_by", "follow", "state"),
        _columns(WORD, "desk", "safe_time", "help", nullable=True),
        _columns(MOMENT, "filed_at", "state_since", "answer_by"),
        _columns(MOMENT, "due_at", "climbs_at", "tell_at", "closed_at", "opens_at", nullable=True),
        [_key("grievances", "id"), _once("grievances", "reference_digest"), _once("grievances", "key")],
        home_id="cooperatives",
        level_id="cooperatives",
        entry_id="entries",
        lot_id="lots",
        line_id="lot_lines",
        meeting_id="meetings",
        handler_id="members",
        merged_into_id="grievances",
    )
    for column in ("home_id", "merged_into_id", "reveal_digest"):
        op.create_index(f"ix_grievances_{column}", "grievances", [column])
    op.create_index("ix_grievances_level_id", "grievances", ["level_id", "desk"])
    op.create_index("ix_grievances_climbs_at", "grievances", ["climbs_at"])
    op.create_index("ix_grievances_tell_at", "grievances", ["tell_at"])


def _history() -> None:
    _table(
        "case_steps",
        _columns(WHOLE, "grievance_id", "position"),
        _columns(WORD, "did", "state", "side"),
        _columns(WHOLE, "level_id", "by_id", "body_id", nullable=True),
        _columns(WORD, "role", nullable=True),
        _columns(MOMENT, "at"),
        _columns(TEXT, "why_sealed", nullable=True),
        _columns(TEXT, "seal"),
        _key("case_steps", "grievance_id", "position"),
        grievance_id="grievances",
        level_id="cooperatives",
        by_id="members",
        body_id="cooperatives",
    )
    _table("case_tallies", _columns(TEXT, "kind", "seal"), _columns(WHOLE, "made"), _key("case_tallies", "kind"))
    _table(
        "case_bars",
        _columns(WHOLE, "grievance_id", "member_id"),
        _columns(WORD, "why"),
        _columns(TEXT, "seal"),
        _key("case_bars", "grievance_id", "member_id", "why"),
        grievance_id="grievances",
        member_id="members",
    )
    _table(
        "linked_persons",
        _columns(WHOLE, "member_id", "other_id"),
        _key("linked_persons", "member_id", "other_id"),
        member_id="members",
        other_id="members",
    )
    _table(
        "case_readings",
        _columns(WHOLE, "id", "grievance_id", "member_id", "body_id"),
        _columns(WORD, "role"),
        _columns(TEXT, "what"),
        _columns(MOMENT, "at"),
        _key("case_readings", "id"),
        grievance_id="grievances",
        member_id="members",
        body_id="cooperatives",
    )
    op.create_index("ix_case_readings_grievance_id", "case_readings", ["grievance_id"])
    op.create_index("ix_case_readings_body_id", "case_readings", ["body_id"])


def _sides() -> None:
    _table(
        "case_notes",
        _columns(WHOLE, "id", "grievance_id"),
        _columns(TEXT, "key", "words_sealed"),
        _columns(sa.Boolean(), "to_owner"),
        _columns(MOMENT, "written_at"),
        _columns(MOMENT, "read_at", nullable=True),
        [_key("case_notes", "id"), _once("case_notes", "key")],
        grievance_id="grievances",
    )
    _table(
        "case_sessions",
        _columns(WHOLE, "id", "grievance_id"),
        _columns(MOMENT, "starts_at", "set_at"),
        _columns(TEXT, "place_sealed"),
        _key("case_sessions", "id"),
        grievance_id="grievances",
    )
    _table(
        "case_outcomes",
        _columns(WHOLE, "id", "grievance_id"),
        _columns(TEXT, "text_sealed"),
        _columns(MOMENT, "proposed_at"),
        _columns(sa.Boolean(), "owner_says", nullable=True),
        _columns(MOMENT, "owner_at", "paper_at", nullable=True),
        _key("case_outcomes", "id"),
        grievance_id="grievances",
    )
    _table(
        "case_parties",
        _columns(WHOLE, "id", "grievance_id", "member_id"),
        _columns(MOMENT, "invited_at"),
        _columns(sa.Boolean(), "says", nullable=True),
        _columns(MOMENT, "said_at", nullable=True),
        [_key("case_parties", "id"), _once("case_parties", "grievance_id", "member_id")],
        grievance_id="grievances",
        member_id="members",
    )
    _table(
        "case_promises",
        _columns(WHOLE, "id", "grievance_id"),
        _columns(TEXT, "what_sealed", "owner_sealed"),
        _columns(sa.Date(), "by_day"),
        _columns(MOMENT, "kept_at", nullable=True),
        _key("case_promises", "id"),
        grievance_id="grievances",
    )
    _table(
        "case_threats",
        _columns(WHOLE, "id", "grievance_id"),
        _columns(WHOLE, "level_id", nullable=True),
        _columns(WORD, "desk", nullable=True),
        _columns(MOMENT, "at"),
        _columns(sa.Boolean(), "gave_up"),
        _columns(MOMENT, "seen_at", nullable=True),
        _key("case_threats", "id"),
        grievance_id="grievances",
        level_id="cooperatives",
    )
    for table in ("case_notes", "case_sessions", "case_outcomes", "case_promises", "case_threats"):
        op.create_index(f"ix_{table}_grievance_id", table, ["grievance_id"])
    op.create_index("ix_case_parties_member_id", "case_parties", ["member_id"])


def _settings() -> None:
    _table(
        "case_clocks",
        _columns(WHOLE, "cooperative_id", "hours"),
        _columns(WORD, "clock"),
        _key("case_clocks", "cooperative_id", "clock"),
        cooperative_id="cooperatives",
    )
    _table(
        "rest_days",
        _columns(WHOLE, "id", "cooperative_id"),
        _columns(WHOLE, "weekday", nullable=True),
        _columns(sa.Date(), "day", nullable=True),
        [
            _key("rest_days", "id"),
            _once("rest_days", "cooperative_id", "weekday"),
            _once("rest_days", "cooperative_id", "day"),
        ],
        cooperative_id="cooperatives",
    )
    _table(
        "case_partners",
        _columns(WHOLE, "body_id", "partner_id"),
        _key("case_partners", "body_id"),
        body_id="cooperatives",
        partner_id="cooperatives",
    )
    _table(
        "case_floods",
        _columns(WHOLE, "grievance_id"),
        _columns(TEXT, "caller_digest"),
        _columns(sa.Date(), "on_day"),
        _key("case_floods", "grievance_id"),
        grievance_id="grievances",
    )
    op.create_index("ix_case_floods_caller_digest", "case_floods", ["caller_digest", "on_day"])


def _read(table: str) -> list[dict[str, Any]]:
    there = sa.Table(table, sa.MetaData(), autoload_with=op.get_bind())
    return [dict(row) for row in op.get_bind().execute(sa.select(there).order_by(there.c.id)).mappings()]


def _write(table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        there = sa.Table(table, sa.MetaData(), autoload_with=op.get_bind())
        op.get_bind().execute(sa.insert(there), rows)


AS_IT_WAS = (
    *("id", "code_digest", "key", "category", "concerned", "name", "words_sealed", "entry_id", "lot_id", "line_id"),
    *("state", "filed_at", "answer_by", "tries", "opens_at"),
)


def _carried(old: dict[str, Any]) -> dict[str, Any]:
    """A case as it is kept now. Nobody handles it yet: the first tick finds who may."""
    lane = LANES.get(old["category"], "ordinary")
    private = lane == "sensitive"
    return {name: old[name] for name in AS_IT_WAS} | {
        "reference_sealed": vault.seal(old["reference"]),
        "reference_digest": vault.digest("case number", old["reference"]),
        "home_id": old["cooperative_id"],
        "lane": lane,
        "came_by": "phone",
        "follow": "pull",
        "all_officers": old["concerned"] == "officer" and old["barred_id"] is None,
        "at_home": False,
        "confirmed": False,
        "caller_sealed": None if private else old["caller_sealed"],
        "reveal_digest": None if private else old["reveal_digest"],
        "state_since": old["filed_at"],
        "climbs_at": old["filed_at"] if old["state"] == "received" else None,
        "steps": 0,
        "head": "",
    }


def _step(case: dict[str, Any], did: str, state: str) -> dict[str, Any]:
    """A step of its history, sealed as the program does, and the case after it."""
    content = [vault.unseal(case["words_sealed"]) if case["words_sealed"] else None, case["home_id"]]
    content += [case["entry_id"], case["lot_id"], case["line_id"], None]
    row = {
        "grievance_id": case["id"],
        "position": case["steps"] + 1,
        "did": did,
        "state": state,
        "level_id": None,
        "side": "owner",
        "by_id": None,
        "role": None,
        "body_id": None,
        "at": case["filed_at"],
    }
    at: datetime = case["filed_at"]
    said = row | {"at": (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat()}
    words = vault.digest("case why", json.dumps(content)) if did == "filed" else None
    text = json.dumps([case["head"], said, words], sort_keys=True, separators=(",", ":"))
    case |= {"head": vault.digest("case step", text), "steps": case["steps"] + 1}
    return row | {"why_sealed": None, "seal": case["head"]}


def _carry(old: list[dict[str, Any]], notes: list[dict[str, Any]]) -> None:
    cases = [_carried(each) for each in old]
    history = [_step(case, "filed", "received") for case in cases]
    history += [_step(case, "withdrawn", "withdrawn") for case in cases if case["state"] == "withdrawn"]
    bars = [
        {
            "grievance_id": each["id"],
            "member_id": each["barred_id"],
            "why": "accused",
            "seal": vault.digest("case bar", f"{each['id']} {each['barred_id']} accused"),
        }
        for each in old
        if each["barred_id"] is not None
    ]
    written = [
        {name: each[name] for name in ("id", "grievance_id", "key", "words_sealed", "written_at")}
        | {"to_owner": False, "read_at": None}
        for each in notes
    ]
    for table, rows in (("grievances", cases), ("case_steps", history), ("case_bars", bars), ("case_notes", written)):
        _write(table, rows)
    counts = {"cases": len(cases), "steps": len(history), "bars": len(bars)}
    tallies = [
        {"kind": kind, "made": made, "seal": vault.digest("case tally", f"{kind} {made}")}
        for kind, made in counts.items()
        if made
    ]
    _write("case_tallies", tallies)


def upgrade() -> None:
    old, notes = _read("grievances"), _read("grievance_notes")
    op.drop_table("grievance_notes")
    op.drop_table("grievances")
    for part in (_grievances, _history, _sides, _settings):
        part()
    _carry(old, notes)


TABLES = (
    *("case_floods", "case_partners", "rest_days", "case_clocks", "case_threats", "case_promises", "case_parties"),
    *("case_outcomes", "case_sessions", "case_notes", "case_readings", "linked_persons", "case_bars", "case_tallies"),
    *("case_steps", "grievances"),
)


def _old_tables() -> None:
    _table(
        "grievances",
        _columns(WHOLE, "id", "tries"),
        _columns(TEXT, "reference", "key"),
        _columns(TEXT, "code_digest", "words_sealed", "caller_sealed", "reveal_digest", nullable=True),
        _columns(WHOLE, "cooperative_id", "entry_id", nullable=True),
        _columns(WORD, "category", "concerned", "name", "state"),
        _columns(MOMENT, "filed_at", "answer_by"),
        _columns(MOMENT, "opens_at", nullable=True),
        [_key("grievances", "id"), _once("grievances", "key"), _once("grievances", "reference")],
        cooperative_id="cooperatives",
        entry_id="entries",
    )
    # By hand, as they were added: SQLite could not take them away again otherwise.
    whole = WHOLE.compile(op.get_bind().dialect)
    for name, other in (("barred_id", "members"), ("lot_id", "lots"), ("line_id", "lot_lines")):
        op.execute(
            f"ALTER TABLE grievances ADD COLUMN {name} {whole} CONSTRAINT fk_grievances_{name} REFERENCES {other} (id)"
        )
    op.create_index("ix_grievances_cooperative_id", "grievances", ["cooperative_id"])
    op.create_index("ix_grievances_reveal_digest", "grievances", ["reveal_digest"])
    _table(
        "grievance_notes",
        _columns(WHOLE, "id", "grievance_id"),
        _columns(TEXT, "key", "words_sealed"),
        _columns(MOMENT, "written_at"),
        [_key("grievance_notes", "id"), _once("grievance_notes", "key")],
        grievance_id="grievances",
    )
    op.create_index("ix_grievance_notes_grievance_id", "grievance_notes", ["grievance_id"])


def downgrade() -> None:
    """Cases go back to what they were: their numbers in clear, received or withdrawn, and who was named barred."""
    cases, notes = _read("grievances"), _read("case_notes")
    there = sa.Table("case_bars", sa.MetaData(), autoload_with=op.get_bind())
    named = sa.select(there.c.grievance_id, there.c.member_id).where(there.c.why == "accused")
    barred = {row.grievance_id: row.member_id for row in op.get_bind().execute(named)}
    for table in TABLES:
        op.drop_table(table)
    _old_tables()
    back = [
        {name: case[name] for name in (*AS_IT_WAS, "caller_sealed", "reveal_digest")}
        | {
            "reference": vault.unseal(case["reference_sealed"]),
            "cooperative_id": case["home_id"],
            "barred_id": barred.get(case["id"]),
            "state": "withdrawn" if case["state"] == "withdrawn" else "received",
        }
        for case in cases
    ]
    _write("grievances", back)
    mine = [each for each in notes if not each["to_owner"]]
    names = ("id", "grievance_id", "key", "words_sealed", "written_at")
    _write("grievance_notes", [{name: each[name] for name in names} for each in mine])
