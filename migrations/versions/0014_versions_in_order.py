"""Versions of a system found in the order they are stored in: reading all of them is most of a first look."""

from alembic import op


revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_evidence_version_system_id_received_at", "evidence_version")
    op.create_index("ix_evidence_version_system_id", "evidence_version", ["system_id"])
