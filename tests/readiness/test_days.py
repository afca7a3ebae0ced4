"""Moments become days in the zone in force; calendar periods and when they are due."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from itsmcomply.errors import InvalidInput
from itsmcomply.readiness.engine.days import (
    Span,
    days_after,
    due_day,
    expected_periods,
    in_force,
    last_due,
    period_index,
    period_span,
    vantage,
)
from itsmcomply.readiness.facts import Dated
from itsmcomply.readiness.results import State
from tests.readiness.small import LONG_AGO, accepted, at, facts, item, outcome, version

HALF = Fraction(1, 2)


def test_a_moment_after_midnight_in_the_zone_is_known_a_day_later_than_in_utc() -> None:
    # 22:30 UTC on 1 June is 00:30 on 2 June in Amsterdam.
    late = version(date(2025, 5, 1), reviews=accepted(date(2025, 5, 1)))
    received = datetime(2025, 6, 1, 22, 30, tzinfo=UTC)
    found = item("EV-0001", "policy", late.__class__(1, late.kind, late.effective_on, received, late.reviews))
    zones = (Dated("Europe/Amsterdam", LONG_AGO),)

    assert outcome(facts(found), "policy", date(2025, 6, 1)).state is State.CURRENT
    assert outcome(facts(found, zones=zones), "policy", date(2025, 6, 1)).state is State.MISSING
    assert outcome(facts(found, zones=zones), "policy", date(2025, 6, 2)).state is State.CURRENT


def test_the_zone_in_force_on_the_day_counts_for_that_day() -> None:
    moved = at(date(2025, 6, 10))
    zones = (Dated("Europe/Amsterdam", LONG_AGO, ended_at=moved), Dated("Asia/Tokyo", moved))

    assert vantage(zones, date(2025, 6, 9), date(2025, 7, 1)).zone.key == "Europe/Amsterdam"
    assert vantage(zones, date(2025, 6, 10), date(2025, 7, 1)).zone.key == "Asia/Tokyo"
    assert vantage((), date(2025, 6, 10), date(2025, 7, 1)).zone.key == "UTC"


def test_of_entries_in_force_at_once_the_one_recorded_last_counts() -> None:
    entries = [Dated(1, LONG_AGO), Dated(2, at(date(2025, 1, 1))), Dated(3, LONG_AGO, from_on=date(2026, 1, 1))]
    now = vantage((), date(2025, 6, 1), date(2025, 6, 1))

    found = in_force(entries, now)

    assert found is not None
    assert found.value == 2


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(3000, 1, 1)])
def test_a_day_far_outside_the_calendar_in_use_is_refused(day: date) -> None:
    with pytest.raises(InvalidInput):
        vantage((), day, date(2025, 1, 1))


def test_adding_days_stops_at_the_end_of_the_calendar() -> None:
    assert days_after(date(9999, 12, 1), 365) == date.max


@pytest.mark.parametrize(
    ("months", "day", "first", "last"),
    [
        (1, date(2024, 2, 10), date(2024, 2, 1), date(2024, 2, 29)),
        (3, date(2023, 12, 31), date(2023, 10, 1), date(2023, 12, 31)),
        (6, date(2024, 7, 1), date(2024, 7, 1), date(2024, 12, 31)),
        (12, date(2024, 7, 1), date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_periods_are_calendar_months_quarters_half_years_and_years(
    months: int, day: date, first: date, last: date
) -> None:
    assert period_span(months, period_index(months, day)) == Span(first, last)


def test_a_month_is_due_fifteen_days_after_its_end() -> None:
    # 29 February + 15 days is 15 March 2024.
    february = period_index(1, date(2024, 2, 1))

    assert due_day(1, 15, february) == date(2024, 3, 15)
    assert last_due(1, 15, date(2024, 3, 15)) == february
    assert last_due(1, 15, date(2024, 3, 14)) == february - 1
    assert last_due(1, 15, date(2024, 3, 31)) == february


def test_a_period_is_expected_when_half_of_its_days_lie_on_or_after_the_first_day() -> None:
    # February 2024 has 29 days: from the 15th on there are 15, from the 16th on 14.
    february = period_index(1, date(2024, 2, 1))

    assert expected_periods(1, february, 12, date(2024, 2, 15), HALF) == (february,)
    assert expected_periods(1, february, 12, date(2024, 2, 16), HALF) == ()
    assert expected_periods(1, february, 12, None, HALF) == ()
    assert len(expected_periods(1, february, 12, date(2000, 1, 1), HALF)) == 12
