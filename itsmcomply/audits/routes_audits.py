"""Pages of audits: the list, one audit with plan, team, timetable and result, its documents and its sign-off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from itsmcomply.audits import blueprint as words
from itsmcomply.audits.blueprint import NUMBER, blueprint
from itsmcomply.audits.forms import BeginForm, PlanForm, ReasonForm, ResultForm, SlotForm, TeamForm, choices
from itsmcomply.audits.impartiality import objections, reasons, unassigned
from itsmcomply.audits.kinds import AuditKind, Method, State
from itsmcomply.audits.meanwhile import Meanwhile, merged, seen_of
from itsmcomply.audits.operations import (
    Report,
    add_slot,
    assign,
    begin_audit,
    cancel_audit,
    change_plan,
    content_of,
    end_slot,
    plan_audit,
    release,
    sign_off,
    state_result,
)
from itsmcomply.audits.operations.closing import result_of
from itsmcomply.audits.operations.desk import programme_by_key, requirements_of
from itsmcomply.audits.papers import download, keep, services, words_for
from itsmcomply.audits.queries.audits import AuditView, audit_lines, audit_view, findings_of
from itsmcomply.audits.queries.interests import auditors, interests_of
from itsmcomply.audits.queries.programme import programmes
from itsmcomply.audits.rules import TABLE, Act, hindrances
from itsmcomply.audits.word import audit_plan, audit_report
from itsmcomply.clauses.model import Requirement
from itsmcomply.errors import Conflict, InvalidInput
from itsmcomply.evidence.desk_web import desk
from itsmcomply.evidence.operations import Desk
from itsmcomply.permissions import Permission
from itsmcomply.systems.queries import people_to_choose
from itsmcomply.web.filters import say as in_words
from itsmcomply.web.forms import Form
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader, require_person
from itsmcomply.web.page import stand_at, today
from itsmcomply.web.resources import resources
from itsmcomply.web.translations import readers_language

AUDIT = "/s/<slug>/audits/<key>"


@blueprint.get("/s/<slug>/audits")
@requires(Permission.VIEW_SYSTEM)
def index(slug: str) -> str:
    """Every audit, the latest on top."""
    lines = audit_lines(reader(), current_system().id)
    return render_template(
        "audits/index.html", lines=lines, w=words, today_on=today(), may_plan=_may(Permission.PLAN_AUDIT)
    )


@blueprint.route("/s/<slug>/audits/new", methods=["GET", "POST"])
@requires(Permission.PLAN_AUDIT)
def new(slug: str) -> Response:
    """Plan an audit."""
    form = _plan_form(PlanForm())
    if form.validate_on_submit():
        try:
            with desk(Permission.PLAN_AUDIT) as work:
                wanted = request.args.get("programme", "")
                programme = programme_by_key(work, wanted) if wanted else None
                made = plan_audit(work, form.plan(_clauses_by_process()), programme=programme).key
        except InvalidInput as error:
            form.show(error)
        else:
            flash(_("%(audit)s is planned. Assign a lead auditor next.", audit=made), "success")
            return redirect(url_for("audits.audit", slug=slug, key=made), code=303)
    if request.method == "GET":
        form.criteria.data = _("ISO/IEC 20000-1:2018 and the organisation's own requirements")
        form.objectives.data = _("Find out whether the processes meet the requirements and are effective.")
        form.clauses.data = request.args.getlist("clause")
    return _plan_page(form, None, 422 if form.is_submitted() else 200)


@blueprint.route(f"{AUDIT}/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_AUDIT)
def edit(slug: str, key: str) -> Response:
    """Change the plan."""
    view = audit_view(reader(), current_system().id, key)
    form = _plan_form(PlanForm())
    if form.validate_on_submit():
        try:
            with desk(Permission.PLAN_AUDIT) as work:
                plan = form.plan(_clauses_by_process())
                change_plan(
                    work, key, plan, row_version=form.row_version.data or 0, reason=form.change_reason.data or ""
                )
        except InvalidInput as error:
            form.show(error)
        except Conflict:
            return _plan_again(form, key)
        else:
            return redirect(url_for("audits.audit", slug=slug, key=key), code=303)
    if request.method == "GET":
        if Act.CHANGE_PLAN not in TABLE[view.audit.state]:
            return _to_audit(view)
        _fill(form, view)
    return _plan_page(form, view, 422 if form.is_submitted() else 200)


@blueprint.get(AUDIT)
@requires(Permission.VIEW_SYSTEM)
def audit(slug: str, key: str) -> Response:
    """One audit."""
    return show(audit_view(reader(), current_system().id, key))


@blueprint.post(f"{AUDIT}/team")
@requires(Permission.PLAN_AUDIT)
def team(slug: str, key: str) -> Response:
    form = _team_form(TeamForm())
    return _do(key, form, "team", Permission.PLAN_AUDIT, lambda work: assign(work, key, form.assignment()))


@blueprint.post(f"{AUDIT}/team/<{NUMBER}:member>/release")
@requires(Permission.PLAN_AUDIT)
def release_member(slug: str, key: str, member: int) -> Response:
    form = ReasonForm()
    step = lambda work: release(work, key, member, reason=form.reason.data or "")  # noqa: E731 - one step, passed on
    return _do(key, form, "release", Permission.PLAN_AUDIT, step)


@blueprint.post(f"{AUDIT}/timetable")
@requires(Permission.PLAN_AUDIT)
def timetable(slug: str, key: str) -> Response:
    form = SlotForm()
    return _do(key, form, "slot", Permission.PLAN_AUDIT, lambda work: add_slot(work, key, form.slot()))


@blueprint.post(f"{AUDIT}/timetable/<{NUMBER}:line>/end")
@requires(Permission.PLAN_AUDIT)
def timetable_end(slug: str, key: str, line: int) -> Response:
    with desk(Permission.PLAN_AUDIT) as work:
        end_slot(work, key, line)
    return redirect(url_for("audits.audit", slug=slug, key=key) + "#timetable", code=303)


@blueprint.post(f"{AUDIT}/begin")
@requires(Permission.CONDUCT_AUDIT)
def begin(slug: str, key: str) -> Response:
    form = BeginForm()
    people, notes = form.opening_people.data or "", form.opening_notes.data or ""
    step = lambda work: begin_audit(work, key, opening_people=people, opening_notes=notes)  # noqa: E731 - as above
    return _do(key, form, "begin", Permission.CONDUCT_AUDIT, step)


@blueprint.post(f"{AUDIT}/cancel")
@requires(Permission.PLAN_AUDIT)
def cancel(slug: str, key: str) -> Response:
    form = ReasonForm()
    reason = form.reason.data or ""
    return _do(key, form, "cancel", Permission.PLAN_AUDIT, lambda work: cancel_audit(work, key, reason=reason))


@blueprint.route(f"{AUDIT}/result", methods=["GET", "POST"])
@requires(Permission.CONDUCT_AUDIT)
def result(slug: str, key: str) -> Response:
    """What the audit came to, and its sign-off."""
    view = audit_view(reader(), current_system().id, key)
    form = ResultForm()
    if not form.is_submitted():
        if Act.STATE_RESULT not in TABLE[view.audit.state]:
            return _to_audit(view)
        return _result_page(_result_form(view), view, 200)
    if form.validate():
        try:
            with desk(Permission.CONDUCT_AUDIT) as work:
                state_result(work, key, form.result(), row_version=form.row_version.data or 0)
        except InvalidInput as error:
            form.show(error)
        except Conflict:
            view = audit_view(reader(), current_system().id, key)
            return _result_page(form, view, 409, merged(form, _result_form(view), "audit", key))
        else:
            flash(_("Result saved."), "success")
            return redirect(url_for("audits.result", slug=slug, key=key), code=303)
    return _result_page(form, view, 422)


@blueprint.post(f"{AUDIT}/sign-off")
@requires(Permission.CONDUCT_AUDIT)
def sign(slug: str, key: str) -> Response:
    """Write the report from what is stored, keep it, and sign exactly that."""
    system = current_system()
    view = audit_view(reader(), system.id, key)
    digest = content_of(reader(), view.audit)  # before the rest is read: a change after this is a conflict
    view, found = audit_view(reader(), system.id, key), findings_of(reader(), system.id, key)
    if refused := _why_not_signed(view):
        flash(refused, "error")
        return redirect(url_for("audits.result", slug=slug, key=key), code=303)
    names = words_for(reader(), view)
    with readers_language():
        content = audit_report(view, found, resources().catalogue, names, signed=True)
    name = f"{key}-audit-report.docx"
    try:
        stored = keep(content, name)
        with desk(Permission.CONDUCT_AUDIT) as work:
            filed = sign_off(work, key, Report(stored, name, digest))
            item = filed.item.key if filed else ""
    except InvalidInput as error:
        flash(str(error.errors.get("", "")), "error")
        return redirect(url_for("audits.result", slug=slug, key=key), code=303)
    text = _("%(audit)s is closed. Its report is filed as %(item)s and waits for review.", audit=key, item=item)
    flash(text if item else _("%(audit)s is closed.", audit=key), "success")
    return redirect(url_for("audits.audit", slug=slug, key=key), code=303)


@blueprint.get(f"{AUDIT}/plan.docx")
@requires(Permission.VIEW_SYSTEM)
def plan_document(slug: str, key: str) -> Response:
    view = audit_view(reader(), current_system().id, key)
    with readers_language():
        content = audit_plan(view, resources().catalogue, words_for(reader()))
    return download(content, f"{key}-audit-plan.docx")


@blueprint.get(f"{AUDIT}/report.docx")
@requires(Permission.VIEW_SYSTEM)
def report_document(slug: str, key: str) -> Response:
    """The signed bytes once it is closed, before that a draft made now. Of an audit by others no bytes were signed."""
    view = audit_view(reader(), current_system().id, key)
    name, closed = f"{key}-audit-report.docx", view.audit.state is State.SIGNED_OFF
    if view.audit.report_sha256:
        return download(b"".join(resources().store.chunks(view.audit.report_sha256)), name)
    found = findings_of(reader(), current_system().id, key)
    with readers_language():
        made = audit_report(view, found, resources().catalogue, words_for(reader(), view), signed=closed)
    return download(made, name if closed else f"{key}-audit-report-draft.docx")


def show(view: AuditView, status: int = 200, **forms: Form) -> Response:
    """The page of an audit; a form that came back takes the place of an empty one."""
    stand_at("audits.index")
    system, shared = current_system(), resources()
    wanted = requirements_of(shared.catalogue, view.clauses)
    hands = [one for one in view.team if one.role.audits]
    may_plan = _may(Permission.PLAN_AUDIT) and view.audit.state in {State.PLANNED, State.RUNNING}
    text = render_template(
        "audits/audit.html",
        v=view,
        w=words,
        clauses=shared.catalogue.clauses,
        processes=shared.catalogue.processes,
        services=[name for id_, name in services(reader()).items() if id_ in view.services],
        asked=Counter(one.clause for one in wanted),
        findings=findings_of(reader(), system.id, view.key),
        barred=_barred(wanted) if may_plan and view.audit.kind.is_own else {},
        may_plan=may_plan,
        may_conduct=_may(Permission.CONDUCT_AUDIT),
        may_begin=view.lead is not None
        and (not view.audit.kind.is_own or require_person().actor.user_id in {m.user_id for m in hands}),
        unassigned=unassigned(view.clauses, [m.part for m in hands]),
        first_open=next((r.requirement for r in view.rows if r.conclusion is None), None)
        or next((r.requirement for r in view.rows), ""),
        team_form=forms.get("team") or _team_form(TeamForm(formdata=None)),
        slot_form=forms.get("slot") or SlotForm(formdata=None, on_day=view.days.first_on, starts="09:00", ends="10:00"),
        begin_form=forms.get("begin") or BeginForm(formdata=None),
        returned=forms.keys(),
        errors=[str(in_words(e)) for form in forms.values() for e in _all_errors(form)],
    )
    return make_response(text, status)


def _barred(wanted: Sequence[Requirement]) -> dict[str, list[str]]:
    """For whoever assigns: auditors with something of their own among what is audited, and what it is."""
    system, catalogue = current_system(), resources().catalogue
    people = auditors(reader(), system.id, today())
    who = interests_of(reader(), system.id, [p.user_id for p in people])
    told = {
        p.name: [in_words(r) for r in reasons(p.name, objections(who[p.user_id], wanted), catalogue)] for p in people
    }
    return {name: texts for name, texts in told.items() if texts}


def _to_audit(view: AuditView) -> Response:
    """From a form there is nothing to do with in this state to the page of the audit, which says how it stands."""
    return redirect(url_for("audits.audit", slug=current_system().slug, key=view.key), code=303)


def _result_form(view: AuditView) -> ResultForm:
    """The form as the result stands."""
    stored = result_of(view.audit)
    form = ResultForm(formdata=None, obj=stored)
    form.conformity.data = stored.conformity.value if stored.conformity else None
    form.effectiveness.data = stored.effectiveness.value if stored.effectiveness else None
    form.row_version.data = view.audit.row_version
    form.seen.data = seen_of(form)
    return form


def _result_page(form: ResultForm, view: AuditView, status: int, clash: Meanwhile | None = None) -> Response:
    stand_at("audits.index")
    open_points = hindrances(result_of(view.audit), view.tally, by_body=not view.audit.kind.is_own)
    told = [in_words(one) for one in open_points]
    return make_response(
        render_template("audits/result.html", v=view, form=form, w=words, open_points=told, clash=clash), status
    )


def _why_not_signed(view: AuditView) -> str:
    """What the signature would be refused for, before a report is written and kept for nothing; "" when it may be."""
    if view.lead is None or view.lead.user_id not in {None, require_person().actor.user_id}:
        return _("Only the lead auditor states the result of an audit and signs it off.")
    if view.audit.state is not State.RUNNING:
        return _("This audit is not in progress.")
    found = hindrances(result_of(view.audit), view.tally, by_body=not view.audit.kind.is_own)
    return " ".join(in_words(one) for one in found)


def _all_errors(form: Form) -> list[str]:
    return [*form.form_errors, *(error for found in form.errors.values() for error in found)]


PLACES = {"team": "team", "release": "team", "slot": "timetable"}
"""Where on the page somebody stands again after an act."""


def _do(key: str, form: Form, name: str, permission: Permission, step: Callable[[Desk], object]) -> Response:
    """One act on the page of an audit: back to the page, or the page with what is wrong."""
    if form.validate_on_submit():
        try:
            with desk(permission) as work:
                step(work)
        except InvalidInput as error:
            form.show(error)
        else:
            page = url_for("audits.audit", slug=current_system().slug, key=key, _anchor=PLACES.get(name))
            return redirect(page, code=303)
    return show(audit_view(reader(), current_system().id, key), 422, **{name: form})


def _may(permission: Permission) -> bool:
    return require_person().actor.may(permission, current_system().id)


def _clauses_by_process() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for clause in resources().catalogue.clauses.values():
        if clause.auditable:
            found.setdefault(clause.process, []).append(clause.number)
    return {process: tuple(numbers) for process, numbers in found.items()}


def _plan_form(form: PlanForm) -> PlanForm:
    catalogue = resources().catalogue
    auditable = (c for c in catalogue.clauses.values() if c.auditable)
    form.clauses.choices = choices((c.number, f"{c.number} {c.label}") for c in auditable)
    form.processes.choices = choices((p.key, p.name) for p in catalogue.processes.values())
    form.services.choices = choices(services(reader()).items())
    return form


def _team_form(form: TeamForm) -> TeamForm:
    people = people_to_choose(reader(), current_system().id)
    form.user_id.choices = choices([(0, _("nobody with an account")), *people])
    return form


def _plan_again(form: PlanForm, key: str) -> Response:
    """The plan as typed, with what somebody else changed meanwhile."""
    view, stored = audit_view(reader(), current_system().id, key), _plan_form(PlanForm(formdata=None))
    _fill(stored, view)
    form.unfold(_clauses_by_process())
    return _plan_page(form, view, 409, merged(form, stored, "audit", key))


def _fill(form: PlanForm, view: AuditView) -> None:
    """Put the plan as it stands into the form."""
    found = view.audit
    for name in ("title", "objectives", "criteria", "remote", "client", "reasons", "row_version"):
        getattr(form, name).data = getattr(found, name)
    form.kind.data, form.method.data = found.kind.value, found.method.value
    form.first_on.data, form.last_on.data = view.days.first_on, view.days.last_on
    form.clauses.data, form.services.data = list(view.clauses), list(view.services)
    form.sites.data = "\n".join(view.sites)
    form.seen.data = seen_of(form)


def _plan_page(form: PlanForm, view: AuditView | None, status: int, clash: Meanwhile | None = None) -> Response:
    stand_at("audits.index")
    if form.kind.data is None:
        form.kind.data, form.method.data = AuditKind.INTERNAL.value, Method.ON_SITE.value
    text = render_template(
        "audits/plan.html",
        form=form,
        v=view,
        clash=clash,
        programmes=programmes(reader(), current_system().id),
        clauses=[c for c in resources().catalogue.clauses.values() if c.auditable],
        process_of={c.number: c.process for c in resources().catalogue.clauses.values()},
    )
    return make_response(text, status)
