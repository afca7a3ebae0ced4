"""Calendar months and quarters that recurring records cover (`derivation.md` 2). Pure dates, no clock."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from itsmcomply.clauses.model import Period


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `start` to `end`, both included. Never empty."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            message = f"a span cannot end on {self.end}, before it starts on {self.start}"
            raise ValueError(message)

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def holds_half_of(self, other: Span) -> bool:
        """Whether at least half of the days of `other` lie in this span."""
        shared = (min(self.end, other.end) - max(self.start, other.start)).days + 1
        return 2 * shared >= other.days


def calendar_period(day: date, every: Period) -> Span:
    """The month or quarter that `day` lies in."""
    months = 1 if every is Period.MONTH else 3
    first = day.month - (day.month - 1) % months
    last = first + months - 1
    return Span(date(day.year, first, 1), date(day.year, last, monthrange(day.year, last)[1]))


def next_period(span: Span, every: Period) -> Span:
    """The calendar period to file after a version that covered `span`: the first that `span` does not half cover."""
    period = calendar_period(span.end, every)
    if not span.holds_half_of(period):
        return period
    return calendar_period(period.end + timedelta(days=1), every)


def periods_covered(span: Span, every: Period, operating_since: date | None = None) -> int:
    """How many calendar periods `span` covers (at least half of the days of each).

    Periods of which more than half lies before `operating_since` are never expected and not counted.
    """
    count = 0
    period = calendar_period(span.start, every)
    while period.start <= span.end:
        lived = operating_since is None or Span(min(operating_since, period.end), period.end).holds_half_of(period)
        if lived and span.holds_half_of(period):
            count += 1
        period = calendar_period(period.end + timedelta(days=1), every)
    return count


_MONTHS = (
    ("january", "januari", "jan"),
    ("february", "februari", "feb"),
    ("march", "maart", "mar", "mrt"),
    ("april", "apr"),
    ("may", "mei"),
    ("june", "juni", "jun"),
    ("july", "juli", "jul"),
    ("august", "augustus", "aug"),
    ("september", "sept", "sep"),
    ("october", "oktober", "oct", "okt"),
    ("november", "nov"),
    ("december", "dec"),
)
_MONTH_OF = {word: number for number, words in enumerate(_MONTHS, start=1) for word in words}
_YEAR = r"(?P<year>20\d\d)"
_GAP = r"[-_. ]{0,2}"
_NUMBERED = re.compile(rf"(?<!\d){_YEAR}{_GAP}(?P<month>0[1-9]|1[0-2])(?!\d)")
_NAMED = re.compile(rf"(?<![a-z])(?P<word>{'|'.join(sorted(_MONTH_OF, key=len, reverse=True))}){_GAP}{_YEAR}(?!\d)")
_NAMED_AFTER = re.compile(
    rf"(?<!\d){_YEAR}{_GAP}(?P<word>{'|'.join(sorted(_MONTH_OF, key=len, reverse=True))})(?![a-z])"
)
_QUARTER = re.compile(rf"(?<![a-z0-9])[qk](?P<quarter>[1-4]){_GAP}{_YEAR}(?!\d)")
_QUARTER_AFTER = re.compile(rf"(?<!\d){_YEAR}{_GAP}[qk](?P<quarter>[1-4])(?!\d)")


def period_in_name(name: str) -> Span | None:
    """The month or quarter a file name speaks of ("incidents 2026-10.csv", "Q3 2026", "oktober 2026"), or None."""
    text = name.casefold()
    for pattern in (_QUARTER, _QUARTER_AFTER):
        if found := pattern.search(text):
            return calendar_period(date(int(found["year"]), 3 * int(found["quarter"]), 1), Period.QUARTER)
    for pattern in (_NAMED, _NAMED_AFTER):
        if found := pattern.search(text):
            return calendar_period(date(int(found["year"]), _MONTH_OF[found["word"]], 1), Period.MONTH)
    if found := _NUMBERED.search(text):
        return calendar_period(date(int(found["year"]), int(found["month"]), 1), Period.MONTH)
    return None


def last_ended(day: date, every: Period) -> Span:
    """The last calendar period that ended before `day`."""
    return calendar_period(calendar_period(day, every).start - timedelta(days=1), every)
