"""The state of a system twice: told by the entries of its trail one after the other, and read from its tables.

Nothing here asks the product's queries: both sides are simple enough to be checked by eye.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.activity.models import ActivityEntry
from itsmcomply.controls.models import Control, ControlMapping
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion, Review
from itsmcomply.findings.models import (
    CorrectiveAction,
    Finding,
    FindingAnswer,
    FindingClosing,
    FindingCorrection,
    FindingGrade,
    FindingPlan,
    FindingWithdrawal,
)
from itsmcomply.systems.models import Membership, Subject, SystemEntry

Fields = dict[str, Any]


@dataclass
class Told:
    """What holds now: by key of the record, with plain values only."""

    items: dict[str, Fields] = field(default_factory=dict)
    versions: dict[str, Fields] = field(default_factory=dict)
    controls: dict[str, Fields] = field(default_factory=dict)
    mapped: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    facts: dict[str, str] = field(default_factory=dict)
    subjects: dict[str, bool] = field(default_factory=dict)
    roles: set[str] = field(default_factory=set)
    findings: dict[str, Fields] = field(default_factory=dict)

    def hear(self, content: Fields) -> None:
        """Take in one entry."""
        area, _, done = str(content["action"]).partition(".")
        handler = getattr(self, f"_{area}", None)
        if handler is not None:
            handler(done, content["record"]["key"], content["before"], content["after"])

    def _evidence(self, done: str, key: str, _before: Fields, after: Fields) -> None:
        version = f"{key}/{after.get('version')}"
        match done:
            case "filed":
                self.items[key] = {"title": after["title"], "artefact": after["artefact"]}
                self.versions[version] = _version(after)
            case "version_added" | "confirmed":
                self.versions[version] = _version(after)
            case "changed":
                self.items[key]["title"] = after["title"]
            case "accepted" | "rejected":
                self.versions[version] |= {"decision": done, "decided_on": after["sha256"]}
            case "withdrawn":
                self.versions[version]["withdrawn"] = after["reason"]

    def _control(self, done: str, key: str, before: Fields, after: Fields) -> None:
        match done:
            case "created":
                self.controls[key] = {name: after[name] for name in ("title", "frequency", "status", "process")}
                self.mapped[key] = set(after["requirements"])
            case "edited":
                self.controls[key] |= {name: after[name] for name in self.controls[key] if name in after}
            case "retired":
                self.controls[key]["status"] = after["status"]
                self.mapped[key] -= set(after["unmapped"])
            case "mapped" | "unmapped":
                self.mapped[key] = (self.mapped[key] - set(before["mapped"])) | set(after["mapped"])

    def _system(self, done: str, _key: str, _before: Fields, after: Fields) -> None:
        if done != "created":
            value = after[done]
            self.facts.pop(f"{done} {after['key']}", None)
            if value is not None:
                self.facts[f"{done} {after['key']}"] = value

    def _subject(self, done: str, key: str, _before: Fields, _after: Fields) -> None:
        self.subjects[key] = done == "added"

    def _role(self, done: str, key: str, before: Fields, after: Fields) -> None:
        role = after if done == "granted" else before
        name = f"{key} {role['role']} {role['process'] or ''}"
        (self.roles.add if done == "granted" else self.roles.discard)(name)

    def _finding(self, done: str, key: str, _before: Fields, after: Fields) -> None:
        if done == "raised":
            kept = {name: after[name] for name in ("title", "statement", "grade")}
            self.findings[key] = {**kept, "said": [], "actions": [], "plan": None, "open": True, "withdrawn": ""}
            return
        found = self.findings[key]
        match done:
            case "graded":
                found["grade"] = after["grade"]
            case "corrected" | "answered":
                found["said"].append(after["text"])
            case "action_added":
                found["actions"].append(after["text"])
            case "plan_submitted":
                found["plan"] = "submitted"
            case "plan_accepted" | "plan_returned":
                found["plan"] = done.removeprefix("plan_")
            case "closed" | "reopened":
                found["open"] = done == "reopened"
            case "withdrawn":
                found["withdrawn"] = after["reason"]
        if "plan_ended" in after:
            found["plan"] = "ended"


def _version(after: Fields) -> Fields:
    kept = {name: after[name] for name in ("sha256", "effective_on", "kind")}
    return {**kept, "decision": "", "decided_on": "", "withdrawn": ""}


def told_by_the_trail(session: Session) -> Told:
    """What the entries say, from the first one."""
    told = Told()
    for line in session.scalars(select(ActivityEntry.line).order_by(ActivityEntry.seq)):
        told.hear(json.loads(line))
    told.mapped = {key: found for key, found in told.mapped.items() if found}
    return told


def read_from_the_tables(session: Session, system_id: int) -> Told:
    told = Told()
    _read_evidence(session, system_id, told)
    _read_system(session, system_id, told)
    for finding in session.scalars(select(Finding).where(Finding.system_id == system_id)):
        told.findings[finding.key] = _read_finding(session, finding)
    for control in session.scalars(select(Control).where(Control.system_id == system_id)):
        names = ("title", "frequency", "process")
        told.controls[control.ref] = {n: getattr(control, n) for n in names} | {"status": control.status.value}
        mapped = select(ControlMapping.requirement).where(
            ControlMapping.control_id == control.id, ControlMapping.ended_at.is_(None)
        )
        if found := set(session.scalars(mapped)):
            told.mapped[control.ref] = found
    return told


def _read_evidence(session: Session, system_id: int, told: Told) -> None:
    for item in session.scalars(select(EvidenceItem).where(EvidenceItem.system_id == system_id)):
        told.items[item.key] = {"title": item.title, "artefact": item.artefact}
        for version in session.scalars(select(EvidenceVersion).where(EvidenceVersion.item_id == item.id)):
            reviews = select(Review).where(Review.version_id == version.id).order_by(Review.decided_at, Review.id)
            last = [*session.scalars(reviews)][-1:]
            told.versions[f"{item.key}/{version.number}"] = {
                "sha256": version.sha256,
                "effective_on": version.effective_on.isoformat(),
                "kind": version.kind.value,
                "decision": last[0].decision.value if last else "",
                "decided_on": last[0].sha256 if last else "",
                "withdrawn": version.withdrawn_reason or "",
            }


def _read_system(session: Session, system_id: int, told: Told) -> None:
    emails = {user.id: user.email for user in session.scalars(select(User))}
    entries = select(SystemEntry).where(SystemEntry.system_id == system_id, SystemEntry.ended_at.is_(None))
    for entry in session.scalars(entries):
        value = entry.value if entry.user_id is None else emails[entry.user_id]
        told.facts[f"{entry.kind.value} {entry.key}"] = value
    for subject in session.scalars(select(Subject).where(Subject.system_id == system_id).order_by(Subject.id)):
        told.subjects[subject.name] = subject.ended_at is None
    for held in session.scalars(
        select(Membership).where(Membership.system_id == system_id, Membership.ended_at.is_(None))
    ):
        told.roles.add(f"{emails[held.user_id]} {held.role.value} {held.process}")


def _read_finding(session: Session, finding: Finding) -> Fields:
    def of(table: Any) -> list[Any]:
        return list(
            session.scalars(
                select(table).where(table.finding_id == finding.id).order_by(*table.__table__.primary_key.columns)
            )
        )

    grades = [grade for grade in of(FindingGrade) if grade.ended_at is None]
    said = sorted([*of(FindingCorrection), *of(FindingAnswer)], key=lambda row: row.recorded_at)
    closings, withdrawals = of(FindingClosing), of(FindingWithdrawal)
    return {
        "title": finding.title,
        "statement": finding.statement,
        "grade": grades[0].grade.value,
        "said": [row.text for row in said],
        "actions": [row.text for row in of(CorrectiveAction)],
        "plan": _plan(of(FindingPlan)),
        "open": not closings or closings[-1].reopened_at is not None,
        "withdrawn": withdrawals[0].reason if withdrawals else "",
    }


def _plan(plans: list[FindingPlan]) -> str | None:
    if not plans:
        return None
    last = plans[-1]
    if last.ended_at is not None:
        return "ended"
    return {None: "submitted", True: "accepted", False: "returned"}[last.accepted]
