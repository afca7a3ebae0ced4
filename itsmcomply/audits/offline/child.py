"""Read one workbook under limits of memory and time: run as a program of its own, so that no file harms the server.

Writes one JSON object to its output: {"rows": [...]} or {"problem": "..."}. Knows openpyxl and nothing of the product.
"""

from __future__ import annotations

import json
import resource
import sys
import zipfile
from pathlib import Path
from typing import Any

MEMORY = 512 * 1024 * 1024
SECONDS = 20
UNPACKED = 120 * 1024 * 1024
MEMBERS = 2000
MOST_ROWS = 2000
MOST_COLUMNS = 30
LONGEST = 32_767


def main(path: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        found = read(path)
    except MemoryError:
        found = {"problem": "It unpacks to more than may be read. Nothing was stored."}
    except Exception as error:  # noqa: BLE001 - the edge of this process: any broken file is a problem of the file
        found = {
            "problem": f"It cannot be read as a workbook ({type(error).__name__}). Save it as .xlsx and send it again."
        }
    json.dump(found, sys.stdout)


def read(path: Path) -> dict[str, Any]:
    """The cells of the first sheet as text, or what is wrong."""
    with path.open("rb") as file:
        start = file.read(8)
    if start[:4] == b"\xd0\xcf\x11\xe0":
        return {"problem": "It is protected by a password or an old .xls file. Save it as .xlsx without a password."}
    if start[:4] != b"PK\x03\x04":
        return {"problem": "It is not an .xlsx workbook. Save it as .xlsx and send it again."}
    if problem := _problem_of_archive(path):
        return {"problem": problem}
    import openpyxl
    from openpyxl.utils import get_column_letter

    book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
    sheet = book.worksheets[0] if book.worksheets else None
    if sheet is None:
        return {"problem": "It holds no sheet."}
    rows: list[list[str]] = []
    for row in sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS):
        cells = []
        for cell in row:
            if cell.data_type == "f":
                where = f"{get_column_letter(cell.column or 1)}{cell.row}"
                return {"problem": f"Cell {where} holds a formula. Put its value there and send it again."}
            cells.append(_text(cell.value))
        rows.append(cells)
    if len(rows) > MOST_ROWS:
        return {"problem": f"It has more than {MOST_ROWS} rows. Send the checklist alone."}
    return {"rows": rows}


def _problem_of_archive(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MEMBERS or sum(one.file_size for one in members) > UNPACKED:
            return "It unpacks to more than may be read. Nothing was stored."
        names = {one.filename.lower() for one in members}
    if any(name.endswith("vbaproject.bin") for name in names):
        return "It holds macros. Save it as .xlsx without macros and send it again."
    if "[content_types].xml" not in names or not any(name.startswith("xl/") for name in names):
        return "It is not an .xlsx workbook. Save it as .xlsx and send it again."
    return ""


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)[:LONGEST]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
