"""A plain PDF of text pages with the built-in fonts. Knows text and pages only; nothing to click, nothing to run."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from datetime import date

from itsmcomply.scenario.rendering.markup import Block, Bullet, Grid, Heading, Paragraph

PAGE = (595, 842)  # A4 in points
LEFT, TOP, BOTTOM = 64, 778, 72
CHARS = 92  # of 10 point Helvetica between the margins, on average
FONTS = ("Helvetica", "Helvetica-Bold")
WIDTH = PAGE[0] - 2 * LEFT
CELL = 8.5  # size of type in tables
CELL_CHAR = 4.5  # points a character of that size takes on average


@dataclass
class _Pages:
    """The content streams being written; `at` is the height of the next line."""

    streams: list[list[str]] = field(default_factory=lambda: [[]])
    at: float = TOP

    def line(self, text: str, font: int, size: float, indent: float = 0) -> None:
        if self.at < BOTTOM:
            self.streams.append([])
            self.at = TOP
        self.streams[-1].append(f"BT /F{font} {size:g} Tf {LEFT + indent:g} {self.at:g} Td ({_escape(text)}) Tj ET")
        self.at -= size * 1.42

    def row(self, cells: list[list[str]], starts: list[float], font: int) -> None:
        """One row of a table, as high as its longest cell, with a rule below."""
        if self.at - len(max(cells, key=len)) * CELL * 1.35 < BOTTOM:
            self.streams.append([])
            self.at = TOP
        for start, lines in zip(starts, cells, strict=True):
            for number, line in enumerate(lines):
                place = f"{LEFT + start:g} {self.at - number * CELL * 1.35:g}"
                self.streams[-1].append(f"BT /F{font} {CELL} Tf {place} Td ({_escape(line)}) Tj ET")
        self.at -= len(max(cells, key=len)) * CELL * 1.35
        rule = self.at + CELL * 0.9
        self.streams[-1].append(f"0.75 G 0.5 w {LEFT} {rule:g} m {LEFT + WIDTH} {rule:g} l S")
        self.at -= 3.5

    def gap(self, points: float) -> None:
        self.at -= points


def pdf_bytes(title: str, blocks: list[Block], day: date) -> bytes:
    """Title, then the blocks, page numbers at the foot. Characters outside Windows-1252 become question marks."""
    pages = _Pages()
    pages.line(title, 1, 18)
    pages.gap(10)
    for block in blocks:
        _write(pages, block)
    return _assemble(title, _with_feet(pages.streams, title), day)


def _write(pages: _Pages, block: Block) -> None:
    match block:
        case Heading(level, text):
            pages.gap(8)
            pages.line(text, 1, 13 if level == 1 else 11)
        case Paragraph(text):
            for line in textwrap.wrap(text, CHARS):
                pages.line(line, 0, 10)
            pages.gap(5)
        case Bullet(text):
            for number, line in enumerate(textwrap.wrap(text, CHARS - 6)):
                pages.line(f"{'-' if number == 0 else ' '} {line}", 0, 10, 10)
        case Grid(rows):
            _write_grid(pages, rows)


def _write_grid(pages: _Pages, rows: tuple[tuple[str, ...], ...]) -> None:
    """Columns share the width by their longest cells, a very long one counting less than it asks for."""
    wishes = [min(max(len(row[column]) for row in rows), 40) + 2 for column in range(len(rows[0]))]
    widths = [WIDTH * wish / sum(wishes) for wish in wishes]
    starts = [sum(widths[:column]) for column in range(len(widths))]
    for number, row in enumerate(rows):
        cells = [
            textwrap.wrap(cell, max(int((width - 6) / CELL_CHAR), 1)) or [""]
            for cell, width in zip(row, widths, strict=True)
        ]
        pages.row(cells, starts, 1 if number == 0 else 0)
    pages.gap(8)


def _with_feet(streams: list[list[str]], title: str) -> list[str]:
    feet = (f"{title[:70]}   page {number} of {len(streams)}" for number in range(1, len(streams) + 1))
    return [
        "\n".join([*stream, f"BT /F0 8 Tf {LEFT} 44 Td ({_escape(foot)}) Tj ET"])
        for stream, foot in zip(streams, feet, strict=True)
    ]


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _assemble(title: str, contents: list[str], day: date) -> bytes:
    """Objects, cross-reference table, trailer. Numbers: 1 catalogue, 2 pages, 3 info, then fonts, then pages."""
    first_page = 4 + len(FONTS)
    kids = " ".join(f"{first_page + 2 * number} 0 R" for number in range(len(contents)))
    fonts = " ".join(f"/F{number} {4 + number} 0 R" for number in range(len(FONTS)))
    stamp = f"D:{day:%Y%m%d}090000Z"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>",
        f"<< /Title ({_escape(title)}) /CreationDate ({stamp}) >>",
        *(f"<< /Type /Font /Subtype /Type1 /BaseFont /{font} /Encoding /WinAnsiEncoding >>" for font in FONTS),
    ]
    for number, content in enumerate(contents):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {PAGE[0]} {PAGE[1]}] "
            f"/Resources << /Font << {fonts} >> >> /Contents {first_page + 2 * number + 1} 0 R >>"
        )
        objects.append(f"<< /Length {len(_encode(content))} >>\nstream\n{content}\nendstream")
    return _serialise(objects)


def _serialise(objects: list[str]) -> bytes:
    body = bytearray(b"%PDF-1.4\n")
    offsets: list[int] = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += _encode(f"{number} 0 obj\n{content}\nendobj\n")
    start = len(body)
    entries = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    body += _encode(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{entries}")
    body += _encode(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 3 0 R >>\nstartxref\n{start}\n%%EOF\n")
    return bytes(body)


def _encode(text: str) -> bytes:
    return text.encode("cp1252", errors="replace")
