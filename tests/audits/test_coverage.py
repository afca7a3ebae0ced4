from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmcomply.audits.coverage import (
    ROUND_DAYS,
    Place,
    Signals,
    Standing,
    Touch,
    places,
    priorities,
    suggested_plan,
)
from itsmcomply.audits.impartiality import Interests
from itsmcomply.audits.kinds import State
from itsmcomply.audits.rules import TABLE, Act, require
from itsmcomply.clauses.loader import load_catalogue
from itsmcomply.datafiles import data_dir
from itsmcomply.errors import InvalidTransition

CATALOGUE = load_catalogue(data_dir("clause_catalog"))
AUDITABLE = [c.number for c in CATALOGUE.clauses.values() if c.auditable]
TODAY = date(2026, 11, 24)


def _place(*touches: Touch) -> Place:
    return places({"8.6.1": "Incident management"}, touches, TODAY)[0]


@pytest.mark.parametrize(
    ("touches", "standing", "age"),
    [
        ((), Standing.UNCOVERED, None),
        ((Touch("IA-1", "8.6.1", TODAY + timedelta(9), None),), Standing.PLANNED, None),
        ((Touch("IA-1", "8.6.1", TODAY - timedelta(9), None),), Standing.OVERDUE, None),
        ((Touch("IA-1", "8.6.1", TODAY - timedelta(ROUND_DAYS), 4, 9),), Standing.AUDITED, ROUND_DAYS),
        ((Touch("IA-1", "8.6.1", TODAY - timedelta(ROUND_DAYS + 1), 4, 9),), Standing.OVERDUE, ROUND_DAYS + 1),
        ((Touch("IA-1", "8.6.1", TODAY, 0, 9),), Standing.UNCOVERED, None),
    ],
    ids=["nothing", "ahead", "missed", "in time", "too long ago", "nothing sampled"],
)
def test_where_a_clause_stands(touches: tuple[Touch, ...], standing: Standing, age: int | None) -> None:
    found = _place(*touches)

    assert (found.standing, found.age) == (standing, age)


def test_a_process_holds_the_sum_of_its_clauses() -> None:
    touches = [Touch("IA-1", "8.5.1.1", TODAY, 2, 3), Touch("IA-1", "8.5.1.2", TODAY, 1, 4)]

    found = places({"change": "Change"}, touches, TODAY, group={"8.5.1.1": "change", "8.5.1.2": "change"})[0]

    assert (found.cells["IA-1"].counted, found.cells["IA-1"].rows) == (3, 7)


def test_earlier_results_and_changes_raise_the_priority_with_their_reasons() -> None:
    ranked = priorities(CATALOGUE, {"asset": Signals(changes=6, findings=9, nonconformities=5, age=400)})

    assert ranked[0].process == "asset"
    assert "Nonconformities in the last year: 5." in ranked[0].reasons
    assert "Days since it was audited: 400." in ranked[0].reasons


owners = st.lists(
    st.frozensets(st.sampled_from(sorted(CATALOGUE.processes)), max_size=6).map(
        lambda keys: Interests(hash(keys) % 1000, "Auditor", processes=keys)
    ),
    max_size=3,
    unique_by=lambda one: one.user_id,
)


@settings(max_examples=40, deadline=None)
@given(people=owners, start=st.dates(date(2026, 1, 1), date(2030, 12, 31)))
def test_a_suggested_plan_holds_everything_within_twelve_months_and_nobody_audits_their_own(
    people: list[Interests], start: date
) -> None:
    plan = suggested_plan(CATALOGUE, priorities(CATALOGUE, {}), people, start)

    assert sorted(c for one in plan for c in one.clauses) == sorted(AUDITABLE)
    assert {CATALOGUE.clauses[c].process for one in plan for c in one.clauses} == set(CATALOGUE.processes)
    assert all(start <= one.first_on <= one.last_on <= start + timedelta(ROUND_DAYS) for one in plan)
    assert all(one.first_on.weekday() < 5 for one in plan)
    owned = {one.user_id: one.processes for one in people}
    for one in plan:
        assert sorted(c for part in one.parts for c in part.clauses) == sorted(one.clauses)
        for part in one.parts:
            if part.user_id is not None:
                assert not {CATALOGUE.clauses[c].process for c in part.clauses} & owned[part.user_id]


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("act", list(Act))
def test_what_the_table_does_not_hold_is_refused_with_a_reason(act: Act, state: State) -> None:
    if act in TABLE[state]:
        require(act, state)
        return
    with pytest.raises(InvalidTransition) as refused:
        require(act, state)
    assert refused.value.reason
