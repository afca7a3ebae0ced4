"""Rows of the first sheet of a workbook. What could run, or unpack into too much, is refused before it is opened."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any, TypeAlias
from xml.etree.ElementTree import ParseError

from lxml import etree
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel

from itsmcomply.audits.tickets.model import Refused, refused
from itsmcomply.audits.tickets.table import MOST_COLUMNS, Cell, Row, Table, named
from itsmcomply.wording import N_

MOST_UNPACKED = 1 << 30
SUSPECT_BEYOND = 20 << 20
MOST_PACKED_TIMES = 150
MOST_MEMBERS = 5000

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_Raw: TypeAlias = "tuple[str, str | None, str | None, bool]"
"""Kind, text, style and whether there is a formula: a cell as the sheet writes it."""

_PLAIN_CELL = re.compile(
    r'<c r="([A-Z]+)\d+"(?: s="(\d+)")?(?: t="(\w+)")?'
    r'(?:/>|>(?:<v>|<is><t(?: xml:space="preserve")?>)([^<]*)(?:</v>|</t></is>)</c>)'
)

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
    except (
        ParseError,
        etree.XMLSyntaxError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ArithmeticError,
        LookupError,
    ) as error:
        raise _broken(error, last) from error
    except (ValueError, TypeError, AttributeError, RuntimeError, NotImplementedError) as error:
        raise _broken(error, last) from error


def _broken(error: Exception, last: int) -> Refused:
    if last:
        text = N_("The workbook is damaged or cut off after row %(row)s: %(what)s. Save it again.")
        return refused(text, last, what=_reason(error))
    return refused(_DAMAGED, what=_reason(error))


def _rows(path: Path) -> Iterator[Row]:
    """Strings and styles are read as openpyxl reads them; its sheets are not: without a dimension that takes twice."""
    from openpyxl.reader.excel import ExcelReader

    with path.open("rb") as file:
        # As a file: by its path, openpyxl goes by the ending of the name, which an upload has lost.
        reader: Any = ExcelReader(file, read_only=True, data_only=False, keep_links=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that are not read here, such as styles without a default
            reader.read_manifest()
            reader.read_strings()
            reader.read_workbook()
            apply_stylesheet(reader.archive, reader.wb)
        targets = [relation.target for _sheet, relation in reader.parser.find_sheets() if "worksheet" in relation.Type]
        if not targets:
            raise refused(N_("The workbook holds no sheet with cells. Put the records into the first one."))
        with reader.archive.open(targets[0]) as source:
            yield from _filled(_Book(reader.shared_strings, reader.wb._date_formats, reader.wb.epoch), source)  # noqa: SLF001


@dataclass(frozen=True, slots=True)
class _Book:
    """What cells refer to: shared texts, the styles that mean a day or time, and the day that is number 0."""

    texts: Sequence[object]
    dates: frozenset[int] | set[int]
    epoch: datetime


def _filled(book: _Book, source: Any) -> Iterator[Row]:
    header: tuple[Cell, ...] = ()
    last = 0
    for number, cells in _parsed(source):
        number = number or last + 1  # noqa: PLW2901 - tools may leave the number out
        last = number
        if not cells:
            continue
        width = max(cells) + 1
        if width > MOST_COLUMNS:
            text = N_("Row %(row)s has %(found)s columns; up to %(most)s are read. Export fewer columns.")
            raise refused(text, number, found=f"{width:,}", most=MOST_COLUMNS)
        values: list[Cell] = [None] * width
        for place, raw in cells.items():
            values[place] = (
                raw[1] if raw[0] == "inlineStr" and not raw[3] else _value(book, raw, (number, place, header))
            )
        if all(value is None for value in values):
            continue
        header = header or tuple(values)
        yield Row(number, tuple(values))


def _parsed(source: Any) -> Iterator[tuple[int, dict[int, _Raw]]]:
    """Rows of the sheet's XML with their cells by column. openpyxl's own reader takes ten times as long."""
    events = etree.iterparse(source, events=("end",), tag=f"{_NS}row", resolve_entities=False, no_network=True)
    for _event, row in events:
        number = row.get("r", "")
        yield int(number) if number.isdigit() else 0, _plain_cells(row) or _any_cells(row)
        row.clear()
        while row.getprevious() is not None:
            del row.getparent()[0]


def _plain_cells(row: Any) -> dict[int, _Raw]:
    """The cells of a row of values alone, taken from its canonical text in one pass: three times as fast as an object
    for each. Empty where anything in the row is not of that shape.
    """
    found = _PLAIN_CELL.findall(etree.tostring(row, encoding="unicode"))
    if len(found) != len(row):
        return {}
    return {
        _letters(letters): (kind or "n", (unescape(text) if "&" in text else text) or None, style or None, False)
        for letters, style, kind, text in found
    }


def _any_cells(row: Any) -> dict[int, _Raw]:
    cells: dict[int, _Raw] = {}
    place = -1
    for cell in row:
        if cell.tag != f"{_NS}c":
            continue
        named_at = cell.get("r")
        place = _column(named_at) if named_at else place + 1
        cells[place] = _raw(cell)
    return cells


@lru_cache(maxsize=20_000)
def _letters(letters: str) -> int:
    return int(column_index_from_string(letters)) - 1


def _column(reference: str) -> int:
    return _letters(reference.rstrip("0123456789"))


def _raw(cell: Any) -> _Raw:
    kind, value, formula = cell.get("t", "n"), None, False
    for part in cell:
        if part.tag == f"{_NS}v":
            value = part.text
        elif part.tag == f"{_NS}f":
            formula = True
        elif part.tag == f"{_NS}is":
            value = "".join(text.text or "" for text in part.iter(f"{_NS}t"))
    return kind, value, cell.get("s"), formula


def _value(book: _Book, raw: _Raw, at: tuple[int, int, tuple[Cell, ...]]) -> Cell:
    kind, value, style, formula = raw
    if formula:
        row, place, header = at
        text = N_("Row %(row)s, column %(column)s holds a formula. Save the sheet with its values only, or as CSV.")
        raise refused(text, row, named(header, place))
    if value is None or kind == "e":
        return None
    match kind:
        case "s":
            return str(book.texts[int(value)])
        case "b":
            return value == "1"
        case "d":
            return value
        case "n":
            number = float(value)
            if style and int(style) in book.dates:
                return _moment(number, book.epoch)
            return int(number) if number.is_integer() and "." not in value else number
        case _:
            return value


def _moment(number: float, epoch: datetime) -> Cell:
    found = from_excel(number, epoch)
    if isinstance(found, datetime):
        return found.replace(microsecond=0)
    return None if found is None else str(found)
