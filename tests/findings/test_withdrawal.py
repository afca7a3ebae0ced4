"""A finding raised in error is withdrawn: who, when, and what it no longer does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from itsmcomply.db import db
from itsmcomply.errors import InvalidInput, InvalidTransition, NotPermitted
from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.operations import answer_finding, edit_finding, reopen_finding, withdraw_finding
from itsmcomply.findings.queries import finding_lines, open_findings_for
from itsmcomply.findings.queries.history import raised_of_system
from itsmcomply.findings.rules import State
from itsmcomply.readiness.engine.days import vantage
from itsmcomply.readiness.engine.findings import findings_on
from itsmcomply.readiness.inputs.findings import load_findings
from tests.findings.bench import RAISING, REQUIREMENT, TODAY, Bench
from tests.findings.test_output import words_of
from tests.findings.test_pages import Door, page

REASON = "The sampled records belong to another service."


def withdraw(bench: Bench, key: str, by: str = "internal_auditor", reason: str = REASON) -> None:
    bench.do(by, lambda desk: withdraw_finding(desk, key, reason=reason))


def is_open_on(bench: Bench, day: date) -> bool:
    with bench.office.cast.app.app_context():
        facts = load_findings(db.session(), bench.office.cast.system_id)
    return findings_on(facts, bench.office.catalogue, vantage((), day, day))[0].is_open


@pytest.mark.parametrize("grade", [Grade.MAJOR, Grade.AREA_OF_CONCERN, Grade.OBSERVATION, Grade.STRENGTH])
def test_every_kind_is_withdrawn_while_nobody_answered(bench: Bench, grade: Grade) -> None:
    key = bench.graded(grade)

    withdraw(bench, key)

    assert bench.state(key) is State.WITHDRAWN


@pytest.mark.parametrize("step", ["contain", "analyse", "add_action"])
def test_what_was_answered_is_followed_up_and_not_withdrawn(bench: Bench, step: str) -> None:
    key = bench.raised()
    getattr(bench, step)(key)

    with pytest.raises(InvalidTransition, match="answered already"):
        withdraw(bench, key)


def test_an_answered_remark_is_not_withdrawn(bench: Bench) -> None:
    key = bench.graded(Grade.OBSERVATION)
    bench.do("process_owner", lambda desk: answer_finding(desk, key, text="We will look at it."))

    with pytest.raises(InvalidTransition):
        withdraw(bench, key)


def test_a_reopened_one_is_not_withdrawn(bench: Bench) -> None:
    key = bench.verified()
    bench.close(key)
    bench.do("internal_auditor", lambda desk: reopen_finding(desk, key, reason="It came back."))

    with pytest.raises(InvalidTransition):
        withdraw(bench, key)


@pytest.mark.parametrize("by", ["process_owner", "other_owner", "viewer", "reviewer", "external_auditor"])
def test_only_whoever_may_raise_withdraws(bench: Bench, by: str) -> None:
    with pytest.raises(NotPermitted):
        withdraw(bench, bench.raised(), by)


def test_whoever_owns_it_does_not_withdraw_it(bench: Bench) -> None:
    key = bench.raised()
    manager = bench.person("sms_manager")
    with bench.desk("internal_auditor") as desk:
        edit_finding(desk, key, replace(RAISING, owner_id=manager), row_version=1)

    with pytest.raises(NotPermitted, match="someone else"):
        withdraw(bench, key, "sms_manager")


def test_a_withdrawal_gives_its_reason(bench: Bench) -> None:
    with pytest.raises(InvalidInput) as refused:
        withdraw(bench, bench.raised(), reason="  ")

    assert set(refused.value.errors) == {"reason"}


def test_it_counts_until_its_day_and_never_after(bench: Bench) -> None:
    key = bench.raised()
    bench.advance(3)
    withdraw(bench, key)

    assert is_open_on(bench, TODAY)
    assert is_open_on(bench, TODAY + timedelta(days=2))
    assert not is_open_on(bench, TODAY + timedelta(days=3))


def test_it_is_open_for_no_page_and_no_repeat(bench: Bench) -> None:
    key = bench.raised()
    withdraw(bench, key)
    again = bench.raised()

    with bench.desk("viewer") as desk:
        catalogue, today = desk.catalogue, desk.today
        beside = open_findings_for(desk.session, catalogue, desk.system.id, today, requirements={REQUIREMENT})
        lines = {line.key: line for line in finding_lines(desk.session, catalogue, desk.system.id, today)}
        raised = raised_of_system(desk.session, desk.system.id)

    assert [line.key for line in beside] == [again]
    assert lines[again].earlier == ()
    assert not lines[key].is_open
    assert [one.withdrawn for one in raised] == [True, False]


def test_it_stays_in_the_register_with_its_reason(bench: Bench) -> None:
    key = bench.raised()
    auditor = Door(bench, "internal_auditor")

    answer = auditor.post(f"/findings/{key}/withdrawal", withdraw__reason=REASON)

    assert answer.status_code == 302
    assert key in page(bench, "viewer", "/findings?state=withdrawn")
    text = page(bench, "viewer", f"/findings/{key}")
    assert REASON in text
    assert "Correction" not in text
    report = words_of(Door(bench, "viewer").get(f"/findings/{key}/report.docx").data)
    assert REASON in report
    assert "Corrective actions" not in report


def test_the_form_stands_only_where_it_can_be_used(bench: Bench) -> None:
    key = bench.raised()

    assert f"Withdraw {key}" in page(bench, "internal_auditor", f"/findings/{key}")
    assert f"Withdraw {key}" not in page(bench, "process_owner", f"/findings/{key}")
    bench.contain(key)
    assert f"Withdraw {key}" not in page(bench, "internal_auditor", f"/findings/{key}")


def test_a_withdrawal_without_a_reason_comes_back_open(bench: Bench) -> None:
    key = bench.raised()

    answer = Door(bench, "internal_auditor").post(f"/findings/{key}/withdrawal", withdraw__reason="")

    assert answer.status_code == 422
    assert bench.state(key) is State.RAISED
