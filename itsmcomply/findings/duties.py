"""Whose turn an act on a finding is, and why a person cannot do it now.

Source: ISO/IEC 20000-1:2018 10.1 and ISO 19011:2018 6.7: whoever acted does not decide, and the audited side never
takes a finding away. Pure, on top of the state table in `rules.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from itsmcomply.errors import InvalidTransition, NotPermitted
from itsmcomply.findings.rules import (
    TABLE,
    Act,
    ActionFacts,
    Case,
    Gate,
    PlanState,
    State,
    effect_sentence,
    gate_sentence,
    holds,
    is_open,
    plan_sentence,
    state_of,
)
from itsmcomply.permissions import Actor, Permission
from itsmcomply.wording import N_, Sentence, say


class Duty(StrEnum):
    """Whose turn an act is."""

    RAISER = "raiser"
    RESPONSIBLE = "responsible"
    ACTION_OWNER = "action_owner"
    DECIDER = "decider"
    WITHDRAWER = "withdrawer"


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


_ANSWERED_ALREADY = N_("It was answered already, so it is followed up to its closing and not withdrawn.")
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
    if act is Act.WITHDRAW and case.touched and is_open(case):
        return say(_ANSWERED_ALREADY)
    return None if act in TABLE[state] else say(_REFUSED[state])


def _need_refusal(act: Act, case: Case, today: date) -> Sentence | None:
    """What an act needs beyond the state."""
    match act:
        case Act.SUBMIT_PLAN:
            if case.plan is PlanState.SUBMITTED:
                return say(N_("The plan was submitted already and waits for the auditor."))
            return None if holds(Gate.ACTIONS, case) else gate_sentence(Gate.ACTIONS, case, today)
        case Act.ACCEPT_PLAN:
            return None if case.plan is PlanState.SUBMITTED else plan_sentence(case.plan)
        case Act.RETURN_PLAN:
            decidable = case.plan in {PlanState.SUBMITTED, PlanState.ACCEPTED}
            return None if decidable else plan_sentence(case.plan)
        case Act.VERIFY:
            early = case.verify_from is None or case.verify_from > today
            return effect_sentence(case, today) if early else None
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
