"""Made-up records as CSV, for series: the same recipe, period and seed give the same bytes."""

from __future__ import annotations

import csv
import io
import random
from datetime import datetime, time, timedelta

from itsmcomply.scenario.dates import Span
from itsmcomply.scenario.schema import Column, Table

_FORMAT = "%Y-%m-%d %H:%M"


def csv_bytes(table: Table, span: Span, index: int, seed: str) -> bytes:
    """UTF-8 with a header row. `index` counts the periods of a series from 0, for running numbers."""
    source = random.Random(seed)  # noqa: S311 - invented figures, nothing secret
    rows = [_row(table, number, span, source) for number in range(_row_count(table, source))]
    moments = [name for name, column in table.columns.items() if column.moment]
    if moments:
        _sort_moments(rows, moments[0])
    for number, row in enumerate(rows):
        _finish(table, row, number, index, source)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([row[name] for name in table.columns] for row in rows)
    return stream.getvalue().encode()


def _row_count(table: Table, source: random.Random) -> int:
    if table.rows is None:
        return len(table.each)
    low, _, high = table.rows.partition("..")
    return source.randint(int(low), max(int(low), int(high or low)))


def _row(table: Table, number: int, span: Span, source: random.Random) -> dict[str, str]:
    return {name: _cell(column, table, number, span, source) for name, column in table.columns.items()}


def _cell(column: Column, table: Table, number: int, span: Span, source: random.Random) -> str:
    if column.moment:
        return _moment_in(span, source).strftime(_FORMAT)
    if column.choice is not None:
        return _choose(column.choice, source)
    if column.integer is not None:
        low, _, high = column.integer.partition("..")
        return str(source.randint(int(low), int(high)))
    if column.decimal is not None:
        low, _, high = column.decimal.partition("..")
        return f"{source.uniform(float(low), float(high)):.{len(low.partition('.')[2])}f}"
    if column.each:
        return table.each[number % len(table.each)]
    return column.text or ""


def _choose(choice: list[str] | dict[str, int], source: random.Random) -> str:
    if isinstance(choice, dict):
        return source.choices(list(choice), weights=list(choice.values()))[0]
    return source.choice(choice)


def _moment_in(span: Span, source: random.Random) -> datetime:
    """Mostly in office hours, as work reaches a service desk."""
    days = (span.last - span.first).days + 1
    day = span.first + timedelta(days=source.randrange(days))
    minutes = int(source.triangular(6 * 60, 21 * 60, 10 * 60))
    return datetime.combine(day, time()) + timedelta(minutes=minutes)


def _sort_moments(rows: list[dict[str, str]], name: str) -> None:
    for row, moment in zip(rows, sorted(row[name] for row in rows), strict=True):
        row[name] = moment


def _finish(table: Table, row: dict[str, str], number: int, index: int, source: random.Random) -> None:
    """Running numbers, moments that follow another column, values that follow from others."""
    for name, column in table.columns.items():
        if column.sequence is not None:
            row[name] = f"{column.sequence}{column.start + index * column.per_period + number}"
        elif column.after is not None and row.get(column.after):
            row[name] = _later(row[column.after], column.hours or "1..24", source)
        elif column.lookup is not None:
            row[name] = column.lookup.values.get(" ".join(row[other] for other in column.lookup.of), "")


def _later(moment: str, hours: str, source: random.Random) -> str:
    low, _, high = hours.partition("..")
    begin = datetime.strptime(moment, _FORMAT)  # noqa: DTZ007 - text in a file, local time
    return (begin + timedelta(hours=source.uniform(float(low), float(high)))).strftime(_FORMAT)
