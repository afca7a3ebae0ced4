"""Which versions of which items answer an artefact, by what is known and decided on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from itsmcomply.readiness.engine.days import Vantage
from itsmcomply.readiness.engine.stays import Rules
from itsmcomply.readiness.facts import Item, Link, Review, Version
from itsmcomply.readiness.results import State

FAR_FUTURE = datetime.max.replace(tzinfo=UTC)


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
    """Sorts versions by what is known on a day; `next_moment` is the first later one that would tell more."""

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
            if version.kind in rules.admitted and self._stands(version):
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
