"""The evidence register out of the database: one query, rows as they are wanted, no mapped objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import Session, aliased

from itsmcomply.clauses.model import Catalogue
from itsmcomply.evidence.keys import item_key
from itsmcomply.evidence.kinds import Decision, VersionKind
from itsmcomply.evidence.models import Blob, EvidenceItem, EvidenceVersion, Review, VersionSubject
from itsmcomply.language import _, say
from itsmcomply.readiness.engine.days import Vantage
from itsmcomply.readiness.inputs.columns import moment, utc, word
from itsmcomply.reports import words
from itsmcomply.reports.model import RegisterRow
from itsmcomply.reports.standing import Stands
from itsmcomply.wording import N_

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Names:
    """Names that rows refer to by key: people, subjects; and what items are also offered for."""

    people: Mapping[int, str]
    subjects: Mapping[str, str]
    linked: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DatabaseRegister:
    """The register of one system as known at a vantage. Two queries each time the rows are read."""

    session: Session
    system_id: int
    catalogue: Catalogue
    now: Vantage
    stands: Stands
    names: Names
    total: int

    def rows(self) -> Iterator[RegisterRow]:
        covers = self._covers()
        result = self.session.execute(_register_query(self.system_id, self.now.cutoff))
        for row in result.yield_per(BATCH):
            made = self._row(row, covers)
            if made is not None:
                yield made

    def _covers(self) -> dict[int, str]:
        """Names of the subjects of versions that do not cover all, by version. One query."""
        query = (
            select(VersionSubject.version_id, VersionSubject.subject_id)
            .join(EvidenceVersion, EvidenceVersion.id == VersionSubject.version_id)
            .where(EvidenceVersion.system_id == self.system_id)
            .order_by(VersionSubject.version_id, VersionSubject.subject_id)
        )
        found: dict[int, list[str]] = {}
        for version, subject in self.session.execute(query):
            found.setdefault(version, []).append(self.names.subjects.get(str(subject), ""))
        return {version: ", ".join(names) for version, names in found.items()}

    def _row(self, row: Any, covers: Mapping[int, str]) -> RegisterRow | None:
        """None for a version whose artefact the catalogue in force does not know."""
        key = item_key(row.number)
        stand = self.stands.get(key, {}).get(row.version)
        artefact = self.catalogue.artefacts.get(row.artefact)
        if stand is None or artefact is None:
            return None
        people = self.names.people
        return RegisterRow(
            key=key,
            version=row.version,
            state=stand[0],
            title=row.title,
            artefact=artefact.name,
            process=self.catalogue.processes[artefact.home_process].name,
            kind=row.kind,
            source=_source(row),
            sha256=row.sha256,
            size=row.size,
            effective_on=row.effective_on,
            period_from=row.period_from,
            period_to=row.period_to,
            valid_until=row.valid_until,
            lapses_on=stand[1],
            covers="" if artefact.per is None else covers.get(row.version_id, _("all")),
            linked=self.names.linked.get(key, ""),
            received_at=self._local(row.received_at),
            uploader=people.get(row.uploaded_by, ""),
            owner=people.get(row.owner_id, ""),
            decision=row.decision or "",
            decided_at=None if row.decided_at is None else self._local(row.decided_at),
            reviewer=people.get(row.reviewer_id, ""),
            opened=None if row.decision is None or row.kind != VersionKind.FILE else bool(row.bytes_opened),
            remark=self._remark(row),
            confidentiality=row.confidentiality,
            document_version=row.document_version,
            document_approver=row.document_approver,
        )

    def _local(self, at: datetime) -> datetime:
        """Naive local time: neither workbook nor report can hold a zone. Seconds are enough."""
        return utc(at).astimezone(self.now.zone).replace(tzinfo=None, microsecond=0)

    def _remark(self, row: Any) -> str:
        parts = []
        if row.withdrawn_at is not None and utc(row.withdrawn_at) < self.now.cutoff:
            parts.append(say(N_("Withdrawn: %(reason)s"), reason=row.withdrawn_reason))
        if row.blocked_at is not None and utc(row.blocked_at) < self.now.cutoff:
            parts.append(say(N_("Bytes blocked: %(reason)s"), reason=row.blocked_reason))
        if row.decision == Decision.REJECTED.value and row.rejection:
            parts.append(words.label(row.rejection))
        parts += [row.reason] if row.reason else []
        return "; ".join(parts)


def _source(row: Any) -> str:
    """The file name exactly as uploaded, the address, or the statement."""
    if row.kind == VersionKind.FILE.value:
        return row.file_name or ""
    if row.kind == VersionKind.LINK.value:
        return row.url or ""
    return row.statement or ""


def register_size(session: Session, system_id: int, cutoff: datetime) -> int:
    """How many versions were known by then. One query."""
    query = select(func.count()).select_from(EvidenceVersion)
    known = (EvidenceVersion.system_id == system_id) & (EvidenceVersion.received_at < cutoff)
    return session.execute(query.where(known)).scalar_one()


def _latest_review(cutoff: datetime) -> ScalarSelect[int]:
    """The decision that stands: the latest; of two at one moment the rejection ("rejected" sorts after "accepted")."""
    other = aliased(Review)
    return (
        select(other.id)
        .where(other.version_id == EvidenceVersion.id, other.decided_at < cutoff)
        .order_by(other.decided_at.desc(), other.decision.desc(), other.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _register_query(system_id: int, cutoff: datetime) -> Select[*tuple[Any, ...]]:
    version, item = EvidenceVersion, EvidenceItem
    return (
        select(
            item.number,
            version.number.label("version"),
            version.id.label("version_id"),
            item.title,
            item.artefact,
            item.owner_id,
            word(item.confidentiality).label("confidentiality"),
            word(version.kind).label("kind"),
            version.file_name,
            version.url,
            version.statement,
            version.sha256,
            Blob.size,
            moment(Blob.blocked_at).label("blocked_at"),
            Blob.blocked_reason,
            version.effective_on,
            version.period_from,
            version.period_to,
            version.valid_until,
            moment(version.received_at).label("received_at"),
            version.uploaded_by,
            version.document_version,
            version.document_approver,
            moment(version.withdrawn_at).label("withdrawn_at"),
            version.withdrawn_reason,
            word(Review.decision).label("decision"),
            word(Review.rejection).label("rejection"),
            Review.reason,
            Review.bytes_opened,
            moment(Review.decided_at).label("decided_at"),
            Review.reviewer_id,
        )
        .join(item, item.id == version.item_id)
        .outerjoin(Blob, Blob.sha256 == version.sha256)
        .outerjoin(Review, Review.id == _latest_review(cutoff))
        .where(version.system_id == system_id, version.received_at < cutoff)
        .order_by(item.number, version.number)
    )
