"""A workbook: a first sheet with the prose, then a sheet per table, named after the heading above it."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, time

from itsmcomply.scenario.rendering.markup import Block, Bullet, Grid, Heading, Paragraph
from itsmcomply.scenario.rendering.repack import repacked

_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
WIDEST = 60


def xlsx_bytes(title: str, blocks: list[Block], day: date) -> bytes:
    """Cells are text or numbers, never formulas. A single table without prose is the only sheet."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    prose, grids = _sort_out(title, blocks)
    if prose:
        sheet = book.create_sheet("About")
        sheet.column_dimensions["A"].width = 100
        for line in [title, *prose]:
            sheet.append([_cell(line)])
    for name, grid in grids:
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for column, width in enumerate(_widths(grid)):
            sheet.column_dimensions[chr(65 + column)].width = width
        for row in grid.rows:
            sheet.append([_cell(cell) for cell in row])
    book.properties.title, book.properties.creator = title, "Service management office"
    book.properties.created = book.properties.modified = datetime.combine(day, time(9))
    stream = io.BytesIO()
    book.save(stream)
    return repacked(stream.getvalue(), modified=f"{day.isoformat()}T09:00:00Z")


def _sort_out(title: str, blocks: list[Block]) -> tuple[list[str], list[tuple[str, Grid]]]:
    prose: list[str] = []
    grids: list[tuple[str, Grid]] = []
    heading = title
    for block in blocks:
        match block:
            case Grid():
                grids.append((_sheet_name(heading, [name for name, _ in grids]), block))
            case Heading(_, text):
                heading = text
                prose.append(text)
            case Paragraph(text):
                prose.append(text)
            case Bullet(text):
                prose.append(f"- {text}")
    return prose, grids


def _sheet_name(text: str, taken: list[str]) -> str:
    base = re.sub(r"[\[\]:*?/\\']", " ", text)[:27].strip() or "Table"
    name, number = base, 2
    while name.casefold() in {other.casefold() for other in (*taken, "About")}:
        name, number = f"{base} {number}", number + 1
    return name


def _widths(grid: Grid) -> list[int]:
    return [min(WIDEST, max(len(row[column]) for row in grid.rows) + 3) for column in range(min(len(grid.rows[0]), 26))]


def _cell(text: str) -> str | float | int:
    """Numbers as numbers; text that a spreadsheet would read as a formula gets a leading blank."""
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return f" {text}" if text.startswith(("=", "+", "-", "@")) else text
