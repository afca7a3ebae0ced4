"""Tables of management systems: the system, its dated entries, its subjects, its people; the installation."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from itsmcomply.accounts.models import User
from itsmcomply.clauses.model import SubjectKind
from itsmcomply.db import Base, str_enum
from itsmcomply.permissions import Role


class InstallationMode(StrEnum):
    """What an installation is for; chosen at `init`, never changed."""

    REAL = "real"
    DEMONSTRATION = "demonstration"
    TRIAL = "trial"


class Installation(Base):
    """The one row that says what this installation is."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mode: Mapped[InstallationMode] = mapped_column(str_enum(InstallationMode))
    created_at: Mapped[datetime]


class ManagementSystem(Base):
    """One service management system (scope). `facts_seq` is the trail number of the last change to its facts."""

    __tablename__ = "management_system"
    __undigested__ = frozenset({"facts_seq", "next_evidence_number"})

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
    next_evidence_number: Mapped[int] = mapped_column(default=1)
    facts_seq: Mapped[int] = mapped_column(default=0)
    row_version: Mapped[int] = mapped_column(default=1)


class EntryKind(StrEnum):
    """Facts of a system that are dated entries (`derivation.md` 1). The key is given in brackets where there is one."""

    ORGANISATION = "organisation"
    SCOPE_STATEMENT = "scope_statement"
    OPERATING_SINCE = "operating_since"
    TIME_ZONE = "time_zone"
    CERTIFICATION_BODY = "certification_body"
    STAGE_1_ON = "stage_1_on"
    STAGE_2_ON = "stage_2_on"
    SURVEILLANCE_ON = "surveillance_on"
    CERTIFIED_ON = "certified_on"
    CERTIFICATE_ENDS_ON = "certificate_ends_on"
    AUDIT_WINDOW_REASON = "audit_window_reason"
    MANAGEMENT_REVIEW_ON = "management_review_on"
    LIST_DECLARED = "list_declared"  # [subject kind]
    PROCESS_OWNER = "process_owner"  # [process], value in user_id
    ARTEFACT_OWNER = "artefact_owner"  # [artefact], value in user_id
    OWN_INTERVAL = "own_interval"  # [artefact], days
    DUE_ON = "due_on"  # [artefact], a day set by hand


class SystemEntry(Base):
    """One dated entry, ended with a reason, never overwritten. Days and whole numbers are ISO text in `value`.

    In force on day d: recorded by d, `from_on <= d`, and not ended by d.
    """

    __tablename__ = "system_entry"
    __table_args__ = (Index(None, "system_id", "kind", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id))
    kind: Mapped[EntryKind] = mapped_column(str_enum(EntryKind))
    key: Mapped[str] = mapped_column(String(60), default="")
    value: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    from_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]
    end_reason: Mapped[str | None] = mapped_column(Text)


class Subject(Base):
    """A service, other party or customer that artefacts marked `per` are counted against. A dated entry."""

    __tablename__ = "subject"
    __table_args__ = (Index(None, "system_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id))
    kind: Mapped[SubjectKind] = mapped_column(str_enum(SubjectKind))
    name: Mapped[str] = mapped_column(String(200))
    operates: Mapped[str] = mapped_column(Text, default="")
    from_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int]
    ended_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]
    end_reason: Mapped[str | None] = mapped_column(Text)


class Membership(Base):
    """One role of one person in one system. `process` is "" except for process owners; `until_on` is inclusive."""

    __tablename__ = "membership"
    __table_args__ = (Index(None, "user_id", "ended_at"), Index(None, "system_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    role: Mapped[Role] = mapped_column(str_enum(Role))
    process: Mapped[str] = mapped_column(String(60), default="")
    until_on: Mapped[date | None]
    granted_at: Mapped[datetime]
    granted_by: Mapped[int]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]
    end_reason: Mapped[str | None] = mapped_column(Text)
