"""The state table of findings: which states there are, what has to hold to reach each, what may be done in it, by whom.

Source: ISO/IEC 20000-1:2018 10.1 (react, look for causes and similar cases, act, review effectiveness) and
ISO 19011:2018 6.7 (follow-up). Pure: a `Case` in, states, acts and sentences out. No state is stored: `state_of`
derives it, so nobody can skip a step, and withdrawn proof moves a finding back by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from itsmcomply.errors import InvalidTransition, NotPermitted
from itsmcomply.findings.kinds import Grade
from itsmcomply.permissions import Actor, Permission
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


class Duty(StrEnum):
    """Whose turn an act is."""

    RAISER = "raiser"
    RESPONSIBLE = "responsible"
    ACTION_OWNER = "action_owner"
    DECIDER = "decider"
    WITHDRAWER = "withdrawer"


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

DUTIES: Mapping[Act, Duty] = {
    Act.EDIT: Duty.RAISER,
    Act.GRADE: Duty.DECIDER,
    Act.CORRECT: Duty.RESPONSIBLE,
    Act.STATE_EXTENT: Duty.RESPONSIBLE,
    Act.STATE_CAUSE: Duty.RESPONSIBLE,
    Act.ADD_ACTION: Duty.RESPONSIBLE,
    Act.END_ACTION: Duty.RESPONSIBLE,
    Act.MOVE_DUE: Duty.RESPONSIBLE,
    Act.SUBMIT_PLAN: Duty.RESPONSIBLE,
    Act.ACCEPT_PLAN: Duty.DECIDER,
    Act.RETURN_PLAN: Duty.DECIDER,
    Act.GRANT_TIME: Duty.DECIDER,
    Act.COMPLETE_ACTION: Duty.ACTION_OWNER,
    Act.VERIFY: Duty.DECIDER,
    Act.ANSWER: Duty.RESPONSIBLE,
    Act.BIND_FOUND: Duty.RAISER,
    Act.BIND_DONE: Duty.ACTION_OWNER,
    Act.CLOSE: Duty.DECIDER,
    Act.REOPEN: Duty.RAISER,
    Act.WITHDRAW: Duty.WITHDRAWER,
}


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


@dataclass(frozen=True, slots=True)
class Person:
    """What the rules need to know of who acts."""

    user_id: int
    may_raise: bool
    may_act: bool
    for_all: bool
    processes: frozenset[str]


def person_of(actor: Actor, system_id: int) -> Person:
    return Person(
        actor.user_id,
        may_raise=actor.may(Permission.RAISE_FINDING, system_id),
        may_act=actor.may(Permission.ACT_ON_FINDING, system_id),
        for_all=actor.may(Permission.EDIT_SYSTEM, system_id),
        processes=actor.processes(system_id),
    )


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
            return _plan_sentence(case.plan)
        case Gate.COMPLETED:
            left = ", ".join(str(a.number) for a in case.actions if a.completed_on is None)
            return say(N_("Still to be completed: action %(numbers)s."), numbers=left or "-")
        case Gate.PROOF:
            bare = ", ".join(str(a.number) for a in case.actions if not a.proven)
            return say(N_("Evidence is missing for action %(numbers)s."), numbers=bare)
        case Gate.EFFECTIVE:
            return _effect_sentence(case, today)
        case _:
            return say(_MISSING[gate])


def _plan_sentence(plan: PlanState) -> Sentence:
    match plan:
        case PlanState.NONE:
            return say(N_("The plan has not been submitted. Submit it to the auditor."))
        case PlanState.SUBMITTED:
            return say(N_("The plan waits for the auditor's decision."))
        case PlanState.RETURNED:
            return say(N_("The plan was returned. Put right what the auditor asks, and submit it again."))
        case PlanState.ACCEPTED:
            return say(N_("The plan is accepted."))


def _effect_sentence(case: Case, today: date) -> Sentence:
    first = case.verify_from
    if first is not None and first > today:
        text = N_("The effect can be verified from %(day)s on, %(days)s days after the last action.")
        return say(text, day=first.isoformat(), days=case.effect_days)
    return say(N_("Verification is missing. Someone who owns no action looks whether the cause is gone."))


def refusal(act: Act, case: Case, person: Person, today: date, *, action: ActionFacts | None = None) -> Sentence | None:
    """Why this person cannot do this now; None if they can. Rights first, then the table, then what the act needs."""
    return (
        duty_refusal(act, case, person, action=action) or _table_refusal(act, case) or _need_refusal(act, case, today)
    )


def require(act: Act, case: Case, person: Person, today: date, *, action: ActionFacts | None = None) -> None:
    """Raise NotPermitted when it is not this person's turn, InvalidTransition when it is nobody's."""
    if reason := duty_refusal(act, case, person, action=action):
        raise NotPermitted(reason)
    if reason := _table_refusal(act, case) or _need_refusal(act, case, today):
        raise InvalidTransition(state_of(case), act, reason)


def duty_refusal(act: Act, case: Case, person: Person, *, action: ActionFacts | None = None) -> Sentence | None:
    """Why this act is not this person's, whatever the state; None if it is."""
    match DUTIES[act]:
        case Duty.RAISER:
            return None if person.may_raise else say(N_("Auditors and the SMS manager do this."))
        case Duty.RESPONSIBLE:
            return None if is_responsible(case, person) else _not_responsible()
        case Duty.ACTION_OWNER:
            owns = person.may_act and action is not None and action.owner_id == person.user_id
            return None if owns or is_responsible(case, person) else _not_responsible()
        case Duty.DECIDER:
            return _decider_refusal(case, person)
        case Duty.WITHDRAWER:
            return _withdrawer_refusal(case, person)


