"""What lapses next: what is current and will not be, earliest first, routine records of one day counted together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from itsmcomply.clauses.model import Artefact, Period
from itsmcomply.readiness.phrases import Phrase, Place, PlaceKind, counted, phrase
from itsmcomply.readiness.queries.view import View
from itsmcomply.wording import N_

SHOWN = 8
MOST = 16


@dataclass(frozen=True, slots=True)
class Lapse:
    """`day`: the first day without. `place` None: several artefacts at once."""

    day: date
    name: Phrase
    about: Phrase
    place: Place | None


@dataclass(frozen=True, slots=True)
class Lapses:
    """The first few; `more`: how many lapse later."""

    rows: tuple[Lapse, ...]
    more: int


def next_lapses(view: View) -> Lapses:
    """Artefacts one by one, routine records of one day as one line. For a day to come: what to renew until then."""
    rows: list[Lapse] = []
    for (day, every), group in groupby(sorted(_lapsing(view), key=_order), key=_order):
        rows.extend(_rows(view, day, every, [artefact for _, artefact in group]))
    rows.sort(key=lambda row: row.day)
    limit = _enough(rows, view.next_audit.on) if view.next_audit is not None else SHOWN
    return Lapses(tuple(rows[:limit]), max(0, len(rows) - limit))


def _enough(rows: list[Lapse], audit_on: date) -> int:
    """So many that the audit day stands between two of them where that is possible."""
    before = sum(row.day < audit_on for row in rows)
    return max(SHOWN, min(before + 2, MOST))


def _order(pair: tuple[date, Artefact]) -> tuple[date, str]:
    day, artefact = pair
    return day, artefact.every.value if artefact.every else ""


def _lapsing(view: View) -> Iterable[tuple[date, Artefact]]:
    if view.result.forecast is not None:
        for renewal in view.result.forecast.renewals:
            yield renewal.lapses_on, view.catalogue.artefacts[renewal.artefact]
        return
    for key, found in view.result.artefacts.items():
        if found.outcome.lapses_on is not None:
            yield found.outcome.lapses_on, view.catalogue.artefacts[key]


def _rows(view: View, day: date, every: str, artefacts: list[Artefact]) -> Iterable[Lapse]:
    if every and len(artefacts) > 1:
        yield _routine(day, Period(every), artefacts)
        return
    for artefact in artefacts:
        yield Lapse(day, phrase("%(name)s", name=artefact.name), _about(view, artefact), _place(artefact))


def _place(artefact: Artefact) -> Place:
    return Place(PlaceKind.ARTEFACT, artefact.key)


def _routine(day: date, every: Period, artefacts: list[Artefact]) -> Lapse:
    names = ", ".join(artefact.name for artefact in artefacts[:3])
    if every is Period.MONTH:
        name = counted("%(num)s monthly record", "%(num)s monthly records", len(artefacts))
    else:
        name = counted("%(num)s quarterly record", "%(num)s quarterly records", len(artefacts))
    about = N_("Due as usual: %(names)s") if len(artefacts) <= 3 else N_("Due as usual: %(names)s …")
    return Lapse(day, name, phrase(about, names=names), None)


def _about(view: View, artefact: Artefact) -> Phrase:
    owner = view.artefact_owner(artefact)
    if artefact.mandated_by is None:
        return phrase("%(owner)s", owner=owner) if owner else phrase(N_("No owner"))
    if not owner:
        return phrase(N_("Mandated by %(clause)s, no owner"), clause=artefact.mandated_by)
    return phrase(N_("Mandated by %(clause)s, %(owner)s"), clause=artefact.mandated_by, owner=owner)
