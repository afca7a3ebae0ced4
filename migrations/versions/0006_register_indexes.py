"""Indexes for filters of the register by state and artefact together, and for a reviewer's decisions by day."""

from alembic import op


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LAPSING = ["current_until", "pending_since", "restands_on"]


def upgrade() -> None:
    op.drop_index("ix_register_line_system_id_artefact_number", "register_line")
    op.drop_index("ix_register_line_system_id_standing_current_until_number", "register_line")
    op.create_index(
        "ix_register_line_artefact", "register_line", ["system_id", "artefact", "number", "standing", *LAPSING]
    )
    op.create_index("ix_register_line_standing", "register_line", ["system_id", "standing", *LAPSING, "number"])
    op.create_index("ix_review_reviewer_id_decided_at", "review", ["reviewer_id", "decided_at"])
