"""A picture that looks like a window of a tool: title bar, text, table. Drawn as SVG, turned into PNG."""

from __future__ import annotations

import textwrap
from html import escape

from itsmcomply.datafiles import PACKAGE
from itsmcomply.scenario.rendering.markup import Block, Bullet, Grid, Heading, Paragraph

WIDTH, BAR, MARGIN, LINE = 960, 40, 28, 26
CHARS = 112  # of 14 pixel Inter between the margins
FONT_DIR = PACKAGE / "charts" / "fonts"
FAMILY = 'font-family="Inter"'


def png_bytes(title: str, blocks: list[Block]) -> bytes:
    """PNG, 960 pixels wide, as high as the text needs."""
    import resvg_py

    fonts = sorted(str(path) for path in FONT_DIR.glob("*.ttf"))
    return bytes(resvg_py.svg_to_bytes(svg_string=_svg(title, blocks), font_files=fonts, skip_system_fonts=True))


def _svg(title: str, blocks: list[Block]) -> str:
    parts: list[str] = []
    at = BAR + LINE + 8
    for block in blocks:
        at = _draw(parts, block, at)
    height = at + 4
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}">'
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/><rect width="{WIDTH}" height="{BAR}" fill="#22384f"/>'
        f"{_text(MARGIN, 26, title, weight=600, fill='#ffffff')}{''.join(parts)}"
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" fill="none" stroke="#9aa7b4"/></svg>'
    )


def _text(x: float, y: float, text: str, *, weight: int = 400, fill: str = "#1d2731", size: int = 14) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" {FAMILY} font-size="{size}" font-weight="{weight}" fill="{fill}">'
        f"{escape(text)}</text>"
    )


def _draw(parts: list[str], block: Block, at: int) -> int:
    match block:
        case Heading(level, text):
            parts.append(_text(MARGIN, at + 4, text, weight=600, size=18 if level == 1 else 15))
            return at + LINE + 8
        case Paragraph(text):
            return _lines(parts, textwrap.wrap(text, CHARS), at, MARGIN) + 6
        case Bullet(text):
            return _lines(parts, textwrap.wrap(f"\u2022 {text}", CHARS - 4), at, MARGIN + 12)
        case Grid(rows):
            return _table(parts, rows, at)


def _lines(parts: list[str], lines: list[str], at: int, x: int) -> int:
    for number, line in enumerate(lines):
        parts.append(_text(x, at + number * LINE, line))
    return at + len(lines) * LINE


def _table(parts: list[str], rows: tuple[tuple[str, ...], ...], at: int) -> int:
    weights = [max(len(row[column]) for row in rows) + 3 for column in range(len(rows[0]))]
    scale = (WIDTH - 2 * MARGIN) / sum(weights)
    for number, row in enumerate(rows):
        y = at - 18 + number * 30
        fill = "#e8edf2" if number == 0 else "#ffffff" if number % 2 else "#f7f9fb"
        parts.append(
            f'<rect x="{MARGIN}" y="{y}" width="{WIDTH - 2 * MARGIN}" height="30" fill="{fill}" stroke="#d5dce3"/>'
        )
        x = float(MARGIN)
        for cell, weight in zip(row, weights, strict=True):
            longest = int(weight * scale / 7.4)
            shown = cell if len(cell) <= longest else f"{cell[: max(longest - 1, 1)]}\u2026"
            parts.append(_text(x + 8, y + 20, shown, weight=600 if number == 0 else 400, size=13))
            x += weight * scale
    return at + len(rows) * 30 + 12
