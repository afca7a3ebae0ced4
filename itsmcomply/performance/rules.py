"""What may be done with a management review in which state, and what stands in the way of signing it. Pure.

Source: ISO/IEC 20000-1:2018 9.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from itsmcomply.errors import InvalidTransition, NotPermitted
from itsmcomply.evidence.names import problem_of_text
from itsmcomply.performance.kinds import Consideration, DecisionKind, Judgement, State, Step
from itsmcomply.wording import N_, Sentence, say

LONGEST_LINE = 200
LONGEST_TEXT = 10_000
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)

Problems = dict[str, Sentence]


class Act(StrEnum):
    """What people do with a management review."""

    CHANGE_PLAN = "change_plan"
    CANCEL = "cancel"
    PREPARE = "prepare"
    INVITE = "invite"
    HOLD = "hold"
    CONSIDER = "consider"
    DECIDE = "decide"
    STATE = "state"
    SIGN = "sign"
    FOLLOW = "follow"


TABLE: Mapping[State, frozenset[Act]] = {
    State.PLANNED: frozenset({Act.CHANGE_PLAN, Act.CANCEL, Act.PREPARE, Act.INVITE, Act.HOLD}),
    State.HELD: frozenset({Act.PREPARE, Act.INVITE, Act.HOLD, Act.CONSIDER, Act.DECIDE, Act.STATE, Act.SIGN}),
    State.SIGNED: frozenset({Act.FOLLOW}),
    State.CANCELLED: frozenset(),
}
"""THE state table: what is not in here cannot be done."""

_REFUSALS: Mapping[State, str] = {
    State.PLANNED: N_("This review has not been held. Record the day it was held first."),
    State.HELD: N_("This review was held; its plan no longer changes. Correct the day it was held instead."),
    State.SIGNED: N_("This review is signed; its record no longer changes. Write down what became of its actions."),
    State.CANCELLED: N_("This review was cancelled; nothing more is recorded in it. Plan a new one."),
}


def require(act: Act, state: State) -> None:
    """Raise InvalidTransition unless the act is in the table for this state."""
    if act not in TABLE[state]:
        raise InvalidTransition(state.value, act.value, say(_REFUSALS[state]))


def problems_of_line(field: str, text: str, empty: str = "") -> Problems:
    """What is wrong with one line; `empty` is the marked sentence for one that has to be there."""
    if not text.strip():
        return {field: say(empty)} if empty else {}
    if len(text) > LONGEST_LINE:
        return {field: say(N_("Keep it within %(limit)s characters."), limit=LONGEST_LINE)}
    problem = problem_of_text(text)
    return {field: problem} if problem else {}


def problems_of_text(field: str, text: str, empty: str = "") -> Problems:
    """What is wrong with a text of several lines; `empty` is the marked sentence for one that has to be there."""
    if not text.strip():
        return {field: say(empty)} if empty else {}
    if len(text) > LONGEST_TEXT:
        return {field: say(N_("Keep it under %(limit)s characters, or file it as evidence."), limit=LONGEST_TEXT)}
    problem = problem_of_text(text, lines=True)
    return {field: problem} if problem else {}


def problems_of_plan(planned_on: date | None, today: date) -> Problems:
    """A review is planned for today or a later day."""
    if planned_on is None or not EARLIEST <= planned_on <= LATEST:
        return {"planned_on": say(N_("Give the day of the review, for example 2027-01-12."))}
    if planned_on < today:
        return {"planned_on": say(N_("This day has passed. Plan a day from today on; a day held is recorded later."))}
    return {}


def problems_of_held(held_on: date | None, today: date, last_held_on: date | None) -> Problems:
    """A review was held on a day that has come, after the one before it."""
    if held_on is None or not EARLIEST <= held_on <= LATEST:
        return {"held_on": say(N_("Give the day on which the review was held."))}
    if held_on > today:
        return {"held_on": say(N_("This day lies ahead. Record it once the review has been held."))}
    if last_held_on is not None and held_on <= last_held_on:
        text = N_("An earlier review was held on %(day)s; this one came after it.")
        return {"held_on": say(text, day=last_held_on)}
    return {}


@dataclass(frozen=True, slots=True)
class Entry:
    """What people add to an input by hand, and whether the review looked at it."""

    addition: str = ""
    consideration: Consideration | None = None


def problems_of_entry(entry: Entry) -> Problems:
    """An input that was passed over needs a reason."""
    empty = ""
    if entry.consideration is Consideration.NOT_CONSIDERED:
        empty = N_("Say why this input was not considered; an auditor will ask.")
    return problems_of_text("addition", entry.addition, empty)


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody at the review: a name or a role, and the position they hold."""

    name: str
    role: str
    top_management: bool = False
    present: bool = True


