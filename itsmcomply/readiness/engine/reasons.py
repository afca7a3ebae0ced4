"""What stands between a process and an unmet criterion, so that satisfying exactly that meets it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from itsmcomply.clauses.maturity import Criterion, Fact
from itsmcomply.clauses.policy import Band
from itsmcomply.readiness.engine.kpis import KpiOnDay
from itsmcomply.readiness.engine.process_facts import FACETS, facet_pairs, kpis_of, mandated_documents
from itsmcomply.readiness.engine.situation import Situation
from itsmcomply.readiness.facts import Grade
from itsmcomply.readiness.results import ProcessFacts, Reason, ReasonKind, RequirementResult


def reasons_for(criterion: Criterion, process: str, facts: ProcessFacts, around: Situation) -> tuple[Reason, ...]:
    """Reasons for an unmet criterion, each once, in catalogue order; OTHER where no single act satisfies it."""
    found = tuple(dict.fromkeys(_found(criterion, process, facts, around)))
    return found or (Reason(ReasonKind.OTHER, criterion.fact.value),)


def _found(  # noqa: C901, PLR0912 - one case per fact, closed so that the type checker reports a new one
    criterion: Criterion, process: str, facts: ProcessFacts, around: Situation
) -> Iterable[Reason]:
    own = around.by_process[process]
    match criterion.fact:
        case Fact.OWNER_ASSIGNED:
            return [Reason(ReasonKind.OWNER, process)]
        case Fact.DOCUMENTED | Fact.OPERATED | Fact.MEASURED | Fact.IMPROVED:
            return _coverage(own) if criterion.fact in facts.substituted else _facet(criterion.fact, process, around)
        case Fact.COVERAGE:
            return _coverage(own)
        case Fact.LOWEST_BAND:
            return _coverage(r for r in own if not _reaches(r, criterion))
        case Fact.MANDATED_DOCUMENTED:
            return _mandated(process, around)
        case Fact.AUDITED_DAYS_AGO:
            return [Reason(ReasonKind.AUDIT, process)]
        case Fact.MANAGEMENT_REVIEW_DAYS_AGO:
            return [Reason(ReasonKind.MANAGEMENT_REVIEW, "")]
        case Fact.OPEN_MAJOR:
            return _open(Grade.MAJOR, process, around)
        case Fact.OPEN_MINOR:
            return _open(Grade.MINOR, process, around)
        case Fact.OVERDUE_ACTIONS:
            return _overdue(process, around)
        case Fact.KPIS_MEASURED:
            return _each_kpi(process, around, ReasonKind.KPI_VALUE, lambda kpi: kpi.measured)
        case Fact.KPIS_ON_TARGET:
            return _each_kpi(process, around, ReasonKind.KPI_TARGET, lambda kpi: kpi.on_target)
        case Fact.KPIS_WORSENED:
            return [Reason(ReasonKind.KPI_TREND, kpi.key) for kpi in kpis_of(process, around) if kpi.worsened]
        case Fact.KPIS_DEFINED:
            return _more(ReasonKind.KPI_DEFINE, criterion, process, facts)
        case Fact.IMPROVEMENTS_COMPLETED:
            return _more(ReasonKind.IMPROVEMENT, criterion, process, facts)


def _facet(fact: Fact, process: str, around: Situation) -> Iterable[Reason]:
    for requirement, expected, share in facet_pairs(around.by_process[process], FACETS[fact], around):
        if share == 1:
            continue
        if requirement.any_item_meets:
            yield from _requirement(requirement)
        else:
            yield Reason(ReasonKind.EXPECTATION, f"{requirement.id}/{expected.artefact}")


def _coverage(requirements: Iterable[RequirementResult]) -> Iterable[Reason]:
    for requirement in requirements:
        yield from _requirement(requirement)


def _reaches(requirement: RequirementResult, criterion: Criterion) -> bool:
    return isinstance(criterion.threshold, Band) and requirement.band.rank >= criterion.threshold.rank


def _requirement(requirement: RequirementResult) -> Iterable[Reason]:
    """What brings one requirement to full coverage."""
    for finding in requirement.capped_by:
        yield Reason(ReasonKind.FINDING, finding)
    if requirement.uncapped == 1:
        return
    if requirement.any_item_meets:
        yield Reason(ReasonKind.ANY_EXPECTATION, requirement.id)
        return
    for expected in requirement.expectations:
        if expected.coverage < 1:
            yield Reason(ReasonKind.EXPECTATION, f"{requirement.id}/{expected.artefact}")


def _mandated(process: str, around: Situation) -> Iterable[Reason]:
    for key in mandated_documents(process, around):
        if around.steps[key].filed.coverage < 1:
            yield Reason(ReasonKind.ARTEFACT, key)


def _open(grade: Grade, process: str, around: Situation) -> Iterable[Reason]:
    for finding in around.findings:
        if finding.is_open and finding.grade is grade and process in finding.processes:
            yield Reason(ReasonKind.FINDING, finding.key)


def _overdue(process: str, around: Situation) -> Iterable[Reason]:
    for finding in around.findings:
        if process in finding.processes:
            yield from (Reason(ReasonKind.ACTION, action) for action in finding.overdue)


def _more(kind: ReasonKind, criterion: Criterion, process: str, facts: ProcessFacts) -> Iterable[Reason]:
    """How many more are wanted."""
    wanted, have = criterion.threshold, facts[criterion.fact]
    if isinstance(wanted, Fraction) and isinstance(have, int):
        yield Reason(kind, process, max(1, -((have - wanted) // 1)))


def _each_kpi(process: str, around: Situation, kind: ReasonKind, holds: Callable[[KpiOnDay], bool]) -> Iterable[Reason]:
    """The due KPIs for which it does not hold; without any, what makes one due."""
    own = kpis_of(process, around)
    due = [kpi for kpi in own if kpi.is_due]
    if due:
        return [Reason(kind, kpi.key) for kpi in due if not holds(kpi)]
    if own:
        return [Reason(ReasonKind.KPI_NOT_DUE, kpi.key) for kpi in own]
    return [Reason(ReasonKind.KPI_DEFINE, process)]
