"""Days and findings: time limits by grade, what is overdue and who has to hear of it, age, repetition. Pure.

Only two closing times come from ISO/IEC 17021-1; all others are set by certification bodies and organisations, so the
catalogue's are defaults. All count in calendar days from the day of the finding.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from itsmcomply.clauses.model import CertificationCycle, FindingGrade
from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.rules import Case, PlanState, State, is_open, state_of
from itsmcomply.wording import N_, Sentence, say

EFFECT_DAYS = 30
"""After this many days the effect is verified, unless a system sets its own: long enough for one monthly cycle."""

LONGEST_DAYS = 1096
REPEAT_MONTHS = 24
TELL_MANAGER_AFTER = 14
TELL_TOP_AFTER = 30


@dataclass(frozen=True, slots=True)
class Limits:
    """Calendar days by grade. None: no limit."""

    plan_days: int | None
    closure_days: int | None
    effect_days: int = EFFECT_DAYS

    def due(self, found_on: date) -> tuple[date | None, date | None]:
        """The days by which the plan and the closing are due."""
        return _after(found_on, self.plan_days), _after(found_on, self.closure_days)


def _after(day: date, days: int | None) -> date | None:
    return None if days is None else day + timedelta(days=days)


def certificate_ends_on(certified_on: date | None, cycle: CertificationCycle | None) -> date | None:
    """The last day of a certificate: from the decision for the years of a cycle (ISO/IEC 17021-1:2015 9.1.3)."""
    if certified_on is None or cycle is None:
        return None
    return months_later(certified_on, 12 * cycle.years) - timedelta(days=1)


def last_day(stated: date | None, certified_on: date | None, cycle: CertificationCycle | None) -> date | None:
    """The last day of a certificate: as stated, which a later decision outdates, else as the cycle gives it.

    A restored certificate ends when the one before would have (ISO/IEC 17021-1:2015 9.6.3.2.5).
    """
    if stated is not None and (certified_on is None or stated >= certified_on):
        return stated
    return certificate_ends_on(certified_on, cycle)


def ends_sooner(due_on: date | None, found_on: date, ends_on: date | None) -> bool:
    """Whether the certificate in force when something was found ends before it is due. No due day: it does."""
    return ends_on is not None and found_on <= ends_on and (due_on is None or ends_on < due_on)


def default_limits(grades: Sequence[FindingGrade], grade: Grade) -> Limits:
    """The catalogue's limits for a grade."""
    for one in grades:
        if one.grade == grade:
            return Limits(one.typical_plan_days, one.typical_closure_days)
    return Limits(None, None)


def limit_problem(days: int | None, *, least: int = 0) -> Sentence | None:
    """Why a number of days cannot be a limit; None if it can."""
    if days is not None and not least <= days <= LONGEST_DAYS:
        return say(N_("Give a number of days from %(least)s to %(most)s."), least=least, most=LONGEST_DAYS)
    return None


class Late(StrEnum):
    """What is late."""

    PLAN = "plan"
    ACTION = "action"
    CLOSURE = "closure"


class Hearer(StrEnum):
    """Who has to hear of it, the longer it lasts."""

    OWNER = "owner"
    SMS_MANAGER = "sms_manager"
    TOP_MANAGEMENT = "top_management"


@dataclass(frozen=True, slots=True)
class Delay:
    """Something overdue. `action` is the number of the action; None for plan and closing."""

    what: Late
    due_on: date
    days: int
    action: int | None = None

    @property
    def hearer(self) -> Hearer:
        if self.days > TELL_TOP_AFTER:
            return Hearer.TOP_MANAGEMENT
        return Hearer.SMS_MANAGER if self.days > TELL_MANAGER_AFTER else Hearer.OWNER


def delays(case: Case, today: date) -> tuple[Delay, ...]:
    """What is overdue on `today`, the longest first. Nothing once it is closed."""
    if not is_open(case):
        return ()
    late: list[tuple[Late, date | None, int | None]] = [(Late.CLOSURE, case.closure_due_on, None)]
    if _plan_is_owed(case):
        late.append((Late.PLAN, case.plan_due_on, None))
    late += [(Late.ACTION, action.due_on, action.number) for action in case.actions if action.completed_on is None]
    found = [Delay(what, due, (today - due).days, number) for what, due, number in late if due and due < today]
    return tuple(sorted(found, key=lambda delay: (-delay.days, delay.what, delay.action or 0)))


def _plan_is_owed(case: Case) -> bool:
    """While no plan is accepted or waits for a decision."""
    before = state_of(case) in {State.RAISED, State.CONTAINED, State.ANALYSED}
    return before and case.plan is not PlanState.SUBMITTED


def next_due(case: Case) -> date | None:
    """The first day by which something is due, passed ones included; None when nothing is."""
    if not is_open(case):
        return None
    days = [case.closure_due_on, case.plan_due_on if _plan_is_owed(case) else None]
    days += [action.due_on for action in case.actions if action.completed_on is None]
    return min((day for day in days if day is not None), default=None)


def age(case: Case, today: date) -> int:
    """Days since it was found, until it was closed or withdrawn."""
    return max(0, ((case.closed_on or case.withdrawn_on or today) - case.found_on).days)


@dataclass(frozen=True, slots=True)
class AgeClass:
    """A class of ages in days, both ends inclusive. `most` None: no end."""

    least: int
    most: int | None

    @property
    def name(self) -> Sentence:
        if self.most is None:
            return say(N_("over %(days)s days"), days=self.least - 1)
        return say(N_("%(least)s to %(most)s days"), least=self.least, most=self.most)

    def holds(self, days: int) -> bool:
        return self.least <= days and (self.most is None or days <= self.most)


AGES: tuple[AgeClass, ...] = (AgeClass(0, 30), AgeClass(31, 60), AgeClass(61, 90), AgeClass(91, None))


@dataclass(frozen=True, slots=True)
class Raised:
    """An earlier or later finding, as far as repetition needs it."""

    key: str
    found_on: date
    grade: Grade
    requirements: frozenset[str]
    withdrawn: bool = False


def earlier_alike(finding: Raised, others: Iterable[Raised]) -> tuple[Raised, ...]:
    """Nonconformities on one of its requirements found in the 24 months before it, the latest first.

    Two on one day are told apart by key. Nothing for other grades: a repeated remark is no failed corrective action.
    What was withdrawn repeats nothing.
    """
    if not finding.grade.is_nonconformity or finding.withdrawn:
        return ()
    found = (
        other
        for other in others
        if other.grade.is_nonconformity
        and not other.withdrawn
        and other.requirements & finding.requirements
        and (other.found_on, other.key) < (finding.found_on, finding.key)
        and finding.found_on <= months_later(other.found_on, REPEAT_MONTHS)
    )
    return tuple(sorted(found, key=lambda one: (one.found_on, one.key), reverse=True))


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day where the month is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))
