"""A day to come: the verdict if what is current today is renewed, and what that takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from itsmcomply.clauses.model import Artefact, Catalogue
from itsmcomply.readiness.engine.artefacts import Step
from itsmcomply.readiness.engine.gates import gate_results, status_of
from itsmcomply.readiness.engine.situation import Situation
from itsmcomply.readiness.results import Forecast, Outcome, Renewal, RenewalKind, State, SubjectOutcome


def forecast(today: Mapping[str, Step], renewed: Situation) -> Forecast:
    """The second verdict. `today`: steps as they are today; `renewed`: the day to come with everything renewed."""
    gates = gate_results(renewed)
    found = sorted(
        _renewals(renewed.catalogue, today, renewed.steps, renewed.now.day),
        key=lambda one: (one.lapses_on, one.artefact, one.requirement or "", one.kind),
    )
    needed = [one.lapses_on for one in found if one.kind is not RenewalKind.FOR_GOOD]
    return Forecast(
        status=status_of(gates),
        gates=gates,
        renewals=tuple(found),
        first_on=min(needed, default=None),
        renew_count=_count(found, RenewalKind.RENEW),
        period_count=_count(found, RenewalKind.PERIOD),
        for_good_count=_count(found, RenewalKind.FOR_GOOD),
    )


def _count(found: Iterable[Renewal], kind: RenewalKind) -> int:
    return sum(one.kind is kind for one in found)


def _renewals(
    catalogue: Catalogue, today: Mapping[str, Step], renewed: Mapping[str, Step], day: date
) -> Iterable[Renewal]:
    for key, now in today.items():
        artefact, then = catalogue.artefacts[key], renewed[key]
        yield from _of_outcome(artefact, None, now.filed, then.filed, day)
        for requirement, outcome in now.linked.items():
            if not _lapsing(now.filed, day):
                yield from _of_outcome(artefact, requirement, outcome, then.outcome(requirement), day)


def _lapsing(outcome: Outcome, day: date) -> list[SubjectOutcome]:
    """Current today, and no longer on the day."""
    return [
        one
        for one in outcome.subjects
        if one.state is State.CURRENT and one.lapses_on is not None and one.lapses_on <= day
    ]


def _of_outcome(
    artefact: Artefact, requirement: str | None, now: Outcome, then: Outcome, day: date
) -> Iterable[Renewal]:
    lasting = {one.subject for one in then.subjects if one.state is State.CURRENT}
    by_kind: dict[RenewalKind, list[SubjectOutcome]] = {}
    for one in _lapsing(now, day):
        kind = RenewalKind.FOR_GOOD if one.subject not in lasting else _routine(artefact)
        by_kind.setdefault(kind, []).append(one)
    for kind, lapsing in by_kind.items():
        first = min(one.lapses_on for one in lapsing if one.lapses_on is not None)
        subjects = tuple(one.subject for one in lapsing if one.subject is not None)
        yield Renewal(kind, artefact.key, first, requirement, subjects)


def _routine(artefact: Artefact) -> RenewalKind:
    return RenewalKind.PERIOD if artefact.every is not None else RenewalKind.RENEW
