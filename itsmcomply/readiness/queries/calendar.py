"""The calendar of recurring evidence: which month is missing?"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from itsmcomply.clauses.model import Artefact
from itsmcomply.readiness.queries.strips import Strip, strips
from itsmcomply.readiness.queries.view import View
from itsmcomply.readiness.results import State


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One recurring artefact; a strip for each subject where it is asked for each. `undeclared`: its list is."""

    artefact: Artefact
    owner: str
    state: State
    coverage: Fraction
    strips: tuple[Strip, ...]
    undeclared: bool


@dataclass(frozen=True, slots=True)
class CalendarGroup:
    """The recurring artefacts of one process."""

    process: str
    name: str
    rows: tuple[CalendarRow, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """`missing`: periods not covered, over all rows. `begun`: whether the day it operates since is recorded."""

    groups: tuple[CalendarGroup, ...]
    missing: int
    total: int
    begun: bool


def calendar(view: View) -> Calendar:
    """Every recurring artefact by process, in catalogue order."""
    groups: list[CalendarGroup] = []
    for process in view.catalogue.processes.values():
        own = (a for a in view.catalogue.artefacts.values() if a.home_process == process.key and a.every)
        rows = tuple(_row(view, artefact) for artefact in own)
        if rows:
            groups.append(CalendarGroup(process.key, process.name, rows))
    found = [strip for group in groups for row in group.rows for strip in row.strips]
    total = sum(strip.total for strip in found)
    return Calendar(
        groups=tuple(groups),
        missing=total - sum(strip.met for strip in found),
        total=total,
        begun=bool(view.snapshot.loaded.facts.system.operating_since),
    )


def _row(view: View, artefact: Artefact) -> CalendarRow:
    outcome = view.result.artefacts[artefact.key].outcome
    return CalendarRow(
        artefact=artefact,
        owner=view.artefact_owner(artefact),
        state=outcome.state,
        coverage=outcome.coverage,
        strips=strips(view, artefact, outcome),
        undeclared=not outcome.list_declared,
    )
