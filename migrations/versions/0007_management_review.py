"""Management reviews: plan, agenda, attendance, decisions, actions. A signed review never changes.

Triggers refuse every change to a signed review and its parts on both databases, and any change to a recorded step of an
action; a later migration that rebuilds one of these tables on SQLite has to make them again.
"""

from alembic import op
import sqlalchemy as sa


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

REVIEW = "management_review"
PARTS = tuple(f"{REVIEW}_{part}" for part in ("date", "input", "attendance", "decision", "action"))
STEPS = f"{REVIEW}_step"
MESSAGE = "a signed management review does not change"
STEP_MESSAGE = "what became of an action is only added to"


def upgrade() -> None:
    _make_tables()
    if op.get_bind().dialect.name == "sqlite":
        _freeze_on_sqlite()
    else:
        _freeze_on_postgresql()


def _freeze_on_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    for verb in ("UPDATE", "DELETE"):
        name = f"{verb.lower()} BEFORE {verb} ON"
        op.execute(f"CREATE TRIGGER {REVIEW}_frozen_{name} {REVIEW} WHEN OLD.signed_at IS NOT NULL {refuse}")
        op.execute(f"CREATE TRIGGER {STEPS}_no_{name} {STEPS} BEGIN SELECT RAISE(ABORT, '{STEP_MESSAGE}'); END")
    for table in PARTS:
        for verb, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
            mine = ", ".join(f"{row}.review_id" for row in rows)
            op.execute(
                f"CREATE TRIGGER {table}_frozen_{verb.lower()} BEFORE {verb} ON {table} WHEN EXISTS "
                f"(SELECT 1 FROM {REVIEW} WHERE id IN ({mine}) AND signed_at IS NOT NULL) {refuse}"
            )


def _freeze_on_postgresql() -> None:
    for name, message in (("refuse_signed_review", MESSAGE), ("refuse_step_change", STEP_MESSAGE)):
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{message}'; END $$"
        )
    signed = f"EXISTS (SELECT 1 FROM {REVIEW} WHERE id = %s.review_id AND signed_at IS NOT NULL)"
    op.execute(
        "CREATE FUNCTION refuse_part_of_signed_review() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP <> 'INSERT' AND {signed % 'OLD'} THEN RAISE EXCEPTION '{MESSAGE}'; END IF; "
        f"IF TG_OP <> 'DELETE' AND {signed % 'NEW'} THEN RAISE EXCEPTION '{MESSAGE}'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {REVIEW}_frozen BEFORE UPDATE OR DELETE ON {REVIEW} FOR EACH ROW "
        "WHEN (OLD.signed_at IS NOT NULL) EXECUTE FUNCTION refuse_signed_review()"
    )
    op.execute(
        f"CREATE TRIGGER {STEPS}_frozen BEFORE UPDATE OR DELETE ON {STEPS} FOR EACH ROW "
        "EXECUTE FUNCTION refuse_step_change()"
    )
    for table in PARTS:
        op.execute(
            f"CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION refuse_part_of_signed_review()"
        )


