"""Pages of the checklist: one row, saved as you go; evidence examined, threads followed, findings raised from it."""

from __future__ import annotations

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from itsmcomply.audits.blueprint import CONCLUSIONS, MEANINGS, NUMBER, blueprint
from itsmcomply.audits.forms import RaiseForm, RowForm, ThreadForm, choices
from itsmcomply.audits.kinds import AuditKind, Conclusion
from itsmcomply.audits.operations import drop_thread, examine, follow_thread, raise_from_row, save_row, unexamine
from itsmcomply.audits.operations.conducting import entry_of
from itsmcomply.audits.queries.audits import audit_view
from itsmcomply.audits.row_page import RowPage, row_page, threads_of_app
from itsmcomply.audits.sampling.forms import METHODS as SAMPLE_METHODS
from itsmcomply.audits.sampling.forms import STRATA_WORDS
from itsmcomply.audits.sampling.queries import samples_for_row
from itsmcomply.errors import Conflict, InvalidInput
from itsmcomply.evidence.desk_web import desk
from itsmcomply.findings.kinds import Grade
from itsmcomply.permissions import Permission
from itsmcomply.web.filters import say as say_in_words
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader
from itsmcomply.web.page import address, stand_at
from itsmcomply.web.resources import resources

ROW = "/s/<slug>/audits/<key>/rows/<requirement>"
GRADES = (Grade.MAJOR, Grade.MINOR, Grade.OBSERVATION, Grade.OPPORTUNITY, Grade.STRENGTH)
FIELD_WORDS = ("conclusion", "statement", "answer", "note", "interviewed", "questions", "points")


@blueprint.get(ROW)
@requires(Permission.VIEW_SYSTEM)
def row(slug: str, key: str, requirement: str) -> Response:
    """One requirement: questions, evidence on file, conclusion."""
    page = row_page(key, requirement)
    return show(page, form_of(page), raise_form_of(page), thread_form_of(page))


@blueprint.post(ROW)
@requires(Permission.CONDUCT_AUDIT)
def save(slug: str, key: str, requirement: str) -> Response:
    """Save a row: by script as you go (the answer is the line that says when), or by the button, which goes on."""
    form = _with_points(RowForm(), requirement)
    by_script = bool(request.headers.get("HX-Request"))
    if form.validate_on_submit():
        try:
            with desk(Permission.CONDUCT_AUDIT) as work:
                saved = save_row(work, key, requirement, form.entry(), row_version=form.row_version.data or 0)
                version, at, line = saved.row_version, work.now, saved.id
        except InvalidInput as error:
            form.show(error)
        except Conflict as clash:
            return _clash(clash, key, requirement, by_script=by_script)
        else:
            if by_script:
                fragment = render_template(
                    "audits/_saved.html", at=at, version=version, line=line, mark=form.conclusion.data
                )
                return make_response(fragment)
            return redirect(_after(key, requirement), code=303)
    if by_script:
        errors = [*form.form_errors, *(str(say_in_words(e)) for found in form.errors.values() for e in found)]
        return make_response(render_template("audits/_not_saved.html", errors=errors), 422)
    page = row_page(key, requirement)
    raising = raise_form_of(page)
    return show(page, form, raising, thread_form_of(page), status=422)


@blueprint.post(f"{ROW}/examined")
@requires(Permission.CONDUCT_AUDIT)
def mark_examined(slug: str, key: str, requirement: str) -> Response:
    """Bind one version, or every current one on file."""
    versions = [int(v) for v in request.form.getlist("version") if v.isdecimal() and len(v) < 10]
    with desk(Permission.CONDUCT_AUDIT) as work:
        examine(work, key, requirement, versions)
    return _back_to(key, requirement, "evidence")


@blueprint.post(f"{ROW}/examined/<{NUMBER}:binding>/back")
@requires(Permission.CONDUCT_AUDIT)
def take_back(slug: str, key: str, requirement: str, binding: int) -> Response:
    return _taken_back(key, requirement, [binding])


