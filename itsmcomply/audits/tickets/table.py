"""A table as rows of cells, whatever file it came from, and which reader a file needs."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from itsmcomply.audits.tickets.model import refused
from itsmcomply.wording import N_

MOST_COLUMNS = 1000
LARGEST_FILE = 256 << 20

Cell: TypeAlias = "str | datetime | int | float | bool | None"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of data; `number` as people see it in the file."""

    number: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """The heading and, read while they are asked for, the rows below it. Closing `rows` closes the file."""

    header: tuple[str, ...]
    rows: Generator[Row]
    header_row: int
    encoding: str = ""
    delimiter: str = ""


def named(header: Sequence[object], place: int) -> str:
    """A column as people find it: its heading, else its number."""
    heading = str(header[place] or "").strip() if 0 <= place < len(header) else ""
    return heading[:60] or str(place + 1)


def open_table(path: Path) -> Table:
    """The table of a CSV or XLSX file, told apart by content and not by name. Raises Refused."""
    from itsmcomply.audits.tickets.table_csv import open_csv
    from itsmcomply.audits.tickets.table_xlsx import open_xlsx

    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise refused(N_("The file cannot be read: %(what)s."), what=error.strerror or error) from error
    if size > LARGEST_FILE:
        raise refused(N_("The file is larger than %(limit)s MiB. Export a shorter period."), limit=LARGEST_FILE >> 20)
    if head.startswith(b"PK"):
        return open_xlsx(path)
    _refuse_known(path, head)
    return open_csv(path)


def _refuse_known(path: Path, head: bytes) -> None:
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if _is_encrypted(path):
            raise refused(N_("The workbook is protected by a password. Save it without one and upload it again."))
        raise refused(N_("This is a workbook of an old format (xls). Save it as XLSX or CSV and upload it again."))
    for magic, what in ((b"%PDF", "PDF"), (b"\x1f\x8b", "gzip"), (b"7z\xbc\xaf", "7z"), (b"\x89PNG", "PNG")):
        if head.startswith(magic):
            text = N_("This is a file of type %(what)s, not a table. Export the records as CSV or XLSX.")
            raise refused(text, what=what)


def _is_encrypted(path: Path) -> bool:
    """An OLE container with this stream is a workbook under a password; names in it are UTF-16."""
    wanted, before = "EncryptedPackage".encode("utf-16-le"), b""
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            if wanted in before + chunk:
                return True
            before = chunk[-64:]
    return False
