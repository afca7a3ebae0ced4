"""Findings: what was found, correction, extent, cause, actions, plan decisions, verification, closing, evidence, limits."""

from alembic import op
import sqlalchemy as sa


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(length=2), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("objective", sa.Text(), nullable=False),
        sa.Column("process", sa.String(length=60), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("source_ref", sa.String(length=300), nullable=False),
        sa.Column("audit_key", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["opened_by"], ["app_user.id"], name=op.f("fk_finding_opened_by_app_user")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_finding_owner_id_app_user")),
        sa.ForeignKeyConstraint(
            ["system_id"], ["management_system.id"], name=op.f("fk_finding_system_id_management_system")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint(
            "system_id", "prefix", "year", "number", name=op.f("uq_finding_system_id_prefix_year_number")
        ),
    )
    op.create_index(op.f("ix_finding_audit_key"), "finding", ["audit_key"], unique=False)
    op.create_index(op.f("ix_finding_system_id_opened_at"), "finding", ["system_id", "opened_at"], unique=False)
    op.create_table(
        "finding_limit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("by_body", sa.Boolean(), nullable=False),
        sa.Column("plan_days", sa.Integer(), nullable=True),
        sa.Column("closure_days", sa.Integer(), nullable=True),
        sa.Column("effect_days", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["recorded_by"], ["app_user.id"], name=op.f("fk_finding_limit_recorded_by_app_user")),
        sa.ForeignKeyConstraint(
            ["system_id"], ["management_system.id"], name=op.f("fk_finding_limit_system_id_management_system")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_limit")),
    )
    op.create_index(op.f("ix_finding_limit_system_id"), "finding_limit", ["system_id"], unique=False)
    op.create_table(
        "corrective_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_by", sa.Integer(), nullable=True),
        sa.Column("completed_note", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "completed_at IS NULL OR ended_at IS NULL", name=op.f("ck_corrective_action_completed_or_ended")
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR end_reason IS NOT NULL", name=op.f("ck_corrective_action_ended_with_reason")
        ),
        sa.ForeignKeyConstraint(
            ["completed_by"], ["app_user.id"], name=op.f("fk_corrective_action_completed_by_app_user")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["app_user.id"], name=op.f("fk_corrective_action_ended_by_app_user")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_corrective_action_finding_id_finding")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_corrective_action_owner_id_app_user")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["app_user.id"], name=op.f("fk_corrective_action_recorded_by_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrective_action")),
        sa.UniqueConstraint("finding_id", "number", name=op.f("uq_corrective_action_finding_id_number")),
    )
    op.create_index(op.f("ix_corrective_action_owner_id"), "corrective_action", ["owner_id"], unique=False)
    op.create_table(
        "finding_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_answer_finding_id_finding")),
        sa.ForeignKeyConstraint(["recorded_by"], ["app_user.id"], name=op.f("fk_finding_answer_recorded_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_answer")),
    )
    op.create_index(op.f("ix_finding_answer_finding_id"), "finding_answer", ["finding_id"], unique=False)
    op.create_table(
        "finding_cause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("root_cause", sa.Text(), nullable=False),
        sa.Column("explains", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_cause_finding_id_finding")),
        sa.ForeignKeyConstraint(["recorded_by"], ["app_user.id"], name=op.f("fk_finding_cause_recorded_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_cause")),
    )
    op.create_index(op.f("ix_finding_cause_finding_id"), "finding_cause", ["finding_id"], unique=False)
    op.create_table(
        "finding_closing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_by", sa.Integer(), nullable=True),
        sa.Column("reopen_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "reopened_at IS NULL OR reopen_reason IS NOT NULL", name=op.f("ck_finding_closing_reopened_with_reason")
        ),
        sa.ForeignKeyConstraint(["closed_by"], ["app_user.id"], name=op.f("fk_finding_closing_closed_by_app_user")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_closing_finding_id_finding")),
        sa.ForeignKeyConstraint(["reopened_by"], ["app_user.id"], name=op.f("fk_finding_closing_reopened_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_closing")),
    )
    op.create_index(op.f("ix_finding_closing_finding_id"), "finding_closing", ["finding_id"], unique=False)
    op.create_table(
        "finding_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("done_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_correction_finding_id_finding")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["app_user.id"], name=op.f("fk_finding_correction_recorded_by_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_correction")),
    )
    op.create_index(op.f("ix_finding_correction_finding_id"), "finding_correction", ["finding_id"], unique=False)
    op.create_table(
        "finding_extent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("elsewhere", sa.Boolean(), nullable=False),
        sa.Column("looked", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_extent_finding_id_finding")),
        sa.ForeignKeyConstraint(["recorded_by"], ["app_user.id"], name=op.f("fk_finding_extent_recorded_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_extent")),
    )
    op.create_index(op.f("ix_finding_extent_finding_id"), "finding_extent", ["finding_id"], unique=False)
    op.create_table(
        "finding_grade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("plan_due_on", sa.Date(), nullable=True),
        sa.Column("closure_due_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_grade_finding_id_finding")),
        sa.ForeignKeyConstraint(["recorded_by"], ["app_user.id"], name=op.f("fk_finding_grade_recorded_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_grade")),
    )
    op.create_index(op.f("ix_finding_grade_finding_id"), "finding_grade", ["finding_id"], unique=False)
    op.create_table(
        "finding_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("effect_days", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(decided_at IS NULL) = (accepted IS NULL)", name=op.f("ck_finding_plan_decided")),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> submitted_by", name=op.f("ck_finding_plan_decided_by_another")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_finding_plan_decided_by_app_user")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_plan_finding_id_finding")),
        sa.ForeignKeyConstraint(["submitted_by"], ["app_user.id"], name=op.f("fk_finding_plan_submitted_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_plan")),
        sa.UniqueConstraint("finding_id", "number", name=op.f("uq_finding_plan_finding_id_number")),
    )
    op.create_table(
        "finding_requirement",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("requirement", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_requirement_finding_id_finding")),
        sa.PrimaryKeyConstraint("finding_id", "requirement", name=op.f("pk_finding_requirement")),
    )
    op.create_index(op.f("ix_finding_requirement_requirement"), "finding_requirement", ["requirement"], unique=False)
    op.create_table(
        "finding_verification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("effective", sa.Boolean(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_finding_verification_finding_id_finding")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by"], ["app_user.id"], name=op.f("fk_finding_verification_verified_by_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_verification")),
    )
    op.create_index(op.f("ix_finding_verification_finding_id"), "finding_verification", ["finding_id"], unique=False)
    op.create_table(
        "action_due",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["action_id"], ["corrective_action.id"], name=op.f("fk_action_due_action_id_corrective_action")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["app_user.id"], name=op.f("fk_action_due_recorded_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_due")),
    )
    op.create_index(op.f("ix_action_due_action_id"), "action_due", ["action_id"], unique=False)
    op.create_table(
        "finding_cause_line",
        sa.Column("cause_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cause_id"], ["finding_cause.id"], name=op.f("fk_finding_cause_line_cause_id_finding_cause")
        ),
        sa.PrimaryKeyConstraint("cause_id", "position", name=op.f("pk_finding_cause_line")),
    )
    op.create_table(
        "finding_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("use", sa.String(length=40), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("verification_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bound_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "ended_at IS NULL OR end_reason IS NOT NULL", name=op.f("ck_finding_evidence_ended_with_reason")
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["corrective_action.id"], name=op.f("fk_finding_evidence_action_id_corrective_action")
        ),
        sa.ForeignKeyConstraint(["bound_by"], ["app_user.id"], name=op.f("fk_finding_evidence_bound_by_app_user")),
        sa.ForeignKeyConstraint(["ended_by"], ["app_user.id"], name=op.f("fk_finding_evidence_ended_by_app_user")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_evidence_finding_id_finding")),
        sa.ForeignKeyConstraint(
            ["verification_id"],
            ["finding_verification.id"],
            name=op.f("fk_finding_evidence_verification_id_finding_verification"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["evidence_version.id"], name=op.f("fk_finding_evidence_version_id_evidence_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_evidence")),
    )
    op.create_index(op.f("ix_finding_evidence_finding_id"), "finding_evidence", ["finding_id"], unique=False)
    op.create_index(op.f("ix_finding_evidence_version_id"), "finding_evidence", ["version_id"], unique=False)
