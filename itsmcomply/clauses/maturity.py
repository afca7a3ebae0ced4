"""Maturity models as frozen values: levels, what marks them, and the criteria the engine tests. Knows no evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from itsmcomply.clauses.model import FileShape
from itsmcomply.clauses.policy import Band


class Fact(StrEnum):
    """What a criterion can ask about a process on a day."""

    OWNER_ASSIGNED = "owner_assigned"
    DOCUMENTED = "documented"
    OPERATED = "operated"
    MEASURED = "measured"
    IMPROVED = "improved"
    MANDATED_DOCUMENTED = "mandated_documented"
    COVERAGE = "coverage"
    LOWEST_BAND = "lowest_band"
    AUDITED_DAYS_AGO = "audited_days_ago"
    MANAGEMENT_REVIEW_DAYS_AGO = "management_review_days_ago"
    OPEN_MAJOR = "open_major"
    OPEN_MINOR = "open_minor"
    OVERDUE_ACTIONS = "overdue_actions"
    KPIS_DEFINED = "kpis_defined"
    KPIS_MEASURED = "kpis_measured"
    KPIS_ON_TARGET = "kpis_on_target"
    KPIS_WORSENED = "kpis_worsened"
    IMPROVEMENTS_COMPLETED = "improvements_completed"


class Comparison(StrEnum):
    """Bands compare by their order; yes or no by equality only."""

    AT_LEAST = ">="
    ABOVE = ">"
    AT_MOST = "<="
    BELOW = "<"
    EQUAL = "="


Threshold: TypeAlias = bool | Fraction | Band


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition of a level. Where it does not apply to a process, it holds there.

    `processes` empty: all of them, less `except_`. Threshold: bool for owner_assigned, Band for lowest_band,
    else Fraction (shares in 0..1, days and numbers whole).
    """

    fact: Fact
    op: Comparison
    threshold: Threshold
    processes: tuple[str, ...]
    except_: tuple[str, ...]
    why: str

    def applies_to(self, process: str) -> bool:
        if self.processes:
            return process in self.processes
        return process not in self.except_


@dataclass(frozen=True, slots=True)
class EvidencedBy(FileShape):
    """What shows a characteristic or a carried-out recommendation. Questions give a claim only."""

    artefacts: tuple[str, ...] = ()
    kpis: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    questions: tuple[str, ...] = ()


class Reading(StrEnum):
    """Present: shown by the evidence being there. Absent: a weakness, seen in evidence missing or figures being bad."""

    PRESENT = "present"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Characteristic(FileShape):
    id: str
    text: str
    reading: Reading
    evidenced_by: EvidencedBy


class Place(StrEnum):
    """Where in the product a recommendation is carried out; the pages that exist link to it."""

    OVERVIEW = "overview"
    SYSTEM = "system"
    PROCESSES = "processes"
    PROCESS_PAGE = "process_page"
    CONTROLS = "controls"
    EVIDENCE = "evidence"
    MY_WORK = "my_work"
    CALENDAR = "calendar"
    NEXT_BEST_EVIDENCE = "next_best_evidence"
    ROADMAP = "roadmap"
    MATURITY = "maturity"
    TREND = "trend"
    SELF_ASSESSMENT = "self_assessment"
    BENCHMARK = "benchmark"
    KPIS = "kpis"
    TICKETS = "tickets"
    SLA_REGISTER = "sla_register"
    OBJECTIVES = "objectives"
    IMPROVEMENTS = "improvements"
    AUDIT_PROGRAMME = "audit_programme"
    FINDINGS = "findings"
    MANAGEMENT_REVIEW = "management_review"
    SCOPE_GUARDS = "scope_guards"
    CATALOGUE = "catalogue"
    PRACTICES = "practices"
    USERS = "users"
    EXPORTS = "exports"


@dataclass(frozen=True, slots=True)
class Recommendation(FileShape):
    id: str
    text: str
    place: Place
    evidenced_by: EvidencedBy


@dataclass(frozen=True, slots=True)
class MaturityLevel:
    level: int
    name: str
    description: str
    characteristics: tuple[Characteristic, ...]
    recommendations: tuple[Recommendation, ...]
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class MaturityModel:
    """Five levels, 1 to 5 in order; level 1 has no criteria. `digest`: SHA-256 (hex) of the canonical JSON."""

    key: str
    name: str
    version: str
    digest: str
    default: bool
    about: str
    levels: tuple[MaturityLevel, ...]

    def level(self, number: int) -> MaturityLevel:
        """The level 1..5."""
        return self.levels[number - 1]
