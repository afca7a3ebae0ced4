"""Management reviews move the gates of readiness and the maturity fact."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from itsmcomply.clauses.maturity import Fact
from itsmcomply.db import db, end_read
from itsmcomply.evidence.operations import Desk
from itsmcomply.performance.operations import cancel_review, move_review
from itsmcomply.readiness.access import derivation_of
from itsmcomply.readiness.results import GateKey, Result, RuleKey
from itsmcomply.systems.models import EntryKind
from itsmcomply.systems.operations import set_entry
from tests.performance.hall import TODAY, Hall


def _result(hall: Hall, day: date) -> Result:
    app = hall.office.cast.app
    with app.app_context():
        snapshot = derivation_of(app).snapshot(db.session(), hall.office.cast.system_id, hall.today())
        found = snapshot.result(day)
        end_read()
        return found


def _passed(result: Result, gate: GateKey, rule: RuleKey) -> bool:
    return next(one.passed for one in result.gate(gate).rules if one.key is rule)


def _planned(hall: Hall, day: date = TODAY) -> bool:
    return _passed(_result(hall, day), GateKey.DOCUMENTED, RuleKey.MANAGEMENT_REVIEW_PLANNED)


def _held(hall: Hall, day: date = TODAY) -> bool:
    return _passed(_result(hall, day), GateKey.CHECKED, RuleKey.MANAGEMENT_REVIEW_HELD)


def _record_stage_2(hall: Hall) -> None:
    """A plan counts only up to the day of stage 2."""

    def record(desk: Desk) -> None:
        kind, value = EntryKind.STAGE_2_ON, "2027-03-01"
        set_entry(desk.session, desk.actor, hall.office.cast.clock, system=desk.system, kind=kind, value=value)

    hall.do(record)


def test_a_plan_after_stage_2_comes_too_late(hall: Hall) -> None:
    _record_stage_2(hall)
    hall.planned(date(2027, 3, 2))

    assert not _planned(hall)


def test_without_a_review_both_rules_fail(hall: Hall) -> None:
    assert (_planned(hall), _held(hall)) == (False, False)


def test_a_planned_review_meets_the_first_gate_only(hall: Hall) -> None:
    _record_stage_2(hall)
    hall.planned()

    assert (_planned(hall), _held(hall)) == (True, False)


def test_a_cancelled_plan_no_longer_counts(hall: Hall) -> None:
    _record_stage_2(hall)
    key = hall.planned()
    hall.do(lambda desk: cancel_review(desk, key, reason="Not needed"))

    assert not _planned(hall)


def test_a_moved_plan_counts_on_its_new_day(hall: Hall) -> None:
    _record_stage_2(hall)
    key = hall.planned(date(2026, 12, 1))
    hall.do(lambda desk: move_review(desk, key, planned_on=date(2027, 2, 1), reason="Later", row_version=1))

    assert _planned(hall, date(2027, 1, 15))


def test_a_review_held_but_not_signed_does_not_count_as_held(hall: Hall) -> None:
    hall.ready()

    assert not _held(hall)


@pytest.mark.parametrize(("days", "met"), [(0, True), (395, True), (396, False)])
def test_a_signed_review_counts_for_395_days(hall: Hall, days: int, met: bool) -> None:
    hall.signed()
    hall.office.cast.clock.advance(timedelta(days=days))

    assert _held(hall, hall.today()) is met


def test_a_signed_review_is_the_maturity_fact_of_every_process(hall: Hall) -> None:
    hall.signed()
    hall.office.cast.clock.advance(timedelta(days=7))

    facts = [process.facts for process in _result(hall, hall.today()).processes.values()]

    assert {found[Fact.MANAGEMENT_REVIEW_DAYS_AGO] for found in facts} == {7}


def test_days_before_the_signature_stay_as_they_were(hall: Hall) -> None:
    hall.office.cast.clock.advance(timedelta(days=5))
    hall.signed()

    assert not _held(hall, TODAY)
