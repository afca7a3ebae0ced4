"""The register's own rows: derived from items, versions and reviews, so that lists stay fast at 50,000 items."""

from alembic import op
import sqlalchemy as sa


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "register_state",
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("derived_on", sa.Date(), nullable=False),
        sa.Column("intervals", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["system_id"], ["management_system.id"], name=op.f("fk_register_state_system_id_management_system")
        ),
        sa.PrimaryKeyConstraint("system_id", name=op.f("pk_register_state")),
    )
    op.create_table(
        "register_line",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("artefact", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("confidentiality", sa.String(length=40), nullable=False),
        sa.Column("standing", sa.String(length=40), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("current_until", sa.Date(), nullable=True),
        sa.Column("pending_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.Column("restands_on", sa.Date(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["evidence_item.id"], name=op.f("fk_register_line_item_id_evidence_item")),
        sa.ForeignKeyConstraint(
            ["system_id"], ["management_system.id"], name=op.f("fk_register_line_system_id_management_system")
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_register_line")),
    )
    op.create_index(
        op.f("ix_register_line_system_id_artefact_number"),
        "register_line",
        ["system_id", "artefact", "number"],
        unique=False,
    )
    op.create_index(
        op.f("ix_register_line_system_id_effective_on_number"),
        "register_line",
        ["system_id", "effective_on", "number"],
        unique=False,
    )
    op.create_index(op.f("ix_register_line_system_id_number"), "register_line", ["system_id", "number"], unique=False)
    op.create_index(
        op.f("ix_register_line_system_id_owner_id_number"),
        "register_line",
        ["system_id", "owner_id", "number"],
        unique=False,
    )
    op.create_index(
        op.f("ix_register_line_system_id_pending_since"), "register_line", ["system_id", "pending_since"], unique=False
    )
    op.create_index(
        op.f("ix_register_line_system_id_received_at_number"),
        "register_line",
        ["system_id", "received_at", "number"],
        unique=False,
    )
    op.create_index(
        op.f("ix_register_line_system_id_restands_on"), "register_line", ["system_id", "restands_on"], unique=False
    )
    op.create_index(
        op.f("ix_register_line_system_id_standing_current_until_number"),
        "register_line",
        ["system_id", "standing", "current_until", "number"],
        unique=False,
    )
    op.create_index(
        op.f("ix_register_line_system_id_title_number"), "register_line", ["system_id", "title", "number"], unique=False
    )
