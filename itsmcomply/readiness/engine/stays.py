"""Stays: from when to when a version keeps its item current, and unbroken stretches of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from itsmcomply.clauses.model import Artefact, Basis, Facet
from itsmcomply.clauses.policy import Freshness
from itsmcomply.readiness.engine.days import ONE_DAY, days_after
from itsmcomply.readiness.facts import Version, VersionKind


@dataclass(frozen=True, slots=True)
class Rules:
    """How versions answer one artefact.

    `interval_days` None: good until replaced. `one_per_item`: of an item's versions one counts at a time (documents).
    `admitted`: kinds of version that may answer.
    """

    freshness: Freshness
    interval_days: int | None
    one_per_item: bool
    admitted: frozenset[VersionKind]


def rules_for(artefact: Artefact, freshness: Freshness, *, own_interval: int | None, list_empty: bool) -> Rules:
    """The rules for an artefact; the organisation's own interval takes the place of the catalogue's."""
    interval = artefact.freshness_days if own_interval is None else min(own_interval, freshness.own_interval_max_days)
    return Rules(freshness, interval, artefact.facet is Facet.DOCUMENTED, _admitted(artefact, list_empty=list_empty))


def _admitted(artefact: Artefact, *, list_empty: bool) -> frozenset[VersionKind]:
    """With an empty subject list the nil statement alone decides."""
    if list_empty:
        return frozenset({VersionKind.NIL})
    admitted = {VersionKind.FILE, VersionKind.LINK}
    if artefact.basis is Basis.GOOD_PRACTICE:
        admitted.add(VersionKind.STATEMENT)
    if artefact.event_driven:
        admitted.add(VersionKind.NIL)
    return frozenset(admitted)


class Stay(NamedTuple):
    """The days on which a version makes its item current.

    `last`: by interval, grace and fixed end; `grace_from`: first day of the grace (after `last`: none); `fixed`: the
    day it is valid until, if set; `until`: the day before its item's next version takes effect, else the last of days.
    """

    start: date
    last: date
    grace_from: date
    fixed: date | None = None
    until: date = date.max

    def renewed(self) -> Stay:
        """The same if it is renewed on its interval: only a fixed end remains."""
        return self._replace(last=self.fixed or date.max)


def stay_of(version: Version, rules: Rules) -> Stay:
    """From when to when a version is current by itself. A stay that ends before it starts was never current."""
    last, grace_from = _limits(version, rules)
    fixed = version.valid_until
    return Stay(version.effective_on, last if fixed is None or last < fixed else fixed, grace_from, fixed)


def _limits(version: Version, rules: Rules) -> tuple[date, date]:
    """Last current day by the interval alone, and the first day of the grace."""
    freshness, interval = rules.freshness, rules.interval_days
    if version.kind is VersionKind.LINK:
        last = days_after(version.seen_on or version.effective_on, freshness.link_max_days)
        if interval is not None:
            last = min(last, days_after(version.effective_on, interval))
        return last, date.max
    if interval is None:
        if version.kind is not VersionKind.NIL:
            return date.max, date.max
        interval = freshness.nil_default_days
    return _with_grace(version.effective_on, interval, freshness.grace_days(interval))


@lru_cache(maxsize=16384)
def _with_grace(start: date, interval_days: int, grace_days: int) -> tuple[date, date]:
    """Last day of the grace and its first. Kept, because thousands of records share a few hundred days."""
    end = days_after(start, interval_days)
    return days_after(end, grace_days), days_after(end, 1)


def stays_of(versions: Sequence[Version], rules: Rules) -> list[Stay]:
    """Stays of an item's accepted versions; where one counts at a time, each ends when the next takes effect."""
    if len(versions) < 2 or not rules.one_per_item:
        return [stay_of(version, rules) for version in versions]
    by_day = {v.effective_on: v for v in sorted(versions, key=lambda v: (v.effective_on, v.number))}
    stays = [stay_of(version, rules) for version in by_day.values()]
    ends = [stay.start - ONE_DAY for stay in stays[1:]] + [date.max]
    return [stay._replace(until=end) for stay, end in zip(stays, ends, strict=True)]


class Stretch(NamedTuple):
    """Days without a gap on which something is current; `grace_from` belongs to what lasts longest."""

    start: date
    last: date
    grace_from: date


def stretches(stays: Iterable[Stay | Stretch]) -> tuple[Stretch, ...]:
    """The stays as stretches in order of time; stays that never were current leave nothing."""
    result: list[Stretch] = []
    for next_one in sorted(_plain(stay) for stay in stays):
        if next_one.last < next_one.start:
            continue
        if result and next_one.start <= days_after(result[-1].last, 1):
            result[-1] = _joined(result[-1], next_one)
        else:
            result.append(next_one)
    return tuple(result)


def _joined(first: Stretch, second: Stretch) -> Stretch:
    last, grace_from = max((first.last, first.grace_from), (second.last, second.grace_from))
    return Stretch(first.start, last, grace_from)


def _plain(stay: Stay | Stretch) -> Stretch:
    if isinstance(stay, Stretch):
        return stay
    return Stretch(stay.start, min(stay.last, stay.until), stay.grace_from)


def stretch_on(found: Iterable[Stretch], day: date) -> Stretch | None:
    """The stretch that holds the day."""
    return next((one for one in found if one.start <= day <= one.last), None)
