"""Read and show one review with its forms, empty or as somebody sent them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from flask import current_app, render_template
from flask_babel import gettext as _

from itsmcomply.performance.forms import (
    ActionForm,
    CancelForm,
    DecisionForm,
    GuestForm,
    HeldForm,
    InputForm,
    MoveForm,
    SignForm,
    StatementForm,
    StepForm,
)
from itsmcomply.performance.kinds import State, Step
from itsmcomply.performance.outlook import STANDING, DayStanding, Standing
from itsmcomply.performance.queries.people import people_to_choose
from itsmcomply.performance.queries.reviews import ReviewView, review_view
from itsmcomply.performance.rules import OWN_STEPS
from itsmcomply.performance.words import CONSIDERATIONS, DECISIONS, JUDGEMENTS, QUESTIONS, STATES, STEPS
from itsmcomply.permissions import Permission
from itsmcomply.web.forms import Form
from itsmcomply.web.identity import current_system, reader, require_person
from itsmcomply.web.page import stand_at, today
from itsmcomply.web.resources import resources

ACTION_DAYS = 30


@dataclass(frozen=True, slots=True)
class Posted:
    """A form that was refused. `place`: which one; `key`: of the input, action, or guest it belongs to."""

    place: str
    form: Form
    key: str = ""


def read_review(key: str) -> ReviewView:
    """The review of this key in the system of this address. Raises NotFound."""
    system, day = current_system(), today()
    found = cast("Standing | None", current_app.extensions.get(STANDING))

    def standing(days: Sequence[date]) -> list[DayStanding]:
        return found.on_days(reader(), system.id, days, day) if found else []

    return review_view(reader(), resources().catalogue, system.id, key, today=day, standing=standing)


def words_of_page() -> dict[str, Any]:
    """Closed lists in the reader's language."""
    lists: dict[str, Any] = {
        "states": STATES,
        "considerations": CONSIDERATIONS,
        "decision_words": DECISIONS,
        "judgements": JUDGEMENTS,
        "step_words": STEPS,
        "questions": QUESTIONS,
    }
    return {name: {str(key): _(text) for key, text in words.items()} for name, words in lists.items()}


def show_review(key: str, posted: Posted | None = None) -> str:
    """The page of a review; a refused form stands where it was, opened, with its messages."""
    stand_at("performance.reviews")
    view = read_review(key)
    actor = require_person().actor
    may_hold = actor.may(Permission.HOLD_MANAGEMENT_REVIEW, current_system().id)
    return render_template(
        "performance/review.html",
        view=view,
        forms=_forms(view, posted) if may_hold else {"steps": _steps(view, posted, OWN_STEPS, actor.user_id)},
        posted=posted,
        may_hold=may_hold,
        follows={a.number for a in view.actions if may_hold or a.owner_id == actor.user_id},
        is_chair=view.review.chair_id == actor.user_id,
        day=today(),
        **words_of_page(),
    )


def _forms(view: ReviewView, posted: Posted | None) -> dict[str, Any]:
    review, day = view.review, today()
    held = review.held_on or day
    version = {"row_version": review.row_version}
    statement = {name: getattr(review, name) for name in ("suitable", "adequate", "effective")}
    forms: dict[str, Any] = {
        "move": MoveForm(None, prefix="move", data={"planned_on": max(view.planned_on, day), **version}),
        "cancel": CancelForm(None),
        "held": HeldForm(None, prefix="held", data={"held_on": review.held_on or min(view.planned_on, day)}),
        "guest": GuestForm(None, prefix="guest", data={"present": True}),
        "decision": DecisionForm(None, prefix="decision"),
        "action": ActionForm(None, prefix="action", data={"due_on": held + timedelta(days=ACTION_DAYS)}),
        "statement": StatementForm(None, prefix="statement", data={**statement, "text": review.statement, **version}),
        "sign": SignForm(None, data={"seen": view.seq}),
        "inputs": {one.key: _input_form(one.row) for one in view.inputs},
        "steps": _steps(view, posted, tuple(Step)),
    }
    if posted is not None and posted.place == "inputs":
        forms["inputs"][posted.key] = posted.form
    elif posted is not None and posted.place != "steps":
        forms[posted.place] = posted.form
    offer(forms["decision"], view)
    offer(forms["action"], view)
    forms["statement"].offer()
    return forms


def _steps(
    view: ReviewView, posted: Posted | None, steps: Collection[Step], owner_id: int | None = None
) -> dict[str, StepForm]:
    """A form for each action, by number; with `owner_id` for that person's alone."""
    mine = [action for action in view.actions if owner_id in {None, action.owner_id}]
    forms = {str(action.number): StepForm(None, prefix=f"step-{action.number}") for action in mine}
    if posted is not None and posted.key in forms and isinstance(posted.form, StepForm):
        forms[posted.key] = posted.form
    for form in forms.values():
        form.offer(steps)
    return forms


def _input_form(row: Any) -> InputForm:
    data = {"addition": row.addition, "consideration": row.consideration or "", "row_version": row.row_version}
    return InputForm(None, prefix=f"in-{row.key}", data=data)


def offer(form: DecisionForm | ActionForm, view: ReviewView) -> None:
    """Give a form the lists it chooses from. One query for an action."""
    if isinstance(form, DecisionForm):
        form.offer([(one.key, f"{one.number} {one.name}") for one in view.inputs])
        return
    people = people_to_choose(reader(), current_system().id)
    form.offer(people, [(d.row.number, f"{d.row.number} {d.row.text[:60]}") for d in view.decisions])


def is_open(view: ReviewView) -> bool:
    """Whether anything may still be written into it."""
    return view.state in {State.PLANNED, State.HELD}
