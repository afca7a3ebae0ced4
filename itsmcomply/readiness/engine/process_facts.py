"""The facts about a process that maturity criteria ask for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from itsmcomply.clauses.maturity import Fact
from itsmcomply.clauses.model import Facet
from itsmcomply.readiness.engine.audits import days_ago
from itsmcomply.readiness.engine.kpis import KpiOnDay
from itsmcomply.readiness.engine.requirements import mean, weighted
from itsmcomply.readiness.engine.situation import Situation
from itsmcomply.readiness.facts import Grade, Improvement
from itsmcomply.readiness.results import ExpectationResult, FactValue, ProcessFacts, RequirementResult

FACETS = {
    Fact.DOCUMENTED: Facet.DOCUMENTED,
    Fact.OPERATED: Facet.OPERATED,
    Fact.MEASURED: Facet.MEASURED,
    Fact.IMPROVED: Facet.IMPROVED,
}


def facts_of(process: str, around: Situation) -> ProcessFacts:
    """All facts of one process. Source: `docs/derivation.md`, facts of a process."""
    own = around.by_process[process]
    coverage = mean([requirement.coverage for requirement in own])
    values: dict[Fact, FactValue] = {Fact.OWNER_ASSIGNED: process in around.owned, Fact.COVERAGE: coverage}
    substituted = set()
    for fact, facet in FACETS.items():
        share = facet_coverage(own, facet, around)
        if share is None:
            substituted.add(fact)
        values[fact] = coverage if share is None else share
    values[Fact.MANDATED_DOCUMENTED] = _mandated_documented(process, around)
    values[Fact.LOWEST_BAND] = min((r.band for r in own), key=lambda band: band.rank, default=None)
    values |= _checks(process, around) | _findings(process, around) | _kpis(kpis_of(process, around))
    values[Fact.IMPROVEMENTS_COMPLETED] = _improvements(process, around)
    return ProcessFacts({fact: values[fact] for fact in Fact}, frozenset(substituted))


def facet_pairs(
    own: Iterable[RequirementResult], facet: Facet, around: Situation
) -> Iterable[tuple[RequirementResult, ExpectationResult, Fraction]]:
    """Expectations of one facet with the coverage that counts there.

    A requirement for which the standard asks no document gives its own coverage to each of its expectations.
    """
    for requirement in own:
        for expected in requirement.expectations:
            if around.catalogue.artefacts[expected.artefact].facet is facet:
                yield requirement, expected, requirement.coverage if requirement.any_item_meets else expected.coverage


def facet_coverage(own: Iterable[RequirementResult], facet: Facet, around: Situation) -> Fraction | None:
    return weighted([(expected.weight, share) for _, expected, share in facet_pairs(own, facet, around)])


def mandated_documents(process: str, around: Situation) -> tuple[str, ...]:
    """Keys of the mandated documents whose home is the process."""
    return tuple(
        a.key
        for a in around.catalogue.artefacts.values()
        if a.mandated and a.facet is Facet.DOCUMENTED and a.home_process == process
    )


def _mandated_documented(process: str, around: Situation) -> Fraction:
    share = mean([around.steps[key].filed.coverage for key in mandated_documents(process, around)])
    return Fraction(1) if share is None else share


def _checks(process: str, around: Situation) -> dict[Fact, FactValue]:
    audited = (audit.on for audit in around.audits if process in audit.processes)
    return {
        Fact.AUDITED_DAYS_AGO: days_ago(audited, around.now),
        Fact.MANAGEMENT_REVIEW_DAYS_AGO: days_ago(around.reviews, around.now),
    }


def _findings(process: str, around: Situation) -> dict[Fact, FactValue]:
    own = [finding for finding in around.findings if process in finding.processes]
    return {
        Fact.OPEN_MAJOR: sum(f.is_open and f.grade is Grade.MAJOR for f in own),
        Fact.OPEN_MINOR: sum(f.is_open and f.grade is Grade.MINOR for f in own),
        Fact.OVERDUE_ACTIONS: sum(len(f.overdue) for f in own),
    }


def kpis_of(process: str, around: Situation) -> tuple[KpiOnDay, ...]:
    return tuple(kpi for kpi in around.kpis if kpi.process == process)


def _kpis(own: Sequence[KpiOnDay]) -> dict[Fact, FactValue]:
    due = sum(kpi.is_due for kpi in own)
    measured = sum(kpi.measured for kpi in own)
    return {
        Fact.KPIS_DEFINED: len(own),
        Fact.KPIS_MEASURED: Fraction(measured, due) if due else None,
        Fact.KPIS_ON_TARGET: Fraction(sum(kpi.on_target for kpi in own), measured) if measured else None,
        Fact.KPIS_WORSENED: sum(kpi.worsened for kpi in own),
    }


def _improvements(process: str, around: Situation) -> int:
    return sum(_is_recent(one, around) for one in around.system.improvements if process in one.processes)


def _is_recent(improvement: Improvement, around: Situation) -> bool:
    """Whether its effect was evaluated within the window."""
    moment, now = improvement.effect_evaluated_at, around.now
    if moment is None or not now.knows(moment):
        return False
    return (now.day - now.day_of(moment)).days <= around.policy.kpis.improvements_window_days
