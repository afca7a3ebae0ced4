"""The page of one finding and what people do there, one address for each act."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from itsmcomply.errors import Conflict, InvalidInput
from itsmcomply.evidence.desk_web import carried_out, freshen
from itsmcomply.evidence.operations import Desk
from itsmcomply.findings import operations
from itsmcomply.findings.blueprint import blueprint
from itsmcomply.findings.forms import (
    AcceptForm,
    ActionForm,
    AnswerForm,
    CauseForm,
    CloseForm,
    CompleteForm,
    CorrectionForm,
    DueForm,
    EditForm,
    ExtentForm,
    GradeForm,
    ReasonForm,
    ReturnForm,
    VerifyForm,
)
from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.page import Posted, picked_versions, read_finding, show_finding
from itsmcomply.findings.queries.people import people_who_answer
from itsmcomply.permissions import Permission
from itsmcomply.web.forms import Form
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader
from itsmcomply.web.page import stand_at, today

FINDING = "/s/<slug>/findings/<key>"
ACTION = f"{FINDING}/actions/<int(max=2147483647):number>"
Answer = Response | tuple[str, int]


@blueprint.get(FINDING)
@requires(Permission.VIEW_SYSTEM)
def finding(slug: str, key: str) -> str:
    freshen()
    return show_finding(key)


def _do(key: str, posted: Posted, permission: Permission, step: Callable[[Desk], object], told: str) -> Answer:
    """Do one act with a form that came in; a refusal comes back beside its field, anything else goes to the page."""
    try:
        done = carried_out(posted.form, permission, step)
    except Conflict:
        text = _("Somebody changed this finding while you read it. Look at what stands here now, then decide.")
        posted.form.show(InvalidInput({"": text}))
        return show_finding(key, posted), 409
    if not done:
        return show_finding(key, posted), 422
    flash(told, "success")
    return redirect(url_for("findings.finding", slug=current_system().slug, key=key))


@blueprint.post(f"{FINDING}/correction")
@requires(Permission.ACT_ON_FINDING)
def correction(slug: str, key: str) -> Answer:
    form = CorrectionForm(prefix="correction")
    return _do(
        key,
        Posted("correction", form),
        Permission.ACT_ON_FINDING,
        lambda at: operations.record_correction(at, key, form.correction()),
        _("The correction is on record."),
    )


@blueprint.post(f"{FINDING}/extent")
@requires(Permission.ACT_ON_FINDING)
def extent(slug: str, key: str) -> Answer:
    form = ExtentForm(prefix="extent")
    return _do(
        key,
        Posted("extent", form),
        Permission.ACT_ON_FINDING,
        lambda at: operations.state_extent(at, key, form.extent()),
        _("The extent is on record."),
    )


@blueprint.post(f"{FINDING}/cause")
@requires(Permission.ACT_ON_FINDING)
def cause(slug: str, key: str) -> Answer:
    form = CauseForm(prefix="cause")
    return _do(
        key,
        Posted("cause", form),
        Permission.ACT_ON_FINDING,
        lambda at: operations.state_cause(at, key, form.cause()),
        _("The cause is on record."),
    )


@blueprint.post(f"{FINDING}/answer")
@requires(Permission.ACT_ON_FINDING)
def answer(slug: str, key: str) -> Answer:
    form = AnswerForm(prefix="answer")

    def step(at: Desk) -> object:
        return operations.answer_finding(at, key, text=form.text.data or "", versions=picked_versions(form))

    return _do(key, Posted("answer", form), Permission.ACT_ON_FINDING, step, _("The answer is on record."))


@blueprint.post(f"{FINDING}/actions")
@requires(Permission.ACT_ON_FINDING)
def action(slug: str, key: str) -> Answer:
    form = ActionForm(prefix="action")
    form.offer_owners([(p.user_id, p.name) for p in people_who_answer(reader(), current_system().id, today())])
    return _do(
        key,
        Posted("action", form),
        Permission.ACT_ON_FINDING,
        lambda at: operations.add_action(at, key, form.action()),
        _("The action is added."),
    )


def _change_due(key: str, number: int, permission: Permission) -> Answer:
    form = DueForm(prefix="due")
    return _do(
        key,
        Posted("due", form, number),
        permission,
        lambda at: operations.change_due(at, key, number, due_on=form.due_on.data, reason=form.reason.data or ""),
        _("Action %(number)s has a new due day.", number=number),
    )


@blueprint.post(f"{ACTION}/due")
@requires(Permission.ACT_ON_FINDING)
def action_due(slug: str, key: str, number: int) -> Answer:
    """Before the plan is accepted, whoever answers for the finding moves the day."""
    return _change_due(key, number, Permission.ACT_ON_FINDING)


@blueprint.post(f"{ACTION}/more-time")
@requires(Permission.RAISE_FINDING)
def action_more_time(slug: str, key: str, number: int) -> Answer:
    """Afterwards an auditor grants more time."""
    return _change_due(key, number, Permission.RAISE_FINDING)


@blueprint.post(f"{ACTION}/end")
@requires(Permission.ACT_ON_FINDING)
def action_end(slug: str, key: str, number: int) -> Answer:
    form = ReasonForm(prefix="end")
    return _do(
        key,
        Posted("end", form, number),
        Permission.ACT_ON_FINDING,
        lambda at: operations.end_action(at, key, number, reason=form.reason.data or ""),
        _("Action %(number)s is given up.", number=number),
    )


@blueprint.post(f"{ACTION}/completion")
@requires(Permission.ACT_ON_FINDING)
def action_complete(slug: str, key: str, number: int) -> Answer:
    form = CompleteForm(prefix="complete")

    def step(at: Desk) -> object:
        return operations.complete_action(at, key, number, note=form.note.data or "", versions=picked_versions(form))

    told = _("Action %(number)s is completed.", number=number)
    return _do(key, Posted("complete", form, number), Permission.ACT_ON_FINDING, step, told)


@blueprint.post(f"{FINDING}/plan")
@requires(Permission.ACT_ON_FINDING)
def plan(slug: str, key: str) -> Answer:
    return _do(
        key,
        Posted("submit", Form()),
        Permission.ACT_ON_FINDING,
        lambda at: operations.submit_plan(at, key),
        _("The plan is with the auditor."),
    )


@blueprint.post(f"{FINDING}/plan/acceptance")
@requires(Permission.RAISE_FINDING)
def plan_accept(slug: str, key: str) -> Answer:
    form = AcceptForm(prefix="accept")

    def step(at: Desk) -> object:
        return operations.accept_plan(
            at, key, plan=form.plan.data or 0, effect_days=form.effect_days.data, note=form.note.data or ""
        )

    return _do(key, Posted("accept", form), Permission.RAISE_FINDING, step, _("The plan is accepted."))


@blueprint.post(f"{FINDING}/plan/return")
@requires(Permission.RAISE_FINDING)
def plan_return(slug: str, key: str) -> Answer:
    form = ReturnForm(prefix="return")
    return _do(
        key,
        Posted("return", form),
        Permission.RAISE_FINDING,
        lambda at: operations.return_plan(at, key, plan=form.plan.data or 0, note=form.note.data or ""),
        _("The plan is returned to its owner."),
    )


@blueprint.post(f"{FINDING}/verification")
@requires(Permission.RAISE_FINDING)
def verification(slug: str, key: str) -> Answer:
    form = VerifyForm(prefix="verify")

    def step(at: Desk) -> object:
        effective = form.effective.data == "yes"
        versions = picked_versions(form)
        return operations.verify_effect(
            at, key, effective=effective, statement=form.statement.data or "", versions=versions
        )

    return _do(key, Posted("verify", form), Permission.RAISE_FINDING, step, _("The verification is on record."))


@blueprint.post(f"{FINDING}/closing")
@requires(Permission.RAISE_FINDING)
def closing(slug: str, key: str) -> Answer:
    form = CloseForm(prefix="close")
    return _do(
        key,
        Posted("close", form),
        Permission.RAISE_FINDING,
        lambda at: operations.close_finding(at, key, note=form.note.data or ""),
        _("%(key)s is closed.", key=key),
    )


@blueprint.post(f"{FINDING}/reopening")
@requires(Permission.RAISE_FINDING)
def reopening(slug: str, key: str) -> Answer:
    form = ReasonForm(prefix="reopen")
    return _do(
        key,
        Posted("reopen", form),
        Permission.RAISE_FINDING,
        lambda at: operations.reopen_finding(at, key, reason=form.reason.data or ""),
        _("%(key)s is open again.", key=key),
    )


@blueprint.post(f"{FINDING}/withdrawal")
@requires(Permission.RAISE_FINDING)
def withdrawal(slug: str, key: str) -> Answer:
    form = ReasonForm(prefix="withdraw")
    return _do(
        key,
        Posted("withdraw", form),
        Permission.RAISE_FINDING,
        lambda at: operations.withdraw_finding(at, key, reason=form.reason.data or ""),
        _("%(key)s is withdrawn. It stays in the register and counts no longer.", key=key),
    )


@blueprint.post(f"{FINDING}/grade")
@requires(Permission.RAISE_FINDING)
def grade(slug: str, key: str) -> Answer:
    form = GradeForm(prefix="grade")

    def step(at: Desk) -> object:
        return operations.change_grade(
            at,
            key,
            grade=Grade(form.grade.data),
            plan_due_on=form.plan_due_on.data,
            closure_due_on=form.closure_due_on.data,
            reason=form.reason.data or "",
        )

    return _do(key, Posted("grade", form), Permission.RAISE_FINDING, step, _("Grade and time limits are changed."))


@blueprint.get(f"{FINDING}/edit")
@requires(Permission.RAISE_FINDING)
def edit(slug: str, key: str) -> str:
    row = read_finding(key).dossier.finding
    data = {name: getattr(row, name) for name in ("title", "statement", "objective", "criterion", "source_ref")}
    form = EditForm(formdata=None, data={**data, "owner": row.owner_id or 0, "row_version": row.row_version})
    return _edit_page(key, form)


@blueprint.post(f"{FINDING}/edit")
@requires(Permission.RAISE_FINDING)
def edit_send(slug: str, key: str) -> Answer:
    """Put the wording right; a newer change by somebody else is shown, never overwritten."""
    form = EditForm()
    _offer_owners(form)
    grade = read_finding(key).case.grade

    def step(at: Desk) -> object:
        return operations.edit_finding(at, key, form.raising(grade), row_version=form.row_version.data or 0)

    try:
        saved = carried_out(form, Permission.RAISE_FINDING, step)
    except Conflict:
        return _conflict_page(key, form), 409
    if not saved:
        return _edit_page(key, form), 422
    flash(_("Saved."), "success")
    return redirect(url_for("findings.finding", slug=slug, key=key))


def _offer_owners(form: EditForm) -> None:
    form.offer_owners([(p.user_id, p.name) for p in people_who_answer(reader(), current_system().id, today())])


def _edit_page(key: str, form: EditForm, clashes: tuple[dict[str, str], ...] = ()) -> str:
    stand_at("findings.index")
    _offer_owners(form)
    return render_template("findings/edit.html", found=read_finding(key), form=form, clashes=clashes)


def _conflict_page(key: str, form: EditForm) -> str:
    """Both values of every field that differs; saving again is against the newer row."""
    row = read_finding(key).dossier.finding
    saved = {name: getattr(row, name) for name in ("title", "statement", "objective", "criterion", "source_ref")}
    saved["owner"] = row.owner_id or 0
    clashes = tuple(
        {"name": name, "label": str(form[name].label.text), "theirs": str(value), "yours": str(form[name].data or "")}
        for name, value in saved.items()
        if str(value) != str(form[name].data or "")
    )
    form.row_version.data = row.row_version
    return _edit_page(key, form, clashes)
