"""A line over time, with the forecast dashed, events as dotted uprights and the limits as grid lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from itsmcomply.charts import svg

LEFT, RIGHT, TOP, BOTTOM = 42.0, 8.0, 18.0, 22.0


@dataclass(frozen=True, slots=True)
class Point:
    """A value on a day; None leaves a gap in the line."""

    day: date
    value: Fraction | float | None


@dataclass(frozen=True, slots=True)
class Event:
    day: date
    label: str


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    days: int
    low: float
    high: float
    width: float
    height: float

    def x(self, day: date) -> float:
        share = (day - self.first).days / self.days if self.days else 0.0
        return LEFT + share * (self.width - LEFT - RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.height - BOTTOM - share * (self.height - TOP - BOTTOM)


@dataclass(frozen=True, slots=True)
class _Pen:
    colour: str
    line: str
    dot: str


_BLUE = _Pen(svg.BLUE, "s1", "d1")
_VIOLET = _Pen(svg.VIOLET, "s2", "a2")


def trend(
    series: Sequence[Point],
    *,
    key: str,
    title: str,
    desc: str,
    ticks: Sequence[tuple[float, str]],
    value_text: str = "",
    forecast: Point | None = None,
    events: Sequence[Event] = (),
    ends: tuple[str, str] | None = None,
    violet: bool = False,
    width: float = 410,
    height: float = 168,
) -> str:
    """Draw `series` (in order of days) between the first and the last tick.

    `ticks` are (value, label) from low to high; `value_text` stands at the last value; `forecast` is a dashed step on.
    `ends` names the first and the last day in the reader's language ("Jun 2025" in English without it).
    `violet` is for maturity, blue for coverage: the two scales never look alike.
    """
    last = forecast.day if forecast else series[-1].day
    scale = _Scale(series[0].day, (last - series[0].day).days, ticks[0][0], ticks[-1][0], width, height)
    pen = _VIOLET if violet else _BLUE
    body = _grid(scale, ticks) + _events(scale, events)
    body += "".join(_stroke(scale, run, pen) for run in _runs(series))
    known = [p for p in series if p.value is not None]
    if known:
        body += _forecast(scale, known[-1], forecast, pen) + _last_value(scale, known[-1], pen, value_text)
    body += _ends(scale, ends or (f"{series[0].day:%b %Y}", f"{last:%b %Y}"))
    return svg.chart(key, title, desc, body, width=width, height=height)


def _grid(scale: _Scale, ticks: Sequence[tuple[float, str]]) -> str:
    drawn = ""
    for value, label in ticks:
        y = scale.y(value)
        drawn += svg.line(LEFT, y, scale.width - RIGHT, y, stroke=svg.GRID, class_="grid")
        drawn += svg.text(LEFT - 6, y + 4, label, text_anchor="end")
    return drawn


def _events(scale: _Scale, events: Sequence[Event]) -> str:
    drawn = ""
    for event in events:
        x = scale.x(event.day)
        drawn += svg.line(x, TOP - 4, x, scale.height - BOTTOM, stroke=svg.GREY, stroke_dasharray="2 3", class_="ev")
        anchor = "end" if x > scale.width - 70 else "middle"
        drawn += svg.text(x + (4 if anchor == "end" else 0), TOP - 8, event.label, text_anchor=anchor)
    return drawn


def _runs(series: Sequence[Point]) -> list[list[Point]]:
    """The stretches without a gap."""
    runs: list[list[Point]] = [[]]
    for point in series:
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _stroke(scale: _Scale, run: list[Point], pen: _Pen) -> str:
    pairs = [(scale.x(p.day), scale.y(float(p.value or 0))) for p in run]
    return svg.el(
        "polyline",
        points=svg.points(pairs),
        fill="none",
        stroke=pen.colour,
        stroke_width=2,
        stroke_linejoin="round",
        class_=pen.line,
    )


def _last_value(scale: _Scale, known: Point, pen: _Pen, words: str) -> str:
    x, y = scale.x(known.day), scale.y(float(known.value or 0))
    drawn = svg.el("circle", cx=x, cy=y, r=3.6, fill=pen.colour, class_=pen.dot)
    if not words:
        return drawn
    return drawn + svg.text(x - 6, y - 9, words, text_anchor="end", fill=svg.INK, font_weight=600, class_="strong")


def _forecast(scale: _Scale, known: Point, then: Point | None, pen: _Pen) -> str:
    """A dashed step from the last known value to the forecast, which ends in a hollow dot."""
    if then is None or then.value is None:
        return ""
    x, y = scale.x(known.day), scale.y(float(known.value or 0))
    x2, y2 = scale.x(then.day), scale.y(float(then.value))
    drawn = svg.line(x, y, x2, y2, stroke=pen.colour, stroke_width=2, stroke_dasharray="5 4", class_=pen.line)
    return drawn + svg.el(
        "circle", cx=x2, cy=y2, r=3.2, fill=svg.PAPER, stroke=pen.colour, stroke_width=1.6, class_=f"{pen.line} bgd"
    )


def _ends(scale: _Scale, words: tuple[str, str]) -> str:
    """The axis, with its first and its last day below."""
    y = scale.height - 6
    axis = scale.height - BOTTOM
    drawn = svg.line(LEFT, axis, scale.width - RIGHT, axis, stroke=svg.AXIS, class_="axis")
    drawn += svg.text(LEFT, y, words[0])
    return drawn + svg.text(scale.width - RIGHT, y, words[1], text_anchor="end")
