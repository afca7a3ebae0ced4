"""The state table of findings: which states there are, what has to hold to reach each, what may be done in it.

Source: ISO/IEC 20000-1:2018 10.1 (react, look for causes and similar cases, act, review effectiveness) and
ISO 19011:2018 6.7 (follow-up). Pure: a `Case` in, states, acts and sentences out. No state is stored: `state_of`
derives it, so nobody can skip a step, and withdrawn proof moves a finding back by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from itsmcomply.findings.kinds import Grade
from itsmcomply.wording import N_, Sentence, say


class State(StrEnum):
    """Where a finding stands. The first seven are a nonconformity's; OPEN to CLOSED the other grades'.

    WITHDRAWN: raised in error; it stands beside every path and nothing leads on from it.
    """

    RAISED = "raised"
    CONTAINED = "contained"
    ANALYSED = "analysed"
    PLANNED = "plan_accepted"
    DONE = "actions_done"
    VERIFIED = "verified"
    CLOSED = "closed"
    OPEN = "open"
    ANSWERED = "answered"
    NOTED = "noted"
    WITHDRAWN = "withdrawn"


class Gate(StrEnum):
    """What has to be there before a state is reached."""

    CORRECTION = "correction"
    EXTENT = "extent"
    CAUSE = "cause"
    ACTIONS = "actions"
    PLAN = "plan"
    COMPLETED = "completed"
    PROOF = "proof"
    EFFECTIVE = "effective"
    ANSWER = "answer"
    ANSWER_PROOF = "answer_proof"
    CLOSING = "closing"


class Act(StrEnum):
    """What people do with a finding."""

    EDIT = "edit"
    GRADE = "grade"
    CORRECT = "correct"
    STATE_EXTENT = "state_extent"
    STATE_CAUSE = "state_cause"
    ADD_ACTION = "add_action"
    END_ACTION = "end_action"
    MOVE_DUE = "move_due"
    SUBMIT_PLAN = "submit_plan"
    ACCEPT_PLAN = "accept_plan"
    RETURN_PLAN = "return_plan"
    GRANT_TIME = "grant_time"
    COMPLETE_ACTION = "complete_action"
    VERIFY = "verify"
    ANSWER = "answer"
    BIND_FOUND = "bind_found"
    BIND_DONE = "bind_done"
    CLOSE = "close"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Step:
    """A state and the gates between it and the state before."""

    state: State
    gates: tuple[Gate, ...] = ()


NONCONFORMITY: tuple[Step, ...] = (
    Step(State.RAISED),
    Step(State.CONTAINED, (Gate.CORRECTION,)),
    Step(State.ANALYSED, (Gate.EXTENT, Gate.CAUSE)),
    Step(State.PLANNED, (Gate.ACTIONS, Gate.PLAN)),
    Step(State.DONE, (Gate.COMPLETED, Gate.PROOF)),
    Step(State.VERIFIED, (Gate.EFFECTIVE,)),
    Step(State.CLOSED, (Gate.CLOSING,)),
)
CONCERN: tuple[Step, ...] = (
    Step(State.OPEN),
    Step(State.ANSWERED, (Gate.ANSWER, Gate.ANSWER_PROOF)),
    Step(State.CLOSED, (Gate.CLOSING,)),
)
REMARK: tuple[Step, ...] = (
    Step(State.OPEN),
    Step(State.ANSWERED, (Gate.ANSWER,)),
    Step(State.CLOSED, (Gate.CLOSING,)),
)
STRENGTH: tuple[Step, ...] = (Step(State.NOTED),)

_ALWAYS = frozenset({Act.EDIT, Act.GRADE, Act.BIND_FOUND, Act.BIND_DONE})
_ANALYSIS = frozenset({Act.CORRECT, Act.STATE_EXTENT, Act.STATE_CAUSE, Act.ADD_ACTION, Act.END_ACTION, Act.MOVE_DUE})

TABLE: Mapping[State, frozenset[Act]] = {
    State.RAISED: _ALWAYS | _ANALYSIS | {Act.WITHDRAW},
    State.CONTAINED: _ALWAYS | _ANALYSIS,
    State.ANALYSED: _ALWAYS | _ANALYSIS | {Act.SUBMIT_PLAN, Act.ACCEPT_PLAN, Act.RETURN_PLAN},
    State.PLANNED: _ALWAYS | {Act.ADD_ACTION, Act.END_ACTION, Act.GRANT_TIME, Act.COMPLETE_ACTION, Act.RETURN_PLAN},
    State.DONE: _ALWAYS | {Act.RETURN_PLAN, Act.VERIFY},
    State.VERIFIED: _ALWAYS | {Act.VERIFY, Act.CLOSE},
    State.CLOSED: frozenset({Act.REOPEN}),
    State.OPEN: _ALWAYS | {Act.ANSWER, Act.WITHDRAW},
    State.ANSWERED: _ALWAYS | {Act.ANSWER, Act.CLOSE},
    State.NOTED: frozenset({Act.EDIT, Act.BIND_FOUND, Act.WITHDRAW}),
    State.WITHDRAWN: frozenset(),
}
"""THE state table. What is not in here cannot be done; the state after an act follows from the facts."""


class PlanState(StrEnum):
    """Where the plan of the current round stands. What was ended counts as NONE."""

    NONE = "none"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """A corrective action that was not ended. `proven`: evidence is bound to it that was not withdrawn or rejected."""

    number: int
    owner_id: int
    round: int
    due_on: date | None
    completed_on: date | None = None
    completed_by: int | None = None
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """All that decides where a finding stands. `extent`, `cause`, `plan`, `effective`, `answered` are of its round.

    `processes`: those of its requirements, or the one it names. `ended_owners`: owners of actions that were ended.
    `ends_on`: last day of the certificate, where that comes before the time limit of its certification body.
    `touched`: something was stated, planned or decided about it, in whichever round.
    """

    key: str
    grade: Grade
    found_on: date
    round: int = 1
    owner_id: int | None = None
    processes: frozenset[str] = frozenset()
    plan_due_on: date | None = None
    closure_due_on: date | None = None
    ends_on: date | None = None
    corrected: bool = False
    extent: bool = False
    cause: bool = False
    actions: tuple[ActionFacts, ...] = ()
    ended_owners: frozenset[int] = frozenset()
    plan: PlanState = PlanState.NONE
    plan_by: int | None = None
    effect_days: int = 0
    effective: bool | None = None
    answered: bool = False
    answered_by: int | None = None
    answer_proven: bool = False
    closed: bool = False
    closed_on: date | None = None
    touched: bool = False
    withdrawn_on: date | None = None

    @property
    def involved(self) -> frozenset[int]:
        """Who may neither accept, nor verify, nor close: whoever answers for it or acted on it."""
        acted = {a.owner_id for a in self.actions} | {a.completed_by for a in self.actions} | self.ended_owners
        return frozenset(acted | {self.owner_id, self.plan_by, self.answered_by}) - {None}  # type: ignore[return-value]

    @property
    def verify_from(self) -> date | None:
        """The first day on which the effect may be verified; None while an action is still to be completed."""
        done = [a.completed_on for a in self.actions]
        if not done or None in done:
            return None
        return max(day for day in done if day is not None) + timedelta(days=self.effect_days)


def path_of(grade: Grade) -> tuple[Step, ...]:
    """The steps a finding of this grade takes, in order."""
    match grade:
        case Grade.MAJOR | Grade.MINOR:
            return NONCONFORMITY
        case Grade.AREA_OF_CONCERN:
            return CONCERN
        case Grade.OBSERVATION | Grade.OPPORTUNITY:
            return REMARK
        case Grade.STRENGTH:
            return STRENGTH


HOLDS: Mapping[Gate, Callable[[Case], bool]] = {
    Gate.CORRECTION: lambda case: case.corrected,
    Gate.EXTENT: lambda case: case.extent,
    Gate.CAUSE: lambda case: case.cause,
    Gate.ACTIONS: lambda case: any(action.round == case.round for action in case.actions),
    Gate.PLAN: lambda case: case.plan is PlanState.ACCEPTED,
    Gate.COMPLETED: lambda case: bool(case.actions) and all(action.completed_on for action in case.actions),
    Gate.PROOF: lambda case: all(action.proven for action in case.actions),
    Gate.EFFECTIVE: lambda case: case.effective is True,
    Gate.ANSWER: lambda case: case.answered,
    Gate.ANSWER_PROOF: lambda case: case.answer_proven,
    Gate.CLOSING: lambda case: case.closed,
}
"""When each gate is open."""


def holds(gate: Gate, case: Case) -> bool:
    """Whether what a gate asks for is there."""
    return HOLDS[gate](case)


def state_of(case: Case) -> State:
    """The last state of its path whose gates, and all before them, hold. Closed stays closed until it is reopened."""
    path = path_of(case.grade)
    if case.withdrawn_on is not None:
        return State.WITHDRAWN
    if case.closed and path[-1].state is State.CLOSED:
        return State.CLOSED
    reached = path[0].state
    for step in path[1:]:
        if not all(holds(gate, case) for gate in step.gates):
            return reached
        reached = step.state
    return reached


def is_open(case: Case) -> bool:
    """Whether somebody still has to do something: not closed, not withdrawn, and no strength."""
    return state_of(case) not in {State.CLOSED, State.NOTED, State.WITHDRAWN}


def next_step(case: Case) -> Step | None:
    """The step after the present state; None at the end of its path, and for what was withdrawn."""
    if state_of(case) is State.WITHDRAWN:
        return None
    states = [step.state for step in path_of(case.grade)]
    position = states.index(state_of(case)) + 1
    return path_of(case.grade)[position] if position < len(states) else None


def missing(case: Case) -> tuple[Gate, ...]:
    """The gates of the next step that do not hold yet."""
    step = next_step(case)
    return () if step is None else tuple(gate for gate in step.gates if not holds(gate, case))


_MISSING: Mapping[Gate, str] = {
    Gate.CORRECTION: N_("Correction is missing. Say what was done about this case, when and by whom."),
    Gate.EXTENT: N_("Extent is missing. Say whether the same exists elsewhere, and how you looked."),
    Gate.CAUSE: N_("Cause is missing. Find out why it could happen, and state the root cause."),
    Gate.ACTIONS: N_("A corrective action is missing. Say what removes the cause, who does it and by when."),
    Gate.ANSWER: N_("An answer is missing. Say what will be done about it, or why nothing will."),
    Gate.ANSWER_PROOF: N_("Evidence is missing that the concern is resolved. Attach it to the answer."),
    Gate.CLOSING: N_("Nothing is missing. Someone who did not act on it closes it."),
}


def gate_sentence(gate: Gate, case: Case, today: date) -> Sentence:
    """What is missing, and what to do about it."""
    match gate:
        case Gate.PLAN:
            return plan_sentence(case.plan)
        case Gate.COMPLETED:
            left = ", ".join(str(a.number) for a in case.actions if a.completed_on is None)
            return say(N_("Still to be completed: action %(numbers)s."), numbers=left or "-")
        case Gate.PROOF:
            bare = ", ".join(str(a.number) for a in case.actions if not a.proven)
            return say(N_("Evidence is missing for action %(numbers)s."), numbers=bare)
        case Gate.EFFECTIVE:
            return effect_sentence(case, today)
        case _:
            return say(_MISSING[gate])


def plan_sentence(plan: PlanState) -> Sentence:
    match plan:
        case PlanState.NONE:
            return say(N_("The plan has not been submitted. Submit it to the auditor."))
        case PlanState.SUBMITTED:
            return say(N_("The plan waits for the auditor's decision."))
        case PlanState.RETURNED:
            return say(N_("The plan was returned. Put right what the auditor asks, and submit it again."))
        case PlanState.ACCEPTED:
            return say(N_("The plan is accepted."))


def effect_sentence(case: Case, today: date) -> Sentence:
    first = case.verify_from
    if first is not None and first > today:
        text = N_("The effect can be verified from %(day)s on, %(days)s days after the last action.")
        if case.effect_days == 1:
            text = N_("The effect can be verified from %(day)s on, a day after the last action.")
        return say(text, day=first, days=case.effect_days)
    return say(N_("Verification is missing. Someone who owns no action looks whether the cause is gone."))
