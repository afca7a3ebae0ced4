"""Steps of an audit: planned, begun, concluded row by row, its result stated, signed. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from itsmcomply.audits.kinds import AuditKind, Conclusion, Extent, Method, TeamRole
from itsmcomply.audits.rules import Entry, Plan, Result
from itsmcomply.audits.rules import Slot as TimetableSlot
from itsmcomply.clauses.model import Requirement
from itsmcomply.scenario.model import Step
from itsmcomply.scenario.place import Place
from itsmcomply.scenario.workbench.bench import (
    AuditScope,
    Bench,
    auditor_of,
    filed_reviews,
    manager_of,
    moment,
    told,
    weekday,
    working_days,
)
from itsmcomply.scenario.workbench.model import (
    AddSlot,
    AssignMember,
    BeginAudit,
    CancelAudit,
    ConcludeRow,
    PlanAudit,
    SignAudit,
    StateResult,
)
from itsmcomply.scenario.workbench.schema import Audit, Rest

MORNING, MINUTES_A_DAY = time(9, 30), 330
RESULT_TEXTS = (
    "conclusion",
    "good_practice",
    "obstacles",
    "uncovered",
    "differences",
    "follow_up",
    "distribution",
)


@dataclass(frozen=True, slots=True)
class _Case:
    """An audit with where it stands in the file, its scope and the names of its days."""

    audit: Audit
    at: Place
    clauses: tuple[str, ...]
    scope: AuditScope
    bench: Bench

    @property
    def slug(self) -> str:
        return self.at.system.slug

    @property
    def lead(self) -> str:
        """Who leads it, where that is somebody with an account; else the usual auditor records it."""
        named = next((one.person for one in self.audit.team if one.role == "lead"), None)
        return named or self.at.system.defaults.auditor or self.at.system.defaults.manager


def audit_steps(audit: Audit, at: Place, bench: Bench) -> Iterator[Step]:
    """Everything but the conclusion of rows, which `row_steps` adds once findings are known."""
    if audit.id in bench.audits:
        at.at("id").refuse(f"{audit.id} stands here twice")
    case = _case(audit, at, bench)
    planned = at.at("planned").moment(audit.planned, time(11))
    by = auditor_of(audit.by, at)
    yield PlanAudit(planned, by, case.slug, audit.id, audit.programme, _plan(case), _services(case))
    yield from _team(case, planned, by)
    yield from _timetable(case, planned, by)
    begun = planned
    if audit.opening is not None:
        where = at.at("opening")
        begun = moment(where, audit.opening.on, time(9), case.scope.names, least=planned)
        bench.begun[audit.id] = begun
        texts = told(audit.opening.people, where.at("people")), told(audit.opening.notes, where.at("notes"))
        yield BeginAudit(begun, _lead_or(audit.opening.by, case, where), case.slug, audit.id, *texts)
    if audit.cancelled is not None:
        where = at.at("cancelled")
        on = moment(where, audit.cancelled.on, least=planned)
        yield CancelAudit(on, manager_of(audit.cancelled.by, where), case.slug, audit.id, audit.cancelled.reason)


def row_steps(audit: Audit, at: Place, bench: Bench) -> Iterator[Step]:
    """Conclusions of the rows in the order of the catalogue, the result, and the signature."""
    case = _case(audit, at, bench)
    if audit.opening is None:
        for name in ("rows", "rest", "result", "signed"):
            if getattr(audit, name):
                at.at(name).refuse("needs an opening: the audit has not begun")
        return
    yield from _rows(case)
    stated = None
    if audit.result is not None:
        where = at.at("result")
        stated = moment(where, audit.result.on, time(15), case.scope.names)
        yield StateResult(stated, _lead_or(audit.result.by, case, where), case.slug, audit.id, _result(case, where))
    if audit.signed is not None:
        where = at.at("signed")
        on = moment(where, audit.signed.on, time(11), case.scope.names, least=stated)
        by = _lead_or(audit.signed.by, case, where)
        item = f"{case.slug}/audit/{audit.id}"
        yield SignAudit(on, by, case.slug, audit.id, item)
        if case.scope.is_own:
            yield from filed_reviews(audit.signed.reviews, item, by, on, where)


def _case(audit: Audit, at: Place, bench: Bench) -> _Case:
    """The audit with its scope, noted on the bench the first time. A relative day on a weekend becomes Monday."""
    clauses = _clauses(audit, at)
    known = bench.audits.get(audit.id)
    if known is None:
        first = weekday(at.at("from").day(audit.first))
        last = _last(audit, first, at)
        wanted = set(clauses)
        requirements = tuple(one.id for one in at.catalogue.requirements.values() if one.clause in wanted)
        known = AuditScope(first, last, requirements, AuditKind(audit.kind).is_own)
        bench.audits[audit.id] = known
    return _Case(audit, at, clauses, known, bench)


def _last(audit: Audit, first: date, at: Place) -> date:
    if (audit.last is None) == (audit.days is None):
        at.refuse("says either days, or to")
    if audit.last is not None:
        return max(first, weekday(at.at("to").day(audit.last)))
    day = first
    for _ in range((audit.days or 1) - 1):
        day = weekday(day + timedelta(days=1))
    return day


def _clauses(audit: Audit, at: Place) -> tuple[str, ...]:
    """Clauses with requirements: those named, or below one named, or of a process named, in catalogue order."""
    named = {at.at("clauses", n).known(key, at.catalogue.clauses, "a clause") for n, key in enumerate(audit.clauses)}
    processes = {at.at("processes", number).process(key) for number, key in enumerate(audit.processes)}
    found = tuple(
        one.number
        for one in at.catalogue.clauses.values()
        if one.auditable and (one.process in processes or _below(one.number, named))
    )
    if not found:
        at.refuse("names no clause with requirements and no process")
    return found


def _below(number: str, named: set[str]) -> bool:
    return any(number == one or number.startswith(f"{one}.") for one in named)


def _plan(case: _Case) -> Plan:
    audit, at = case.audit, case.at
    if audit.programme is not None:
        at.at("programme").known(audit.programme, case.bench.programmes, "a programme of this scenario")
    return Plan(
        kind=AuditKind(audit.kind),
        title=audit.title,
        objectives=told(audit.objectives, at.at("objectives")),
        criteria=told(audit.criteria, at.at("criteria")),
        method=Method(audit.method),
        first_on=case.scope.first,
        last_on=case.scope.last,
        clauses=case.clauses,
        sites=tuple(audit.sites),
        remote=told(audit.remote, at.at("remote")),
        client=audit.client or "",
        reasons=told(audit.reasons, at.at("reasons")),
    )


def _services(case: _Case) -> tuple[str, ...]:
    known = {one.name for one in case.at.system.services}
    at = case.at.at("services")
    return tuple(at.at(n).known(name, known, "a service of this system") for n, name in enumerate(case.audit.services))


def _team(case: _Case, planned: datetime, by: str) -> Iterator[Step]:
    for number, member in enumerate(case.audit.team):
        at = case.at.at("team", number)
        if (member.person is None) == (member.name is None):
            at.refuse("names either a person or, for somebody without an account, a name")
        email = at.at("person").person(member.person) if member.person else None
        part = tuple(at.at("clauses", n).known(key, case.clauses, "in scope") for n, key in enumerate(member.clauses))
        role = TeamRole(member.role)
        yield AssignMember(
            planned, by, case.slug, case.audit.id, role, email, member.name or "", part, member.leave_out
        )


def _timetable(case: _Case, planned: datetime, by: str) -> Iterator[Step]:
    days = working_days(case.scope.first, case.scope.last)
    for number, slot in enumerate(case.audit.timetable):
        at = case.at.at("timetable", number)
        if slot.day > len(days):
            at.at("day").refuse(f"the audit has {len(days)} working days")
        made = TimetableSlot(
            days[min(slot.day, len(days)) - 1],
            slot.starts,
            slot.ends,
            slot.topic,
            slot.auditee or "",
            slot.auditor or "",
            slot.place or "",
            tuple(at.at("clauses", n).known(key, case.clauses, "in scope") for n, key in enumerate(slot.clauses)),
        )
        yield AddSlot(planned + timedelta(minutes=30), by, case.slug, case.audit.id, made)


def _rows(case: _Case) -> Iterator[Step]:
    """Rows without a moment of their own are spread over the working days of the audit, in the order of the clauses."""
    entries = _entries(case)
    moments = _moments(case, len(entries))
    for (key, (entry, at)), usual in zip(entries.items(), moments, strict=True):
        on = moment(at, entry.on, MORNING, case.scope.names) if entry.on else usual
        yield _row(case, key, entry, at, on)


def _entries(case: _Case) -> dict[str, tuple[Rest, Place]]:
    """What is said about each requirement in scope: by its own name, else by its clause, else with the rest."""
    by_name: dict[str, tuple[Rest, Place]] = {}
    for number, row in enumerate(case.audit.rows):
        at = case.at.at("rows", number)
        for place, name in enumerate(row.rows):
            where = at.at("rows", place)
            if name in by_name:
                where.refuse(f"{name} stands here twice")
            if name not in case.scope.requirements and name not in case.clauses:
                where.refuse(f"{name} is not in the scope of this audit")
            by_name[name] = (row, at)
    rest = (case.audit.rest, case.at.at("rest")) if case.audit.rest else None
    found: dict[str, tuple[Rest, Place]] = {}
    for key in case.scope.requirements:
        clause = case.at.catalogue.requirements[key].clause
        entry = by_name.get(key) or by_name.get(clause) or rest
        if entry is not None and key not in case.bench.raised.get(case.audit.id, ()):
            found[key] = entry
    return found


def _moments(case: _Case, count: int) -> list[datetime]:
    days = working_days(case.scope.first, case.scope.last)
    zone = case.at.reading.zone
    found: list[datetime] = []
    for number in range(count):
        day, minute = divmod(number * MINUTES_A_DAY * len(days) // max(count, 1), MINUTES_A_DAY)
        found.append(datetime.combine(days[day], MORNING, zone) + timedelta(minutes=minute))
    return found


def _row(case: _Case, key: str, entry: Rest, at: Place, on: datetime) -> ConcludeRow:
    requirement = case.at.catalogue.requirements[key]
    by = at.at("by").person(entry.by) if entry.by else _auditor_for(case, requirement.clause)
    if entry.examined == "expected":
        expected = (one.artefact for one in requirement.expectations)
        examined = case.bench.shelf.of(expected, on, not_by=by)
    else:
        examined = case.bench.seen(entry.examined, on, at.at("examined"))
    stated = Entry(
        conclusion=Conclusion(entry.conclusion),
        statement=told(entry.statement, at.at("statement"), case.scope.names),
        answer=told(entry.answer, at.at("answer"), case.scope.names),
        note=told(entry.note, at.at("note"), case.scope.names),
        interviewed=told(entry.interviewed, at.at("interviewed"), case.scope.names),
        points=_points(entry, requirement, at),
    )
    return ConcludeRow(on, by, case.slug, case.audit.id, key, stated, examined)


def _points(entry: Rest, requirement: Requirement, at: Place) -> tuple[str, ...]:
    if entry.points == "all":
        return tuple(requirement.points)
    where = at.at("points")
    return tuple(where.at(n).known(name, requirement.points, "a point of it") for n, name in enumerate(entry.points))


def _auditor_for(case: _Case, clause: str) -> str:
    """The auditor whose part names this clause, else whoever has the whole scope."""
    auditing = [one for one in case.audit.team if one.person and one.role in {"lead", "auditor"}]
    named = next((one.person for one in auditing if clause in one.clauses), None)
    whole = next((one.person for one in auditing if not one.clauses), None)
    return named or whole or case.lead


def _result(case: _Case, at: Place) -> Result:
    outcome = case.audit.result
    if outcome is None:
        return Result()
    texts = {name: told(getattr(outcome, name), at.at(name), case.scope.names) for name in RESULT_TEXTS}
    return Result(
        Extent(outcome.conformity),
        Extent(outcome.effectiveness),
        **texts,
        closing_people=told(outcome.people, at.at("people"), case.scope.names),
        closing_notes=told(outcome.notes, at.at("notes"), case.scope.names),
    )


def _lead_or(named: str | None, case: _Case, at: Place) -> str:
    return at.at("by").person(named or case.lead)
