"""The ground: every table of the first version, and a ledger that cannot be changed."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
APPEND_ONLY = ("entries", "postings")


def _forbid_changes() -> None:
    """The books are only added to: a mistake is mended by an entry that reverses it."""
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for change in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} are only added to'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% are only added to', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_only_added_to BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION only_added_to()"
        )


def _allow_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_only_added_to ON {table}")
    op.execute("DROP FUNCTION only_added_to()")


def upgrade() -> None:
    op.create_table(
        "answers",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("session", "digest", name=op.f("uq_answers_session_digest")),
    )
    op.create_index(op.f("ix_answers_said_at"), "answers", ["said_at"], unique=False)

    op.create_table(
        "callers",
        sa.Column("phone_digest", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("chosen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("phone_digest", name=op.f("pk_callers")),
    )
    op.create_table(
        "case_guesses",
        sa.Column("phone_digest", sa.String(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("tries", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("phone_digest", name=op.f("pk_case_guesses")),
    )
    op.create_table(
        "conversations",
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("phone_digest", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("heard_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_conversations")),
    )
    op.create_index("ix_conversations_phone", "conversations", ["phone_digest", "heard_at"], unique=False)

    op.create_table(
        "cooperatives",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("currency", sa.String(24), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperatives")),
        sa.UniqueConstraint("code", name=op.f("uq_cooperatives_code")),
    )
    op.create_table(
        "inbound",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("gateway_id", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("words_sealed", sa.String(), nullable=False),
        sa.Column("intent", sa.String(), nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound")),
        sa.UniqueConstraint("gateway", "gateway_id", name=op.f("uq_inbound_gateway_gateway_id")),
    )
    op.create_index(op.f("ix_inbound_phone"), "inbound", ["phone"], unique=False)

    op.create_table(
        "key_marks",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_key_marks")),
    )
    op.create_table(
        "opt_outs",
        sa.Column("phone_digest", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("phone_digest", name=op.f("pk_opt_outs")),
    )
    op.create_table(
        "reports",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("gateway_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("state", sa.String(24), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("phone_digest", sa.String(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint(
            "gateway",
            "gateway_id",
            "status",
            "phone_digest",
            name=op.f("uq_reports_gateway_gateway_id_status_phone_digest"),
        ),
    )
    op.create_table(
        "session_ends",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("hops", WHOLE, nullable=True),
        sa.Column("milliseconds", WHOLE, nullable=True),
        sa.Column("cost", sa.String(), nullable=True),
        sa.Column("network", sa.String(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_ends")),
        sa.UniqueConstraint("gateway", "session", name=op.f("uq_session_ends_gateway_session")),
    )
    op.create_table(
        "affiliations",
        sa.Column("cooperative_id", WHOLE, nullable=False),
        sa.Column("parent_id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_affiliations_cooperative_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["cooperatives.id"], name=op.f("fk_affiliations_parent_id")),
        sa.PrimaryKeyConstraint("cooperative_id", "parent_id", name=op.f("pk_affiliations")),
    )
    op.create_table(
        "join_requests",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("cooperative_id", WHOLE, nullable=False),
        sa.Column("member_number", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_join_requests_cooperative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_requests")),
        sa.UniqueConstraint("key", name=op.f("uq_join_requests_key")),
    )
    op.create_index(
        "uq_join_requests_pending",
        "join_requests",
        ["phone", "cooperative_id"],
        unique=True,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )

    op.create_table(
        "lots",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("cooperative_id", WHOLE, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("sold_on", sa.Date(), nullable=False),
        sa.Column("weight_mg", WHOLE, nullable=False),
        sa.Column("fineness_ppt", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_lots_cooperative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lots")),
        sa.UniqueConstraint("cooperative_id", "number", name=op.f("uq_lots_cooperative_id_number")),
    )
    op.create_table(
        "meetings",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("cooperative_id", WHOLE, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("agenda", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_meetings_cooperative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint(
            "cooperative_id", "starts_at", "kind", name=op.f("uq_meetings_cooperative_id_starts_at_kind")
        ),
    )
    op.create_index("ix_meetings_next", "meetings", ["cooperative_id", "starts_at"], unique=False)

    op.create_table(
        "members",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("cooperative_id", WHOLE, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("sex", sa.String(24), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("amounts_by_sms", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_members_cooperative_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("cooperative_id", "number", name=op.f("uq_members_cooperative_id_number")),
    )
    op.create_table(
        "attendances",
        sa.Column("meeting_id", WHOLE, nullable=False),
        sa.Column("member_id", WHOLE, nullable=False),
        sa.Column("coming", sa.Boolean(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_attendances_meeting_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_attendances_member_id")),
        sa.PrimaryKeyConstraint("meeting_id", "member_id", name=op.f("pk_attendances")),
    )
    op.create_table(
        "call_backs",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("member_id", WHOLE, nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_call_backs_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_backs")),
    )
    op.create_index(
        "uq_call_backs_open",
        "call_backs",
        ["phone"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )

    op.create_table(
        "entries",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("cooperative_id", WHOLE, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("member_id", WHOLE, nullable=True),
        sa.Column("lot_id", WHOLE, nullable=True),
        sa.Column("reverses_id", WHOLE, nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_entries_cooperative_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_entries_lot_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_entries_member_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["entries.id"], name=op.f("fk_entries_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("key", name=op.f("uq_entries_key")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_entries_reverses_id")),
    )
    op.create_index(op.f("ix_entries_cooperative_id"), "entries", ["cooperative_id"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("facts_sealed", sa.String(), nullable=False),
        sa.Column("member_id", WHOLE, nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("queued_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("gateway", sa.String(), nullable=True),
        sa.Column("gateway_id", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("cost", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_messages_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("gateway", "gateway_id", name=op.f("uq_messages_gateway_gateway_id")),
        sa.UniqueConstraint("key", name=op.f("uq_messages_key")),
    )
    op.create_index("ix_messages_phone", "messages", ["phone", "id"], unique=False)
    op.create_index("ix_messages_queue", "messages", ["state", "not_before", "id"], unique=False)

    op.create_table(
        "phones",
        sa.Column("member_id", WHOLE, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_phones_member_id")),
        sa.PrimaryKeyConstraint("member_id", "number", name=op.f("pk_phones")),
    )
    op.create_index("ix_phones_number", "phones", ["number"], unique=False)

    op.create_table(
        "secret_codes",
        sa.Column("member_id", WHOLE, nullable=False),
        sa.Column("hash", sa.String(), nullable=True),
        sa.Column("candidate", sa.String(), nullable=True),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("tries", WHOLE, nullable=False),
        sa.Column("last_key", sa.String(), nullable=True),
        sa.Column("opens_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_secret_codes_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_secret_codes")),
    )
    op.create_table(
        "grievances",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("code_digest", sa.String(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("cooperative_id", WHOLE, nullable=True),
        sa.Column("category", sa.String(24), nullable=False),
        sa.Column("concerned", sa.String(24), nullable=False),
        sa.Column("name", sa.String(24), nullable=False),
        sa.Column("words_sealed", sa.String(), nullable=True),
        sa.Column("caller_sealed", sa.String(), nullable=True),
        sa.Column("entry_id", WHOLE, nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.Column("answer_by", MOMENT, nullable=False),
        sa.Column("reveal_digest", sa.String(), nullable=True),
        sa.Column("tries", WHOLE, nullable=False),
        sa.Column("opens_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["cooperative_id"], ["cooperatives.id"], name=op.f("fk_grievances_cooperative_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_grievances_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grievances")),
        sa.UniqueConstraint("key", name=op.f("uq_grievances_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_grievances_reference")),
    )
    op.create_index(op.f("ix_grievances_cooperative_id"), "grievances", ["cooperative_id"], unique=False)
    op.create_index(op.f("ix_grievances_reveal_digest"), "grievances", ["reveal_digest"], unique=False)

    op.create_table(
        "postings",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("entry_id", WHOLE, nullable=False),
        sa.Column("account", sa.String(24), nullable=False),
        sa.Column("member_id", WHOLE, nullable=True),
        sa.Column("amount", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_postings_entry_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_postings_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postings")),
    )
    op.create_index("ix_postings_entry", "postings", ["entry_id", "account", "amount"], unique=False)
    op.create_index("ix_postings_member", "postings", ["member_id", "account", "entry_id", "amount"], unique=False)

    op.create_table(
        "grievance_notes",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("grievance_id", WHOLE, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("words_sealed", sa.String(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["grievance_id"], ["grievances.id"], name=op.f("fk_grievance_notes_grievance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grievance_notes")),
        sa.UniqueConstraint("key", name=op.f("uq_grievance_notes_key")),
    )
    op.create_index(op.f("ix_grievance_notes_grievance_id"), "grievance_notes", ["grievance_id"], unique=False)
    _forbid_changes()


def downgrade() -> None:
    _allow_changes()
    op.drop_index(op.f("ix_grievance_notes_grievance_id"), table_name="grievance_notes")

    op.drop_table("grievance_notes")
    op.drop_index("ix_postings_member", table_name="postings")
    op.drop_index("ix_postings_entry", table_name="postings")

    op.drop_table("postings")
    op.drop_index(op.f("ix_grievances_reveal_digest"), table_name="grievances")
    op.drop_index(op.f("ix_grievances_cooperative_id"), table_name="grievances")

    op.drop_table("grievances")
    op.drop_table("secret_codes")
    op.drop_index("ix_phones_number", table_name="phones")

    op.drop_table("phones")
    op.drop_index("ix_messages_queue", table_name="messages")
    op.drop_index("ix_messages_phone", table_name="messages")

    op.drop_table("messages")
    op.drop_index(op.f("ix_entries_cooperative_id"), table_name="entries")

    op.drop_table("entries")
    op.drop_index("uq_call_backs_open", table_name="call_backs")

    op.drop_table("call_backs")
    op.drop_table("attendances")
    op.drop_table("members")
    op.drop_index("ix_meetings_next", table_name="meetings")

    op.drop_table("meetings")
    op.drop_table("lots")
    op.drop_index("uq_join_requests_pending", table_name="join_requests")

    op.drop_table("join_requests")
    op.drop_table("affiliations")
    op.drop_table("session_ends")
    op.drop_table("reports")
    op.drop_table("opt_outs")
    op.drop_table("key_marks")
    op.drop_index(op.f("ix_inbound_phone"), table_name="inbound")

    op.drop_table("inbound")
    op.drop_table("cooperatives")
    op.drop_index("ix_conversations_phone", table_name="conversations")

    op.drop_table("conversations")
    op.drop_table("case_guesses")
    op.drop_table("callers")
    op.drop_index(op.f("ix_answers_said_at"), table_name="answers")

    op.drop_table("answers")
