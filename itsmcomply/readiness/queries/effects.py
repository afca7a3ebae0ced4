"""What a decision about evidence would change, computed before anybody clicks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from itsmcomply.clauses.model import ExpectationRole
from itsmcomply.clauses.policy import Band
from itsmcomply.readiness.cache import Snapshot
from itsmcomply.readiness.engine import (
    Setup,
    what_if_accepted,
    what_if_rejected,
    what_if_withdrawn,
    without_item,
)
from itsmcomply.readiness.results import Difference, GateKey, Result, RuleKey, State, Status


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

    @property
    def is_none(self) -> bool:
        return not (self.requirements or self.artefacts or self.levels or self.rules)


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
    return _effect(snapshot, what_if_accepted(_setup(snapshot, day), item, number))


def effect_of_rejecting(snapshot: Snapshot, item: str, number: int, day: date) -> Effect:
    return _effect(snapshot, what_if_rejected(_setup(snapshot, day), item, number))


def effect_of_withdrawing(snapshot: Snapshot, item: str, number: int, day: date) -> Effect:
    return _effect(snapshot, what_if_withdrawn(_setup(snapshot, day), item, number))


def where_it_counts(snapshot: Snapshot, item: str, day: date) -> tuple[Counts, ...]:
    """Every requirement that the item answers on the day, with what would be left without it. No query."""
    without = without_item(_setup(snapshot, day), item)
    return tuple(_counts(snapshot, item, without.before, without.after))


def _setup(snapshot: Snapshot, day: date) -> Setup:
    return snapshot.setup(day)


def _counts(snapshot: Snapshot, item: str, now: Result, without: Result) -> Iterable[Counts]:
    for key, requirement in now.requirements.items():
        for expected in requirement.expectations:
            if item in expected.outcome.answers:
                after = without.requirements[key]
                yield Counts(
                    requirement=key,
                    text=snapshot.rules.catalogue.requirements[key].text,
                    artefact=expected.artefact,
                    role=expected.role,
                    weight=expected.weight,
                    band=requirement.band,
                    coverage=requirement.coverage,
                    band_without=after.band,
                    coverage_without=after.coverage,
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
