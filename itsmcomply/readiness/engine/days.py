"""Days: which moments are known on a day, what is in force, and the calendar periods with their due days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from itsmcomply.clauses.model import Period
from itsmcomply.errors import InvalidInput
from itsmcomply.readiness.facts import Dated
from itsmcomply.wording import N_, say

T = TypeVar("T")

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2999, 12, 31)
ONE_DAY = timedelta(days=1)
MONTHS = {Period.MONTH: 1, Period.QUARTER: 3}


@dataclass(frozen=True, slots=True)
class Vantage:
    """The day asked about, and what is known: everything recorded before `cutoff`, the end of `known_on` in `zone`.

    `known_on` is the earlier of the day and today: nobody knows today what will be recorded tomorrow.
    """

    day: date
    known_on: date
    zone: ZoneInfo
    cutoff: datetime

    def knows(self, moment: datetime | None) -> bool:
        return moment is not None and moment < self.cutoff

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The moment (UTC) at which the next day begins in `zone`."""
    return datetime.combine(days_after(day, 1), time(), zone).astimezone(UTC)


def vantage(zones: Sequence[Dated[str]], day: date, today: date) -> Vantage:
    """What is known on `day` as seen on `today`, in the time zone in force then (UTC where none is).

    Raises InvalidInput for a day outside the years this product reckons with.
    """
    if not FIRST_DAY <= day <= LAST_DAY:
        text = N_("The day must lie between %(first)s and %(last)s.")
        raise InvalidInput({"day": say(text, first=FIRST_DAY, last=LAST_DAY)})
    known_on = min(day, today)
    known = [entry for entry in zones if _zone_in_force(entry, known_on)]
    zone = ZoneInfo(max(known, key=_recorded).value if known else "UTC")
    return Vantage(day, known_on, zone, end_of_day(known_on, zone))


def _zone_in_force(entry: Dated[str], day: date) -> bool:
    cutoff = end_of_day(day, ZoneInfo(entry.value))
    return is_in_force(entry, day, cutoff)


def is_in_force(entry: Dated[T], day: date, cutoff: datetime) -> bool:
    """Recorded by then, begun, and not ended by then."""
    if entry.recorded_at >= cutoff or (entry.from_on is not None and entry.from_on > day):
        return False
    return entry.ended_at is None or entry.ended_at >= cutoff


def in_force(entries: Iterable[Dated[T]], now: Vantage) -> Dated[T] | None:
    """The entry that counts: of those in force the one recorded last."""
    known = [entry for entry in entries if is_in_force(entry, now.day, now.cutoff)]
    return max(known, key=_recorded) if known else None


def value_in_force(entries: Iterable[Dated[T]], now: Vantage) -> T | None:
    entry = in_force(entries, now)
    return None if entry is None else entry.value


def _recorded(entry: Dated[T]) -> tuple[datetime, date, str]:
    """Order of recording; further keys only so that the order of facts never matters."""
    return entry.recorded_at, entry.from_on or date.min, str(entry.value)


def days_after(day: date, days: int) -> date:
    """`day + days`, or the last day of the calendar where that lies beyond it."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day of a calendar period."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def days_from(self, day: date) -> int:
        """How many of its days lie on or after `day`."""
        return max(0, (self.last - max(self.first, day)).days + 1)


@lru_cache(maxsize=4096)
def period_span(months: int, index: int) -> Span:
    """The period with this index among periods of `months` months (1, 3, 6 or 12) counted from year 0."""
    year, month = divmod(index * months, 12)
    next_year, next_month = divmod((index + 1) * months, 12)
    return Span(date(year, month + 1, 1), date(next_year, next_month + 1, 1) - ONE_DAY)


def period_index(months: int, day: date) -> int:
    """Index of the period that contains `day`."""
    return (day.year * 12 + day.month - 1) // months


def last_due(months: int, offset_days: int, day: date) -> int:
    """Index of the latest period due on `day`: the last whose end plus the offset is not after it."""
    limit = day - timedelta(days=offset_days)
    index = period_index(months, limit)
    return index if period_span(months, index).last == limit else index - 1


def due_day(months: int, offset_days: int, index: int) -> date:
    return period_span(months, index).last + timedelta(days=offset_days)


def is_expected(months: int, index: int, since: date, share: Fraction) -> bool:
    """Whether at least `share` of the period's days lie on or after `since`."""
    span = period_span(months, index)
    return span.days_from(since) >= share * span.days


def expected_periods(months: int, last: int, count: int, since: date | None, share: Fraction) -> tuple[int, ...]:
    """Indexes, oldest first, of the last `count` periods up to `last` that are expected; none without `since`."""
    if since is None:
        return ()
    return tuple(i for i in range(last - count + 1, last + 1) if is_expected(months, i, since, share))
