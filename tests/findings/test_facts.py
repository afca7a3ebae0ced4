"""What the engine is told about findings, and what other features read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from itsmcomply.db import db
from itsmcomply.findings.dossiers import load_dossiers
from itsmcomply.findings.duties import person_of
from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.operations import change_grade, reopen_finding
from itsmcomply.findings.queries import finding_lines, open_findings_for
from itsmcomply.findings.queries.lines import needs
from itsmcomply.readiness.engine.days import vantage
from itsmcomply.readiness.engine.findings import FindingOnDay, findings_on
from itsmcomply.readiness.facts import Finding
from itsmcomply.readiness.inputs import current_seq
from itsmcomply.readiness.inputs.findings import load_findings
from tests.findings.bench import RAISING, REQUIREMENT, TODAY, Bench


def facts(bench: Bench) -> tuple[Finding, ...]:
    with bench.office.cast.app.app_context():
        return load_findings(db.session(), bench.office.cast.system_id)


def on_day(bench: Bench, day: date = TODAY) -> FindingOnDay:
    found = findings_on(facts(bench), bench.office.catalogue, vantage((), day, day))
    assert len(found) == 1
    return found[0]


def test_an_open_minor_one_reaches_the_engine_with_requirement_and_process(bench: Bench) -> None:
    bench.raised()

    found = on_day(bench)

    assert (found.grade.value, found.is_open, found.has_plan) == ("minor", True, False)
    assert found.requirements == (REQUIREMENT,)
    assert found.processes == ("incident",)


def test_the_accepted_plan_counts_until_an_action_is_added(bench: Bench) -> None:
    key = bench.planned()
    assert on_day(bench).has_plan

    bench.add_action(key)

    assert not on_day(bench).has_plan


def test_an_action_is_overdue_the_day_after_it_was_due(bench: Bench) -> None:
    bench.planned()

    assert on_day(bench, date(2026, 12, 14)).overdue == ()
    assert on_day(bench, date(2026, 12, 15)).overdue == ("NC-2026-01/1",)


def test_a_closed_one_is_open_before_its_closing_and_after_its_reopening(bench: Bench) -> None:
    key = bench.verified()
    bench.close(key)
    closed_on = bench.office.cast.clock.now().date()
    bench.advance(5)
    bench.do("internal_auditor", lambda desk: reopen_finding(desk, key, reason="It came back."))
    reopened_on = bench.office.cast.clock.now().date()

    assert on_day(bench, TODAY).is_open
    assert not on_day(bench, closed_on).is_open
    assert on_day(bench, reopened_on).is_open


def test_yesterdays_grade_stands_after_todays_change(bench: Bench) -> None:
    key = bench.raised()
    bench.advance(1)
    bench.do(
        "internal_auditor",
        lambda desk: change_grade(
            desk, key, grade=Grade.MAJOR, plan_due_on=None, closure_due_on=None, reason="Seen in three services."
        ),
    )

    assert on_day(bench, TODAY).grade.value == "minor"
    assert on_day(bench, date(2026, 11, 25)).grade.value == "major"


def test_every_change_moves_the_facts_on(bench: Bench) -> None:
    key = bench.raised()
    with bench.office.cast.app.app_context():
        before = current_seq(db.session(), bench.office.cast.system_id)
    bench.contain(key)
    with bench.office.cast.app.app_context():
        assert current_seq(db.session(), bench.office.cast.system_id) > before


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"requirements": {REQUIREMENT}}, 1),
        ({"clause": "8.6"}, 1),
        ({"clause": "8.6.1"}, 1),
        ({"clause": "8.6.10"}, 0),
        ({"process": "incident"}, 1),
        ({"process": "change"}, 0),
        ({"requirements": {"9.2.2-a"}}, 0),
    ],
)
def test_other_pages_find_what_is_open_for_them(bench: Bench, where: dict[str, object], found: int) -> None:
    bench.raised()
    closed = bench.verified()
    bench.close(closed)

    with bench.desk("viewer") as desk:
        lines = open_findings_for(desk.session, desk.catalogue, desk.system.id, desk.today, **where)  # type: ignore[arg-type]  # one of three filters

    assert len(lines) == found


def test_a_repeat_within_24_months_is_recognised_and_not_after(bench: Bench) -> None:
    old = bench.raised(replace(RAISING, found_on=date(2024, 11, 24)))
    older = bench.raised(replace(RAISING, found_on=date(2024, 11, 23)))
    new = bench.raised()

    with bench.desk("viewer") as desk:
        lines = {line.key: line for line in finding_lines(desk.session, desk.catalogue, desk.system.id, desk.today)}

    assert lines[new].earlier == (old,)
    assert lines[old].earlier == (older,)


def test_withdrawn_proof_moves_a_finding_back(bench: Bench) -> None:
    key = bench.done()
    version = bench.dossier(key).actions[0].evidence[0].row.version_id
    from itsmcomply.evidence.operations import withdraw_version

    bench.do("sms_manager", lambda desk: withdraw_version(desk, version_id=version, reason="Wrong file."))

    assert bench.state(key).value == "plan_accepted"


def test_the_next_step_belongs_to_the_right_person(bench: Bench) -> None:
    def waiting(role: str) -> bool:
        with bench.desk(role) as desk:
            dossier = load_dossiers(desk.session, desk.catalogue, desk.system.id)[0]
            return needs(dossier.case, person_of(desk.actor, desk.system.id), desk.today)

    key = bench.raised()
    assert (waiting("process_owner"), waiting("internal_auditor"), waiting("other_owner")) == (True, False, False)
    bench.contain(key)
    bench.analyse(key)
    bench.add_action(key)
    bench.submit(key)
    assert (waiting("process_owner"), waiting("internal_auditor")) == (False, True)
    assert not waiting("sms_manager") or bench.dossier(key).finding.owner_id != bench.person("sms_manager")
    bench.advance(60)
    assert waiting("sms_manager")
