"""Evidence of what became of an action of a management review. Only ever added to, as the steps themselves."""

from alembic import op
import sqlalchemy as sa


revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLE = "management_review_step_evidence"
MESSAGE = "what became of an action is only added to"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["step_id"],
            ["management_review_step.id"],
            name=op.f("fk_management_review_step_evidence_step_id_management_review_step"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["evidence_version.id"],
            name=op.f("fk_management_review_step_evidence_version_id_evidence_version"),
        ),
        sa.PrimaryKeyConstraint("step_id", "version_id", name=op.f("pk_management_review_step_evidence")),
    )
    op.create_index(op.f("ix_management_review_step_evidence_version_id"), TABLE, ["version_id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )
    else:
        op.execute(
            f"CREATE TRIGGER {TABLE}_frozen BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW "
            "EXECUTE FUNCTION refuse_step_change()"
        )
