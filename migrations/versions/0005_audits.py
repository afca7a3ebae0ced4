"""Audits: programme, plan, team, timetable, checklist, evidence examined, competence. A signed audit never changes.

Triggers refuse every change to a signed audit and its parts on both databases; a later migration that rebuilds one of
these tables on SQLite has to make them again.
"""

from alembic import op
import sqlalchemy as sa


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PARTS = (
    "audit_date",
    "audit_scope",
    "audit_member",
    "audit_session",
    "audit_row",
    "audit_row_evidence",
    "audit_row_thread",
)
MESSAGE = "a signed audit does not change"


def upgrade() -> None:
    _make_tables()
    if op.get_bind().dialect.name == "sqlite":
        _freeze_on_sqlite()
    else:
        _freeze_on_postgresql()


def _freeze_on_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_frozen_{verb.lower()} BEFORE {verb} ON audit "
            f"WHEN OLD.signed_off_at IS NOT NULL {refuse}"
        )
    for table in PARTS:
        for verb, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
            mine = ", ".join(f"{row}.audit_id" for row in rows)
            op.execute(
                f"CREATE TRIGGER {table}_frozen_{verb.lower()} BEFORE {verb} ON {table} WHEN EXISTS "
                f"(SELECT 1 FROM audit WHERE id IN ({mine}) AND signed_off_at IS NOT NULL) {refuse}"
            )


def _freeze_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_signed_audit() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"
    )
    op.execute(
        "CREATE FUNCTION refuse_part_of_signed_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM audit WHERE id = OLD.audit_id AND signed_off_at IS NOT NULL) "
        f"THEN RAISE EXCEPTION '{MESSAGE}'; END IF; "
        "IF TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM audit WHERE id = NEW.audit_id AND signed_off_at IS NOT NULL) "
        f"THEN RAISE EXCEPTION '{MESSAGE}'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_frozen BEFORE UPDATE OR DELETE ON audit FOR EACH ROW "
        "WHEN (OLD.signed_off_at IS NOT NULL) EXECUTE FUNCTION refuse_signed_audit()"
    )
    for table in PARTS:
        op.execute(
            f"CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION refuse_part_of_signed_audit()"
        )


