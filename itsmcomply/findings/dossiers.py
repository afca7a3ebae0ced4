"""All that is recorded about findings, read together and folded into the `Case` that the rules decide on."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from itsmcomply.clauses.model import Catalogue
from itsmcomply.clock import day_in_zone
from itsmcomply.errors import NotFound
from itsmcomply.evidence.kinds import Confidentiality, Decision, VersionKind, VersionState
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion, Review
from itsmcomply.evidence.rules import state_of as version_state_of
from itsmcomply.findings.kinds import PREFIXES, EvidenceUse, Source
from itsmcomply.findings.limits import ends_sooner, last_day
from itsmcomply.findings.models import (
    ActionDue,
    CorrectiveAction,
    Finding,
    FindingAnswer,
    FindingCause,
    FindingCauseLine,
    FindingClosing,
    FindingCorrection,
    FindingEvidence,
    FindingExtent,
    FindingGrade,
    FindingPlan,
    FindingRequirement,
    FindingVerification,
    FindingWithdrawal,
)
from itsmcomply.findings.rules import ActionFacts, Case, PlanState
from itsmcomply.systems.models import EntryKind
from itsmcomply.systems.queries import DEFAULT_ZONE, facts_in_force, zones


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound version as it stands today. `state`: of the version; only accepted and in review count as proof."""

    row: FindingEvidence
    item_key: str
    title: str
    artefact: str
    version: int
    kind: VersionKind
    name: str
    state: VersionState
    confidentiality: Confidentiality

    @property
    def stands(self) -> bool:
        """Whether it proves anything today."""
        return self.row.ended_at is None and self.state in {VersionState.ACCEPTED, VersionState.IN_REVIEW}


@dataclass(frozen=True, slots=True)
class ActionFile:
    """A corrective action with its due days (oldest first) and its evidence."""

    row: CorrectiveAction
    dues: tuple[ActionDue, ...]
    evidence: tuple[Bound, ...]

    @property
    def due_on(self) -> date | None:
        """The day in force."""
        standing = [due.due_on for due in self.dues if due.ended_at is None]
        return standing[-1] if standing else None


