"""Where an item stands as a whole: which version is shown, whether it counts, until when. Pure; the engine knows more.

This serves lists and pages of evidence. Coverage, per subject and per period, is the engine's alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from itsmcomply.clauses.model import Artefact, Facet
from itsmcomply.clauses.policy import Freshness
from itsmcomply.evidence.filing import Claim, last_current_day
from itsmcomply.evidence.kinds import Decision, Standing, VersionState
from itsmcomply.evidence.rules import state_of


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One version, as far as standing needs it. `decision` is its latest review."""

    number: int
    claim: Claim
    received_at: datetime
    decision: Decision | None = None
    withdrawn: bool = False

    @property
    def state(self) -> VersionState:
        return state_of(latest=self.decision, withdrawn=self.withdrawn)


@dataclass(frozen=True, slots=True)
class ItemStanding:
    """Numbers are version numbers. `current_until` None: until replaced, or nothing counts. `restands_on`: the first
    later day on which an accepted version takes effect, so that all this must be derived anew. `latest_rejected`: the
    newest version was rejected, whatever counts besides.
    """

    standing: Standing
    shown: int
    latest: int
    current_until: date | None
    pending_since: datetime | None
    restands_on: date | None
    latest_rejected: bool


def standing_of(
    versions: Sequence[VersionFacts],
    artefact: Artefact,
    *,
    freshness_days: int | None,
    freshness: Freshness,
    today: date,
) -> ItemStanding:
    """Derive an item's standing on `today` from all its versions (at least one). Follows `derivation.md` 2."""
    accepted = [v for v in versions if v.state is VersionState.ACCEPTED]
    undecided = [v for v in versions if v.state is VersionState.IN_REVIEW]
    in_force = [v for v in accepted if v.claim.effective_on <= today]
    later = [v.claim.effective_on for v in accepted if v.claim.effective_on > today]
    counting = sorted(in_force, key=_age)
    if artefact.facet is Facet.DOCUMENTED:
        counting = counting[-1:]
    latest = max(versions, key=lambda version: version.number)
    standing = _standing(versions, counts=bool(counting), pending=bool(undecided or later))
    return ItemStanding(
        standing=standing,
        shown=_shown(versions, counting, undecided or [v for v in accepted if v not in in_force]),
        latest=latest.number,
        current_until=_until(counting, artefact, freshness_days, freshness),
        pending_since=min((v.received_at for v in undecided), default=None),
        restands_on=min(later, default=None),
        latest_rejected=latest.state is VersionState.REJECTED,
    )


def _age(version: VersionFacts) -> tuple[date, int]:
    return version.claim.effective_on, version.number


def _standing(versions: Sequence[VersionFacts], *, counts: bool, pending: bool) -> Standing:
    if counts:
        return Standing.COUNTING
    if pending:
        return Standing.IN_REVIEW
    if any(v.state is VersionState.REJECTED for v in versions):
        return Standing.REJECTED
    return Standing.WITHDRAWN


def _shown(versions: Sequence[VersionFacts], counting: Sequence[VersionFacts], pending: Sequence[VersionFacts]) -> int:
    if counting:
        return counting[-1].number
    rejected = [v for v in versions if v.state is VersionState.REJECTED]
    return max(v.number for v in pending or rejected or versions)


def _until(
    counting: Sequence[VersionFacts], artefact: Artefact, freshness_days: int | None, freshness: Freshness
) -> date | None:
    # A recurring record goes on covering its period; what lapses there is the next period, which no item holds yet.
    if not counting or artefact.every is not None:
        return None
    ends = [last_current_day(v.claim, freshness_days, freshness) for v in counting]
    return None if None in ends else max(end for end in ends if end is not None)
