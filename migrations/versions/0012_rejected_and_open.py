"""What a person has to do again and to answer, found without reading every item: rejected lines, open questions."""

from alembic import op
import sqlalchemy as sa


revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

REJECTED = """
UPDATE register_line SET latest_rejected = EXISTS (
  SELECT 1 FROM evidence_version JOIN review ON review.version_id = evidence_version.id
  WHERE evidence_version.item_id = register_line.item_id AND evidence_version.number = register_line.latest
    AND evidence_version.withdrawn_at IS NULL AND review.decision = 'rejected'
    AND review.id = (SELECT max(newest.id) FROM review AS newest WHERE newest.version_id = evidence_version.id)
)
"""


def upgrade() -> None:
    op.add_column(
        "register_line", sa.Column("latest_rejected", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(REJECTED)
    op.create_index(
        "ix_register_line_rejected", "register_line", ["system_id", "latest_rejected", "owner_id", "artefact"]
    )
    op.create_index(
        "ix_question_open",
        "question",
        ["version_id"],
        sqlite_where=sa.text("answer IS NULL"),
        postgresql_where=sa.text("answer IS NULL"),
    )
