"""Which versions of which items count on a day, and from when to when each makes its item current."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from itsmcomply.clauses.model import Artefact, Basis, Facet
from itsmcomply.clauses.policy import Freshness
from itsmcomply.readiness.engine.days import ONE_DAY, Vantage, days_after
from itsmcomply.readiness.facts import Item, Link, Review, Version, VersionKind
from itsmcomply.readiness.results import State

FAR_FUTURE = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rules:
    """How versions answer one artefact.

    `renewed_from`: assume that what is current on that day is renewed from then on. `interval_days` None: good until
    replaced. `nil_only`: the subject list is declared empty.
    """

    freshness: Freshness
    interval_days: int | None
    one_per_item: bool
    statements: bool
    nil: bool
    nil_only: bool
    renewed_from: date | None

    def admits(self, kind: VersionKind) -> bool:
        if kind is VersionKind.NIL:
            return self.nil
        if self.nil_only:
            return False
        return self.statements or kind is not VersionKind.STATEMENT


def rules_for(
    artefact: Artefact, freshness: Freshness, *, own_interval: int | None, list_empty: bool, renewed_from: date | None
) -> Rules:
    """The rules for an artefact; the organisation's own interval takes the place of the catalogue's."""
    interval = artefact.freshness_days if own_interval is None else min(own_interval, freshness.own_interval_max_days)
    return Rules(
        freshness=freshness,
        interval_days=interval,
        one_per_item=artefact.facet is Facet.DOCUMENTED,
        statements=artefact.basis is Basis.GOOD_PRACTICE,
        nil=artefact.event_driven or list_empty,
        nil_only=list_empty,
        renewed_from=renewed_from,
    )


class Stay(NamedTuple):
    """The days on which a version makes its item current; `grace_from`: first day of the grace (after `last`: none)."""

    start: date
    last: date
    grace_from: date


def stay_of(version: Version, rules: Rules) -> Stay:
    """From when to when a version is current by itself. A stay that ends before it starts was never current."""
    last, grace_from = _limits(version, rules)
    if version.valid_until is not None and version.valid_until < last:
        last = version.valid_until
    if rules.renewed_from is not None and last >= rules.renewed_from:
        last = version.valid_until or date.max
    return Stay(version.effective_on, last, grace_from)


def _limits(version: Version, rules: Rules) -> tuple[date, date]:
    """Last current day by the interval alone, and the first day of the grace."""
    freshness, interval = rules.freshness, rules.interval_days
    if version.kind is VersionKind.LINK:
        seen_on = version.seen_on or version.effective_on
        last = days_after(seen_on, freshness.link_max_days)
        if interval is not None:
            last = min(last, days_after(version.effective_on, interval))
        return last, date.max
    if interval is None:
        if version.kind is not VersionKind.NIL:
            return date.max, date.max
        interval = freshness.nil_default_days
    return _with_grace(version.effective_on, interval, freshness.grace_days(interval))


@lru_cache(maxsize=16384)
def _with_grace(start: date, interval_days: int, grace_days: int) -> tuple[date, date]:
    """Last day of the grace and its first. Kept, because thousands of records share a few hundred days."""
    end = days_after(start, interval_days)
    return days_after(end, grace_days), days_after(end, 1)


@dataclass(slots=True)
class Reading:
    """What answering items show for one subject, gathered item by item.

    `stays`: of accepted versions (chosen ones where one per item counts). `held`: their recorded periods. `states`: of
    items whose link is not accepted. `changes_on`: first later day on which one of those states changes.
    """

    stays: list[Stay] = field(default_factory=list)
    held: list[tuple[date, date]] = field(default_factory=list)
    states: set[State] = field(default_factory=set)
    changes_on: date = date.max

    def state(self, day: date) -> State:
        """The best state on `day`, by items alone (no calendar periods)."""
        if is_current(self.stays, day):
            return State.CURRENT
        candidates = set(self.states)
        candidates.update(State.IN_REVIEW if stay.start > day else State.LAPSED for stay in self.stays)
        return max(candidates, key=lambda state: state.rank, default=State.MISSING)


def is_current(stays: Iterable[Stay], day: date) -> bool:
    return any(stay.start <= day <= stay.last for stay in stays)


@dataclass(slots=True)
class Answer:
    """One item as an answer to an artefact: its versions known on the day, sorted by what was decided.

    `verdict` is the state that its link allows at best: CURRENT without link or with an accepted one. `reviews` holds
    the decision on each accepted version, in the same order.
    """

    item: str
    verdict: State
    subjects: frozenset[str] | None
    accepted: list[Version] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    undecided: list[Version] = field(default_factory=list)
    rejected: list[Version] = field(default_factory=list)

    def covering(self, versions: list[Version], subject: str | None) -> list[Version]:
        """Those of its versions that cover the subject."""
        if subject is None:
            return versions
        if self.subjects is not None:
            return versions if subject in self.subjects else []
        return [version for version in versions if version.subjects is None or subject in version.subjects]

    @property
    def covered(self) -> frozenset[str] | None:
        """Subjects that any of its versions covers; None: all."""
        if self.subjects is not None:
            return self.subjects
        found: set[str] = set()
        for version in (*self.accepted, *self.undecided, *self.rejected):
            if version.subjects is None:
                return None
            found.update(version.subjects)
        return frozenset(found)

    @property
    def pending(self) -> bool:
        return self.verdict is State.IN_REVIEW or bool(self.undecided)

    @property
    def rejected_newer(self) -> bool:
        """Its newest decided version was rejected, or the link was."""
        newest = max((v.number for v in self.accepted), default=0)
        return self.verdict is State.REJECTED or any(v.number > newest for v in self.rejected)


@dataclass(slots=True)
class Knowledge:
    """Sorts versions by what is known at a moment; `next_moment` is the first later one that would tell more."""

    now: Vantage
    next_moment: datetime = FAR_FUTURE

    def has(self, moment: datetime) -> bool:
        if moment < self.now.cutoff:
            return True
        self.next_moment = min(self.next_moment, moment)
        return False

    def decision(self, reviews: Sequence[Review]) -> Review | None:
        """The latest review by the day; of two at one moment the rejection."""
        if len(reviews) == 1 and reviews[0].decided_at < self.now.cutoff:
            return reviews[0]
        known = [review for review in reviews if self.has(review.decided_at)]
        if not known:
            return None
        return max(known, key=lambda review: (review.decided_at, not review.accepted))

    def answer(self, item: Item, rules: Rules, link: Link | None = None) -> Answer | None:
        """The item's versions that may answer; None where there are none or the link does not stand."""
        verdict = State.CURRENT if link is None else self._link_verdict(link)
        if verdict is State.MISSING:
            return None
        answer = Answer(item.key, verdict, None if link is None else link.subjects)
        for version in item.versions:
            if rules.admits(version.kind) and self._stands(version):
                self._sort(version, answer)
        return answer if answer.accepted or answer.undecided or answer.rejected else None

    def _stands(self, version: Version) -> bool:
        if not self.has(version.received_at):
            return False
        return version.withdrawn_at is None or not self.has(version.withdrawn_at)

    def _sort(self, version: Version, answer: Answer) -> None:
        decision = self.decision(version.reviews)
        if decision is None:
            answer.undecided.append(version)
        elif decision.accepted:
            answer.accepted.append(version)
            answer.reviews.append(decision)
        else:
            answer.rejected.append(version)

    def _link_verdict(self, link: Link) -> State:
        if not self.has(link.linked_at) or (link.ended_at is not None and self.has(link.ended_at)):
            return State.MISSING
        decision = self.decision(link.reviews)
        if decision is None:
            return State.IN_REVIEW
        return State.CURRENT if decision.accepted else State.REJECTED