def _make_tables() -> None:
    op.create_table(
        "audit_programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("objectives", sa.Text(), nullable=False),
        sa.Column("methods", sa.Text(), nullable=False),
        sa.Column("resources", sa.Text(), nullable=False),
        sa.Column("risks", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_audit_programme_begins_before_it_ends")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_audit_programme_created_by_app_user")),
        sa.ForeignKeyConstraint(
            ["system_id"], ["management_system.id"], name=op.f("fk_audit_programme_system_id_management_system")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_programme")),
        sa.UniqueConstraint("system_id", "number", name=op.f("uq_audit_programme_system_id_number")),
    )
    op.create_table(
        "auditor_competence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "ended_at IS NULL OR end_reason IS NOT NULL", name=op.f("ck_auditor_competence_ended_with_reason")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["app_user.id"], name=op.f("fk_auditor_competence_ended_by_app_user")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["evidence_item.id"], name=op.f("fk_auditor_competence_item_id_evidence_item")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["app_user.id"], name=op.f("fk_auditor_competence_recorded_by_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["system_id"], ["management_system.id"], name=op.f("fk_auditor_competence_system_id_management_system")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_auditor_competence_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auditor_competence")),
    )
    op.create_index(
        op.f("ix_auditor_competence_system_id_user_id"), "auditor_competence", ["system_id", "user_id"], unique=False
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("prefix", sa.String(length=2), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("objectives", sa.Text(), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("remote", sa.Text(), nullable=False),
        sa.Column("client", sa.String(length=200), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("opening_people", sa.Text(), nullable=False),
        sa.Column("opening_notes", sa.Text(), nullable=False),
        sa.Column("closing_people", sa.Text(), nullable=False),
        sa.Column("closing_notes", sa.Text(), nullable=False),
        sa.Column("conformity", sa.String(length=40), nullable=True),
        sa.Column("effectiveness", sa.String(length=40), nullable=True),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("good_practice", sa.Text(), nullable=False),
        sa.Column("obstacles", sa.Text(), nullable=False),
        sa.Column("uncovered", sa.Text(), nullable=False),
        sa.Column("differences", sa.Text(), nullable=False),
        sa.Column("follow_up", sa.Text(), nullable=False),
        sa.Column("distribution", sa.Text(), nullable=False),
        sa.Column("signed_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_off_by", sa.Integer(), nullable=True),
        sa.Column("content", sa.String(length=64), nullable=True),
        sa.Column("report_version_id", sa.Integer(), nullable=True),
        sa.Column("report_sha256", sa.String(length=64), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Integer(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(signed_off_at IS NULL) = (content IS NULL)", name=op.f("ck_audit_signed_content")),
        sa.CheckConstraint(
            "cancelled_at IS NULL OR cancel_reason IS NOT NULL", name=op.f("ck_audit_cancelled_with_reason")
        ),
        sa.CheckConstraint(
            "signed_off_at IS NULL OR cancelled_at IS NULL", name=op.f("ck_audit_signed_off_or_cancelled")
        ),
        sa.ForeignKeyConstraint(["cancelled_by"], ["app_user.id"], name=op.f("fk_audit_cancelled_by_app_user")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_audit_created_by_app_user")),
        sa.ForeignKeyConstraint(["opened_by"], ["app_user.id"], name=op.f("fk_audit_opened_by_app_user")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["audit_programme.id"], name=op.f("fk_audit_programme_id_audit_programme")
        ),
        sa.ForeignKeyConstraint(
            ["report_version_id"], ["evidence_version.id"], name=op.f("fk_audit_report_version_id_evidence_version")
        ),
        sa.ForeignKeyConstraint(["signed_off_by"], ["app_user.id"], name=op.f("fk_audit_signed_off_by_app_user")),
        sa.ForeignKeyConstraint(
            ["system_id"], ["management_system.id"], name=op.f("fk_audit_system_id_management_system")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint(
            "system_id", "prefix", "year", "number", name=op.f("uq_audit_system_id_prefix_year_number")
        ),
    )
    op.create_index(op.f("ix_audit_programme_id"), "audit", ["programme_id"], unique=False)
    op.create_table(
        "audit_programme_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "ended_at IS NULL OR end_reason IS NOT NULL", name=op.f("ck_audit_programme_approval_ended_with_reason")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["app_user.id"], name=op.f("fk_audit_programme_approval_approved_by_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["app_user.id"], name=op.f("fk_audit_programme_approval_ended_by_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["audit_programme.id"],
            name=op.f("fk_audit_programme_approval_programme_id_audit_programme"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["evidence_version.id"],
            name=op.f("fk_audit_programme_approval_version_id_evidence_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_programme_approval")),
    )
    op.create_index(
        op.f("ix_audit_programme_approval_programme_id"), "audit_programme_approval", ["programme_id"], unique=False
    )
    op.create_table(
        "audit_date",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_audit_date_begins_before_it_ends")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_date_audit_id_audit")),
        sa.ForeignKeyConstraint(["recorded_by"], ["app_user.id"], name=op.f("fk_audit_date_recorded_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_date")),
    )
    op.create_index(op.f("ix_audit_date_audit_id"), "audit_date", ["audit_id"], unique=False)
    op.create_table(
        "audit_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("user_id IS NOT NULL OR name <> ''", name=op.f("ck_audit_member_somebody")),
        sa.CheckConstraint(
            "ended_at IS NULL OR end_reason IS NOT NULL", name=op.f("ck_audit_member_ended_with_reason")
        ),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_member_audit_id_audit")),
        sa.ForeignKeyConstraint(["ended_by"], ["app_user.id"], name=op.f("fk_audit_member_ended_by_app_user")),
        sa.ForeignKeyConstraint(["recorded_by"], ["app_user.id"], name=op.f("fk_audit_member_recorded_by_app_user")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_audit_member_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_member")),
    )
    op.create_index(op.f("ix_audit_member_audit_id"), "audit_member", ["audit_id"], unique=False)
    op.create_index(op.f("ix_audit_member_user_id"), "audit_member", ["user_id"], unique=False)
    op.create_table(
        "audit_return",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Integer(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["applied_by"], ["app_user.id"], name=op.f("fk_audit_return_applied_by_app_user")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_return_audit_id_audit")),
        sa.ForeignKeyConstraint(["received_by"], ["app_user.id"], name=op.f("fk_audit_return_received_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_return")),
    )
    op.create_index(op.f("ix_audit_return_audit_id"), "audit_return", ["audit_id"], unique=False)
    op.create_table(
        "audit_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("requirement", sa.String(length=30), nullable=False),
        sa.Column("clause", sa.String(length=20), nullable=False),
        sa.Column("process", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("conclusion", sa.String(length=40), nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("interviewed", sa.Text(), nullable=False),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("questions", sa.Text(), nullable=False),
        sa.Column("finding_key", sa.String(length=40), nullable=False),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("concluded_by", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "conclusion <> 'nonconformity' OR finding_key <> ''", name=op.f("ck_audit_row_nonconformity_has_finding")
        ),
        sa.CheckConstraint("(conclusion IS NULL) = (concluded_at IS NULL)", name=op.f("ck_audit_row_concluded")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_row_audit_id_audit")),
        sa.ForeignKeyConstraint(["changed_by"], ["app_user.id"], name=op.f("fk_audit_row_changed_by_app_user")),
        sa.ForeignKeyConstraint(["concluded_by"], ["app_user.id"], name=op.f("fk_audit_row_concluded_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_row")),
        sa.UniqueConstraint("audit_id", "requirement", name=op.f("uq_audit_row_audit_id_requirement")),
    )
    op.create_table(
        "audit_scope",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("process", sa.String(length=60), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_scope_audit_id_audit")),
        sa.ForeignKeyConstraint(["recorded_by"], ["app_user.id"], name=op.f("fk_audit_scope_recorded_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_scope")),
    )
    op.create_index(op.f("ix_audit_scope_audit_id"), "audit_scope", ["audit_id"], unique=False)
    op.create_table(
        "audit_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.Column("topic", sa.String(length=300), nullable=False),
        sa.Column("clauses", sa.Text(), nullable=False),
        sa.Column("auditee", sa.String(length=200), nullable=False),
        sa.Column("auditor", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_session_audit_id_audit")),
        sa.ForeignKeyConstraint(["recorded_by"], ["app_user.id"], name=op.f("fk_audit_session_recorded_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_session")),
    )
    op.create_index(op.f("ix_audit_session_audit_id_on_day"), "audit_session", ["audit_id", "on_day"], unique=False)
    op.create_table(
        "audit_row_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("item_key", sa.String(length=20), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("artefact", sa.String(length=60), nullable=False),
        sa.Column("examined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("examined_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_row_evidence_audit_id_audit")),
        sa.ForeignKeyConstraint(
            ["examined_by"], ["app_user.id"], name=op.f("fk_audit_row_evidence_examined_by_app_user")
        ),
        sa.ForeignKeyConstraint(["row_id"], ["audit_row.id"], name=op.f("fk_audit_row_evidence_row_id_audit_row")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["evidence_version.id"], name=op.f("fk_audit_row_evidence_version_id_evidence_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_row_evidence")),
    )
    op.create_index(op.f("ix_audit_row_evidence_audit_id"), "audit_row_evidence", ["audit_id"], unique=False)
    op.create_index(op.f("ix_audit_row_evidence_row_id"), "audit_row_evidence", ["row_id"], unique=False)
    op.create_index(op.f("ix_audit_row_evidence_version_id"), "audit_row_evidence", ["version_id"], unique=False)
    op.create_table(
        "audit_row_thread",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("thread", sa.String(length=10), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_row_thread_audit_id_audit")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["app_user.id"], name=op.f("fk_audit_row_thread_recorded_by_app_user")
        ),
        sa.ForeignKeyConstraint(["row_id"], ["audit_row.id"], name=op.f("fk_audit_row_thread_row_id_audit_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_row_thread")),
    )
    op.create_index(op.f("ix_audit_row_thread_audit_id"), "audit_row_thread", ["audit_id"], unique=False)
    op.create_index(op.f("ix_audit_row_thread_row_id"), "audit_row_thread", ["row_id"], unique=False)
