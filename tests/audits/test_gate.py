"""What a signed audit does to readiness, through the real facts and the real engine."""

from __future__ import annotations

from datetime import timedelta

from itsmcomply.activity.verification import verify_chain
from itsmcomply.audits.operations import RaisedHere, follow_thread, raise_from_row
from itsmcomply.clauses.maturity import Fact
from itsmcomply.findings.kinds import Grade
from itsmcomply.readiness.engine.evaluation import evaluate
from itsmcomply.readiness.inputs.loading import load
from itsmcomply.readiness.results import GateKey, Result, RuleKey, RuleResult
from itsmcomply.web.resources import resources_of
from tests.audits.shop import Shop


def _result(shop: Shop, days: int = 0) -> Result:
    found = resources_of(shop.cast.app)
    with shop.desk("viewer") as desk:
        facts = load(desk.session, desk.system.id).facts
        today = desk.today
    model = next(iter(found.models.values()))
    day = today + timedelta(days=days)
    return evaluate(found.catalogue, found.policy, model, facts, day, today=max(day, today))


def _audited(result: Result) -> RuleResult:
    gate = next(one for one in result.gates if one.key is GateKey.CHECKED)
    return next(one for one in gate.rules if one.key is RuleKey.AUDITED)


def test_a_signed_audit_moves_the_third_gate_and_the_age_of_its_process(shop: Shop) -> None:
    key = shop.running("8.6.2")
    shop.conclude(key)
    before = _audited(_result(shop))

    shop.close(key)

    after = _result(shop, days=10)
    assert _audited(after).met - before.met == 2  # the clause and its process
    assert after.processes["service_request"].facts[Fact.AUDITED_DAYS_AGO] == 10


def test_the_trail_agrees_with_every_row_of_an_audit(shop: Shop) -> None:
    shop.file("process_owner", "inc_rec")
    key = shop.running("8.6.1", "8.6.2")
    with shop.desk("internal_auditor") as desk:
        raised = RaisedHere(Grade.MINOR, "No category", "Three of twenty.", "Incidents 1 to 3.")
        raise_from_row(desk, key, "8.6.1-a", raised, row_version=1)
        follow_thread(desk, key, "8.6.1-b", thread="T02", steps="INC1\nPRB1", holds=True)
    shop.conclude(key)
    shop.close(key)

    with shop.desk("viewer") as desk:
        report = verify_chain(desk.session)

    # The cast sets passwords beside the operations, which the trail is right to notice.
    assert [problem for problem in report.problems if not problem.startswith("app_user")] == []
