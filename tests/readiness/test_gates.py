"""The rules of the three gates, one by one."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from itsmcomply.clauses.model import SubjectKind
from itsmcomply.readiness.facts import (
    Action,
    Audit,
    AuditRow,
    Closing,
    Dated,
    Facts,
    Finding,
    Grade,
    ManagementReview,
    VersionKind,
)
from itsmcomply.readiness.results import GateKey, RuleKey, RuleResult, Status
from tests.readiness.edits import with_system
from tests.readiness.small import (
    LONG_AGO,
    at,
    facts,
    item,
    month_record,
    result_of,
    since,
    small,
    subjects_of,
    version,
)

DAY = date(2025, 6, 15)
ALL_ROWS = (
    *(AuditRow("conforms", clause=c) for c in small().clauses),
    *(AuditRow("conforms", process=p) for p in ("gov", "ops")),
)


def rule(found: Facts, key: RuleKey, day: date = DAY) -> RuleResult:
    return next(r for gate in result_of(found, day).gates for r in gate.rules if r.key is key)


def blocked(found: Facts, key: RuleKey, day: date = DAY) -> list[tuple[str, str]]:
    return [(blocker.key, blocker.reason) for blocker in rule(found, key, day).blockers]


def ready() -> Facts:
    """Everything the small catalogue wants on the day, no more."""
    documents = [
        item(f"EV-1{n:03d}", key, version(DAY)) for n, key in enumerate(("policy", "plan", "rec", "meas", "good"))
    ]
    nils = [
        item(f"EV-2{n:03d}", key, version(DAY, kind=VersionKind.NIL))
        for n, key in enumerate(("ola", "notice", "rep", "sla"))
    ]
    months = [month_record(f"EV-3{month:03d}", "log", 2025, month) for month in (3, 4, 5)]
    return facts(
        *documents,
        *nils,
        *months,
        item("EV-4001", "gdoc", version(DAY)),
        operating_since=since(date(2025, 3, 1)),
        owners={key: (Dated("Process owner", LONG_AGO),) for key in ("gov", "ops")},
        scope=(Dated("All services", LONG_AGO),),
        audit_programmes=(Dated("Programme 2025", LONG_AGO),),
        management_reviews=(ManagementReview("M-1", at(DAY), held_on=DAY, held_recorded_at=at(DAY)),),
        audits=(Audit("A-1", at(DAY), signed_off_at=at(DAY), rows=ALL_ROWS),),
    )


def test_a_complete_system_is_ready_for_stage_1_but_wants_its_records() -> None:
    found = ready()

    assert result_of(found, DAY).status is Status.STAGE_1_READY
    assert blocked(found, RuleKey.MANDATED_RECORDS) == [("aud_prog", "missing"), ("mr_min", "missing")]


def test_with_its_records_it_is_ready_for_stage_2() -> None:
    found = ready()
    more = [
        item("EV-5001", "aud_prog", version(DAY)),
        item("EV-5002", "mr_min", version(DAY)),
        item("EV-5003", "impr", version(DAY)),
    ]
    whole = facts(*(i for f in found.artefacts.values() for i in f.filed), *more)

    result = result_of(Facts(found.system, whole.artefacts), DAY)

    assert result.status is Status.STAGE_2_READY
    assert all(gate.passed for gate in result.gates)


def test_lists_owners_and_scope_are_wanted_for_the_first_gate() -> None:
    found = facts(
        declared_lists={SubjectKind.CUSTOMER: (Dated(None, LONG_AGO),)}, owners={"gov": (Dated("x", LONG_AGO),)}
    )

    assert blocked(found, RuleKey.SUBJECT_LISTS) == [
        ("service", "not_declared"),
        ("external_supplier", "not_declared"),
        ("internal_supplier", "not_declared"),
    ]
    assert blocked(found, RuleKey.PROCESS_OWNERS) == [("ops", "no_owner")]
    assert blocked(found, RuleKey.SCOPE_RECORDED) == [("scope_recorded", "not_recorded")]


def test_an_entry_counts_from_its_recording_until_it_ends() -> None:
    entry = Dated("All services", at(date(2025, 6, 1)), ended_at=at(date(2025, 6, 20)))
    found = facts(scope=(entry,))

    passed = [
        rule(found, RuleKey.SCOPE_RECORDED, date(2025, m, d)).passed for m, d in ((5, 31), (6, 1), (6, 19), (6, 20))
    ]
    assert passed == [False, True, True, False]


@pytest.mark.parametrize("key", ["aud_prog", "mr_min"])
def test_a_current_record_serves_in_place_of_programme_or_review(key: str) -> None:
    wanted = {"aud_prog": RuleKey.AUDIT_PROGRAMME, "mr_min": RuleKey.MANAGEMENT_REVIEW_PLANNED}[key]

    assert not rule(facts(), wanted).passed
    assert rule(facts(item("EV-0001", key, version(DAY))), wanted).passed


@pytest.mark.parametrize(
    ("planned", "stage_2", "expected"),
    [
        (DAY, date(2025, 9, 1), True),
        (date(2025, 9, 1), date(2025, 9, 1), True),
        (date(2025, 9, 2), date(2025, 9, 1), False),
        (DAY - timedelta(days=1), date(2025, 9, 1), False),
        (DAY, None, False),
    ],
)
def test_a_review_planned_in_time_for_stage_2_is_enough_for_the_first_gate(
    planned: date, stage_2: date | None, expected: bool
) -> None:
    review = ManagementReview("M-1", LONG_AGO, planned_on=(Dated(planned, LONG_AGO),))
    dates = () if stage_2 is None else (Dated(stage_2, LONG_AGO),)
    found = facts(management_reviews=(review, ManagementReview("M-2", LONG_AGO)), stage_2_on=dates)

    assert rule(found, RuleKey.MANAGEMENT_REVIEW_PLANNED).passed is expected


def test_a_review_recorded_for_a_later_day_is_not_held_yet() -> None:
    review = ManagementReview("M-1", LONG_AGO, held_on=DAY + timedelta(days=1), held_recorded_at=at(DAY))

    assert blocked(facts(management_reviews=(review,)), RuleKey.MANAGEMENT_REVIEW_HELD)[0][1] == "not_held"
    assert rule(facts(management_reviews=(review,)), RuleKey.MANAGEMENT_REVIEW_HELD, DAY + timedelta(days=396)).passed
    late = blocked(facts(management_reviews=(review,)), RuleKey.MANAGEMENT_REVIEW_HELD, DAY + timedelta(days=397))
    assert late[0][1] == "too_long_ago"


def test_recurring_records_name_why_they_block() -> None:
    months = [month_record(f"EV-{month:04d}", "log", 2025, month) for month in (3, 5)]
    found = facts(*months, operating_since=since(date(2025, 1, 1)), declared_lists={})

    assert blocked(found, RuleKey.RECURRING_RECORDS) == [("log", "periods_missing"), ("rep", "list_not_declared")]
    empty = with_system(ready(), operating_since=())
    assert blocked(empty, RuleKey.RECURRING_RECORDS) == [("log", "not_operated_long_enough")]
    no_nil = facts(operating_since=since(date(2025, 1, 1)))
    assert ("rep", "missing") in blocked(no_nil, RuleKey.RECURRING_RECORDS)


def test_a_supplier_with_no_period_expected_yet_is_left_out_of_coverage_and_gate() -> None:
    # On 15 June the first quarter was due on 30 April; "new" came on 1 March and had only a third of it.
    old = subjects_of(SubjectKind.EXTERNAL_SUPPLIER, "old")
    new = tuple(s.__class__("new", SubjectKind.EXTERNAL_SUPPLIER, date(2025, 3, 1), LONG_AGO) for s in old)
    report = version(
        date(2025, 3, 31), received=date(2025, 4, 10), period=(date(2025, 1, 1), date(2025, 3, 31)), subjects=["old"]
    )
    found = facts(item("EV-0001", "rep", report), subjects=old + new, operating_since=since(date(2025, 1, 1)))

    rep = result_of(found, DAY).artefacts["rep"].outcome
    assert (rep.state.value, rep.coverage, [s.coverage for s in rep.subjects]) == (
        "current",
        Fraction(1),
        [None, Fraction(1)],
    )
    assert ("rep", "periods_missing") not in blocked(found, RuleKey.RECURRING_RECORDS)
    # The second quarter is due on 30 July for both, and nothing covers it.
    assert rep.lapses_on == date(2025, 7, 30)
    only_new = with_system(found, subjects=new)
    assert result_of(only_new, DAY).artefacts["rep"].outcome.state.value == "missing"


def test_audits_hold_a_row_for_each_clause_and_process_within_their_window() -> None:
    rows = (*ALL_ROWS[:-1], AuditRow("not_sampled", process="ops"))
    found = facts(audits=(Audit("A-1", at(DAY), signed_off_at=at(DAY), rows=rows),))

    assert blocked(found, RuleKey.AUDITED) == [("ops", "not_audited")]
    # Four clauses carry requirements, and there are two processes.
    assert rule(found, RuleKey.AUDITED).total == 4 + 2
    late = DAY + timedelta(days=396)
    assert rule(found, RuleKey.AUDITED, DAY + timedelta(days=395)).met == 5
    assert rule(found, RuleKey.AUDITED, late).met == 0
    certified = {"certified_on": (Dated(DAY, LONG_AGO),)}
    assert rule(with_system(found, **certified), RuleKey.AUDITED, late).met == 0
    reason = {"audit_window_reason": (Dated("Three-year programme", LONG_AGO),)}
    assert rule(with_system(found, **certified, **reason), RuleKey.AUDITED, late).met == 5
    assert rule(with_system(found, **reason), RuleKey.AUDITED, late).met == 0


def test_an_audit_not_signed_off_counts_nowhere() -> None:
    found = facts(
        audits=(
            Audit("A-1", LONG_AGO, rows=ALL_ROWS),
            Audit("A-2", LONG_AGO, signed_off_at=at(DAY + timedelta(1)), rows=ALL_ROWS),
        )
    )

    assert rule(found, RuleKey.AUDITED).met == 0


def finding(key: str, grade: Grade, **more: object) -> Finding:
    return Finding(key, LONG_AGO, (Dated(grade, LONG_AGO),), process="ops", **more)  # type: ignore[arg-type]


def test_open_majors_and_areas_of_concern_block_and_closed_ones_do_not() -> None:
    closed = finding("F-2", Grade.MAJOR, closings=(Closing(at(DAY)),))
    found = facts(findings=(finding("F-1", Grade.MAJOR), closed, finding("F-3", Grade.AREA_OF_CONCERN)))

    major = rule(found, RuleKey.NO_MAJOR)
    assert (major.met, major.total, [b.key for b in major.blockers]) == (1, 2, ["F-1"])
    assert blocked(found, RuleKey.NO_AREA_OF_CONCERN) == [("F-3", "open")]


def test_an_open_minor_wants_an_accepted_plan_and_no_overdue_action() -> None:
    plan = (Dated("plan", at(DAY)),)
    due = (Dated(DAY - timedelta(days=1), LONG_AGO),)
    overdue = Action("A-1", due, LONG_AGO)
    found = facts(
        findings=(
            finding("F-1", Grade.MINOR),
            finding("F-2", Grade.MINOR, plans=plan, actions=(overdue,)),
            finding("F-3", Grade.MINOR, plans=plan, actions=(Action("A-1", due, LONG_AGO, completed_at=at(DAY)),)),
            finding("F-4", Grade.MINOR, plans=plan, actions=(Action("A-1", due, LONG_AGO, ended_at=at(DAY)),)),
            finding("F-5", Grade.MINOR, plans=plan, actions=(Action("A-1", (), LONG_AGO),)),
        )
    )

    assert blocked(found, RuleKey.MINORS_PLANNED) == [("F-1", "no_plan"), ("F-2", "overdue")]
    assert rule(found, RuleKey.MINORS_PLANNED).total == 5


def test_requirements_below_the_band_are_named_with_theirs() -> None:
    found = facts(item("EV-0001", "rec", version(DAY)))

    # ops-2: rec primary 2 of ola 3, notice 2, rec 2 = 2/7, band P: enough for the second gate, not for the third.
    assert "ops-2" not in dict(blocked(found, RuleKey.REQUIREMENTS_PARTLY))
    assert dict(blocked(found, RuleKey.REQUIREMENTS_LARGELY))["ops-2"] == "band_P"


def test_gates_can_be_asked_for_by_key() -> None:
    assert result_of(facts(), DAY).gate(GateKey.CHECKED).key is GateKey.CHECKED
