"""A workbook that came back, read in a child process under limits: its rows as values, or a sentence what is wrong."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn, Protocol

from itsmcomply.audits.offline.sheet import COLUMNS, FILLED, FORMAT, HEAD_ROW, as_cell
from itsmcomply.errors import InvalidInput
from itsmcomply.wording import N_, say

log = logging.getLogger("itsmcomply")

LARGEST = 50 * 1024 * 1024
WALL_SECONDS = 40
CHUNK = 1024 * 1024


class Readable(Protocol):
    """The part of a stream that is read."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A row as it came back. `line` counts from 1 in the sheet; `row_version` None: no number any more."""

    line: int
    requirement: str
    values: Mapping[str, str]
    row_version: int | None
    seal: str


@dataclass(frozen=True, slots=True)
class ReturnedSheet:
    """The audit the workbook says it belongs to, and its rows in order."""

    audit: str
    rows: tuple[ReturnedRow, ...]


def read_returned(stream: Readable) -> ReturnedSheet:
    """Read a returned checklist. Nothing is kept. Raises InvalidInput for everything that is wrong with the file."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as kept:
        size = 0
        while piece := stream.read(CHUNK):
            size += len(piece)
            if size > LARGEST:
                _refuse(N_("It is larger than %(limit)s MiB. Nothing was stored. Send the checklist alone."), limit=50)
            kept.write(piece)
        kept.flush()
        if not size:
            _refuse(N_("Choose the workbook that was filled in."))
        cells = _cells(kept.name)
    return _sheet(cells)


def _cells(path: str) -> list[list[str]]:
    command = [sys.executable, "-I", "-m", "itsmcomply.audits.offline.child", path]
    try:
        done = subprocess.run(command, capture_output=True, timeout=WALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        _refuse(N_("It takes too long to read. Nothing was stored."))
    if done.stderr:
        log.warning("a returned workbook could not be read: %s", done.stderr[-2000:].decode(errors="replace"))
    try:
        found = json.loads(done.stdout)
    except ValueError:  # the child was ended by its limits before it could say anything
        _refuse(N_("It takes more memory or time to read than is allowed. Nothing was stored."))
    if "template" in found:
        _refuse(found["template"], **found["values"])
    rows: list[list[str]] = found["rows"]
    return rows


def _sheet(cells: list[list[str]]) -> ReturnedSheet:
    keys = [name for name, *_ in COLUMNS]
    headings = [heading for _, heading, *_ in COLUMNS]
    if len(cells) <= HEAD_ROW - 1 or cells[2][:1] != [FORMAT] or cells[HEAD_ROW - 1][: len(headings)] != headings:
        _refuse(N_("It is not a checklist of this product, or its first four rows were changed. Take a new one along."))
    rows = []
    for line, found in enumerate(cells[HEAD_ROW:], HEAD_ROW + 1):
        row = dict(zip(keys, [*found, *[""] * len(keys)], strict=False))
        if not any(text.strip() for text in found):
            continue
        version = row["row_version"].strip()
        rows.append(
            ReturnedRow(
                line=line,
                requirement=row["requirement"].strip(),
                values={name: as_cell(name, row[name]) for name in FILLED},
                row_version=int(version) if version.isdecimal() and len(version) < 10 else None,
                seal=row["seal"].strip(),
            )
        )
    return ReturnedSheet(cells[2][1].strip() if len(cells[2]) > 1 else "", tuple(rows))


def _refuse(template: str, **values: object) -> NoReturn:
    raise InvalidInput({"file": say(template, **values)})
