"""What the responsible person states: correction, extent, cause; or an answer where it is no nonconformity."""

from __future__ import annotations

from collections.abc import Iterable

from itsmcomply.db import Base
from itsmcomply.evidence.operations import Desk
from itsmcomply.findings.kinds import CauseMethod, EvidenceUse
from itsmcomply.findings.models import (
    FindingAnswer,
    FindingCause,
    FindingCauseLine,
    FindingCorrection,
    FindingExtent,
)
from itsmcomply.findings.operations.opening import Matter, end_plan, open_finding, refuse
from itsmcomply.findings.operations.proof import new_bindings
from itsmcomply.findings.rules import Act
from itsmcomply.findings.statements import (
    Cause,
    Correction,
    Extent,
    problems_of_cause,
    problems_of_correction,
    problems_of_extent,
    problems_of_text,
)
from itsmcomply.wording import N_


def record_correction(
    desk: Desk, key: str, correction: Correction, *, versions: Iterable[int] = ()
) -> FindingCorrection:
    """State what was done about the case itself (10.1.1 a). An earlier statement stays on record; the latest counts."""
    matter = _matter(desk, key, Act.CORRECT)
    refuse(problems_of_correction(correction, desk.today))
    row = FindingCorrection(
        finding_id=matter.finding.id,
        text=correction.text.strip(),
        done_on=correction.done_on,
        done_by=correction.done_by.strip(),
        recorded_at=desk.now,
        recorded_by=desk.actor.user_id,
    )
    bound = new_bindings(desk, matter.finding, EvidenceUse.CORRECTION, versions)
    after: dict[str, object] = {"text": row.text, "done_on": row.done_on, "done_by": row.done_by}
    _keep(matter, "finding.corrected", after, [row, *bound], "the correction was stated anew")
    return row


def state_extent(desk: Desk, key: str, extent: Extent) -> FindingExtent:
    """State whether the same exists or could occur elsewhere (10.1.1 b)."""
    matter = _matter(desk, key, Act.STATE_EXTENT)
    refuse(problems_of_extent(extent))
    row = FindingExtent(
        finding_id=matter.finding.id,
        round=matter.finding.round,
        elsewhere=bool(extent.elsewhere),
        looked=extent.looked.strip(),
        result=extent.result.strip(),
        recorded_at=desk.now,
        recorded_by=desk.actor.user_id,
    )
    after: dict[str, object] = {"elsewhere": row.elsewhere, "looked": row.looked, "result": row.result}
    _keep(matter, "finding.extent_stated", after, [row], "the extent was stated anew")
    return row


def state_cause(desk: Desk, key: str, cause: Cause) -> FindingCause:
    """State why it could happen, with the chain of whys or the causes by category that lead there (10.1.1 b)."""
    matter = _matter(desk, key, Act.STATE_CAUSE)
    lines = tuple((category, text.strip()) for category, text in cause.lines if text.strip())
    cause = Cause(cause.method, lines, cause.root_cause.strip(), cause.explains.strip())
    refuse(problems_of_cause(cause))
    row = FindingCause(
        finding_id=matter.finding.id,
        round=matter.finding.round,
        method=cause.method or CauseMethod.FIVE_WHYS,
        root_cause=cause.root_cause,
        explains=cause.explains,
        recorded_at=desk.now,
        recorded_by=desk.actor.user_id,
    )
    desk.session.add(row)
    desk.session.flush()  # the lines name its id
    kept = [
        FindingCauseLine(cause_id=row.id, position=position, category=category, text=text)
        for position, (category, text) in enumerate(cause.lines, start=1)
    ]
    after: dict[str, object] = {"method": row.method, "root_cause": row.root_cause, "explains": row.explains}
    after["lines"] = [f"{line.category}: {line.text}" if line.category else line.text for line in kept]
    _keep(matter, "finding.cause_stated", after, [row, *kept], "the cause was stated anew")
    return row


def answer_finding(desk: Desk, key: str, *, text: str, versions: Iterable[int] = ()) -> FindingAnswer:
    """Answer an observation, an opportunity or an area of concern; `versions` show that the latter is resolved."""
    matter = _matter(desk, key, Act.ANSWER)
    refuse(problems_of_text(text, "text", N_("Say what will be done about it, or why nothing will.")))
    row = FindingAnswer(
        finding_id=matter.finding.id,
        round=matter.finding.round,
        text=text.strip(),
        recorded_at=desk.now,
        recorded_by=desk.actor.user_id,
    )
    bound = new_bindings(desk, matter.finding, EvidenceUse.ANSWER, versions)
    desk.session.add_all([row, *bound])
    matter.note("finding.answered", {"text": row.text, "evidence": len(bound)}, [row, *bound])
    return row


def _matter(desk: Desk, key: str, act: Act) -> Matter:
    matter = open_finding(desk, key)
    matter.require(act)
    return matter


def _keep(matter: Matter, action: str, after: dict[str, object], rows: list[Base], reason: str) -> None:
    """Add the rows, end a plan that waits because it no longer fits, and note both."""
    matter.desk.session.add_all(rows)
    matter.note(action, after, [*rows, *end_plan(matter, reason)])
