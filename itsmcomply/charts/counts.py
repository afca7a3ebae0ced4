"""Horizontal bars of counts: how many of each, optionally parted by kind, on one common scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itsmcomply.charts import svg

WIDTH = 344.0  # of three side by side on a desktop, and of one on a phone: its letters stay readable
LABEL = 194.0
FIGURES = 22.0
ROW = 24.0
THICK = 14.0
KEY_WIDTH = 114.0


@dataclass(frozen=True, slots=True)
class CountPart:
    """Part of a bar. `fill` is the printed colour, `mark` the class by which a page recolours it."""

    name: str
    count: int
    fill: str
    mark: str


@dataclass(frozen=True, slots=True)
class CountRow:
    """One bar: its parts in the order drawn. All rows of a chart have the same parts."""

    label: str
    parts: tuple[CountPart, ...]

    @property
    def total(self) -> int:
        return sum(part.count for part in self.parts)


def count_bars(rows: Sequence[CountRow], *, key: str, title: str, desc: str, key_of_parts: bool = False) -> str:
    """Draw one bar per row with its total; the longest takes the whole width. `key_of_parts` names the colours."""
    names, top = _key(rows) if key_of_parts and rows else ("", 4.0)
    most = max((row.total for row in rows), default=0)
    body = "".join(_row(row, top + ROW * index, most) for index, row in enumerate(rows))
    return svg.chart(key, title, desc, names + body, width=WIDTH, height=top + ROW * len(rows) + 4)


def _key(rows: Sequence[CountRow]) -> tuple[str, float]:
    """The key above the bars and where the bars begin."""
    drawn = ""
    per_line = int(WIDTH // KEY_WIDTH)
    for index, part in enumerate(rows[0].parts):
        x, y = KEY_WIDTH * (index % per_line), 16.0 * (index // per_line)
        drawn += svg.el("rect", x=x, y=y + 1, width=10, height=10, rx=2, fill=part.fill, class_=part.mark)
        drawn += svg.text(x + 15, y + 10, part.name)
    return drawn, 16.0 * (1 + (len(rows[0].parts) - 1) // per_line) + 8


def _row(row: CountRow, y: float, most: int) -> str:
    room = WIDTH - LABEL - FIGURES
    drawn = svg.text(0, y + 11, svg.fitted(row.label, LABEL - 8), fill=svg.INK, class_="strong", font_weight=500)
    drawn += svg.el("rect", x=LABEL, y=y, width=room, height=THICK, rx=2, fill="#eaeef2", class_="off")
    x = LABEL
    for part in row.parts:
        width = room * part.count / most if most else 0.0
        if width:
            drawn += svg.el("rect", x=x, y=y, width=width, height=THICK, rx=2, fill=part.fill, class_=part.mark)
        x += width
    return drawn + svg.text(WIDTH, y + 11, str(row.total), text_anchor="end", fill=svg.INK, font_weight=600)
