"""Block bytes that should never have been uploaded: a tombstone stays, the bytes are out of reach at once."""

from __future__ import annotations

from sqlalchemy import select

from itsmcomply.activity.operations import Record, record_activity
from itsmcomply.errors import InvalidInput, InvalidTransition, NotFound, NotPermitted
from itsmcomply.evidence.models import Blob, EvidenceItem, EvidenceVersion, Upload
from itsmcomply.evidence.operations.desk import Desk
from itsmcomply.evidence.operations.filing import withdraw
from itsmcomply.evidence.operations.register import refresh_line
from itsmcomply.evidence.rules import problems_of_withdrawal
from itsmcomply.permissions import Permission
from itsmcomply.wording import N_, say


def block_blob(desk: Desk, *, sha256: str, reason: str) -> Blob:
    """Refuse these bytes from now on and withdraw every version that holds them, in one step.

    After the commit the edge moves the bytes to quarantine. Raises NotFound, InvalidInput, InvalidTransition, and
    NotPermitted when another system holds them too: then the administrator of the installation blocks them.
    """
    desk.require(Permission.BLOCK_EVIDENCE)
    blob = desk.session.get(Blob, sha256)
    holders = _holders(desk, sha256)
    if blob is None or desk.system.id not in holders:
        raise NotFound("stored file", sha256[:16])
    if errors := problems_of_withdrawal(reason):
        raise InvalidInput(dict(errors))
    if holders != {desk.system.id} and not desk.actor.is_admin:
        raise NotPermitted(say(N_("These bytes are in use elsewhere too, so the administrator has to block them.")))
    if blob.blocked_at is not None:
        raise InvalidTransition("blocked", "blocked", say(N_("These bytes are blocked already.")))
    blob.blocked_at, blob.blocked_by, blob.blocked_reason = desk.now, desk.actor.user_id, reason
    record = Record("blob", sha256[:16], desk.system.id)
    after = {"sha256": sha256, "size": blob.size, "reason": reason}
    record_activity(desk.session, desk.actor, desk.now, "evidence.blocked", record, after=after, rows=[blob])
    for item, version in _versions(desk, sha256):
        withdraw(desk, version, f"Bytes blocked: {reason}")
        desk.note("evidence.withdrawn", item, {"version": version.number, "reason": "bytes blocked"}, [version])
        refresh_line(desk, item)
    return blob


def _holders(desk: Desk, sha256: str) -> set[int]:
    versions = desk.session.scalars(select(EvidenceVersion.system_id).where(EvidenceVersion.sha256 == sha256))
    uploads = desk.session.scalars(select(Upload.system_id).where(Upload.sha256 == sha256))
    return {*versions, *uploads}


def _versions(desk: Desk, sha256: str) -> list[tuple[EvidenceItem, EvidenceVersion]]:
    rows = desk.session.execute(
        select(EvidenceItem, EvidenceVersion)
        .join(EvidenceItem, EvidenceItem.id == EvidenceVersion.item_id)
        .where(EvidenceVersion.sha256 == sha256, EvidenceVersion.withdrawn_at.is_(None))
        .order_by(EvidenceVersion.id)
    ).all()
    return [(item, version) for item, version in rows]
