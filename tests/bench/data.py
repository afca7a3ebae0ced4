"""Fill an installation with a large, uneven management system: what the bench measures on.

All artefacts, a few of them very busy; 1.25 versions an item; 5 % undecided, 5 % rejected, 10 % lapsed, 5 % linked by
controls; three years; 30 people; real files of 2 kB to 2 MB. The same size and seed give the same data.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.accounts.operations import create_user
from itsmcomply.accounts.rules import hash_password
from itsmcomply.clauses.model import Artefact, Catalogue, Facet, Period, SubjectKind
from itsmcomply.clock import SystemClock
from itsmcomply.controls.models import Control, ControlKind, ControlMapping, ControlStatus
from itsmcomply.db import transaction
from itsmcomply.evidence.kinds import Decision
from itsmcomply.evidence.models import (
    Blob,
    EvidenceItem,
    EvidenceLink,
    EvidenceVersion,
    LinkReview,
    Review,
)
from itsmcomply.permissions import SYSTEM_ACTOR, Role
from itsmcomply.systems.models import EntryKind, ManagementSystem
from itsmcomply.systems.operations import add_subject, create_system, grant_role, set_entry
from itsmcomply.web.resources import resources_of
from tests.bench.audits import add_audit

PASSWORD = "bench-walnut-harbour-ninety"
MANAGER = "manager@example.org"
SLUG = "managed-services"
YEARS = 3
SUBJECTS = {
    SubjectKind.SERVICE: 12,
    SubjectKind.EXTERNAL_SUPPLIER: 8,
    SubjectKind.INTERNAL_SUPPLIER: 2,
    SubjectKind.CUSTOMER: 6,
}


@dataclass
class Rows:
    """Rows to insert, by table, in an order that satisfies foreign keys."""

    blobs: list[dict[str, Any]] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    versions: list[dict[str, Any]] = field(default_factory=list)
    reviews: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    link_reviews: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Seeder:
    """State of one filling."""

    catalogue: Catalogue
    store: Path
    system_id: int
    people: list[int]
    controls: list[int]
    today: date
    random: random.Random
    rows: Rows = field(default_factory=Rows)
    version_ids: Iterator[int] = field(default_factory=lambda: count(1))
    link_ids: Iterator[int] = field(default_factory=lambda: count(1))

    def add_item(self, number: int, artefact: Artefact) -> None:
        """One item with one to three versions, mostly one."""
        owner, uploader = self.random.sample(self.people, 2)
        created = self.today - timedelta(days=self.random.randint(20, 365 * YEARS))
        self.rows.items.append(
            {
                "id": number,
                "system_id": self.system_id,
                "number": number,
                "artefact": artefact.key,
                "title": f"{artefact.name} {number}",
                "owner_id": owner,
                "confidentiality": "restricted" if self.random.random() < 0.03 else "internal",
                "created_at": _noon(created),
                "created_by": uploader,
                "touched_seq": 0,
                "row_version": 1,
            }
        )
        for version in range(1, self.random.choices((2, 3, 4), (80, 15, 5))[0]):
            self._add_version(number, version, artefact, uploader, created + timedelta(days=30 * (version - 1)))
        if self.random.random() < 0.05:
            self._add_link(number, artefact)

    def _add_version(self, item: int, number: int, artefact: Artefact, uploader: int, day: date) -> None:
        effective = min(day, self.today - timedelta(days=1))
        start, end = _period(artefact, effective)
        if artefact.facet is not Facet.DOCUMENTED:
            effective = end
        lapsed = self.random.random() < 0.10
        row = {
            "id": next(self.version_ids),
            "system_id": self.system_id,
            "item_id": item,
            "number": number,
            "kind": "file",
            "sha256": self._file(),
            "file_name": f"{artefact.key} {effective.isoformat()} {item}.pdf",
            "effective_on": effective,
            "period_from": None if artefact.facet is Facet.DOCUMENTED else start,
            "period_to": None if artefact.facet is Facet.DOCUMENTED else end,
            "valid_until": effective + timedelta(days=1) if lapsed else None,
            "covers_all_subjects": True,
            "note": "",
            "document_version": f"{number}.0",
            "document_approver": "",
            "received_at": _noon(effective + timedelta(days=1)),
            "uploaded_by": uploader,
        }
        self.rows.versions.append(row)
        self._maybe_review(row, uploader)

    def _maybe_review(self, version: dict[str, Any], uploader: int) -> None:
        draw = self.random.random()
        if draw < 0.05:
            return
        rejected = draw < 0.10
        self.rows.reviews.append(
            {
                "version_id": version["id"],
                "decision": str(Decision.REJECTED if rejected else Decision.ACCEPTED),
                "rejection": "not_shown" if rejected else None,
                "reason": "Name the services it covers." if rejected else "",
                "sha256": version["sha256"],
                "bytes_opened": self.random.random() < 0.9,
                "decided_at": version["received_at"] + timedelta(hours=20),
                "reviewer_id": self.random.choice([p for p in self.people if p != uploader]),
            }
        )

    def _add_link(self, item: int, artefact: Artefact) -> None:
        link = next(self.link_ids)
        when = _noon(self.today - timedelta(days=10))
        linker, reviewer = self.random.sample(self.people, 2)
        self.rows.links.append(
            {
                "id": link,
                "system_id": self.system_id,
                "item_id": item,
                "control_id": self.random.choice(self.controls),
                "artefact": artefact.key,
                "linked_at": when,
                "linked_by": linker,
            }
        )
        self.rows.link_reviews.append(
            {"link_id": link, "decision": "accepted", "reason": "", "decided_at": when, "reviewer_id": reviewer}
        )

    def _file(self) -> str:
        """Write a real file of its own: mostly a few kB, one in a hundred up to 2 MB."""
        size = (
            self.random.randint(200_000, 2_000_000) if self.random.random() < 0.002 else self.random.randint(2000, 8000)
        )
        content = self.random.randbytes(size)
        digest = hashlib.sha256(content).hexdigest()
        path = self.store / digest[:2] / digest[2:4] / digest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        blob = {"sha256": digest, "size": size, "detected_type": "application/pdf", "stored_at": _noon(self.today)}
        self.rows.blobs.append(blob)
        return digest


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _period(artefact: Artefact, day: date) -> tuple[date, date]:
    """The whole month or quarter that contains the day before `day`'s month began."""
    months = 3 if artefact.every is Period.QUARTER else 1
    end = day.replace(day=1) - timedelta(days=1)
    start = end.replace(day=1)
    for _ in range(months - 1):
        start = (start - timedelta(days=1)).replace(day=1)
    return start, end


