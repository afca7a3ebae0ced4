"""A workbook: a first sheet with the prose, then a sheet per table, named after the heading above it."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, cast

from itsmcomply.scenario.rendering.markup import Block, Bullet, Grid, Heading, Paragraph
from itsmcomply.scenario.rendering.repack import repacked

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
WIDEST = 60


def xlsx_bytes(title: str, blocks: list[Block], day: date) -> bytes:
    """Cells are text or numbers, never formulas. A single table without prose is the only sheet."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    prose, grids = _sort_out(title, blocks)
    if prose:
        _write(cast("Worksheet", book.create_sheet("About")), [[line] for line in (title, *prose)], [100])
    for name, grid in grids:
        sheet = cast("Worksheet", book.create_sheet(name))
        sheet.freeze_panes = "A2"
        _write(sheet, grid.rows, _widths(grid))
    book.properties.title, book.properties.creator = title, "Service management office"
    book.properties.created = book.properties.modified = datetime.combine(day, time(9))
    stream = io.BytesIO()
    book.save(stream)
    return repacked(stream.getvalue(), modified=f"{day.isoformat()}T09:00:00Z")


def _write(sheet: Worksheet, rows: Sequence[Sequence[str]], widths: list[int]) -> None:
    """First row bold, long cells wrapped, a page as wide as the table."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation = "landscape"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    for column, width in enumerate(widths):
        sheet.column_dimensions[chr(65 + column)].width = width
    for number, row in enumerate(rows):
        cells = [WriteOnlyCell(sheet, _cell(cell)) for cell in row]
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 0:
                cell.font = Font(bold=True)
        sheet.append(cells)


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
