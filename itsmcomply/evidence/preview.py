"""Look into stored bytes without running them: text as text, tables as cells, everything else not at all."""

from __future__ import annotations

import csv
import difflib
from dataclasses import dataclass
from itertools import islice

from itsmcomply.evidence.sniff import Preview, by_key, encoding_of
from itsmcomply.evidence.store import Store

READ = 64 * 1024
MOST_ROWS = 200
MOST_COLUMNS = 40
LONGEST_LINE = 2000
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
    """The beginning of a text or table; images are only named. Raises IntegrityFailure for damaged bytes."""
    kind = by_key(type_key).preview
    if kind is Preview.IMAGE:
        return Look(kind)
    if kind is Preview.NONE or size > MOST_HASHED:
        return NOTHING
    text, cut = _beginning(store, sha256)
    if text is None:
        return NOTHING
    if kind is Preview.TABLE and (rows := _cells(text)):
        return Look(kind, rows=rows[:MOST_ROWS], cut=cut or len(rows) > MOST_ROWS)
    return Look(Preview.TEXT, text=text, cut=cut)


def compare(store: Store, old: str, new: str) -> tuple[DiffLine, ...]:
    """The lines of `new` against those of `old`, both text; empty where nothing changed."""
    before, _ = _beginning(store, old)
    after, _ = _beginning(store, new)
    lines = difflib.ndiff((before or "").splitlines(), (after or "").splitlines())
    found = tuple(DiffLine(line[0], line[2:]) for line in lines if line[0] in "+- ")
    return found if any(line.mark != " " for line in found) else ()


def _beginning(store: Store, sha256: str) -> tuple[str | None, bool]:
    with store.open(sha256) as file:
        head = file.read(READ + 1)
    encoding = encoding_of(head)
    if encoding is None:
        return None, False
    text = head[:READ].decode(encoding, "replace")
    # What no page can hold is shown as a mark; the file itself stays as it is.
    shown = "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text.replace("\r\n", "\n"))
    return shown, len(head) > READ


def _cells(text: str) -> tuple[tuple[str, ...], ...]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    try:
        rows = [row[:MOST_COLUMNS] for row in islice(csv.reader(text.splitlines(), delimiter=delimiter), MOST_ROWS + 1)]
    except csv.Error:
        return ()
    width = max((len(row) for row in rows), default=0)
    return tuple(tuple(cell[:LONGEST_LINE] for cell in row) + ("",) * (width - len(row)) for row in rows if row)