def fill(app: Flask, size: int, *, today: date | None = None, seed: int = 20000) -> None:
    """Fill an empty installation with one management system of `size` items."""
    catalogue = resources_of(app).catalogue
    settings = app.extensions["itsmcomply.settings"]
    with app.app_context(), transaction() as session:
        system, people = _people(session)
        controls = _controls(session, catalogue, system)
        day = today or datetime.now(UTC).date()
        seeder = Seeder(catalogue, settings.store_dir, system.id, people[:-1], controls, day, random.Random(seed))
        _items(seeder, size)
        _insert(session, seeder.rows)
        system.next_evidence_number = size + 1
        session.flush()  # an audit binds versions
        add_audit(app, session, system, people[-1])


def _people(session: Session) -> tuple[ManagementSystem, list[int]]:
    clock, known = SystemClock(), hash_password(PASSWORD)
    system = create_system(
        session, SYSTEM_ACTOR, clock, slug=SLUG, name="Managed services", time_zone="Europe/Amsterdam"
    )
    people = []
    for number in range(30):
        email = MANAGER if number == 0 else f"person-{number}@example.org"
        user: User = create_user(session, SYSTEM_ACTOR, clock, email=email, name=f"Role {number}")
        user.password_hash = known
        role = {0: Role.SMS_MANAGER, 29: Role.INTERNAL_AUDITOR}.get(number, Role.EVIDENCE_REVIEWER)
        grant_role(session, SYSTEM_ACTOR, clock, system=system, user=user, role=role)
        people.append(user.id)
    since = (clock.now().date() - timedelta(days=365 * YEARS)).isoformat()
    stage_1 = (clock.now().date() + timedelta(days=50)).isoformat()
    for kind, value in (
        (EntryKind.OPERATING_SINCE, since),
        (EntryKind.STAGE_1_ON, stage_1),
        (EntryKind.SCOPE_STATEMENT, "All"),
    ):
        set_entry(session, SYSTEM_ACTOR, clock, system=system, kind=kind, value=value)
    for kind_, number in SUBJECTS.items():
        for i in range(number):
            add_subject(
                session,
                SYSTEM_ACTOR,
                clock,
                system=system,
                kind=kind_,
                name=f"{kind_.value} {i}",
                from_on=date(2023, 1, 1),
            )
    return system, people


def _controls(session: Session, catalogue: Catalogue, system: ManagementSystem) -> list[int]:
    now, made = SystemClock().now(), []
    for starter in catalogue.controls.values():
        control = Control(
            system_id=system.id,
            ref=starter.ref,
            title=starter.title,
            description=starter.description,
            process=starter.process,
            kind=ControlKind(starter.kind),
            frequency=starter.frequency,
            status=ControlStatus.OPERATING,
            starter=True,
            created_at=now,
        )
        session.add(control)
        session.flush()  # its id goes into the mappings
        made.append(control.id)
        session.add_all(
            ControlMapping(system_id=system.id, control_id=control.id, requirement=r, recorded_at=now, recorded_by=0)
            for r in starter.requirements
        )
    return made


def _items(seeder: Seeder, size: int) -> None:
    artefacts = list(seeder.catalogue.artefacts.values())
    weights = [1 / (1 + rank) ** 0.8 for rank in range(len(artefacts))]
    seeder.random.shuffle(weights)
    chosen = [*artefacts, *seeder.random.choices(artefacts, weights, k=max(0, size - len(artefacts)))][:size]
    for number, artefact in enumerate(chosen, start=1):
        seeder.add_item(number, artefact)


def _insert(session: Session, rows: Rows) -> None:
    tables: tuple[tuple[Any, list[dict[str, Any]]], ...] = (
        (Blob.__table__, rows.blobs),
        (EvidenceItem.__table__, rows.items),
        (EvidenceVersion.__table__, rows.versions),
        (Review.__table__, rows.reviews),
        (EvidenceLink.__table__, rows.links),
        (LinkReview.__table__, rows.link_reviews),
    )
    for table, content in tables:
        for batch in _batches(content, 2000):
            session.execute(insert(_as_table(table)), batch)


def _as_table(table: object) -> Table:
    assert isinstance(table, Table)
    return table


def _batches(rows: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch
