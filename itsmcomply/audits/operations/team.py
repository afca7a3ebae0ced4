"""The team of an audit and what its auditors are able to do. Nobody joins for what they answer for themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from itsmcomply.accounts.models import User
from itsmcomply.activity.operations import Record, record_activity
from itsmcomply.audits.impartiality import Interests, free_part, objections, reasons
from itsmcomply.audits.kinds import SHOWS_NOTHING, Competence, TeamRole
from itsmcomply.audits.models import Audit, AuditMember, AuditorCompetence
from itsmcomply.audits.operations.desk import (
    audit_by_key,
    clauses_of,
    lead_of,
    note,
    refuse,
    requirements_of,
    scope_of,
    team_of,
)
from itsmcomply.audits.queries.interests import auditors, interests_of
from itsmcomply.audits.rules import Act, problems_of_line, problems_of_texts, require
from itsmcomply.clauses.model import Catalogue
from itsmcomply.errors import InvalidInput, NotFound, NotPermitted
from itsmcomply.evidence.models import EvidenceItem, RegisterLine
from itsmcomply.evidence.operations import Desk
from itsmcomply.permissions import Permission
from itsmcomply.systems.models import Membership
from itsmcomply.wording import N_, Sentence, say


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who joins a team as what, with an account (`user_id`) or by name. `part`: clauses of the scope; empty: all of it.

    `leave_out`: take only the part of the scope in which nothing stands against this person.
    """

    role: TeamRole
    user_id: int | None = None
    name: str = ""
    part: tuple[str, ...] = ()
    leave_out: bool = False


def assign(desk: Desk, key: str, assignment: Assignment) -> AuditMember:
    """Put somebody into the team; a new lead auditor takes the place of the one before.

    Raises InvalidInput where they answer for something they would audit, with each reason in words, or may not audit.
    """
    desk.require(Permission.PLAN_AUDIT)
    audit = audit_by_key(desk, key)
    require(Act.ASSIGN, audit.state)
    team, scope = team_of(desk, audit), clauses_of(scope_of(desk, audit))
    assignment = _checked(desk, audit, assignment, scope)
    ended = _making_room(desk, team, assignment)
    member = _member(desk, audit, assignment)
    after = {"role": assignment.role, "user": assignment.user_id, "name": member.name, "part": member.part}
    note(desk, audit, "audit.assigned", after, [member, *ended])
    return member


def release(desk: Desk, key: str, member_id: int, *, reason: str) -> AuditMember:
    """Take somebody out of the team. What they concluded stays theirs. Raises NotFound, InvalidInput."""
    desk.require(Permission.PLAN_AUDIT)
    audit = audit_by_key(desk, key)
    require(Act.ASSIGN, audit.state)
    member = next((one for one in team_of(desk, audit) if one.id == member_id), None)
    if member is None:
        raise NotFound("member of the team", str(member_id))
    problems = problems_of_texts({"reason": reason})
    if not reason.strip():
        problems["reason"] = say(N_("Give the reason; it stays on record."))
    refuse(problems)
    _end(desk, member, reason.strip())
    note(desk, audit, "audit.released", {"member": member.id, "reason": reason.strip()}, [member])
    return member


def narrow_parts(desk: Desk, audit: Audit, clauses: tuple[str, ...]) -> list[AuditMember]:
    """Leave out of the parts of auditors what they answer for among the clauses of a new scope; the rows changed.

    Raises InvalidInput with the reasons where nothing would be left for somebody.
    """
    whole = {m.user_id: m for m in team_of(desk, audit) if m.role.audits and m.user_id is not None and not m.part}
    found = interests_of(desk.session, desk.system.id, list(whole))
    wanted, rows = requirements_of(desk.catalogue, clauses), []
    for user_id, who in found.items():
        if against := objections(who, wanted):
            free = free_part(who, wanted)
            if not free:
                told = reasons(who.name, against, desk.catalogue)
                raise InvalidInput({"clauses": Sentence(" ".join(told), {})})
            _end(desk, whole[user_id], "the scope changed")
            made = _member(desk, audit, Assignment(whole[user_id].role, user_id, part=free))
            rows += [whole[user_id], made]
    return rows


def reasons_against(desk: Desk, user_id: int, clauses: tuple[str, ...]) -> tuple[Sentence, ...]:
    """Why this person may not audit these clauses, in words; empty when nothing stands against it. Eight queries."""
    who = interests_of(desk.session, desk.system.id, [user_id])[user_id]
    return reasons(who.name, objections(who, requirements_of(desk.catalogue, clauses)), desk.catalogue)


