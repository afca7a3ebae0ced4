"""Findings that were raised in error and withdrawn, with the reason. A table of its own, as for closings."""

from alembic import op
import sqlalchemy as sa


revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "finding_withdrawal",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_withdrawal_finding_id_finding")),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["app_user.id"], name=op.f("fk_finding_withdrawal_withdrawn_by_app_user")
        ),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_finding_withdrawal")),
    )
