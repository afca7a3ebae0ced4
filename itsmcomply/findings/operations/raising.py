"""Raise a finding, put its wording right, change its grade and time limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import func, select

from itsmcomply.db import Base
from itsmcomply.errors import Conflict, InvalidInput
from itsmcomply.evidence.operations import Desk
from itsmcomply.findings.kinds import PREFIXES, EvidenceUse, Grade, Source
from itsmcomply.findings.limits import Limits
from itsmcomply.findings.models import Finding, FindingGrade, FindingRequirement
from itsmcomply.findings.operations.opening import note, open_finding, refuse, require_answering
from itsmcomply.findings.operations.proof import new_bindings
from itsmcomply.findings.queries.limits import limits_of
from itsmcomply.findings.queries.people import people_who_answer, process_owners
from itsmcomply.findings.rules import Act
from itsmcomply.findings.statements import (
    Raising,
    problem_of_concern,
    problems_of_raising,
    problems_of_reason,
    problems_of_wording,
)
from itsmcomply.permissions import Permission
from itsmcomply.systems.queries import key_days
from itsmcomply.wording import N_, say


def raise_finding(desk: Desk, raising: Raising) -> Finding:
    """Raise a finding; its time limits follow from grade and source. Raises InvalidInput by field, NotPermitted.

    `evidence` in the command is bound as objective evidence. Its key is readable and numbered by year of the finding.
    """
    desk.require(Permission.RAISE_FINDING)
    raising = _completed(desk, raising)
    refuse(problems_of_raising(raising, desk.catalogue, desk.today))
    _require_stage_1(desk, raising)
    require_answering(desk, raising.owner_id, "owner")
    finding = _new_finding(desk, raising)
    desk.session.add(finding)
    desk.session.flush()  # the rows below name its id
    grade = _new_grade(desk, finding, raising.grade, _limits(desk, raising.grade, raising.source).due(finding.found_on))
    requirements = [FindingRequirement(finding_id=finding.id, requirement=key) for key in raising.requirements]
    bound = new_bindings(desk, finding, EvidenceUse.OBJECTIVE, raising.evidence)
    rows: list[Base] = [finding, grade, *requirements, *bound]
    desk.session.add_all(rows)
    note(desk, finding, "finding.raised", _shown(finding, raising) | {"evidence": len(bound)}, rows)
    return finding


def _require_stage_1(desk: Desk, raising: Raising) -> None:
    """An area of concern comes from stage 1; where no audit on record says so, the day of stage 2 tells."""
    if raising.grade is not Grade.AREA_OF_CONCERN or raising.audit_key:
        return
    stage_2 = key_days(desk.session, desk.system.id).stage_2
    if problem := problem_of_concern(stage_2, raising.found_on or desk.today):
        refuse({"grade": problem})


def _completed(desk: Desk, raising: Raising) -> Raising:
    """With requirements once each, and the owner of the process where no owner is named."""
    wanted = tuple(dict.fromkeys(raising.requirements))
    owner = raising.owner_id
    if owner is None:
        known = [desk.catalogue.requirements[key].process for key in wanted if key in desk.catalogue.requirements]
        owners = process_owners(desk.session, desk.system.id)
        asked = [raising.process, *known] if raising.process else known
        may = {person.user_id for person in people_who_answer(desk.session, desk.system.id, desk.today)}
        owner = next((owners[process] for process in asked if owners.get(process) in may), None)
    return replace(raising, requirements=wanted, owner_id=owner)


def _new_finding(desk: Desk, raising: Raising) -> Finding:
    found_on = raising.found_on or desk.today
    prefix = PREFIXES[raising.grade]
    return Finding(
        system_id=desk.system.id,
        prefix=prefix,
        year=found_on.year,
        number=_next_number(desk, prefix, found_on.year),
        title=raising.title.strip(),
        statement=raising.statement.strip(),
        criterion=raising.criterion.strip(),
        objective=raising.objective.strip(),
        process=raising.process,
        source=raising.source,
        source_ref=raising.source_ref.strip(),
        audit_key=raising.audit_key,
        owner_id=raising.owner_id,
        found_on=found_on,
        opened_at=desk.now,
        opened_by=desk.actor.user_id,
        round=1,
    )


def _next_number(desk: Desk, prefix: str, year: int) -> int:
    taken = desk.session.scalar(
        select(func.max(Finding.number)).where(
            Finding.system_id == desk.system.id, Finding.prefix == prefix, Finding.year == year
        )
    )
    return (taken or 0) + 1


def _limits(desk: Desk, grade: Grade, source: Source) -> Limits:
    by_body = source is Source.CERTIFICATION_BODY
    return limits_of(desk.session, desk.catalogue, desk.system.id, grade, by_body=by_body)


def _new_grade(
    desk: Desk, finding: Finding, grade: Grade, due: tuple[date | None, date | None], reason: str = ""
) -> FindingGrade:
    return FindingGrade(
        finding_id=finding.id,
        grade=grade,
        plan_due_on=due[0],
        closure_due_on=due[1],
        reason=reason,
        recorded_at=desk.now,
        recorded_by=desk.actor.user_id,
    )


def _shown(finding: Finding, raising: Raising) -> dict[str, object]:
    texts = ("title", "statement", "criterion", "objective", "source_ref")
    return {name: getattr(finding, name) for name in texts} | {
        "grade": raising.grade,
        "requirements": list(raising.requirements),
        "process": finding.process or "",
        "source": finding.source,
        "owner": finding.owner_id,
        "found_on": finding.found_on,
    }


def edit_finding(desk: Desk, key: str, raising: Raising, *, row_version: int) -> Finding:
    """Put the wording, the reference or the owner right. Grade, requirements and process stay as they were raised.

    They decide results of days that have passed. Raises Conflict when somebody saved since `row_version` was read.
    """
    matter = open_finding(desk, key)
    matter.require(Act.EDIT)
    finding = matter.finding
    fixed = replace(raising, grade=matter.case.grade, requirements=matter.dossier.requirements, process=finding.process)
    if finding.row_version != row_version:
        raise Conflict("finding", key, _editable(finding), _editable(raising))
    refuse(problems_of_wording(fixed, desk.catalogue))
    require_answering(desk, raising.owner_id, "owner")
    before = _editable(finding)
    finding.title, finding.statement = raising.title.strip(), raising.statement.strip()
    finding.criterion, finding.objective = raising.criterion.strip(), raising.objective.strip()
    finding.source_ref, finding.owner_id = raising.source_ref.strip(), raising.owner_id
    after = _editable(finding)
    if after != before:
        finding.row_version += 1
        changed = {name for name in after if after[name] != before[name]}
        matter.note("finding.edited", {n: after[n] for n in changed}, [finding], before={n: before[n] for n in changed})
    return finding


def _editable(found: Finding | Raising) -> dict[str, str]:
    names = ("title", "statement", "criterion", "objective", "source_ref", "owner_id")
    return {name: str(getattr(found, name) or "") for name in names}


def change_grade(
    desk: Desk, key: str, *, grade: Grade, plan_due_on: date | None, closure_due_on: date | None, reason: str
) -> FindingGrade:
    """Change the grade of a nonconformity, or its time limits, with the reason; the old entry ends.

    Raises InvalidInput for a grade of another kind: a nonconformity never turns into a remark.
    """
    matter = open_finding(desk, key)
    matter.require(Act.GRADE)
    problems = problems_of_reason(reason)
    if PREFIXES[grade] != matter.finding.prefix:
        problems["grade"] = say(N_("A nonconformity is major or minor. Raise a new finding for anything else."))
    for name, day in (("plan_due_on", plan_due_on), ("closure_due_on", closure_due_on)):
        if day is not None and day < matter.finding.found_on:
            problems[name] = say(N_("It cannot be due before it was found."))
    refuse(problems)
    old = matter.dossier.grade
    if (old.grade, old.plan_due_on, old.closure_due_on) == (grade, plan_due_on, closure_due_on):
        raise InvalidInput({"": say(N_("Grade and days are as they were. Nothing was changed."))})
    old.ended_at = desk.now
    new = _new_grade(desk, matter.finding, grade, (plan_due_on, closure_due_on), reason.strip())
    desk.session.add(new)
    matter.note("finding.graded", _grade_shown(new), [old, new], before=_grade_shown(old))
    return new


def _grade_shown(entry: FindingGrade) -> dict[str, object]:
    return {
        "grade": entry.grade,
        "plan_due_on": entry.plan_due_on,
        "closure_due_on": entry.closure_due_on,
        "reason": entry.reason,
    }
