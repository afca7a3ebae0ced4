"""Maturity level of each process by a model's criteria, and of the system as its lowest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from itsmcomply.clauses.maturity import Comparison, Criterion, MaturityModel, Threshold
from itsmcomply.clauses.policy import Band
from itsmcomply.readiness.engine.process_facts import facts_of
from itsmcomply.readiness.engine.reasons import reasons_for
from itsmcomply.readiness.engine.requirements import mean
from itsmcomply.readiness.engine.situation import Situation
from itsmcomply.readiness.results import CriterionResult, FactValue, ProcessFacts, ProcessResult

HIGHEST = 5


def process_results(model: MaturityModel, around: Situation) -> dict[str, ProcessResult]:
    """Every process in catalogue order."""
    return {key: _process(key, model, around) for key in around.catalogue.processes}


def _process(process: str, model: MaturityModel, around: Situation) -> ProcessResult:
    facts = facts_of(process, around)
    criteria = tuple(
        _criterion(level.level, criterion, process, facts, around)
        for level in model.levels
        for criterion in level.criteria
        if criterion.applies_to(process)
    )
    level = level_of(criteria)
    coverage = mean([requirement.coverage for requirement in around.by_process[process]])
    return ProcessResult(
        key=process,
        level=level,
        index=level + _share_of(criteria, level + 1),
        coverage=coverage,
        band=None if coverage is None else around.policy.bands.band(coverage),
        facts=facts,
        criteria=criteria,
    )


def _criterion(
    level: int, criterion: Criterion, process: str, facts: ProcessFacts, around: Situation
) -> CriterionResult:
    actual = facts[criterion.fact]
    met = holds(actual, criterion.op, criterion.threshold)
    reasons = () if met else reasons_for(criterion, process, facts, around)
    return CriterionResult(level, criterion.fact, criterion.op, criterion.threshold, actual, met, reasons)


def holds(actual: FactValue, op: Comparison, threshold: Threshold) -> bool:
    """Whether the comparison holds; what is unknown holds nowhere. Bands compare by their order."""
    if actual is None:
        return False
    left, right = _number(actual), _number(threshold)
    match op:
        case Comparison.AT_LEAST:
            return left >= right
        case Comparison.ABOVE:
            return left > right
        case Comparison.AT_MOST:
            return left <= right
        case Comparison.BELOW:
            return left < right
        case Comparison.EQUAL:
            return left == right


def _number(value: bool | int | Fraction | Band) -> Fraction:  # noqa: FBT001 - yes and no compare as 1 and 0
    return Fraction(value.rank if isinstance(value, Band) else value)


def level_of(criteria: Iterable[CriterionResult]) -> int:
    """The highest level whose criteria and those of every level below it all hold."""
    return min((criterion.level for criterion in criteria if not criterion.met), default=HIGHEST + 1) - 1


def _share_of(criteria: Sequence[CriterionResult], level: int) -> Fraction:
    """Share of the level's criteria that are met; 0 beyond the highest."""
    wanted = [criterion.met for criterion in criteria if criterion.level == level]
    return Fraction(sum(wanted), len(wanted)) if wanted else Fraction(0)
