"""Fill the agenda of a review from what is recorded: one function for each source that a catalogue input names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.audits.kinds import State as AuditState
from itsmcomply.audits.models import Audit
from itsmcomply.audits.queries.audits import AuditLine, OnFile, audit_lines, evidence_on_file
from itsmcomply.clauses.model import Catalogue, ReviewInput
from itsmcomply.figures import percent_number
from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.queries.lines import FindingLine, finding_lines
from itsmcomply.findings.rules import State
from itsmcomply.performance.filled import Fact, Filled, Proof
from itsmcomply.performance.kinds import Step
from itsmcomply.performance.outlook import DayStanding
from itsmcomply.performance.queries.actions import ActionLine, action_lines
from itsmcomply.performance.words import GRADES
from itsmcomply.wording import N_, Sentence, say

FIRST_PERIOD_DAYS = 365
MOST_NAMED = 12
"""Records named one by one; beyond that a line says how many more there are."""


@dataclass(frozen=True, slots=True)
class Period:
    """What a review looks back on: from the day after the last one. `first`: there was none, so the last 365 days."""

    start: date
    end: date
    first: bool

    def holds(self, day: date | None) -> bool:
        return day is not None and self.start <= day <= self.end

    def marks(self) -> list[date]:
        """Start, middle and end: enough to see where a figure moves."""
        middle = self.start + (self.end - self.start) // 2
        return sorted({self.start, middle, self.end})


def period_since(last_held_on: date | None, end: date) -> Period:
    if last_held_on is None:
        return Period(end - timedelta(days=FIRST_PERIOD_DAYS - 1), end, first=True)
    return Period(min(last_held_on + timedelta(days=1), end), end, first=False)


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything the sources read, loaded once. Days of standing are empty in an application without readiness."""

    period: Period
    today: date
    actions: tuple[ActionLine, ...]
    findings: tuple[FindingLine, ...]
    audits: tuple[AuditLine, ...]
    verdicts: Mapping[str, str]
    standing: tuple[DayStanding, ...]
    on_file: Mapping[str, tuple[OnFile, ...]]


def load_ground(
    session: Session,
    catalogue: Catalogue,
    system_id: int,
    *,
    period: Period,
    today: date,
    before: str,
    standing: Iterable[DayStanding],
) -> Ground:
    """Read what fills a review with key `before`; its own actions are not earlier ones. About 30 queries."""
    wanted = dict.fromkeys(key for one in catalogue.review_inputs for key in one.artefacts)
    on_file: dict[str, list[OnFile]] = {}
    for item in evidence_on_file(session, system_id, wanted, today):
        on_file.setdefault(item.artefact, []).append(item)
    return Ground(
        period=period,
        today=today,
        actions=tuple(a for a in action_lines(session, system_id) if a.review_signed and a.review != before),
        findings=finding_lines(session, catalogue, system_id, today),
        audits=tuple(audit_lines(session, system_id)),
        verdicts=_verdicts(session, system_id),
        standing=tuple(standing),
        on_file={key: tuple(items) for key, items in on_file.items()},
    )


def _verdicts(session: Session, system_id: int) -> dict[str, str]:
    query = select(Audit).where(Audit.system_id == system_id, Audit.signed_off_at.is_not(None))
    return {audit.key: audit.conclusion for audit in session.scalars(query)}


def fill(ground: Ground, one: ReviewInput, catalogue: Catalogue) -> Filled:
    """What is known about one input. No query."""
    facts = [fact for source in one.sources for fact in SOURCES[source](ground)]
    proofs = [proof for key in one.artefacts for proof in _proofs(ground, key, catalogue.artefacts[key].name)]
    return Filled(tuple(facts), tuple(proofs))


def _proofs(ground: Ground, artefact: str, name: str) -> list[Proof]:
    """The newest three items of an artefact; one line that says so where there are none."""
    items = ground.on_file.get(artefact, ())[:3]
    if not items:
        return [Proof(artefact, name, "missing")]
    return [Proof(artefact, name, i.state, i.key, i.title, i.version, i.effective_on) for i in items]


