"""Keep the register's derived rows in step with items, versions and reviews. Nothing here is a fact of its own."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from itsmcomply.clauses.model import Artefact, Catalogue
from itsmcomply.clauses.policy import Policy
from itsmcomply.evidence.filing import Claim
from itsmcomply.evidence.keys import item_key
from itsmcomply.evidence.kinds import Confidentiality, Decision
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion, RegisterLine, RegisterState, Review
from itsmcomply.evidence.operations.desk import Desk
from itsmcomply.evidence.standing import ItemStanding, VersionFacts, standing_of
from itsmcomply.systems.models import EntryKind, SystemEntry

_BATCH = 1000


def refresh_line(desk: Desk, item: EvidenceItem) -> None:
    """Derive the register line of one item anew, after any change to it. Five queries."""
    desk.session.flush()  # the versions and reviews just added must be read back with the others
    _rebuild(desk.session, desk.catalogue, desk.policy, item.system_id, desk.today, only=[item.id])


def freshen_register(session: Session, catalogue: Catalogue, policy: Policy, system_id: int, today: date) -> None:
    """Derive anew the lines that a new day or another own interval changes; all of them the first time.

    Opened by the edge in a short write transaction when `register_is_fresh` says no.
    """
    intervals = own_intervals(session, system_id)
    state = session.get(RegisterState, system_id)
    if state is None:
        rebuild_register(session, catalogue, policy, system_id, today)
        return
    before: dict[str, int] = json.loads(state.intervals)
    moved = {key for key in before.keys() | intervals.keys() if before.get(key) != intervals.get(key)}
    due = session.scalars(
        select(RegisterLine.item_id).where(RegisterLine.system_id == system_id, RegisterLine.restands_on <= today)
    )
    touched = session.scalars(
        select(RegisterLine.item_id).where(RegisterLine.system_id == system_id, RegisterLine.artefact.in_(moved))
    )
    for batch in _batches(sorted({*due, *touched})):
        _rebuild(session, catalogue, policy, system_id, today, only=batch)
    _remember(session, system_id, today, intervals)


def rebuild_register(session: Session, catalogue: Catalogue, policy: Policy, system_id: int, today: date) -> None:
    """Derive every line of a system anew: after an import that did not go through the operations, or when in doubt."""
    ids = session.scalars(select(EvidenceItem.id).where(EvidenceItem.system_id == system_id).order_by(EvidenceItem.id))
    session.execute(delete(RegisterLine).where(RegisterLine.system_id == system_id))
    for batch in _batches(list(ids)):
        _rebuild(session, catalogue, policy, system_id, today, only=batch)
    _remember(session, system_id, today, own_intervals(session, system_id))


def own_intervals(session: Session, system_id: int) -> dict[str, int]:
    """The organisation's own intervals in force now, in days by artefact. One query."""
    rows = session.execute(
        select(SystemEntry.key, SystemEntry.value)
        .where(
            SystemEntry.system_id == system_id,
            SystemEntry.kind == EntryKind.OWN_INTERVAL,
            SystemEntry.ended_at.is_(None),
        )
        .order_by(SystemEntry.id)
    )
    return {key: int(value) for key, value in rows if value}


def freshness_of(artefact: Artefact, intervals: Mapping[str, int], policy: Policy) -> int | None:
    """Days an artefact's evidence stays fresh: the organisation's own interval, else the catalogue's."""
    own = intervals.get(artefact.key)
    return artefact.freshness_days if own is None else min(own, policy.freshness.own_interval_max_days)


def _remember(session: Session, system_id: int, today: date, intervals: Mapping[str, int]) -> None:
    text = json.dumps(intervals, sort_keys=True)
    session.merge(RegisterState(system_id=system_id, derived_on=today, intervals=text))


def _batches(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))


