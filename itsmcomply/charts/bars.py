"""Horizontal bars: how many requirements stand in each band, and shares against a limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from itsmcomply.charts import svg

WIDTH = 620.0
LABEL = 170.0
FIGURES = 62.0
ROW = 24.0
BAND_ROW = 29.0
"""Room for a label of two lines."""
THICK = 14.0


@dataclass(frozen=True, slots=True)
class BandRow:
    """How many requirements of `label` are in each band; missing letters count 0."""

    label: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A share from 0 to 1 with its text; None is not rated."""

    label: str
    value: Fraction | None
    text: str


def band_bars(rows: Sequence[BandRow], *, key: str, title: str, desc: str) -> str:
    """Draw one stacked bar per row, F first, all equally wide: parts of a whole, with their counts."""
    body = "".join(_band_row(row, 22 + BAND_ROW * index) for index, row in enumerate(rows))
    height = 22 + BAND_ROW * len(rows)
    return svg.chart(key, title, desc, _key() + body, width=WIDTH, height=height)


def _key() -> str:
    drawn = ""
    for index, letter in enumerate(svg.BANDS):
        x = LABEL + 46 * index
        drawn += svg.el("rect", x=x, y=1.0, width=10, height=10, rx=2, fill=svg.BAND_BAR[letter], class_=f"b-{letter}")
        drawn += svg.text(x + 15, 10, letter)
    return drawn


def _band_row(row: BandRow, y: float) -> str:
    total = sum(row.counts.values())
    room = WIDTH - LABEL - FIGURES
    drawn = _label(row.label, y)
    x = LABEL
    for letter in svg.BANDS:
        width = room * row.counts.get(letter, 0) / total if total else 0.0
        if width:
            drawn += svg.el(
                "rect", x=x, y=y, width=width, height=THICK, fill=svg.BAND_BAR[letter], class_=f"b-{letter}"
            )
            drawn += _count(letter, row.counts[letter], x + width / 2, y) if width > 16 else ""
        x += width
    return drawn + svg.text(WIDTH, y + 11, str(total), text_anchor="end")


def _label(words: str, y: float) -> str:
    lines = svg.wrapped(words, LABEL - 8, most=2)
    top = y + 11 - 6.5 * (len(lines) - 1)
    drawn = [
        svg.text(0, top + 13 * place, line, fill=svg.INK, class_="strong", font_weight=500)
        for place, line in enumerate(lines)
    ]
    return "".join(drawn)


def _count(letter: str, number: int, x: float, y: float) -> str:
    fill = "#ffffff" if letter == "N" else svg.INK
    return svg.text(x, y + 11, str(number), text_anchor="middle", fill=fill, font_size=10.5, class_=f"on-{letter}")


def share_bars(rows: Sequence[ShareRow], *, key: str, title: str, desc: str, limit: Fraction | None = None) -> str:
    """Draw one bar per share on a common scale from 0 to 100 percent, with the limit as an upright mark."""
    body = "".join(_share_row(row, 4 + ROW * index, limit) for index, row in enumerate(rows))
    return svg.chart(key, title, desc, body, width=WIDTH, height=8 + ROW * len(rows))


def _share_row(row: ShareRow, y: float, limit: Fraction | None) -> str:
    room = WIDTH - LABEL - FIGURES
    drawn = svg.text(0, y + 11, svg.fitted(row.label, LABEL - 8), fill=svg.INK, class_="strong", font_weight=500)
    drawn += svg.el("rect", x=LABEL, y=y + 3, width=room, height=8, rx=2, fill="#eaeef2", class_="off")
    if row.value is not None:
        width = room * float(row.value)
        drawn += svg.el("rect", x=LABEL, y=y + 3, width=width, height=8, rx=2, fill=svg.GREY, class_="fi")
    if limit is not None:
        x = LABEL + room * float(limit)
        drawn += svg.line(x, y, x, y + 14, stroke=svg.INK, stroke_width=1.4, class_="lim")
    return drawn + svg.text(WIDTH, y + 11, row.text, text_anchor="end")
