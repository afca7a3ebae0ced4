"""Rows of the first sheet of a workbook. What could run, or unpack into too much, is refused before it is opened."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from itsmcomply.audits.tickets.model import Refused, refused
from itsmcomply.audits.tickets.table import MOST_COLUMNS, Cell, Row, Table, named
from itsmcomply.wording import N_

MOST_UNPACKED = 1 << 30
SUSPECT_BEYOND = 20 << 20
MOST_PACKED_TIMES = 150
MOST_MEMBERS = 5000
MOST_EMPTY_ROWS = 100_000

_DAMAGED = N_("The workbook is damaged or cut off: %(what)s. Save it again in the program it comes from.")


def open_xlsx(path: Path) -> Table:
    """The heading and rows of the first sheet that has any. Raises Refused, also while rows are read."""
    _inspect(path)
    rows = _guarded(path)
    first = next(rows, None)
    if first is None:
        raise refused(N_("The first sheet holds no rows. Put the records there, with a heading."))
    return Table(tuple("" if c is None else str(c).strip() for c in first.cells), rows, first.number, "xlsx")


def _inspect(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            types = archive.read("[Content_Types].xml")[: 1 << 20] if _small_types(members) else b""
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, KeyError, RuntimeError, NotImplementedError) as error:
        raise refused(_DAMAGED, what=_reason(error)) from error
    names = {member.filename for member in members}
    if any(member.flag_bits & 1 for member in members):
        raise refused(N_("The file is protected by a password. Save it without one and upload it again."))
    if not any(name.startswith("xl/") for name in names) or not types:
        raise refused(N_("This archive is no Excel workbook. Export the records as XLSX or CSV."))
    if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refused(N_("The workbook holds macros. Save it as XLSX without macros, or as CSV."))
    if b"spreadsheetml.sheet.main+xml" not in types:
        raise refused(N_("This workbook is of a kind that is not read. Save it as XLSX or CSV."))
    unpacked = sum(member.file_size for member in members)
    swollen = [m for m in members if m.file_size > SUSPECT_BEYOND and m.file_size > MOST_PACKED_TIMES * m.compress_size]
    if unpacked > MOST_UNPACKED or swollen or len(members) > MOST_MEMBERS:
        text = N_("The workbook unpacks into far more than records need (%(size)s MiB). Save the records as CSV.")
        raise refused(text, size=f"{unpacked >> 20:,}")


def _small_types(members: Iterable[zipfile.ZipInfo]) -> bool:
    return any(m.filename == "[Content_Types].xml" and m.file_size < 1 << 20 for m in members)


def _reason(error: Exception) -> str:
    return str(error).strip().rstrip(".")[:120] or type(error).__name__


def _guarded(path: Path) -> Generator[Row]:
    """Whatever a broken workbook makes the libraries raise becomes one sentence with the last row that was sound."""
    last = 0
    try:
        for row in _rows(path):
            last = row.number
            yield row
    except (Refused, MemoryError, RecursionError):
        raise
    except (ParseError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ArithmeticError, LookupError) as error:
        raise _broken(error, last) from error
    except (ValueError, TypeError, AttributeError, RuntimeError, NotImplementedError) as error:
        raise _broken(error, last) from error


def _broken(error: Exception, last: int) -> Refused:
    if last:
        text = N_("The workbook is damaged or cut off after row %(row)s: %(what)s. Save it again.")
        return refused(text, last, what=_reason(error))
    return refused(_DAMAGED, what=_reason(error))


def _rows(path: Path) -> Iterator[Row]:
    import warnings

    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts that are not read here, such as styles without a default
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
        try:
            if not book.worksheets:
                raise refused(N_("The workbook holds no sheet with cells. Put the records into the first one."))
            sheet: Any = book.worksheets[0]
            sheet.reset_dimensions()  # tools write wrong ones, and rows beyond them would be lost
            yield from _filled(sheet)
        finally:
            book.close()


def _filled(sheet: Any) -> Iterator[Row]:
    header: tuple[Cell, ...] = ()
    empty = 0
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if not cells or all(cell.value is None for cell in cells):
            empty += 1
            if empty > MOST_EMPTY_ROWS:
                return
            continue
        empty = 0
        if len(cells) > MOST_COLUMNS:
            text = N_("Row %(row)s has %(found)s columns; up to %(most)s are read. Export fewer columns.")
            raise refused(text, number, found=f"{len(cells):,}", most=MOST_COLUMNS)
        values = tuple(_value(cell, number, header) for cell in cells)
        header = header or values
        yield Row(number, values)


def _value(cell: Any, row: int, header: tuple[Cell, ...]) -> Cell:
    value = cell.value
    if value is None or isinstance(value, str | int | float):
        if cell.data_type != "f":
            return value
    elif isinstance(value, datetime):
        return value
    elif isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the tool's own zone, which is not known
    elif isinstance(value, time | timedelta):
        return str(value)
    place = named(header, cell.column - 1) if header else str(cell.column)
    text = N_("Row %(row)s, column %(column)s holds a formula. Save the sheet with its values only, or as CSV.")
    raise refused(text, row, place)
