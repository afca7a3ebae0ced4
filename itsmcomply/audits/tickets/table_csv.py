"""Rows of a text table, in the encodings and delimiters that tools write. Memory stays at one row."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from itsmcomply.audits.tickets.model import refused
from itsmcomply.audits.tickets.table import MOST_COLUMNS, Row, Table, named
from itsmcomply.wording import N_

DELIMITERS = (",", ";", "\t", "|")
LONGEST_LINE = 1_000_000
LONGEST_CELL = 131_072
CHUNK = 1 << 20
HEAD = 64 * 1024


def open_csv(path: Path) -> Table:
    """The heading and the rows of a text file. Raises Refused; rows that follow raise it while they are read."""
    encoding = encoding_of(path)
    lines = _Lines(path.open(encoding=encoding, newline=""))
    csv.field_size_limit(LONGEST_CELL)
    try:
        delimiter = _delimiter(lines)
        rows = _closing(lines, _records(lines, delimiter))
        first = next(rows, None)
    except BaseException:
        lines.file.close()
        raise
    if first is None:
        raise refused(N_("The file holds no rows. Export it again with a heading and records."))
    return Table(tuple(str(cell).strip() for cell in first.cells), rows, first.number, encoding, delimiter)


def _closing(lines: _Lines, rows: Iterator[Row]) -> Generator[Row]:
    with lines.file:
        yield from rows


def encoding_of(path: Path) -> str:
    """By its mark, by the NULs of UTF-16, else UTF-8 where all of it is, else Windows-1252 or Latin-1."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip():
        raise refused(N_("The file is empty. Export it again."))
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if wide := _utf16(head):
        return wide
    if _is_binary(head):
        raise refused(N_("This is neither a text table nor a workbook. Export the records as CSV or XLSX."))
    return _eight_bit(path)


def _utf16(head: bytes) -> str:
    """UTF-16 without a mark: text of mostly Latin letters has a NUL in every other byte."""
    pairs = len(head) // 2
    if pairs < 4:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.7 * pairs and even < 0.05 * pairs:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 * pairs and odd < 0.05 * pairs else ""


def _is_binary(head: bytes) -> bool:
    odd = sum(head.count(code) for code in (*range(1, 9), *range(14, 27), *range(28, 32)))
    return odd > max(8, len(head) // 100) or head.count(0) > len(head) // 10


def _eight_bit(path: Path) -> str:
    """Valid UTF-8 hardly ever is anything else; a file that is UTF-8 up to a broken byte is damaged."""
    decoder, line, foreign, cp1252 = codecs.getincrementaldecoder("utf-8")(), 1, 0, True
    broken = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            cp1252 = cp1252 and not any(chunk.count(code) for code in (0x81, 0x8D, 0x8F, 0x90, 0x9D))
            if broken:
                continue
            try:
                foreign += sum(1 for letter in decoder.decode(chunk) if letter > "\x7f")
            except UnicodeDecodeError as error:
                foreign += sum(1 for letter in error.object[: error.start].decode("utf-8", "ignore") if letter > "\x7f")
                broken = line + error.object[: error.start].count(b"\n")
            line += chunk.count(b"\n")
    if not broken:
        return "utf-8"
    if foreign:
        raise refused(
            N_("Line %(row)s holds bytes that are not UTF-8, unlike the rest. Export the file again."), broken
        )
    return "cp1252" if cp1252 else "latin-1"


@dataclass
class _Lines:
    """Lines of a bounded length, counted, so that a file without line ends cannot fill the memory."""

    file: TextIO
    number: int = 0
    ended: bool = True
    held: str = ""

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line, self.held = self.held or self._read(), ""
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) >= LONGEST_LINE and not line.endswith(("\n", "\r")):
            text = N_("Line %(row)s is longer than %(limit)s characters. This is no table of records; export it again.")
            raise refused(text, self.number, limit=f"{LONGEST_LINE:,}")
        self.ended = line.endswith(("\n", "\r"))
        return line

    def _read(self) -> str:
        try:
            return self.file.readline(LONGEST_LINE)
        except UnicodeError as error:
            text = N_("After line %(row)s the file cannot be read as %(encoding)s; it may be cut off. Export it again.")
            raise refused(text, self.number, encoding=self.file.encoding) from error

    def peek(self) -> str:
        self.held = self._read()
        return self.held


def _delimiter(lines: _Lines) -> str:
    """What Excel was told by `sep=`, else the sign that makes most columns of the heading."""
    first = lines.peek()
    while first and not first.strip():
        lines.held, first = "", lines.peek()
    told = first.strip().lower()
    if told.startswith("sep=") and len(told) == 5:
        lines.held = ""
        lines.number += 1
        return first.strip()[4]
    if len(first) >= LONGEST_LINE:
        return ","
    counts = {sign: _columns(first, sign) for sign in DELIMITERS}
    return max(counts, key=lambda sign: (counts[sign], -DELIMITERS.index(sign)))


def _columns(line: str, sign: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=sign), []))
    except csv.Error:
        return 0


def _records(lines: _Lines, delimiter: str) -> Iterator[Row]:
    """Rows with the line each begins on. A last row that is short and has no line end was cut off."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    width = 0
    header: tuple[str, ...] = ()
    while True:
        begins = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _malformed(error, begins, lines.number) from error
        if not any(cells):
            continue
        if any("\0" in cell for cell in cells):
            place = next(index for index, cell in enumerate(cells) if "\0" in cell)
            text = N_("Row %(row)s, column %(column)s holds a NUL character. The file is damaged; export it again.")
            raise refused(text, begins, named(header, place))
        if not width:
            width, header = len(cells), tuple(cells)
            if width > MOST_COLUMNS:
                text = N_("The heading has %(found)s columns; up to %(most)s are read. Export fewer columns.")
                raise refused(text, begins, found=f"{width:,}", most=MOST_COLUMNS)
        elif len(cells) < width and not lines.ended:
            text = N_("The file ends inside row %(row)s, after %(found)s of %(width)s columns. Export it again.")
            raise refused(text, begins, named(header, len(cells) - 1), found=len(cells), width=width)
        yield Row(begins, cells)


def _malformed(error: csv.Error, begins: int, ends: int) -> Exception:
    if "end of data" in str(error):
        return refused(N_("The file ends inside a quoted text that begins in row %(row)s. Export it again."), begins)
    if "field larger" in str(error):
        text = N_("Row %(row)s holds a text of more than %(limit)s characters; a quote may not be closed.")
        return refused(text, begins, limit=f"{LONGEST_CELL:,}")
    text = N_("Row %(row)s (up to line %(end)s) is no proper CSV: %(what)s. Export it again.")
    return refused(text, begins, end=ends, what=str(error))
