from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from itsmcomply.activity.models import ActivityEntry
from itsmcomply.db import transaction
from itsmcomply.errors import Conflict, InvalidInput, InvalidTransition, NotFound, NotPermitted
from itsmcomply.evidence.kinds import Decision
from itsmcomply.evidence.models import EvidenceItem
from itsmcomply.evidence.operations import decide
from itsmcomply.evidence.rules import Verdict
from itsmcomply.performance.kinds import Consideration, DecisionKind, State, Step
from itsmcomply.performance.operations import (
    add_decision,
    add_guest,
    cancel_review,
    change_presence,
    end_decision,
    follow_action,
    move_review,
    plan_review,
    record_held,
    save_input,
    sign_review,
    state_result,
)
from itsmcomply.performance.rules import Entry, Guest, NewDecision, NewStep
from tests.performance.hall import STATEMENT, TODAY, Hall


@contextmanager
def transaction_of(hall: Hall) -> Iterator[Session]:
    """A write transaction of our own, past the operations."""
    with hall.office.cast.app.app_context(), transaction() as session:
        yield session


def test_a_planned_review_has_every_input_of_the_catalogue_on_its_agenda(hall: Hall) -> None:
    key = hall.planned()

    view = hall.view(key)
    assert key == "MR-2026-01"
    assert [one.key for one in view.inputs] == [one.key for one in hall.office.catalogue.review_inputs]
    assert len(view.inputs) == 14
    assert all(one.filled.facts or one.filled.proofs for one in view.inputs)


def test_reviews_are_numbered_by_the_year_they_are_planned_for(hall: Hall) -> None:
    assert [hall.planned(), hall.planned(), hall.planned(date(2027, 3, 1))] == [
        "MR-2026-01",
        "MR-2026-02",
        "MR-2027-01",
    ]


@pytest.mark.parametrize("role", ["internal_auditor", "process_owner", "reviewer", "viewer", "external_auditor"])
def test_only_who_may_hold_reviews_plans_one(hall: Hall, role: str) -> None:
    with pytest.raises(NotPermitted):
        hall.do(lambda desk: plan_review(desk, planned_on=TODAY, chair_id=1), by=role)


def test_a_review_is_not_planned_for_the_past_nor_chaired_by_just_anybody(hall: Hall) -> None:
    viewer = hall.office.cast.ids["viewer"]

    with pytest.raises(InvalidInput) as refused:
        hall.do(lambda desk: plan_review(desk, planned_on=date(2026, 11, 23), chair_id=viewer))

    assert set(refused.value.errors) == {"planned_on", "chair"}


def test_moving_a_review_keeps_the_day_before_and_the_reason(hall: Hall) -> None:
    key = hall.planned()

    hall.do(lambda desk: move_review(desk, key, planned_on=date(2026, 12, 15), reason="Director away", row_version=1))

    first, second = hall.view(key).dates
    assert first.ended_at is not None
    assert (second.planned_on, second.reason, second.ended_at) == (date(2026, 12, 15), "Director away", None)


def test_moving_over_somebody_elses_newer_day_is_refused_with_both(hall: Hall) -> None:
    key = hall.planned()
    hall.do(lambda desk: move_review(desk, key, planned_on=date(2026, 12, 15), reason="Theirs", row_version=1))

    with pytest.raises(Conflict) as refused:
        hall.do(lambda desk: move_review(desk, key, planned_on=date(2026, 12, 20), reason="Mine", row_version=1))

    assert (refused.value.theirs, refused.value.yours) == ({"planned_on": "2026-12-15"}, {"planned_on": "2026-12-20"})


def test_a_cancelled_review_takes_nothing_more(hall: Hall) -> None:
    key = hall.planned()
    hall.do(lambda desk: cancel_review(desk, key, reason="Merged with the next one"))

    assert hall.view(key).state is State.CANCELLED
    with pytest.raises(InvalidTransition):
        hall.do(lambda desk: record_held(desk, key, held_on=TODAY))


@pytest.mark.parametrize("held_on", [None, date(2026, 11, 25)])
def test_a_review_is_not_held_on_a_day_to_come(hall: Hall, held_on: date | None) -> None:
    key = hall.planned()

    with pytest.raises(InvalidInput) as refused:
        hall.do(lambda desk: record_held(desk, key, held_on=held_on))

    assert set(refused.value.errors) == {"held_on"}


