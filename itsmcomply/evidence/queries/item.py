"""One evidence item with everything known about it: versions, reviews, questions, links, custody, last activity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.activity.models import ActivityEntry
from itsmcomply.clauses.model import Artefact, Catalogue, Facet
from itsmcomply.clauses.policy import Policy
from itsmcomply.controls.models import Control
from itsmcomply.errors import NotFound
from itsmcomply.evidence.filing import Claim, last_current_day, renewal_due_on
from itsmcomply.evidence.keys import item_key
from itsmcomply.evidence.kinds import Decision, VersionState
from itsmcomply.evidence.models import (
    Blob,
    EvidenceItem,
    EvidenceLink,
    EvidenceVersion,
    LinkReview,
    Question,
    Review,
    VersionSubject,
)
from itsmcomply.evidence.operations.register import freshness_of, own_intervals
from itsmcomply.evidence.queries.views import (
    ActivityView,
    ItemView,
    LinkView,
    QuestionView,
    ReviewView,
    SameBytes,
    VersionView,
)
from itsmcomply.evidence.standing import ItemStanding, VersionFacts, standing_of
from itsmcomply.systems.models import Subject

LAST_ACTIVITY = 6


@dataclass(frozen=True, slots=True)
class _Rows:
    """Everything read about one item, keyed by version."""

    reviews: Mapping[int, tuple[ReviewView, ...]]
    questions: Mapping[int, tuple[QuestionView, ...]]
    subjects: Mapping[int, tuple[str, ...]]
    names: Mapping[int, str]


def item_view(
    session: Session, system_id: int, number: int, *, catalogue: Catalogue, policy: Policy, today: date
) -> ItemView:
    """Everything about one item. Twelve queries, however many versions. Raises NotFound."""
    item = session.execute(
        select(EvidenceItem).where(EvidenceItem.system_id == system_id, EvidenceItem.number == number)
    ).scalar_one_or_none()
    artefact = catalogue.artefacts.get(item.artefact) if item else None
    if item is None or artefact is None:
        raise NotFound("evidence", item_key(number))
    found = session.execute(
        select(EvidenceVersion, Blob)
        .outerjoin(Blob, Blob.sha256 == EvidenceVersion.sha256)
        .where(EvidenceVersion.item_id == item.id)
        .order_by(EvidenceVersion.number.desc())
    ).all()
    ids = [version.id for version, _ in found]
    rows = _rows(session, ids)
    days = freshness_of(artefact, own_intervals(session, system_id), policy)
    facts = [_facts(version, rows.reviews.get(version.id, ())) for version, _ in found]
    standing = standing_of(facts, artefact, freshness_days=days, freshness=policy.freshness, today=today)
    counting = _counting(facts, standing, artefact, days=days, policy=policy, today=today)
    return ItemView(
        id=item.id,
        number=item.number,
        artefact=artefact,
        title=item.title,
        owner_id=item.owner_id,
        owner=rows.names.get(item.owner_id or 0, ""),
        confidentiality=item.confidentiality,
        row_version=item.row_version,
        refiled_from=_key_of(session, item.refiled_from_id),
        created_by=item.created_by,
        freshness_days=days,
        standing=standing,
        versions=tuple(
            _version(version, blob, fact, rows, counts=fact.number in counting, days=days, policy=policy, today=today)
            for (version, blob), fact in zip(found, facts, strict=True)
        ),
        links=_links(session, item.id, rows.names),
        same_bytes=_same_bytes(session, system_id, item.id, [version.sha256 for version, _ in found]),
        activity=_activity(session, system_id, item.key),
    )


def _facts(version: EvidenceVersion, reviews: Sequence[ReviewView]) -> VersionFacts:
    return VersionFacts(
        number=version.number,
        claim=Claim(version.kind, version.effective_on, version.valid_until, version.seen_on),
        received_at=version.received_at,
        decision=reviews[-1].decision if reviews else None,
        withdrawn=version.withdrawn_at is not None,
    )


def _counting(
    facts: Iterable[VersionFacts],
    standing: ItemStanding,
    artefact: Artefact,
    *,
    days: int | None,
    policy: Policy,
    today: date,
) -> frozenset[int]:
    """Numbers of the versions that count today: one for a document, every current one for records."""
    accepted = [f for f in facts if f.state is VersionState.ACCEPTED and f.claim.effective_on <= today]
    if artefact.facet is Facet.DOCUMENTED:
        accepted = [f for f in accepted if f.number == standing.shown]
    ends = {f.number: last_current_day(f.claim, days, policy.freshness) for f in accepted}
    recurring = artefact.every is not None
    return frozenset(number for number, end in ends.items() if recurring or end is None or end >= today)


def _version(
    version: EvidenceVersion,
    blob: Blob | None,
    fact: VersionFacts,
    rows: _Rows,
    *,
    counts: bool,
    days: int | None,
    policy: Policy,
    today: date,
) -> VersionView:
    return VersionView(
        id=version.id,
        number=version.number,
        kind=version.kind,
        state=fact.state,
        counts=counts,
        in_force=version.effective_on <= today,
        sha256=version.sha256,
        size=blob.size if blob else 0,
        detected_type=blob.detected_type if blob else "",
        blocked_at=blob.blocked_at if blob else None,
        blocked_reason=(blob.blocked_reason or "") if blob else "",
        file_name=version.file_name,
        url=version.url,
        statement=version.statement,
        seen_on=version.seen_on,
        effective_on=version.effective_on,
        period_from=version.period_from,
        valid_until=version.valid_until,
        last_day=last_current_day(fact.claim, days, policy.freshness),
        renewal_due_on=renewal_due_on(fact.claim, days, policy.freshness),
        subjects=rows.subjects.get(version.id, ()),
        covers_all_subjects=version.covers_all_subjects,
        note=version.note,
        document_version=version.document_version,
        document_approver=version.document_approver,
        document_approved_on=version.document_approved_on,
        received_at=version.received_at,
        uploaded_by=version.uploaded_by,
        uploader=rows.names.get(version.uploaded_by, ""),
        confirms_version=version.confirms_version,
        withdrawn_at=version.withdrawn_at,
        withdrawn_by=rows.names.get(version.withdrawn_by or 0, ""),
        withdrawn_reason=version.withdrawn_reason or "",
        reviews=rows.reviews.get(version.id, ()),
        questions=rows.questions.get(version.id, ()),
    )


def _rows(session: Session, version_ids: Sequence[int]) -> _Rows:
    names = {row.id: row.name for row in session.execute(select(User.id, User.name))}
    reviews: dict[int, list[ReviewView]] = defaultdict(list)
    found = session.scalars(select(Review).where(Review.version_id.in_(version_ids)))
    for row in sorted(found, key=lambda r: (r.decided_at, r.decision is Decision.REJECTED, r.id)):
        reviews[row.version_id].append(
            ReviewView(
                row.id,
                row.decision,
                row.rejection,
                row.reason,
                row.bytes_opened,
                row.decided_at,
                names.get(row.reviewer_id, ""),
            )
        )
    subjects: dict[int, list[str]] = defaultdict(list)
    query = select(VersionSubject.version_id, Subject.name).join(Subject, Subject.id == VersionSubject.subject_id)
    for version_id, name in session.execute(
        query.where(VersionSubject.version_id.in_(version_ids)).order_by(Subject.name)
    ):
        subjects[version_id].append(name)
    return _Rows(
        {key: tuple(value) for key, value in reviews.items()},
        _questions(session, version_ids, names),
        {key: tuple(value) for key, value in subjects.items()},
        names,
    )


def _questions(
    session: Session, version_ids: Sequence[int], names: Mapping[int, str]
) -> dict[int, tuple[QuestionView, ...]]:
    found: dict[int, list[QuestionView]] = defaultdict(list)
    for row in session.scalars(select(Question).where(Question.version_id.in_(version_ids)).order_by(Question.id)):
        asker, answerer = names.get(row.asked_by, ""), names.get(row.answered_by or 0, "")
        found[row.version_id].append(
            QuestionView(row.id, row.text, row.asked_at, asker, row.answer, row.answered_at, answerer)
        )
    return {key: tuple(value) for key, value in found.items()}


def _links(session: Session, item_id: int, names: Mapping[int, str]) -> tuple[LinkView, ...]:
    rows = session.execute(
        select(EvidenceLink, Control.ref)
        .outerjoin(Control, Control.id == EvidenceLink.control_id)
        .where(EvidenceLink.item_id == item_id, EvidenceLink.ended_at.is_(None))
        .order_by(EvidenceLink.id)
    ).all()
    reviews = session.scalars(
        select(LinkReview)
        .join(EvidenceLink, EvidenceLink.id == LinkReview.link_id)
        .where(EvidenceLink.item_id == item_id)
        .order_by(LinkReview.decided_at, LinkReview.id)
    )
    latest = {review.link_id: review for review in reviews}
    return tuple(
        LinkView(
            id=link.id,
            target=link.requirement or ref or "",
            is_control=link.control_id is not None,
            artefact=link.artefact,
            linked_at=link.linked_at,
            linked_by=link.linked_by,
            linker=names.get(link.linked_by, ""),
            decision=latest[link.id].decision if link.id in latest else None,
            reason=latest[link.id].reason if link.id in latest else "",
        )
        for link, ref in rows
    )


def _same_bytes(session: Session, system_id: int, item_id: int, digests: Iterable[str | None]) -> tuple[SameBytes, ...]:
    wanted = [digest for digest in digests if digest is not None]
    return tuple(found for found in same_bytes(session, system_id, wanted, other_than=item_id))


def same_bytes(
    session: Session, system_id: int, digests: Sequence[str], *, other_than: int | None = None
) -> list[SameBytes]:
    """Versions of this system that hold any of these bytes, oldest first; at most 20. One query."""
    query = (
        select(EvidenceItem.number, EvidenceVersion.number, EvidenceItem.title, EvidenceItem.artefact)
        .join(EvidenceVersion, EvidenceVersion.item_id == EvidenceItem.id)
        .where(EvidenceVersion.sha256.in_(digests), EvidenceItem.system_id == system_id)
        .order_by(EvidenceVersion.id)
        .limit(20)
    )
    if other_than is not None:
        query = query.where(EvidenceItem.id != other_than)
    return [SameBytes(*row) for row in session.execute(query)]


def _activity(session: Session, system_id: int, key: str) -> tuple[ActivityView, ...]:
    rows = session.execute(
        select(ActivityEntry.seq, ActivityEntry.at, ActivityEntry.actor_name, ActivityEntry.action)
        .where(
            ActivityEntry.record_kind == "evidence",
            ActivityEntry.record_key == key,
            ActivityEntry.system_id == system_id,
        )
        .order_by(ActivityEntry.seq.desc())
        .limit(LAST_ACTIVITY)
    )
    return tuple(ActivityView(*row) for row in rows)


def _key_of(session: Session, item_id: int | None) -> str:
    if item_id is None:
        return ""
    return item_key(session.scalars(select(EvidenceItem.number).where(EvidenceItem.id == item_id)).one())
