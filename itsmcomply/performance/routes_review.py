"""The page of one review and what people do there, one address for each act."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from itsmcomply.errors import Conflict, InvalidInput
from itsmcomply.evidence.desk_web import carried_out, freshen
from itsmcomply.evidence.operations import Desk
from itsmcomply.findings.queries.choices import versions_named
from itsmcomply.performance import operations
from itsmcomply.performance.blueprint import blueprint
from itsmcomply.performance.forms import (
    ActionForm,
    CancelForm,
    DecisionForm,
    GuestForm,
    HeldForm,
    InputForm,
    MoveForm,
    StatementForm,
    StepForm,
)
from itsmcomply.performance.page import Posted, offer, read_review, show_review, words_of_page
from itsmcomply.permissions import Permission
from itsmcomply.web.forms import Form
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader
from itsmcomply.web.page import stand_at

REVIEW = "/s/<slug>/management-review/<key>"
HOLD = Permission.HOLD_MANAGEMENT_REVIEW
Answer = Response | tuple[str, int]


@blueprint.get(REVIEW)
@requires(Permission.VIEW_SYSTEM)
def review(slug: str, key: str) -> str:
    freshen()
    return show_review(key)


def _do(
    key: str,
    posted: Posted,
    step: Callable[[Desk], object],
    told: str,
    anchor: str = "",
    *,
    permission: Permission = HOLD,
) -> Answer:
    """Do one act with a form that came in; a refusal comes back beside its field, anything else goes to the page."""
    try:
        if not carried_out(posted.form, permission, step):
            return show_review(key, posted), 422
    except Conflict as conflict:
        return _conflict_page(key, posted, conflict), 409
    flash(told, "success")
    return _back(key, anchor)


def _back(key: str, anchor: str) -> Response:
    return redirect(url_for("performance.review", slug=current_system().slug, key=key, _anchor=anchor or None))


def _conflict_page(key: str, posted: Posted, conflict: Conflict) -> str:
    """Both values of every field that differs; saving again is against the newer row."""
    stand_at("performance.reviews")
    view, form = read_review(key), posted.form
    row = next((one.row for one in view.inputs if one.key == posted.key), None)
    form["row_version"].data = (view.review if row is None else row).row_version
    clashes = []
    for name, theirs in conflict.theirs.items():
        if theirs != conflict.yours.get(name, theirs):
            field = form[name]
            clashes.append(
                {"name": field.name, "label": field.label.text, "theirs": theirs, "yours": conflict.yours[name]}
            )
    return render_template(
        "performance/conflict.html", view=view, form=form, clashes=clashes, place=posted.place, **words_of_page()
    )


@blueprint.post(f"{REVIEW}/day")
@requires(HOLD)
def move(slug: str, key: str) -> Answer:
    form = MoveForm(prefix="move")

    def step(at: Desk) -> None:
        operations.move_review(
            at,
            key,
            planned_on=form.planned_on.data,
            reason=form.reason.data or "",
            row_version=form.row_version.data or 0,
        )

    return _do(key, Posted("move", form), step, _("The review has a new day."))


@blueprint.post(f"{REVIEW}/cancellation")
@requires(HOLD)
def cancel(slug: str, key: str) -> Answer:
    form = CancelForm()
    return _do(
        key,
        Posted("cancel", form),
        lambda at: operations.cancel_review(at, key, reason=form.reason.data or ""),
        _("The review is cancelled."),
    )


@blueprint.post(f"{REVIEW}/held")
@requires(HOLD)
def held(slug: str, key: str) -> Answer:
    form = HeldForm(prefix="held")
    return _do(
        key,
        Posted("held", form),
        lambda at: operations.record_held(at, key, held_on=form.held_on.data),
        _("The day is on record. Go through the inputs, then decide."),
    )


@blueprint.post(f"{REVIEW}/inputs/<input_key>")
@requires(HOLD)
def save_input(slug: str, key: str, input_key: str) -> Answer:
    form = InputForm(prefix=f"in-{input_key}")

    def step(at: Desk) -> object:
        return operations.save_input(at, key, input_key, form.told(), row_version=form.row_version.data or 0)

    return _do(key, Posted("inputs", form, input_key), step, _("Saved."), f"input-{input_key}")


@blueprint.post(f"{REVIEW}/attendance")
@requires(HOLD)
def guest(slug: str, key: str) -> Answer:
    form = GuestForm(prefix="guest")
    return _do(
        key,
        Posted("guest", form),
        lambda at: operations.add_guest(at, key, form.told()),
        _("Added to the list of attendance."),
        "attendance",
    )


@blueprint.post(f"{REVIEW}/attendance/<int(max=2147483647):number>/presence")
@requires(HOLD)
def presence(slug: str, key: str, number: int) -> Answer:
    step: Callable[[Desk], object] = lambda at: operations.change_presence(at, key, number)  # noqa: E731
    return _do(key, Posted("guest", Form()), step, _("Saved."), "attendance")


@blueprint.post(f"{REVIEW}/attendance/<int(max=2147483647):number>/removal")
@requires(HOLD)
def remove_guest(slug: str, key: str, number: int) -> Answer:
    step: Callable[[Desk], object] = lambda at: operations.remove_guest(at, key, number)  # noqa: E731
    return _do(key, Posted("guest", Form()), step, _("Taken off the list."), "attendance")


@blueprint.post(f"{REVIEW}/decisions")
@requires(HOLD)
def decision(slug: str, key: str) -> Answer:
    form = DecisionForm(prefix="decision")
    offer(form, read_review(key))
    return _do(
        key,
        Posted("decision", form),
        lambda at: operations.add_decision(at, key, form.told()),
        _("The decision is on record."),
        "decisions",
    )


@blueprint.post(f"{REVIEW}/decisions/<int(max=2147483647):number>/removal")
@requires(HOLD)
def end_decision(slug: str, key: str, number: int) -> Answer:
    step: Callable[[Desk], object] = lambda at: operations.end_decision(at, key, number)  # noqa: E731
    return _do(key, Posted("decision", Form()), step, _("The decision is taken back."), "decisions")


@blueprint.post(f"{REVIEW}/actions")
@requires(HOLD)
def action(slug: str, key: str) -> Answer:
    form = ActionForm(prefix="action")
    offer(form, read_review(key))
    return _do(
        key,
        Posted("action", form),
        lambda at: operations.add_action(at, key, form.told()),
        _("The action is added."),
        "decisions",
    )


@blueprint.post(f"{REVIEW}/actions/<int(max=2147483647):number>/removal")
@requires(HOLD)
def end_action(slug: str, key: str, number: int) -> Answer:
    step: Callable[[Desk], object] = lambda at: operations.end_action(at, key, number)  # noqa: E731
    return _do(key, Posted("action", Form()), step, _("The action is taken back."), "decisions")


@blueprint.post(f"{REVIEW}/actions/<int(max=2147483647):number>/progress")
@requires(Permission.VIEW_SYSTEM)
def progress(slug: str, key: str, number: int) -> Answer:
    """Once the review is signed: what became of an action. For its owner and for whoever holds reviews."""
    form = StepForm(prefix=f"step-{number}")

    def step(at: Desk) -> object:
        return operations.follow_action(at, key, number, form.told(_versions_of(form)))

    told = _("What became of action %(number)s is on record.", number=number)
    return _do(
        key, Posted("steps", form, str(number)), step, told, f"action-{number}", permission=Permission.VIEW_SYSTEM
    )


def _versions_of(form: StepForm) -> list[int]:
    """The versions of evidence a form names. Raises InvalidInput (`refs`) for a number that is none."""
    names = (form.refs.data or "").replace(",", " ").split()
    found, unknown = versions_named(reader(), current_system().id, names)
    if unknown:
        text = _("There is no %(name)s in the register. Write numbers as EV-0142 or EV-0142/2.", name=unknown[0])
        raise InvalidInput({"refs": text})
    return found


@blueprint.post(f"{REVIEW}/statement")
@requires(HOLD)
def statement(slug: str, key: str) -> Answer:
    form = StatementForm(prefix="statement")
    form.offer()

    def step(at: Desk) -> object:
        return operations.state_result(at, key, form.told(), row_version=form.row_version.data or 0)

    return _do(key, Posted("statement", form), step, _("The statement is on record."), "statement")
