"""The filter of the trail, read from the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from itsmcomply.activity.queries import TrailFilter
from itsmcomply.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class TrailQuery:
    """What the address asks for: the filter, the page, and the values as typed for the fields and links."""

    wanted: TrailFilter
    number: int
    typed: dict[str, str]


def read_query(args: Mapping[str, str], *, system_id: int | None, zone: str, latest: date | None) -> TrailQuery:
    """The filter in an address. `latest`: nothing after this day is shown. Raises InvalidInput for a bad day."""
    typed = {name: args.get(name, "").strip() for name in ("record", "actor", "area", "from", "to")}
    since, until = _day("from", typed["from"]), _day("to", typed["to"])
    if latest is not None:
        until = min(until or latest, latest)
    number = args.get("p", "1")
    wanted = TrailFilter(
        system_id=system_id,
        record=typed["record"][:120],
        actor=typed["actor"],
        area=typed["area"],
        since=since,
        until=until,
        zone=zone,
    )
    return TrailQuery(wanted, int(number) if number.isdecimal() and len(number) < 8 else 1, typed)


def _day(name: str, text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year <= 2200:
        raise InvalidInput({name: _("Write the day as year-month-day, for example 2027-01-12.")})
    return day
