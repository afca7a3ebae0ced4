"""The catalogue of ISO/IEC 20000-1:2018 as frozen values. Knows no file format, database or page."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Literal, TypeAlias


class FileShape:
    """Marks values that stand in a file exactly as they are here; the schema refuses any other key for them."""

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


ArtefactType: TypeAlias = Literal[
    "policy",
    "plan",
    "procedure",
    "register",
    "record",
    "report",
    "minutes",
    "agreement",
    "log",
    "screenshot",
    "metric",
]
RequirementKind: TypeAlias = Literal["document", "record", "activity", "measurement"]
KpiDirection: TypeAlias = Literal["higher_is_better", "lower_is_better"]
KpiFrequency: TypeAlias = Literal["monthly", "quarterly", "half-yearly", "yearly"]
ControlKind: TypeAlias = Literal["preventive", "detective", "corrective"]
ControlFrequency: TypeAlias = Literal[
    "continuous", "per event", "daily", "weekly", "monthly", "quarterly", "half-yearly", "yearly"
]
Stage: TypeAlias = Literal["stage_1", "stage_2"]
ReviewSource: TypeAlias = Literal["review_actions", "findings", "audits", "opportunities", "readiness", "measurements"]
ContentCheck: TypeAlias = Literal["compared_fully", "compared_partly", "expert_knowledge"]


class Basis(StrEnum):
    """Why an artefact is expected (`derivation.md` 1): explicit means the standard itself demands it.

    Examined: no requirement expects it; it is kept because an audit looked at it, and raises no result.
    """

    EXPLICIT = "explicit"
    IMPLIED = "implied"
    GOOD_PRACTICE = "good_practice"
    EXAMINED = "examined"


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
    type: ArtefactType
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
    kind: RequirementKind
    source: str
    points: tuple[str, ...]
    audit_questions: tuple[str, ...]
    planned_interval: bool
    default_interval_days: int | None
    note: str | None
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered clause. `title` None: numbered without a title, then `label` is ours (`untitled`).

    `checked`: how the content was compared with public commentary. `mappings` by framework, in file order.
    `requirements` and `children` in catalogue order; `auditable`: it carries requirements itself.
    """

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
    label_nl: str = ""
    checked: ContentCheck | None = None
    children: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProcessGroup(FileShape):
    """Processes shown together in navigation and radar. The key names the clauses: "8.1-8.2"."""

    key: str
    name: str
    name_nl: str


@dataclass(frozen=True, slots=True)
class Process(FileShape):
    """A process of the SMS. `group` is the key of its ProcessGroup."""

    key: str
    name: str
    name_nl: str
    group: str


@dataclass(frozen=True, slots=True)
class Kpi(FileShape):
    id: str
    process: str
    clause: str
    name: str
    unit: str
    formula: str
    direction: KpiDirection
    typical_target: str
    frequency: KpiFrequency


@dataclass(frozen=True, slots=True)
class CommonNonconformity(FileShape):
    clause: str
    finding: str
    usual_grade: str
    preventive_check: str


@dataclass(frozen=True, slots=True)
class FindingGrade(FileShape):
    grade: str
    meaning: str
    certification_effect: str
    typical_plan_days: int | None = None
    typical_closure_days: int | None = None
    hard_limit: str | None = None


@dataclass(frozen=True, slots=True)
class StarterControl(FileShape):
    ref: str
    title: str
    description: str
    process: str
    kind: ControlKind
    frequency: ControlFrequency
    requirements: tuple[str, ...]
    artefacts: tuple[str, ...]
    test: str


@dataclass(frozen=True, slots=True)
class StageCheck(FileShape):
    """What auditors look for at a stage; a checklist a person ticks, never part of the verdict."""

    id: str
    stage: Stage
    check: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewInput(FileShape):
    """One input of a management review (clause 9.3), in the order of the agenda.

    `points`: those of the requirement that it answers. `sources` fill it from what is recorded here; `artefacts` name
    the evidence that is listed beside it.
    """

    key: str
    name: str
    ask: str
    requirement: str
    points: tuple[str, ...]
    sources: tuple[ReviewSource, ...]
    artefacts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CertificationCycle(FileShape):
    """The life of a certificate: `years` from the event `starts`, its stages in order, the rules between them."""

    years: int
    starts: str
    stages: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FacetException(FileShape):
    """A process whose requirements expect no artefact of this facet, on purpose."""

    process: str
    facet: Facet
    reason: str


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
    groups: dict[str, ProcessGroup] = field(default_factory=dict)
    cycle: CertificationCycle | None = None
    exceptions: tuple[FacetException, ...] = ()
    review_inputs: tuple[ReviewInput, ...] = ()
    edition: str = ""
    amendment: str = ""
    copyright_note: str = ""