def _fact(label: str, value: str, **values: object) -> Fact:
    return Fact(say(label), say(value, **values))


def _listed(lines: list[Fact]) -> list[Fact]:
    if len(lines) <= MOST_NAMED:
        return lines
    return [*lines[:MOST_NAMED], _fact(N_("And more"), N_("%(n)s more on record"), n=len(lines) - MOST_NAMED)]


def _review_actions(ground: Ground) -> list[Fact]:
    if not ground.actions:
        label = N_("Actions of earlier reviews")
        value = N_("none: this is the first review on record") if ground.period.first else N_("none were decided")
        return [_fact(label, value)]
    late = sum(1 for action in ground.actions if action.late_days(ground.today))
    done = sum(1 for action in ground.actions if not action.is_open)
    counts = N_("%(all)s decided, %(done)s concluded, %(late)s late")
    head = _fact(N_("Actions of earlier reviews"), counts, all=len(ground.actions), done=done, late=late)
    recent = [a for a in ground.actions if a.is_open or any(ground.period.holds(step.on) for step in a.steps)]
    return [head, *_listed([_action(action, ground.today) for action in recent])]


def _action(action: ActionLine, today: date) -> Fact:
    late = action.late_days(today)
    values = {"owner": action.owner, "day": action.due_on, "days": late}
    if action.outcome is Step.DONE:
        state = say(N_("done; %(owner)s"), **values)
    elif action.outcome is Step.DROPPED:
        state = say(N_("given up; %(owner)s"), **values)
    elif late:
        text = N_("%(days)s days late; %(owner)s, was due on %(day)s")
        state = say(N_("a day late; %(owner)s, was due on %(day)s") if late == 1 else text, **values)
    else:
        state = say(N_("open; %(owner)s, due on %(day)s"), **values)
    label = say(N_("%(key)s %(text)s"), key=action.key, text=action.text)
    return Fact(label, state, "review", action.review, late=bool(late))


def _by_grade(lines: Iterable[FindingLine]) -> Sentence:
    """Counts by grade, worst first, in words."""
    counts = Counter(line.grade for line in lines)
    told = [f"{words}: {counts[grade]}" for grade, words in GRADES.items() if counts[grade]]
    return say(N_("%(counts)s"), counts=", ".join(told)) if told else say(N_("none"))


_CONCERNS = frozenset({Grade.MAJOR, Grade.MINOR, Grade.AREA_OF_CONCERN, Grade.OBSERVATION})


def _findings(ground: Ground) -> list[Fact]:
    period = ground.period
    concerns = [line for line in ground.findings if line.grade in _CONCERNS]
    mine = [line for line in concerns if line.state is not State.WITHDRAWN]
    withdrawn = [line for line in concerns if line.state is State.WITHDRAWN and period.holds(line.found_on)]
    still = [line for line in mine if line.is_open]
    late = [line for line in still if line.late_days]
    raised = [line for line in mine if period.holds(line.found_on)]
    half = period.start + (period.end - period.start) // 2
    facts = [
        Fact(say(N_("Raised in the period")), _by_grade(raised)),
        Fact(say(N_("Closed in the period")), _by_grade(x for x in mine if period.holds(x.closed_on))),
        *([Fact(say(N_("Raised in error and withdrawn")), _by_grade(withdrawn))] if withdrawn else []),
        Fact(say(N_("Open now")), _by_grade(still)),
        Fact(say(N_("Late now")), _by_grade(late), late=bool(late)),
        _fact(
            N_("Trend"),
            N_("%(first)s raised in the first half of the period, %(second)s in the second"),
            first=sum(1 for line in raised if line.found_on <= half),
            second=sum(1 for line in raised if line.found_on > half),
        ),
        _fact(N_("Seen before within 24 months"), N_("%(n)s of those raised"), n=sum(1 for x in raised if x.earlier)),
    ]
    return facts + _listed([_finding(x) for x in still if x.grade is not Grade.OBSERVATION])


