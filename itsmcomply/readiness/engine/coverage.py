"""State and coverage of an artefact by a set of answering items: per subject, per period, and as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from itsmcomply.clauses.model import Artefact, Period, SubjectKind
from itsmcomply.clauses.policy import PeriodRule, Policy
from itsmcomply.readiness.engine import days
from itsmcomply.readiness.engine.days import ONE_DAY, Vantage
from itsmcomply.readiness.engine.versions import Answer, Reading, Rules, Stay, is_current, read
from itsmcomply.readiness.results import Outcome, PeriodOutcome, State, SubjectOutcome

ONE = Fraction(1)
NONE = Fraction(0)
LOOK_AHEAD = 120  # periods


@dataclass(frozen=True, slots=True)
class SubjectInForce:
    key: str
    from_on: date


@dataclass(frozen=True, slots=True)
class Setting:
    """What of the system's own entries an artefact's coverage depends on, as in force on the day.

    `declared`: the subject list is declared (True without `per`). `subjects`: in force, by key.
    """

    own_interval: int | None
    operating_since: date | None
    declared: bool
    subjects: tuple[SubjectInForce, ...]

    def list_empty(self, per: SubjectKind | None) -> bool:
        return per is not None and self.declared and not self.subjects


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: an artefact on a day, under the policy, in a setting, with its rules for versions."""

    artefact: Artefact
    policy: Policy
    setting: Setting
    rules: Rules
    now: Vantage

    @property
    def plain_rules(self) -> Rules:
        """The same without assumed renewals."""
        return replace(self.rules, renewed_from=None)


@dataclass(frozen=True, slots=True)
class Seen:
    """An outcome for one subject, and the first later day on which it may change although nothing arrives."""

    outcome: SubjectOutcome
    changes_on: date
    any_current: bool
    future: bool


def outcome_of(question: Question, answers: Sequence[Answer]) -> tuple[Outcome, date]:
    """The outcome on the day, and the first later day on which it may change although nothing arrives."""
    seen = tuple(_subjects_seen(question, answers))
    counted = [s.outcome for s in seen if s.outcome.coverage is not None]
    state = min((s.state for s in counted), key=lambda state: state.rank, default=State.MISSING)
    lapse = min((s.outcome.lapses_on or date.max for s in seen), default=date.max)
    is_now = state is State.CURRENT
    due_days = [s.renewal_due_on for s in counted if s.renewal_due_on is not None]
    outcome = Outcome(
        state=state,
        coverage=_mean([s.coverage for s in counted if s.coverage is not None]),
        lapses_on=lapse if is_now and lapse < date.max else None,
        renewal_due=is_now and any(s.renewal_due for s in counted),
        renewal_due_on=min(due_days) if is_now and due_days else None,
        answers=_keys(answers),
        subjects=tuple(s.outcome for s in seen),
        pending=any(answer.pending for answer in answers),
        rejected_newer=any(answer.rejected_newer for answer in answers),
        future=any(s.future for s in seen),
        any_current=any(s.any_current for s in seen),
        list_declared=question.setting.declared,
        list_empty=question.setting.list_empty(question.artefact.per),
    )
    return outcome, min((s.changes_on for s in seen), default=date.max)


def _mean(shares: Sequence[Fraction]) -> Fraction:
    return sum(shares, NONE) / len(shares) if shares else NONE


def _keys(answers: Iterable[Answer]) -> tuple[str, ...]:
    return tuple(sorted({answer.item for answer in answers}, key=lambda key: (len(key), key)))


def _subjects_seen(question: Question, answers: Sequence[Answer]) -> Iterable[Seen]:
    """One for the whole without `per` or with an empty list; else one per subject in force; none if undeclared."""
    setting, artefact = question.setting, question.artefact
    if artefact.per is None:
        return [_see(question, answers, None, setting.operating_since)]
    if setting.list_empty(artefact.per):
        return [_plain(read(answers, question.rules, question.now.day), None, question.now.day)]
    return _each_subject(question, answers) if setting.declared else []


