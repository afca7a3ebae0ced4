"""Days, moments and periods as a scenario writes them, relative to the day of loading or absolute.

Grammar: `BASE [±N][.start|.end] [±N d|w|m|y]...`, BASE one of ISO date, today, month, quarter, year or a name the
context knows (effective, period_from, period_to, uploaded). `month-3` is the first day of the month three back.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_EXPRESSION = re.compile(
    r"(?P<base>\d{4}-\d{2}-\d{2}|[a-z_0-9]+?)"
    r"(?P<back>[+-]\d{1,3}(?![\ddwmy]))?"
    r"(?P<edge>\.start|\.end)?"
    r"(?P<shifts>(?:[+-]\d{1,4}[dwmy])*)",
    re.ASCII,
)
_SHIFT = re.compile(r"([+-]\d{1,4})([dwmy])", re.ASCII)
_TIME = re.compile(r"(?P<day>\S+)(?: (?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d))?", re.ASCII)
_MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
SATURDAY = 5


class BadDate(ValueError):
    """The text is no day of this grammar, or lies outside the calendar."""


@dataclass(frozen=True, slots=True)
class Span:
    """A period, both ends inclusive."""

    first: date
    last: date

    @property
    def label(self) -> str:
        """The usual name: `March 2026`, `Q1 2026`, else both days."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        if self.first.day == 1 and self.last == month_end(self.last):
            if months == 1:
                return f"{calendar.month_name[self.first.month]} {self.first.year}"
            if months == 3 and self.first.month % 3 == 1:
                return f"Q{(self.first.month + 2) // 3} {self.first.year}"
        return f"{long_day(self.first)} to {long_day(self.last)}"

    @property
    def code(self) -> str:
        """Short and sortable, for file names: `2026-03`, `2026-Q1`."""
        if self.label.startswith("Q"):
            return f"{self.first.year}-{self.label[:2]}"
        return f"{self.first:%Y-%m}"


def long_day(day: date) -> str:
    """`14 January 2027`, as written in documents."""
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """The same day `months` on, or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not date.min.year <= year <= date.max.year:
        raise BadDate("lies outside the calendar")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def resolve_day(text: str, today: date, names: Mapping[str, date] | None = None) -> date:
    """The day `text` means when loaded on `today`. Raises `BadDate`."""
    match = _EXPRESSION.fullmatch(text.strip())
    if match is None:
        raise BadDate(f"{text!r} is not a day; write 2026-03-31, today-45d or month-3.end")
    day = _based(match["base"], int(match["back"] or 0), match["edge"], today, names or {})
    for amount, unit in _SHIFT.findall(match["shifts"]):
        day = _shift(day, int(amount), unit)
    return day


def _based(base: str, back: int, edge: str | None, today: date, names: Mapping[str, date]) -> date:
    if base in _MONTHS_OF:
        span = _unit(base, back, today)
        return span.last if edge == ".end" else span.first
    if back or edge:
        raise BadDate(f"{base} takes no bare number and no .start or .end; write {base}-45d")
    if _ISO.fullmatch(base):
        try:
            return date.fromisoformat(base)
        except ValueError as error:
            raise BadDate(f"{base} is not in the calendar") from error
    if base == "today":
        return today
    if base in names:
        return names[base]
    raise BadDate(f"{base!r} is not a day; known are today, month, quarter, year{_also(names)}")


def _also(names: Mapping[str, date]) -> str:
    return "".join(f", {name}" for name in sorted(names))


def _shift(day: date, amount: int, unit: str) -> date:
    if unit in "my":
        return add_months(day, amount * (12 if unit == "y" else 1))
    try:
        return day + timedelta(days=amount * (7 if unit == "w" else 1))
    except OverflowError as error:
        raise BadDate("lies outside the calendar") from error


def _unit(base: str, back: int, today: date) -> Span:
    months = _MONTHS_OF[base]
    first = today.replace(month=(today.month - 1) // months * months + 1, day=1)
    first = add_months(first, back * months)
    return Span(first, month_end(add_months(first, months - 1)))


def resolve_period(text: str, today: date) -> Span:
    """`month-3`, `quarter-1`, `year-1`, `2026-03`, `2026-Q1` or `FROM..TO` with two days. Raises `BadDate`."""
    text = text.strip()
    if ".." in text:
        first, _, last = text.partition("..")
        span = Span(resolve_day(first, today), resolve_day(last, today))
        if span.last < span.first:
            raise BadDate("the period ends before it begins")
        return span
    if match := re.fullmatch(r"(month|quarter|year)(-\d{1,3})?", text, re.ASCII):
        return _unit(match[1], int(match[2] or 0), today)
    if match := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text, re.ASCII):
        return _absolute(int(match[1]), int(match[2]), 1)
    if match := re.fullmatch(r"(\d{4})-Q([1-4])", text, re.ASCII):
        return _absolute(int(match[1]), int(match[2]) * 3 - 2, 3)
    raise BadDate(f"{text!r} is not a period; write month-3, quarter-1, 2026-03, 2026-Q1 or today-90d..today-1d")


def _absolute(year: int, month: int, months: int) -> Span:
    if year < 1:
        raise BadDate("lies outside the calendar")
    first = date(year, month, 1)
    return Span(first, month_end(add_months(first, months - 1)))


def periods_between(first: Span, last: Span) -> list[Span]:
    """Every period of the length of `first` up to and including `last`, in order. At most 240."""
    months = (first.last.year - first.first.year) * 12 + first.last.month - first.first.month + 1
    found: list[Span] = []
    while (start := add_months(first.first, months * len(found))) <= last.first:
        found.append(Span(start, month_end(add_months(start, months - 1))))
        if len(found) > 240:
            raise BadDate("spans more than 240 periods")
    return found


def resolve_moment(
    text: str, today: date, zone: ZoneInfo, *, usual: time, names: Mapping[str, date] | None = None
) -> datetime:
    """The moment `DAY [HH:MM]` means in `zone`. Raises `BadDate`.

    Without a time it is `usual`; a relative day then moves on from a weekend to Monday, as people do.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise BadDate(f"{text!r} is not a moment; write DAY or DAY HH:MM")
    day = resolve_day(match["day"], today, names)
    if match["hour"] is not None:
        return datetime.combine(day, time(int(match["hour"]), int(match["minute"])), zone)
    if not _ISO.fullmatch(match["day"]):
        day = working_day(day, today)
    return datetime.combine(day, usual, zone)


def working_day(day: date, latest: date) -> date:
    """`day`, or the Monday after its weekend unless that lies past `latest`."""
    moved = day + timedelta(days=7 - day.weekday()) if day.weekday() >= SATURDAY else day
    return moved if moved <= latest else day
