"""Plan an audit, change its plan, its days and its scope, lay out its timetable, cancel it."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from sqlalchemy import func, select

from itsmcomply.audits.kinds import PREFIXES, AuditKind, ScopeKind
from itsmcomply.audits.models import Audit, AuditDate, AuditProgramme, AuditScope, AuditSession
from itsmcomply.audits.operations.desk import audit_by_key, clauses_of, days_of, note, refuse, scope_of
from itsmcomply.audits.operations.team import narrow_parts
from itsmcomply.audits.rules import Act, Plan, Slot, problems_of_plan, problems_of_slot, problems_of_texts, require
from itsmcomply.clauses.model import SubjectKind
from itsmcomply.db import Base
from itsmcomply.errors import Conflict, InvalidInput, NotFound
from itsmcomply.evidence.operations import Desk
from itsmcomply.permissions import Permission
from itsmcomply.systems.models import Subject
from itsmcomply.wording import N_, say

SLOT_TEXTS = ("starts", "ends", "topic", "clauses", "auditee", "auditor", "place")
PLAN_TEXTS = ("title", "objectives", "criteria", "remote", "client", "reasons")


def plan_audit(desk: Desk, plan: Plan, *, programme: AuditProgramme | None = None) -> Audit:
    """Plan an audit; its key is numbered by type and year of its first day. Raises InvalidInput, NotPermitted."""
    desk.require(Permission.PLAN_AUDIT)
    refuse(problems_of_plan(plan, desk.catalogue))
    _require_services(desk, plan.services)
    if plan.first_on is None or plan.last_on is None:
        raise InvalidInput({"first_on": say(N_("Give the first day, for example 2027-01-12."))})
    year = plan.first_on.year
    audit = Audit(
        system_id=desk.system.id,
        programme_id=programme.id if programme else None,
        prefix=PREFIXES[plan.kind],
        year=year,
        number=_next_number(desk, plan.kind, year),
        kind=plan.kind,
        method=plan.method,
        created_at=desk.now,
        created_by=desk.actor.user_id,
        **{name: getattr(plan, name).strip() for name in PLAN_TEXTS},
    )
    desk.session.add(audit)
    desk.session.flush()  # days and scope refer to its id
    rows: list[Base] = [audit, _new_days(desk, audit, plan.first_on, plan.last_on, "")]
    rows += [_new_line(desk, audit, kind, key) for kind, key in _wanted_scope(plan)]
    note(desk, audit, "audit.planned", _shown(plan), rows, facts=True)
    return audit


def change_plan(desk: Desk, key: str, plan: Plan, *, row_version: int, reason: str = "") -> Audit:
    """Change what is planned. Type and scope stay once it has begun.

    Raises Conflict, InvalidInput by field, InvalidTransition.
    """
    desk.require(Permission.PLAN_AUDIT)
    audit = audit_by_key(desk, key)
    require(Act.CHANGE_PLAN, audit.state)
    refuse(problems_of_plan(plan, desk.catalogue) | problems_of_texts({"reason": reason}))
    days, lines = days_of(desk, audit), scope_of(desk, audit)
    before = _stored(audit, days, lines)
    if audit.row_version != row_version:
        raise Conflict("audit", key, {n: str(v) for n, v in before.items()}, _texts(plan))
    if plan.kind is not audit.kind:
        raise InvalidInput({"kind": say(N_("The type is part of the key. Cancel this audit and plan another."))})
    _require_services(desk, plan.services)
    rows: list[Base] = [audit]
    for name in PLAN_TEXTS:
        setattr(audit, name, getattr(plan, name).strip())
    audit.method = plan.method
    audit.row_version += 1
    rows += _moved(desk, audit, days, plan, reason)
    rows += _rescoped(desk, audit, lines, plan)
    if audit.kind.is_own and not set(plan.clauses) <= set(clauses_of(lines)):
        rows += narrow_parts(desk, audit, plan.clauses)
    after = _shown(plan) | {"reason": reason}
    note(desk, audit, "audit.plan_changed", after, rows, before=before, facts=True)
    return audit


def cancel_audit(desk: Desk, key: str, *, reason: str) -> Audit:
    """Take an audit out of the plan for good; its rows stay readable. Raises InvalidInput, InvalidTransition."""
    desk.require(Permission.PLAN_AUDIT)
    audit = audit_by_key(desk, key)
    require(Act.CANCEL, audit.state)
    problems = problems_of_texts({"reason": reason})
    if not reason.strip():
        problems["reason"] = say(N_("Give the reason; it stays on record."))
    refuse(problems)
    days = days_of(desk, audit)
    days.ended_at = desk.now
    audit.cancelled_at, audit.cancelled_by, audit.cancel_reason = desk.now, desk.actor.user_id, reason.strip()
    audit.row_version += 1
    note(desk, audit, "audit.cancelled", {"reason": reason.strip()}, [audit, days], facts=True)
    return audit


def add_slot(desk: Desk, key: str, slot: Slot) -> AuditSession:
    """Add a line to the timetable. Raises InvalidInput by field, InvalidTransition."""
    desk.require(Permission.PLAN_AUDIT)
    audit = audit_by_key(desk, key)
    require(Act.CHANGE_PLAN, audit.state)
    days = days_of(desk, audit)
    refuse(problems_of_slot(slot, days.first_on, days.last_on))
    outside = set(slot.clauses) - set(clauses_of(scope_of(desk, audit)))
    if outside or slot.on_day is None:
        raise InvalidInput({"clauses": say(N_("Choose clauses of the scope of this audit."))})
    line = AuditSession(
        audit_id=audit.id,
        on_day=slot.on_day,
        starts=slot.starts,
        ends=slot.ends,
        topic=slot.topic.strip(),
        clauses=",".join(slot.clauses),
        auditee=slot.auditee.strip(),
        auditor=slot.auditor.strip(),
        place=slot.place.strip(),
        recorded_at=desk.now,
        recorded_by=desk.actor.user_id,
    )
    desk.session.add(line)
    after = {"on": slot.on_day, "starts": slot.starts, "ends": slot.ends, "topic": line.topic, "auditee": line.auditee}
    note(desk, audit, "audit.timetable_added", after, [line])
    return line


def end_slot(desk: Desk, key: str, slot_id: int) -> AuditSession:
    """Take a line out of the timetable. Raises NotFound, InvalidTransition."""
    desk.require(Permission.PLAN_AUDIT)
    audit = audit_by_key(desk, key)
    require(Act.CHANGE_PLAN, audit.state)
    line = desk.session.get(AuditSession, slot_id)
    if line is None or line.audit_id != audit.id or line.ended_at is not None:
        raise NotFound("line of the timetable", str(slot_id))
    line.ended_at = desk.now
    note(desk, audit, "audit.timetable_ended", {"on": line.on_day, "topic": line.topic}, [line])
    return line


def _next_number(desk: Desk, kind: AuditKind, year: int) -> int:
    query = select(func.max(Audit.number)).where(
        Audit.system_id == desk.system.id, Audit.prefix == PREFIXES[kind], Audit.year == year
    )
    return (desk.session.scalar(query) or 0) + 1


def _require_services(desk: Desk, services: tuple[int, ...]) -> None:
    if not services:
        return
    query = select(Subject.id).where(Subject.system_id == desk.system.id, Subject.kind == SubjectKind.SERVICE)
    if not set(services) <= set(desk.session.scalars(query)):
        raise InvalidInput({"services": say(N_("There is no such service. Choose from the list."))})


def _wanted_scope(plan: Plan) -> list[tuple[ScopeKind, str]]:
    wanted = [(ScopeKind.CLAUSE, number) for number in dict.fromkeys(plan.clauses)]
    wanted += [(ScopeKind.SERVICE, str(one)) for one in dict.fromkeys(plan.services)]
    return wanted + [(ScopeKind.SITE, site.strip()) for site in dict.fromkeys(plan.sites) if site.strip()]


def _new_days(desk: Desk, audit: Audit, first_on: date, last_on: date, reason: str) -> AuditDate:
    days = AuditDate(
        audit_id=audit.id,
        first_on=first_on,
        last_on=last_on,
        reason=reason,
        recorded_at=desk.now,
        recorded_by=desk.actor.user_id,
    )
    desk.session.add(days)
    return days


def _new_line(desk: Desk, audit: Audit, kind: ScopeKind, key: str) -> AuditScope:
    process = desk.catalogue.clauses[key].process if kind is ScopeKind.CLAUSE else ""
    line = AuditScope(
        audit_id=audit.id,
        kind=kind,
        key=key,
        process=process,
        recorded_at=desk.now,
        recorded_by=desk.actor.user_id,
    )
    desk.session.add(line)
    return line


def _moved(desk: Desk, audit: Audit, days: AuditDate, plan: Plan, reason: str) -> list[Base]:
    """Other days end the entry in force and begin a new one."""
    if (days.first_on, days.last_on) == (plan.first_on, plan.last_on) or plan.first_on is None or plan.last_on is None:
        return []
    days.ended_at = desk.now
    moved = [days, _new_days(desk, audit, plan.first_on, plan.last_on, reason)]
    return [*moved, *_moved_slots(desk, audit, days.first_on, plan.first_on, plan.last_on)]


def _moved_slots(desk: Desk, audit: Audit, before: date, first_on: date, last_on: date) -> list[Base]:
    """Lines of the timetable keep their place in the audit; one that falls behind its end stands on the last day."""
    query = select(AuditSession).where(AuditSession.audit_id == audit.id, AuditSession.ended_at.is_(None))
    rows: list[Base] = []
    for line in desk.session.scalars(query.order_by(AuditSession.id)).all():
        on_day = min(last_on, max(first_on, line.on_day + (first_on - before)))
        if on_day != line.on_day:
            line.ended_at = desk.now
            kept = {name: getattr(line, name) for name in SLOT_TEXTS}
            made = AuditSession(
                audit_id=audit.id, on_day=on_day, recorded_at=desk.now, recorded_by=desk.actor.user_id, **kept
            )
            desk.session.add(made)
            rows += [line, made]
    return rows


def _rescoped(desk: Desk, audit: Audit, lines: list[AuditScope], plan: Plan) -> list[Base]:
    """Lines that are not wanted any more are ended, new ones added. Raises InvalidTransition once it has begun."""
    wanted = _wanted_scope(plan)
    have = {(line.kind, line.key): line for line in lines}
    gone = [line for place, line in have.items() if place not in wanted]
    fresh = [place for place in wanted if place not in have]
    if not gone and not fresh:
        return []
    require(Act.CHANGE_SCOPE, audit.state)
    for line in gone:
        line.ended_at = desk.now
    return [*gone, *(_new_line(desk, audit, kind, key) for kind, key in fresh)]


def _shown(plan: Plan) -> dict[str, object]:
    return {one.name: getattr(plan, one.name) for one in fields(plan)}


def _texts(plan: Plan) -> dict[str, str]:
    return {name: str(value) for name, value in _stored_form(plan).items()}


def _stored_form(plan: Plan) -> dict[str, object]:
    return {name: getattr(plan, name).strip() for name in PLAN_TEXTS} | {
        "method": plan.method,
        "first_on": plan.first_on,
        "last_on": plan.last_on,
        "clauses": ", ".join(plan.clauses),
    }


def _stored(audit: Audit, days: AuditDate, lines: list[AuditScope]) -> dict[str, object]:
    return {name: getattr(audit, name) for name in PLAN_TEXTS} | {
        "method": audit.method,
        "first_on": days.first_on,
        "last_on": days.last_on,
        "clauses": ", ".join(clauses_of(lines)),
    }
