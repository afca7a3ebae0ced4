"""Where every version of the register stands on a day, from the engine's own facts. Pure.

Coverage per subject and per period is the engine's; here a version is told whether it counts, waits, lapsed or was
replaced, by the same rules of dates (`derivation.md` 2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from itsmcomply.clauses.model import Artefact, Catalogue, Facet
from itsmcomply.clauses.policy import Freshness
from itsmcomply.evidence.filing import Claim, last_current_day, renewal_due_on
from itsmcomply.evidence.kinds import VersionKind
from itsmcomply.readiness.engine.days import Vantage, value_in_force
from itsmcomply.readiness.facts import Facts, Item, Review, Version
from itsmcomply.reports.model import EvidenceCounts, RegisterState

Stand: TypeAlias = tuple[RegisterState, date | None]
"""State and, where the version counts or once counted, the last day it does so (None: until replaced)."""

Stands: TypeAlias = Mapping[str, Mapping[int, Stand]]
"""By item key, then version number; only versions known on the day."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the versions of one artefact are measured by. `fresh`: answers so far, since many share their days."""

    artefact: Artefact
    interval: int | None
    freshness: Freshness
    now: Vantage
    fresh: dict[tuple[str, date, date | None, date | None], Stand] = field(default_factory=dict)


def stands(catalogue: Catalogue, freshness: Freshness, facts: Facts, now: Vantage) -> dict[str, dict[int, Stand]]:
    """Every known version of every item. About a third of a second for 50,000 items."""
    found: dict[str, dict[int, Stand]] = {}
    for key, filed in facts.artefacts.items():
        artefact = catalogue.artefacts.get(key)
        if artefact is None:
            continue
        own = value_in_force(facts.system.own_intervals.get(key, ()), now)
        terms = Terms(artefact, artefact.freshness_days if own is None else own, freshness, now)
        for item in filed.filed:
            known = [version for version in item.versions if now.knows(version.received_at)]
            if known:
                found[item.key] = of_item(known, terms)
    return found


def of_item(versions: Sequence[Version], terms: Terms) -> dict[int, Stand]:
    """The versions of one item that are known on the day, by number."""
    refused = {version.number: _refusal(version, terms.now) for version in versions}
    accepted = [version for version in versions if refused[version.number] is None]
    replaced = _replaced(accepted) if terms.artefact.facet is Facet.DOCUMENTED and len(accepted) > 1 else frozenset()
    found: dict[int, Stand] = {}
    for version in versions:
        state = refused[version.number]
        found[version.number] = _stand(version, terms, replaced) if state is None else (state, None)
    return found


def _refusal(version: Version, now: Vantage) -> RegisterState | None:
    """Why a version does not count on the day, whatever its dates; None where it does."""
    if now.knows(version.withdrawn_at):
        return RegisterState.WITHDRAWN
    decision = latest(version.reviews, now)
    if decision is None:
        return RegisterState.IN_REVIEW
    if not decision.accepted:
        return RegisterState.REJECTED
    return RegisterState.NOT_YET if version.effective_on > now.day else None


def latest(reviews: Sequence[Review], now: Vantage) -> Review | None:
    """The decision that stands: the latest known one; of two at one moment the rejection."""
    known = [review for review in reviews if review.decided_at < now.cutoff]
    if len(known) < 2:
        return known[0] if known else None
    return max(known, key=lambda review: (review.decided_at, not review.accepted))


def _replaced(accepted: Sequence[Version]) -> frozenset[int]:
    """Numbers of documents for whose every subject a newer one stands."""
    found: set[int] = set()
    covered: set[str] = set()
    everything = False
    for version in sorted(accepted, key=lambda v: (v.effective_on, v.number), reverse=True):
        if everything or (version.subjects is not None and version.subjects <= covered):
            found.add(version.number)
        everything = everything or version.subjects is None
        covered |= version.subjects or frozenset()
    return frozenset(found)


def _stand(version: Version, terms: Terms, replaced: frozenset[int]) -> Stand:
    """Where an accepted version stands."""
    if version.number in replaced:
        return RegisterState.REPLACED, None
    if terms.artefact.every is not None:
        return RegisterState.COVERS, None
    days = (version.kind.value, version.effective_on, version.valid_until, version.seen_on)
    if days not in terms.fresh:
        terms.fresh[days] = _freshness(Claim(VersionKind(days[0]), *days[1:]), terms)
    return terms.fresh[days]


def _freshness(claim: Claim, terms: Terms) -> Stand:
    last = last_current_day(claim, terms.interval, terms.freshness)
    if last is not None and terms.now.day > last:
        return RegisterState.LAPSED, last
    due = renewal_due_on(claim, terms.interval, terms.freshness)
    return (RegisterState.DUE if due is not None and terms.now.day >= due else RegisterState.CURRENT), last


def counts(found: Stands) -> EvidenceCounts:
    """Versions by state, in the order of the states; states without any are left out."""
    by_state = Counter(state for versions in found.values() for state, _ in versions.values())
    listed = tuple((state, by_state[state]) for state in RegisterState if by_state[state])
    return EvidenceCounts(len(found), by_state.total(), listed)


def offered_for(item: Item, controls: Mapping[str, str], now: Vantage) -> str:
    """Requirements and controls that an item is also offered for on the day; `controls`: reference by key."""
    links = [link for link in item.links if now.knows(link.linked_at) and not now.knows(link.ended_at)]
    return ", ".join(dict.fromkeys(link.requirement or controls.get(link.control or "", "") for link in links))
