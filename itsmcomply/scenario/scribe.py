"""Writes the documents that a scenario signs, with the same words and layouts as the pages do, in English.

An edge like a route: it knows the application. Bytes are kept durably before the transaction that names them.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from flask import Flask
from flask_babel import force_locale
from sqlalchemy.orm import Session

from itsmcomply.audits.operations import Report, content_of, programme_content
from itsmcomply.audits.papers import LARGEST, words_of
from itsmcomply.audits.queries.audits import audit_lines, audit_view, findings_of
from itsmcomply.audits.queries.programme import programme_view
from itsmcomply.audits.sampling.pages import paper_name
from itsmcomply.audits.sampling.queries import audit_row_by_key, sample_view
from itsmcomply.audits.word import audit_report, programme_document
from itsmcomply.evidence.store import Stored
from itsmcomply.performance.filled import as_text
from itsmcomply.performance.operations import Minutes
from itsmcomply.performance.outlook import STANDING, WRITER, DayStanding, Standing, Writer
from itsmcomply.performance.papers import Paper, Papers
from itsmcomply.performance.queries.papers import papers_of
from itsmcomply.performance.queries.reviews import review_view
from itsmcomply.scenario.workbench.keys import Paper as WorkingPaper
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.web.resources import resources_of

ENGLISH = "en_GB"


@dataclass(frozen=True, slots=True)
class PaperScribe:
    """Implements `workbench.keys.Scribe`. Needs the application's context open."""

    app: Flask

    def programme(self, session: Session, system: ManagementSystem, key: str, today: date) -> Report:
        """An audit programme as it stands."""
        found = programme_view(session, system.id, key)
        mine = [one for one in audit_lines(session, system.id) if one.programme_id == found.row.id]
        digest = programme_content(session, found.row)
        with force_locale(ENGLISH):
            words = words_of(session, system, today)
            content = programme_document(found.row, mine, resources_of(self.app).catalogue, words)
        name = f"{key}-audit-programme.docx"
        return Report(self._keep(content, name), name, digest)

    def audit_report(self, session: Session, system: ManagementSystem, key: str, today: date) -> Report:
        """The report of an audit, from everything it holds."""
        view = audit_view(session, system.id, key)
        digest, found = content_of(session, view.audit), findings_of(session, system.id, key)
        with force_locale(ENGLISH):
            words = words_of(session, system, today, view)
            content = audit_report(view, found, resources_of(self.app).catalogue, words, signed=True)
        name = f"{key}-audit-report.docx"
        return Report(self._keep(content, name), name, digest)

    def minutes(self, session: Session, system: ManagementSystem, key: str, today: date) -> Minutes:
        """The minutes of a management review, with what filled each of its inputs."""
        told = cast("Standing | None", self.app.extensions.get(STANDING))

        def standing(days: Sequence[date]) -> list[DayStanding]:
            return told.on_days(session, system.id, days, today) if told else []

        catalogue = resources_of(self.app).catalogue
        with force_locale(ENGLISH):
            view = review_view(session, catalogue, system.id, key, today=today, standing=standing)
            mode = str(self.app.extensions.get("itsmcomply.mode", ""))
            papers = papers_of(view, Paper.MINUTES, system=system.name, mode=mode, today=today, signed_on=today)
            content = self._written(papers)
        name = f"{system.slug} {key} minutes.docx"
        filled = {one.key: as_text(one.filled) for one in view.inputs}
        return Minutes(self._keep(content, name), name, filled, view.seq)

    def working_paper(
        self, session: Session, system: ManagementSystem, key: str, sample: int, made_at: datetime
    ) -> WorkingPaper:
        """The working paper of a sample as it stands."""
        from itsmcomply.audits.sampling.paper import write_paper  # openpyxl takes 8 MB

        view = sample_view(session, audit_row_by_key(session, system.id, key), sample)
        name, row_version = paper_name(view), view.row.row_version
        content = write_paper(view, made_at=made_at)
        return WorkingPaper(self._keep(content, name), name, row_version)

    def _written(self, papers: Papers) -> bytes:
        writer = cast("Writer", self.app.extensions[WRITER])
        with TemporaryDirectory() as folder:
            path = Path(folder) / "minutes.docx"
            writer.write(papers, path)
            return path.read_bytes()

    def _keep(self, content: bytes, name: str) -> Stored:
        store = resources_of(self.app).store
        return store.put(io.BytesIO(content), limit=LARGEST, name=name, announced=len(content))
