"""What may happen to an export. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from itsmcomply.errors import InvalidTransition
from itsmcomply.wording import N_, say


class ExportKind(StrEnum):
    WORKBOOK = "xlsx"
    REPORT = "docx"


class ExportState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


MOST_AT_ONCE = 2
"""Exports of one system that may run side by side; each takes a core."""
START_WITHIN = timedelta(minutes=1)
"""A child that has not said anything by then never started."""

TRANSITIONS: dict[ExportState, frozenset[ExportState]] = {
    ExportState.WAITING: frozenset({ExportState.RUNNING, ExportState.FAILED, ExportState.CANCELLED}),
    ExportState.RUNNING: frozenset({ExportState.DONE, ExportState.FAILED, ExportState.CANCELLED}),
    ExportState.DONE: frozenset(),
    ExportState.FAILED: frozenset(),
    ExportState.CANCELLED: frozenset(),
}


def is_active(state: ExportState) -> bool:
    """Whether it waits or runs."""
    return bool(TRANSITIONS[state])


def require_transition(current: ExportState, wanted: ExportState) -> None:
    """Raises InvalidTransition for a change of state that the table does not hold."""
    if wanted not in TRANSITIONS[current]:
        raise InvalidTransition(current, wanted, say(N_("This export is %(current)s already."), current=current))
