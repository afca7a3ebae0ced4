"""From a table to records: columns found, values typed, rows of one record folded into its last state. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from itsmcomply.audits.tickets.layouts import GLPI, Columns, columns_of
from itsmcomply.audits.tickets.model import (
    COUNTS,
    MOMENTS,
    TEXTS,
    TRUTHS,
    DateColumn,
    Kind,
    Options,
    Place,
    Reading,
    Ticket,
    refused,
)
from itsmcomply.audits.tickets.moments import Evidence, Reader, decide
from itsmcomply.audits.tickets.table import Cell, Row, Table, open_table
from itsmcomply.wording import N_

MOST_ROWS = 1_000_000
MOST_PLACES = 200
"""Skipped rows and unreadable values named one by one; the others are counted in a note."""
LONGEST_NUMBER = 64
LONGEST_TEXT = 2000
REPORT_EVERY = 5000

Progress = Callable[[int], None]
_UNKNOWN = frozenset({"", "?", "-", "n/a", "null", "none", "unknown", "(empty)"})
_TRUE = frozenset({"true", "yes", "y", "1", "met", "x"})
_FALSE = frozenset({"false", "no", "n", "0", "breached", "missed"})
_KIND_WORDS = (
    (Kind.PROBLEM, ("problem",)),
    (Kind.CHANGE, ("change",)),
    (Kind.INCIDENT, ("incident",)),
    (Kind.REQUEST, ("request", "demand", "sc_req", "requested item", "sc_task")),
)
_PREFIXES = {
    "INC": Kind.INCIDENT,
    "PRB": Kind.PROBLEM,
    "CHG": Kind.CHANGE,
    "REQ": Kind.REQUEST,
    "RITM": Kind.REQUEST,
    "SCTASK": Kind.REQUEST,
}
_PREFIX = re.compile(r"[A-Z]+(?=\d)")
_SPACES = re.compile(r"[\s\u00a0\u202f]+")


@dataclass(slots=True)
class _Seen:
    """A row of a record, typed but for its moments, which wait until the whole column has been seen."""

    number: str
    kind: Kind
    row: int
    moments: tuple[Cell, ...]
    values: tuple[object, ...]


_VALUES = (*TEXTS, *COUNTS, *TRUTHS)


@dataclass
class _Work:
    columns: Columns
    header: tuple[str, ...]
    rows: int = 0
    seen: list[_Seen] = field(default_factory=list)
    skipped: list[Place] = field(default_factory=list)
    left_out: int = 0
    unread: list[Place] = field(default_factory=list)
    unread_more: int = 0
    texts: dict[str, str | None] = field(default_factory=dict)

    def skip(self, row: int, reason: str, column: str = "") -> None:
        self.left_out += 1
        if len(self.skipped) < MOST_PLACES:
            self.skipped.append(Place(row, column, reason))

    def not_read(self, row: int, name: str, reason: str) -> None:
        if len(self.unread) < MOST_PLACES:
            self.unread.append(Place(row, self.columns.headings[name], reason))
        else:
            self.unread_more += 1


def read_file(path: Path, options: Options, progress: Progress | None = None) -> Reading:
    """The records of an export. `progress` hears how many rows were read. Raises Refused."""
    return read_table(open_table(path), options, progress)


def read_table(table: Table, options: Options, progress: Progress | None = None) -> Reading:
    """The records of a table. A row without number, of another width or of no known kind is skipped and named."""
    with closing(table.rows):
        columns = columns_of(table.header, options)
        work = _Work(columns, table.header)
        evidence = {n: Evidence(columns.headings[n]) for n in MOMENTS if n in columns.places}
        _take_all(work, table, evidence, progress)
    if not work.seen:
        raise _nothing(work)
    dates = decide(evidence, options.dates)
    tickets = _folded(work, dates)
    return Reading(
        layout=columns.layout,
        encoding=table.encoding,
        delimiter=table.delimiter,
        rows=work.rows,
        tickets=tickets,
        folded=len(work.seen) - len(tickets),
        skipped=tuple(work.skipped),
        unread=tuple(work.unread),
        columns=dict(columns.headings),
        dates=dates,
        notes=tuple(_notes(work, dates)),
    )


def _take_all(work: _Work, table: Table, evidence: dict[str, Evidence], progress: Progress | None) -> None:
    for row in table.rows:
        work.rows += 1
        if work.rows > MOST_ROWS:
            raise refused(N_("The file has more than %(most)s rows. Export a shorter period."), most=f"{MOST_ROWS:,}")
        _take(work, row, evidence)
        if progress and work.rows % REPORT_EVERY == 0:
            progress(work.rows)
    if progress:
        progress(work.rows)


def _nothing(work: _Work) -> Exception:
    if not work.skipped:
        return refused(N_("There is a heading and no record below it. Export the records too."))
    first = work.skipped[0]
    text = N_("No row could be used. Row %(row)s: %(what)s.")
    return refused(text, first.row, first.column, what=first.reason)


def _take(work: _Work, row: Row, evidence: dict[str, Evidence]) -> None:
    width = len(work.header)
    if len(row.cells) < width and _is_text_table(row):
        work.skip(row.number, f"{len(row.cells)} columns where the heading has {width}")
        return
    if any(_filled(cell) for cell in row.cells[width:]):
        work.skip(row.number, f"{len(row.cells)} columns where the heading has {width}")
        return
    number = _number(work, row)
    if not number:
        work.skip(row.number, "no number", work.columns.headings["number"])
        return
    if len(number) > LONGEST_NUMBER:
        work.skip(row.number, f"a number of more than {LONGEST_NUMBER} characters", work.columns.headings["number"])
        return
    kind = _kind(work, row, number)
    if kind is None:
        said = _text(work, _cell(work, row, "kind"))
        reason = f"type {said} is no incident, problem, change or request" if said else "neither type nor number say"
        work.skip(row.number, reason, work.columns.headings.get("kind", ""))
        return
    moments = tuple(_moment_cell(work, row, name) for name in MOMENTS)
    for name, cell in zip(MOMENTS, moments, strict=True):
        if cell is not None:
            evidence[name].see(cell)
    values = tuple(_typed(work, row, name) for name in _VALUES)
    work.seen.append(_Seen(number, kind, row.number, moments, values))


def _is_text_table(row: Row) -> bool:
    """Workbooks leave out empty cells at the end of a row; a text table never does."""
    return isinstance(row.cells, list)


def _filled(cell: Cell) -> bool:
    return cell is not None and str(cell).strip() != ""


def _cell(work: _Work, row: Row, name: str) -> Cell:
    """The first value in the columns of this field that is not unknown."""
    for place in work.columns.places.get(name, ()):
        cell = row.cells[place] if place < len(row.cells) else None
        if cell is not None and (not isinstance(cell, str) or cell.strip().lower() not in _UNKNOWN):
            return cell
    return None


def _text(work: _Work, cell: Cell) -> str | None:
    """One text for equal values, so that 150,000 records share the few hundred names in them."""
    if cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    raw = cell if isinstance(cell, str) else str(cell)
    known = work.texts.get(raw)
    if known is None:
        known = raw.strip()[:LONGEST_TEXT] or None
        if len(raw) < 200 and len(work.texts) < 200_000:
            work.texts[raw] = known
    return known


def _number(work: _Work, row: Row) -> str:
    text = _text(work, _cell(work, row, "number")) or ""
    return _SPACES.sub("", text) if work.columns.layout == GLPI.key else text


def _moment_cell(work: _Work, row: Row, name: str) -> Cell:
    cell = _cell(work, row, name)
    return cell.strip() if isinstance(cell, str) else cell


def _kind(work: _Work, row: Row, number: str) -> Kind | None:
    """What the type says; else what the number begins with; else what the whole file is."""
    if said := _text(work, _cell(work, row, "kind")):
        words = said.lower()
        for kind, known in _KIND_WORDS:
            if any(word in words for word in known):
                return kind
        return work.columns.kind if work.columns.layout == "servicenow" else None
    found = _PREFIX.match(number.upper())
    by_prefix = _PREFIXES.get(found[0]) if found else None
    return by_prefix or work.columns.kind


def _typed(work: _Work, row: Row, name: str) -> object:
    cell = _cell(work, row, name)
    if cell is None or name in TEXTS:
        return _text(work, cell)
    if name in TRUTHS:
        found: object = _truth(cell)
    else:
        found = _count(cell)
    if found is None:
        work.not_read(row.number, name, f"not understood: {str(cell)[:40]}")
    return found


def _truth(cell: Cell) -> bool | None:
    if isinstance(cell, bool):
        return cell
    word = str(cell).strip().lower()
    return True if word in _TRUE else False if word in _FALSE else None


def _count(cell: Cell) -> int | None:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _folded(work: _Work, dates: dict[str, DateColumn]) -> tuple[Ticket, ...]:
    """The last row of each record: by time of update, then by place in the file. In order of first appearance."""
    readers = {name: Reader(column.order) for name, column in dates.items()}
    updated = readers.get("updated_at")
    place = MOMENTS.index("updated_at")
    last: dict[tuple[Kind, str], tuple[_Seen, Any, int]] = {}
    for one in work.seen:
        key = (one.kind, one.number)
        at = updated.read(one.moments[place]) if updated else None
        before = last.get(key)
        if before is None:
            last[key] = (one, at, 1)
        elif at is None or before[1] is None or at >= before[1]:
            last[key] = (one, at or before[1], before[2] + 1)
        else:
            last[key] = (before[0], before[1], before[2] + 1)
    return tuple(_ticket(work, one, rows, readers) for one, _, rows in last.values())


def _ticket(work: _Work, one: _Seen, rows: int, readers: dict[str, Reader]) -> Ticket:
    moments: dict[str, Any] = {}
    for name, cell in zip(MOMENTS, one.moments, strict=True):
        found = readers[name].read(cell) if name in readers else None
        if found is None and cell is not None:
            work.not_read(one.row, name, f"no day or time: {str(cell)[:40]}")
        moments[name] = found
    values: dict[str, Any] = dict(zip(_VALUES, one.values, strict=True))
    return Ticket(number=one.number, kind=one.kind, row=one.row, rows=rows, **moments, **values)


def _notes(work: _Work, dates: dict[str, DateColumn]) -> Iterable[str]:
    for name, column in dates.items():
        if not column.certain:
            yield f"{name} ({column.header}): {column.because}; read {column.order.value}"
    if work.left_out > len(work.skipped):
        yield f"{work.left_out} rows were skipped; the first {len(work.skipped)} are named"
    if work.unread_more:
        yield f"{work.unread_more} more values were not understood and count as unknown"
    missing = [name for name in ("state", "opened_at", "closed_at") if name not in work.columns.places]
    if missing:
        yield f"the file has no column for {', '.join(missing)}"