def problems_of_guest(guest: Guest) -> Problems:
    found = problems_of_line("name", guest.name, N_("Name the person."))
    return found | problems_of_line("role", guest.role, N_("Give the role, for example Service director."))


@dataclass(frozen=True, slots=True)
class NewDecision:
    kind: DecisionKind | None
    text: str
    input_key: str = ""


def problems_of_decision(decision: NewDecision, inputs: Iterable[str]) -> Problems:
    found = problems_of_text("text", decision.text, N_("Write down what was decided."))
    if decision.kind is None:
        found["kind"] = say(N_("Choose what the decision is about."))
    if decision.input_key and decision.input_key not in set(inputs):
        found["input_key"] = say(N_("There is no such input on the agenda. Choose from the list."))
    return found


@dataclass(frozen=True, slots=True)
class NewAction:
    """`decision`: number of the decision it carries out, None for none."""

    text: str
    owner_id: int | None
    due_on: date | None
    decision: int | None = None


def problems_of_action(action: NewAction, held_on: date | None) -> Problems:
    """An action has an owner and a day on which it is due, not before the review."""
    found = problems_of_text("text", action.text, N_("Write down what will be done."))
    if action.owner_id is None:
        found["owner"] = say(N_("Choose who does it."))
    return found | _problems_of_due(action.due_on, held_on)


def _problems_of_due(due_on: date | None, earliest: date | None) -> Problems:
    if due_on is None or not EARLIEST <= due_on <= LATEST:
        return {"due_on": say(N_("Give the day it is due."))}
    if earliest is not None and due_on < earliest:
        return {"due_on": say(N_("This day lies before the review. Choose a later one."))}
    return {}


@dataclass(frozen=True, slots=True)
class NewStep:
    """What became of an action. `due_on`: only with a new day. `versions`: ids of the evidence that shows it."""

    step: Step | None
    note: str
    due_on: date | None = None
    versions: tuple[int, ...] = ()


OWN_STEPS = (Step.DONE, Step.NOTED)
"""What the owner of an action records about it; what the review decided, only those who hold reviews change."""


def require_follower(step: Step | None, *, holds_reviews: bool, owns_action: bool) -> None:
    """Raise NotPermitted unless this is for whoever holds reviews, or for the owner and within what is theirs."""
    if holds_reviews:
        return
    if not owns_action:
        raise NotPermitted(say(N_("This action belongs to somebody else. Its owner says what became of it.")))
    if step is not None and step not in OWN_STEPS:
        text = N_("The review decided the action and its day. Write a note; whoever holds the reviews changes them.")
        raise NotPermitted(say(text))


def problems_of_step(step: NewStep, today: date) -> Problems:
    """A step says what happened; one that evidence shows may leave it at that."""
    empty = "" if step.versions and step.step in OWN_STEPS else N_("Say in one sentence what happened, and why.")
    found = problems_of_text("note", step.note, empty)
    if step.step is None:
        return found | {"step": say(N_("Choose what became of it."))}
    if step.step is Step.MOVED:
        return found | _problems_of_due(step.due_on, today)
    return found


@dataclass(frozen=True, slots=True)
class Statement:
    """The answer of top management on the system as a whole."""

    suitable: Judgement | None = None
    adequate: Judgement | None = None
    effective: Judgement | None = None
    text: str = ""


def problems_of_statement(statement: Statement) -> Problems:
    found = problems_of_text("text", statement.text, N_("Give the reasons in a sentence or more."))
    for name in ("suitable", "adequate", "effective"):
        if getattr(statement, name) is None:
            found[name] = say(N_("Choose an answer."))
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a review is. `open_inputs`: inputs of the agenda without an answer."""

    inputs: int
    open_inputs: int
    top_management: int
    decisions: int
    stated: bool


def hindrances(standing: Standing) -> tuple[Sentence, ...]:
    """What still stands between a review and its signature, in words. Empty: it can be signed."""
    found: list[Sentence] = []
    if standing.open_inputs:
        text = N_("%(open)s of %(all)s inputs are neither considered nor passed over with a reason.")
        found.append(say(text, open=standing.open_inputs, all=standing.inputs))
    if not standing.top_management:
        found.append(say(N_("Nobody of top management is recorded as present.")))
    if not standing.decisions:
        found.append(say(N_("No decision is recorded. If nothing has to change, record that as the decision.")))
    if not standing.stated:
        found.append(say(N_("The statement on suitability, adequacy and effectiveness is missing.")))
    return tuple(found)
