"""Coverage of requirements from their expectations, limited by nonconformities, and the means above them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm

from itsmcomply.clauses.model import Basis, Catalogue, Requirement
from itsmcomply.clauses.policy import Policy
from itsmcomply.readiness.engine.artefacts import Step
from itsmcomply.readiness.engine.findings import FindingOnDay
from itsmcomply.readiness.facts import Grade
from itsmcomply.readiness.results import ClauseResult, ExpectationResult, RequirementResult

ONE = Fraction(1)


def mean(shares: Sequence[Fraction]) -> Fraction | None:
    """The plain mean; None of nothing."""
    return total(shares) / len(shares) if shares else None


def weighted(pairs: Sequence[tuple[Fraction, Fraction]]) -> Fraction | None:
    """`sum(w c) / sum(w)` over (weight, coverage) pairs; None of nothing."""
    weights = total([weight for weight, _ in pairs])
    return total([weight * share for weight, share in pairs]) / weights if weights else None


def total(parts: Sequence[Fraction]) -> Fraction:
    """The exact sum, over one denominator: several times faster than adding fractions one by one."""
    below = lcm(*(part.denominator for part in parts))
    return Fraction(sum(part.numerator * (below // part.denominator) for part in parts), below)


def requirement_results(
    catalogue: Catalogue, policy: Policy, steps: Mapping[str, Step], findings: Sequence[FindingOnDay]
) -> dict[str, RequirementResult]:
    """Every requirement in catalogue order. Source: policy weights, caps and bands."""
    limits = _limits_by_requirement(findings)
    return {
        requirement.id: _requirement(requirement, catalogue, policy, steps, limits.get(requirement.id, ()))
        for requirement in catalogue.requirements.values()
    }


def _limits_by_requirement(findings: Iterable[FindingOnDay]) -> dict[str, list[FindingOnDay]]:
    found: dict[str, list[FindingOnDay]] = {}
    for finding in findings:
        if finding.is_open and finding.grade in {Grade.MAJOR, Grade.MINOR}:
            for requirement in dict.fromkeys(finding.requirements):
                found.setdefault(requirement, []).append(finding)
    return found


def _requirement(
    requirement: Requirement,
    catalogue: Catalogue,
    policy: Policy,
    steps: Mapping[str, Step],
    limits: Sequence[FindingOnDay],
) -> RequirementResult:
    expectations = _expectations(requirement, catalogue, policy, steps)
    demanding = [e for e in expectations if catalogue.artefacts[e.artefact].basis is not Basis.GOOD_PRACTICE]
    uncapped = _uncapped(expectations, demanding, policy)
    cap = _cap(limits)
    coverage = (
        uncapped if cap is None else min(uncapped, policy.caps.major if cap is Grade.MAJOR else policy.caps.minor)
    )
    return RequirementResult(
        id=requirement.id,
        clause=requirement.clause,
        process=requirement.process,
        coverage=coverage,
        uncapped=uncapped,
        band=policy.bands.band(coverage),
        cap=cap,
        capped_by=tuple(finding.key for finding in limits),
        any_item_meets=not demanding,
        expectations=expectations,
    )


def _expectations(
    requirement: Requirement, catalogue: Catalogue, policy: Policy, steps: Mapping[str, Step]
) -> tuple[ExpectationResult, ...]:
    return tuple(
        ExpectationResult(
            requirement.id,
            expected.artefact,
            expected.role,
            policy.weights.of(expected.role, catalogue.artefacts[expected.artefact].basis),
            steps[expected.artefact].outcome(requirement.id),
        )
        for expected in requirement.expectations
    )


def _uncapped(
    expectations: Sequence[ExpectationResult], demanding: Sequence[ExpectationResult], policy: Policy
) -> Fraction:
    if not demanding and any(e.outcome.any_current for e in expectations):
        return ONE
    share = weighted([(e.weight, e.coverage) for e in expectations]) or Fraction(0)
    if demanding and all(e.coverage == 1 for e in demanding):
        return max(share, policy.caps.floor_without_good_practice)
    return share


def _cap(limits: Iterable[FindingOnDay]) -> Grade | None:
    grades = {finding.grade for finding in limits}
    if Grade.MAJOR in grades:
        return Grade.MAJOR
    return Grade.MINOR if grades else None


def clause_results(
    catalogue: Catalogue, policy: Policy, requirements: Mapping[str, RequirementResult]
) -> dict[str, ClauseResult]:
    """Every clause in catalogue order; a clause includes its descendants."""
    shares: dict[str, list[Fraction]] = {number: [] for number in catalogue.clauses}
    for requirement in requirements.values():
        number: str | None = requirement.clause
        while number is not None:
            shares[number].append(requirement.coverage)
            number = catalogue.clauses[number].parent
    results = {}
    for number, found in shares.items():
        coverage = mean(found)
        results[number] = ClauseResult(number, coverage, None if coverage is None else policy.bands.band(coverage))
    return results