@dataclass(frozen=True, slots=True)
class CauseFile:
    """A cause analysis with its lines in order."""

    row: FindingCause
    lines: tuple[FindingCauseLine, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """A finding with everything recorded about it, oldest first, and its case. Requirements in catalogue order."""

    finding: Finding
    requirements: tuple[str, ...]
    grades: tuple[FindingGrade, ...]
    corrections: tuple[FindingCorrection, ...]
    extents: tuple[FindingExtent, ...]
    causes: tuple[CauseFile, ...]
    actions: tuple[ActionFile, ...]
    plans: tuple[FindingPlan, ...]
    verifications: tuple[FindingVerification, ...]
    answers: tuple[FindingAnswer, ...]
    closings: tuple[FindingClosing, ...]
    withdrawal: FindingWithdrawal | None
    evidence: tuple[Bound, ...]
    processes: frozenset[str]
    zone: str
    certificate_ends_on: date | None

    @property
    def case(self) -> Case:
        """What the rules decide on; made anew at each call."""
        return _case(self)

    @property
    def grade(self) -> FindingGrade:
        """The grade entry in force."""
        return [entry for entry in self.grades if entry.ended_at is None][-1]

    @property
    def plan(self) -> FindingPlan | None:
        """The latest plan of this round, ended or not."""
        mine = [plan for plan in self.plans if plan.round == self.finding.round]
        return mine[-1] if mine else None

    def of_use(self, use: EvidenceUse) -> tuple[Bound, ...]:
        """Evidence of one use that was not taken back. Templates name the use by its value."""
        return tuple(bound for bound in self.evidence if bound.row.use == use and bound.row.ended_at is None)


def load_dossiers(
    session: Session, catalogue: Catalogue, system_id: int, *, only: Sequence[int] | None = None
) -> tuple[Dossier, ...]:
    """Dossiers of a system's findings, or of those with the ids in `only`, in the order of raising. 18 queries,
    one more where the certification body raised any.
    """
    query = select(Finding).where(Finding.system_id == system_id).order_by(Finding.opened_at, Finding.id)
    if only is not None:
        query = query.where(Finding.id.in_(only))
    findings = list(session.scalars(query))
    if not findings:
        return ()
    zone = zones(session, [system_id]).get(system_id, DEFAULT_ZONE)
    rows = _Rows(session, system_id, only)
    of_body = any(finding.source is Source.CERTIFICATION_BODY for finding in findings)
    ends_on = certificate_end(session, catalogue, system_id) if of_body else None
    return tuple(_dossier(finding, rows, catalogue, zone, ends_on) for finding in findings)


def certificate_end(session: Session, catalogue: Catalogue, system_id: int) -> date | None:
    """The last day of the certificate, as recorded, or as its day and the cycle of the catalogue say. One query."""
    facts = facts_in_force(session, system_id)
    stated, certified_on = (
        date.fromisoformat(value) if (value := facts.get((kind, ""))) else None
        for kind in (EntryKind.CERTIFICATE_ENDS_ON, EntryKind.CERTIFIED_ON)
    )
    return last_day(stated, certified_on, catalogue.cycle)


def finding_id(session: Session, system_id: int, key: str) -> int:
    """The id of a finding by its readable key. One query. Raises NotFound."""
    prefix, _, rest = key.partition("-")
    year, _, number = rest.partition("-")
    known = prefix in PREFIXES.values()
    if known and re.fullmatch(r"\d{4}", year, re.ASCII) and re.fullmatch(r"\d{2,6}", number, re.ASCII):
        mine = (Finding.system_id == system_id) & (Finding.prefix == prefix)
        query = select(Finding).where(mine, Finding.year == int(year), Finding.number == int(number))
        found = session.scalars(query).one_or_none()
        if found is not None and found.key == key:
            return found.id
    raise NotFound("finding", key)


class _OfFinding(Protocol):
    id: Any
    finding_id: Any


Row = TypeVar("Row", bound=_OfFinding)


class _Rows:
    """The rows of all chosen findings, by finding."""

    def __init__(self, session: Session, system_id: int, only: Sequence[int] | None) -> None:
        self._session = session
        chosen = select(Finding.id).where(Finding.system_id == system_id)
        self._chosen: Select[Any] = chosen if only is None else chosen.where(Finding.id.in_(only))
        self.requirements = self._requirements()
        self.grades = self._by_finding(FindingGrade)
        self.corrections = self._by_finding(FindingCorrection)
        self.extents = self._by_finding(FindingExtent)
        self.causes = self._by_finding(FindingCause)
        self.cause_lines = self._cause_lines()
        self.actions = self._by_finding(CorrectiveAction)
        self.dues = self._dues()
        self.plans = self._by_finding(FindingPlan)
        self.verifications = self._by_finding(FindingVerification)
        self.answers = self._by_finding(FindingAnswer)
        self.closings = self._by_finding(FindingClosing)
        self.withdrawals = self._withdrawals()
        self.evidence = self._evidence()

    def _by_finding(self, kind: type[Row]) -> dict[int, tuple[Row, ...]]:
        query = select(kind).where(kind.finding_id.in_(self._chosen)).order_by(kind.id)
        return _grouped((row.finding_id, row) for row in self._session.scalars(query))

    def _requirements(self) -> dict[int, tuple[str, ...]]:
        query = select(FindingRequirement).where(FindingRequirement.finding_id.in_(self._chosen))
        return _grouped((row.finding_id, row.requirement) for row in self._session.scalars(query))

    def _withdrawals(self) -> dict[int, FindingWithdrawal]:
        query = select(FindingWithdrawal).where(FindingWithdrawal.finding_id.in_(self._chosen))
        return {row.finding_id: row for row in self._session.scalars(query)}

    def _cause_lines(self) -> dict[int, tuple[FindingCauseLine, ...]]:
        query = select(FindingCauseLine).join(FindingCause, FindingCause.id == FindingCauseLine.cause_id)
        query = query.where(FindingCause.finding_id.in_(self._chosen)).order_by(FindingCauseLine.position)
        return _grouped((row.cause_id, row) for row in self._session.scalars(query))

    def _dues(self) -> dict[int, tuple[ActionDue, ...]]:
        query = select(ActionDue).join(CorrectiveAction, CorrectiveAction.id == ActionDue.action_id)
        query = query.where(CorrectiveAction.finding_id.in_(self._chosen)).order_by(ActionDue.id)
        return _grouped((row.action_id, row) for row in self._session.scalars(query))

    def _evidence(self) -> dict[int, tuple[Bound, ...]]:
        decisions = self._decisions()
        query = (
            select(FindingEvidence, EvidenceVersion, EvidenceItem)
            .join(EvidenceVersion, EvidenceVersion.id == FindingEvidence.version_id)
            .join(EvidenceItem, EvidenceItem.id == EvidenceVersion.item_id)
            .where(FindingEvidence.finding_id.in_(self._chosen))
            .order_by(FindingEvidence.id)
        )
        found = self._session.execute(query)
        return _grouped((row.finding_id, _bound(row, v, item, decisions.get(v.id))) for row, v, item in found)

    def _decisions(self) -> dict[int, Decision]:
        """The decision that stands on each bound version; of two at one moment the rejection."""
        bound = select(FindingEvidence.version_id).where(FindingEvidence.finding_id.in_(self._chosen))
        query = select(Review.version_id, Review.decision, Review.decided_at).where(Review.version_id.in_(bound))
        found = sorted(self._session.execute(query), key=lambda r: (r.decided_at, r.decision is Decision.REJECTED))
        return {row.version_id: row.decision for row in found}


Key = TypeVar("Key")
Value = TypeVar("Value")


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, tuple[Value, ...]]:
    found: dict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}


