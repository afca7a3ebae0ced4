"""Which rows of the checklist a sample is drawn for. A table of its own, so that rows recorded before keep their digests.

Part of an audit: the triggers of 0005 hold for it too.
"""

from alembic import op
import sqlalchemy as sa


revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE = "audit_sample_row"
MESSAGE = "a signed audit does not change"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("linked_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_sample_row_audit_id_audit")),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["audit_sample.id"], name=op.f("fk_audit_sample_row_sample_id_audit_sample")
        ),
        sa.ForeignKeyConstraint(["row_id"], ["audit_row.id"], name=op.f("fk_audit_sample_row_row_id_audit_row")),
        sa.ForeignKeyConstraint(["linked_by"], ["app_user.id"], name=op.f("fk_audit_sample_row_linked_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_sample_row")),
        sa.UniqueConstraint("sample_id", "row_id", name=op.f("uq_audit_sample_row_sample_id_row_id")),
    )
    op.create_index(op.f("ix_audit_sample_row_audit_id"), TABLE, ["audit_id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        _freeze_on_sqlite()
    else:
        op.execute(
            f"CREATE TRIGGER {TABLE}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {TABLE} FOR EACH ROW "
            "EXECUTE FUNCTION refuse_part_of_signed_audit()"
        )


def _freeze_on_sqlite() -> None:
    for verb, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
        mine = ", ".join(f"{row}.audit_id" for row in rows)
        op.execute(
            f"CREATE TRIGGER {TABLE}_frozen_{verb.lower()} BEFORE {verb} ON {TABLE} WHEN EXISTS "
            f"(SELECT 1 FROM audit WHERE id IN ({mine}) AND signed_off_at IS NOT NULL) "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        )
