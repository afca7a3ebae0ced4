"""Does exactly what reasons ask for, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from itsmcomply.readiness.engine.circumstances import circumstances
from itsmcomply.readiness.engine.days import last_due, period_span, vantage
from itsmcomply.readiness.engine.kpis import MONTHS
from itsmcomply.readiness.facts import (
    Audit,
    AuditRow,
    Closing,
    Dated,
    Facts,
    Improvement,
    Item,
    Kpi,
    KpiFrequency,
    KpiValue,
    Link,
    ManagementReview,
    Review,
    Version,
    VersionKind,
)
from itsmcomply.readiness.results import Outcome, Reason, ReasonKind, Result
from tests.readiness.edits import end_of, items_of, with_items, with_system
from tests.readiness.small import LONG_AGO, policy, small

DUE_OFFSET = {KpiFrequency.MONTHLY: 15}


def satisfied(facts: Facts, reasons: Iterable[Reason], result: Result) -> Facts:
    """The facts after every reason was satisfied at the end of the result's day."""
    for number, reason in enumerate(reasons):
        facts = _satisfy(facts, reason, result, number)
    return facts


def _satisfy(facts: Facts, reason: Reason, result: Result, number: int) -> Facts:  # noqa: C901 - one case per kind
    day = result.as_of
    system = facts.system
    moment = end_of(facts, day)
    match reason.kind:
        case ReasonKind.EXPECTATION:
            requirement, artefact = reason.key.split("/")
            return _link(facts, requirement, artefact, result, number)
        case ReasonKind.ANY_EXPECTATION:
            first = result.requirements[reason.key].expectations[0]
            return _link(facts, reason.key, first.artefact, result, number)
        case ReasonKind.ARTEFACT:
            return _file(facts, reason.key, (), reason.key, result.artefacts[reason.key].outcome, day, f"NEW-{number}")
        case ReasonKind.FINDING:
            closing = (Closing(moment),)
            return with_system(
                facts,
                findings=tuple(replace(f, closings=closing) if f.key == reason.key else f for f in system.findings),
            )
        case ReasonKind.OWNER:
            return with_system(facts, owners=dict(system.owners) | {reason.key: (Dated("owner", moment),)})
        case ReasonKind.AUDIT:
            rows = (AuditRow("conforms", None, reason.key),)
            audit = Audit(f"A-{number}", moment, signed_off_at=moment, rows=rows)
            return with_system(facts, audits=(*system.audits, audit))
        case ReasonKind.MANAGEMENT_REVIEW:
            held = ManagementReview(f"M-{number}", moment, held_on=day, held_recorded_at=moment)
            return with_system(facts, management_reviews=(*system.management_reviews, held))
        case ReasonKind.IMPROVEMENT:
            more = tuple(Improvement(f"I-{number}-{n}", (reason.key,), moment) for n in range(reason.count))
            return with_system(facts, improvements=(*system.improvements, *more))
        case ReasonKind.ACTION:
            return _complete(facts, reason.key, day)
        case ReasonKind.KPI_DEFINE:
            return _define(facts, reason, day, number)
        case ReasonKind.KPI_VALUE | ReasonKind.KPI_TARGET | ReasonKind.KPI_NOT_DUE:
            measured = (_measure(kpi, facts, day) if kpi.key == reason.key else kpi for kpi in system.kpis)
            return with_system(facts, kpis=tuple(measured))
        case _:
            raise AssertionError(reason)


def _link(facts: Facts, requirement: str, artefact: str, result: Result, number: int) -> Facts:
    moment = end_of(facts, result.as_of)
    link = Link(artefact, moment, (Review(accepted=True, decided_at=moment),), requirement=requirement)
    outcome = result.artefacts[artefact].outcome
    return _file(facts, "elsewhere", (link,), artefact, outcome, result.as_of, f"NEW-{number}")


def _file(
    facts: Facts, filed_under: str, links: tuple[Link, ...], answers: str, outcome: Outcome, day: date, key: str
) -> Facts:
    """An item that covers every subject and every period; a nil statement where the list is empty."""
    per = small().artefacts[answers].per
    declared = dict(facts.system.declared_lists)
    empty = outcome.list_empty
    if per is not None and not outcome.list_declared:
        declared[per] = (Dated(None, LONG_AGO),)
        empty = not circumstances(facts.system, policy(), vantage(facts.system.zones, day, day)).subjects[per]
    moment = end_of(facts, day)
    version = Version(
        number=1,
        kind=VersionKind.NIL if empty else VersionKind.FILE,
        effective_on=day,
        received_at=moment,
        reviews=(Review(accepted=True, decided_at=moment),),
        period_from=day - timedelta(days=500),
        period_to=day,
    )
    found = with_items(facts, [*items_of(facts), Item(key, filed_under, (version,), links)])
    return with_system(found, declared_lists=declared)


def _complete(facts: Facts, key: str, day: date) -> Facts:
    wanted_finding, wanted_action = key.split("/")
    moment = end_of(facts, day)
    findings = tuple(
        replace(
            f,
            actions=tuple(replace(a, completed_at=moment) if a.key == wanted_action else a for a in f.actions),
        )
        if f.key == wanted_finding
        else f
        for f in facts.system.findings
    )
    return with_system(facts, findings=findings)


def _define(facts: Facts, reason: Reason, day: date, number: int) -> Facts:
    more = [
        Kpi(f"KN-{number}-{n}", reason.key, True, KpiFrequency.MONTHLY, date(2000, 1, 1), LONG_AGO)
        for n in range(reason.count)
    ]
    kpis = (*facts.system.kpis, *(_measure(kpi, facts, day) for kpi in more))
    return with_system(facts, kpis=kpis)


def _measure(kpi: Kpi, facts: Facts, day: date) -> Kpi:
    """Give it a target and a value on target for its last due period, and let it have begun long ago."""
    moment = end_of(facts, day)
    months = MONTHS[kpi.frequency]
    due = period_span(months, last_due(months, DUE_OFFSET.get(kpi.frequency, 30), day)).last
    value = Dated(KpiValue(due, Fraction(5)), moment)
    return replace(kpi, from_on=date(2000, 1, 1), targets=(Dated(Fraction(5), moment),), values=(*kpi.values, value))
