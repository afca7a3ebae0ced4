"""Time limits, delays, age and repetition, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmcomply.clauses.model import CertificationCycle, FindingGrade
from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.limits import (
    AGES,
    Hearer,
    Late,
    Limits,
    Raised,
    age,
    certificate_ends_on,
    default_limits,
    delays,
    earlier_alike,
    ends_sooner,
    limit_problem,
    months_later,
    next_due,
)
from itsmcomply.findings.rules import ActionFacts, Case, PlanState

FOUND = date(2026, 1, 31)
CASE = Case("NC-2026-01", Grade.MINOR, FOUND, plan_due_on=date(2026, 3, 2), closure_due_on=date(2026, 5, 1))


def test_limits_count_calendar_days_from_the_finding() -> None:
    assert Limits(30, 90).due(FOUND) == (date(2026, 3, 2), date(2026, 5, 1))
    assert Limits(None, None).due(FOUND) == (None, None)


def test_the_catalogue_gives_the_defaults() -> None:
    grades = (FindingGrade("major", "m", "e", 14, 90), FindingGrade("observation", "o", "e"))

    assert default_limits(grades, Grade.MAJOR) == Limits(14, 90)
    assert default_limits(grades, Grade.OBSERVATION) == Limits(None, None)
    assert default_limits(grades, Grade.STRENGTH) == Limits(None, None)


CYCLE = CertificationCycle(3, "certification decision", (), ())


def test_a_certificate_runs_for_the_years_of_its_cycle() -> None:
    assert certificate_ends_on(date(2024, 1, 10), CYCLE) == date(2027, 1, 9)
    assert certificate_ends_on(None, CYCLE) is None
    assert certificate_ends_on(date(2024, 1, 10), None) is None


@pytest.mark.parametrize(
    ("due_on", "ends_on", "sooner"),
    [
        (date(2026, 5, 1), date(2026, 4, 30), True),
        (date(2026, 5, 1), date(2026, 5, 1), False),
        (date(2026, 5, 1), date(2026, 1, 31), True),
        (date(2026, 5, 1), date(2026, 1, 30), False),
        (None, date(2026, 4, 30), True),
        (date(2026, 5, 1), None, False),
    ],
)
def test_only_a_certificate_in_force_ends_sooner(due_on: date | None, ends_on: date | None, sooner: bool) -> None:
    assert ends_sooner(due_on, FOUND, ends_on) is sooner


def test_nothing_is_late_on_its_day() -> None:
    assert delays(CASE, date(2026, 3, 2)) == ()


@pytest.mark.parametrize(
    ("days", "hearer"),
    [
        (1, Hearer.OWNER),
        (14, Hearer.OWNER),
        (15, Hearer.SMS_MANAGER),
        (30, Hearer.SMS_MANAGER),
        (31, Hearer.TOP_MANAGEMENT),
    ],
)
def test_the_longer_it_is_late_the_higher_it_goes(days: int, hearer: Hearer) -> None:
    late = delays(CASE, date(2026, 3, 2) + timedelta(days=days))

    assert [(delay.what, delay.days, delay.hearer) for delay in late] == [(Late.PLAN, days, hearer)]


def test_a_plan_that_waits_for_the_auditor_is_not_late() -> None:
    waiting = replace(CASE, corrected=True, extent=True, cause=True, plan=PlanState.SUBMITTED)

    assert delays(waiting, date(2026, 4, 1)) == ()


def test_actions_and_closing_are_late_on_their_own() -> None:
    action = ActionFacts(1, owner_id=1, round=1, due_on=date(2026, 4, 1))
    planned = replace(CASE, corrected=True, extent=True, cause=True, plan=PlanState.ACCEPTED, actions=(action,))

    late = delays(planned, date(2026, 5, 11))

    assert [(delay.what, delay.days, delay.action) for delay in late] == [
        (Late.ACTION, 40, 1),
        (Late.CLOSURE, 10, None),
    ]
    assert next_due(planned) == date(2026, 4, 1)


def test_a_closed_one_is_never_late_and_its_age_stands_still() -> None:
    closed = replace(CASE, closed=True, closed_on=date(2026, 2, 10))

    assert delays(closed, date(2027, 1, 1)) == ()
    assert next_due(closed) is None
    assert age(closed, date(2027, 1, 1)) == 10


@given(st.integers(0, 5000))
def test_every_age_is_in_exactly_one_class(days: int) -> None:
    assert sum(one.holds(days) for one in AGES) == 1


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2024, 2, 29), date(2026, 2, 28)),
        (date(2022, 2, 28), date(2024, 2, 28)),
        (date(2024, 12, 31), date(2026, 12, 31)),
    ],
)
def test_24_months_later_is_the_same_day_or_the_last(day: date, later: date) -> None:
    assert months_later(day, 24) == later


def test_a_month_that_is_shorter_ends_the_count() -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 3, 31), 1) == date(2026, 4, 30)


def test_remarks_and_other_requirements_are_no_repetition() -> None:
    mine = Raised("NC-2026-02", FOUND, Grade.MINOR, frozenset({"a"}))
    remark = Raised("OB-2025-01", date(2025, 6, 1), Grade.OBSERVATION, frozenset({"a"}))
    other = Raised("NC-2025-01", date(2025, 6, 1), Grade.MINOR, frozenset({"b"}))
    same = Raised("NC-2025-02", date(2025, 6, 1), Grade.MAJOR, frozenset({"a", "b"}))

    assert earlier_alike(mine, [mine, remark, other, same]) == (same,)
    assert earlier_alike(remark, [same, mine]) == ()


@pytest.mark.parametrize(("days", "fine"), [(None, True), (0, True), (1096, True), (1097, False), (-1, False)])
def test_limits_stay_within_three_years(days: int | None, fine: bool) -> None:
    assert (limit_problem(days) is None) == fine
