"""Properties of the state table: no path closes without its gates; nobody decides on what they did.

First over every case the rules can meet, then over sequences of real operations on a real database.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itsmcomply.errors import Conflict, InvalidInput, InvalidTransition, NotFound, NotPermitted
from itsmcomply.findings.dossiers import Dossier
from itsmcomply.findings.duties import DUTIES, Duty, Person, duty_refusal, refusal
from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.operations import change_due, end_action, reopen_finding, return_plan, withdraw_finding
from itsmcomply.findings.rules import (
    HOLDS,
    TABLE,
    Act,
    ActionFacts,
    Case,
    Gate,
    PlanState,
    State,
    holds,
    is_open,
    missing,
    next_step,
    path_of,
    state_of,
)
from tests.findings.bench import Bench

TODAY = date(2026, 11, 24)
PEOPLE = st.integers(1, 4)
DAYS = st.dates(date(2026, 10, 1), date(2026, 12, 31))

ACTIONS = st.builds(
    ActionFacts,
    number=st.integers(1, 3),
    owner_id=PEOPLE,
    round=st.integers(1, 2),
    due_on=DAYS,
    completed_on=st.none() | DAYS,
    completed_by=st.none() | PEOPLE,
    proven=st.booleans(),
)
CASES = st.builds(
    Case,
    key=st.just("NC-2026-01"),
    grade=st.sampled_from(Grade),
    found_on=DAYS,
    round=st.integers(1, 2),
    owner_id=st.none() | PEOPLE,
    processes=st.frozensets(st.sampled_from(["incident", "change"])),
    corrected=st.booleans(),
    extent=st.booleans(),
    cause=st.booleans(),
    actions=st.lists(ACTIONS, max_size=3, unique_by=lambda a: a.number).map(tuple),
    ended_owners=st.frozensets(PEOPLE, max_size=1),
    plan=st.sampled_from(PlanState),
    plan_by=st.none() | PEOPLE,
    effect_days=st.integers(1, 60),
    effective=st.none() | st.booleans(),
    answered=st.booleans(),
    answered_by=st.none() | PEOPLE,
    answer_proven=st.booleans(),
    closed=st.booleans(),
    touched=st.booleans(),
    withdrawn_on=st.none() | DAYS,
)
PERSONS = st.builds(
    Person,
    user_id=PEOPLE,
    may_raise=st.booleans(),
    may_act=st.booleans(),
    for_all=st.booleans(),
    processes=st.frozensets(st.sampled_from(["incident", "change"])),
)


def gates_before_closing(grade: Grade) -> list[Gate]:
    return [gate for step in path_of(grade) for gate in step.gates if gate is not Gate.CLOSING]


def test_every_state_act_and_gate_has_its_place() -> None:
    assert set(TABLE) == set(State)
    assert set(DUTIES) == set(Act)
    assert set(HOLDS) == set(Gate)


@given(CASES, PERSONS)
def test_closing_is_possible_only_where_every_gate_holds(case: Case, person: Person) -> None:
    if refusal(Act.CLOSE, case, person, TODAY) is None:
        assert all(holds(gate, case) for gate in gates_before_closing(case.grade))


@given(CASES, PERSONS)
def test_nobody_decides_on_what_they_own_or_did(case: Case, person: Person) -> None:
    for act in (act for act in Act if DUTIES[act] is Duty.DECIDER):
        if duty_refusal(act, case, person) is None:
            assert person.may_raise
            assert person.user_id not in case.involved
            assert all(person.user_id not in {a.owner_id, a.completed_by} for a in case.actions)


@given(CASES, PERSONS)
def test_the_effect_is_verified_only_after_its_time(case: Case, person: Person) -> None:
    if refusal(Act.VERIFY, case, person, TODAY) is None:
        assert case.actions
        latest = max(action.completed_on for action in case.actions if action.completed_on)
        assert all(action.completed_on and action.proven for action in case.actions)
        assert latest + timedelta(days=case.effect_days) <= TODAY


@given(CASES)
def test_a_state_is_on_its_path_and_the_next_one_says_what_is_missing(case: Case) -> None:
    state, step = state_of(case), next_step(case)

    assert state in {State.CLOSED, State.WITHDRAWN} or state in {s.state for s in path_of(case.grade)}
    if step is not None:
        assert missing(case)
        assert is_open(case)


@given(CASES)
def test_a_closed_finding_can_only_be_reopened(case: Case) -> None:
    everybody = Person(9, may_raise=True, may_act=True, for_all=True, processes=frozenset())
    if state_of(case) is State.CLOSED:
        assert {act for act in Act if refusal(act, case, everybody, TODAY) is None} <= {Act.REOPEN}


@given(CASES, PERSONS)
def test_only_what_nobody_answered_is_withdrawn_and_never_by_the_audited_side(case: Case, person: Person) -> None:
    if refusal(Act.WITHDRAW, case, person, TODAY) is None:
        assert not case.touched
        assert state_of(case) in {State.RAISED, State.OPEN, State.NOTED}
        assert person.may_raise
        assert person.user_id != case.owner_id
        assert not person.processes & case.processes


@given(CASES, PERSONS)
def test_nothing_leads_on_from_a_withdrawn_finding(case: Case, person: Person) -> None:
    if case.withdrawn_on is not None:
        assert state_of(case) is State.WITHDRAWN
        assert not is_open(case)
        assert all(refusal(act, case, person, TODAY) is not None for act in Act)


# --- sequences of operations ------------------------------------------------------------------------------------

ROLES = ("process_owner", "sms_manager", "internal_auditor", "other_owner", "viewer")
REFUSALS = (InvalidInput, InvalidTransition, NotPermitted, NotFound, Conflict)
Step = Callable[[Bench, str, str], object]


def _return(bench: Bench, key: str, by: str) -> None:
    plan = bench.dossier(key).plan
    bench.do(by, lambda desk: return_plan(desk, key, plan=plan.number if plan else 1, note="Not yet."))


def _accept(bench: Bench, key: str, by: str) -> None:
    plan = bench.dossier(key).plan
    bench.accept(key, plan.number if plan else 1, by)


def _add_for_auditor(bench: Bench, key: str, by: str) -> None:
    bench.add_action(key, owner="sms_manager", by=by)


def _first(bench: Bench, key: str) -> int:
    numbers = [a.row.number for a in bench.dossier(key).actions if a.row.ended_at is None and not a.row.completed_at]
    return numbers[0] if numbers else 1


def _move(bench: Bench, key: str, by: str) -> None:
    number = _first(bench, key)
    bench.do(by, lambda d: change_due(d, key, number, due_on=d.today + timedelta(days=9), reason="Later."))


def _end(bench: Bench, key: str, by: str) -> None:
    number = _first(bench, key)
    bench.do(by, lambda desk: end_action(desk, key, number, reason="Not needed."))


def _withdraw(bench: Bench, key: str, by: str) -> None:
    bench.do(by, lambda desk: withdraw_finding(desk, key, reason="Raised against the wrong process."))


STEPS: dict[str, Step] = {
    "contain": lambda bench, key, by: bench.contain(key, by),
    "analyse": lambda bench, key, by: bench.analyse(key, by),
    "add": lambda bench, key, by: bench.add_action(key, by=by),
    "add for the manager": _add_for_auditor,
    "move": _move,
    "end": _end,
    "submit": lambda bench, key, by: bench.submit(key, by),
    "accept": _accept,
    "return": _return,
    "complete": lambda bench, key, by: bench.complete(key, _first(bench, key), by),
    "wait": lambda bench, key, by: bench.advance(31),
    "verify": lambda bench, key, by: bench.verify(key, by=by),
    "deny": lambda bench, key, by: bench.verify(key, effective=False, by=by),
    "close": lambda bench, key, by: bench.close(key, by),
    "reopen": lambda bench, key, by: bench.do(by, lambda desk: reopen_finding(desk, key, reason="It came back.")),
    "withdraw": _withdraw,
}
START = [
    ("contain", "process_owner"),
    ("analyse", "process_owner"),
    ("add", "process_owner"),
    ("submit", "process_owner"),
    ("accept", "internal_auditor"),
    ("complete", "process_owner"),
    ("wait", "viewer"),
    ("verify", "sms_manager"),
    ("close", "internal_auditor"),
]
SEQUENCES = st.lists(
    st.sampled_from(START) | st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from(ROLES)), max_size=14
)


def check(dossier: Dossier) -> None:
    """What must hold of everything on record, wherever a sequence has led."""
    case = dossier.case
    owners = {a.row.owner_id for a in dossier.actions} | {a.row.completed_by for a in dossier.actions}
    for verification in dossier.verifications:
        owned = {a.row.owner_id for a in dossier.actions if a.row.recorded_at <= verification.verified_at}
        assert verification.verified_by not in owned
    for plan in dossier.plans:
        assert plan.decided_by is None or plan.decided_by != plan.submitted_by
    if dossier.withdrawal is not None:
        assert state_of(case) is State.WITHDRAWN
        assert not case.touched
        assert dossier.withdrawal.withdrawn_by != dossier.finding.owner_id
    if state_of(case) is State.CLOSED:
        assert all(holds(gate, case) for gate in gates_before_closing(case.grade))
        assert dossier.verifications[-1].verified_by not in owners
        assert dossier.closings[-1].closed_by not in owners
        assert all(a.row.completed_at and a.evidence for a in dossier.actions if a.row.ended_at is None)


@given(started=st.integers(0, len(START)), rest=SEQUENCES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sequence_of_operations_closes_without_its_gates(
    bench: Bench, started: int, rest: list[tuple[str, str]]
) -> None:
    key = bench.raised()
    for name, by in [*START[:started], *rest]:
        try:
            STEPS[name](bench, key, by)
        except REFUSALS:
            continue
        check(bench.dossier(key))

    check(bench.dossier(key))


@pytest.mark.parametrize("left_out", [step for step in START if step[0] not in {"close", "wait"}], ids=lambda s: s[0])
def test_leaving_out_one_step_never_closes(bench: Bench, left_out: tuple[str, str]) -> None:
    key = bench.raised()
    for name, by in (step for step in START if step != left_out):
        try:
            STEPS[name](bench, key, by)
        except REFUSALS:
            continue

    assert bench.state(key) is not State.CLOSED


def test_all_steps_together_do_close(bench: Bench) -> None:
    key = bench.raised()
    for name, by in START:
        STEPS[name](bench, key, by)

    assert bench.state(key) is State.CLOSED
