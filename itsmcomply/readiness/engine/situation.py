"""Everything evaluated for one day that maturity levels and gates read; assembled once, nothing raw in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from itsmcomply.clauses.model import Catalogue
from itsmcomply.clauses.policy import Policy
from itsmcomply.readiness.engine.artefacts import Step, Steps, take_steps
from itsmcomply.readiness.engine.audits import AuditOnDay, audits_on, reviews_held
from itsmcomply.readiness.engine.circumstances import Circumstances, circumstances
from itsmcomply.readiness.engine.days import Vantage, in_force
from itsmcomply.readiness.engine.findings import FindingOnDay, findings_on
from itsmcomply.readiness.engine.kpis import KpiOnDay, kpis_on
from itsmcomply.readiness.engine.requirements import requirement_results
from itsmcomply.readiness.facts import Facts, SystemFacts
from itsmcomply.readiness.results import RequirementResult


@dataclass(frozen=True, slots=True)
class Situation:
    """`by_process`: requirements of each process, in order. `owned`: processes with an owner. `reviews`: days held."""

    catalogue: Catalogue
    policy: Policy
    system: SystemFacts
    around: Circumstances
    steps: Mapping[str, Step]
    requirements: Mapping[str, RequirementResult]
    by_process: Mapping[str, tuple[RequirementResult, ...]]
    findings: tuple[FindingOnDay, ...]
    kpis: tuple[KpiOnDay, ...]
    audits: tuple[AuditOnDay, ...]
    reviews: tuple[date, ...]
    owned: frozenset[str]

    @property
    def now(self) -> Vantage:
        return self.around.now


def situation(
    catalogue: Catalogue, policy: Policy, facts: Facts, now: Vantage, *, renewed_from: date | None, steps: Steps
) -> Situation:
    """Evaluate everything below levels and gates; `renewed_from` as in `Circumstances`."""
    system = facts.system
    around = circumstances(system, policy, now, renewed_from)
    taken = take_steps(catalogue, facts, around, steps)
    findings = findings_on(system.findings, catalogue, now)
    requirements = requirement_results(catalogue, policy, taken, findings)
    return Situation(
        catalogue=catalogue,
        policy=policy,
        system=system,
        around=around,
        steps=taken,
        requirements=requirements,
        by_process=_by_process(catalogue, requirements),
        findings=findings,
        kpis=kpis_on(system.kpis, policy, now),
        audits=audits_on(system.audits, policy.gates, now, renewed_from),
        reviews=tuple(reviews_held(system.management_reviews, now, renewed_from)),
        owned=frozenset(process for process, entries in system.owners.items() if in_force(entries, now)),
    )


def _by_process(
    catalogue: Catalogue, requirements: Mapping[str, RequirementResult]
) -> dict[str, tuple[RequirementResult, ...]]:
    found: dict[str, list[RequirementResult]] = {key: [] for key in catalogue.processes}
    for requirement in requirements.values():
        found[requirement.process].append(requirement)
    return {key: tuple(own) for key, own in found.items()}
