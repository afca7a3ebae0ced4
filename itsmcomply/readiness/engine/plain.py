"""What is asked of an artefact, and the answer for one subject without calendar periods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from itsmcomply.clauses.model import Artefact, SubjectKind
from itsmcomply.clauses.policy import Policy
from itsmcomply.readiness.engine.days import ONE_DAY, Vantage
from itsmcomply.readiness.engine.readings import Reading
from itsmcomply.readiness.engine.stays import Stretch
from itsmcomply.readiness.results import State, SubjectOutcome

ONE = Fraction(1)
NONE = Fraction(0)


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

    def read_for(self, per: SubjectKind | None) -> tuple[str | None, ...]:
        """The subjects evidence is read for: None is the whole; nothing while the list is not declared."""
        if per is None or self.list_empty(per):
            return (None,)
        return tuple(subject.key for subject in self.subjects) if self.declared else ()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: an artefact on a day, under the policy, in a setting.

    `renewed_from`: assume that what is current on that day is renewed from then on.
    """

    artefact: Artefact
    policy: Policy
    setting: Setting
    now: Vantage
    renewed_from: date | None


@dataclass(frozen=True, slots=True)
class Seen:
    """An outcome for one subject, and the first later day on which it may change although nothing arrives."""

    outcome: SubjectOutcome
    changes_on: date
    any_current: bool
    future: bool


def plain(reading: Reading, subject: str | None, day: date, renewed_from: date | None) -> Seen:
    """Covered if anything is current on the day."""
    stretch = reading.stretch(day, renewed_from)
    grace_from = _grace_from(stretch)
    due = grace_from is not None and grace_from <= day
    outcome = SubjectOutcome(
        subject=subject,
        state=State.CURRENT if stretch is not None else reading.other_state(day),
        coverage=ONE if stretch is not None else NONE,
        periods=(),
        lapses_on=None if stretch is None or stretch.last == date.max else stretch.last + ONE_DAY,
        renewal_due_on=grace_from,
        renewal_due=due,
    )
    changes = [reading.changes_on(day), outcome.lapses_on or date.max]
    if grace_from is not None and not due:
        changes.append(grace_from)
    future = any(start > day for start in reading.later_starts)
    return Seen(outcome, min(changes), stretch is not None, future)


def _grace_from(stretch: Stretch | None) -> date | None:
    """First day of the grace of what lasts longest; None where there is none before it ends."""
    if stretch is None or stretch.grace_from > stretch.last or stretch.grace_from == date.max:
        return None
    return stretch.grace_from
