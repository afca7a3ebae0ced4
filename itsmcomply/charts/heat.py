"""The clause heat map as a picture, for the report; pages use the table macro, which readers can walk through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itsmcomply.charts import svg

LABEL = 190.0
CELL_W, CELL_H, GAP = 62.0, 34.0, 3.0
PER_LINE = 8
WIDTH = LABEL + PER_LINE * (CELL_W + GAP)


@dataclass(frozen=True, slots=True)
class HeatCell:
    """`letter` None: not rated. `text` is the percent as the pages print it, without the sign."""

    number: str
    letter: str | None
    text: str
    flag: bool = False


@dataclass(frozen=True, slots=True)
class HeatRow:
    label: str
    cells: tuple[HeatCell, ...]


def heat_map(rows: Sequence[HeatRow], *, key: str, title: str, desc: str) -> str:
    """Draw a row per clause, eight cells a line; letter and disc beside the number, so that it reads without colour."""
    body, y = "", 0.0
    for row in rows:
        body += _label(row.label, y)
        for index, cell in enumerate(row.cells):
            line, column = divmod(index, PER_LINE)
            body += _cell(cell, LABEL + column * (CELL_W + GAP), y + line * (CELL_H + GAP))
        y += max(1, -(-len(row.cells) // PER_LINE)) * (CELL_H + GAP)
    return svg.chart(key, title, desc, body, width=WIDTH, height=y)


def _label(words: str, y: float) -> str:
    lines = svg.wrapped(words, LABEL - 10, 12, most=2)
    top = y + 21 - 7 * (len(lines) - 1)
    drawn = [
        svg.text(0, top + 14 * place, line, fill=svg.INK, font_size=12, class_="strong")
        for place, line in enumerate(lines)
    ]
    return "".join(drawn)


def _cell(cell: HeatCell, x: float, y: float) -> str:
    letter = cell.letter
    fill = svg.BAND_FILL[letter] if letter else "#eaeef2"
    ink = svg.BAND_TEXT[letter] if letter else svg.TEXT
    drawn = svg.el("rect", x=x, y=y, width=CELL_W, height=CELL_H, rx=4, fill=fill)
    drawn += svg.text(x + 6, y + 14, cell.number, fill=ink, font_weight=600, class_="own")
    drawn += svg.text(x + 6, y + 27, f"{letter or '–'} {cell.text}".strip(), fill=ink, class_="own")
    if letter:
        drawn += _disc(letter, x + CELL_W - 11, y + CELL_H - 11, ink)
    if cell.flag:
        place = f"M{svg.num(x + CELL_W - 15)} {svg.num(y + 14)}v-9h8l-2.5 3 2.5 3h-8"
        drawn += svg.el("path", d=place, fill="none", stroke=ink, stroke_width=1.3)
    return drawn


def _disc(letter: str, x: float, y: float, ink: str) -> str:
    """Empty, a quarter, three quarters, full: the same discs as on the pages."""
    radius = 4.6
    drawn = svg.el("circle", cx=x, cy=y, r=radius, fill=ink if letter == "F" else "none", stroke=ink, stroke_width=1.4)
    if letter in ("P", "L"):
        end = f"{svg.num(x + radius)} {svg.num(y)}" if letter == "P" else f"{svg.num(x - radius)} {svg.num(y)}"
        large = 0 if letter == "P" else 1
        arc = f"M{svg.num(x)} {svg.num(y)}V{svg.num(y - radius)}A{radius} {radius} 0 {large} 1 {end}Z"
        drawn += svg.el("path", d=arc, fill=ink)
    return drawn
