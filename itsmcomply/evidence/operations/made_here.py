"""File what the product itself made: signed reports, approved programmes, minutes; reviewed as any evidence is."""

from __future__ import annotations

from itsmcomply.db import Base
from itsmcomply.evidence.filing import Filing
from itsmcomply.evidence.kinds import Confidentiality
from itsmcomply.evidence.models import Blob, EvidenceItem
from itsmcomply.evidence.operations.desk import Desk
from itsmcomply.evidence.operations.filing import Filed, check_filing, new_item, new_version, next_number, note_filed
from itsmcomply.evidence.operations.receiving import refuse_blocked
from itsmcomply.evidence.sniff import detect
from itsmcomply.evidence.store import Stored


def file_own_document(
    desk: Desk,
    *,
    artefact: str,
    filing: Filing,
    stored: Stored,
    item: EvidenceItem | None = None,
) -> Filed:
    """File bytes that the store holds durably under an artefact, in the name of whoever signed or approved them.

    The caller has checked that this person may sign; filing evidence of one's own is another right and not asked for.
    `filing` names digest and file name; with `item` it is the next version of that one. Raises InvalidInput by field.
    """
    kind_of = desk.artefact(artefact)
    blob = desk.session.get(Blob, stored.sha256)
    made: list[Base] = []
    if blob is None:
        kind = detect(stored.head, filing.file_name or "")
        blob = Blob(sha256=stored.sha256, size=stored.size, detected_type=kind.key, stored_at=desk.now)
        desk.session.add(blob)
        desk.session.flush()  # the version refers to it, and there is no relationship to order the two
        made.append(blob)
    refuse_blocked(blob)
    check_filing(desk, kind_of, filing)
    if item is not None:
        version, rows = new_version(desk, item, kind_of, filing, number=next_number(desk, item))
        return note_filed(desk, "evidence.version_added", item, version, [version, *rows, *made])
    item = new_item(desk, artefact, filing.title, None, Confidentiality.INTERNAL)
    version, rows = new_version(desk, item, kind_of, filing, number=1)
    return note_filed(desk, "evidence.filed", item, version, [item, version, *rows, *made])