def _each_subject(question: Question, answers: Sequence[Answer]) -> Iterable[Seen]:
    """A subject with no period expected yet is left out (coverage None) unless that is so for all of them."""
    relevant = _by_subject(answers)
    begun = {subject.key: _begin(question, subject) for subject in question.setting.subjects}
    every = question.artefact.every
    new = {
        key
        for key, since in begun.items()
        if every and not expected_on(every, question.policy, since, question.now.day)
    }
    left_out = new if len(new) < len(begun) else set()
    for key, since in begun.items():
        own = [*relevant.get(None, ()), *relevant.get(key, ())]
        yield _see(question, own, key, since, left_out=key in left_out)


def _by_subject(answers: Iterable[Answer]) -> dict[str | None, list[Answer]]:
    """Answers by the subjects they cover; None: those that cover all."""
    found: dict[str | None, list[Answer]] = {}
    for answer in answers:
        covered = answer.covered
        for key in (None,) if covered is None else covered:
            found.setdefault(key, []).append(answer)
    return found


def _begin(question: Question, subject: SubjectInForce) -> date | None:
    since = question.setting.operating_since
    return None if since is None else max(since, subject.from_on)


def _see(
    question: Question, answers: Sequence[Answer], subject: str | None, since: date | None, *, left_out: bool = False
) -> Seen:
    reading = read(answers, question.rules, question.now.day, subject)
    if question.artefact.every is None:
        return _plain(reading, subject, question.now.day)
    recurring = Recurring(question, question.artefact.every, since, reading, subject)
    return recurring.left_out() if left_out else recurring.seen(answers)


def _plain(reading: Reading, subject: str | None, day: date) -> Seen:
    state = reading.state(day)
    covered = ONE if state is State.CURRENT else NONE
    end = reach(reading.stays, day) if state is State.CURRENT else None
    grace_from = _grace_from(end)
    due = grace_from is not None and grace_from <= day
    outcome = SubjectOutcome(
        subject, state, covered, (), _next_day(end.last) if end is not None else None, grace_from, due
    )
    future = [stay.start for stay in reading.stays if stay.start > day]
    changes = [reading.changes_on, *future, outcome.lapses_on or date.max]
    if grace_from is not None and not due:
        changes.append(grace_from)
    return Seen(outcome, min(changes), is_current(reading.stays, day), bool(future))


def reach(stays: Iterable[Stay], day: date) -> Stay:
    """Of the stays that follow on each other without a gap from `day`, the one that lasts longest."""
    end = Stay(day, days.days_after(day, -1), date.max)
    for stay in sorted(stays):
        if stay.start <= days.days_after(end.last, 1) and (stay.last, stay.grace_from) > (end.last, end.grace_from):
            end = stay
    return end


def _next_day(last: date) -> date | None:
    return None if last == date.max else last + ONE_DAY


def _grace_from(end: Stay | None) -> date | None:
    """First day of the grace of what lasts longest; None where there is none before it ends."""
    if end is None or end.grace_from > end.last or end.grace_from == date.max:
        return None
    return end.grace_from


def expected_on(every: Period, policy: Policy, since: date | None, day: date) -> tuple[int, ...]:
    """Indexes of the periods expected on the day, oldest first."""
    rule, months = policy.recurrence.of(every), days.MONTHS[every]
    last = days.last_due(months, rule.due_offset_days, day)
    return days.expected_periods(months, last, rule.expected, since, policy.recurrence.expected_share)


