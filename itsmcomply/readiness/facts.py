"""Everything the engine may know about one management system, as frozen values. Knows no table, page or clock.

Moments (`*_at`) are aware UTC; days (`*_on`) are days in the system's time zone. A moment becomes a day in the zone in
force on the day that is evaluated. Facts may stand in any order; what was recorded after that day is ignored, so the
same facts answer for every day. Facts are never overwritten: entries are ended, versions withdrawn, decisions followed
by later ones. Source: `docs/derivation.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Generic, TypeVar

from itsmcomply.clauses.model import SubjectKind

T = TypeVar("T")


class VersionKind(StrEnum):
    """What a version carries. A statement answers good-practice artefacts only; nil says "has not occurred"."""

    FILE = "file"
    LINK = "link"
    STATEMENT = "statement"
    NIL = "nil"


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """A dated entry. In force on *d*: recorded by *d*, `from_on <= d` where given, and not ended by *d*.

    Of several in force at once the one recorded last counts.
    """

    value: T
    recorded_at: datetime
    from_on: date | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A decision on a version or a link; the latest one by the day stands (of two at one moment, the rejection).

    `opened`: the reviewer opened the bytes (None where there are none). `close_to_uploader`: for the assurance hint.
    """

    accepted: bool
    decided_at: datetime
    opened: bool | None = None
    close_to_uploader: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an item. `subjects` None: all of them; only read where the artefact has `per`.

    `seen_on`: for links, the day the target was seen (None: `effective_on`). `digest`: SHA-256 of the bytes, for hints.
    Periods only where the version records one.
    """

    number: int
    kind: VersionKind
    effective_on: date
    received_at: datetime
    reviews: tuple[Review, ...] = ()
    period_from: date | None = None
    period_to: date | None = None
    valid_until: date | None = None
    seen_on: date | None = None
    subjects: frozenset[str] | None = None
    withdrawn_at: datetime | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An item offered for a requirement, or for all that a control maps to (exactly one), standing for `artefact`.

    `subjects`, where given, narrows what the item's versions cover under that artefact.
    """

    artefact: str
    linked_at: datetime
    reviews: tuple[Review, ...] = ()
    requirement: str | None = None
    control: str | None = None
    subjects: frozenset[str] | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An evidence item filed under one artefact for good: refiling is a withdrawal here and a new item there."""

    key: str
    artefact: str
    versions: tuple[Version, ...]
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class ArtefactFacts:
    """All that can answer one artefact: items filed under it, and items linked to stand for it."""

    filed: tuple[Item, ...] = ()
    linked: tuple[tuple[Item, Link], ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """A service or other party. In force on *d*: recorded by *d*, `from_on <= d`, and not (ended by *d*, known by *d*).

    `ended_on` is the first day it no longer counts; None with `ended_at` set means the day of `ended_at`.
    """

    key: str
    kind: SubjectKind
    from_on: date
    recorded_at: datetime
    ended_on: date | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ControlMapping:
    """A control contributes to a requirement, from when to when."""

    control: str
    requirement: str
    recorded_at: datetime
    ended_at: datetime | None = None


class Grade(StrEnum):
    """How serious a finding is; keys of the catalogue's finding grades."""

    MAJOR = "major"
    MINOR = "minor"
    AREA_OF_CONCERN = "area_of_concern"
    OBSERVATION = "observation"
    OPPORTUNITY = "opportunity_for_improvement"
    STRENGTH = "strength"


