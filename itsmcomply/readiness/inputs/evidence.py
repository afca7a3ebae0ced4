"""Evidence items with their versions, reviews and links, folded from plain rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from itsmcomply.evidence.keys import item_key
from itsmcomply.evidence.kinds import Decision
from itsmcomply.evidence.models import EvidenceItem, EvidenceLink, EvidenceVersion, LinkReview, VersionSubject
from itsmcomply.evidence.models import Review as ReviewRow
from itsmcomply.readiness.facts import Item, Link, Review, Version, VersionKind
from itsmcomply.readiness.inputs.columns import moment, utc, utc_or_none, word

KINDS = {kind.value: kind for kind in VersionKind}
ACCEPTED = Decision.ACCEPTED.value
IN_PORTIONS = {"yield_per": 2000}  # all rows at once would leave holes of their size in the memory of the server


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
        Item(item_key(number), artefact, versions.get(item, ()), tuple(links.get(item, ())))
        for item, number, artefact in items
    ]


def _versions(session: Session, choice: Choice) -> dict[int, tuple[Version, ...]]:
    """Versions by item."""
    mine = choice.of(EvidenceVersion.item_id, EvidenceVersion.system_id)
    reviews, subjects = _reviews(session, mine), _subjects(session, mine)
    query = select(
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
    ).where(mine)
    return _fold_versions(session.execute(query, execution_options=IN_PORTIONS), reviews, subjects)


def _fold_versions(
    rows: Iterable[Any], reviews: Mapping[int, tuple[Review, ...]], subjects: Mapping[int, set[str]]
) -> dict[int, tuple[Version, ...]]:
    days: dict[date, date] = {}
    same = days.setdefault  # a few hundred days serve tens of thousands of versions
    found: dict[int, tuple[Version, ...]] = {}
    for id_, item, number, kind, effective, received, start, end, until, seen, for_all, withdrawn, digest in rows:
        version = Version(
            number,
            KINDS[kind],
            same(effective, effective),
            utc(received),
            reviews.get(id_, ()),
            start and same(start, start),
            end and same(end, end),
            until and same(until, until),
            seen,
            None if for_all else frozenset(subjects.get(id_, ())),
            utc_or_none(withdrawn),
            digest,
        )
        found[item] = (*found.get(item, ()), version)
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


def _reviews(session: Session, mine: ColumnElement[bool]) -> dict[int, tuple[Review, ...]]:
    """Reviews by version."""
    query = (
        select(
            ReviewRow.version_id,
            word(ReviewRow.decision),
            moment(ReviewRow.decided_at),
            ReviewRow.bytes_opened,
            word(EvidenceVersion.kind),
            _close_to_uploader(),
        )
        .join(EvidenceVersion, EvidenceVersion.id == ReviewRow.version_id)
        .where(mine)
    )
    found: dict[int, tuple[Review, ...]] = {}
    for version, decision, decided, opened, kind, close in session.execute(query, execution_options=IN_PORTIONS):
        held = kind == VersionKind.FILE
        review = Review(decision == ACCEPTED, utc(decided), bool(opened) if held else None, bool(close))
        found[version] = (*found.get(version, ()), review)
    return found


def _close_to_uploader() -> ColumnElement[bool]:
    """Whether the reviewer had uploaded a version of the same item by the time of the decision."""
    other = aliased(EvidenceVersion)
    return exists().where(
        other.item_id == EvidenceVersion.item_id,
        other.uploaded_by == ReviewRow.reviewer_id,
        other.received_at <= ReviewRow.decided_at,
    )


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
