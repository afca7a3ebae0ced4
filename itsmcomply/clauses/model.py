"""The catalogue of ISO/IEC 20000-1:2018 as frozen values. Knows no file format, database or page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """Why an artefact is expected (`derivation.md` 1): explicit means the standard itself demands it."""

    EXPLICIT = "explicit"
    IMPLIED = "implied"
    GOOD_PRACTICE = "good_practice"


class Facet(StrEnum):
    """Which side of a process an artefact shows."""

    DOCUMENTED = "documented"
    OPERATED = "operated"
    MEASURED = "measured"
    IMPROVED = "improved"


class Period(StrEnum):
    """Calendar periods of a recurring artefact."""

    MONTH = "month"
    QUARTER = "quarter"


class SubjectKind(StrEnum):
    """The lists that artefacts marked `per` are counted against."""

    SERVICE = "service"
    EXTERNAL_SUPPLIER = "external_supplier"
    INTERNAL_SUPPLIER = "internal_supplier"
    CUSTOMER = "customer"


class ExpectationRole(StrEnum):
    """How strongly a requirement asks for an artefact."""

    DEMANDED = "demanded"
    PRIMARY = "primary"
    SUPPORTING = "supporting"


@dataclass(frozen=True, slots=True)
class Expectation:
    requirement: str
    artefact: str
    role: ExpectationRole


@dataclass(frozen=True, slots=True)
class Artefact:
    """One kind of documented information. `freshness_days` None: good until replaced."""

    key: str
    name: str
    name_nl: str
    type: str
    basis: Basis
    facet: Facet
    mandated_by: str | None
    implied_by: str | None
    freshness_days: int | None
    every: Period | None
    event_driven: bool
    per: SubjectKind | None
    home_process: str
    good: tuple[str, ...]
    file_names: tuple[str, ...]
    keywords: tuple[str, ...]
    file_names_nl: tuple[str, ...]
    keywords_nl: tuple[str, ...]
    used_by: tuple[str, ...]

    @property
    def mandated(self) -> bool:
        return self.basis is Basis.EXPLICIT


@dataclass(frozen=True, slots=True)
class Requirement:
    """One auditable obligation, in our own words. Expectations stand in catalogue order."""

    id: str
    clause: str
    process: str
    text: str
    kind: str
    source: str
    points: tuple[str, ...]
    audit_questions: tuple[str, ...]
    planned_interval: bool
    default_interval_days: int | None
    note: str | None
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    number: str
    title: str | None
    label: str
    untitled: bool
    parent: str | None
    level: int
    auditable: bool
    process: str
    purpose: str | None
    note: str | None
    related: tuple[str, ...]
    mappings: tuple[tuple[str, tuple[str, ...]], ...]
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Process:
    """A process of the SMS. `group` is the clause group shown in navigation and radar."""

    key: str
    name: str
    name_nl: str
    group: str


@dataclass(frozen=True, slots=True)
class Kpi:
    id: str
    process: str
    clause: str
    name: str
    unit: str
    formula: str
    direction: str
    typical_target: str
    frequency: str


@dataclass(frozen=True, slots=True)
class CommonNonconformity:
    clause: str
    finding: str
    usual_grade: str
    preventive_check: str


@dataclass(frozen=True, slots=True)
class FindingGrade:
    grade: str
    meaning: str
    certification_effect: str
    typical_plan_days: int | None
    typical_closure_days: int | None
    hard_limit: str | None


@dataclass(frozen=True, slots=True)
class StarterControl:
    ref: str
    title: str
    description: str
    process: str
    kind: str
    frequency: str
    requirements: tuple[str, ...]
    artefacts: tuple[str, ...]
    test: str


@dataclass(frozen=True, slots=True)
class StageCheck:
    """What auditors look for at a stage; a checklist a person ticks, never part of the verdict."""

    id: str
    stage: str
    check: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything the standard contributes, in catalogue order (order of the clauses).

    `digest` is the SHA-256 (hex) of the canonical JSON of all content; results name it.
    """

    standard: str
    version: str
    digest: str
    clauses: dict[str, Clause]
    requirements: dict[str, Requirement]
    artefacts: dict[str, Artefact]
    processes: dict[str, Process]
    kpis: dict[str, Kpi]
    controls: dict[str, StarterControl]
    common_nonconformities: tuple[CommonNonconformity, ...]
    finding_grades: tuple[FindingGrade, ...]
    stage_checks: tuple[StageCheck, ...]
