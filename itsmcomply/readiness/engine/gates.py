"""The three gates of readiness: every rule with what is met of how much, and every blocker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from itsmcomply.clauses.model import Artefact, Basis, Facet, Period, SubjectKind
from itsmcomply.clauses.policy import Band
from itsmcomply.readiness.engine.audits import days_ago, reviews_planned, within
from itsmcomply.readiness.engine.days import in_force, value_in_force
from itsmcomply.readiness.engine.findings import open_of
from itsmcomply.readiness.engine.recurring import expected_on
from itsmcomply.readiness.engine.situation import Situation
from itsmcomply.readiness.facts import Grade
from itsmcomply.readiness.results import (
    Blocker,
    BlockerKind,
    GateKey,
    GateResult,
    Outcome,
    RuleKey,
    RuleResult,
    State,
    Status,
)

AUDIT_PROGRAMME = "aud_prog"  # catalogue keys of the two artefacts the Documented gate names
MANAGEMENT_REVIEW_MINUTES = "mr_min"


def gate_results(around: Situation) -> tuple[GateResult, ...]:
    """Documented, operated, checked. Source: `docs/derivation.md`, gates; parameters: policy `gates`."""
    rules = {
        GateKey.DOCUMENTED: (
            _mandated(around, RuleKey.MANDATED_DOCUMENTS, documents=True),
            _lists(around),
            _owners(around),
            _scope(around),
            _audit_programme(around),
            _review_planned(around),
        ),
        GateKey.OPERATED: (
            _mandated(around, RuleKey.MANDATED_RECORDS, documents=False),
            _recurring(around),
            _bands(around, RuleKey.REQUIREMENTS_PARTLY, around.policy.gates.operated_lowest_band),
        ),
        GateKey.CHECKED: (
            _audited(around),
            _review_held(around),
            _none_open(around, RuleKey.NO_MAJOR, Grade.MAJOR),
            _none_open(around, RuleKey.NO_AREA_OF_CONCERN, Grade.AREA_OF_CONCERN),
            _minors(around),
            _bands(around, RuleKey.REQUIREMENTS_LARGELY, around.policy.gates.checked_lowest_band),
        ),
    }
    return tuple(GateResult(key, all(rule.passed for rule in found), found) for key, found in rules.items())


def status_of(gates: Sequence[GateResult]) -> Status:
    """Stage 1 needs the first gate, stage 2 all three."""
    if all(gate.passed for gate in gates):
        return Status.STAGE_2_READY
    return Status.STAGE_1_READY if gates[0].passed else Status.NOT_READY


def _rule(key: RuleKey, total: int, blockers: Iterable[Blocker]) -> RuleResult:
    """A rule over `total` things, each of them met or blocked once."""
    found = tuple(blockers)
    return RuleResult(key, not found, total - len(found), total, found)


def _mandated(around: Situation, key: RuleKey, *, documents: bool) -> RuleResult:
    wanted = [
        a.key for a in around.catalogue.artefacts.values() if a.mandated and (a.facet is Facet.DOCUMENTED) is documents
    ]
    states = {artefact: around.steps[artefact].filed.state for artefact in wanted}
    blockers = (
        Blocker(BlockerKind.ARTEFACT, artefact, state.value)
        for artefact, state in states.items()
        if state is not State.CURRENT
    )
    return _rule(key, len(wanted), blockers)


def _lists(around: Situation) -> RuleResult:
    declared = around.around.declared
    blockers = (
        Blocker(BlockerKind.SUBJECT_LIST, kind.value, "not_declared") for kind in SubjectKind if kind not in declared
    )
    return _rule(RuleKey.SUBJECT_LISTS, len(SubjectKind), blockers)


def _owners(around: Situation) -> RuleResult:
    processes = around.catalogue.processes
    blockers = (Blocker(BlockerKind.PROCESS, key, "no_owner") for key in processes if key not in around.owned)
    return _rule(RuleKey.PROCESS_OWNERS, len(processes), blockers)


def _system_rule(key: RuleKey, reason: str, *, met: bool) -> RuleResult:
    return _rule(key, 1, () if met else (Blocker(BlockerKind.SYSTEM, key.value, reason),))


def _scope(around: Situation) -> RuleResult:
    scope = value_in_force(around.system.scope, around.now)
    return _system_rule(RuleKey.SCOPE_RECORDED, "not_recorded", met=bool(scope))


def _is_current(around: Situation, artefact: str) -> bool:
    step = around.steps.get(artefact)
    return step is not None and step.filed.state is State.CURRENT


def _audit_programme(around: Situation) -> RuleResult:
    approved = in_force(around.system.audit_programmes, around.now) is not None
    met = approved or _is_current(around, AUDIT_PROGRAMME)
    return _system_rule(RuleKey.AUDIT_PROGRAMME, "not_approved", met=met)


def _review_planned(around: Situation) -> RuleResult:
    met = bool(around.reviews) or _is_current(around, MANAGEMENT_REVIEW_MINUTES) or _is_planned_in_time(around)
    return _system_rule(RuleKey.MANAGEMENT_REVIEW_PLANNED, "not_planned", met=met)


def _is_planned_in_time(around: Situation) -> bool:
    """One is dated on or after the day and not after a recorded stage 2 date."""
    stage_2_on = value_in_force(around.system.stage_2_on, around.now)
    planned = reviews_planned(around.system.management_reviews, around.now)
    return stage_2_on is not None and any(day <= stage_2_on for day in planned)


def _recurring(around: Situation) -> RuleResult:
    reasons = {
        a.key: _recurring_reason(a, a.every, around)
        for a in around.catalogue.artefacts.values()
        if a.every is not None and a.basis is not Basis.GOOD_PRACTICE
    }
    blockers = (Blocker(BlockerKind.ARTEFACT, key, reason) for key, reason in reasons.items() if reason)
    return _rule(RuleKey.RECURRING_RECORDS, len(reasons), blockers)


def _recurring_reason(artefact: Artefact, every: Period, around: Situation) -> str:
    """Why its last due periods are not all covered; "" if they are."""
    outcome = around.steps[artefact.key].filed
    if not outcome.list_declared:
        return "list_not_declared"
    if outcome.list_empty:
        return "" if outcome.state is State.CURRENT else outcome.state.value
    last = around.policy.recurrence.of(every).gate_last
    if len(expected_on(every, around.policy, around.around.operating_since, around.now.day)) < last:
        return "not_operated_long_enough"
    return "" if _is_covered(outcome, last) else "periods_missing"


def _is_covered(outcome: Outcome, last: int) -> bool:
    """Whether each subject's last expected periods are covered; one with none expected yet is left out."""
    return all(period.covered for subject in outcome.subjects for period in subject.periods[-last:])


