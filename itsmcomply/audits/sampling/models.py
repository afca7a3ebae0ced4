"""Tables of populations and samples. All parts of an audit: once it is signed off, triggers refuse every change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from itsmcomply.accounts.models import User
from itsmcomply.audits.models import Audit, AuditRow
from itsmcomply.audits.sampling.drawing import Method
from itsmcomply.audits.sampling.kinds import Answer, ImportState
from itsmcomply.db import Base, str_enum
from itsmcomply.evidence.models import Blob, EvidenceVersion
from itsmcomply.systems.models import ManagementSystem


class TicketMapping(Base):
    """Which column of an export holds what, kept for the next export of the same tool. `content`: field to heading."""

    __tablename__ = "ticket_mapping"
    __table_args__ = (Index(None, "system_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey(ManagementSystem.id))
    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None]


class AuditPopulation(Base):
    """An export imported into an audit. `sha256` and `records_sha256` name the stored export and its records once it
    was read, `summary` is how. `version_id`: the export as evidence, filed when the first exception from it is used.
    `message`: why it was refused, a sentence as JSON.
    """

    __tablename__ = "audit_population"
    __table_args__ = (UniqueConstraint("audit_id", "number"),)
    __undigested__ = frozenset({"state", "done", "message"})

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey(Audit.id))
    number: Mapped[int]
    file_name: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    options: Mapped[str] = mapped_column(Text)
    state: Mapped[ImportState] = mapped_column(str_enum(ImportState))
    done: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    records: Mapped[int | None]
    records_sha256: Mapped[str | None] = mapped_column(ForeignKey(Blob.sha256))
    summary: Mapped[str] = mapped_column(Text, default="")
    version_id: Mapped[int | None] = mapped_column(ForeignKey(EvidenceVersion.id))
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    finished_at: Mapped[datetime | None]

    @property
    def key(self) -> str:
        return f"POP-{self.number:02d}"


class AuditSample(Base):
    """A sample and how it was drawn, so that it can be drawn again. `attributes`: what is tested, one a line."""

    __tablename__ = "audit_sample"
    __table_args__ = (UniqueConstraint("audit_id", "number"), Index(None, "population_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey(Audit.id))
    population_id: Mapped[int] = mapped_column(ForeignKey(AuditPopulation.id))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    method: Mapped[Method] = mapped_column(str_enum(Method))
    by: Mapped[str] = mapped_column(String(40))
    seed: Mapped[str] = mapped_column(String(100))
    algorithm: Mapped[str] = mapped_column(String(40))
    population_size: Mapped[int]
    size: Mapped[int]
    confidence: Mapped[int]
    strata: Mapped[str] = mapped_column(Text)
    attributes: Mapped[str] = mapped_column(Text)
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    row_version: Mapped[int] = mapped_column(default=1)
    version_id: Mapped[int | None] = mapped_column(ForeignKey(EvidenceVersion.id))
    paper_sha256: Mapped[str | None] = mapped_column(String(64))

    @property
    def key(self) -> str:
        return f"SMP-{self.number:02d}"


class SampleRow(Base):
    """A row of the checklist that a sample is drawn for."""

    __tablename__ = "audit_sample_row"
    __table_args__ = (UniqueConstraint("sample_id", "row_id"), Index(None, "audit_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey(Audit.id))
    sample_id: Mapped[int] = mapped_column(ForeignKey(AuditSample.id))
    row_id: Mapped[int] = mapped_column(ForeignKey(AuditRow.id))
    linked_at: Mapped[datetime]
    linked_by: Mapped[int] = mapped_column(ForeignKey(User.id))


class SampledRecord(Base):
    """One record of a sample, as it was in the export. `content` is canonical JSON."""

    __tablename__ = "audit_sampled_record"
    __table_args__ = (UniqueConstraint("sample_id", "position"), Index(None, "audit_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey(Audit.id))
    sample_id: Mapped[int] = mapped_column(ForeignKey(AuditSample.id))
    position: Mapped[int]
    number: Mapped[str] = mapped_column(String(64))
    stratum: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    row_version: Mapped[int] = mapped_column(default=1)


class SampleAnswer(Base):
    """What testing one attribute of one record came to. `attribute`: its place in the sample's list, from 1."""

    __tablename__ = "audit_sample_answer"
    __table_args__ = (UniqueConstraint("record_id", "attribute"), Index(None, "audit_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey(Audit.id))
    record_id: Mapped[int] = mapped_column(ForeignKey(SampledRecord.id))
    attribute: Mapped[int]
    answer: Mapped[Answer] = mapped_column(str_enum(Answer))
    changed_at: Mapped[datetime]
    changed_by: Mapped[int] = mapped_column(ForeignKey(User.id))