def test_before_it_is_held_inputs_are_prepared_but_not_answered(hall: Hall) -> None:
    key = hall.planned()
    hall.do(lambda desk: save_input(desk, key, "feedback", Entry("Survey of October."), row_version=1))

    entry = Entry("Survey of October.", Consideration.CONSIDERED)
    with pytest.raises(InvalidTransition):
        hall.do(lambda desk: save_input(desk, key, "feedback", entry, row_version=2))


def test_an_input_is_passed_over_only_with_a_reason(hall: Hall) -> None:
    key = hall.held()

    entry = Entry("", Consideration.NOT_CONSIDERED)
    with pytest.raises(InvalidInput) as refused:
        hall.do(lambda desk: save_input(desk, key, "risks", entry, row_version=1))

    assert set(refused.value.errors) == {"addition"}


def test_writing_over_a_newer_addition_is_refused_with_both(hall: Hall) -> None:
    key = hall.held()
    hall.do(lambda desk: save_input(desk, key, "risks", Entry("Theirs"), row_version=1))

    with pytest.raises(Conflict) as refused:
        hall.do(lambda desk: save_input(desk, key, "risks", Entry("Mine"), row_version=1))

    assert (refused.value.theirs["addition"], refused.value.yours["addition"]) == ("Theirs", "Mine")


def test_no_decision_is_taken_before_the_review_is_held(hall: Hall) -> None:
    key = hall.planned()

    with pytest.raises(InvalidTransition):
        hall.do(lambda desk: add_decision(desk, key, NewDecision(DecisionKind.CHANGE, "Move the desk.")))


def test_numbers_of_decisions_taken_back_are_not_used_again(hall: Hall) -> None:
    key = hall.held()
    for words in ("One", "Two"):
        hall.do(lambda desk, words=words: add_decision(desk, key, NewDecision(DecisionKind.CHANGE, words)))  # type: ignore[misc]
    hall.do(lambda desk: end_decision(desk, key, 2))

    hall.do(lambda desk: add_decision(desk, key, NewDecision(DecisionKind.CHANGE, "Three")))

    assert [one.row.number for one in hall.view(key).decisions] == [1, 3]


def test_somebody_expected_may_turn_out_absent(hall: Hall) -> None:
    key = hall.held()
    guest = hall.view(key).guests[0]

    hall.do(lambda desk: change_presence(desk, key, guest.id))

    assert [(g.name, g.present) for g in hall.view(key).guests] == [("Service director", False)]
    assert "Nobody of top management is recorded as present." in hall.view(key).hindrances


def test_a_review_is_signed_only_when_nothing_is_missing(hall: Hall) -> None:
    key = hall.held()

    with pytest.raises(InvalidInput) as refused:
        hall.sign(key)

    words = refused.value.errors[""]
    assert "14 of 14 inputs" in words
    assert "No decision" in words
    assert "statement" in words


def test_signing_freezes_the_figures_and_files_the_minutes(hall: Hall) -> None:
    key = hall.ready()
    before = hall.view(key)

    filed = hall.sign(key)

    after = hall.view(key)
    assert after.state is State.SIGNED
    assert after.minutes == filed.item.key
    assert filed.item.artefact == "mr_min"
    assert filed.version.uploaded_by == hall.office.cast.ids["sms_manager"]
    assert [one.filled for one in after.inputs] == [one.filled for one in before.inputs]


def test_a_signed_review_keeps_its_figures_when_the_data_moves_on(hall: Hall) -> None:
    key = hall.signed()
    kept = [one.filled for one in hall.view(key).inputs]

    hall.office.file("csat", by="sms_manager")

    assert [one.filled for one in hall.view(key).inputs] == kept


def test_the_chair_does_not_review_the_minutes_but_somebody_else_does(hall: Hall) -> None:
    filed = hall.sign(hall.ready())
    verdict = Verdict(Decision.ACCEPTED, None, "", filed.version.sha256)

    with pytest.raises(NotPermitted):
        hall.do(lambda desk: decide(desk, version_id=filed.version.id, verdict=verdict, opened=True, after_review=0))

    hall.office.accept(filed.version)


def test_only_the_chair_signs(hall: Hall) -> None:
    key = hall.ready()
    with transaction_of(hall) as session:
        other = hall.office.cast.ids["viewer"]
        session.execute(text("UPDATE management_review SET chair_id = :other"), {"other": other})

    with pytest.raises(NotPermitted, match="chaired"):
        hall.sign(key)


