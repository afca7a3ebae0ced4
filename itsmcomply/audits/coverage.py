"""Is every clause and process audited in time? Coverage of a programme, reasons for priority, a suggested plan. Pure.

Source: ISO/IEC 20000-1:2018 9.2.2; everything within twelve months is the usual expectation of certification bodies.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from itsmcomply.audits.impartiality import Interests, free_part
from itsmcomply.clauses.model import Catalogue, Requirement
from itsmcomply.wording import N_, Sentence, say

ROUND_DAYS = 365
ROWS_A_DAY = 16


class Standing(StrEnum):
    """Where a clause stands: audited in time, audited too long ago, planned, or neither."""

    AUDITED = "audited"
    OVERDUE = "overdue"
    PLANNED = "planned"
    UNCOVERED = "uncovered"


@dataclass(frozen=True, slots=True)
class Touch:
    """An audit's hold on a clause. `on`: its last day, or the day it was signed. `counted` None: only planned."""

    audit: str
    clause: str
    on: date
    counted: int | None
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A clause or process in the matrix. `age`: days since the last audit; None: never audited."""

    key: str
    label: str
    cells: Mapping[str, Touch]
    last_on: date | None
    next_on: date | None
    age: int | None
    standing: Standing


def places(
    keys: Mapping[str, str], touches: Iterable[Touch], today: date, *, group: Mapping[str, str] | None = None
) -> list[Place]:
    """The rows of the matrix, in the order of `keys` (key to label). `group` maps a clause to the key of its row."""
    by_key: dict[str, list[Touch]] = {key: [] for key in keys}
    for touch in touches:
        key = group[touch.clause] if group else touch.clause
        if key in by_key:
            by_key[key].append(touch)
    return [_place(key, label, by_key[key], today) for key, label in keys.items()]


def _place(key: str, label: str, touches: Sequence[Touch], today: date) -> Place:
    done = [one.on for one in touches if one.counted]
    ahead = [one.on for one in touches if one.counted is None]
    last, following = max(done, default=None), min(ahead, default=None)
    age = None if last is None else (today - last).days
    if age is not None and age <= ROUND_DAYS:
        standing = Standing.AUDITED
    elif following is not None and following >= today:
        standing = Standing.PLANNED
    else:
        standing = Standing.UNCOVERED if last is None and following is None else Standing.OVERDUE
    return Place(key, label, _cells(touches), last, following, age, standing)


def _cells(touches: Sequence[Touch]) -> dict[str, Touch]:
    """One cell per audit; of a process, the sum over its clauses."""
    cells: dict[str, Touch] = {}
    for one in touches:
        old = cells.get(one.audit)
        if old is None:
            cells[one.audit] = one
        else:
            both = None if one.counted is None and old.counted is None else (old.counted or 0) + (one.counted or 0)
            cells[one.audit] = Touch(one.audit, one.clause, one.on, both, old.rows + one.rows)
    return cells


@dataclass(frozen=True, slots=True)
class Signals:
    """What raises the priority of a process: changes of the last year, findings, days since it was audited."""

    changes: int = 0
    findings: int = 0
    nonconformities: int = 0
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Priority:
    """How early a process should be audited, and why, in words. More points: earlier."""

    process: str
    points: int
    reasons: tuple[Sentence, ...]


def priorities(catalogue: Catalogue, signals: Mapping[str, Signals]) -> list[Priority]:
    """Every process, the most pressing first; equal ones in catalogue order."""
    found = [_priority(catalogue, process, signals.get(process, Signals())) for process in catalogue.processes]
    return sorted(found, key=lambda one: -one.points)


def _priority(catalogue: Catalogue, process: str, seen: Signals) -> Priority:
    mandated = sum(a.mandated and a.home_process == process for a in catalogue.artefacts.values())
    scored = [
        (mandated, say(N_("Importance: documents and records the standard demands here: %(n)s."), n=mandated)),
        (min(seen.changes, 6), say(N_("Changes in the last year: %(n)s."), n=seen.changes)),
        (
            4 * seen.nonconformities,
            say(N_("Nonconformities in the last year: %(n)s."), n=seen.nonconformities),
        ),
        (seen.findings, say(N_("Other findings in the last year: %(n)s."), n=seen.findings)),
    ]
    if seen.age is None:
        scored.append((5, say(N_("Never audited."))))
    elif seen.age > ROUND_DAYS:
        scored.append((3, say(N_("Days since it was audited: %(n)s."), n=seen.age)))
    kept = [(points, reason) for points, reason in scored if points]
    return Priority(process, sum(points for points, _ in kept), tuple(reason for _, reason in kept))


@dataclass(frozen=True, slots=True)
class Part:
    """Which clauses somebody audits. `user_id` None: nobody impartial was found."""

    user_id: int | None
    name: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggested:
    """An audit of a suggested plan; the first part with a person is the lead auditor's."""

    title: str
    first_on: date
    last_on: date
    clauses: tuple[str, ...]
    reasons: tuple[Sentence, ...]
    parts: tuple[Part, ...] = field(default=())