def _bound(row: FindingEvidence, version: EvidenceVersion, item: EvidenceItem, decision: Decision | None) -> Bound:
    return Bound(
        row=row,
        item_key=item.key,
        title=item.title,
        artefact=item.artefact,
        version=version.number,
        kind=version.kind,
        name=version.file_name or version.url or "",
        state=version_state_of(latest=decision, withdrawn=version.withdrawn_at is not None),
        confidentiality=item.confidentiality,
    )


def _dossier(finding: Finding, rows: _Rows, catalogue: Catalogue, zone: str, ends_on: date | None) -> Dossier:
    evidence = rows.evidence.get(finding.id, ())
    mine = frozenset(rows.requirements.get(finding.id, ()))
    actions = tuple(
        ActionFile(row, rows.dues.get(row.id, ()), tuple(b for b in evidence if b.row.action_id == row.id))
        for row in rows.actions.get(finding.id, ())
    )
    causes = tuple(CauseFile(row, rows.cause_lines.get(row.id, ())) for row in rows.causes.get(finding.id, ()))
    return Dossier(
        finding=finding,
        requirements=tuple(key for key in catalogue.requirements if key in mine),
        grades=rows.grades.get(finding.id, ()),
        corrections=rows.corrections.get(finding.id, ()),
        extents=rows.extents.get(finding.id, ()),
        causes=causes,
        actions=actions,
        plans=rows.plans.get(finding.id, ()),
        verifications=rows.verifications.get(finding.id, ()),
        answers=rows.answers.get(finding.id, ()),
        closings=rows.closings.get(finding.id, ()),
        withdrawal=rows.withdrawals.get(finding.id),
        evidence=evidence,
        processes=_processes(finding, mine, catalogue),
        zone=zone,
        certificate_ends_on=ends_on if finding.source is Source.CERTIFICATION_BODY else None,
    )


def _processes(finding: Finding, requirements: frozenset[str], catalogue: Catalogue) -> frozenset[str]:
    """The processes its requirements belong to, and the one it names."""
    found = {catalogue.requirements[key].process for key in requirements if key in catalogue.requirements}
    return frozenset(found | ({finding.process} if finding.process else set()))


