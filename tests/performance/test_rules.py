from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from itsmcomply.errors import InvalidTransition
from itsmcomply.performance.filled import Fact, Filled, Proof, as_text, from_text
from itsmcomply.performance.kinds import State, Step
from itsmcomply.performance.queries.filling import period_since
from itsmcomply.performance.rules import (
    TABLE,
    Act,
    NewAction,
    NewStep,
    Standing,
    Statement,
    hindrances,
    problems_of_action,
    problems_of_held,
    problems_of_statement,
    problems_of_step,
    require,
)
from itsmcomply.wording import say

DAY = date(2026, 11, 24)


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("state", State)
def test_the_table_alone_says_what_may_be_done(state: State, act: Act) -> None:
    if act in TABLE[state]:
        require(act, state)
        return
    with pytest.raises(InvalidTransition):
        require(act, state)


def test_a_signed_review_is_only_followed_and_a_cancelled_one_left_alone() -> None:
    assert TABLE[State.SIGNED] == {Act.FOLLOW}
    assert not TABLE[State.CANCELLED]


WHOLE = Standing(inputs=14, open_inputs=0, top_management=1, decisions=1, stated=True)


@pytest.mark.parametrize(
    ("standing", "missing"),
    [
        (WHOLE, 0),
        (replace(WHOLE, open_inputs=1), 1),
        (replace(WHOLE, top_management=0), 1),
        (replace(WHOLE, decisions=0), 1),
        (replace(WHOLE, stated=False), 1),
        (Standing(inputs=14, open_inputs=14, top_management=0, decisions=0, stated=False), 4),
    ],
)
def test_every_missing_thing_stands_in_the_way_of_signing(standing: Standing, missing: int) -> None:
    assert len(hindrances(standing)) == missing


@pytest.mark.parametrize(
    ("last", "first_day", "first"),
    [(None, date(2025, 11, 25), True), (date(2026, 5, 31), date(2026, 6, 1), False), (DAY, DAY, False)],
)
def test_a_review_looks_back_to_the_one_before(last: date | None, first_day: date, first: bool) -> None:
    period = period_since(last, DAY)

    assert (period.start, period.end, period.first) == (first_day, DAY, first)


def test_a_period_is_marked_at_its_start_middle_and_end() -> None:
    assert period_since(None, DAY).marks() == [date(2025, 11, 25), date(2026, 5, 26), DAY]
    assert period_since(DAY, DAY).marks() == [DAY]


@pytest.mark.parametrize("held_on", [date(2026, 11, 25), date(2026, 5, 1), date(1999, 1, 1), None])
def test_a_review_is_held_after_the_last_one_and_not_ahead(held_on: date | None) -> None:
    assert set(problems_of_held(held_on, DAY, date(2026, 5, 1))) == {"held_on"}


def test_an_action_needs_words_owner_and_a_day_after_the_review() -> None:
    assert set(problems_of_action(NewAction(" ", None, date(2026, 11, 1)), DAY)) == {"text", "owner", "due_on"}
    assert problems_of_action(NewAction("Measure.", 1, DAY), DAY) == {}


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        (NewStep(None, ""), {"note", "step"}),
        (NewStep(Step.MOVED, "Late."), {"due_on"}),
        (NewStep(Step.MOVED, "Late.", date(2026, 11, 1)), {"due_on"}),
        (NewStep(Step.DONE, "Measured."), set()),
    ],
)
def test_what_became_of_an_action_is_told_with_a_reason(step: NewStep, fields: set[str]) -> None:
    assert set(problems_of_step(step, DAY)) == fields


def test_the_statement_answers_three_questions_with_reasons() -> None:
    assert set(problems_of_statement(Statement())) == {"suitable", "adequate", "effective", "text"}


def test_what_filled_an_input_comes_back_from_its_text_unchanged() -> None:
    filled = Filled(
        (
            Fact(say("Open now"), say("%(n)s of 100 %%", n=7), "finding", "NC-2026-01", late=True),
            Fact(say("A"), say("b")),
        ),
        (Proof("csat", "Survey", "missing"), Proof("csat", "Survey", "current", "EV-0001", "Ürün ✓", 2, DAY)),
    )

    assert from_text(as_text(filled)) == filled
    assert from_text(as_text(filled)).facts[0].value.template == "%(n)s of 100 %%"
    assert from_text("") == Filled()