class Recurring:
    """One subject of an artefact with `every`: which periods are covered, and what follows from that."""

    def __init__(
        self, question: Question, every: Period, since: date | None, reading: Reading, subject: str | None
    ) -> None:
        self.question = question
        self.every = every
        self.since = since
        self.reading = reading
        self.subject = subject
        self.day = question.now.day
        self.rule: PeriodRule = question.policy.recurrence.of(every)
        self.months = days.MONTHS[every]
        self.held = merged(reading.held)

    def seen(self, answers: Sequence[Answer]) -> Seen:
        plain = _plain(self.reading, self.subject, self.day)
        renewed = self._renewed(answers)
        expected = expected_on(self.every, self.question.policy, self.since, self.day)
        periods = tuple(self._period(index, renewed=renewed) for index in expected)
        next_change = min(plain.changes_on, self._next_due_day(), self._next_end())
        outcome = self._outcome(plain.outcome, periods) if periods else self._not_yet(plain.outcome)
        return Seen(outcome, next_change, plain.any_current, plain.future)

    def left_out(self) -> Seen:
        """A subject of which no period is expected yet, beside others: it counts from its first due day on."""
        plain = _plain(self.reading, self.subject, self.day)
        one = plain.outcome
        outcome = SubjectOutcome(
            self.subject, one.state, None, (), self._due_on(self._next_gap()), None, renewal_due=False
        )
        return Seen(outcome, min(plain.changes_on, self._next_due_day()), plain.any_current, plain.future)

    def _outcome(self, plain: SubjectOutcome, periods: tuple[PeriodOutcome, ...]) -> SubjectOutcome:
        share = Fraction(sum(period.covered for period in periods), len(periods))
        if not periods[-1].covered:
            state = State.LAPSED if plain.state is State.CURRENT else plain.state
            return SubjectOutcome(self.subject, state, share, periods, None, None, renewal_due=False)
        gap = self._next_gap()
        ended_on = days.period_span(self.months, gap).last
        return SubjectOutcome(
            self.subject,
            State.CURRENT,
            share,
            periods,
            lapses_on=self._due_on(gap),
            renewal_due_on=ended_on + ONE_DAY,
            renewal_due=ended_on < self.day,
        )

    def _not_yet(self, plain: SubjectOutcome) -> SubjectOutcome:
        """While no period is expected: as plain, until the first uncovered period is due."""
        if self.since is None or plain.state is not State.CURRENT:
            return plain
        first_due = self._due_on(self._first_expected())
        lapses_on = plain.lapses_on
        if lapses_on is None or lapses_on >= first_due:
            lapses_on = self._due_on(self._next_gap())
        return SubjectOutcome(
            self.subject, plain.state, plain.coverage, (), lapses_on, plain.renewal_due_on, plain.renewal_due
        )

    def _renewed(self, answers: Sequence[Answer]) -> date | None:
        """The day from which periods falling due are assumed covered: for a day to come, if current today."""
        today = self.question.rules.renewed_from
        if today is None:
            return None
        rules = self.question.plain_rules
        now = Vantage(today, self.question.now.known_on, self.question.now.zone, self.question.now.cutoff)
        plain = Question(self.question.artefact, self.question.policy, self.question.setting, rules, now)
        reading = read(answers, rules, today, self.subject)
        seen = Recurring(plain, self.every, self.since, reading, self.subject).seen(answers)
        return today if seen.outcome.state is State.CURRENT else None

    def _period(self, index: int, *, renewed: date | None) -> PeriodOutcome:
        span = days.period_span(self.months, index)
        due_on = self._due_on(index)
        covered = (renewed is not None and due_on > renewed) or self._is_covered(index)
        return PeriodOutcome(self.every, span.first, span.last, due_on, covered)

    def _is_covered(self, index: int) -> bool:
        span = days.period_span(self.months, index)
        return overlap(self.held, span) >= self.question.policy.recurrence.covered_share * span.days

    def _last_due(self) -> int:
        return days.last_due(self.months, self.rule.due_offset_days, self.day)

    def _next_gap(self) -> int:
        """The first period due after the day that is expected and not covered (looking at most LOOK_AHEAD far)."""
        first = self._first_expected()
        ahead = range(first, first + LOOK_AHEAD)
        return next((index for index in ahead if not self._is_covered(index)), first + LOOK_AHEAD)

    def _first_expected(self) -> int:
        index = self._last_due() + 1
        since, share = self.since, self.question.policy.recurrence.expected_share
        if since is None or days.is_expected(self.months, index, since, share):
            return index
        index = days.period_index(self.months, since)
        return index if days.is_expected(self.months, index, since, share) else index + 1

    def _due_on(self, index: int) -> date:
        return days.due_day(self.months, self.rule.due_offset_days, index)

    def _next_due_day(self) -> date:
        return self._due_on(self._last_due() + 1)

    def _next_end(self) -> date:
        """The next day on which a period has just ended."""
        return days.period_span(self.months, days.period_index(self.months, self.day)).last + ONE_DAY


def merged(spans: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """The days of all spans as spans without overlap, in order."""
    result: list[tuple[date, date]] = []
    for first, last in sorted(set(spans)):
        if result and first <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], last))
        elif first <= last:
            result.append((first, last))
    return result


def overlap(spans: Iterable[tuple[date, date]], period: days.Span) -> int:
    """How many days of the period the spans (without overlap) hold."""
    return sum(
        (min(last, period.last) - max(first, period.first)).days + 1
        for first, last in spans
        if first <= period.last and last >= period.first
    )
