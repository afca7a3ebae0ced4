"""Calendar months and quarters."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmcomply.clauses.model import Period
from itsmcomply.evidence.periods import Span, calendar_period, next_period, periods_covered

DAYS = st.dates(date(1971, 1, 1), date(2099, 12, 31))
KINDS = st.sampled_from(list(Period))


@pytest.mark.parametrize(
    ("day", "every", "start", "end"),
    [
        (date(2028, 2, 29), Period.MONTH, date(2028, 2, 1), date(2028, 2, 29)),
        (date(2026, 12, 31), Period.MONTH, date(2026, 12, 1), date(2026, 12, 31)),
        (date(2026, 12, 31), Period.QUARTER, date(2026, 10, 1), date(2026, 12, 31)),
        (date(2026, 4, 1), Period.QUARTER, date(2026, 4, 1), date(2026, 6, 30)),
    ],
)
def test_a_day_lies_in_its_month_or_quarter(day: date, every: Period, start: date, end: date) -> None:
    assert calendar_period(day, every) == Span(start, end)


@given(DAYS, KINDS)
def test_periods_follow_each_other_without_gap(day: date, every: Period) -> None:
    period = calendar_period(day, every)

    assert period.start <= day <= period.end
    assert calendar_period(period.end + timedelta(days=1), every).start == period.end + timedelta(days=1)
    assert next_period(period, every).start == period.end + timedelta(days=1)


def test_half_of_the_days_is_enough_and_less_is_not() -> None:
    november = Span(date(2026, 11, 1), date(2026, 11, 30))

    assert Span(date(2026, 11, 16), date(2026, 12, 5)).holds_half_of(november)
    assert not Span(date(2026, 11, 17), date(2026, 12, 5)).holds_half_of(november)
    assert not Span(date(2027, 1, 1), date(2027, 1, 5)).holds_half_of(november)


def test_the_next_period_is_the_one_not_yet_half_covered() -> None:
    whole = Span(date(2026, 10, 1), date(2026, 10, 31))
    spilling_over = Span(date(2026, 10, 1), date(2026, 11, 3))

    assert next_period(whole, Period.MONTH).start == date(2026, 11, 1)
    assert next_period(spilling_over, Period.MONTH).start == date(2026, 11, 1)
    assert next_period(Span(date(2026, 10, 1), date(2026, 12, 31)), Period.QUARTER).start == date(2027, 1, 1)


def test_periods_are_counted_by_half_their_days() -> None:
    span = Span(date(2026, 1, 10), date(2026, 3, 15))

    assert periods_covered(span, Period.MONTH) == 2
    assert periods_covered(span, Period.QUARTER) == 1
    assert periods_covered(Span(date(2026, 1, 5), date(2026, 1, 5)), Period.MONTH) == 0


def test_periods_before_operation_began_are_not_counted() -> None:
    year = Span(date(2026, 1, 1), date(2026, 12, 31))

    assert periods_covered(year, Period.MONTH, date(2026, 10, 16)) == 3
    assert periods_covered(year, Period.MONTH, date(2026, 10, 17)) == 2
    assert periods_covered(year, Period.MONTH, date(2027, 6, 1)) == 0


def test_a_span_never_ends_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Span(date(2026, 2, 1), date(2026, 1, 31))
