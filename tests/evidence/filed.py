"""What stands on file after the product filed something by itself."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from itsmcomply.db import db, end_read
from itsmcomply.evidence.models import Blob, EvidenceItem, EvidenceVersion


def kinds_on_file(app: Flask) -> set[tuple[str, str]]:
    """Artefact and type of file of every version in the database."""
    query = (
        select(EvidenceItem.artefact, Blob.detected_type)
        .join(EvidenceVersion, EvidenceVersion.item_id == EvidenceItem.id)
        .join(Blob, Blob.sha256 == EvidenceVersion.sha256)
    )
    with app.app_context():
        found = {(artefact, kind) for artefact, kind in db.session.execute(query)}
        end_read()
        return found
