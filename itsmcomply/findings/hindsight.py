"""A finding as it stood on an earlier day, so that an export of that day says what was known then.

Words (title, statement, requirements, owner) are as they are now; what was stated, decided and done is that of the day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from itsmcomply.evidence.kinds import VersionState
from itsmcomply.findings.dossiers import ActionFile, Bound, CauseFile, Dossier
from itsmcomply.hindsight import all_known, as_known

StateOf = Callable[[str, int], VersionState | None]
"""The state of a version (item key, number) on the day; None where the item is not known to whoever asks."""


def dossier_as_known(dossier: Dossier, cutoff: datetime, state_of: StateOf) -> Dossier | None:
    """The dossier as known before `cutoff`; None for a finding that was raised later."""
    finding = as_known(dossier.finding, cutoff)
    if finding is None:
        return None
    evidence = tuple(known for bound in dossier.evidence if (known := _bound(bound, cutoff, state_of)) is not None)
    verifications, closings = all_known(dossier.verifications, cutoff), all_known(dossier.closings, cutoff)
    values = {column.key: getattr(finding, column.key) for column in type(finding).__table__.columns}
    values["round"] = 1 + sum(not v.effective for v in verifications) + sum(c.reopened_at is not None for c in closings)
    return replace(
        dossier,
        finding=type(finding)(**values),
        grades=all_known(dossier.grades, cutoff),
        corrections=all_known(dossier.corrections, cutoff),
        extents=all_known(dossier.extents, cutoff),
        causes=tuple(CauseFile(c.row, c.lines) for c in dossier.causes if c.row.recorded_at < cutoff),
        actions=_actions(dossier, evidence, cutoff),
        plans=all_known(dossier.plans, cutoff),
        verifications=verifications,
        answers=all_known(dossier.answers, cutoff),
        closings=closings,
        withdrawal=as_known(dossier.withdrawal, cutoff) if dossier.withdrawal else None,
        evidence=evidence,
    )


def _actions(dossier: Dossier, evidence: tuple[Bound, ...], cutoff: datetime) -> tuple[ActionFile, ...]:
    return tuple(
        ActionFile(row, all_known(action.dues, cutoff), tuple(b for b in evidence if b.row.action_id == row.id))
        for action in dossier.actions
        if (row := as_known(action.row, cutoff)) is not None
    )


def _bound(bound: Bound, cutoff: datetime, state_of: StateOf) -> Bound | None:
    row = as_known(bound.row, cutoff)
    if row is None:
        return None
    return replace(bound, row=row, state=state_of(bound.item_key, bound.version) or bound.state)
