"""What must hold for all facts (`docs/derivation.md`, properties). ITSMCOMPLY_PROPERTIES=deep runs 20,000 examples."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from itsmcomply.readiness.engine import Steps, to_json
from itsmcomply.readiness.engine.days import vantage
from itsmcomply.readiness.facts import Closing, Facts, Grade, Item, Version
from itsmcomply.readiness.results import Outcome, Result, State
from tests.readiness.edits import (
    decide,
    edit_version,
    end_of,
    items_of,
    known_by,
    open_finding,
    shuffle,
    with_system,
    withdraw,
)
from tests.readiness.generators import PROPERTY, REQUIREMENTS, as_of, cases
from tests.readiness.satisfy import satisfied
from tests.readiness.small import result_of, small


def measures(result: Result) -> dict[str, Fraction | int | None]:
    """Everything that is ordered: coverages, bands, levels, gates, status, and what is current."""
    found: dict[str, Fraction | int | None] = {
        "status": result.status.rank,
        "level": result.level,
        "index": result.index,
    }
    found["coverage"] = result.coverage
    found |= {f"gate {gate.key}": int(gate.passed) for gate in result.gates}
    found |= {f"process {p.key}": p.level for p in result.processes.values()}
    found |= {f"process coverage {p.key}": p.coverage for p in result.processes.values()}
    found |= {f"clause {c.number}": c.coverage for c in result.clauses.values()}
    for requirement in result.requirements.values():
        found[requirement.id] = requirement.coverage
        found[f"band {requirement.id}"] = requirement.band.rank
        for expected in requirement.expectations:
            found |= _of_outcome(f"{requirement.id}/{expected.artefact}", expected.outcome)
    for artefact in result.artefacts.values():
        found |= _of_outcome(artefact.key, artefact.outcome)
    return found


def _of_outcome(key: str, outcome: Outcome) -> dict[str, Fraction | int | None]:
    return {f"coverage {key}": outcome.coverage, f"current {key}": int(outcome.state is State.CURRENT)}


def fallen(before: Result, after: Result) -> list[str]:
    """Measures that are lower after than before."""
    old, new = measures(before), measures(after)
    return [key for key, value in old.items() if (new[key] or 0) < (value or 0)]


def is_current_alone(version: Version, item: Item, facts: Facts, day: date) -> bool:
    """Whether the version by itself is current on the day, reckoned here on its own."""
    if version.effective_on > day or (version.valid_until is not None and version.valid_until < day):
        return False
    interval = small().artefacts[item.artefact].freshness_days
    own = facts.system.own_intervals.get(item.artefact, ())
    if any(entry.recorded_at < vantage(facts.system.zones, day, day).cutoff for entry in own):
        interval = own[0].value
    if version.kind == "nil" and interval is None:
        interval = 365
    if version.kind == "link":
        seen = version.seen_on or version.effective_on
        last = version.effective_on + timedelta(days=interval or 9999)
        return day <= min(last, seen + timedelta(days=92))
    if interval is None:
        return True
    return day <= version.effective_on + timedelta(days=interval + (30 if interval >= 60 else 10))


def pick(data: st.DataObject, facts: Facts) -> tuple[Item, Version]:
    item = data.draw(st.sampled_from(items_of(facts)))
    return item, data.draw(st.sampled_from(item.versions))


@PROPERTY
@given(cases(), as_of, st.data())
def test_accepting_a_current_version_lowers_nothing(facts: Facts, day: date, data: st.DataObject) -> None:
    assume(items_of(facts))
    item, version = pick(data, facts)
    known = min(version.received_at, end_of(facts, day) - timedelta(days=2))
    arrived = edit_version(facts, item, version.number, lambda v: replace(v, received_at=known))
    item = next(one for one in items_of(arrived) if one.key == item.key)

    before = result_of(arrived, day)
    after = result_of(decide(arrived, item, version.number, day, accept=True), day)

    if version.effective_on > day:
        old, new = measures(before), measures(after)
        assert version.reviews or [key for key, value in old.items() if new[key] != value] == []
    elif is_current_alone(version, item, arrived, day):
        assert fallen(before, after) == []


@PROPERTY
@given(cases(), as_of, st.data())
def test_withdrawing_or_rejecting_what_is_current_raises_nothing(facts: Facts, day: date, data: st.DataObject) -> None:
    assume(items_of(facts))
    item, version = pick(data, facts)
    assume(is_current_alone(version, item, facts, day))
    accepted = decide(facts, item, version.number, day - timedelta(days=1), accept=True)
    item = next(one for one in items_of(accepted) if one.key == item.key)

    before = result_of(accepted, day)

    assert fallen(result_of(withdraw(accepted, item, version.number, day), day), before) == []
    assert fallen(result_of(decide(accepted, item, version.number, day, accept=False), day), before) == []


@PROPERTY
@given(cases(), as_of, st.sampled_from(list(Grade)), st.sampled_from(REQUIREMENTS))
def test_opening_a_finding_raises_nothing_and_closing_it_lowers_nothing(
    facts: Facts, day: date, grade: Grade, requirement: str
) -> None:
    opened = open_finding(facts, grade, requirement, day)
    closing = (Closing(end_of(facts, day)),)
    closed = with_system(facts, findings=tuple(replace(f, closings=closing) for f in facts.system.findings))

    before = result_of(facts, day)

    assert fallen(result_of(opened, day), before) == []
    assert fallen(before, result_of(closed, day)) == []


@PROPERTY
@given(cases(), as_of, st.randoms(use_true_random=False))
def test_the_order_of_facts_is_irrelevant_and_results_are_the_same_byte_for_byte(
    facts: Facts, day: date, random: Random
) -> None:
    result = result_of(facts, day)
    shuffled = result_of(shuffle(facts, random), day)

    assert shuffled == result
    assert json.dumps(to_json(shuffled)) == json.dumps(to_json(result))


@PROPERTY
@given(cases(), as_of, st.integers(0, 120))
def test_shares_lie_between_0_and_1_and_both_verdicts_agree_until_today(facts: Facts, day: date, ahead: int) -> None:
    for key, value in measures(result_of(facts, day)).items():
        if "coverage" in key:
            assert value is None or 0 <= value <= 1
    past = result_of(facts, day, day + timedelta(days=ahead))
    assert past.status_if_renewed is past.status
    assert past.forecast is None


@PROPERTY
@given(cases(), as_of)
def test_a_day_that_has_ended_gives_the_same_answer_for_ever(facts: Facts, day: date) -> None:
    assert result_of(known_by(facts, day), day) == result_of(facts, day)


@PROPERTY
@given(cases(), st.lists(st.tuples(as_of, st.integers(-60, 90)), min_size=2, max_size=4))
def test_kept_steps_never_change_an_answer(facts: Facts, asked: list[tuple[date, int]]) -> None:
    steps = Steps()

    for today, ahead in asked:
        day = today + timedelta(days=ahead)
        assert result_of(facts, day, today, steps=steps) == result_of(facts, day, today)


@PROPERTY
@given(cases(), as_of, st.integers(1, 200))
def test_assumed_renewals_never_make_a_day_to_come_look_worse(facts: Facts, today: date, ahead: int) -> None:
    result = result_of(facts, today + timedelta(days=ahead), today)

    assert result.status_if_renewed.rank >= result.status.rank
    assert result.forecast is not None
    renewed = {gate.key: gate.passed for gate in result.forecast.gates}
    assert all(renewed[gate.key] >= gate.passed for gate in result.gates)


@PROPERTY
@given(cases(), as_of)
def test_what_lapses_on_a_day_is_current_until_the_day_before(facts: Facts, day: date) -> None:
    facts = with_system(
        facts, subjects=tuple(s for s in facts.system.subjects if s.ended_on is None and s.from_on <= day)
    )
    facts = with_system(facts, own_intervals={})
    outcomes = {key: found.outcome for key, found in result_of(facts, day).artefacts.items()}
    steps = Steps()

    for key, outcome in outcomes.items():
        if outcome.lapses_on is not None and outcome.lapses_on < date(2030, 1, 1):
            eve = outcome.lapses_on - timedelta(days=1)
            assert result_of(facts, eve, day, steps=steps).artefacts[key].outcome.state is State.CURRENT
            assert (
                result_of(facts, outcome.lapses_on, day, steps=steps).artefacts[key].outcome.state is not State.CURRENT
            )


@PROPERTY
@given(cases(), as_of)
def test_satisfying_exactly_the_listed_reasons_reaches_the_next_level(facts: Facts, day: date) -> None:
    result = result_of(facts, day)

    for process in result.processes.values():
        if process.level < 5:
            better = satisfied(facts, process.reasons_for(process.level + 1), result)
            assert result_of(better, day).processes[process.key].level > process.level


@PROPERTY
@given(cases(), as_of)
def test_every_gate_and_band_names_what_holds_it_back(facts: Facts, day: date) -> None:
    result = result_of(facts, day)

    for gate in result.gates:
        assert gate.passed is all(rule.passed for rule in gate.rules)
        for rule in gate.rules:
            assert rule.passed is (rule.blockers == ())
            assert rule.met + len(rule.blockers) == rule.total
    for requirement in result.requirements.values():
        gaps = [e for e in requirement.expectations if e.coverage < 1]
        assert requirement.coverage == 1 or gaps or requirement.capped_by
