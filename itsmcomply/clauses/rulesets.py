"""Do the numbers of policy and maturity models make sense in themselves? Pure: parsed files in, problems out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from itsmcomply.clauses.maturity import Comparison, Fact
from itsmcomply.clauses.policy import Band
from itsmcomply.clauses.problems import Problem
from itsmcomply.clauses.schema import CriterionEntry, MaturityFile, PolicyFile
from itsmcomply.clauses.sources import POLICY

_SHARES = {
    Fact.DOCUMENTED,
    Fact.OPERATED,
    Fact.MEASURED,
    Fact.IMPROVED,
    Fact.MANDATED_DOCUMENTED,
    Fact.COVERAGE,
    Fact.KPIS_MEASURED,
    Fact.KPIS_ON_TARGET,
}


def policy_problems(policy: PolicyFile) -> list[Problem]:
    """Weights and shares out of range, cuts and caps out of order, days below zero."""
    return [Problem(POLICY, key, what) for key, what in _policy_faults(policy)]


def _policy_faults(policy: PolicyFile) -> Iterator[tuple[str, str]]:
    for name in ("demanded", "primary", "supporting", "good_practice"):
        if getattr(policy.weights, name) <= 0:
            yield f"weights.{name}", "must be above 0"
    cuts = (policy.bands.partly, policy.bands.largely, policy.bands.fully)
    if not 0 < cuts[0] < cuts[1] < cuts[2] < 1:
        yield "bands", "the cuts must rise between 0 and 1: partly, largely, fully"
    if not 0 <= policy.caps.major <= policy.caps.minor <= 1:
        yield "caps", "major must not be above minor, both between 0 and 1"
    if not policy.bands.fully < policy.caps.floor_without_good_practice <= 1:
        yield "caps.floor_without_good_practice", "must lie above bands.fully and at most at 1"
    for name in ("expected_share", "covered_share"):
        if not 0 < getattr(policy.recurrence, name) <= 1:
            yield f"recurrence.{name}", "must lie above 0 and at most at 1"
    for name in ("month", "quarter"):
        rule = getattr(policy.recurrence, name)
        if not 1 <= rule.gate_last <= rule.expected:
            yield f"recurrence.{name}.gate_last", "must be at least 1 and not more than expected"
    yield from _negative_days(policy)


def _negative_days(policy: PolicyFile) -> Iterator[tuple[str, str]]:
    for part in ("freshness", "kpis", "gates", "planning"):
        values = getattr(policy, part)
        for name in values.__dataclass_fields__:
            value = getattr(values, name)
            if isinstance(value, int) and value < 0:
                yield f"{part}.{name}", "must not be below 0"


def model_problems(models: Mapping[str, MaturityFile]) -> list[Problem]:
    """Levels out of order, criteria that do not fit their fact, equal keys, none or several defaults."""
    problems = [problem for file, entry in models.items() for problem in _level_problems(file, entry)]
    keys: dict[str, str] = {}
    for file, entry in models.items():
        if entry.key in keys:
            problems.append(Problem(file, "key", f"the model {entry.key} stands already in {keys[entry.key]}"))
        keys.setdefault(entry.key, file)
    defaults = [file for file, entry in models.items() if entry.default]
    if len(defaults) != 1:
        named = ", ".join(defaults) or "none"
        problems.append(Problem("maturity/", "default", f"exactly one model must be the default, here: {named}"))
    return problems


def _level_problems(file: str, entry: MaturityFile) -> Iterator[Problem]:
    numbers = [level.level for level in entry.levels]
    if numbers != [1, 2, 3, 4, 5]:
        yield Problem(file, "levels", f"must be 1 to 5 in order, not {', '.join(map(str, numbers))}")
    for level in entry.levels:
        key = f"levels[{level.level}].criteria"
        if level.level == 1 and level.criteria:
            yield Problem(file, key, "level 1 has no criteria: every process stands on it; remove them")
        if level.level > 1 and not level.criteria:
            yield Problem(file, key, "a level above 1 needs at least one criterion")
        for criterion in level.criteria:
            if fault := _criterion_fault(criterion):
                yield Problem(file, f"{key}[{criterion.fact}]", fault)


def _criterion_fault(criterion: CriterionEntry) -> str | None:
    if criterion.processes and criterion.except_:
        return "has both processes and except; keep one"
    threshold = criterion.threshold
    match criterion.fact:
        case Fact.OWNER_ASSIGNED:
            fits = isinstance(threshold, bool) and criterion.op is Comparison.EQUAL
            return None if fits else "is yes or no: write op '=' and threshold 'true'"
        case Fact.LOWEST_BAND:
            return None if isinstance(threshold, Band) else "compares bands: write the threshold as N, P, L or F"
    if not isinstance(threshold, Fraction):
        return "compares numbers: write the threshold as a number"
    if criterion.fact in _SHARES:
        return None if threshold <= 1 else "is a share: write a threshold between 0 and 1"
    return None if threshold.denominator == 1 else "counts whole things or days: write a whole number"
