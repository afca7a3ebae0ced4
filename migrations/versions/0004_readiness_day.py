"""Figures of ended days, kept because the trend would otherwise evaluate every month again in each new process."""

from alembic import op
import sqlalchemy as sa


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "readiness_day",
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rules", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("coverage", sa.Text(), nullable=True),
        sa.Column("index", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["system_id"], ["management_system.id"], name=op.f("fk_readiness_day_system_id_management_system")
        ),
        sa.PrimaryKeyConstraint("system_id", "day", "rules", name=op.f("pk_readiness_day")),
    )
