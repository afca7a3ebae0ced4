"""What answering items show for one subject, condensed so that any later day can be answered from it at once."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from itsmcomply.readiness.engine.answers import Answer
from itsmcomply.readiness.engine.days import Span, days_after
from itsmcomply.readiness.engine.stays import Rules, Stay, Stretch, stays_of, stretch_on, stretches
from itsmcomply.readiness.results import State

Held = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Limited:
    """An item whose link is not accepted: it shows at most the link's own state and covers nothing."""

    verdict: State
    alone: Reading


@dataclass(frozen=True, slots=True)
class Reading:
    """For one subject and all days from the one it was read on.

    `current`: stretches of days with something current. `living`: stays not yet over when read, from which renewals are
    assumed. `first_start`: day from which anything accepted was in force. `later_starts`: of versions not yet in force
    when read. `held`: recorded periods without overlap; `held_later`: those of versions not yet in force, with
    the day they are. `states`: what undecided and rejected versions show.
    """

    current: tuple[Stretch, ...] = ()
    living: tuple[Stay, ...] = ()
    first_start: date = date.max
    later_starts: tuple[date, ...] = ()
    held: tuple[Held, ...] = ()
    held_later: tuple[tuple[date, Held], ...] = ()
    states: frozenset[State] = frozenset()
    limited: tuple[Limited, ...] = ()

    def stretch(self, day: date, renewed_from: date | None) -> Stretch | None:
        """What is current on the day without a gap; with `renewed_from` as if renewed from that day on."""
        if renewed_from is None:
            return stretch_on(self.current, day)
        return stretch_on(stretches(stay.renewed() for stay in self.living if stay.last >= renewed_from), day)

    def other_state(self, day: date) -> State:
        """The best state on a day on which nothing is current."""
        found = set(self.states)
        if self.first_start <= day:
            found.add(State.LAPSED)
        if any(start > day for start in self.later_starts):
            found.add(State.IN_REVIEW)
        found.update(_lower(one.verdict, one.alone.state(day)) for one in self.limited)
        return max(found, key=lambda state: state.rank, default=State.MISSING)

    def state(self, day: date) -> State:
        return State.CURRENT if stretch_on(self.current, day) is not None else self.other_state(day)

    def changes_on(self, day: date) -> date:
        """First later day on which a version takes effect or an item with an undecided link changes."""
        later = [start for start in self.later_starts if start > day]
        for one in self.limited:
            later.append(one.alone.changes_on(day))
            later.extend(edge for s in one.alone.current for edge in (s.start, days_after(s.last, 1)) if edge > day)
        return min(later, default=date.max)

    def periods_on(self, day: date) -> tuple[Held, ...]:
        """The recorded periods of versions in force, without overlap, in order."""
        later = [held for start, held in self.held_later if start <= day]
        return merged([*self.held, *later]) if later else self.held

    def plus(self, other: Reading) -> Reading:
        """What both show together."""
        return joined_reading([self, other])


def joined_reading(parts: Sequence[Reading]) -> Reading:
    """What all of them show together."""
    return Reading(
        stretches(chain.from_iterable(part.current for part in parts)),
        tuple(chain.from_iterable(part.living for part in parts)),
        min((part.first_start for part in parts), default=date.max),
        tuple(chain.from_iterable(part.later_starts for part in parts)),
        merged(chain.from_iterable(part.held for part in parts)),
        tuple(chain.from_iterable(part.held_later for part in parts)),
        frozenset().union(*(part.states for part in parts)),
        tuple(chain.from_iterable(part.limited for part in parts)),
    )


def _lower(first: State, second: State) -> State:
    return min(first, second, key=lambda state: state.rank)


