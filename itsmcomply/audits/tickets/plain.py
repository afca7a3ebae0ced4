"""Records, readings and checks as plain values for JSON: the same from the shell, in stored populations, in papers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import TypeAlias

from itsmcomply.audits.tickets.linkage import Outcome
from itsmcomply.audits.tickets.model import Kind, Place, Reading, Ticket

Value: TypeAlias = "str | int | bool | None"
_NAMES = tuple(one.name for one in fields(Ticket))
MOST_NAMED = 500
"""Exceptions of one check that are kept with the records they name; the number found is always exact."""


def of_ticket(ticket: Ticket) -> dict[str, Value]:
    """One record; moments as ISO text, unknown as null."""
    found: dict[str, Value] = {}
    for name in _NAMES:
        value = getattr(ticket, name)
        found[name] = value.isoformat(sep=" ") if isinstance(value, datetime) else value
    return found


def of_place(place: Place) -> dict[str, Value]:
    return {"row": place.row, "column": place.column, "reason": place.reason}


def of_reading(reading: Reading) -> dict[str, object]:
    """All about a reading but its records."""
    kinds = {kind.value: sum(t.kind is kind for t in reading.tickets) for kind in Kind}
    opened = [t.opened_at for t in reading.tickets if t.opened_at]
    return {
        "layout": reading.layout,
        "encoding": reading.encoding,
        "delimiter": reading.delimiter,
        "rows": reading.rows,
        "understood": len(reading.tickets),
        "folded": reading.folded,
        "skipped_rows": reading.rows - reading.folded - len(reading.tickets),
        "skipped": [of_place(place) for place in reading.skipped],
        "unread": [of_place(place) for place in reading.unread],
        "columns": dict(reading.columns),
        "dates": {
            name: {"column": d.header, "order": d.order.value, "certain": d.certain, "because": d.because}
            for name, d in reading.dates.items()
        },
        "kinds": {kind: count for kind, count in kinds.items() if count},
        "opened_from": min(opened).isoformat(sep=" ") if opened else None,
        "opened_to": max(opened).isoformat(sep=" ") if opened else None,
        "notes": list(reading.notes),
    }


def of_outcomes(outcomes: Iterable[Outcome]) -> list[dict[str, object]]:
    """Each check with its exceptions, the first MOST_NAMED of them named."""
    return [
        {
            "check": outcome.check.value,
            "tested": outcome.tested,
            "found": len(outcome.exceptions),
            "exceptions": [{"numbers": list(e.numbers), "detail": e.detail} for e in outcome.exceptions[:MOST_NAMED]],
        }
        for outcome in outcomes
    ]


def line(values: Mapping[str, object]) -> str:
    """One line of JSON, the same for the same values."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