@blueprint.post(f"{ROW}/examined/back")
@requires(Permission.CONDUCT_AUDIT)
def take_all_back(slug: str, key: str, requirement: str) -> Response:
    """Undo of marking everything examined."""
    view = audit_view(reader(), current_system().id, key)
    bound = view.evidence.get(view.row(requirement).id, ())
    return _taken_back(key, requirement, [one.id for one in bound])


def _taken_back(key: str, requirement: str, bindings: list[int]) -> Response:
    try:
        with desk(Permission.CONDUCT_AUDIT) as work:
            unexamine(work, key, requirement, bindings)
    except InvalidInput as error:
        flash(" ".join(say_in_words(one) for one in error.errors.values()), "error")
    return _back_to(key, requirement, "evidence")


def _back_to(key: str, requirement: str, place: str = "") -> Response:
    """The row again, at the panel that was used."""
    page = url_for("audits.row", slug=current_system().slug, key=key, requirement=requirement, _anchor=place or None)
    return redirect(page, code=303)


@blueprint.post(f"{ROW}/threads")
@requires(Permission.CONDUCT_AUDIT)
def add_thread(slug: str, key: str, requirement: str) -> Response:
    page = row_page(key, requirement)
    form = thread_form_of(page)
    if form.validate_on_submit():
        try:
            with desk(Permission.CONDUCT_AUDIT) as work:
                follow_thread(
                    work,
                    key,
                    requirement,
                    thread=form.thread.data,
                    steps=form.steps.data or "",
                    holds=bool(form.holds.data),
                    remark=form.remark.data or "",
                )
        except InvalidInput as error:
            form.show(error)
        else:
            return _back_to(key, requirement, "threads")
    return show(page, form_of(page), raise_form_of(page), form, status=422)


@blueprint.post(f"{ROW}/threads/<{NUMBER}:thread>/back")
@requires(Permission.CONDUCT_AUDIT)
def take_thread_back(slug: str, key: str, requirement: str, thread: int) -> Response:
    with desk(Permission.CONDUCT_AUDIT) as work:
        drop_thread(work, key, requirement, thread)
    return _back_to(key, requirement, "threads")


@blueprint.post(f"{ROW}/finding")
@requires(Permission.CONDUCT_AUDIT)
def raise_finding_here(slug: str, key: str, requirement: str) -> Response:
    """Raise a finding from this row and conclude the row by its grade."""
    page = row_page(key, requirement)
    form = raise_form_of(page)
    if form.validate_on_submit():
        try:
            with desk(Permission.CONDUCT_AUDIT) as work:
                finding = raise_from_row(work, key, requirement, form.raised(), row_version=form.row_version.data or 0)
                raised = finding.key
        except InvalidInput as error:
            form.show(error)
        except Conflict:
            return _raise_again(form, key, requirement)
        else:
            flash(_("%(finding)s raised from %(row)s.", finding=raised, row=requirement), "success")
            return _back_to(key, requirement)
    return show(page, form_of(page), form, thread_form_of(page), status=422)


def _raise_again(form: RaiseForm, key: str, requirement: str) -> Response:
    """The finding as typed beside the row as somebody else left it, ready to be raised."""
    page = row_page(key, requirement)
    form.row_version.data = page.row.row_version
    who = page.view.names.get(page.row.changed_by or 0, "")
    told = _("%(who)s changed this row while you wrote. Look at it, then raise the finding again.", who=who)
    form.form_errors.append(told)
    return show(page, form_of(page), form, thread_form_of(page), status=409)


def _with_points(form: RowForm, requirement: str) -> RowForm:
    wanted = resources().catalogue.requirements.get(requirement)
    form.points.choices = choices((p, p) for p in wanted.points) if wanted else []
    # The merge page sends several points as one value of several lines.
    form.points.data = [point for sent in form.points.data or [] for point in sent.splitlines()]
    return form


