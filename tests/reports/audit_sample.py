"""Audits, findings and reviews of the sample: one of each kind that looks different."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction

from itsmcomply.audits.coverage import Place, Standing, Touch
from itsmcomply.audits.kinds import AuditKind, Conclusion, Extent
from itsmcomply.audits.kinds import State as AuditState
from itsmcomply.audits.sampling.drawing import Method
from itsmcomply.audits.tickets.model import Kind
from itsmcomply.findings.kinds import Grade, Source
from itsmcomply.findings.rules import State as FindingState
from itsmcomply.performance.kinds import DecisionKind, Judgement
from itsmcomply.performance.kinds import State as ReviewState
from itsmcomply.reports.audit_model import (
    ActionRow,
    ActionState,
    AttributeRow,
    AuditLine,
    AuditPart,
    AuditTally,
    CheckRow,
    FindingRow,
    ProgrammeRow,
    ReviewDecisionRow,
    ReviewLine,
    SampleRow,
    TestedRow,
    VersionRef,
)

Said = Callable[[str], str]
REPORT, MINUTES = VersionRef("EV-0001", 1, "c" * 64), VersionRef("EV-0002", 1, "d" * 64)


def audit_part(said: Said) -> AuditPart:
    return AuditPart(
        programmes=(_programme(said),),
        audits=(_signed(said), _planned(said)),
        clauses=_places("8.6.1", "Incident management"),
        processes=_places("incident", "Incident management"),
        checks=tuple(_check(said, conclusion) for conclusion in Conclusion),
        samples=(_tested_sample(said), _drawn_sample(said)),
        tested=tuple(_record(said, number) for number in range(3)),
        findings=(_major(said), _observation(said)),
        actions=tuple(_action(said, "NC-2026-01", number, state) for number, state in enumerate(ActionState, 1)),
        reviews=(_review(said),),
        decisions=(ReviewDecisionRow("MR-2026-01", 1, DecisionKind.RESOURCES, said("Hire an analyst"), said("Risks")),),
        review_actions=(_action(said, "MR-2026-01", 1, ActionState.LATE, decision=1),),
    )


def _programme(said: Said) -> ProgrammeRow:
    return ProgrammeRow(
        key="AP-01",
        name=said("Audits of 2026"),
        from_on=date(2026, 1, 1),
        to_on=date(2026, 12, 31),
        objectives=said("See that every process is audited in the year"),
        audits=("IA-2026-01", "IA-2026-02"),
        approved_on=date(2026, 1, 12),
        approved_by=said("Service manager"),
    )


def _signed(said: Said) -> AuditLine:
    return AuditLine(
        key="IA-2026-01",
        programme="AP-01",
        kind=AuditKind.INTERNAL,
        title=said("Resolution of incidents"),
        state=AuditState.SIGNED_OFF,
        first_on=date(2026, 9, 7),
        last_on=date(2026, 9, 9),
        lead=said("Internal auditor"),
        team=(said("Second auditor"),),
        clauses=("8.6.1",),
        findings=("NC-2026-01",),
        signed_on=date(2026, 9, 14),
        signed_by=said("Internal auditor"),
        report=REPORT,
        cancel_reason="",
        tally=AuditTally(6, 4, 1, 1),
        conformity=Extent.PARTLY,
        effectiveness=Extent.MET,
        conclusion=said("The process is run as described, apart from one finding."),
        uncovered=said("Night shifts were not visited."),
    )


def _planned(said: Said) -> AuditLine:
    return AuditLine(
        key="IA-2026-02",
        programme="AP-01",
        kind=AuditKind.INTERNAL,
        title=said("Relationships"),
        state=AuditState.PLANNED,
        first_on=date(2026, 12, 7),
        last_on=date(2026, 12, 8),
        lead="",
        team=(),
        clauses=("8.3.2",),
        findings=(),
        signed_on=None,
        signed_by="",
        report=None,
        cancel_reason="",
    )


def _places(key: str, label: str) -> tuple[Place, ...]:
    """One of each standing."""
    touch = Touch("IA-2026-01", key, date(2026, 9, 14), 4, 6)
    return tuple(
        Place(
            key=key,
            label=label,
            cells={"IA-2026-01": touch} if standing is Standing.AUDITED else {},
            last_on=touch.on if standing in {Standing.AUDITED, Standing.OVERDUE} else None,
            next_on=date(2026, 12, 7) if standing is Standing.PLANNED else None,
            age=71 if standing in {Standing.AUDITED, Standing.OVERDUE} else None,
            standing=standing,
        )
        for standing in Standing
    )


def _check(said: Said, conclusion: Conclusion) -> CheckRow:
    return CheckRow(
        audit="IA-2026-01",
        requirement="8.6.1-a",
        clause="8.6.1",
        process_name="Incident management",
        conclusion=conclusion,
        statement=said("Ten records read; priority set in each."),
        interviewed=said("Service desk lead"),
        evidence=(VersionRef("EV-0001", 1, "e" * 64),),
        finding="NC-2026-01" if conclusion is Conclusion.NONCONFORMITY else "",
    )


def _drawn_sample(said: Said) -> SampleRow:
    return SampleRow(
        audit="IA-2026-02",
        key="SMP-01",
        title=said("Service reviews of the year"),
        requirements=("8.3.2-a",),
        population="POP-01",
        file_name=said("reviews.csv"),
        sha256="f" * 64,
        records=12,
        kind=None,
        method=Method.SYSTEMATIC,
        by="",
        size=4,
        seed=said("seed 2"),
        algorithm="sha256-rank-1",
        confidence=90,
        drawn_on=date(2026, 12, 7),
        drawn_by=said("Internal auditor"),
    )


def _tested_sample(said: Said) -> SampleRow:
    return replace(
        _drawn_sample(said),
        audit="IA-2026-01",
        title=said("Incidents of the quarter"),
        requirements=("8.6.1-a", "8.6.1-b"),
        records=260,
        kind=Kind.INCIDENT,
        method=Method.STRATIFIED,
        by="priority",
        size=3,
        confidence=95,
        signed=True,
        attributes=(AttributeRow(said("Priority follows from the rule"), 2, 1),),
        tested=2,
        errors=1,
        rate=Fraction(1, 2),
        upper=Fraction(97468, 100000),
        paper=REPORT,
        findings=("NC-2026-01",),
    )


def _record(said: Said, number: int) -> TestedRow:
    """One that failed, one without an exception, one that was not tested."""
    attribute = (said("Priority follows from the rule"),)
    return TestedRow(
        sample="IA-2026-01 SMP-01",
        number=f"INC00{number}",
        stratum=said("3 - Moderate"),
        opened_on="2026-08-03",
        group=said("Service desk"),
        met=attribute if number == 1 else (),
        failed=attribute if number == 0 else (),
        not_applicable=(),
        note=said("P2 by the rule") if number == 0 else "",
    )


def _major(said: Said) -> FindingRow:
    return FindingRow(
        key="NC-2026-01",
        grade=Grade.MAJOR,
        state=FindingState.PLANNED,
        is_open=True,
        title=said("Major incidents are not reviewed"),
        statement=said("Three of four major incidents have no review."),
        requirements=("8.6.1-a",),
        process_name="Incident management",
        source=Source.INTERNAL_AUDIT,
        audit="IA-2026-01",
        reference=said("Row 4"),
        owner=said("Incident manager"),
        found_on=date(2026, 9, 9),
        plan_due_on=date(2026, 9, 23),
        closure_due_on=date(2026, 12, 8),
        closed_on=None,
        age=76,
        late_days=12,
        evidence=(VersionRef("EV-0001", 1, "e" * 64),),
        correction=said("The reviews were held."),
        root_cause=said("Nobody was named to hold them."),
        plan_accepted_on=date(2026, 9, 21),
        effective=None,
        verified_on=None,
        verified_by="",
        waits_for=(said("Still to be completed: action 1."),),
        repeats=(),
    )


def _observation(said: Said) -> FindingRow:
    return FindingRow(
        key="OB-2026-01",
        grade=Grade.OBSERVATION,
        state=FindingState.CLOSED,
        is_open=False,
        title=said("Priorities are explained on paper only"),
        statement=said("The matrix hangs on the wall."),
        requirements=(),
        process_name="",
        source=Source.OWN,
        audit="",
        reference="",
        owner="",
        found_on=date(2026, 8, 1),
        plan_due_on=None,
        closure_due_on=None,
        closed_on=date(2026, 9, 1),
        age=31,
        late_days=0,
        evidence=(),
        correction="",
        root_cause="",
        plan_accepted_on=None,
        effective=None,
        verified_on=None,
        verified_by="",
        waits_for=(),
        repeats=(),
    )


def _action(said: Said, of: str, number: int, state: ActionState, *, decision: int | None = None) -> ActionRow:
    return ActionRow(
        of=of,
        number=number,
        text=said("Name who holds the review, in the procedure"),
        owner=said("Incident manager"),
        due_on=date(2026, 11, 12),
        done_on=date(2026, 11, 10) if state is ActionState.DONE else None,
        state=state,
        note=said("Procedure changed"),
        evidence=(VersionRef("EV-0002", 1, "f" * 64),) if state is ActionState.DONE else (),
        decision=decision,
    )


def _review(said: Said) -> ReviewLine:
    return ReviewLine(
        key="MR-2026-01",
        state=ReviewState.SIGNED,
        planned_on=date(2026, 10, 1),
        held_on=date(2026, 10, 2),
        chair=said("Service manager"),
        signed_on=date(2026, 10, 5),
        cancel_reason="",
        present=5,
        decisions=1,
        actions=1,
        actions_open=1,
        minutes=MINUTES,
        suitable=Judgement.YES,
        adequate=Judgement.PARTLY,
        effective=Judgement.YES,
        statement=said("It fits, and needs one more analyst."),
    )
