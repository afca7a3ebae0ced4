"""Verify the trail: the chain from its first entry to its head, and each recorded row against its last entry."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Table, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from itsmcomply.activity.models import ActivityEntry, ActivityHead
from itsmcomply.activity.rules import FIRST_PREV, Link, canonical, chain_problems, sha256_text
from itsmcomply.db import Base

BATCH: Final = 2000
MAX_PROBLEMS: Final = 100
UNREADABLE: Final = (LookupError, TypeError, ValueError, OperationalError)
"""What reading raises for a stored value that is none of its column; the last one SQLite for text that is no text."""

Progress = Callable[[int, int], None]
"""Called with how many entries are done and how many there are."""

UNRECORDED: Final = frozenset(
    {"activity_entry", "activity_head", "one_time_link", "readiness_day", "register_line", "register_state"}
    | {"sign_in_failure", "user_session"}
)
"""Tables that hold no facts: the trail itself, what is derived anew, and what notes mere use. In every other table a
row without any entry was put there behind the product's back."""


@dataclass
class ChainReport:
    """What verifying found. `problems` are sentences, the first hundred; `count` is how many there are."""

    entries: int = 0
    head_hash: str = FIRST_PREV
    rows: int = 0
    count: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return self.count == 0

    def note(self, problems: Iterable[str]) -> None:
        for problem in problems:
            self.count += 1
            if len(self.problems) < MAX_PROBLEMS:
                self.problems.append(problem)


class _LastDigests:
    """The digest of each row as its last entry says, kept in a temporary file so that memory stays flat."""

    def __init__(self) -> None:
        self._kept = sqlite3.connect("")  # an unnamed database on disk that vanishes when closed
        columns = "name TEXT, id TEXT, digest TEXT, seq INTEGER"
        self._kept.execute(f"CREATE TABLE last ({columns}, PRIMARY KEY (name, id)) WITHOUT ROWID")

    def close(self) -> None:
        self._kept.close()

    def keep(self, rows: Iterable[tuple[str, str, str, int]]) -> None:
        self._kept.executemany("INSERT OR REPLACE INTO last VALUES (?, ?, ?, ?)", rows)

    def tables(self) -> set[str]:
        """Names of the tables that entries speak of and that were not taken out yet."""
        return {name for (name,) in self._kept.execute("SELECT DISTINCT name FROM last")}

    def take(self, table: str, row_id: str) -> tuple[str, int] | None:
        """Take out one row: its digest and the number of the entry; None if no entry speaks of it."""
        taking = "DELETE FROM last WHERE name = ? AND id = ? RETURNING digest, seq"
        return next(self._kept.execute(taking, (table, row_id)), None)

    def rest(self, table: str) -> Iterator[tuple[str, int]]:
        """(id, seq) of the rows of a table that were not taken out."""
        return iter(self._kept.execute("SELECT id, seq FROM last WHERE name = ?", (table,)))


