"""Make the documents of audits for pages: read what they tell, write them, keep signed ones in the store."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Protocol

from flask import current_app, make_response
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from itsmcomply.audits.blueprint import CONCLUSIONS, EXTENTS, KINDS, METHODS, ROLES, THREADS
from itsmcomply.audits.queries.audits import AuditView
from itsmcomply.audits.word import Words
from itsmcomply.clauses.model import SubjectKind
from itsmcomply.clauses.threads import Thread
from itsmcomply.evidence.store import Stored
from itsmcomply.systems.models import EntryKind, Subject
from itsmcomply.systems.queries import entry_in_force
from itsmcomply.web.identity import current_system
from itsmcomply.web.page import today
from itsmcomply.web.resources import resources

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LARGEST = 64 * 1024 * 1024


def words_for(session: Session, view: AuditView | None = None) -> Words:
    """Names for a document about the system of this address, made now. Three queries."""
    threads: tuple[Thread, ...] = current_app.extensions[THREADS]
    found = words_of(session, current_system(), today(), view)
    return replace(found, threads={one.id: one.name for one in threads})


class Named(Protocol):
    """A system as documents know it."""

    @property
    def id(self) -> int: ...

    @property
    def name(self) -> str: ...


def words_of(session: Session, system: Named, day: date, view: AuditView | None = None) -> Words:
    """Names for a document made on a day; one that was signed carries the day of the signature. Three queries."""
    organisation = entry_in_force(session, system.id, EntryKind.ORGANISATION)
    signer = view.audit.signed_off_by if view else None
    return Words(
        system=system.name,
        organisation=organisation.value if organisation else "",
        day=view.audit.signed_off_at.date() if view and view.audit.signed_off_at else day,
        kinds={k.value: str(v) for k, v in KINDS.items()},
        methods={k.value: str(v) for k, v in METHODS.items()},
        roles={k.value: str(v) for k, v in ROLES.items()},
        conclusions={k.value: str(v) for k, v in CONCLUSIONS.items()},
        extents={k.value: str(v) for k, v in EXTENTS.items()},
        services=services_of(session, system.id),
        signed_by=view.names.get(signer, "") if view and signer else "",
    )


def services(session: Session) -> dict[int, str]:
    """The services on the list of the system of this address, by id. One query."""
    return services_of(session, current_system().id)


def services_of(session: Session, system_id: int) -> dict[int, str]:
    query = select(Subject.id, Subject.name).where(
        Subject.system_id == system_id, Subject.kind == SubjectKind.SERVICE, Subject.ended_at.is_(None)
    )
    return dict(session.execute(query.order_by(Subject.name)).all())


def keep(content: bytes, name: str) -> Stored:
    """Put a finished document into the evidence store, before the transaction that names it."""
    return resources().store.put(io.BytesIO(content), limit=LARGEST, name=name, announced=len(content))


def download(content: bytes, name: str, content_type: str = DOCX) -> Response:
    answer = make_response(content)
    answer.headers["Content-Type"] = content_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
