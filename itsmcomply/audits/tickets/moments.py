"""Days and times as tools write them. Whether 03/04 is a day in March or April is decided per column, by evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from itsmcomply.audits.tickets.model import DateColumn, DateOrder
from itsmcomply.audits.tickets.table import Cell

_TIME = r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?)?"
_ZONE = r"\s*(Z|[+-]\d{2}:?\d{2})?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}{_ZONE}")
_NUMERIC = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}|\d{{2}}){_TIME}")
_NAMED = re.compile(rf"(\d{{1,2}})[-/. ]([A-Za-z]{{3}})[a-z]*[-/. ](\d{{4}}|\d{{2}}){_TIME}")
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: place for place, name in enumerate(_NAMES, 1)}
_NEW_CENTURY = 70


@dataclass
class Evidence:
    """What the values of one column say about the order of day and month."""

    header: str
    cell: int = 0
    iso: int = 0
    named: int = 0
    day_first: int = 0
    month_first: int = 0
    either: int = 0

    def see(self, value: Cell) -> None:
        if isinstance(value, datetime):
            self.cell += 1
        elif isinstance(value, str):
            which = _shape(value)
            if which:
                setattr(self, which, getattr(self, which) + 1)


@lru_cache(maxsize=4096)
def _shape(text: str) -> str:
    if _ISO.fullmatch(text):
        return "iso"
    if found := _NUMERIC.fullmatch(text):
        first, second = int(found[1]), int(found[2])
        if first > 12:
            return "day_first"
        if second > 12:
            return "month_first"
        return "either" if first != second else ""
    return "named" if _NAMED.fullmatch(text) else ""


def decide(columns: Mapping[str, Evidence], told: DateOrder | None = None) -> dict[str, DateColumn]:
    """How each column is read: as told, by its own values, by the other columns, else day first and said so."""
    own = {name: _own(found) for name, found in columns.items()}
    decided = {order for order in own.values() if order is not None}
    borrowed = decided.pop() if len(decided) == 1 else None
    return {name: _column(found, own[name], borrowed, told) for name, found in columns.items()}


def _own(found: Evidence) -> DateOrder | None:
    if found.day_first and found.day_first >= found.month_first:
        return DateOrder.DAY_FIRST
    return DateOrder.MONTH_FIRST if found.month_first else None


def _column(found: Evidence, own: DateOrder | None, borrowed: DateOrder | None, told: DateOrder | None) -> DateColumn:
    numeric = found.day_first + found.month_first + found.either
    if not numeric:
        return DateColumn(found.header, _without_doubt(found), certain=True, because="written so")
    if told is not None:
        return DateColumn(found.header, told, certain=True, because="told so")
    if own is not None:
        certain = not (found.day_first and found.month_first)
        count = max(found.day_first, found.month_first)
        return DateColumn(found.header, own, certain, f"{count} values can only be read so")
    if borrowed is not None:
        return DateColumn(found.header, borrowed, certain=True, because="as the other columns of the file")
    because = f"{found.either} values can be read either way; nothing in the file decides"
    return DateColumn(found.header, DateOrder.DAY_FIRST, certain=False, because=because)


def _without_doubt(found: Evidence) -> DateOrder:
    for count, order in (
        (found.cell, DateOrder.CELL),
        (found.iso, DateOrder.ISO),
        (found.named, DateOrder.NAMED_MONTH),
    ):
        if count:
            return order
    return DateOrder.NONE


@dataclass
class Reader:
    """Reads the values of one column in one order; equal texts are read once."""

    order: DateOrder
    known: dict[str, datetime | None] = field(default_factory=dict)

    def read(self, value: Cell) -> datetime | None:
        """The moment, None where it cannot be one."""
        if isinstance(value, datetime):
            return value.replace(tzinfo=None)
        if not isinstance(value, str):
            return None
        if value not in self.known:
            self.known[value] = _parsed(value, month_first=self.order is DateOrder.MONTH_FIRST)
        return self.known[value]


def _parsed(text: str, *, month_first: bool) -> datetime | None:
    if found := _ISO.fullmatch(text):
        return _moment(found[1], found[2], found[3], found.group(4, 5, 6, 7), found[8])
    if found := _NUMERIC.fullmatch(text):
        month, day = (found[1], found[2]) if month_first else (found[2], found[1])
        return _moment(found[3], month, day, found.group(4, 5, 6, 7))
    if found := _NAMED.fullmatch(text):
        month = str(_MONTHS.get(found[2].lower(), 0))
        return _moment(found[3], month, found[1], found.group(4, 5, 6, 7))
    return None


def _moment(year: str, month: str, day: str, at: Iterable[str | None], zone: str | None = None) -> datetime | None:
    """Moments with an offset are turned into UTC, so that all of a file compare."""
    hour, minute, second, half = at
    full = int(year) if len(year) == 4 else int(year) + (1900 if int(year) >= _NEW_CENTURY else 2000)
    try:
        hours = _hours(int(hour or 0), half)
        made = datetime(full, int(month), int(day), hours, int(minute or 0), int(second or 0))  # noqa: DTZ001
        if zone and zone != "Z":
            offset = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
            return datetime.fromisoformat(f"{made.isoformat()}{offset}").astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    return made


def _hours(hour: int, half: str | None) -> int:
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half[0] in "pP" else 0)
