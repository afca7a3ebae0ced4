"""Levels by clause group around a circle. For at most twelve groups; more are unreadable, so more are refused."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from itsmcomply.charts import svg

MAX_SPOKES = 12
MIN_SPOKES = 3
WIDTH, HEIGHT, RADIUS = 410.0, 320.0, 114.0
CENTRE = (WIDTH / 2, HEIGHT / 2)
LABEL_ROOM = 92.0


@dataclass(frozen=True, slots=True)
class Spoke:
    """One group. `value` is on the scale 0 to `top`; None draws no point."""

    label: str
    value: Fraction | float | None


def radar(
    spokes: Sequence[Spoke], *, key: str, title: str, desc: str, top: int = 5, target: float | None = None
) -> str:
    """Draw the spokes clockwise from the top, rings at whole steps, the target as a dashed ring."""
    if not MIN_SPOKES <= len(spokes) <= MAX_SPOKES:
        raise ValueError(f"a radar holds {MIN_SPOKES} to {MAX_SPOKES} spokes, not {len(spokes)}")
    count = len(spokes)
    body = "".join(_ring(count, step / top, stroke=svg.GRID, class_="grid") for step in range(1, top + 1))
    for index in range(count):
        body += svg.line(*CENTRE, *_at(count, index, 1.0), stroke=svg.GRID, class_="grid")
    body += _numbers(count, top)
    if target is not None:
        body += _ring(count, target / top, stroke=svg.TEXT, stroke_width=1.4, stroke_dasharray="3 3", class_="tgt")
    body += _area(spokes, top)
    body += "".join(_label(count, index, spoke.label) for index, spoke in enumerate(spokes))
    return svg.chart(key, title, desc, body, width=WIDTH, height=HEIGHT)


def _at(count: int, index: int, share: float) -> tuple[float, float]:
    angle = 2 * math.pi * index / count - math.pi / 2
    return CENTRE[0] + RADIUS * share * math.cos(angle), CENTRE[1] + RADIUS * share * math.sin(angle)


def _ring(count: int, share: float, **attributes: object) -> str:
    corners = [_at(count, index, share) for index in range(count)]
    return svg.el("polygon", points=svg.points(corners), fill="none", **attributes)


def _numbers(count: int, top: int) -> str:
    drawn = ""
    for step in range(1, top + 1):
        x, y = _at(count, 0, step / top)
        drawn += svg.text(x + 3, y + 9, str(step), font_size=11)
    return drawn


def _area(spokes: Sequence[Spoke], top: int) -> str:
    shares = [(index, float(s.value) / top) for index, s in enumerate(spokes) if s.value is not None]
    corners = [_at(len(spokes), index, share) for index, share in shares]
    drawn = svg.el(
        "polygon",
        points=svg.points(corners),
        fill=svg.VIOLET,
        fill_opacity="0.14",
        stroke=svg.VIOLET,
        stroke_width=2,
        stroke_linejoin="round",
        class_="s2 a2",
    )
    return drawn + "".join(svg.el("circle", cx=x, cy=y, r=3.0, fill=svg.VIOLET, class_="a2") for x, y in corners)


def _label(count: int, index: int, words: str) -> str:
    x, y = _at(count, index, 1.14)
    side = x - CENTRE[0]
    anchor = "middle" if abs(side) < 8 else ("start" if side > 0 else "end")
    room = LABEL_ROOM if anchor == "middle" else min(LABEL_ROOM, CENTRE[0] - abs(side))
    lines = svg.wrapped(words, room)
    lift = -(len(lines) - 1) * (12 if index == 0 else 6)
    drawn = ""
    for number, part in enumerate(lines):
        drawn += svg.text(x, y + 4 + lift + 12 * number, part, text_anchor=anchor)
    return drawn