def is_responsible(case: Case, person: Person) -> bool:
    """Who answers for a finding: its owner, the owner of its process, the SMS manager."""
    return person.may_act and (
        person.for_all or person.user_id == case.owner_id or bool(person.processes & case.processes)
    )


def _not_responsible() -> Sentence:
    return say(N_("This finding belongs to somebody else. Its owner, the process owner or the SMS manager answers it."))


def _decider_refusal(case: Case, person: Person) -> Sentence | None:
    if not person.may_raise:
        return say(N_("Auditors and the SMS manager decide this."))
    mine = [str(a.number) for a in case.actions if person.user_id in {a.owner_id, a.completed_by}]
    if mine:
        text = N_("You own or completed action %(numbers)s of this finding, so someone else decides.")
        return say(text, numbers=", ".join(mine))
    if person.user_id == case.owner_id:
        return say(N_("You own this finding, so someone else decides."))
    if person.user_id in case.involved:
        return say(N_("You acted on this finding yourself, so someone else decides."))
    return None


def _withdrawer_refusal(case: Case, person: Person) -> Sentence | None:
    """The audited side never takes a finding away: neither its owner nor the owner of its process."""
    if not person.may_raise:
        return say(N_("Auditors and the SMS manager do this."))
    if person.user_id == case.owner_id or person.processes & case.processes:
        return say(N_("You answer for this finding, so someone else says whether it was raised in error."))
    return None


_REFUSED: Mapping[State, str] = {
    State.RAISED: N_("Not yet: the correction comes first."),
    State.CONTAINED: N_("Not yet: extent and cause come first."),
    State.ANALYSED: N_("Not yet: the plan has to be accepted first."),
    State.PLANNED: N_("The plan is accepted. To change it, add or end an action, or let the auditor return it."),
    State.DONE: N_("All actions are done. The effect is verified next."),
    State.VERIFIED: N_("The effect is verified. Closing comes next."),
    State.CLOSED: N_("This finding is closed; its record no longer changes. Reopen it with a reason instead."),
    State.OPEN: N_("Not yet: the answer comes first."),
    State.ANSWERED: N_("The finding is answered. Closing comes next."),
    State.NOTED: N_("A strength asks for nothing."),
    State.WITHDRAWN: N_("This finding was withdrawn; its record no longer changes. Raise a new one if need be."),
}


def _table_refusal(act: Act, case: Case) -> Sentence | None:
    state = state_of(case)
    return None if act in TABLE[state] else say(_REFUSED[state])


def _need_refusal(act: Act, case: Case, today: date) -> Sentence | None:
    """What an act needs beyond the state."""
    match act:
        case Act.SUBMIT_PLAN:
            if case.plan is PlanState.SUBMITTED:
                return say(N_("The plan was submitted already and waits for the auditor."))
            return None if holds(Gate.ACTIONS, case) else gate_sentence(Gate.ACTIONS, case, today)
        case Act.ACCEPT_PLAN:
            return None if case.plan is PlanState.SUBMITTED else _plan_sentence(case.plan)
        case Act.RETURN_PLAN:
            decidable = case.plan in {PlanState.SUBMITTED, PlanState.ACCEPTED}
            return None if decidable else _plan_sentence(case.plan)
        case Act.VERIFY:
            early = case.verify_from is None or case.verify_from > today
            return _effect_sentence(case, today) if early else None
        case Act.WITHDRAW if case.touched:
            return say(N_("It was answered already, so it is followed up to its closing and not withdrawn."))
        case Act.GRADE if not case.grade.is_nonconformity:
            return say(N_("This grade has no other one to change to. Raise a new finding instead."))
        case _:
            return None


def next_duty(case: Case, today: date) -> Duty | None:
    """Whose turn it is; None while only time has to pass, and when nothing is left to do."""
    match state_of(case):
        case State.RAISED | State.CONTAINED | State.OPEN:
            return Duty.RESPONSIBLE
        case State.ANALYSED:
            return Duty.DECIDER if case.plan is PlanState.SUBMITTED else Duty.RESPONSIBLE
        case State.PLANNED:
            return Duty.ACTION_OWNER
        case State.DONE:
            return None if case.verify_from is None or case.verify_from > today else Duty.DECIDER
        case State.VERIFIED | State.ANSWERED:
            return Duty.DECIDER
        case State.CLOSED | State.NOTED | State.WITHDRAWN:
            return None