def read(answers: Iterable[Answer], rules: Rules, known_on: date, subject: str | None = None) -> Reading:
    """What the answers show for one subject (None: the artefact has none), on `known_on` and later."""
    stays: list[Stay] = []
    held: list[tuple[date, Held]] = []
    states: set[State] = set()
    limited: list[Limited] = []
    for answer in answers:
        if answer.verdict is not State.CURRENT:
            limited.append(_limit(answer, rules, known_on, subject))
            continue
        accepted = answer.covering(answer.accepted, subject)
        stays += stays_of(accepted, rules)
        held += [
            (v.effective_on, (v.period_from, v.period_to))
            for v in accepted
            if v.period_from is not None and v.period_to is not None
        ]
        states.update(_shown(answer, subject))
    return Reading(
        current=stretches(stays),
        living=tuple(stay for stay in stays if stay.last >= known_on and stay.until >= known_on),
        first_start=min((stay.start for stay in stays), default=date.max),
        later_starts=tuple(stay.start for stay in stays if stay.start > known_on),
        held=merged(span for start, span in held if start <= known_on),
        held_later=tuple((start, span) for start, span in held if start > known_on),
        states=frozenset(states),
        limited=tuple(limited),
    )


def _limit(answer: Answer, rules: Rules, known_on: date, subject: str | None) -> Limited:
    free = Answer(
        answer.item,
        State.CURRENT,
        answer.subjects,
        answer.accepted,
        answer.reviews,
        answer.undecided,
        answer.rejected,
    )
    return Limited(answer.verdict, read([free], rules, known_on, subject))


def _shown(answer: Answer, subject: str | None) -> Iterable[State]:
    if answer.undecided and answer.covering(answer.undecided, subject):
        yield State.IN_REVIEW
    if answer.rejected and answer.covering(answer.rejected, subject):
        yield State.REJECTED


def merged(spans: Iterable[Held]) -> tuple[Held, ...]:
    """The days of all spans as spans without overlap, in order."""
    result: list[Held] = []
    for first, last in sorted(set(spans)):
        if result and first <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], last))
        elif first <= last:
            result.append((first, last))
    return tuple(result)


def overlap(spans: Iterable[Held], period: Span) -> int:
    """How many days of the period the spans (without overlap) hold."""
    return sum(
        (min(last, period.last) - max(first, period.first)).days + 1
        for first, last in spans
        if first <= period.last and last >= period.first
    )


@dataclass(frozen=True, slots=True)
class Readings:
    """A set of answering items: a reading per subject (None: the whole), their keys, and what stands beside."""

    by_subject: dict[str | None, Reading]
    keys: tuple[str, ...]
    pending: bool
    rejected_newer: bool

    def plus(self, other: Readings) -> Readings:
        """What both show together."""
        return joined([self, other])


def joined(parts: Sequence[Readings]) -> Readings:
    """What all of them show together; they are for the same subjects, and there is at least one."""
    if len(parts) == 1:
        return parts[0]
    return Readings(
        {subject: joined_reading([part.by_subject[subject] for part in parts]) for subject in parts[0].by_subject},
        _united([part.keys for part in parts]),
        any(part.pending for part in parts),
        any(part.rejected_newer for part in parts),
    )


def read_all(answers: Sequence[Answer], rules: Rules, known_on: date, subjects: Iterable[str | None]) -> Readings:
    """Read the answers for each subject. Linear in versions and, for versions that name subjects, in those named."""
    relevant = _by_subject(answers)
    return Readings(
        {
            subject: read(
                answers if subject is None else [*relevant.get(None, ()), *relevant.get(subject, ())],
                rules,
                known_on,
                subject,
            )
            for subject in subjects
        },
        _in_order({answer.item for answer in answers}),
        any(answer.pending for answer in answers),
        any(answer.rejected_newer for answer in answers),
    )


def _united(parts: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """All keys in order. A few are put into the longest part, which is in order already; many are sorted."""
    longest = max(parts, key=len)
    more = {key for keys in parts if keys is not longest for key in keys}.difference(longest)
    if len(more) > len(longest) // 16:
        return _in_order([*longest, *more])
    found = list(longest)
    for key in more:
        insort(found, key, key=lambda one: (len(one), one))
    return tuple(found)


def _in_order(keys: Iterable[str]) -> tuple[str, ...]:
    """By length, then by letters; two plain sorts are faster than one by both, most of all where runs are in order."""
    return tuple(sorted(sorted(keys), key=len))


def _by_subject(answers: Iterable[Answer]) -> dict[str | None, list[Answer]]:
    """Answers by the subjects they cover; None: those that cover all."""
    found: dict[str | None, list[Answer]] = {}
    for answer in answers:
        covered = answer.covered
        for key in (None,) if covered is None else covered:
            found.setdefault(key, []).append(answer)
    return found
