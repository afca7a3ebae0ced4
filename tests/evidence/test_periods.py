"""Calendar months and quarters."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmcomply.clauses.model import Period
from itsmcomply.evidence.periods import Span, calendar_period, last_ended, next_period, period_in_name, periods_covered

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


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("incident_export_2026-10.csv", date(2026, 10, 1), date(2026, 10, 31)),
        ("incidents 202602.csv", date(2026, 2, 1), date(2026, 2, 28)),
        ("Incident trend Q2 2026.pdf", date(2026, 4, 1), date(2026, 6, 30)),
        ("2026-Q3 review.pdf", date(2026, 7, 1), date(2026, 9, 30)),
        ("Rapport oktober 2026.docx", date(2026, 10, 1), date(2026, 10, 31)),
        ("2026 mei rapport.docx", date(2026, 5, 1), date(2026, 5, 31)),
        ("Sept_2026.xlsx", date(2026, 9, 1), date(2026, 9, 30)),
    ],
)
def test_a_file_name_tells_its_period(name: str, start: date, end: date) -> None:
    assert period_in_name(name) == Span(start, end)


@pytest.mark.parametrize(
    "name", ["procedure v2.docx", "2026.pdf", "PRB0000231.docx", "120261.csv", "202613.csv", "証拠.pdf"]
)
def test_other_names_tell_none(name: str) -> None:
    assert period_in_name(name) is None


def test_the_last_ended_period_lies_before_the_day() -> None:
    assert last_ended(date(2026, 1, 1), Period.MONTH) == Span(date(2025, 12, 1), date(2025, 12, 31))
    assert last_ended(date(2026, 3, 31), Period.QUARTER).end == date(2025, 12, 31)
