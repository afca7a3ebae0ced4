"""Months from left to right: spans of work or validity in lanes, and the days that matter as uprights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from itsmcomply.charts import svg

WIDTH = 1120.0
LABEL = 310.0
HEAD = 34.0
ROW = 24.0
ENGLISH = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
KINDS = {"done": svg.GREY, "now": svg.BLUE, "planned": "#9cc3e8", "late": svg.RED}


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to `end`, both inclusive. `kind`: done, now, planned or late. `text` stands inside or after it."""

    start: date
    end: date
    kind: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    label: str
    spans: tuple[Span, ...]


def timeline(
    lanes: Sequence[Lane],
    *,
    key: str,
    title: str,
    desc: str,
    first: date,
    last: date,
    marks: Sequence[tuple[date, str]] = (),
    month_names: Sequence[str] = ENGLISH,
) -> str:
    """Draw lanes between the days `first` and `last`; spans are cut at both ends. `month_names`: twelve short ones."""
    height = HEAD + ROW * len(lanes) + 6
    body = "".join(_month(day, first, last, height, month_names[day.month - 1]) for day in _months(first, last))
    for index, lane in enumerate(lanes):
        body += _lane(lane, HEAD + ROW * index, first, last)
    body += "".join(_mark(day, words, first, last, height) for day, words in marks if first <= day <= last)
    return svg.chart(key, title, desc, body, width=WIDTH, height=height)


def _x(day: date, first: date, last: date) -> float:
    share = (day - first).days / max(1, (last - first).days)
    return LABEL + share * (WIDTH - LABEL - 8)


def _months(first: date, last: date) -> Iterator[date]:
    year, month = first.year, first.month
    while date(year, month, 1) <= last:
        if date(year, month, 1) >= first:
            yield date(year, month, 1)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _month(day: date, first: date, last: date, height: float, name: str) -> str:
    x = _x(day, first, last)
    words = name if day.month > 1 else str(day.year)
    drawn = svg.line(x, HEAD - 6, x, height - 6, stroke=svg.GRID, class_="grid")
    wide = (last - first).days < 500
    named = x < WIDTH - 30 and (wide or day.month in (1, 4, 7, 10))
    return drawn + (svg.text(x + 2, HEAD - 10, words) if named else "")


def _lane(lane: Lane, y: float, first: date, last: date) -> str:
    words = svg.fitted(lane.label, LABEL - 10)
    drawn = svg.text(0, y + 14, words, fill=svg.INK, class_="strong", font_weight=500)
    for span in lane.spans:
        if span.end < first or span.start > last:
            continue
        left, right = _x(max(span.start, first), first, last), _x(min(span.end, last), first, last)
        width = max(4.0, right - left)
        fill = KINDS[span.kind]
        drawn += svg.el("rect", x=left, y=y + 4, width=width, height=13, rx=3, fill=fill, class_=f"tk-{span.kind}")
        if span.text and right + 6 < WIDTH - 30:
            drawn += svg.text(left + width + 5, y + 14, svg.fitted(span.text, WIDTH - left - width - 8))
    return drawn


def _mark(day: date, words: str, first: date, last: date, height: float) -> str:
    x = _x(day, first, last)
    anchor = "end" if x > WIDTH - 80 else "middle"
    drawn = svg.line(x, 12, x, height - 4, stroke=svg.BLUE, stroke_width=1.6, class_="s1")
    return drawn + svg.text(x, 9, words, text_anchor=anchor, fill=svg.INK, font_weight=600, class_="strong")
