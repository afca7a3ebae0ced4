from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmcomply.scenario.dates import BadDate, Span, resolve_day, resolve_moment, resolve_period, working_day

TODAY = date(2026, 11, 24)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-03-31", date(2026, 3, 31)),
        ("today", TODAY),
        ("today-45d", date(2026, 10, 10)),
        ("today+7w", date(2027, 1, 12)),
        ("today-6m", date(2026, 5, 24)),
        ("today-1y", date(2025, 11, 24)),
        ("month", date(2026, 11, 1)),
        ("month-3", date(2026, 8, 1)),
        ("month-3.end", date(2026, 8, 31)),
        ("month-3+14d", date(2026, 8, 15)),
        ("month-9.end", date(2026, 2, 28)),
        ("quarter", date(2026, 10, 1)),
        ("quarter-1.end-2w", date(2026, 9, 16)),
        ("year-1.end", date(2025, 12, 31)),
        ("effective-1d", date(2026, 6, 30)),
        ("2024-02-29+1y", date(2025, 2, 28)),
        ("2026-01-31+1m", date(2026, 2, 28)),
    ],
)
def test_days_are_relative_to_the_day_of_loading_or_absolute(text: str, wanted: date) -> None:
    assert resolve_day(text, TODAY, {"effective": date(2026, 7, 1)}) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-13-01",
        "2026-02-30",
        "today-45",
        "today.end",
        "month-3x",
        "today-9999y",
        "9999-12-31+1d",
        "9999-12-31+1m",
        "٣",
        "month-3.end.end",
    ],
)
def test_a_day_outside_the_grammar_or_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(BadDate):
        resolve_day(text, TODAY)


@pytest.mark.parametrize(
    ("text", "label", "code"),
    [
        ("month-1", "October 2026", "2026-10"),
        ("quarter-1", "Q3 2026", "2026-Q3"),
        ("2026-Q1", "Q1 2026", "2026-Q1"),
        ("2026-02", "February 2026", "2026-02"),
        ("2026-01-05..2026-02-03", "5 January 2026 to 3 February 2026", "2026-01"),
    ],
)
def test_periods_have_the_names_people_use(text: str, label: str, code: str) -> None:
    span = resolve_period(text, TODAY)

    assert (span.label, span.code) == (label, code)


@pytest.mark.parametrize("text", ["month-", "2026-Q5", "2026-13", "today..today-1d", "0000-01", "week-1"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(BadDate):
        resolve_period(text, TODAY)


def test_a_relative_moment_moves_on_from_a_weekend_and_an_absolute_one_does_not() -> None:
    relative = resolve_moment("today-3d", TODAY, AMSTERDAM, usual=time(9, 5))  # Saturday 21 November
    absolute = resolve_moment("2026-11-21", TODAY, AMSTERDAM, usual=time(9, 5))
    timed = resolve_moment("today-3d 23:10", TODAY, AMSTERDAM, usual=time(9, 5))

    assert relative == datetime(2026, 11, 23, 9, 5, tzinfo=AMSTERDAM)
    assert absolute == datetime(2026, 11, 21, 9, 5, tzinfo=AMSTERDAM)
    assert timed == datetime(2026, 11, 21, 23, 10, tzinfo=AMSTERDAM)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(0, 240))
def test_the_months_back_join_without_gap(today: date, back: int) -> None:
    older, newer = resolve_period(f"month-{back + 1}", today), resolve_period(f"month-{back}", today)

    assert (newer.first - older.last).days == 1
    assert older.first.day == 1


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(0, 600), st.integers(0, 600))
def test_moving_to_working_days_keeps_the_order(today: date, one: int, two: int) -> None:
    early, late = sorted((resolve_day(f"today-{one}d", today), resolve_day(f"today-{two}d", today)))

    assert working_day(early, today) <= working_day(late, today) <= today


def test_a_span_of_three_months_is_only_a_quarter_when_it_begins_one() -> None:
    assert Span(date(2026, 2, 1), date(2026, 4, 30)).label == "1 February 2026 to 30 April 2026"
