"""Tables of audits. Facts of a programme and a plan are dated entries; once an audit is signed off, triggers of the
database refuse every change to it and to its parts (migration 0004).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from itsmcomply.accounts.models import User
from itsmcomply.audits.kinds import AuditKind, Competence, Conclusion, Extent, Method, ScopeKind, State, TeamRole
from itsmcomply.db import Base, str_enum
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion
from itsmcomply.systems.models import ManagementSystem


class AuditProgramme(Base):
    """What will be audited in one or more years, and how (ISO/IEC 20000-1:2018 9.2.2)."""

    __tablename__ = "audit_programme"
    __table_args__ = (
        UniqueConstraint("system_id", "number"),
        CheckConstraint("from_on <= to_on", name="begins_before_it_ends"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    from_on: Mapped[date]
    to_on: Mapped[date]
    objectives: Mapped[str] = mapped_column(Text, default="")
    methods: Mapped[str] = mapped_column(Text, default="")
    resources: Mapped[str] = mapped_column(Text, default="")
    risks: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    row_version: Mapped[int] = mapped_column(default=1)

    @property
    def key(self) -> str:
        return f"AP-{self.number:02d}"


class ProgrammeApproval(Base):
    """Somebody approved a programme as it stood: `content` is the SHA-256 of what was approved. A dated entry."""

    __tablename__ = "audit_programme_approval"
    __table_args__ = (
        Index(None, "programme_id"),
        CheckConstraint("ended_at IS NULL OR end_reason IS NOT NULL", name="ended_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey(AuditProgramme.id))
    approved_at: Mapped[datetime]
    approved_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    note: Mapped[str] = mapped_column(Text, default="")
    content: Mapped[str] = mapped_column(String(64))
    version_id: Mapped[int | None] = mapped_column(ForeignKey(EvidenceVersion.id))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    end_reason: Mapped[str | None] = mapped_column(Text)


class Audit(Base):
    """One audit, from its plan to its signed report. `content` is the SHA-256 of what was signed."""

    __tablename__ = "audit"
    __table_args__ = (
        UniqueConstraint("system_id", "prefix", "year", "number"),
        Index(None, "programme_id"),
        CheckConstraint("signed_off_at IS NULL OR cancelled_at IS NULL", name="signed_off_or_cancelled"),
        CheckConstraint("cancelled_at IS NULL OR cancel_reason IS NOT NULL", name="cancelled_with_reason"),
        CheckConstraint("(signed_off_at IS NULL) = (content IS NULL)", name="signed_content"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey(AuditProgramme.id))
    prefix: Mapped[str] = mapped_column(String(2))
    year: Mapped[int]
    number: Mapped[int]
    kind: Mapped[AuditKind] = mapped_column(str_enum(AuditKind))
    title: Mapped[str] = mapped_column(String(200))
    objectives: Mapped[str] = mapped_column(Text, default="")
    criteria: Mapped[str] = mapped_column(Text, default="")
    method: Mapped[Method] = mapped_column(str_enum(Method))
    remote: Mapped[str] = mapped_column(Text, default="")
    client: Mapped[str] = mapped_column(String(200), default="")
    reasons: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    opening_people: Mapped[str] = mapped_column(Text, default="")
    opening_notes: Mapped[str] = mapped_column(Text, default="")
    closing_people: Mapped[str] = mapped_column(Text, default="")
    closing_notes: Mapped[str] = mapped_column(Text, default="")
    conformity: Mapped[Extent | None] = mapped_column(str_enum(Extent))
    effectiveness: Mapped[Extent | None] = mapped_column(str_enum(Extent))
    conclusion: Mapped[str] = mapped_column(Text, default="")
    good_practice: Mapped[str] = mapped_column(Text, default="")
    obstacles: Mapped[str] = mapped_column(Text, default="")
    uncovered: Mapped[str] = mapped_column(Text, default="")
    differences: Mapped[str] = mapped_column(Text, default="")
    follow_up: Mapped[str] = mapped_column(Text, default="")
    distribution: Mapped[str] = mapped_column(Text, default="")
    signed_off_at: Mapped[datetime | None]
    signed_off_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    content: Mapped[str | None] = mapped_column(String(64))
    report_version_id: Mapped[int | None] = mapped_column(ForeignKey(EvidenceVersion.id))
    report_sha256: Mapped[str | None] = mapped_column(String(64))
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    row_version: Mapped[int] = mapped_column(default=1)

    @property
    def key(self) -> str:
        return f"{self.prefix}-{self.year}-{self.number:02d}"

    @property
    def state(self) -> State:
        if self.signed_off_at is not None:
            return State.SIGNED_OFF
        if self.cancelled_at is not None:
            return State.CANCELLED
        return State.RUNNING if self.opened_at is not None else State.PLANNED


class AuditDate(Base):
    """First and last day of an audit: a dated entry with the reason of the change."""

    __tablename__ = "audit_date"
    __table_args__ = (Index(None, "audit_id"), CheckConstraint("first_on <= last_on", name="begins_before_it_ends"))

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey(Audit.id))
    first_on: Mapped[date]
    last_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None]


class AuditScope(Base):
    """One line of an audit's scope: a clause number, the id of a service, or the name of a site. A dated entry."""

    __tablename__ = "audit_scope"
    __table_args__ = (Index(None, "audit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey(Audit.id))
    kind: Mapped[ScopeKind] = mapped_column(str_enum(ScopeKind))
    key: Mapped[str] = mapped_column(String(200))
    process: Mapped[str] = mapped_column(String(60), default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None]


class AuditMember(Base):
    """Somebody in an audit team, with an account or named only. `part`: clauses by comma, "" is all of the scope."""

    __tablename__ = "audit_member"
    __table_args__ = (
        Index(None, "audit_id"),
        Index(None, "user_id"),
        CheckConstraint("user_id IS NOT NULL OR name <> ''", name="somebody"),
        CheckConstraint("ended_at IS NULL OR end_reason IS NOT NULL", name="ended_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey(Audit.id))
    role: Mapped[TeamRole] = mapped_column(str_enum(TeamRole))
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    name: Mapped[str] = mapped_column(String(200), default="")
    part: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    end_reason: Mapped[str | None] = mapped_column(Text)


class AuditSession(Base):
    """A line of the timetable: a meeting, an interview, a look at documents or at work. Times as "09:30"."""

    __tablename__ = "audit_session"
    __table_args__ = (Index(None, "audit_id", "on_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey(Audit.id))
    on_day: Mapped[date]
    starts: Mapped[str] = mapped_column(String(5))
    ends: Mapped[str] = mapped_column(String(5))
    topic: Mapped[str] = mapped_column(String(300))
    clauses: Mapped[str] = mapped_column(Text, default="")
    auditee: Mapped[str] = mapped_column(String(200), default="")
    auditor: Mapped[str] = mapped_column(String(200), default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None]


class AuditRow(Base):
    """A line of the checklist: one requirement, what was asked, seen and concluded.

    `points` and `questions` hold one per line: the points found covered, and questions of the auditor's own. `note` is
    a working note and never in the report. `finding_key` names the finding that a nonconformity rests on.
    """

    __tablename__ = "audit_row"
    __table_args__ = (
        UniqueConstraint("audit_id", "requirement"),
        CheckConstraint("(conclusion IS NULL) = (concluded_at IS NULL)", name="concluded"),
        CheckConstraint("conclusion <> 'nonconformity' OR finding_key <> ''", name="nonconformity_has_finding"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey(Audit.id))
    requirement: Mapped[str] = mapped_column(String(30))
    clause: Mapped[str] = mapped_column(String(20))
    process: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    conclusion: Mapped[Conclusion | None] = mapped_column(str_enum(Conclusion))
    statement: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    interviewed: Mapped[str] = mapped_column(Text, default="")
    points: Mapped[str] = mapped_column(Text, default="")
    questions: Mapped[str] = mapped_column(Text, default="")
    finding_key: Mapped[str] = mapped_column(String(40), default="")
    concluded_at: Mapped[datetime | None]
    concluded_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    changed_at: Mapped[datetime | None]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    row_version: Mapped[int] = mapped_column(default=1)


class RowEvidence(Base):
    """An exact version the auditor examined for a row, with the digest of its bytes (None: it has none)."""

    __tablename__ = "audit_row_evidence"
    __table_args__ = (Index(None, "row_id"), Index(None, "audit_id"), Index(None, "version_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey(Audit.id))
    row_id: Mapped[int] = mapped_column(ForeignKey(AuditRow.id))
    version_id: Mapped[int] = mapped_column(ForeignKey(EvidenceVersion.id))
    sha256: Mapped[str | None] = mapped_column(String(64))
    item_key: Mapped[str] = mapped_column(String(20))
    version_number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    artefact: Mapped[str] = mapped_column(String(60))
    examined_at: Mapped[datetime]
    examined_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None]


class RowThread(Base):
    """A thread followed from a row: record to record, one per line, and whether every link held."""

    __tablename__ = "audit_row_thread"
    __table_args__ = (Index(None, "row_id"), Index(None, "audit_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey(Audit.id))
    row_id: Mapped[int] = mapped_column(ForeignKey(AuditRow.id))
    thread: Mapped[str] = mapped_column(String(10))
    steps: Mapped[str] = mapped_column(Text)
    holds: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None]


class AuditorCompetence(Base):
    """What an auditor knows, shown by an item of evidence. `valid_until` is the last day; None: without limit."""

    __tablename__ = "auditor_competence"
    __table_args__ = (
        Index(None, "system_id", "user_id"),
        CheckConstraint("ended_at IS NULL OR end_reason IS NOT NULL", name="ended_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    subject: Mapped[Competence] = mapped_column(str_enum(Competence))
    text: Mapped[str] = mapped_column(Text)
    item_id: Mapped[int] = mapped_column(ForeignKey(EvidenceItem.id))
    valid_until: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    end_reason: Mapped[str | None] = mapped_column(Text)


class AuditReturn(Base):
    """A checklist workbook that came back and was understood, waiting to be applied whole or left.

    `content` holds the values per requirement as canonical JSON; the file itself is not kept.
    """

    __tablename__ = "audit_return"
    __table_args__ = (Index(None, "audit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey(Audit.id))
    file_name: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]
    received_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
