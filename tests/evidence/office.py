"""A place to try operations: desks for each role on a real database and a real store."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from itsmcomply.clauses.loader import load_policy
from itsmcomply.clauses.model import Catalogue
from itsmcomply.clauses.policy import Policy
from itsmcomply.datafiles import data_dir
from itsmcomply.db import transaction
from itsmcomply.evidence.filing import Filing
from itsmcomply.evidence.kinds import Confidentiality, Decision, RejectionKind, VersionKind
from itsmcomply.evidence.models import EvidenceVersion, Upload
from itsmcomply.evidence.operations import Desk, decide, file_evidence, open_desk, receive_bytes
from itsmcomply.evidence.operations.reviewing import latest_review
from itsmcomply.evidence.rules import Verdict
from itsmcomply.evidence.sniff import detect
from itsmcomply.evidence.store import LocalStore
from itsmcomply.web.resources import resources_of
from tests.cast import Cast

DOCUMENT = "mi_proc"
"""Demanded by the standard, facet documented, of process incident, 365 days."""


@dataclass
class Office:
    """Desks by role of the cast; `store` holds the bytes."""

    cast: Cast
    store: LocalStore
    policy: Policy

    @property
    def catalogue(self) -> Catalogue:
        found: Catalogue = resources_of(self.cast.app).catalogue
        return found

    @contextmanager
    def desk(self, role: str = "process_owner", *, system_id: int | None = None) -> Iterator[Desk]:
        """An open use case of this role; committed at the end."""
        with self.cast.app.app_context(), transaction() as session:
            actor = self.cast.actor(session, role)
            yield open_desk(
                session,
                actor,
                self.cast.clock,
                catalogue=self.catalogue,
                policy=self.policy,
                system_id=system_id or self.cast.system_id,
            )

    def upload(self, desk: Desk, content: bytes = b"%PDF-1.7 procedure", name: str = "procedure.pdf") -> Upload:
        stored = self.store.put(io.BytesIO(content), limit=10**9, name=name)
        kind = detect(stored.head, name).key
        return receive_bytes(desk, stored=stored, file_name=name, detected_type=kind).upload

    def file(
        self,
        artefact: str = DOCUMENT,
        *,
        by: str = "process_owner",
        content: bytes = b"%PDF-1.7 procedure",
        name: str = "procedure.pdf",
        filing: Filing | None = None,
        confidentiality: Confidentiality = Confidentiality.INTERNAL,
    ) -> EvidenceVersion:
        """File an item with one version and return that version."""
        with self.desk(by) as desk:
            upload = self.upload(desk, content, name)
            filing = filing or document()
            filed = file_evidence(
                desk, artefact=artefact, filing=filing, upload=upload, confidentiality=confidentiality
            )
            return filed.version

    def accept(self, version: EvidenceVersion, *, by: str = "reviewer") -> None:
        self._decide(version, Verdict(Decision.ACCEPTED, None, "", version.sha256), by)

    def reject(self, version: EvidenceVersion, *, by: str = "reviewer") -> None:
        verdict = Verdict(Decision.REJECTED, RejectionKind.NOT_SHOWN, "State the count.", version.sha256)
        self._decide(version, verdict, by)

    def _decide(self, version: EvidenceVersion, verdict: Verdict, by: str) -> None:
        with self.desk(by) as desk:
            seen = latest_review(desk, version.id)
            decide(desk, version_id=version.id, verdict=verdict, opened=True, after_review=seen.id if seen else 0)


def document(title: str = "Incident procedure", effective_on: date = date(2026, 11, 2)) -> Filing:
    return Filing(VersionKind.FILE, title, effective_on)


def month(title: str = "Incident records", start: date = date(2026, 10, 1), end: date = date(2026, 10, 31)) -> Filing:
    return Filing(VersionKind.FILE, title, None, period_from=start, period_to=end)


def make_office(cast: Cast, folder: Path) -> Office:
    return Office(cast, LocalStore(folder, free_space_floor=0), load_policy(data_dir("clause_catalog")))
