"""The engine's one question: what does the evidence show for this system on this day? Pure; knows no clock or table."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction

from itsmcomply.clauses.maturity import MaturityModel
from itsmcomply.clauses.model import Catalogue
from itsmcomply.clauses.policy import Policy
from itsmcomply.readiness.engine.artefacts import Steps, take_steps
from itsmcomply.readiness.engine.circumstances import circumstances
from itsmcomply.readiness.engine.days import vantage
from itsmcomply.readiness.engine.forecast import forecast
from itsmcomply.readiness.engine.gates import gate_results, status_of
from itsmcomply.readiness.engine.hints import all_hints
from itsmcomply.readiness.engine.maturity import HIGHEST, process_results
from itsmcomply.readiness.engine.requirements import clause_results, mean
from itsmcomply.readiness.engine.situation import Situation, situation
from itsmcomply.readiness.facts import Facts
from itsmcomply.readiness.results import ArtefactResult, Forecast, Named, Result


def evaluate(
    catalogue: Catalogue,
    policy: Policy,
    model: MaturityModel,
    facts: Facts,
    day: date,
    *,
    today: date | None = None,
    steps: Steps | None = None,
) -> Result:
    """The result on `day` as seen on `today` (default: `day`), both in the system's time zone.

    A `day` after `today` is answered from what is known today and carries a forecast. `steps`, given again at each
    call for the same system, saves recomputing artefacts whose facts are the same objects. Raises InvalidInput for a
    day outside the years the product reckons with.
    """
    today = today or day
    steps = steps or Steps()
    around = situation(
        catalogue, policy, facts, vantage(facts.system.zones, day, today), renewed_from=None, steps=steps
    )
    ahead = _forecast(around, facts, today, steps) if day > today else None
    return _result(around, model, today, ahead)


def _forecast(around: Situation, facts: Facts, today: date, steps: Steps) -> Forecast:
    catalogue, policy, system = around.catalogue, around.policy, facts.system
    now = circumstances(system, policy, vantage(system.zones, today, today))
    renewed = situation(catalogue, policy, facts, around.now, renewed_from=today, steps=steps)
    return forecast(take_steps(catalogue, facts, now, steps), renewed)


def _result(around: Situation, model: MaturityModel, today: date, ahead: Forecast | None) -> Result:
    catalogue, policy = around.catalogue, around.policy
    coverage = mean([requirement.coverage for requirement in around.requirements.values()])
    processes = process_results(model, around)
    levels = Counter(process.level for process in processes.values())
    gates = gate_results(around)
    status = status_of(gates)
    return Result(
        system=around.system.slug,
        as_of=around.now.day,
        today=today,
        catalogue=Named(catalogue.standard, catalogue.version, catalogue.digest),
        policy=Named("readiness", policy.version, policy.digest),
        model=Named(model.key, model.version, model.digest),
        status=status,
        status_if_renewed=ahead.status if ahead is not None else status,
        coverage=coverage,
        band=None if coverage is None else policy.bands.band(coverage),
        level=min(levels, default=1),
        index=mean([process.index for process in processes.values()]) or Fraction(1),
        level_counts=tuple(levels[level] for level in range(1, HIGHEST + 1)),
        gates=gates,
        processes=processes,
        clauses=clause_results(catalogue, policy, around.requirements),
        requirements=dict(around.requirements),
        artefacts={key: ArtefactResult(key, step.filed) for key, step in around.steps.items()},
        hints=all_hints({key: step.hints for key, step in around.steps.items()}),
        forecast=ahead,
    )
