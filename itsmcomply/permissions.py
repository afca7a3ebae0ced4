"""Who may do what: roles, permissions and the one table between them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """Roles per management system; the installation administrator is a mark on the user instead."""

    SMS_MANAGER = "sms_manager"
    INTERNAL_AUDITOR = "internal_auditor"
    PROCESS_OWNER = "process_owner"
    EVIDENCE_REVIEWER = "evidence_reviewer"
    EXTERNAL_AUDITOR = "external_auditor"
    VIEWER = "viewer"


class Permission(StrEnum):
    VIEW_SYSTEM = "system.view"
    EDIT_SYSTEM = "system.edit"
    EDIT_PEOPLE = "people.edit"
    VIEW_EVIDENCE = "evidence.view"
    FILE_EVIDENCE = "evidence.file"
    REVIEW_EVIDENCE = "evidence.review"
    BLOCK_EVIDENCE = "evidence.block"
    VIEW_RESTRICTED = "evidence.restricted"
    EDIT_CONTROLS = "controls.edit"
    VIEW_ACTIVITY = "activity.view"
    EXPORT = "export.create"
    PLAN_AUDIT = "audit.plan"
    CONDUCT_AUDIT = "audit.conduct"
    RAISE_FINDING = "finding.raise"
    ACT_ON_FINDING = "finding.act"
    HOLD_MANAGEMENT_REVIEW = "management_review.hold"
    ADMINISTER = "installation.administer"


_READ = frozenset({Permission.VIEW_SYSTEM, Permission.VIEW_EVIDENCE})

TABLE: dict[Role, frozenset[Permission]] = {
    Role.SMS_MANAGER: _READ
    | {
        Permission.EDIT_SYSTEM,
        Permission.EDIT_PEOPLE,
        Permission.FILE_EVIDENCE,
        Permission.REVIEW_EVIDENCE,
        Permission.BLOCK_EVIDENCE,
        Permission.VIEW_RESTRICTED,
        Permission.EDIT_CONTROLS,
        Permission.VIEW_ACTIVITY,
        Permission.EXPORT,
        Permission.PLAN_AUDIT,
        Permission.RAISE_FINDING,
        Permission.ACT_ON_FINDING,
        Permission.HOLD_MANAGEMENT_REVIEW,
    },
    Role.INTERNAL_AUDITOR: _READ
    | {
        Permission.VIEW_ACTIVITY,
        Permission.EXPORT,
        Permission.PLAN_AUDIT,
        Permission.CONDUCT_AUDIT,
        Permission.RAISE_FINDING,
    },
    Role.PROCESS_OWNER: _READ | {Permission.FILE_EVIDENCE, Permission.ACT_ON_FINDING},
    Role.EVIDENCE_REVIEWER: _READ | {Permission.REVIEW_EVIDENCE, Permission.VIEW_RESTRICTED},
    Role.EXTERNAL_AUDITOR: _READ | {Permission.VIEW_ACTIVITY},
    Role.VIEWER: _READ,
}


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one system. `process` is set for process owners; `until` is the last day it holds, inclusive."""

    system_id: int
    role: Role
    process: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as far as rules need to know. Grants that have ended are not in here."""

    user_id: int
    name: str
    email: str
    is_admin: bool = False
    grants: tuple[Grant, ...] = ()

    def roles(self, system_id: int) -> frozenset[Role]:
        return frozenset(g.role for g in self.grants if g.system_id == system_id)

    def processes(self, system_id: int) -> frozenset[str]:
        """Keys of the processes this person is process owner of."""
        return frozenset(g.process for g in self.grants if g.system_id == system_id and g.process is not None)

    def may(self, permission: Permission, system_id: int | None = None) -> bool:
        if permission is Permission.ADMINISTER:
            return self.is_admin
        if system_id is None:
            return False
        return any(permission in TABLE[role] for role in self.roles(system_id))


SYSTEM_ACTOR = Actor(user_id=0, name="itsmcomply", email="", is_admin=True)
"""The product itself, for entries no person made (first start, scheduled work)."""
