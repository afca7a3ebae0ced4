"""What a decision about evidence would change, computed before anybody clicks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from itsmcomply.clauses.model import Catalogue, ExpectationRole
from itsmcomply.clauses.policy import Band
from itsmcomply.readiness.cache import Snapshot
from itsmcomply.readiness.engine import (
    what_if_accepted,
    what_if_withdrawn,
)
from itsmcomply.readiness.engine.artefacts import take_steps
from itsmcomply.readiness.engine.circumstances import circumstances
from itsmcomply.readiness.engine.findings import findings_on
from itsmcomply.readiness.engine.requirements import requirement_results
from itsmcomply.readiness.facts import ArtefactFacts
from itsmcomply.readiness.results import (
    Difference,
    ExpectationResult,
    GateKey,
    RequirementResult,
    Result,
    RuleKey,
    State,
    Status,
)


@dataclass(frozen=True, slots=True)
class BandChange:
    """A requirement before and after."""

    requirement: str
    text: str
    before: Fraction
    after: Fraction
    band_before: Band
    band_after: Band


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule of a gate of which more or fewer things are met; `opens`, `shuts`: what happens to the gate."""

    gate: GateKey
    rule: RuleKey
    met_before: int
    met_after: int
    total: int
    opens: bool
    shuts: bool


@dataclass(frozen=True, slots=True)
class StateChange:
    artefact: str
    name: str
    before: State
    after: State


@dataclass(frozen=True, slots=True)
class LevelChange:
    process: str
    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Effect:
    """Only what differs, in catalogue order. `coverage_*`: mean over all requirements."""

    requirements: tuple[BandChange, ...]
    artefacts: tuple[StateChange, ...]
    levels: tuple[LevelChange, ...]
    rules: tuple[RuleChange, ...]
    status_before: Status
    status_after: Status
    coverage_before: Fraction | None
    coverage_after: Fraction | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Where an item counts: a requirement, as which artefact, with what weight, now and without the item."""

    requirement: str
    text: str
    artefact: str
    role: ExpectationRole
    weight: Fraction
    band: Band
    coverage: Fraction
    band_without: Band
    coverage_without: Fraction


def effect_of_accepting(snapshot: Snapshot, item: str, number: int, day: date) -> Effect:
    """What accepting a version on the day would change. No query."""
    return _effect(snapshot, what_if_accepted(snapshot.asking(day), item, number))


def effect_of_withdrawing(snapshot: Snapshot, item: str, number: int, day: date) -> Effect:
    return _effect(snapshot, what_if_withdrawn(snapshot.asking(day), item, number))


def where_it_counts(snapshot: Snapshot, item: str, day: date) -> tuple[Counts, ...]:
    """Every requirement that the item answers on the day, with what would be left without it. No query.

    Only those requirements are evaluated again, not the whole system.
    """
    now = snapshot.result(day)
    answered = tuple(_answered(now, item))
    without = _without(snapshot, item, day, answered)
    catalogue = snapshot.rules.catalogue
    return tuple(
        Counts(
            requirement=expected.requirement,
            text=catalogue.requirements[expected.requirement].text,
            artefact=expected.artefact,
            role=expected.role,
            weight=expected.weight,
            band=now.requirements[expected.requirement].band,
            coverage=now.requirements[expected.requirement].coverage,
            band_without=without[expected.requirement].band,
            coverage_without=without[expected.requirement].coverage,
        )
        for expected in answered
    )


def _answered(now: Result, item: str) -> Iterable[ExpectationResult]:
    """Expectations among whose answers the item is. Many share one outcome, which is searched once."""
    known: dict[int, bool] = {}
    for requirement in now.requirements.values():
        for expected in requirement.expectations:
            answers = expected.outcome.answers
            if id(answers) not in known:
                known[id(answers)] = item in answers
            if known[id(answers)]:
                yield expected


def _without(
    snapshot: Snapshot, item: str, day: date, answered: Iterable[ExpectationResult]
) -> Mapping[str, RequirementResult]:
    """The requirements of these expectations evaluated as if the item were not there."""
    catalogue, facts, policy = snapshot.rules.catalogue, snapshot.loaded.facts, snapshot.rules.policy
    touched = {expected.artefact for expected in answered}
    part = _part(catalogue, {expected.requirement for expected in answered})
    artefacts = {key: found for key, found in facts.artefacts.items() if key in part.artefacts}
    artefacts |= {key: _doing_without(artefacts[key], item) for key in touched}
    around = circumstances(facts.system, policy, snapshot.vantage(day))
    steps = take_steps(part, replace(facts, artefacts=artefacts), around, snapshot.steps.copy())
    return requirement_results(part, policy, steps, findings_on(facts.system.findings, catalogue, around.now))


def _part(catalogue: Catalogue, requirements: set[str]) -> Catalogue:
    """Only these requirements and the artefacts they expect."""
    chosen = {key: one for key, one in catalogue.requirements.items() if key in requirements}
    wanted = {expected.artefact for one in chosen.values() for expected in one.expectations}
    artefacts = {key: one for key, one in catalogue.artefacts.items() if key in wanted}
    return replace(catalogue, requirements=chosen, artefacts=artefacts)


def _doing_without(facts: ArtefactFacts, item: str) -> ArtefactFacts:
    return ArtefactFacts(
        tuple(one for one in facts.filed if one.key != item),
        tuple(pair for pair in facts.linked if pair[0].key != item),
    )


def _effect(snapshot: Snapshot, found: Difference) -> Effect:
    before, after, catalogue = found.before, found.after, snapshot.rules.catalogue
    return Effect(
        requirements=tuple(
            BandChange(
                change.key,
                catalogue.requirements[change.key].text,
                before.requirements[change.key].coverage,
                after.requirements[change.key].coverage,
                before.requirements[change.key].band,
                after.requirements[change.key].band,
            )
            for change in found.requirements
        ),
        artefacts=tuple(
            StateChange(key, catalogue.artefacts[key].name, was, becomes) for key, was, becomes in found.artefacts
        ),
        levels=tuple(LevelChange(key, catalogue.processes[key].name, was, is_) for key, was, is_ in found.levels),
        rules=tuple(_rules(before, after)),
        status_before=before.status,
        status_after=after.status,
        coverage_before=before.coverage,
        coverage_after=after.coverage,
    )


def _rules(before: Result, after: Result) -> Iterable[RuleChange]:
    for was, becomes in zip(before.gates, after.gates, strict=True):
        opens, shuts = becomes.passed and not was.passed, was.passed and not becomes.passed
        for old, new in zip(was.rules, becomes.rules, strict=True):
            if old.met != new.met:
                yield RuleChange(was.key, old.key, old.met, new.met, new.total, opens, shuts)
