"""What people answer for in a system, so that rules can say what they may not audit; and who may be an auditor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from itsmcomply.accounts.queries import names_of
from itsmcomply.audits.impartiality import Interests
from itsmcomply.controls.models import Control, ControlMapping
from itsmcomply.evidence.keys import item_key
from itsmcomply.evidence.models import EvidenceItem, EvidenceLink, EvidenceVersion
from itsmcomply.findings.models import CorrectiveAction, Finding, FindingRequirement
from itsmcomply.permissions import Permission, Role
from itsmcomply.systems.models import EntryKind, Membership, SystemEntry
from itsmcomply.systems.queries.people import PersonRef, people_who_may

Pairs = dict[int, dict[str, tuple[str, ...]]]


def interests_of(session: Session, system_id: int, people: Collection[int]) -> dict[int, Interests]:
    """What each of these people answers for now, by user id. Eight queries, however many people."""
    wanted = sorted(set(people))
    if not wanted:
        return {}
    names = names_of(session)
    processes = _processes(session, system_id, wanted)
    controls, linked = _controls(session, system_id, wanted), _linked(session, system_id, wanted)
    uploads, actions = _uploads(session, system_id, wanted), _actions(session, system_id, wanted)
    return {
        one: Interests(
            user_id=one,
            name=names.get(one, ""),
            processes=frozenset(processes.get(one, ())),
            controls=controls.get(one, {}),
            uploads=uploads.get(one, {}),
            linked=linked.get(one, {}),
            actions=actions.get(one, {}),
        )
        for one in wanted
    }


def auditors(session: Session, system_id: int, today: date) -> tuple[PersonRef, ...]:
    """Who may conduct audits in this system today, by name. One query."""
    return people_who_may(session, system_id, today, Permission.CONDUCT_AUDIT)


def _processes(session: Session, system_id: int, people: list[int]) -> dict[int, set[str]]:
    """Processes owned by entry in the settings or by a grant of the role."""
    entries = session.execute(
        select(SystemEntry.user_id, SystemEntry.key).where(
            SystemEntry.system_id == system_id,
            SystemEntry.kind == EntryKind.PROCESS_OWNER,
            SystemEntry.user_id.in_(people),
            SystemEntry.ended_at.is_(None),
        )
    )
    grants = session.execute(
        select(Membership.user_id, Membership.process).where(
            Membership.system_id == system_id,
            Membership.role == Role.PROCESS_OWNER,
            Membership.user_id.in_(people),
            Membership.ended_at.is_(None),
        )
    )
    found: dict[int, set[str]] = defaultdict(set)
    for user_id, process in [*entries, *grants]:
        if user_id is not None and process:
            found[user_id].add(process)
    return found


def _controls(session: Session, system_id: int, people: list[int]) -> Pairs:
    query = (
        select(Control.owner_id, ControlMapping.requirement, Control.ref)
        .join(ControlMapping, ControlMapping.control_id == Control.id)
        .where(Control.system_id == system_id, Control.owner_id.in_(people), ControlMapping.ended_at.is_(None))
        .order_by(Control.ref)
    )
    return _paired((row[0], row[1], row[2]) for row in session.execute(query) if row[0] is not None)


def _uploads(session: Session, system_id: int, people: list[int]) -> Pairs:
    query = (
        select(EvidenceVersion.uploaded_by, EvidenceItem.artefact, EvidenceItem.number)
        .join(EvidenceItem, EvidenceItem.id == EvidenceVersion.item_id)
        .where(
            EvidenceVersion.system_id == system_id,
            EvidenceVersion.uploaded_by.in_(people),
            EvidenceVersion.withdrawn_at.is_(None),
        )
        .distinct()
        .order_by(EvidenceItem.number)
    )
    return _paired((row[0], row[1], item_key(row[2])) for row in session.execute(query))


def _linked(session: Session, system_id: int, people: list[int]) -> Pairs:
    """Uploads offered for a requirement by a link, directly or through a control."""
    requirement = or_(EvidenceLink.requirement.is_not(None), ControlMapping.requirement.is_not(None))
    query = (
        select(
            EvidenceVersion.uploaded_by,
            EvidenceLink.requirement,
            ControlMapping.requirement,
            EvidenceItem.number,
        )
        .join(EvidenceItem, EvidenceItem.id == EvidenceLink.item_id)
        .join(EvidenceVersion, EvidenceVersion.item_id == EvidenceItem.id)
        .outerjoin(
            ControlMapping,
            (ControlMapping.control_id == EvidenceLink.control_id) & ControlMapping.ended_at.is_(None),
        )
        .where(
            EvidenceLink.system_id == system_id,
            EvidenceLink.ended_at.is_(None),
            EvidenceVersion.uploaded_by.in_(people),
            EvidenceVersion.withdrawn_at.is_(None),
            requirement,
        )
        .distinct()
        .order_by(EvidenceItem.number)
    )
    return _paired((row[0], row[1] or row[2], item_key(row[3])) for row in session.execute(query))


def _actions(session: Session, system_id: int, people: list[int]) -> Pairs:
    """Corrective actions they own or completed, by the requirements of the finding."""
    query = (
        select(
            CorrectiveAction.owner_id,
            CorrectiveAction.completed_by,
            FindingRequirement.requirement,
            Finding.prefix,
            Finding.year,
            Finding.number,
        )
        .join(Finding, Finding.id == CorrectiveAction.finding_id)
        .join(FindingRequirement, FindingRequirement.finding_id == Finding.id)
        .where(
            Finding.system_id == system_id,
            CorrectiveAction.ended_at.is_(None),
            or_(CorrectiveAction.owner_id.in_(people), CorrectiveAction.completed_by.in_(people)),
        )
        .order_by(Finding.id)
    )
    found: list[tuple[int, str, str]] = []
    for owner, completed, requirement, prefix, year, number in session.execute(query):
        key = f"{prefix}-{year}-{number:02d}"
        found += [(who, requirement, key) for who in {owner, completed} if who in people]
    return _paired(found)


def _paired(rows: Iterable[tuple[int, str, str]]) -> Pairs:
    """Person to what to names, each name once, in order."""
    found: dict[int, dict[str, dict[str, None]]] = {}
    for who, what, name in rows:
        found.setdefault(who, {}).setdefault(what, {})[name] = None
    return {who: {what: tuple(names) for what, names in places.items()} for who, places in found.items()}
