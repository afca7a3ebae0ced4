"""Pages of populations and samples of an audit; its views belong to the blueprint of audits."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Response, current_app, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2

from itsmcomply.audits.blueprint import NUMBER, blueprint
from itsmcomply.audits.kinds import State
from itsmcomply.audits.models import Audit
from itsmcomply.audits.operations import follow_thread
from itsmcomply.audits.sampling import importing
from itsmcomply.audits.sampling.bounds import proportion_size, zero_error_size
from itsmcomply.audits.sampling.forms import (
    METHODS,
    AttributesForm,
    DrawForm,
    ExamineForm,
    ExceptionForm,
    MappingForm,
    PaperForm,
    RecordForm,
)
from itsmcomply.audits.sampling.importing import LOST_AFTER_S, Job
from itsmcomply.audits.sampling.kinds import Answer, ImportState
from itsmcomply.audits.sampling.operations import (
    Arrived,
    begin_import,
    cancel_import,
    draw_sample,
    end_import,
    examine_paper,
    file_paper,
    save_mapping,
    save_record,
    set_attributes,
)
from itsmcomply.audits.sampling.paper import XLSX_TYPE, write_paper
from itsmcomply.audits.sampling.queries import (
    PopulationView,
    SampleView,
    audit_row_by_key,
    is_lost,
    mappings_of,
    population_view,
    populations_of,
    records_of,
    requirements_in,
    sample_view,
    samples_of,
)
from itsmcomply.audits.sampling.receiving import keep_beside
from itsmcomply.audits.sampling.words import CHECKS, KINDS
from itsmcomply.audits.tickets.linkage import REQUIREMENT_CLAUSES, Check
from itsmcomply.audits.tickets.model import Kind, Options
from itsmcomply.audits.tickets.table import LARGEST_FILE
from itsmcomply.db import end_read
from itsmcomply.errors import Conflict, InvalidInput, NotFound
from itsmcomply.evidence.desk_web import desk
from itsmcomply.evidence.names import problem_of_file_name
from itsmcomply.findings.kinds import Grade, Source
from itsmcomply.findings.operations import raise_finding
from itsmcomply.findings.statements import Raising
from itsmcomply.permissions import Permission
from itsmcomply.web.errors import answer
from itsmcomply.web.filters import say
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import clock, current_system, reader, require_person, settings
from itsmcomply.web.page import stand_at
from itsmcomply.web.resources import resources
from itsmcomply.web.security import FORM_TYPES

AT = "/s/<slug>/audits/<key>"
POPULATION = f"{AT}/populations/<{NUMBER}:number>"
SAMPLE = f"{AT}/samples/<{NUMBER}:number>"
TOLERABLE = (0.01, 0.02, 0.05, 0.10)
CONFIDENCES = (0.90, 0.95, 0.99)
GRADES = (Grade.MAJOR, Grade.MINOR, Grade.OBSERVATION, Grade.OPPORTUNITY)


@blueprint.get(f"{AT}/samples")
@requires(Permission.VIEW_SYSTEM)
def samples(slug: str, key: str) -> str:
    """Populations and samples of an audit, and where the next export is put."""
    return _samples_page(key, MappingForm())


def _samples_page(key: str, form: MappingForm) -> str:
    stand_at("audits.index")
    audit = _audit(key)
    mappings = mappings_of(reader(), current_system().id)
    chosen = request.args.get("mapping", "0")
    mapping = next((m for m in mappings if str(m.id) == chosen), None)
    return render_template(
        "audits/samples/index.html",
        audit=audit,
        may_work=_may_work(audit),
        populations=populations_of(reader(), audit.id),
        samples=samples_of(reader(), audit.id),
        mappings=mappings,
        mapping=mapping,
        form=form,
        limit=min(LARGEST_FILE, settings().upload_limit_bytes),
        methods=METHODS,
        slug=current_system().slug,
    )


@blueprint.put(f"{AT}/populations/from/<{NUMBER}:mapping>")
@requires(Permission.CONDUCT_AUDIT)
def upload_population(slug: str, key: str, mapping: int) -> AnyResponse:
    """Take the raw body as one export; it is read after the answer. Nothing is kept of a file that is refused."""
    if request.mimetype in FORM_TYPES:
        return answer(415, _("This type is not accepted here"), _("Send the file itself as the body."))
    try:
        unquote_to_bytes(request.query_string).decode()
        number = _receive(key, mapping, request.args.get("name", ""), request.stream)
    except UnicodeDecodeError:
        return answer(422, _("Something needs correcting"), _("The file name is not valid text. Rename the file."))
    except InvalidInput as refused:
        return answer(422, _("Something needs correcting"), " ".join(say(text) for text in refused.errors.values()))
    reply = jsonify(token=str(number))
    reply.status_code = 201
    return reply


@blueprint.post(f"{AT}/populations/from/<{NUMBER}:mapping>")
@requires(Permission.CONDUCT_AUDIT)
def upload_population_form(slug: str, key: str, mapping: int) -> AnyResponse:
    """Take the file of a plain form, where there are no scripts."""
    files = [file for file in request.files.getlist("files") if file.filename]
    if len(files) != 1:
        raise InvalidInput({"file": _("Choose one file. Nothing was stored.")})
    number = _receive(key, mapping, files[0].filename or "", files[0].stream)
    return redirect(url_for("audits.population", slug=slug, key=key, number=number), 303)


def _receive(key: str, mapping: int, name: str, stream: Any) -> int:
    if problem := problem_of_file_name(name):
        raise InvalidInput({"file": problem})
    audit = _audit(key)
    columns = {}
    if mapping:
        found = [one for one in mappings_of(reader(), current_system().id) if one.id == mapping]
        columns = dict(found[0].columns) if found else {}
        if not found:
            raise NotFound("mapping", str(mapping))
    options = Options(mapping=columns)
    end_read()
    limit = min(LARGEST_FILE, settings().upload_limit_bytes)
    kept = keep_beside(settings().instance / "imports", stream, limit=limit, name=name)
    try:
        with desk(Permission.CONDUCT_AUDIT) as at:
            arrived = Arrived(name, kept.sha256, kept.size)
            made = begin_import(at, audit.key, arrived, {"mapping": columns})
            number, actor = made.number, at.actor
            job = Job(made.id, at.system.id, kept.path, options, actor)
    except BaseException:
        kept.path.unlink(missing_ok=True)
        raise
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    importing.start(app, clock(), job)
    return number


@blueprint.get(f"{AT}/populations/arrived")
@requires(Permission.VIEW_SYSTEM)
def population_arrived(slug: str, key: str) -> AnyResponse:
    """Where the drop zone goes on to."""
    token = request.args.get("token", "")
    if not (token.isascii() and token.isdigit() and len(token) < 9):
        raise NotFound("population", token)
    return redirect(url_for("audits.population", slug=slug, key=key, number=int(token)), 303)


@blueprint.get(POPULATION)
@requires(Permission.VIEW_SYSTEM)
def population(slug: str, key: str, number: int) -> str:
    """What was understood of an export, what is broken between its records, and the form that draws a sample."""
    return _population_page(key, number, DrawForm(formdata=None))


@blueprint.get(f"{POPULATION}/state")
@requires(Permission.VIEW_SYSTEM)
def population_state(slug: str, key: str, number: int) -> AnyResponse:
    """The progress alone, for the page that watches it; when it has ended the page is loaded again."""
    audit = _audit(key)
    view = _settled(audit, number)
    reply = make_response(render_template("audits/samples/_progress.html", **_progress_values(audit, view)))
    if view.row.state is not ImportState.READING:
        reply.headers["HX-Refresh"] = "true"
    return reply


@blueprint.post(f"{POPULATION}/cancel")
@requires(Permission.CONDUCT_AUDIT)
def cancel_population(slug: str, key: str, number: int) -> AnyResponse:
    with desk(Permission.CONDUCT_AUDIT) as at:
        cancel_import(at, key, number)
    flash(_("The import is cancelled. Nothing of it was kept."), "success")
    return redirect(url_for("audits.samples", slug=slug, key=key), 303)


@blueprint.post(POPULATION)
@requires(Permission.CONDUCT_AUDIT)
def draw_from_population(slug: str, key: str, number: int) -> tuple[str, int] | AnyResponse:
    """Draw a sample."""
    form = _with_kinds(DrawForm(), population_view(reader(), _audit(key).id, number))
    if form.validate_on_submit():
        try:
            made = _draw(key, number, form)
        except InvalidInput as error:
            form.show(error)
        else:
            flash(_("%(key)s is drawn.", key=f"SMP-{made:02d}"), "success")
            return redirect(url_for("audits.sample", slug=slug, key=key, number=made), 303)
    return _population_page(key, number, form), 422


def _draw(key: str, number: int, form: DrawForm) -> int:
    """Records are read from the store before the transaction opens, so that it lasts milliseconds."""
    view = population_view(reader(), _audit(key).id, number)
    end_read()
    wanted = form.wanted()
    records = [_slim(one) for one in records_of(resources().store, view.row)]
    with desk(Permission.CONDUCT_AUDIT) as at:
        return draw_sample(at, key, number, wanted, records).number


def _slim(record: dict[str, object]) -> dict[str, object]:
    """Without what is unknown: 150,000 records are held for a moment."""
    return {name: value for name, value in record.items() if value is not None or name in _NEEDED}


_NEEDED = frozenset({"number", "kind", "opened_at", "priority", "group"})


@blueprint.post(f"{POPULATION}/exceptions")
@requires(Permission.CONDUCT_AUDIT)
def use_exception(slug: str, key: str, number: int) -> AnyResponse:
    """Make an exception a thread examined on a row, or a finding."""
    audit = _audit(key)
    view = population_view(reader(), audit.id, number)
    form = _exception_form(audit)
    back = url_for("audits.population", slug=slug, key=key, number=number)
    if not form.validate_on_submit():
        raise InvalidInput({"": _("Choose a requirement of this audit's checklist.")})
    numbers, detail = _exception(view, form.check.data or "", form.place.data or 0)
    requirement = form.requirement.data
    label = str(CHECKS[Check(form.check.data or "")])
    if form.action.data == "finding":
        raised = _raise(
            audit,
            view,
            requirement,
            grade=Grade(form.grade.data),
            title=f"{label}: {detail}"[:300],
            numbers=numbers,
        )
        flash(_("%(key)s is raised.", key=raised), "success")
        return redirect(back, 303)
    steps = "\n".join(numbers if len(numbers) > 1 else (*numbers, detail))
    with desk(Permission.CONDUCT_AUDIT) as at:
        remark = f"{label}: {detail} ({view.row.key}, {view.row.file_name}, SHA-256 {view.row.sha256})"
        follow_thread(at, key, requirement, thread="T02", steps=steps, holds=False, remark=remark)
    flash(_("Examined on %(requirement)s.", requirement=requirement), "success")
    return redirect(back, 303)


def _exception(view: PopulationView, check: str, place: int) -> tuple[tuple[str, ...], str]:
    checks: Any = view.summary.get("checks", [])
    for one in checks:
        if one["check"] == check and 0 <= place < len(one["exceptions"]):
            found = one["exceptions"][place]
            return tuple(found["numbers"]), str(found["detail"])
    raise NotFound("exception", f"{check} {place}")


def _raise(
    audit: Audit, view: PopulationView, requirement: str, *, grade: Grade, title: str, numbers: tuple[str, ...]
) -> str:
    wanted = resources().catalogue.requirements[requirement]
    objective = f"{', '.join(numbers[:200])} in {view.row.file_name} (SHA-256 {view.row.sha256})"
    raising = Raising(
        grade=grade,
        title=title,
        statement=title,
        requirements=(requirement,),
        criterion=f"ISO/IEC 20000-1:2018 {wanted.clause}",
        objective=objective,
        process=wanted.process,
        source=Source.INTERNAL_AUDIT if audit.kind.is_own else Source.CERTIFICATION_BODY,
        source_ref=audit.title,
        audit_key=audit.key,
    )
    with desk(Permission.RAISE_FINDING) as at:
        return raise_finding(at, raising).key


@blueprint.post(f"{AT}/mappings")
@requires(Permission.CONDUCT_AUDIT)
def save_ticket_mapping(slug: str, key: str) -> tuple[str, int] | AnyResponse:
    form = MappingForm()
    if form.validate_on_submit():
        try:
            with desk(Permission.CONDUCT_AUDIT) as at:
                made = save_mapping(at, form.name.data or "", form.content.data or "")
                mapping = made.id
        except InvalidInput as error:
            form.show(error)
        else:
            flash(_("The mapping is saved. It is used for the next file you put here."), "success")
            return redirect(url_for("audits.samples", slug=slug, key=key, mapping=mapping), 303)
    return _samples_page(key, form), 422


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
    page = sample_view(reader(), _audit(key), number)
    if by_script:
        record = page.records[position - 1]
        values = {"view": page, "record": record, "error": error, "may_work": True, "slug": slug}
        return make_response(render_template("audits/samples/_record.html", **values))
    if error:
        raise InvalidInput({"": error})
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
    view = sample_view(reader(), _audit(key), number)
    reply = Response(write_paper(view, made_at=clock().now()), mimetype=XLSX_TYPE)
    reply.headers["Content-Disposition"] = f'attachment; filename="{_paper_name(view)}"'
    return reply


@blueprint.post(f"{SAMPLE}/paper")
@requires(Permission.CONDUCT_AUDIT)
def keep_paper(slug: str, key: str, number: int) -> AnyResponse:
    """File the working paper as evidence of the audit."""
    view = sample_view(reader(), _audit(key), number)
    content, row_version = write_paper(view, made_at=clock().now()), view.row.row_version
    end_read()
    name = _paper_name(view)
    stored = resources().store.put(BytesIO(content), limit=settings().upload_limit_bytes, name=name)
    with desk(Permission.CONDUCT_AUDIT) as at:
        file_paper(at, key, number, stored, name, row_version=row_version)
    flash(_("The working paper is filed as evidence of this audit; a reviewer decides on it."), "success")
    return redirect(url_for("audits.sample", slug=slug, key=key, number=number), 303)


@blueprint.post(f"{SAMPLE}/examine")
@requires(Permission.CONDUCT_AUDIT)
def examine_sample(slug: str, key: str, number: int) -> AnyResponse:
    """Let a row of the checklist rest on the filed working paper."""
    form = ExamineForm()
    form.requirement.choices = _requirements(_audit(key))
    if not form.validate_on_submit():
        raise InvalidInput({"": _("Choose a row of this audit's checklist.")})
    with desk(Permission.CONDUCT_AUDIT) as at:
        examine_paper(at, key, number, form.requirement.data)
    flash(_("Examined on %(requirement)s.", requirement=form.requirement.data), "success")
    return redirect(url_for("audits.sample", slug=slug, key=key, number=number), 303)


def _paper_name(view: SampleView) -> str:
    return f"{view.audit.key}-{view.row.key}-working-paper.xlsx"


def _audit(key: str) -> Audit:
    return audit_row_by_key(reader(), current_system().id, key)


def _may_work(audit: Audit) -> bool:
    actor = require_person().actor
    return audit.state is State.RUNNING and actor.may(Permission.CONDUCT_AUDIT, current_system().id)


def _settled(audit: Audit, number: int) -> PopulationView:
    """The population; one whose reader must be gone is marked first."""
    view = population_view(reader(), audit.id, number)
    if is_lost(view.row, clock().now(), LOST_AFTER_S) and _may_work(audit):
        with desk(Permission.CONDUCT_AUDIT) as at:
            gone = "The process that read it is gone. Put the file here again."
            end_import(at, view.row.id, ImportState.REFUSED, gone)
        view = population_view(reader(), audit.id, number)
    return view


def _progress_values(audit: Audit, view: PopulationView) -> dict[str, object]:
    return {"audit": audit, "view": view, "may_work": _may_work(audit), "slug": current_system().slug}


def _population_page(key: str, number: int, form: DrawForm) -> str:
    stand_at("audits.index")
    audit = _audit(key)
    view = _settled(audit, number)
    if view.is_read:
        _with_kinds(form, view)
    return render_template(
        "audits/samples/population.html",
        form=form,
        exception_form=_exception_form(audit),
        sizes=_sizes(view) if view.is_read else (),
        tolerable=TOLERABLE,
        checks=CHECKS,
        kinds=KINDS,
        clauses={check.value: clause for check, clause in REQUIREMENT_CLAUSES.items()},
        **_progress_values(audit, view),
    )


def _with_kinds(form: DrawForm, view: PopulationView) -> DrawForm:
    kinds: Any = view.summary.get("kinds", {})
    form.kind.choices = [SelectChoice("", _("All")), *(SelectChoice(kind, KINDS[Kind(kind)]) for kind in kinds)]
    if not form.is_submitted():
        records = view.row.records or 1
        form.size.data = form.size.data or zero_error_size(records, tolerable=0.05, confidence=0.95)
        form.seed.data = form.seed.data or f"{view.row.sha256[:8]}"
    return form


def _sizes(view: PopulationView) -> tuple[tuple[str, tuple[int, ...], int], ...]:
    """Per confidence: sizes with no error expected for each tolerable rate, and the size for a rate within 5 points."""
    count = max(1, view.row.records or 1)
    return tuple(
        (
            f"{round(confidence * 100)} %",
            tuple(zero_error_size(count, tolerable=rate, confidence=confidence) for rate in TOLERABLE),
            proportion_size(count, margin=0.05, confidence=confidence),
        )
        for confidence in CONFIDENCES
    )


def _requirements(audit: Audit) -> list[SelectChoice]:
    known = resources().catalogue.requirements
    rows = [one for one, _clause in requirements_in(reader(), audit.id) if one in known]
    return [SelectChoice(one, f"{one} {known[one].text[:70]}") for one in rows]


def _exception_form(audit: Audit) -> ExceptionForm:
    form = ExceptionForm()
    form.requirement.choices = _requirements(audit)
    form.grade.choices = [SelectChoice(grade.value, grade.value.replace("_", " ")) for grade in GRADES]
    return form


def _sample_page(key: str, number: int, form: AttributesForm) -> str:
    stand_at("audits.index")
    audit = _audit(key)
    view = sample_view(reader(), audit, number)
    if not form.is_submitted():
        form.attributes.data = view.row.attributes
    examine = ExamineForm(formdata=None)
    examine.requirement.choices = _requirements(audit)
    return render_template(
        "audits/samples/sample.html",
        view=view,
        audit=audit,
        form=form,
        examine=examine,
        paper_form=PaperForm(formdata=None),
        may_work=_may_work(audit),
        methods=METHODS,
        kinds=KINDS,
        slug=current_system().slug,
    )