def _bands(around: Situation, key: RuleKey, lowest: Band) -> RuleResult:
    requirements = around.requirements.values()
    blockers = (
        Blocker(BlockerKind.REQUIREMENT, requirement.id, f"band_{requirement.band.value}")
        for requirement in requirements
        if requirement.band.rank < lowest.rank
    )
    return _rule(key, len(requirements), blockers)


def _audited(around: Situation) -> RuleResult:
    """Every clause that carries requirements and every process has a counting row within the window."""
    audits = within(around.audits, around.system, around.policy.gates, around.now)
    clauses = [clause.number for clause in around.catalogue.clauses.values() if clause.requirements]
    processes = around.catalogue.processes
    clauses_done = frozenset[str]().union(*(audit.clauses for audit in audits))
    processes_done = frozenset[str]().union(*(audit.processes for audit in audits))
    blockers = [Blocker(BlockerKind.CLAUSE, key, "not_audited") for key in clauses if key not in clauses_done]
    blockers += [Blocker(BlockerKind.PROCESS, key, "not_audited") for key in processes if key not in processes_done]
    return _rule(RuleKey.AUDITED, len(clauses) + len(processes), blockers)


def _review_held(around: Situation) -> RuleResult:
    ago = days_ago(around.reviews, around.now)
    met = ago is not None and ago <= around.policy.gates.management_review_window_days
    return _system_rule(RuleKey.MANAGEMENT_REVIEW_HELD, "not_held" if ago is None else "too_long_ago", met=met)


def _none_open(around: Situation, key: RuleKey, grade: Grade) -> RuleResult:
    known = [finding for finding in around.findings if finding.grade is grade]
    blockers = (Blocker(BlockerKind.FINDING, finding.key, "open") for finding in known if finding.is_open)
    return _rule(key, len(known), blockers)


def _minors(around: Situation) -> RuleResult:
    minors = open_of(around.findings, Grade.MINOR)
    blockers = (
        Blocker(BlockerKind.FINDING, finding.key, "overdue" if finding.has_plan else "no_plan")
        for finding in minors
        if finding.overdue or not finding.has_plan
    )
    return _rule(RuleKey.MINORS_PLANNED, len(minors), blockers)
