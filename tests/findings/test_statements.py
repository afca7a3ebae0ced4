"""What is wrong with statements, sentence by sentence; and whose turn it is in each state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from itsmcomply.findings.duties import Duty, Person, next_duty, refusal
from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.rules import Act, ActionFacts, Case, Gate, PlanState, gate_sentence
from itsmcomply.findings.statements import Correction, Extent, problems_of_correction, problems_of_extent

TODAY = date(2026, 11, 24)
ACTION = ActionFacts(1, owner_id=1, round=1, due_on=TODAY)
RAISED = Case("NC-2026-01", Grade.MINOR, TODAY, effect_days=10)
ANALYSED = replace(RAISED, corrected=True, extent=True, cause=True, actions=(ACTION,))
DONE = replace(ANALYSED, plan=PlanState.ACCEPTED, actions=(replace(ACTION, completed_on=TODAY, proven=True),))
EVERYBODY = Person(9, may_raise=True, may_act=True, for_all=True, processes=frozenset())


def test_a_correction_has_text_a_past_day_and_somebody() -> None:
    tomorrow = TODAY + timedelta(days=1)

    assert set(problems_of_correction(Correction("", tomorrow, ""), TODAY)) == {"text", "done_on", "done_by"}
    assert set(problems_of_correction(Correction("x" * 10_001, TODAY, "y" * 201), TODAY)) == {"text", "done_by"}


def test_an_extent_says_yes_or_no() -> None:
    assert set(problems_of_extent(Extent(None, "", ""))) == {"elsewhere", "looked", "result"}


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (PlanState.NONE, "has not been submitted"),
        (PlanState.SUBMITTED, "waits for the auditor"),
        (PlanState.RETURNED, "was returned"),
        (PlanState.ACCEPTED, "is accepted"),
    ],
)
def test_the_gate_of_the_plan_says_where_the_plan_is(plan: PlanState, words: str) -> None:
    assert words in gate_sentence(Gate.PLAN, replace(ANALYSED, plan=plan), TODAY)


def test_a_plan_is_not_submitted_twice() -> None:
    waiting = replace(ANALYSED, plan=PlanState.SUBMITTED)

    assert "submitted already" in (refusal(Act.SUBMIT_PLAN, waiting, EVERYBODY, TODAY) or "")


@pytest.mark.parametrize(
    ("case", "day", "duty"),
    [
        (RAISED, TODAY, Duty.RESPONSIBLE),
        (ANALYSED, TODAY, Duty.RESPONSIBLE),
        (replace(ANALYSED, plan=PlanState.SUBMITTED), TODAY, Duty.DECIDER),
        (replace(ANALYSED, plan=PlanState.ACCEPTED), TODAY, Duty.ACTION_OWNER),
        (DONE, TODAY + timedelta(days=9), None),
        (DONE, TODAY + timedelta(days=10), Duty.DECIDER),
        (replace(DONE, effective=True), TODAY, Duty.DECIDER),
        (replace(DONE, effective=True, closed=True), TODAY, None),
        (replace(RAISED, grade=Grade.OBSERVATION), TODAY, Duty.RESPONSIBLE),
        (replace(RAISED, grade=Grade.STRENGTH), TODAY, None),
    ],
)
def test_whose_turn_it_is(case: Case, day: date, duty: Duty | None) -> None:
    assert next_duty(case, day) is duty
