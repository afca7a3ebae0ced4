"""Set how many days a system allows by grade, for its own findings and for those of the certification body."""

from __future__ import annotations

from sqlalchemy import select

from itsmcomply.activity.operations import Record, record_activity
from itsmcomply.evidence.operations import Desk
from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.limits import Limits, limit_problem
from itsmcomply.findings.models import FindingLimit
from itsmcomply.findings.operations.opening import refuse
from itsmcomply.findings.queries.limits import limits_of
from itsmcomply.permissions import Permission


def set_limits(desk: Desk, *, grade: Grade, by_body: bool, limits: Limits) -> FindingLimit | None:
    """Put limits in force for findings raised from now on. Those in force already: nothing changes, returns None."""
    desk.require(Permission.EDIT_SYSTEM)
    before = limits_of(desk.session, desk.catalogue, desk.system.id, grade, by_body=by_body)
    problems = {
        "plan_days": limit_problem(limits.plan_days),
        "closure_days": limit_problem(limits.closure_days),
        "effect_days": limit_problem(limits.effect_days, least=1),
    }
    refuse({name: problem for name, problem in problems.items() if problem is not None})
    if limits == before:
        return None
    old = list(
        desk.session.scalars(
            select(FindingLimit).where(
                FindingLimit.system_id == desk.system.id,
                FindingLimit.grade == grade,
                FindingLimit.by_body.is_(by_body),
                FindingLimit.ended_at.is_(None),
            )
        )
    )
    for row in old:
        row.ended_at = desk.now
    new = FindingLimit(
        system_id=desk.system.id,
        grade=grade,
        by_body=by_body,
        plan_days=limits.plan_days,
        closure_days=limits.closure_days,
        effect_days=limits.effect_days,
        recorded_at=desk.now,
        recorded_by=desk.actor.user_id,
    )
    desk.session.add(new)
    record = Record("system", desk.system.slug, desk.system.id)
    record_activity(
        desk.session,
        desk.actor,
        desk.now,
        "system.finding_limits",
        record,
        before=_shown(grade, before, by_body=by_body),
        after=_shown(grade, limits, by_body=by_body),
        rows=[*old, new],
    )
    return new


def _shown(grade: Grade, limits: Limits, *, by_body: bool) -> dict[str, object]:
    return {
        "grade": grade,
        "certification_body": by_body,
        "plan_days": limits.plan_days,
        "closure_days": limits.closure_days,
        "effect_days": limits.effect_days,
    }