def _make_tables() -> None:
    op.create_table(
        "management_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("chair_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("held_recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_recorded_by", sa.Integer(), nullable=True),
        sa.Column("suitable", sa.String(length=40), nullable=True),
        sa.Column("adequate", sa.String(length=40), nullable=True),
        sa.Column("effective", sa.String(length=40), nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.Integer(), nullable=True),
        sa.Column("content", sa.String(length=64), nullable=True),
        sa.Column("minutes_version_id", sa.Integer(), nullable=True),
        sa.Column("minutes_sha256", sa.String(length=64), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Integer(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(signed_at IS NULL) = (content IS NULL)", name=op.f("ck_management_review_signed_content")),
        sa.CheckConstraint(
            "cancelled_at IS NULL OR cancel_reason IS NOT NULL", name=op.f("ck_management_review_cancelled_with_reason")
        ),
        sa.CheckConstraint(
            "signed_at IS NULL OR cancelled_at IS NULL", name=op.f("ck_management_review_signed_or_cancelled")
        ),
        sa.CheckConstraint(
            "signed_at IS NULL OR held_on IS NOT NULL", name=op.f("ck_management_review_signed_after_held")
        ),
        sa.ForeignKeyConstraint(
            ["cancelled_by"], ["app_user.id"], name=op.f("fk_management_review_cancelled_by_app_user")
        ),
        sa.ForeignKeyConstraint(["chair_id"], ["app_user.id"], name=op.f("fk_management_review_chair_id_app_user")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_management_review_created_by_app_user")),
        sa.ForeignKeyConstraint(
            ["held_recorded_by"], ["app_user.id"], name=op.f("fk_management_review_held_recorded_by_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["minutes_version_id"],
            ["evidence_version.id"],
            name=op.f("fk_management_review_minutes_version_id_evidence_version"),
        ),
        sa.ForeignKeyConstraint(["signed_by"], ["app_user.id"], name=op.f("fk_management_review_signed_by_app_user")),
        sa.ForeignKeyConstraint(
            ["system_id"], ["management_system.id"], name=op.f("fk_management_review_system_id_management_system")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_management_review")),
        sa.UniqueConstraint("system_id", "year", "number", name=op.f("uq_management_review_system_id_year_number")),
    )
    op.create_table(
        "management_review_attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("top_management", sa.Boolean(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["app_user.id"], name=op.f("fk_management_review_attendance_recorded_by_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["management_review.id"],
            name=op.f("fk_management_review_attendance_review_id_management_review"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_management_review_attendance")),
    )
    op.create_index(
        op.f("ix_management_review_attendance_review_id"), "management_review_attendance", ["review_id"], unique=False
    )
    op.create_table(
        "management_review_date",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["app_user.id"], name=op.f("fk_management_review_date_recorded_by_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["management_review.id"], name=op.f("fk_management_review_date_review_id_management_review")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_management_review_date")),
    )
    op.create_index(op.f("ix_management_review_date_review_id"), "management_review_date", ["review_id"], unique=False)
    op.create_table(
        "management_review_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("input_key", sa.String(length=60), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["app_user.id"], name=op.f("fk_management_review_decision_recorded_by_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["management_review.id"],
            name=op.f("fk_management_review_decision_review_id_management_review"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_management_review_decision")),
        sa.UniqueConstraint("review_id", "number", name=op.f("uq_management_review_decision_review_id_number")),
    )
    op.create_table(
        "management_review_input",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("consideration", sa.String(length=40), nullable=True),
        sa.Column("addition", sa.Text(), nullable=False),
        sa.Column("filled", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["app_user.id"], name=op.f("fk_management_review_input_changed_by_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["management_review.id"], name=op.f("fk_management_review_input_review_id_management_review")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_management_review_input")),
        sa.UniqueConstraint("review_id", "key", name=op.f("uq_management_review_input_review_id_key")),
    )
    op.create_table(
        "management_review_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["management_review_decision.id"],
            name=op.f("fk_management_review_action_decision_id_management_review_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["app_user.id"], name=op.f("fk_management_review_action_owner_id_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["app_user.id"], name=op.f("fk_management_review_action_recorded_by_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["management_review.id"],
            name=op.f("fk_management_review_action_review_id_management_review"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_management_review_action")),
        sa.UniqueConstraint("review_id", "number", name=op.f("uq_management_review_action_review_id_number")),
    )
    op.create_index(
        op.f("ix_management_review_action_owner_id"), "management_review_action", ["owner_id"], unique=False
    )
    op.create_table(
        "management_review_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(step = 'moved') = (due_on IS NOT NULL)", name=op.f("ck_management_review_step_moved_to_a_day")
        ),
        sa.ForeignKeyConstraint(
            ["action_id"],
            ["management_review_action.id"],
            name=op.f("fk_management_review_step_action_id_management_review_action"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["app_user.id"], name=op.f("fk_management_review_step_recorded_by_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_management_review_step")),
    )
    op.create_index(op.f("ix_management_review_step_action_id"), "management_review_step", ["action_id"], unique=False)
