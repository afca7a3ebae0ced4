"""Evidence items with their versions, reviews and links, folded from plain rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from itsmcomply.evidence.kinds import Decision
from itsmcomply.evidence.models import EvidenceItem, EvidenceLink, EvidenceVersion, LinkReview, VersionSubject
from itsmcomply.evidence.models import Review as ReviewRow
from itsmcomply.readiness.facts import Item, Link, Review, Version, VersionKind
from itsmcomply.readiness.inputs.columns import moment, utc, utc_or_none, word

KINDS = {kind.value: kind for kind in VersionKind}
ACCEPTED = Decision.ACCEPTED.value


@dataclass(frozen=True, slots=True)
class Choice:
    """Which items to fold: all of a system, or only those touched after a trail number."""

    system_id: int
    touched_after: int | None = None

    @property
    def items(self) -> ColumnElement[bool]:
        ours = EvidenceItem.system_id == self.system_id
        return ours if self.touched_after is None else ours & (EvidenceItem.touched_seq > self.touched_after)

    def of(self, item_id: InstrumentedAttribute[int], system_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """The condition on rows that belong to items: by system alone where all are chosen, which is faster."""
        if self.touched_after is None:
            return system_id == self.system_id
        return item_id.in_(select(EvidenceItem.id).where(self.items))


def load_items(session: Session, choice: Choice) -> list[Item]:
    """The chosen items in no particular order. Six queries, however many items; one when none is chosen."""
    items = session.execute(
        select(EvidenceItem.id, EvidenceItem.number, EvidenceItem.artefact).where(choice.items)
    ).all()
    if not items:
        return []
    versions = _versions(session, choice)
    links = _links(session, choice)
    return [
        Item(f"EV-{number:04d}", artefact, tuple(versions.get(item, ())), tuple(links.get(item, ())))
        for item, number, artefact in items
    ]


def _versions(session: Session, choice: Choice) -> dict[int, list[Version]]:
    """Versions by item."""
    mine = choice.of(EvidenceVersion.item_id, EvidenceVersion.system_id)
    rows = session.execute(
        select(
            EvidenceVersion.id,
            EvidenceVersion.item_id,
            EvidenceVersion.number,
            word(EvidenceVersion.kind),
            EvidenceVersion.effective_on,
            moment(EvidenceVersion.received_at),
            EvidenceVersion.period_from,
            EvidenceVersion.period_to,
            EvidenceVersion.valid_until,
            EvidenceVersion.seen_on,
            EvidenceVersion.covers_all_subjects,
            moment(EvidenceVersion.withdrawn_at),
            EvidenceVersion.sha256,
            EvidenceVersion.uploaded_by,
        ).where(mine)
    ).all()
    return _fold_versions(rows, _reviews(session, mine, _uploads(rows)), _subjects(session, mine))


def _fold_versions(
    rows: Iterable[Any], reviews: Mapping[int, list[Review]], subjects: Mapping[int, set[str]]
) -> dict[int, list[Version]]:
    days: dict[date, date] = {}
    same = days.setdefault  # a few hundred days serve tens of thousands of versions
    found: dict[int, list[Version]] = {}
    for id_, item, number, kind, effective, received, start, end, until, seen, for_all, withdrawn, digest, _ in rows:
        version = Version(
            number,
            KINDS[kind],
            same(effective, effective),
            utc(received),
            tuple(reviews.get(id_, ())),
            start and same(start, start),
            end and same(end, end),
            until and same(until, until),
            seen,
            None if for_all else frozenset(subjects.get(id_, ())),
            utc_or_none(withdrawn),
            digest,
        )
        found.setdefault(item, []).append(version)
    return found


def _subjects(session: Session, mine: ColumnElement[bool]) -> dict[int, set[str]]:
    """The subjects of versions that do not cover all, by version."""
    query = select(VersionSubject.version_id, VersionSubject.subject_id)
    found: dict[int, set[str]] = {}
    for version, subject in session.execute(query.where(_of_versions(VersionSubject.version_id, mine))):
        found.setdefault(version, set()).add(str(subject))
    return found


def _of_versions(column: InstrumentedAttribute[int], mine: ColumnElement[bool]) -> ColumnElement[bool]:
    return column.in_(select(EvidenceVersion.id).where(mine))


@dataclass(frozen=True, slots=True)
class Uploads:
    """Who uploaded what and when. `several`: uploads of items that have more than one version, by version."""

    held: frozenset[int]
    several: Mapping[int, list[tuple[int, datetime]]] = field(default_factory=dict)

    def is_close(self, version: int, reviewer: int, decided_at: datetime) -> bool:
        """Whether the reviewer had uploaded a version of the same item by then."""
        return any(who == reviewer and at <= decided_at for who, at in self.several.get(version, ()))


def _uploads(rows: Iterable[Any]) -> Uploads:
    by_item: dict[int, list[Any]] = {}
    held = set()
    for row in rows:
        by_item.setdefault(row[1], []).append(row)
        if row[3] == VersionKind.FILE:
            held.add(row[0])
    several: dict[int, list[tuple[int, datetime]]] = {}
    for versions in by_item.values():
        if len(versions) > 1:
            uploads = [(row[13], utc(row[5])) for row in versions]
            several |= {row[0]: uploads for row in versions}
    return Uploads(frozenset(held), several)


def _reviews(session: Session, mine: ColumnElement[bool], uploads: Uploads) -> dict[int, list[Review]]:
    """Reviews by version."""
    rows = session.execute(
        select(
            ReviewRow.version_id,
            word(ReviewRow.decision),
            moment(ReviewRow.decided_at),
            ReviewRow.bytes_opened,
            ReviewRow.reviewer_id,
        ).where(_of_versions(ReviewRow.version_id, mine))
    )
    found: dict[int, list[Review]] = {}
    for version, decision, decided, opened, reviewer in rows:
        at = utc(decided)
        review = Review(
            decision == ACCEPTED,
            at,
            bool(opened) if version in uploads.held else None,
            uploads.is_close(version, reviewer, at),
        )
        found.setdefault(version, []).append(review)
    return found


def _links(session: Session, choice: Choice) -> dict[int, list[Link]]:
    """Links by item."""
    mine = choice.of(EvidenceLink.item_id, EvidenceLink.system_id)
    rows = session.execute(
        select(
            EvidenceLink.id,
            EvidenceLink.item_id,
            EvidenceLink.artefact,
            EvidenceLink.requirement,
            EvidenceLink.control_id,
            EvidenceLink.linked_at,
            EvidenceLink.ended_at,
        ).where(mine)
    ).all()
    reviews = _link_reviews(session, mine) if rows else {}
    found: dict[int, list[Link]] = {}
    for id_, item, artefact, requirement, control, linked_at, ended_at in rows:
        link = Link(
            artefact=artefact,
            linked_at=linked_at,
            reviews=tuple(reviews.get(id_, ())),
            requirement=requirement,
            control=None if control is None else str(control),
            ended_at=ended_at,
        )
        found.setdefault(item, []).append(link)
    return found


def _link_reviews(session: Session, mine: ColumnElement[bool]) -> dict[int, list[Review]]:
    query = select(LinkReview.link_id, word(LinkReview.decision), LinkReview.decided_at)
    rows = session.execute(query.where(LinkReview.link_id.in_(select(EvidenceLink.id).where(mine))))
    found: dict[int, list[Review]] = {}
    for link, decision, decided_at in rows:
        found.setdefault(link, []).append(Review(decision == ACCEPTED, decided_at))
    return found
