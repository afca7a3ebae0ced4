"""Populations imported into audits, samples drawn from them, what testing them came to, and saved mappings.

Parts of an audit: the triggers of 0005 hold for these tables too.
"""

from alembic import op
import sqlalchemy as sa


revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PARTS = ("audit_population", "audit_sample", "audit_sampled_record", "audit_sample_answer")
MESSAGE = "a signed audit does not change"


def upgrade() -> None:
    _make_tables()
    for table in PARTS:
        if op.get_bind().dialect.name == "sqlite":
            _freeze_on_sqlite(table)
        else:
            op.execute(
                f"CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
                "EXECUTE FUNCTION refuse_part_of_signed_audit()"
            )


def _freeze_on_sqlite(table: str) -> None:
    for verb, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
        mine = ", ".join(f"{row}.audit_id" for row in rows)
        op.execute(
            f"CREATE TRIGGER {table}_frozen_{verb.lower()} BEFORE {verb} ON {table} WHEN EXISTS "
            f"(SELECT 1 FROM audit WHERE id IN ({mine}) AND signed_off_at IS NOT NULL) "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        )


def _make_tables() -> None:
    op.create_table(
        "ticket_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["recorded_by"], ["app_user.id"], name=op.f("fk_ticket_mapping_recorded_by_app_user")),
        sa.ForeignKeyConstraint(
            ["system_id"], ["management_system.id"], name=op.f("fk_ticket_mapping_system_id_management_system")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_mapping")),
    )
    op.create_index(op.f("ix_ticket_mapping_system_id"), "ticket_mapping", ["system_id"], unique=False)
    op.create_table(
        "audit_population",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=True),
        sa.Column("records_sha256", sa.String(length=64), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_population_audit_id_audit")),
        sa.ForeignKeyConstraint(
            ["records_sha256"], ["blob.sha256"], name=op.f("fk_audit_population_records_sha256_blob")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["app_user.id"], name=op.f("fk_audit_population_uploaded_by_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["evidence_version.id"], name=op.f("fk_audit_population_version_id_evidence_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_population")),
        sa.UniqueConstraint("audit_id", "number", name=op.f("uq_audit_population_audit_id_number")),
    )
    op.create_table(
        "audit_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("population_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("seed", sa.String(length=100), nullable=False),
        sa.Column("algorithm", sa.String(length=40), nullable=False),
        sa.Column("population_size", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=False),
        sa.Column("strata", sa.Text(), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("paper_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_sample_audit_id_audit")),
        sa.ForeignKeyConstraint(["drawn_by"], ["app_user.id"], name=op.f("fk_audit_sample_drawn_by_app_user")),
        sa.ForeignKeyConstraint(
            ["population_id"], ["audit_population.id"], name=op.f("fk_audit_sample_population_id_audit_population")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["evidence_version.id"], name=op.f("fk_audit_sample_version_id_evidence_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_sample")),
        sa.UniqueConstraint("audit_id", "number", name=op.f("uq_audit_sample_audit_id_number")),
    )
    op.create_index(op.f("ix_audit_sample_population_id"), "audit_sample", ["population_id"], unique=False)
    op.create_table(
        "audit_sampled_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("stratum", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_sampled_record_audit_id_audit")),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["audit_sample.id"], name=op.f("fk_audit_sampled_record_sample_id_audit_sample")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_sampled_record")),
        sa.UniqueConstraint("sample_id", "position", name=op.f("uq_audit_sampled_record_sample_id_position")),
    )
    op.create_index(op.f("ix_audit_sampled_record_audit_id"), "audit_sampled_record", ["audit_id"], unique=False)
    op.create_table(
        "audit_sample_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("attribute", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_sample_answer_audit_id_audit")),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["app_user.id"], name=op.f("fk_audit_sample_answer_changed_by_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["audit_sampled_record.id"],
            name=op.f("fk_audit_sample_answer_record_id_audit_sampled_record"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_sample_answer")),
        sa.UniqueConstraint("record_id", "attribute", name=op.f("uq_audit_sample_answer_record_id_attribute")),
    )
    op.create_index(op.f("ix_audit_sample_answer_audit_id"), "audit_sample_answer", ["audit_id"], unique=False)