def _finding(line: FindingLine) -> Fact:
    label = say(N_("%(key)s %(title)s"), key=line.key, title=line.title)
    due = line.due_on
    if line.late_days:
        value = say(N_("a day late") if line.late_days == 1 else N_("%(days)s days late"), days=line.late_days)
    elif due:
        value = say(N_("open, next due on %(day)s"), day=due)
    else:
        value = say(N_("open"))
    return Fact(label, value, "finding", line.key, late=bool(line.late_days))


def _opportunities(ground: Ground) -> list[Fact]:
    mine = [x for x in ground.findings if x.grade is Grade.OPPORTUNITY and x.state is not State.WITHDRAWN]
    raised = sum(1 for line in mine if ground.period.holds(line.found_on))
    still = [line for line in mine if line.is_open]
    counts = N_("%(raised)s raised in the period, %(open)s open now")
    head = _fact(N_("Opportunities that were found"), counts, raised=raised, open=len(still))
    later = _fact(N_("Effect of improvements made"), N_("not recorded here yet; see the evidence on file"))
    return [head, *_listed([_finding(line) for line in still]), later]


def _audits(ground: Ground) -> list[Fact]:
    signed = [a for a in ground.audits if a.state is AuditState.SIGNED_OFF and ground.period.holds(a.signed_on)]
    ahead = [a for a in ground.audits if a.state in {AuditState.PLANNED, AuditState.RUNNING}]
    counts = N_("%(signed)s closed in the period, %(ahead)s planned or running")
    head = _fact(N_("Audits"), counts, signed=len(signed), ahead=len(ahead))
    return [head, *_listed([_signed_audit(a, ground) for a in signed] + [_audit_ahead(a, ground) for a in ahead])]


def _signed_audit(line: AuditLine, ground: Ground) -> Fact:
    label = say(N_("%(key)s %(title)s"), key=line.key, title=line.title)
    raised = _by_grade(x for x in ground.findings if x.audit_key == line.key and x.state is not State.WITHDRAWN)
    verdict = ground.verdicts.get(line.key, "")
    value = say(N_("%(verdict)s Findings: %(raised)s."), verdict=verdict, raised=raised)
    return Fact(label, value, "audit", line.key)


def _audit_ahead(line: AuditLine, ground: Ground) -> Fact:
    label = say(N_("%(key)s %(title)s"), key=line.key, title=line.title)
    late = line.last_on < ground.today
    value = say(N_("not closed; planned to end on %(day)s"), day=line.last_on)
    return Fact(label, value, "audit", line.key, late=late)


def _readiness(ground: Ground) -> list[Fact]:
    if not ground.standing:
        return [_fact(N_("Readiness"), N_("not derived in this installation"))]
    facts = []
    for day in ground.standing:
        coverage = N_("not rated") if day.coverage is None else f"{percent_number(day.coverage)} %"
        value = say(
            N_("%(status)s; coverage %(coverage)s; lowest level of a process %(level)s"),
            status=day.status,
            coverage=coverage,
            level=day.level,
        )
        facts.append(Fact(say(N_("Readiness on %(day)s"), day=day.day), value, "readiness", day.day.isoformat()))
    for gate in ground.standing[-1].gates:
        value = say(N_("open")) if gate.passed else say(N_("shut, blockers: %(n)s"), n=gate.blockers)
        facts.append(Fact(say(N_("Gate %(name)s"), name=gate.name), value, "readiness", ""))
    return facts


def _measurements(_ground: Ground) -> list[Fact]:
    return [_fact(N_("Key figures and objectives"), N_("not recorded here yet; see the evidence on file"))]


SOURCES: Mapping[str, Callable[[Ground], list[Fact]]] = {
    "review_actions": _review_actions,
    "findings": _findings,
    "audits": _audits,
    "opportunities": _opportunities,
    "readiness": _readiness,
    "measurements": _measurements,
}
