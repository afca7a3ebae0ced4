"""Rows as they were known at an earlier moment: what came later is left out, what ended later had not ended yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from sqlalchemy import inspect

from itsmcomply.db import Base

Row = TypeVar("Row", bound=Base)

BEGINNINGS = (
    "created_at",
    "recorded_at",
    "submitted_at",
    "approved_at",
    "verified_at",
    "closed_at",
    "withdrawn_at",
    "bound_at",
    "examined_at",
    "opened_at",
)
"""The moment a row began: the first of these that its table has."""
TOLD_WITH: Mapping[str, tuple[str, ...]] = {
    "ended_at": ("ended_by", "end_reason"),
    "completed_at": ("completed_by",),
    "decided_at": ("accepted", "decided_by"),
    "reopened_at": ("reopened_by", "reopen_reason"),
    "opened_at": ("opened_by",),
    "signed_off_at": ("signed_off_by", "content", "report_version_id", "report_sha256"),
    "cancelled_at": ("cancelled_by", "cancel_reason"),
    "held_recorded_at": ("held_recorded_by", "held_on"),
    "signed_at": ("signed_by", "content", "minutes_version_id", "minutes_sha256"),
}
"""Columns that were written together with a moment, and go with it."""


def as_known(row: Row, cutoff: datetime) -> Row | None:
    """The row as it was known before `cutoff`, None if it was not. Not the stored row where that has moved on."""
    values = {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}
    if next(values[name] for name in BEGINNINGS if name in values) >= cutoff:
        return None
    later = [name for name, value in values.items() if isinstance(value, datetime) and value >= cutoff]
    if not later:
        return row
    for name in (*later, *(told for moment in later for told in TOLD_WITH.get(moment, ()))):
        if name in values:
            values[name] = None
    return type(row)(**values)


def all_known(rows: Iterable[Row], cutoff: datetime) -> tuple[Row, ...]:
    """The rows known before `cutoff`, in their order."""
    return tuple(known for row in rows if (known := as_known(row, cutoff)) is not None)
