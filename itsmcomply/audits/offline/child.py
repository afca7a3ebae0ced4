"""Read one workbook under limits of memory and time: run as a program of its own, so that no file harms the server.

Writes one JSON object to its output: {"rows": [...]}, or {"template": ..., "values": ...} for the sentence of what is
wrong. What nobody foresaw goes to its error output as well, which the caller puts into the log. Knows no database.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import traceback
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from itsmcomply.audits.offline.sheet import HEAD_ROW, SHEET
from itsmcomply.wording import N_, Sentence, say

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell

MEMORY = 512 * 1024 * 1024
SECONDS = 20
UNPACKED = 120 * 1024 * 1024
MEMBERS = 2000
MOST_ROWS = 2000
MOST_COLUMNS = 30
LONGEST = 32_767
PIECE = 1 << 20

_ROW, _CELL = re.compile(rb"<(?:\w+:)?row[\s/>]"), re.compile(rb"<(?:\w+:)?c[\s/>]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"')
TOO_MUCH = N_("It unpacks to more than may be read. Nothing was stored.")
NO_WORKBOOK = N_("It is not an .xlsx workbook. Save it as .xlsx and send it again.")
BROKEN = N_("It is damaged or incomplete. Save it once more as .xlsx and send it again.")


class Refused(Exception):
    """The file cannot be taken. Its argument is the sentence that says why."""


def main(path: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        told: dict[str, object] = {"rows": read(path)}
    except Refused as refusal:
        told = _told(refusal.args[0])
    except MemoryError:
        told = _told(say(TOO_MUCH))
    except (zipfile.BadZipFile, zlib.error, EOFError):
        told = _told(say(BROKEN))
    except Exception:  # noqa: BLE001 - the edge of this process: whatever a file does to its reader is told, and logged
        traceback.print_exc()
        told = _told(say(BROKEN))
    json.dump(told, sys.stdout)


def read(path: Path) -> list[list[str]]:
    """The cells of the checklist as text: the sheet of that name, else the first. Raises Refused."""
    _look_at_start(path)
    _look_into_archive(path)
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
    if not book.worksheets:
        raise Refused(say(N_("It holds no sheet.")))
    sheet = next((one for one in book.worksheets if one.title == SHEET), book.worksheets[0])
    lines = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS)
    return [[_text(cell) for cell in line] for line in lines]


def _look_at_start(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(8)
    if start[:4] == b"\xd0\xcf\x11\xe0":
        text = N_("It is protected by a password or an old .xls file. Save it as .xlsx without a password.")
        raise Refused(say(text))
    if start[:4] != b"PK\x03\x04":
        raise Refused(say(NO_WORKBOOK))


def _look_into_archive(path: Path) -> None:
    """Refuse what is too large, holds macros, or has merged cells, whose values would be taken for empty."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MEMBERS or sum(one.file_size for one in members) > UNPACKED:
            raise Refused(say(TOO_MUCH))
        names = {one.filename.lower() for one in members}
        if any(name.endswith("vbaproject.bin") for name in names):
            raise Refused(say(N_("It holds macros. Save it as .xlsx without macros and send it again.")))
        if "[content_types].xml" not in names or not any(name.startswith("xl/") for name in names):
            raise Refused(say(NO_WORKBOOK))
        for one in members:
            if one.filename.lower().startswith("xl/worksheets/"):
                _look_into_sheet(archive, one)


def _look_into_sheet(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Rows and cells are counted before they are parsed, which costs a hundred times more."""
    kept, rows, cells = b"", 0, 0
    with archive.open(member) as sheet:
        while piece := sheet.read(PIECE):
            rows, cells = rows + len(_ROW.findall(piece)), cells + len(_CELL.findall(piece))
            if rows > MOST_ROWS:
                raise Refused(say(N_("It has more than %(rows)s rows. Send the checklist alone."), rows=MOST_ROWS))
            if cells > MOST_ROWS * MOST_COLUMNS:
                raise Refused(say(N_("It has more columns than a checklist. Send the checklist alone.")))
            for found in _MERGED.finditer(kept + piece):
                column, first, last = (part.decode() for part in found.groups())
                if int(last) > HEAD_ROW:
                    text = N_("Cell %(cell)s is merged with others. Split the cells and send it again.")
                    raise Refused(say(text, cell=f"{column}{first}"))
            kept = piece[-200:]


def _text(cell: Cell | MergedCell) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        text = N_("Cell %(cell)s holds a formula. Put its value there and send it again.")
        raise Refused(say(text, cell=cell.coordinate))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)[:LONGEST]


def _told(sentence: Sentence) -> dict[str, object]:
    return {"template": sentence.template, "values": sentence.values}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