def suggested_plan(
    catalogue: Catalogue,
    ranked: Sequence[Priority],
    people: Sequence[Interests],
    first: date,
    *,
    busy: Collection[date] = (),
) -> list[Suggested]:
    """Audits that together hold every clause with requirements within twelve months of `first`, most pressing first.

    One audit for each group of processes; days are working days apart from `busy`.
    """
    points = {one.process: one for one in ranked}
    groups: dict[str, list[str]] = {}
    for clause in catalogue.clauses.values():
        if clause.auditable:
            groups.setdefault(catalogue.processes[clause.process].group, []).append(clause.number)
    order = sorted(groups, key=lambda key: -max(points[catalogue.clauses[c].process].points for c in groups[key]))
    step = ROUND_DAYS // (len(order) + 1) if order else ROUND_DAYS
    load = {one.user_id: 0 for one in people}
    starts = {key: _workday(first + timedelta(step * place), busy) for place, key in enumerate(order)}
    return [
        _suggested(catalogue, points, key, tuple(groups[key]), people=people, load=load, first_on=starts[key])
        for key in order
    ]


def _suggested(
    catalogue: Catalogue,
    points: Mapping[str, Priority],
    group: str,
    clauses: tuple[str, ...],
    *,
    people: Sequence[Interests],
    load: dict[int, int],
    first_on: date,
) -> Suggested:
    wanted = [one for one in catalogue.requirements.values() if one.clause in clauses]
    processes = dict.fromkeys(catalogue.clauses[number].process for number in clauses)
    top = max(processes, key=lambda process: points[process].points)
    days = max(1, -(-len(wanted) // ROWS_A_DAY))
    return Suggested(
        title=catalogue.groups[group].name,
        first_on=first_on,
        last_on=_after(first_on, days - 1),
        clauses=clauses,
        reasons=points[top].reasons,
        parts=_shared(wanted, people, load),
    )


def _shared(wanted: Sequence[Requirement], people: Sequence[Interests], load: dict[int, int]) -> tuple[Part, ...]:
    """Give each clause to somebody impartial, with as few people as it takes; of equals whoever has least to do."""
    left = list(dict.fromkeys(one.clause for one in wanted))
    parts: list[Part] = []
    while left:
        open_rows = [one for one in wanted if one.clause in left]
        free = {who.user_id: [c for c in free_part(who, open_rows) if c in left] for who in people}
        best = min(people, key=lambda who: (-len(free[who.user_id]), load[who.user_id]), default=None)
        if best is None or not free[best.user_id]:
            parts.append(Part(None, "", tuple(left)))
            break
        mine = free[best.user_id]
        parts.append(Part(best.user_id, best.name, tuple(mine)))
        load[best.user_id] += len(mine)
        left = [clause for clause in left if clause not in mine]
    return tuple(parts)


def _workday(day: date, busy: Collection[date]) -> date:
    while day.weekday() > 4 or day in busy:
        day += timedelta(days=1)
    return day


def _after(day: date, workdays: int) -> date:
    """The day so many working days later."""
    for _ in range(workdays):
        day = _workday(day + timedelta(days=1), ())
    return day
