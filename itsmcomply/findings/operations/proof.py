"""Bind versions of evidence to a finding, exactly as they are, and take a binding back."""

from __future__ import annotations

from collections.abc import Iterable

from itsmcomply.errors import InvalidInput, InvalidTransition, NotFound
from itsmcomply.evidence.kinds import VersionState
from itsmcomply.evidence.models import EvidenceVersion
from itsmcomply.evidence.operations import Desk
from itsmcomply.evidence.operations.filing import version_state
from itsmcomply.findings.kinds import EvidenceUse
from itsmcomply.findings.models import Finding, FindingEvidence
from itsmcomply.findings.operations.opening import Matter, open_finding, refuse
from itsmcomply.findings.rules import Act, state_of
from itsmcomply.findings.statements import problems_of_reason
from itsmcomply.wording import N_, say

ACTS: dict[EvidenceUse, Act] = {
    EvidenceUse.OBJECTIVE: Act.BIND_FOUND,
    EvidenceUse.ANSWER: Act.BIND_DONE,
    EvidenceUse.CORRECTION: Act.BIND_DONE,
    EvidenceUse.ACTION: Act.BIND_DONE,
}
"""Evidence of effectiveness is bound by the verification alone."""
LARGEST_ID = 2**31 - 1
"""Ids beyond it are no rows of ours, and databases refuse to compare them."""


def bind_evidence(
    desk: Desk, key: str, *, use: EvidenceUse, versions: Iterable[int], action: int | None = None
) -> list[FindingEvidence]:
    """Bind versions to a finding, or with `action` to that corrective action. Bound already: nothing changes.

    Raises InvalidInput (field `evidence`) for a version that was withdrawn or rejected, or for none at all.
    """
    matter = open_finding(desk, key)
    _require(matter, use, action)
    file = matter.action(action)[0].row if action is not None else None
    bound = new_bindings(desk, matter.finding, use, versions, action_id=file.id if file else None)
    if not bound:
        raise InvalidInput({"evidence": say(N_("Choose at least one version from the register."))})
    held = {b.row.version_id for b in matter.dossier.of_use(use) if b.row.action_id == (file.id if file else None)}
    fresh = [row for row in bound if row.version_id not in held]
    if fresh:
        desk.session.add_all(fresh)
        matter.note("finding.evidence_bound", _shown(fresh, use, action), fresh)
    return fresh


def _require(matter: Matter, use: EvidenceUse, action: int | None) -> None:
    if use is EvidenceUse.EFFECTIVENESS:
        raise InvalidTransition(state_of(matter.case), use, say(N_("This evidence belongs to the verification.")))
    if (use is EvidenceUse.ACTION) != (action is not None):
        raise InvalidInput({"action": say(N_("Say which corrective action the evidence is for."))})
    matter.require(ACTS[use], matter.action(action)[1] if action is not None else None)


def new_bindings(
    desk: Desk, finding: Finding, use: EvidenceUse, versions: Iterable[int], *, action_id: int | None = None
) -> list[FindingEvidence]:
    """Rows that bind versions of this system, once each, not added yet. Raises InvalidInput (field `evidence`)."""
    return [_binding(desk, finding, use, version, action_id) for version in dict.fromkeys(versions)]


def version_that_stands(desk: Desk, version_id: int) -> EvidenceVersion:
    """A version of this system that proves something. Raises InvalidInput (field `evidence`) for any other."""
    version = desk.session.get(EvidenceVersion, version_id) if 0 < version_id <= LARGEST_ID else None
    if version is None or version.system_id != desk.system.id:
        raise InvalidInput({"evidence": say(N_("There is no such version of evidence. Choose one from the list."))})
    if version_state(desk, version) in {VersionState.WITHDRAWN, VersionState.REJECTED}:
        item, _ = desk.version(version_id)
        text = N_("%(item)s version %(number)s was withdrawn or rejected, so it proves nothing. Choose another one.")
        raise InvalidInput({"evidence": say(text, item=item.key, number=version.number)})
    return version


def _binding(desk: Desk, finding: Finding, use: EvidenceUse, version_id: int, action_id: int | None) -> FindingEvidence:
    version = version_that_stands(desk, version_id)
    return FindingEvidence(
        finding_id=finding.id,
        use=use,
        action_id=action_id,
        version_id=version.id,
        sha256=version.sha256,
        round=finding.round,
        bound_at=desk.now,
        bound_by=desk.actor.user_id,
    )


def _shown(rows: list[FindingEvidence], use: EvidenceUse, action: int | None) -> dict[str, object]:
    bound = [{"version": row.version_id, "sha256": row.sha256} for row in rows]
    return {"use": use, "action": action, "evidence": bound}


def unbind_evidence(desk: Desk, key: str, *, binding: int, reason: str) -> FindingEvidence:
    """Take a binding back with the reason; it stays on record. Raises NotFound, InvalidInput, InvalidTransition."""
    matter = open_finding(desk, key)
    bound = next((b for b in matter.dossier.evidence if b.row.id == binding and b.row.ended_at is None), None)
    if bound is None:
        raise NotFound("evidence of a finding", str(binding))
    numbers = {file.row.id: file.row.number for file in matter.dossier.actions}
    action = numbers.get(bound.row.action_id) if bound.row.action_id is not None else None
    _require(matter, bound.row.use, action)
    refuse(problems_of_reason(reason))
    row = bound.row
    row.ended_at, row.ended_by, row.end_reason = desk.now, desk.actor.user_id, reason.strip()
    matter.note("finding.evidence_unbound", {"use": row.use, "action": action, "reason": row.end_reason}, [row])
    return row
