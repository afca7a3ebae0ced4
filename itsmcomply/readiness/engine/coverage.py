"""State and coverage of an artefact as a whole, from what its answering items show for each subject."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from itsmcomply.readiness.engine.plain import NONE, Question, Seen, SubjectInForce, plain
from itsmcomply.readiness.engine.readings import Reading, Readings
from itsmcomply.readiness.engine.recurring import Recurring, expected_on
from itsmcomply.readiness.results import Outcome, State


def outcome_of(question: Question, readings: Readings) -> tuple[Outcome, date]:
    """The outcome on the day, and the first later day on which it may change although nothing arrives."""
    seen = tuple(_subjects_seen(question, readings))
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
        answers=readings.keys,
        subjects=tuple(s.outcome for s in seen),
        pending=readings.pending,
        rejected_newer=readings.rejected_newer,
        future=any(s.future for s in seen),
        any_current=any(s.any_current for s in seen),
        list_declared=question.setting.declared,
        list_empty=question.setting.list_empty(question.artefact.per),
    )
    return outcome, min((s.changes_on for s in seen), default=date.max)


def _mean(shares: Sequence[Fraction]) -> Fraction:
    return sum(shares, NONE) / len(shares) if shares else NONE


def _subjects_seen(question: Question, readings: Readings) -> Iterable[Seen]:
    """One for the whole without `per` or with an empty list; else one per subject in force; none if undeclared."""
    setting, artefact = question.setting, question.artefact
    if artefact.per is None:
        return [_see(question, readings.by_subject[None], None, setting.operating_since)]
    if setting.list_empty(artefact.per):
        return [plain(readings.by_subject[None], None, question.now.day, question.renewed_from)]
    return _each_subject(question, readings) if setting.declared else []


def _each_subject(question: Question, readings: Readings) -> Iterable[Seen]:
    """A subject with no period expected yet is left out (coverage None) unless that is so for all of them."""
    begun = {subject.key: _begin(question, subject) for subject in question.setting.subjects}
    every = question.artefact.every
    new = {
        key
        for key, since in begun.items()
        if every and not expected_on(every, question.policy, since, question.now.day)
    }
    left_out = new if len(new) < len(begun) else set()
    for key, since in begun.items():
        yield _see(question, readings.by_subject[key], key, since, left_out=key in left_out)


def _begin(question: Question, subject: SubjectInForce) -> date | None:
    since = question.setting.operating_since
    return None if since is None else max(since, subject.from_on)


def _see(
    question: Question, reading: Reading, subject: str | None, since: date | None, *, left_out: bool = False
) -> Seen:
    if question.artefact.every is None:
        return plain(reading, subject, question.now.day, question.renewed_from)
    recurring = Recurring(question, question.artefact.every, since, reading, subject)
    return recurring.left_out() if left_out else recurring.seen()
