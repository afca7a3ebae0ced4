"""Pages of samples: records and what testing them came to, the working paper, the rows that rest on it."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from itsmcomply.audits.blueprint import NUMBER, blueprint
from itsmcomply.audits.routes_offline import XLSX
from itsmcomply.audits.sampling.forms import METHODS, AttributesForm, ExamineForm, PaperForm, RecordForm
from itsmcomply.audits.sampling.kinds import Answer
from itsmcomply.audits.sampling.operations import examine_paper, save_record, set_attributes
from itsmcomply.audits.sampling.pages import (
    SAMPLE,
    audit_here,
    file_as_read,
    paper_name,
    row_choices,
    stored_paper,
    working_in,
    written_paper,
)
from itsmcomply.audits.sampling.queries import sample_view
from itsmcomply.audits.sampling.words import KINDS
from itsmcomply.errors import Conflict, InvalidInput, NotFound
from itsmcomply.evidence.desk_web import desk
from itsmcomply.permissions import Permission
from itsmcomply.web.filters import say
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader
from itsmcomply.web.page import stand_at


@blueprint.get(SAMPLE)
@requires(Permission.VIEW_SYSTEM)
def sample(slug: str, key: str, number: int) -> str:
    """A sample: its records, what is tested, results so far, the error rate with its bound."""
    return _sample_page(key, number, AttributesForm(formdata=None))


@blueprint.post(f"{SAMPLE}/attributes")
@requires(Permission.CONDUCT_AUDIT)
def save_attributes(slug: str, key: str, number: int) -> tuple[str, int] | AnyResponse:
    form = AttributesForm()
    if form.validate_on_submit():
        try:
            with desk(Permission.CONDUCT_AUDIT) as at:
                set_attributes(at, key, number, (form.attributes.data or "").splitlines())
        except InvalidInput as error:
            form.show(error)
        else:
            flash(_("The attributes are saved."), "success")
            return redirect(url_for("audits.sample", slug=slug, key=key, number=number), 303)
    return _sample_page(key, number, form), 422


@blueprint.post(f"{SAMPLE}/records/<{NUMBER}:position>")
@requires(Permission.CONDUCT_AUDIT)
def save_sampled_record(slug: str, key: str, number: int, position: int) -> AnyResponse:
    """Save what testing one record came to: by script as you go, or by the button."""
    form = RecordForm()
    by_script = bool(request.headers.get("HX-Request"))
    error = ""
    if not form.validate_on_submit():
        error = _("This could not be saved. Keep the note shorter, without control characters.")
    else:
        try:
            with desk(Permission.CONDUCT_AUDIT) as at:
                save_record(
                    at,
                    key,
                    number,
                    position,
                    answers=_answers(),
                    remark=form.note.data or "",
                    version=form.version.data or 0,
                )
        except InvalidInput as refused:
            error = " ".join(say(text) for text in refused.errors.values())
        except Conflict:
            error = _("Somebody else saved this record meanwhile. Load the page again to see it.")
    if error and not by_script:
        raise InvalidInput({"": error})
    page = sample_view(reader(), audit_here(key), number)
    if by_script:
        record = page.records[position - 1]
        values = {"view": page, "record": record, "error": error, "saved": True, "slug": slug}
        return make_response(render_template("audits/samples/_tested.html", **values))
    return redirect(url_for("audits.sample", slug=slug, key=key, number=number, _anchor=f"r{position}"), 303)


def _answers() -> dict[int, Answer]:
    """The answers of the form, by place of the attribute. Raises NotFound for what is no answer."""
    found = {}
    for name, value in request.form.items():
        if name[:1] == "a" and name[1:].isascii() and name[1:].isdigit() and len(name) < 4:
            if value not in set(Answer):
                raise NotFound("answer", value[:20])
            found[int(name[1:])] = Answer(value)
    return found


@blueprint.get(f"{SAMPLE}/paper")
@requires(Permission.VIEW_EVIDENCE)
def download_paper(slug: str, key: str, number: int) -> Response:
    """The working paper as it stands now."""
    view = sample_view(reader(), audit_here(key), number)
    reply = Response(written_paper(view), mimetype=XLSX)
    reply.headers["Content-Disposition"] = f'attachment; filename="{paper_name(view)}"'
    return reply


@blueprint.post(f"{SAMPLE}/paper")
@requires(Permission.CONDUCT_AUDIT)
def keep_paper(slug: str, key: str, number: int) -> AnyResponse:
    """File the working paper as evidence of the audit."""
    view = sample_view(reader(), audit_here(key), number)
    row_version, stored = view.row.row_version, stored_paper(view)
    with desk(Permission.CONDUCT_AUDIT) as at:
        file_as_read(at, view, row_version, stored)
    flash(_("The working paper is filed as evidence of this audit; a reviewer decides on it."), "success")
    return redirect(url_for("audits.sample", slug=slug, key=key, number=number), 303)


@blueprint.post(f"{SAMPLE}/examine")
@requires(Permission.CONDUCT_AUDIT)
def examine_sample(slug: str, key: str, number: int) -> AnyResponse:
    """Let a row of the checklist rest on the filed working paper."""
    form = ExamineForm()
    form.requirement.choices = row_choices(working_in(audit_here(key)).free)
    if not form.validate_on_submit():
        raise InvalidInput({"": _("Choose a row of this audit's checklist.")})
    with desk(Permission.CONDUCT_AUDIT) as at:
        examine_paper(at, key, number, form.requirement.data)
    flash(_("Examined on %(requirement)s.", requirement=form.requirement.data), "success")
    return redirect(url_for("audits.sample", slug=slug, key=key, number=number), 303)


def _sample_page(key: str, number: int, form: AttributesForm) -> str:
    stand_at("audits.index")
    audit = audit_here(key)
    view, work = sample_view(reader(), audit, number), working_in(audit)
    if not form.is_submitted():
        form.attributes.data = view.row.attributes
    examine = ExamineForm(formdata=None)
    examine.requirement.choices = row_choices(work.free)
    examine.requirement.data = next(iter(view.requirements), None)
    return render_template(
        "audits/samples/sample.html",
        view=view,
        audit=audit,
        form=form,
        examine=examine,
        paper_form=PaperForm(formdata=None),
        refusals=work.refusals(view.requirements),
        methods=METHODS,
        kinds=KINDS,
        slug=current_system().slug,
    )