def _case(dossier: Dossier) -> Case:
    finding, grade, zone = dossier.finding, dossier.grade, dossier.zone
    actions = tuple(_action(action, zone) for action in dossier.actions if action.row.ended_at is None)
    answers = [a for a in dossier.answers if a.round == finding.round]
    closing = dossier.closings[-1] if dossier.closings else None
    closed = closing is not None and closing.reopened_at is None
    plan = dossier.plan
    ends_on = _end_before(dossier, grade.closure_due_on)
    return Case(
        key=finding.key,
        grade=grade.grade,
        found_on=finding.found_on,
        round=finding.round,
        owner_id=finding.owner_id,
        processes=dossier.processes,
        plan_due_on=grade.plan_due_on and (_end_before(dossier, grade.plan_due_on) or grade.plan_due_on),
        closure_due_on=ends_on or grade.closure_due_on,
        ends_on=ends_on,
        corrected=bool(dossier.corrections),
        extent=any(extent.round == finding.round for extent in dossier.extents),
        cause=any(cause.row.round == finding.round for cause in dossier.causes),
        actions=actions,
        ended_owners=frozenset(a.row.owner_id for a in dossier.actions if a.row.ended_at is not None),
        plan=_plan_state(plan),
        plan_by=plan.submitted_by if plan else None,
        effect_days=(plan.effect_days or 0) if plan else 0,
        effective=_effective(dossier, plan),
        answered=bool(answers),
        answered_by=answers[-1].recorded_by if answers else None,
        answer_proven=any(b.stands and b.row.round == finding.round for b in dossier.of_use(EvidenceUse.ANSWER)),
        closed=closed,
        closed_on=day_in_zone(closing.closed_at, zone) if closing is not None and closed else None,
        touched=_touched(dossier),
        withdrawn_on=None if dossier.withdrawal is None else day_in_zone(dossier.withdrawal.withdrawn_at, zone),
    )


def _end_before(dossier: Dossier, due_on: date | None) -> date | None:
    """The end of the certificate where it is the limit of a nonconformity; None where its own limit is."""
    ends_on, found_on = dossier.certificate_ends_on, dossier.finding.found_on
    is_nc = dossier.grade.grade.is_nonconformity
    return ends_on if is_nc and ends_sooner(due_on, found_on, ends_on) else None


def _touched(dossier: Dossier) -> bool:
    """Whether the audited side or a decider has put anything on record, in whichever round."""
    stated = (dossier.corrections, dossier.extents, dossier.causes, dossier.actions, dossier.plans, dossier.answers)
    attached = any(bound.row.use is not EvidenceUse.OBJECTIVE for bound in dossier.evidence)
    return attached or any(stated) or bool(dossier.closings)


def _action(action: ActionFile, zone: str) -> ActionFacts:
    row = action.row
    return ActionFacts(
        number=row.number,
        owner_id=row.owner_id,
        round=row.round,
        due_on=action.due_on,
        completed_on=None if row.completed_at is None else day_in_zone(row.completed_at, zone),
        completed_by=row.completed_by,
        proven=any(bound.stands for bound in action.evidence),
    )


def _plan_state(plan: FindingPlan | None) -> PlanState:
    if plan is None or plan.ended_at is not None:
        return PlanState.NONE
    if plan.accepted is None:
        return PlanState.SUBMITTED
    return PlanState.ACCEPTED if plan.accepted else PlanState.RETURNED


def _effective(dossier: Dossier, plan: FindingPlan | None) -> bool | None:
    """The latest verification of this round, unless the plan was accepted or an action completed after it."""
    mine = [v for v in dossier.verifications if v.round == dossier.finding.round]
    if not mine or plan is None or plan.decided_at is None:
        return None
    after = [plan.decided_at, *(a.row.completed_at for a in dossier.actions if a.row.completed_at is not None)]
    return mine[-1].effective if mine[-1].verified_at >= max(after) else None