def _rebuild(
    session: Session, catalogue: Catalogue, policy: Policy, system_id: int, today: date, *, only: Sequence[int]
) -> None:
    items = session.execute(_ITEM_COLUMNS.where(EvidenceItem.id.in_(only))).all()
    versions = defaultdict(list)
    for row in session.execute(_VERSION_COLUMNS.where(EvidenceVersion.item_id.in_(only))):
        versions[row.item_id].append(row)
    decisions = latest_decisions(session, only)
    intervals = own_intervals(session, system_id)
    lines = []
    for item in items:
        artefact = catalogue.artefacts.get(item.artefact)
        if artefact is not None and versions[item.id]:
            facts = [_facts(row, decisions) for row in versions[item.id]]
            days = freshness_of(artefact, intervals, policy)
            found = standing_of(facts, artefact, freshness_days=days, freshness=policy.freshness, today=today)
            lines.append(_line(item, versions[item.id], found, artefact))
    session.execute(delete(RegisterLine).where(RegisterLine.item_id.in_(only)))
    if lines:
        session.execute(insert(RegisterLine), lines)


_ITEM_COLUMNS = select(
    EvidenceItem.id,
    EvidenceItem.system_id,
    EvidenceItem.number,
    EvidenceItem.artefact,
    EvidenceItem.title,
    EvidenceItem.owner_id,
    EvidenceItem.confidentiality,
)
_VERSION_COLUMNS = select(
    EvidenceVersion.id,
    EvidenceVersion.item_id,
    EvidenceVersion.number,
    EvidenceVersion.kind,
    EvidenceVersion.file_name,
    EvidenceVersion.url,
    EvidenceVersion.effective_on,
    EvidenceVersion.period_from,
    EvidenceVersion.valid_until,
    EvidenceVersion.seen_on,
    EvidenceVersion.received_at,
    EvidenceVersion.uploaded_by,
    EvidenceVersion.withdrawn_at,
)


def latest_decisions(session: Session, item_ids: Sequence[int]) -> dict[int, Decision]:
    """The decision that stands for each version of some items. Of two at one moment the rejection. One query."""
    rows = session.execute(
        select(Review.version_id, Review.decision, Review.decided_at)
        .join(EvidenceVersion, EvidenceVersion.id == Review.version_id)
        .where(EvidenceVersion.item_id.in_(item_ids))
    ).all()
    rows = sorted(rows, key=lambda row: (row.decided_at, row.decision is Decision.REJECTED))
    return {row.version_id: row.decision for row in rows}


def _facts(row: Any, decisions: Mapping[int, Decision]) -> VersionFacts:
    return VersionFacts(
        number=row.number,
        claim=Claim(row.kind, row.effective_on, row.valid_until, row.seen_on),
        received_at=row.received_at,
        decision=decisions.get(row.id),
        withdrawn=row.withdrawn_at is not None,
    )


def _line(item: Any, versions: Sequence[Any], found: ItemStanding, artefact: Artefact) -> dict[str, object]:
    by_number = {row.number: row for row in versions}
    shown, latest = by_number[found.shown], by_number[found.latest]
    # A file's name is no secret among members; where a restricted link leads may be one.
    restricted = item.confidentiality is Confidentiality.RESTRICTED
    name = shown.file_name or (None if restricted else shown.url)
    return {
        "item_id": item.id,
        "system_id": item.system_id,
        "number": item.number,
        "artefact": item.artefact,
        "title": item.title,
        "owner_id": item.owner_id,
        "confidentiality": item.confidentiality,
        "standing": found.standing,
        "shown": found.shown,
        "latest": found.latest,
        "kind": shown.kind,
        "file_name": name,
        "effective_on": shown.effective_on,
        "period_from": shown.period_from,
        "current_until": found.current_until,
        "pending_since": found.pending_since,
        "received_at": latest.received_at,
        "uploaded_by": latest.uploaded_by,
        "restands_on": found.restands_on,
        "latest_rejected": found.latest_rejected,
        "search_text": search_text(item.number, item.title, name, artefact),
    }


def search_text(number: int, title: str, file_name: str | None, artefact: Artefact) -> str:
    """What a search looks through, folded in case: number, title, file name or address, names of the artefact."""
    return "\n".join((item_key(number), title, file_name or "", artefact.name, artefact.name_nl)).casefold()