def require_impartial(desk: Desk, audit: Audit, requirement: str) -> None:
    """Raise NotPermitted unless the actor may audit this requirement: in the team, for this part, and impartial."""
    who = interests_of(desk.session, desk.system.id, [desk.actor.user_id])[desk.actor.user_id]
    if found := refusal(desk.catalogue, audit, requirement, team=team_of(desk, audit), who=who):
        raise NotPermitted(found)


def refusal(
    catalogue: Catalogue, audit: Audit, requirement: str, *, team: Sequence[AuditMember], who: Interests
) -> str:
    """Why this person may not audit this requirement, in words; "" when they may. `who` is the actor."""
    if reason := refusal_of_team(team, who.user_id):
        return reason
    wanted = catalogue.requirements[requirement]
    mine = [m for m in team if m.user_id == who.user_id and m.role.audits]
    if not any(not m.part or wanted.clause in m.part.split(",") for m in mine):
        return say(N_("%(clause)s is not assigned to you in this audit."), clause=wanted.clause)
    if not audit.kind.is_own:
        return ""
    return " ".join(reasons(who.name, objections(who, [wanted]), catalogue))


def refusal_of_team(team: Sequence[AuditMember], user_id: int) -> str:
    """Why this person does no part of this audit, in words; "" when they are one of its auditors."""
    if any(member.user_id == user_id and member.role.audits for member in team):
        return ""
    return say(N_("You are not an auditor of this audit. Ask the lead auditor to assign you."))


def record_competence(
    desk: Desk, *, user_id: int, subject: Competence, text: str, item_key: str, valid_until: date | None
) -> AuditorCompetence:
    """Record what an auditor knows, shown by an item of evidence (7.2). Raises InvalidInput by field."""
    desk.require(Permission.PLAN_AUDIT)
    problems = problems_of_line("text", text, N_("Say what shows it, for example a course and its year."), 1000)
    if valid_until is not None and valid_until < desk.today:
        problems["valid_until"] = say(N_("This day has passed. Record what is valid today."))
    if _member_of_system(desk, user_id) is None:
        problems["user_id"] = say(N_("Choose a member of this management system."))
    item = _item_by_key(desk, item_key)
    if item is None:
        problems["item"] = say(N_("There is no such item of evidence. Give its key, for example EV-0142."))
    elif _shows_nothing(desk, item):
        problems["item"] = say(N_("It was withdrawn or rejected, so it shows nothing. Give evidence that stands."))
    refuse(problems)
    if item is None:
        raise NotFound("evidence", item_key)
    row = AuditorCompetence(
        system_id=desk.system.id,
        user_id=user_id,
        subject=subject,
        text=text.strip(),
        item_id=item.id,
        valid_until=valid_until,
        recorded_at=desk.now,
        recorded_by=desk.actor.user_id,
    )
    desk.session.add(row)
    _note_competence(desk, "auditor.competence_recorded", row, {"text": row.text, "evidence": item.key})
    return row


def end_competence(desk: Desk, competence_id: int, *, reason: str) -> AuditorCompetence:
    """End a record of competence with the reason. Raises NotFound, InvalidInput."""
    desk.require(Permission.PLAN_AUDIT)
    row = desk.session.get(AuditorCompetence, competence_id)
    if row is None or row.system_id != desk.system.id or row.ended_at is not None:
        raise NotFound("record of competence", str(competence_id))
    if not reason.strip():
        raise InvalidInput({"reason": say(N_("Give the reason; it stays on record."))})
    refuse(problems_of_texts({"reason": reason}))
    row.ended_at, row.ended_by, row.end_reason = desk.now, desk.actor.user_id, reason.strip()
    _note_competence(desk, "auditor.competence_ended", row, {"reason": reason.strip()})
    return row


def _note_competence(desk: Desk, action: str, row: AuditorCompetence, after: dict[str, object]) -> None:
    person = desk.session.get_one(User, row.user_id)
    record = Record("auditor", person.email, desk.system.id)
    shown = {"subject": row.subject, "valid_until": row.valid_until, **after}
    record_activity(desk.session, desk.actor, desk.now, action, record, after=shown, rows=[row])


