"""Compare what the store holds with what the tables say it holds. Reports; never repairs and never deletes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.evidence.models import Blob, EvidenceItem, EvidenceVersion
from itsmcomply.evidence.store import BlobState, Store
from itsmcomply.systems.models import ManagementSystem

Progress = Callable[[int, int], None]
"""Called with how many blobs are done, and of how many."""


@dataclass(frozen=True, slots=True)
class StoreProblem:
    """A blob that is not what its name says, and the versions that rest on it, by system and number."""

    sha256: str
    state: BlobState
    versions: tuple[str, ...]

    def __str__(self) -> str:
        held = ", ".join(self.versions) or "no version"
        return f"blob {self.sha256}: {self.state}; {held}"


@dataclass(frozen=True, slots=True)
class StoreReport:
    """`orphans` are blobs no table knows: what a crash between bytes and row leaves, and no problem."""

    checked: int
    blocked: int
    problems: tuple[StoreProblem, ...]
    orphans: tuple[str, ...]


def verify_store(session: Session, store: Store, progress: Progress | None = None) -> StoreReport:
    """Read every blob whole and compare it with its digest. One query, and one more for each damaged blob.

    Blocked blobs are counted and not read: their bytes are out of reach on purpose.
    """
    known = dict(session.execute(select(Blob.sha256, Blob.blocked_at.is_not(None)).order_by(Blob.sha256)).all())
    problems = []
    for done, (sha256, blocked) in enumerate(known.items(), start=1):
        state = BlobState.SOUND if blocked else store.check(sha256)
        if state is not BlobState.SOUND:
            problems.append(StoreProblem(sha256, state, versions_on(session, sha256)))
        if progress:
            progress(done, len(known))
    orphans = tuple(d for d in store.digests() if d not in known)
    return StoreReport(len(known), sum(known.values()), tuple(problems), orphans)


def versions_on(session: Session, sha256: str) -> tuple[str, ...]:
    """Names of the versions that hold these bytes, by system and number. One query."""
    rows: Iterable[tuple[str, EvidenceItem, int]] = session.execute(
        select(ManagementSystem.slug, EvidenceItem, EvidenceVersion.number)
        .join(EvidenceItem, EvidenceItem.id == EvidenceVersion.item_id)
        .join(ManagementSystem, ManagementSystem.id == EvidenceItem.system_id)
        .where(EvidenceVersion.sha256 == sha256)
        .order_by(ManagementSystem.slug, EvidenceItem.number, EvidenceVersion.number)
    ).all()
    return tuple(f"{slug} {item.key} version {number}" for slug, item, number in rows)
