"""Columns read without the conversions of mapped types, which cost more than the query itself over 50,000 rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, String, type_coerce
from sqlalchemy.orm import InstrumentedAttribute


def word(column: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """The stored text of a closed list."""
    return type_coerce(column, String())


def moment(column: InstrumentedAttribute[Any]) -> ColumnElement[datetime]:
    """A moment as the driver gives it; `utc` makes it aware."""
    return type_coerce(column, DateTime(timezone=True))


def utc(value: datetime) -> datetime:
    """The same moment, aware: SQLite gives naive values, which are UTC by construction."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value


def utc_or_none(value: datetime | None) -> datetime | None:
    return None if value is None else utc(value)
