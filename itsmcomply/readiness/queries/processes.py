"""Processes: why this level, and what gives the next?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.clauses.model import Artefact, Clause, Kpi, Process
from itsmcomply.clauses.policy import Band
from itsmcomply.controls.models import Control, ControlStatus
from itsmcomply.errors import NotFound
from itsmcomply.readiness.phrases import Phrase, counted, phrase
from itsmcomply.readiness.queries.artefacts import ArtefactLine, artefact_lines
from itsmcomply.readiness.queries.clauses import ControlLine, counts_of
from itsmcomply.readiness.queries.criteria import CriterionView, criteria_of
from itsmcomply.readiness.queries.overview import Outlook, ProcessRow, outlook_of, process_rows
from itsmcomply.readiness.queries.view import View
from itsmcomply.readiness.results import ProcessResult, RequirementResult
from itsmcomply.wording import N_

HIGHEST = 5


@dataclass(frozen=True, slots=True)
class LevelView:
    """A level with its criteria; `met` of them hold. `reached`: it and all below hold."""

    level: int
    name: str
    criteria: tuple[CriterionView, ...]
    reached: bool

    @property
    def met(self) -> int:
        return sum(criterion.met for criterion in self.criteria)


@dataclass(frozen=True, slots=True)
class ProcessView:
    """One process. `levels`: the next one first (the own one on the highest), then those above, then the own one.

    `other_artefacts`: expected by its requirements but kept by another process.
    """

    process: Process
    result: ProcessResult
    level_name: str
    heading: Phrase
    owner: str
    clauses: tuple[Clause, ...]
    counts: Mapping[Band, int]
    weakest: RequirementResult | None
    levels: tuple[LevelView, ...]
    outlook: Outlook | None
    artefacts: tuple[ArtefactLine, ...]
    other_artefacts: tuple[Artefact, ...]
    controls: tuple[ControlLine, ...]
    kpis: tuple[Kpi, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    name: str
    rows: tuple[ProcessRow, ...]


def process_groups(view: View) -> tuple[GroupView, ...]:
    """All processes in catalogue order, by group."""
    rows = {row.key: row for row in process_rows(view)}
    return tuple(
        GroupView(group.name, tuple(rows[p.key] for p in view.catalogue.processes.values() if p.group == group.key))
        for group in view.catalogue.groups.values()
    )


def process_view(session: Session, view: View, system_id: int, key: str) -> ProcessView:
    """One process on the day. One query, for its controls. Raises NotFound."""
    process = view.catalogue.processes.get(key)
    if process is None:
        raise NotFound("process", key)
    result = view.result.processes[key]
    own = [r for r in view.result.requirements.values() if r.process == key]
    home = [a for a in view.catalogue.artefacts.values() if a.home_process == key and a.used_by]
    return ProcessView(
        process=process,
        result=result,
        level_name=view.model.level(result.level).name,
        heading=_heading(process, result),
        owner=view.process_owner(key),
        clauses=tuple(c for c in view.catalogue.clauses.values() if c.process == key and c.requirements),
        counts=counts_of(view, (r.id for r in own)),
        weakest=min(own, key=lambda r: r.coverage, default=None),
        levels=tuple(_levels(view, result)),
        outlook=outlook_of(view),
        artefacts=artefact_lines(view, home),
        other_artefacts=tuple(_others(view, own)),
        controls=_controls(session, system_id, key),
        kpis=tuple(kpi for kpi in view.catalogue.kpis.values() if kpi.process == key),
    )


def _others(view: View, own: Iterable[RequirementResult]) -> Iterable[Artefact]:
    expected = {e.artefact for r in own for e in r.expectations}
    process = {r.process for r in own}
    return (a for a in view.catalogue.artefacts.values() if a.key in expected and a.home_process not in process)


def _heading(process: Process, result: ProcessResult) -> Phrase:
    if result.level == HIGHEST:
        return phrase(N_("%(process)s: level 5, the highest"), process=process.name)
    steps = sum(not c.met for c in result.criteria if c.level == result.level + 1)
    return counted(
        "%(process)s: level %(level)s, one step from level %(next)s",
        "%(process)s: level %(level)s, %(num)s steps from level %(next)s",
        steps,
        process=process.name,
        level=result.level,
        next=result.level + 1,
    )


def _levels(view: View, result: ProcessResult) -> Iterable[LevelView]:
    above = range(result.level + 1, HIGHEST + 1)
    own = [result.level] if result.level > 1 else []
    for level in (*above, *own):
        criteria = criteria_of(view, result, level)
        yield LevelView(level, view.model.level(level).name, criteria, level <= result.level)


def _controls(session: Session, system_id: int, process: str) -> tuple[ControlLine, ...]:
    rows = session.execute(
        select(Control.ref, Control.title, Control.status)
        .where(Control.system_id == system_id, Control.process == process, Control.status != ControlStatus.RETIRED)
        .order_by(Control.ref)
    )
    return tuple(ControlLine(row.ref, row.title, row.status.value) for row in rows)
