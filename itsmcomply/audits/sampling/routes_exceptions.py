"""Pages of exceptions, a broken link between records or a record that failed: examined on a row, or a finding."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2

from itsmcomply.audits.blueprint import CONCLUSIONS, NUMBER, blueprint
from itsmcomply.audits.models import Audit
from itsmcomply.audits.operations.conducting import CONCLUSION_OF
from itsmcomply.audits.sampling.forms import ExceptionForm
from itsmcomply.audits.sampling.operations import (
    Picked,
    examine_exception,
    raise_from_exception,
    raise_from_record,
)
from itsmcomply.audits.sampling.pages import (
    POPULATION,
    SAMPLE,
    audit_here,
    file_as_read,
    row_choices,
    stored_paper,
    working_in,
)
from itsmcomply.audits.sampling.queries import PopulationView, RecordView, SampleView, population_view, sample_view
from itsmcomply.audits.sampling.words import CHECKS
from itsmcomply.audits.sampling.working import Working
from itsmcomply.audits.tickets.linkage import REQUIREMENT_CLAUSES, Check
from itsmcomply.errors import InvalidInput, NotFound
from itsmcomply.evidence.desk_web import desk
from itsmcomply.evidence.store import Stored
from itsmcomply.findings.kinds import Grade
from itsmcomply.permissions import Permission
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader
from itsmcomply.web.page import stand_at
from itsmcomply.web.resources import resources

GRADES = (Grade.MAJOR, Grade.MINOR, Grade.OBSERVATION, Grade.OPPORTUNITY)
EXCEPTION = f"{POPULATION}/exceptions/<check>/<{NUMBER}:place>"
RECORD = f"{SAMPLE}/records/<{NUMBER}:position>/finding"
MOST_NAMED = 200


@blueprint.get(EXCEPTION)
@requires(Permission.VIEW_SYSTEM)
def exception(slug: str, key: str, number: int, check: str, place: int) -> str:
    """One exception between records, and what can become of it."""
    audit = audit_here(key)
    view = population_view(reader(), audit.id, number)
    picked, work = _picked(view, check, place), working_in(audit)
    form = _exception_form(work, view, check, picked)
    return _exception_page(audit, view, check, picked, form=form, work=work)


@blueprint.post(f"{EXCEPTION}/examined")
@requires(Permission.CONDUCT_AUDIT)
def examine_exception_here(slug: str, key: str, number: int, check: str, place: int) -> AnyResponse:
    """Record it on a row of the checklist as a thread that does not hold."""
    audit = audit_here(key)
    view = population_view(reader(), audit.id, number)
    picked, work = _picked(view, check, place), working_in(audit)
    form = _exception_form(work, view, check, picked, sent=True)
    requirement = form.requirement.data or ""
    with desk(Permission.CONDUCT_AUDIT) as at:
        examine_exception(at, key, number, requirement, picked)
    flash(_("Examined on %(requirement)s.", requirement=requirement), "success")
    return redirect(url_for("audits.population", slug=slug, key=key, number=number), 303)


@blueprint.post(EXCEPTION)
@requires(Permission.CONDUCT_AUDIT)
def raise_exception(slug: str, key: str, number: int, check: str, place: int) -> tuple[str, int] | AnyResponse:
    """Raise a finding from it; the row of the checklist is concluded by the grade."""
    audit = audit_here(key)
    view = population_view(reader(), audit.id, number)
    picked, work = _picked(view, check, place), working_in(audit)
    form = _exception_form(work, view, check, picked, sent=True)
    if form.validate_on_submit():
        try:
            with desk(Permission.CONDUCT_AUDIT) as at:
                raised = raise_from_exception(at, key, number, form.requirement.data, form.raised()).key
        except InvalidInput as error:
            form.show(error)
        else:
            _say_raised(raised, form)
            return redirect(url_for("audits.row", slug=slug, key=key, requirement=form.requirement.data), 303)
    return _exception_page(audit, view, check, picked, form=form, work=work), 422


@blueprint.get(RECORD)
@requires(Permission.VIEW_SYSTEM)
def failed_record(slug: str, key: str, number: int, position: int) -> str:
    """A sampled record that failed, and the finding that can be raised from it."""
    audit = audit_here(key)
    view = sample_view(reader(), audit, number)
    record, work = _failed(view, position), working_in(audit)
    return _record_page(audit, view, record, _record_form(work, view, record), work)


@blueprint.post(RECORD)
@requires(Permission.CONDUCT_AUDIT)
def raise_failed_record(slug: str, key: str, number: int, position: int) -> tuple[str, int] | AnyResponse:
    """Raise a finding from it; the working paper that shows the answer is filed first where it is not yet."""
    audit = audit_here(key)
    view = sample_view(reader(), audit, number)
    record, work = _failed(view, position), working_in(audit)
    form = _record_form(work, view, record, sent=True)
    if form.validate_on_submit():
        try:
            raised = _raise_record(view, position, form)
        except InvalidInput as error:
            form.show(error)
        else:
            _say_raised(raised, form)
            return redirect(url_for("audits.row", slug=slug, key=key, requirement=form.requirement.data), 303)
    return _record_page(audit, view, record, form, work), 422


def _raise_record(view: SampleView, position: int, form: ExceptionForm) -> str:
    number, row_version = view.row.number, view.row.row_version
    fresh: Stored | None = stored_paper(view) if not view.evidence or view.stale else None
    with desk(Permission.CONDUCT_AUDIT) as at:
        if fresh:
            file_as_read(at, view, row_version, fresh)
        requirement, raised = form.requirement.data, form.raised()
        return raise_from_record(at, view.audit.key, number, position, requirement=requirement, raised=raised).key


def _say_raised(finding: str, form: ExceptionForm) -> None:
    conclusion = CONCLUSIONS[CONCLUSION_OF[Grade(form.grade.data)]]
    text = _(
        "%(key)s is raised; %(row)s is concluded: %(conclusion)s.",
        key=finding,
        row=form.requirement.data,
        conclusion=str(conclusion).lower(),
    )
    flash(text, "success")


def _picked(view: PopulationView, check: str, place: int) -> Picked:
    checks: Any = view.summary.get("checks", [])
    for one in checks:
        if one["check"] == check and 0 <= place < len(one["exceptions"]):
            found = one["exceptions"][place]
            return Picked(tuple(found["numbers"]), f"{CHECKS[Check(check)]}: {found['detail']}")
    raise NotFound("exception", f"{check} {place}")


def _failed(view: SampleView, position: int) -> RecordView:
    if 0 < position <= len(view.records) and view.records[position - 1].failed:
        return view.records[position - 1]
    raise NotFound("record that failed", str(position))


def _exception_form(
    work: Working, view: PopulationView, check: str, picked: Picked, *, sent: bool = False
) -> ExceptionForm:
    rows, clause = work.free, REQUIREMENT_CLAUSES[Check(check)]
    known = resources().catalogue.requirements
    usual = next((one for one in rows if known[one].clause == clause), None)
    objective = _(
        "%(records)s in %(file)s (SHA-256 %(sha)s)",
        records=", ".join(picked.numbers[:MOST_NAMED]),
        file=view.row.file_name,
        sha=view.row.sha256,
    )
    return _form(sent, rows, usual, title=picked.words[:200], statement=picked.words, objective=objective)


def _record_form(work: Working, view: SampleView, record: RecordView, *, sent: bool = False) -> ExceptionForm:
    failed = "; ".join(view.attributes[place].text for place in record.failed)
    words = _("%(record)s does not meet: %(attributes)s", record=record.row.number, attributes=failed)
    note = f"\n{record.row.note}" if record.row.note else ""
    objective = _(
        "Record %(record)s of %(sample)s, drawn from %(file)s (SHA-256 %(sha)s)",
        record=record.row.number,
        sample=view.row.key,
        file=view.population.file_name,
        sha=view.population.sha256,
    )
    usual = next(iter(view.requirements), None)
    rows = view.requirements or work.free
    return _form(sent, rows, usual, title=words[:200], statement=words, objective=objective + note)


def _form(sent: bool, rows: tuple[str, ...], usual: str | None, **texts: str) -> ExceptionForm:  # noqa: FBT001
    form = (
        ExceptionForm() if sent else ExceptionForm(formdata=None, requirement=usual, grade=Grade.MINOR.value, **texts)
    )
    labels = current_app.jinja_env.filters["label"]
    form.requirement.choices = row_choices(rows)
    form.grade.choices = [SelectChoice(one.value, labels(one.value, "grade").capitalize()) for one in GRADES]
    return form


def _exception_page(
    audit: Audit, view: PopulationView, check: str, picked: Picked, *, form: ExceptionForm, work: Working
) -> str:
    stand_at("audits.index")
    return render_template(
        "audits/samples/exception.html",
        audit=audit,
        view=view,
        check=CHECKS[Check(check)],
        picked=picked,
        form=form,
        refusals=work.refusals(()),
        slug=current_system().slug,
    )


def _record_page(audit: Audit, view: SampleView, record: RecordView, form: ExceptionForm, work: Working) -> str:
    stand_at("audits.index")
    return render_template(
        "audits/samples/failed.html",
        audit=audit,
        view=view,
        record=record,
        form=form,
        refusals=work.refusals(view.requirements),
        slug=current_system().slug,
    )