@dataclass(frozen=True, slots=True)
class Closing:
    """A finding was closed, and perhaps opened again later."""

    closed_at: datetime
    reopened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """A corrective action. Overdue on *d*: its due day lies before *d* and it is neither completed nor ended by *d*."""

    key: str
    due: tuple[Dated[date], ...]
    recorded_at: datetime
    completed_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What an audit or a person found. Without requirements it counts for the process it names.

    `plans`: each entry is an accepted corrective action plan (value: its key), in force from its acceptance.
    """

    key: str
    opened_at: datetime
    grades: tuple[Dated[Grade], ...]
    requirements: tuple[str, ...] = ()
    process: str | None = None
    closings: tuple[Closing, ...] = ()
    plans: tuple[Dated[str], ...] = ()
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A concluded line of an audit's checklist: for a clause, a process, or both. `conclusion` as in the policy."""

    conclusion: str
    clause: str | None = None
    process: str | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """An internal audit. Counts once signed off; `planned_on` only for a day to come, for the scope it names."""

    key: str
    recorded_at: datetime
    planned_on: tuple[Dated[date], ...] = ()
    planned_clauses: tuple[str, ...] = ()
    planned_processes: tuple[str, ...] = ()
    signed_off_at: datetime | None = None
    rows: tuple[AuditRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ManagementReview:
    """A management review: planned for a day, held on a day that was recorded at a moment."""

    key: str
    recorded_at: datetime
    planned_on: tuple[Dated[date], ...] = ()
    held_on: date | None = None
    held_recorded_at: datetime | None = None


class KpiFrequency(StrEnum):
    """How often a KPI is measured; values of the catalogue."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half-yearly"
    YEARLY = "yearly"


@dataclass(frozen=True, slots=True)
class KpiValue:
    """A measured value for the calendar period that contains `period_on`."""

    period_on: date
    value: Fraction


@dataclass(frozen=True, slots=True)
class Kpi:
    """A KPI of a process, in force from `from_on` (recorded at `recorded_at`) until ended.

    A target is met by a value at least as high where higher is better, else at most as high.
    """

    key: str
    process: str
    higher_is_better: bool
    frequency: KpiFrequency
    from_on: date
    recorded_at: datetime
    ended_at: datetime | None = None
    targets: tuple[Dated[Fraction], ...] = ()
    values: tuple[Dated[KpiValue], ...] = ()


@dataclass(frozen=True, slots=True)
class Improvement:
    """An improvement for processes; completed when its effect was evaluated."""

    key: str
    processes: tuple[str, ...]
    effect_evaluated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """Everything but evidence. Empty tuples mean: not recorded.

    `zones`: IANA names; UTC where none is in force. `declared_lists`: the subject lists said to be complete. `scope`:
    certification scope recorded (value: its text). `own_intervals`, `owners`: by artefact and by process.
    """

    slug: str
    zones: tuple[Dated[str], ...] = ()
    operating_since: tuple[Dated[date], ...] = ()
    own_intervals: Mapping[str, tuple[Dated[int], ...]] = field(default_factory=dict)
    owners: Mapping[str, tuple[Dated[str], ...]] = field(default_factory=dict)
    subjects: tuple[Subject, ...] = ()
    declared_lists: Mapping[SubjectKind, tuple[Dated[None], ...]] = field(default_factory=dict)
    scope: tuple[Dated[str], ...] = ()
    stage_2_on: tuple[Dated[date], ...] = ()
    certified_on: tuple[Dated[date], ...] = ()
    audit_window_reason: tuple[Dated[str], ...] = ()
    control_mappings: tuple[ControlMapping, ...] = ()
    findings: tuple[Finding, ...] = ()
    audits: tuple[Audit, ...] = ()
    audit_programmes: tuple[Dated[str], ...] = ()
    management_reviews: tuple[ManagementReview, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    improvements: tuple[Improvement, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """One system's facts. `artefacts` holds, by artefact key, only those with something filed or linked."""

    system: SystemFacts
    artefacts: Mapping[str, ArtefactFacts] = field(default_factory=dict)


def by_artefact(items: Iterable[Item]) -> dict[str, ArtefactFacts]:
    """Group items by what they may answer: the artefact they are filed under and those their links name."""
    filed: dict[str, list[Item]] = {}
    linked: dict[str, list[tuple[Item, Link]]] = {}
    for item in items:
        filed.setdefault(item.artefact, []).append(item)
        for link in item.links:
            linked.setdefault(link.artefact, []).append((item, link))
    return {
        key: ArtefactFacts(tuple(filed.get(key, ())), tuple(linked.get(key, ())))
        for key in filed.keys() | linked.keys()
    }