def verify_chain(session: Session, progress: Progress | None = None) -> ChainReport:
    """Check every entry, the head, and every recorded row; reads only, in batches of 2,000.

    What this cannot see is a tail that was cut off together with the head, or a chain forged from the beginning: for
    that compare `head_hash` with one kept elsewhere (`docs/roles.md`).
    """
    report = ChainReport()
    head = session.execute(select(ActivityHead.seq, ActivityHead.line_hash)).one()
    with closing(_LastDigests()) as kept:
        for batch in _batches(session):
            report.note(_batch_problems(batch, report))
            kept.keep(_recorded_rows(batch))
            report.entries, report.head_hash = batch[-1].seq, batch[-1].line_hash
            if progress:
                progress(report.entries, max(head.seq, report.entries))
        if (report.entries, report.head_hash) != (head.seq, head.line_hash):
            report.note([f"the trail ends at entry {report.entries}, its head says {head.seq}"])
        spoken_of = kept.tables()
        for table, left_out in _tables():
            if table.name not in UNRECORDED:
                _check_table(session, table, left_out, kept, report)
            spoken_of.discard(table.name)
        report.note(f"entries speak of a table {name} that is not here" for name in sorted(spoken_of))
    return report


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry with the columns that stand beside its line, and what the line says."""

    seq: int
    line: str
    line_hash: str
    beside: Mapping[Any, Any]
    content: Mapping[str, Any]


def _batches(session: Session) -> Iterator[list[_Entry]]:
    after = 0
    while True:
        query = select(
            ActivityEntry.seq,
            ActivityEntry.line,
            ActivityEntry.line_hash,
            ActivityEntry.at,
            ActivityEntry.system_id,
            ActivityEntry.actor_id,
            ActivityEntry.actor_name,
            ActivityEntry.action,
            ActivityEntry.record_kind,
            ActivityEntry.record_key,
        )
        found = session.execute(query.where(ActivityEntry.seq > after).order_by(ActivityEntry.seq).limit(BATCH))
        rows = found.mappings().all()
        if not rows:
            return
        yield [_Entry(r["seq"], r["line"], r["line_hash"], r, _content(r["line"])) for r in rows]
        after = rows[-1]["seq"]


def _batch_problems(batch: list[_Entry], report: ChainReport) -> Iterator[str]:
    links = [Link(e.seq, e.line, e.line_hash) for e in batch]
    yield from chain_problems(links, prev=report.head_hash, first_seq=report.entries + 1)
    for entry in batch:
        yield from _column_problems(entry)


def _column_problems(entry: _Entry) -> Iterator[str]:
    """The columns are an index over the line; one that says something else misleads whoever filters by it."""
    content = entry.content
    actor, record = content.get("actor") or {}, content.get("record") or {}
    told = {
        "at": content.get("at"),
        "action": content.get("action"),
        "actor_id": actor.get("id"),
        "actor_name": actor.get("name"),
        "record_kind": record.get("kind"),
        "record_key": record.get("key"),
        "system_id": record.get("system"),
    }
    for name, value in told.items():
        shown = entry.beside[name]
        if (shown.isoformat(timespec="microseconds") if name == "at" else shown) != value:
            yield f"entry {entry.seq}: column {name} differs from its text"


def _content(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _recorded_rows(batch: list[_Entry]) -> Iterator[tuple[str, str, str, int]]:
    for entry in batch:
        for row in entry.content.get("rows") or []:
            yield row["table"], str(row["id"]), row["digest"], entry.seq


def _tables() -> list[tuple[Table, frozenset[str]]]:
    """Every table by name, with the columns its digests leave out."""
    found = [(m.local_table, m.class_.__undigested__) for m in Base.registry.mappers]
    return sorted(((t, u) for t, u in found if isinstance(t, Table)), key=lambda pair: pair[0].name)


def _check_table(
    session: Session, table: Table, left_out: frozenset[str], kept: _LastDigests, report: ChainReport
) -> None:
    for row_id, values in _rows(session, table):
        report.rows += 1
        found = kept.take(table.name, row_id)
        if found is None:
            report.note([f"{table.name} {row_id}: no entry tells of it"])
            continue
        digest = _digest(table, values, left_out)
        if digest is None:
            report.note([f"{table.name} {row_id}: holds a value that cannot be read"])
        elif digest != found[0]:
            report.note([f"{table.name} {row_id}: differs from what entry {found[1]} recorded"])
    report.note(f"{table.name} {row_id}: gone, though entry {seq} recorded it" for row_id, seq in kept.rest(table.name))


_Values = Mapping[str, Any] | None
"""The values of a row by column; None where one of them is none that its column can hold."""


def _digest(table: Table, values: _Values, left_out: frozenset[str]) -> str | None:
    if values is None:
        return None
    told = {name: value for name, value in values.items() if name not in left_out}
    try:
        return sha256_text(canonical({"table": table.name, "row": told}))
    except UNREADABLE:
        return None


def _rows(session: Session, table: Table) -> Iterator[tuple[str, _Values]]:
    """Each row by its key. One query; only where a value cannot be read one more for the keys, and one for each row."""
    names, done = [column.name for column in table.columns], set()
    try:
        with session.execute(select(table).execution_options(yield_per=BATCH)) as rows:
            for row in rows:
                values = dict(zip(names, row, strict=True))
                done.add(_row_id(table, values))
                yield _row_id(table, values), values
    except UNREADABLE:
        for found in session.execute(select(*table.primary_key.columns)).all():
            key = {column.name: part for column, part in zip(table.primary_key.columns, found, strict=True)}
            if _row_id(table, key) not in done:
                yield _row_id(table, key), _readable(session, table, key)


def _row_id(table: Table, row: Mapping[str, Any]) -> str:
    return "/".join(str(row[column.name]) for column in table.primary_key.columns)


def _readable(session: Session, table: Table, key: Mapping[str, Any]) -> _Values:
    this = [column == key[column.name] for column in table.primary_key.columns]
    try:
        row = session.execute(select(table).where(*this)).one()
    except UNREADABLE:
        return None
    return dict(zip((column.name for column in table.columns), row, strict=True))
