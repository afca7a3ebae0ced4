"""The list of management reviews, and planning one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from itsmcomply.errors import InvalidInput
from itsmcomply.evidence.desk_web import desk
from itsmcomply.performance.blueprint import blueprint
from itsmcomply.performance.forms import PlanForm
from itsmcomply.performance.kinds import State
from itsmcomply.performance.operations import plan_review
from itsmcomply.performance.page import words_of_page
from itsmcomply.performance.queries.actions import action_lines
from itsmcomply.performance.queries.people import may_chair
from itsmcomply.performance.queries.reviews import next_review, review_lines
from itsmcomply.permissions import Permission
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader, require_person
from itsmcomply.web.page import stand_at, today


@blueprint.get("/s/<slug>/management-review")
@requires(Permission.VIEW_SYSTEM)
def reviews(slug: str) -> str:
    """Is the next review planned, and what became of what the last ones decided?"""
    system, day = current_system(), today()
    lines = review_lines(reader(), system.id)
    actions = [action for action in action_lines(reader(), system.id) if action.review_signed]
    signed = [line for line in lines if line.state is State.SIGNED]
    return render_template(
        "performance/index.html",
        lines=lines,
        ahead=[line for line in reversed(lines) if line.state in {State.PLANNED, State.HELD}],
        behind=[line for line in lines if line.state in {State.SIGNED, State.CANCELLED}],
        next=next_review(lines),
        last=signed[0] if signed else None,
        actions=[action for action in actions if action.is_open],
        late_count=sum(1 for action in actions if action.late_days(day)),
        day=day,
        may_hold=require_person().actor.may(Permission.HOLD_MANAGEMENT_REVIEW, system.id),
        **words_of_page(),
    )


@blueprint.get("/s/<slug>/management-review/new")
@requires(Permission.HOLD_MANAGEMENT_REVIEW)
def new(slug: str) -> str:
    return _new_page(PlanForm(None, data={"chair": require_person().actor.user_id}))


@blueprint.post("/s/<slug>/management-review/new")
@requires(Permission.HOLD_MANAGEMENT_REVIEW)
def new_send(slug: str) -> Response | tuple[str, int]:
    form = PlanForm()
    form.offer(may_chair(reader(), current_system().id, today()))
    if form.validate():
        try:
            with desk(Permission.HOLD_MANAGEMENT_REVIEW) as at:
                planned = plan_review(
                    at, planned_on=form.planned_on.data, chair_id=form.chair.data, place=form.place.data or ""
                ).key
        except InvalidInput as refused:
            form.show(refused)
        else:
            flash(_("%(key)s is planned, with every input on its agenda.", key=planned), "success")
            return redirect(url_for("performance.review", slug=slug, key=planned))
    return _new_page(form), 422


def _new_page(form: PlanForm) -> str:
    stand_at("performance.reviews")
    form.offer(may_chair(reader(), current_system().id, today()))
    return render_template("performance/new.html", form=form)
