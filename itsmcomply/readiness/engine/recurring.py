"""Calendar periods of one subject: which are expected, which are covered, and what follows for state and coverage."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from itsmcomply.clauses.model import Period
from itsmcomply.clauses.policy import PeriodRule, Policy
from itsmcomply.readiness.engine import days
from itsmcomply.readiness.engine.days import ONE_DAY
from itsmcomply.readiness.engine.plain import Question, Seen, plain
from itsmcomply.readiness.engine.readings import Reading, overlap
from itsmcomply.readiness.results import PeriodOutcome, State, SubjectOutcome

LOOK_AHEAD = 120  # periods


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
        self.held = reading.periods_on(self.day)

    def seen(self) -> Seen:
        alone = self._plain()
        renewed = self._renewed()
        expected = expected_on(self.every, self.question.policy, self.since, self.day)
        periods = tuple(self._period(index, renewed=renewed) for index in expected)
        next_change = min(alone.changes_on, self._next_due_day(), self._next_end())
        outcome = self._outcome(alone.outcome, periods) if periods else self._not_yet(alone.outcome)
        return Seen(outcome, next_change, alone.any_current, alone.future)

    def left_out(self) -> Seen:
        """A subject of which no period is expected yet, beside others: it counts from its first due day on."""
        alone = self._plain()
        outcome = SubjectOutcome(
            self.subject, alone.outcome.state, None, (), self._due_on(self._next_gap()), None, renewal_due=False
        )
        return Seen(outcome, min(alone.changes_on, self._next_due_day()), alone.any_current, alone.future)

    def _outcome(self, alone: SubjectOutcome, periods: tuple[PeriodOutcome, ...]) -> SubjectOutcome:
        share = Fraction(sum(period.covered for period in periods), len(periods))
        if not periods[-1].covered:
            state = State.LAPSED if alone.state is State.CURRENT else alone.state
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

    def _not_yet(self, alone: SubjectOutcome) -> SubjectOutcome:
        """While no period is expected: as plain, until the first uncovered period is due."""
        if self.since is None or alone.state is not State.CURRENT:
            return alone
        first_due = self._due_on(self._first_expected())
        lapses_on = alone.lapses_on
        if lapses_on is None or lapses_on >= first_due:
            lapses_on = self._due_on(self._next_gap())
        return SubjectOutcome(
            self.subject, alone.state, alone.coverage, (), lapses_on, alone.renewal_due_on, alone.renewal_due
        )

    def _plain(self) -> Seen:
        return plain(self.reading, self.subject, self.day, self.question.renewed_from)

    def _renewed(self) -> date | None:
        """The day from which periods falling due are assumed covered: for a day to come, if current today."""
        today = self.question.renewed_from
        if today is None:
            return None
        question = replace(self.question, now=replace(self.question.now, day=today), renewed_from=None)
        seen = Recurring(question, self.every, self.since, self.reading, self.subject).seen()
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
