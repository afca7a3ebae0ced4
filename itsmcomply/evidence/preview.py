"""Look into stored bytes without running them: text as text, tables as cells, the words of documents.

Text and tables are read here; documents by `extract`, in a process of its own.
"""

from __future__ import annotations

import csv
import difflib
import json
import subprocess
import sys
from collections import OrderedDict
from dataclasses import dataclass
from io import BufferedReader
from itertools import islice
from threading import Lock
from typing import Any

from itsmcomply.evidence.sniff import Preview, by_key, encoding_of
from itsmcomply.evidence.store import Store

READ = 64 * 1024
MOST_ROWS = 200
MOST_COLUMNS = 40
LONGEST_LINE = 2000
EXTRACTED = frozenset({"docx", "xlsx", "pdf"})
MOST_EXTRACTED = 20 * 1024 * 1024
MOST_REMEMBERED = 64
READING_SECONDS = 15
MOST_HASHED = 64 * 1024 * 1024  # beyond this, checking the bytes would make the page wait


@dataclass(frozen=True, slots=True)
class Look:
    """What a page may show. `cut`: there is more than this. `rows` have the head first, all of equal length."""

    kind: Preview
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    cut: bool = False


NOTHING = Look(Preview.NONE)


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a comparison. `mark`: "+", "-" or " "."""

    mark: str
    text: str


def look(store: Store, sha256: str, size: int, type_key: str) -> Look:
    """The beginning of a text, table or document; images are only named. Raises IntegrityFailure for damaged bytes.

    Documents take some tenths of a second the first time; the last 64 are remembered.
    """
    kind = by_key(type_key).preview
    if kind is Preview.IMAGE:
        return Look(kind)
    if size > MOST_HASHED:
        return NOTHING
    if type_key in EXTRACTED and size <= MOST_EXTRACTED:
        return _words_of(store, sha256, type_key)
    if kind is Preview.NONE:
        return NOTHING
    text, cut = _beginning(store, sha256)
    if text is None:
        return NOTHING
    if kind is Preview.TABLE and (rows := _cells(text)):
        return Look(kind, rows=rows[:MOST_ROWS], cut=cut or len(rows) > MOST_ROWS)
    return Look(Preview.TEXT, text=text, cut=cut)


_remembered: OrderedDict[str, Look] = OrderedDict()
_turn = Lock()


def _words_of(store: Store, sha256: str, type_key: str) -> Look:
    with _turn:
        if sha256 in _remembered:
            return _remembered[sha256]
    with store.open(sha256) as file:
        found = _extract(file, type_key)
    with _turn:
        _remembered[sha256] = found
        while len(_remembered) > MOST_REMEMBERED:
            _remembered.popitem(last=False)
    return found


def _extract(file: BufferedReader, type_key: str) -> Look:
    """What the reading process tells; nothing where it fails, runs out of time or memory, or finds no words."""
    command = [sys.executable, "-I", "-m", "itsmcomply.evidence.extract", type_key]
    try:
        ran = subprocess.run(command, stdin=file, capture_output=True, timeout=READING_SECONDS, check=True)
        told: dict[str, Any] = json.loads(ran.stdout)
    except (subprocess.SubprocessError, ValueError, OSError):
        return NOTHING
    if rows := told.get("rows"):
        width = max(len(row) for row in rows)
        cells = tuple(tuple(_visible(cell)[:LONGEST_LINE] for cell in row) + ("",) * (width - len(row)) for row in rows)
        return Look(Preview.TABLE, rows=cells, cut=bool(told.get("cut")))
    text = _visible(str(told.get("text", ""))).strip()
    return Look(Preview.TEXT, text=text, cut=bool(told.get("cut"))) if text else NOTHING


def compare(old: Look, new: Look) -> tuple[DiffLine, ...]:
    """The lines of `new` against those of `old`; empty where nothing changed."""
    lines = difflib.ndiff(_lines(old), _lines(new))
    found = tuple(DiffLine(line[0], line[2:]) for line in lines if line[0] in "+- ")
    return found if any(line.mark != " " for line in found) else ()


def _lines(seen: Look) -> list[str]:
    return [" | ".join(row) for row in seen.rows] if seen.rows else seen.text.splitlines()


def _beginning(store: Store, sha256: str) -> tuple[str | None, bool]:
    with store.open(sha256) as file:
        head = file.read(READ + 1)
    encoding = encoding_of(head)
    if encoding is None:
        return None, False
    return _visible(head[:READ].decode(encoding, "replace")), len(head) > READ


def _visible(text: str) -> str:
    """What no page can hold is shown as a mark; the file itself stays as it is."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text.replace("\r\n", "\n"))


def _cells(text: str) -> tuple[tuple[str, ...], ...]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    rows = [row[:MOST_COLUMNS] for row in islice(csv.reader(text.splitlines(), delimiter=delimiter), MOST_ROWS + 1)]
    width = max((len(row) for row in rows), default=0)
    return tuple(tuple(cell[:LONGEST_LINE] for cell in row) + ("",) * (width - len(row)) for row in rows if row)
