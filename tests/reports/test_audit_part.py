"""Audits, findings and reviews out of a real database, as known on a day: what came later changes no earlier day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from itsmcomply.audits.coverage import Standing
from itsmcomply.audits.kinds import State as AuditState
from itsmcomply.audits.operations import cancel_audit
from itsmcomply.db import db, end_read
from itsmcomply.findings.operations import reopen_finding
from itsmcomply.findings.rules import State
from itsmcomply.performance.kinds import Judgement, Step
from itsmcomply.performance.kinds import State as ReviewState
from itsmcomply.performance.operations import follow_action
from itsmcomply.performance.rules import NewStep
from itsmcomply.readiness.cache import Rules
from itsmcomply.reports.audit_model import ActionState, AuditPart
from itsmcomply.reports.build import Order, build
from itsmcomply.reports.model import RegisterRow
from itsmcomply.web.resources import resources_of
from tests.audits.shop import Shop
from tests.evidence.office import Office
from tests.findings.bench import Bench
from tests.performance.hall import Hall

CLAUSES = ("8.6.1",)


@pytest.fixture
def bench(office: Office) -> Bench:
    return Bench(office)


@pytest.fixture
def shop(office: Office) -> Shop:
    return Shop(office.cast)


@pytest.fixture
def hall(office: Office) -> Hall:
    return Hall(office)


def today(office: Office) -> date:
    return office.cast.clock.now().date()


def read(office: Office, day: date | None = None) -> tuple[AuditPart, list[RegisterRow]]:
    """The part and the register of a day as seen now."""
    with office.cast.app.app_context():
        found = resources_of(office.cast.app)
        order = Order(office.cast.system_id, day or today(office), today(office))
        pack, register = build(db.session(), Rules(found.catalogue, found.policy, found.models), order)
        rows = list(register.rows())
        end_read()
        return pack.audit, rows


def part(office: Office, day: date | None = None) -> AuditPart:
    return read(office, day)[0]


def test_every_ended_day_of_a_long_story_still_says_what_it_said(bench: Bench, shop: Shop, hall: Hall) -> None:
    office, told = bench.office, dict[date, AuditPart]()
    for step in story(bench, shop, hall):
        step()
        told[today(office)] = part(office)
        bench.advance(1)

    again = {day: part(office, day) for day in told}

    assert [day for day in told if again[day] != told[day]] == []
    assert len({repr(found) for found in told.values()}) == len(told)
    assert told[max(told)].findings[0].state is State.CONTAINED


def story(bench: Bench, shop: Shop, hall: Hall) -> list[Callable[[], object]]:
    """One thing a day: a review, an audit, a nonconformity with two rounds that is opened again."""
    key, audit = "NC-2026-01", "IA-2026-01"
    return [
        hall.signed,
        lambda: shop.running(*CLAUSES),
        lambda: shop.conclude(audit),
        lambda: shop.close(audit),
        bench.raised,
        lambda: bench.contain(key),
        lambda: bench.analyse(key),
        lambda: bench.add_action(key),
        lambda: bench.submit(key),
        lambda: bench.accept(key, 1),
        lambda: bench.complete(key),
        lambda: bench.advance(30),
        lambda: bench.verify(key, effective=False),
        lambda: bench.analyse(key),
        lambda: bench.add_action(key),
        lambda: bench.accept(key, bench.submit(key)),
        lambda: bench.complete(key, 2),
        lambda: bench.advance(30),
        lambda: bench.verify(key),
        lambda: bench.close(key),
        lambda: bench.do("internal_auditor", lambda desk: reopen_finding(desk, key, reason="It came back.")),
        lambda: hall.do(lambda desk: follow_action(desk, "MR-2026-01", 1, NewStep(Step.DROPPED, "Not needed."))),
    ]


def test_a_signed_audit_brings_its_rows_report_and_coverage(office: Office, shop: Shop) -> None:
    key = shop.signed(*CLAUSES)

    found, rows = read(office)

    (line,) = found.audits
    assert (line.key, line.state, line.lead) == (key, AuditState.SIGNED_OFF, "Internal auditor")
    assert line.tally.rows == line.tally.audited == len(found.checks) > 0
    assert {check.clause for check in found.checks} == set(CLAUSES)
    standing = {place.key: place.standing for place in found.clauses}
    assert standing["8.6.1"] is Standing.AUDITED
    assert standing["8.6.2"] is Standing.UNCOVERED
    assert len(found.clauses) == 62
    assert line.report is not None
    assert line.report.sha256 in {row.sha256 for row in rows if row.key == line.report.key}


def test_an_audit_in_progress_shows_no_results(office: Office, shop: Shop) -> None:
    shop.conclude(shop.running(*CLAUSES))

    found = part(office)

    assert found.audits[0].state is AuditState.RUNNING
    assert found.audits[0].conclusion == ""
    assert found.checks == ()
    assert {place.standing for place in found.clauses if place.key in CLAUSES} == {Standing.PLANNED}


def test_a_cancelled_audit_keeps_its_days_and_says_why(office: Office, shop: Shop) -> None:
    key = shop.plan(*CLAUSES)
    with shop.desk("sms_manager") as desk:
        cancel_audit(desk, key, reason="The auditor is ill.")

    (line,) = part(office).audits

    assert (line.state, line.cancel_reason) == (AuditState.CANCELLED, "The auditor is ill.")
    assert line.first_on <= line.last_on


def test_a_nonconformity_shows_action_proof_and_who_verified_it(bench: Bench) -> None:
    key = bench.verified()

    found = part(bench.office)

    (finding,), (action,) = found.findings, found.actions
    assert (finding.key, finding.state, finding.effective) == (key, State.VERIFIED, True)
    assert finding.verified_by == "SMS manager"
    assert finding.root_cause.startswith("The acceptance test")
    assert (action.of, action.state) == (key, ActionState.DONE)
    assert action.evidence[0].key.startswith("EV-")


def test_an_action_is_late_from_the_day_after_it_was_due(bench: Bench) -> None:
    bench.planned()
    due = part(bench.office).actions[0].due_on
    assert due is not None

    assert part(bench.office, due).actions[0].state is ActionState.TO_DO
    bench.advance((due - today(bench.office)).days + 1)
    assert part(bench.office).actions[0].state is ActionState.LATE
    assert part(bench.office).findings[0].late_days == 1
    assert part(bench.office, due).actions[0].state is ActionState.TO_DO


def test_a_signed_review_brings_judgement_decisions_and_actions(office: Office, hall: Hall) -> None:
    key = hall.signed()
    hall.planned(today(office) + timedelta(days=200))

    found = part(office)

    signed, planned = found.reviews
    assert (signed.key, signed.state, signed.effective) == (key, ReviewState.SIGNED, Judgement.PARTLY)
    assert (planned.state, planned.statement, planned.minutes) == (ReviewState.PLANNED, "", None)
    assert [row.number for row in found.decisions] == [1]
    assert [(row.of, row.decision, row.state) for row in found.review_actions] == [(key, 1, ActionState.TO_DO)]


def test_a_system_without_audits_has_every_clause_uncovered(office: Office) -> None:
    found = part(office)

    assert {place.standing for place in (*found.clauses, *found.processes)} == {Standing.UNCOVERED}
    assert (found.audits, found.findings, found.reviews) == ((), (), ())