def test_what_changed_since_the_minutes_were_written_is_not_signed(hall: Hall) -> None:
    key = hall.ready()
    made = hall.minutes(key)
    hall.office.file("csat", by="sms_manager")

    with pytest.raises(Conflict):
        hall.do(lambda desk: sign_review(desk, key, made))

    assert hall.view(key).state is State.HELD


LATE_GUEST = (
    "INSERT INTO management_review_attendance "
    "(review_id, name, role, top_management, present, recorded_at, recorded_by) "
    "SELECT id, 'Late guest', 'Director', true, true, created_at, created_by FROM management_review"
)
STATEMENTS = [
    "UPDATE management_review SET statement = 'better'",
    "DELETE FROM management_review",
    "UPDATE management_review_input SET addition = 'other'",
    "DELETE FROM management_review_attendance",
    "UPDATE management_review_decision SET text = 'other'",
    "UPDATE management_review_action SET due_on = '2030-01-01'",
    "UPDATE management_review_date SET planned_on = '2030-01-01'",
    LATE_GUEST,
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_itself_refuses_to_change_a_signed_review(hall: Hall, statement: str) -> None:
    hall.signed()

    with pytest.raises(DBAPIError, match="a signed management review does not change"), transaction_of(hall) as session:
        session.execute(text(statement))


def test_the_database_refuses_to_change_what_became_of_an_action(hall: Hall) -> None:
    key = hall.signed()
    hall.do(lambda desk: follow_action(desk, key, 1, NewStep(Step.DONE, "Measured since December.")))

    with pytest.raises(DBAPIError, match="only added to"), transaction_of(hall) as session:
        session.execute(text("DELETE FROM management_review_step"))


def test_actions_are_followed_after_the_signature_only(hall: Hall) -> None:
    key = hall.ready()
    step = NewStep(Step.DONE, "Measured.")
    with pytest.raises(InvalidTransition):
        hall.do(lambda desk: follow_action(desk, key, 1, step))
    hall.sign(key)

    hall.do(lambda desk: follow_action(desk, key, 1, NewStep(Step.MOVED, "Tool is late.", date(2027, 2, 1))))
    moved = hall.view(key).actions[0]
    hall.do(lambda desk: follow_action(desk, key, 1, step))

    assert (moved.due_on, moved.first_due_on, moved.is_open) == (date(2027, 2, 1), date(2027, 1, 15), True)
    assert hall.view(key).actions[0].outcome is Step.DONE


def test_the_next_review_shows_what_became_of_earlier_actions(hall: Hall) -> None:
    hall.signed()
    hall.office.cast.clock.advance(timedelta(days=60))

    key = hall.planned(date(2027, 2, 1))

    facts = hall.view(key).inputs[0].filled.facts
    assert facts[0].value == "1 decided, 0 concluded, 1 late"
    assert facts[1].label == "MR-2026-01/1 Measure the time to assign."
    assert facts[1].late
    assert facts[1].value == "8 days late; Service desk lead, was due on 15 Jan 2027"


def test_a_second_review_is_held_after_the_first(hall: Hall) -> None:
    hall.signed()
    key = hall.planned()

    with pytest.raises(InvalidInput, match="earlier review"):
        hall.do(lambda desk: record_held(desk, key, held_on=TODAY))


def test_a_review_of_another_system_is_not_found(hall: Hall) -> None:
    with pytest.raises(NotFound):
        hall.do(lambda desk: add_guest(desk, "MR-2026-07", Guest("A", "B")))


def test_every_step_is_on_the_trail_in_words(hall: Hall) -> None:
    key = hall.signed()

    with transaction_of(hall) as session:
        entries = session.execute(
            select(ActivityEntry.action).where(ActivityEntry.record_key == key).order_by(ActivityEntry.seq)
        )
        actions = list(dict.fromkeys(row.action for row in entries))
        items = session.scalar(select(EvidenceItem.title))
    assert actions == [f"management_review.{act}" for act in ACTS]
    assert items == f"Minutes of management review {key}"


ACTS = ("planned", "held", "attendance", "input", "decided", "action_added", "stated", "signed")


def test_the_statement_needs_three_answers_and_a_reason(hall: Hall) -> None:
    key = hall.held()
    version = hall.view(key).review.row_version
    hall.do(lambda desk: state_result(desk, key, STATEMENT, row_version=version))

    assert hall.view(key).review.statement == STATEMENT.text
    assert json.loads(json.dumps(hall.view(key).review.suitable)) == "yes"