def _checked(desk: Desk, audit: Audit, assignment: Assignment, scope: tuple[str, ...]) -> Assignment:
    """The assignment with its part made plain. Raises InvalidInput."""
    if assignment.user_id is None:
        refuse(problems_of_line("name", assignment.name, N_("Choose a person, or write a name.")))
        if assignment.role.audits and audit.kind.is_own:
            _require_outsider(desk, assignment.name)
        return assignment
    if _member_of_system(desk, assignment.user_id) is None:
        raise InvalidInput({"user_id": say(N_("Choose a member of this management system."))})
    if not set(assignment.part) <= set(scope):
        raise InvalidInput({"part": say(N_("Choose clauses of the scope of this audit."))})
    if not assignment.role.audits:
        return assignment
    _require_auditor(desk, assignment.user_id)
    return _impartial(desk, assignment, scope) if audit.kind.is_own else assignment


def _require_outsider(desk: Desk, name: str) -> None:
    """Somebody with an account is chosen by it: a name typed says nothing about what they answer for."""
    query = select(User.name).join(Membership, Membership.user_id == User.id)
    members = desk.session.scalars(query.where(Membership.system_id == desk.system.id, Membership.ended_at.is_(None)))
    if " ".join(name.split()).casefold() in {" ".join(one.split()).casefold() for one in members}:
        raise InvalidInput({"name": say(N_("This person has an account. Choose them from the list instead."))})


def _require_auditor(desk: Desk, user_id: int) -> None:
    if user_id not in {one.user_id for one in auditors(desk.session, desk.system.id, desk.today)}:
        raise InvalidInput({"user_id": say(N_("This person does not have the role of an internal auditor."))})


def _impartial(desk: Desk, assignment: Assignment, scope: tuple[str, ...]) -> Assignment:
    wanted = requirements_of(desk.catalogue, assignment.part or scope)
    user_id = assignment.user_id or 0
    who = interests_of(desk.session, desk.system.id, [user_id])[user_id]
    found = reasons(who.name, objections(who, wanted), desk.catalogue)
    if not found:
        return assignment
    free = free_part(who, wanted)
    if assignment.leave_out and free:
        return Assignment(assignment.role, user_id, part=free)
    raise InvalidInput({"user_id": Sentence(" ".join(found), {})})


def _member(desk: Desk, audit: Audit, assignment: Assignment) -> AuditMember:
    made = AuditMember(
        audit_id=audit.id,
        role=assignment.role,
        user_id=assignment.user_id,
        name=assignment.name.strip(),
        part=",".join(assignment.part),
        recorded_at=desk.now,
        recorded_by=desk.actor.user_id,
    )
    desk.session.add(made)
    return made


def _making_room(desk: Desk, team: list[AuditMember], assignment: Assignment) -> list[AuditMember]:
    """Members whose place ends: the lead auditor before, and the earlier part of whoever becomes lead auditor."""
    mine = [m for m in team if m.role.audits and assignment.user_id is not None and m.user_id == assignment.user_id]
    if assignment.role is not TeamRole.LEAD:
        same = [m for m in team if m.role is assignment.role and m.user_id and m.user_id == assignment.user_id]
        if same or (mine and assignment.role.audits):
            raise InvalidInput({"user_id": say(N_("This person is in the team already."))})
        return []
    before = lead_of(team)
    ended = list({m.id: m for m in [*mine, *([before] if before else [])]}.values())
    for member in ended:
        _end(desk, member, "another lead auditor" if member is before else "became lead auditor")
    return ended


def _end(desk: Desk, member: AuditMember, reason: str) -> None:
    member.ended_at, member.ended_by, member.end_reason = desk.now, desk.actor.user_id, reason


def _member_of_system(desk: Desk, user_id: int) -> int | None:
    return desk.session.scalar(
        select(Membership.id)
        .where(Membership.system_id == desk.system.id, Membership.user_id == user_id, Membership.ended_at.is_(None))
        .limit(1)
    )


def _shows_nothing(desk: Desk, item: EvidenceItem) -> bool:
    query = select(RegisterLine.standing).where(RegisterLine.item_id == item.id)
    return desk.session.scalar(query) in SHOWS_NOTHING


def _item_by_key(desk: Desk, key: str) -> EvidenceItem | None:
    number = key.strip().upper().removeprefix("EV-")
    if not number.isdecimal() or len(number) > 9:
        return None
    query = select(EvidenceItem).where(EvidenceItem.system_id == desk.system.id, EvidenceItem.number == int(number))
    return desk.session.execute(query).scalar_one_or_none()