def read(answers: Iterable[Answer], rules: Rules, day: date, subject: str | None = None) -> Reading:
    """What the answers show for one subject (None: the artefact has none)."""
    reading = Reading()
    for answer in answers:
        accepted = answer.covering(answer.accepted, subject)
        stays = _stays(accepted, rules)
        if answer.verdict is State.CURRENT:
            reading.stays.extend(stays)
            reading.held.extend(_periods(accepted, day))
            reading.states.update(_undecided_states(answer, subject))
        else:
            _add_limited(reading, answer, stays, subject, day)
    return reading


def _stays(accepted: Sequence[Version], rules: Rules) -> list[Stay]:
    """Stays of the versions that count; where one per item counts, each ends when the next takes effect."""
    if len(accepted) < 2 or not rules.one_per_item:
        return [stay_of(version, rules) for version in accepted]
    by_day = {v.effective_on: v for v in sorted(accepted, key=lambda v: (v.effective_on, v.number))}
    stays = [stay_of(version, rules) for version in by_day.values()]
    ends = [stay.start - ONE_DAY for stay in stays[1:]] + [date.max]
    return [stay._replace(last=min(stay.last, end)) for stay, end in zip(stays, ends, strict=True)]


def _periods(accepted: Iterable[Version], day: date) -> Iterable[tuple[date, date]]:
    for version in accepted:
        if version.period_from is not None and version.period_to is not None and version.effective_on <= day:
            yield version.period_from, version.period_to


def _undecided_states(answer: Answer, subject: str | None) -> Iterable[State]:
    if answer.undecided and answer.covering(answer.undecided, subject):
        yield State.IN_REVIEW
    if answer.rejected and answer.covering(answer.rejected, subject):
        yield State.REJECTED


def _add_limited(reading: Reading, answer: Answer, stays: list[Stay], subject: str | None, day: date) -> None:
    """Add an item whose link is not accepted: it shows at most the link's own state and covers nothing."""
    alone = Reading(stays, [], set(_undecided_states(answer, subject)))
    state = alone.state(day)
    reading.states.add(min(state, answer.verdict, key=lambda s: s.rank))
    edges = [edge for stay in stays for edge in (stay.start, days_after(stay.last, 1)) if edge > day]
    reading.changes_on = min([reading.changes_on, *edges])