def form_of(page: RowPage) -> RowForm:
    entry = entry_of(page.row)
    conclusion = entry.conclusion.value if entry.conclusion else None
    form = RowForm(
        formdata=None,
        conclusion=conclusion,
        row_version=page.row.row_version,
        points=list(entry.points),
        **{name: getattr(entry, name) for name in ("statement", "answer", "note", "interviewed", "questions")},
    )
    return _with_points(form, page.row.requirement)


def raise_form_of(page: RowPage) -> RaiseForm:
    labels = current_app.jinja_env.filters["label"]
    grades = [*GRADES, Grade.AREA_OF_CONCERN] if page.view.audit.kind is AuditKind.STAGE_1 else GRADES
    usual = Grade.OBSERVATION if page.row.conclusion is Conclusion.OBSERVATION else Grade.MINOR
    sent = request.endpoint == "audits.raise_finding_here" and request.method == "POST"
    kept = {"grade": usual.value, "statement": page.row.statement, "row_version": page.row.row_version}
    form = RaiseForm() if sent else RaiseForm(formdata=None, **kept)
    form.grade.choices = choices((g.value, labels(g.value, "grade").capitalize()) for g in grades)
    return form


def thread_form_of(page: RowPage) -> ThreadForm:
    sent = request.endpoint == "audits.add_thread" and request.method == "POST"
    form = ThreadForm() if sent else ThreadForm(formdata=None)
    form.thread.choices = choices((t.id, t.name) for t in page.threads)
    return form


def show(page: RowPage, form: RowForm, raising: RaiseForm, threading: ThreadForm, status: int = 200) -> Response:
    stand_at("audits.index")
    artefacts = resources().catalogue.artefacts
    names = {t.id: t.name for t in threads_of_app()}
    text = render_template(
        "audits/row.html",
        p=page,
        form=form,
        raising=raising,
        threading=threading,
        conclusions=CONCLUSIONS,
        meanings=MEANINGS,
        texts={r: v.text for r, v in resources().catalogue.requirements.items() if r in page.view.by_requirement},
        artefacts=artefacts,
        thread_names=names,
        clause_url=address("readiness.clause", slug=current_system().slug, number=page.clause.number),
        finding_url=address("findings.finding", slug=current_system().slug, key=page.row.finding_key or "NC-0000-00"),
        examined={one.version_id: one for one in page.view.evidence.get(page.row.id, ())},
        samples=samples_for_row(reader(), page.row.id),
        sample_methods=SAMPLE_METHODS,
        sample_strata=STRATA_WORDS,
    )
    return make_response(text, status)


def _after(key: str, requirement: str) -> str:
    """The next row, or this one at the end of the list."""
    view = audit_view(reader(), current_system().id, key)
    order = [r.requirement for r in view.rows]
    place = order.index(requirement) + 1
    following = order[place] if place < len(order) and "stay" not in request.form else requirement
    return url_for("audits.row", slug=current_system().slug, key=key, requirement=following)


def _clash(clash: Conflict, key: str, requirement: str, *, by_script: bool) -> Response:
    """Somebody saved first: the merge page, or by script a line that leads to it."""
    view = audit_view(reader(), current_system().id, key)
    line = view.row(requirement)
    who = view.names.get(line.changed_by or 0, "")
    message = _("%(who)s changed row %(row)s while you edited.", who=who, row=requirement)
    if by_script:
        return make_response(
            render_template("audits/_not_saved.html", errors=[message + " " + _("Use Save to merge.")]), 422
        )
    differing = [name for name in FIELD_WORDS if clash.theirs.get(name) != clash.yours.get(name)]
    kept = [(name, clash.theirs[name]) for name in FIELD_WORDS if name not in differing]
    rows = [
        {"name": n, "label": n.capitalize(), "theirs": clash.theirs.get(n, ""), "yours": clash.yours.get(n, "")}
        for n in differing
    ]
    page = url_for("audits.row", slug=current_system().slug, key=key, requirement=requirement)
    text = render_template(
        "errors/conflict.html",
        message=message,
        action=page,
        rows=rows,
        row_version=line.row_version,
        kept=[*kept, ("stay", "1")],
        discard_url=page,
    )
    return make_response(text, 409)
