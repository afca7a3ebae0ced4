"""The database itself refuses what skips a step, whichever way a row comes."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from itsmcomply.findings.dossiers import finding_id
from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.operations import answer_finding, reopen_finding
from itsmcomply.findings.rules import State
from tests.findings.bench import Bench

CLOSE = "INSERT INTO finding_closing (finding_id, closed_at, closed_by, note) VALUES (:finding, :now, :by, '')"
VERIFY = (
    "INSERT INTO finding_verification (finding_id, round, effective, statement, verified_at, verified_by) "
    "VALUES (:finding, 1, :yes, 'Gone.', :now, :by)"
)


def run(bench: Bench, key: str, statement: str, by: str = "sms_manager") -> None:
    """Send a statement past every rule of the product."""
    with bench.desk(by) as desk:
        finding = finding_id(desk.session, desk.system.id, key)
        values = {"finding": finding, "now": desk.now, "by": bench.person(by), "yes": True}
        desk.session.execute(text(statement).bindparams(**{k: v for k, v in values.items() if f":{k}" in statement}))


@pytest.mark.parametrize("stage", ["raised", "planned", "done"])
def test_no_row_closes_a_nonconformity_before_its_gates(bench: Bench, stage: str) -> None:
    key = getattr(bench, stage)()

    with pytest.raises(DBAPIError, match="closed once it is proven"):
        run(bench, key, CLOSE)
    assert bench.state(key) is not State.CLOSED


def test_no_row_closes_an_observation_without_answer(bench: Bench) -> None:
    key = bench.graded(Grade.OBSERVATION)

    with pytest.raises(DBAPIError, match="answered before it closes"):
        run(bench, key, CLOSE)

    bench.do("process_owner", lambda desk: answer_finding(desk, key, text="We leave it."))
    run(bench, key, CLOSE)
    assert bench.state(key) is State.CLOSED


def test_no_row_verifies_or_closes_what_one_owns(bench: Bench) -> None:
    key = bench.done()

    with pytest.raises(DBAPIError, match="somebody who did not act"):
        run(bench, key, VERIFY, "process_owner")

    bench.advance(30)
    bench.verify(key)
    with pytest.raises(DBAPIError, match="somebody who did not act"):
        run(bench, key, CLOSE, "process_owner")


def test_no_row_verifies_actions_that_are_still_to_be_done(bench: Bench) -> None:
    with pytest.raises(DBAPIError, match="once all actions are done"):
        run(bench, bench.planned(), VERIFY)


@pytest.mark.parametrize(
    "change", ["UPDATE finding_verification SET effective = :yes", "DELETE FROM finding_verification"]
)
def test_a_verification_stays_as_it_was_recorded(bench: Bench, change: str) -> None:
    key = bench.verified()

    with pytest.raises(DBAPIError, match="does not change"):
        run(bench, key, change)


def test_a_reopening_is_not_taken_back(bench: Bench) -> None:
    key = bench.verified()
    bench.close(key)
    bench.do("internal_auditor", lambda desk: reopen_finding(desk, key, reason="It came back."))

    with pytest.raises(DBAPIError, match="not taken back"):
        run(bench, key, "UPDATE finding_closing SET reopened_at = NULL, reopen_reason = NULL")
    assert bench.state(key) is not State.CLOSED
