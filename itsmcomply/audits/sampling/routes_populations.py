"""Pages of populations: bring an export, watch it being read, see what was understood, draw a sample from it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote_to_bytes

from flask import Response, current_app, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2

from itsmcomply.audits.blueprint import NUMBER, blueprint
from itsmcomply.audits.models import Audit
from itsmcomply.audits.sampling import importing
from itsmcomply.audits.sampling.bounds import proportion_size, zero_error_size
from itsmcomply.audits.sampling.forms import METHODS, DrawForm, MappingForm
from itsmcomply.audits.sampling.importing import LOST_AFTER_S, Job
from itsmcomply.audits.sampling.kinds import ImportState
from itsmcomply.audits.sampling.operations import (
    Arrived,
    begin_import,
    cancel_import,
    draw_sample,
    end_import,
    save_mapping,
)
from itsmcomply.audits.sampling.pages import AT, POPULATION, audit_here, row_choices, working_in
from itsmcomply.audits.sampling.queries import (
    PopulationView,
    evidence_key,
    has_export,
    is_lost,
    mappings_of,
    population_view,
    populations_of,
    records_of,
    samples_of,
)
from itsmcomply.audits.sampling.receiving import keep_beside
from itsmcomply.audits.sampling.words import CHECKS, KINDS, ORDERS
from itsmcomply.audits.sampling.working import Working
from itsmcomply.audits.tickets.layouts import LAYOUTS
from itsmcomply.audits.tickets.model import Kind, Options
from itsmcomply.audits.tickets.table import LARGEST_FILE
from itsmcomply.db import end_read
from itsmcomply.errors import InvalidInput, NotFound
from itsmcomply.evidence.desk_web import desk
from itsmcomply.evidence.names import plain_name, problem_of_file_name
from itsmcomply.permissions import Permission
from itsmcomply.web.errors import answer
from itsmcomply.web.filters import say as say_in_words
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import clock, current_system, reader, settings
from itsmcomply.web.page import stand_at
from itsmcomply.web.resources import resources
from itsmcomply.web.security import FORM_TYPES
from itsmcomply.wording import N_, say

TOLERABLE = (0.01, 0.02, 0.05, 0.10)
CONFIDENCES = (0.90, 0.95, 0.99)
EXPORT_HEADERS = {
    "Content-Type": "application/octet-stream",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'self'",
    "Cache-Control": "private, no-store",
}
"""An export is somebody else's file: handed back as bytes, never shown."""


@blueprint.get(f"{AT}/samples")
@requires(Permission.VIEW_SYSTEM)
def samples(slug: str, key: str) -> str:
    """Populations and samples of an audit, and where the next export is put."""
    return _samples_page(key, MappingForm())


def _samples_page(key: str, form: MappingForm) -> str:
    stand_at("audits.index")
    audit = audit_here(key)
    mappings = mappings_of(reader(), current_system().id)
    chosen = request.args.get("mapping", "0")
    mapping = next((m for m in mappings if str(m.id) == chosen), None)
    return render_template(
        "audits/samples/index.html",
        audit=audit,
        work=working_in(audit),
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
        return answer(
            422, _("Something needs correcting"), " ".join(say_in_words(text) for text in refused.errors.values())
        )
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
    audit = audit_here(key)
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
    audit = audit_here(key)
    work = working_in(audit)
    view = _settled(audit, number, work)
    reply = make_response(render_template("audits/samples/_progress.html", **_progress_values(audit, view, work)))
    if view.row.state is not ImportState.READING:
        reply.headers["HX-Refresh"] = "true"
    return reply


@blueprint.get(f"{POPULATION}/export")
@requires(Permission.VIEW_EVIDENCE)
def download_export(slug: str, key: str, number: int) -> AnyResponse:
    """The imported file, byte by byte as it came; checked against its SHA-256 on the way out."""
    view = population_view(reader(), audit_here(key).id, number)
    if not has_export(reader(), view.row):
        raise NotFound("export of population", view.row.key)
    reply = Response(resources().store.chunks(view.row.sha256), headers=EXPORT_HEADERS)
    name = view.row.file_name
    reply.headers["Content-Length"] = str(view.row.size)
    reply.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain_name(name, view.row.key)}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
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
    audit = audit_here(key)
    form = _with_choices(DrawForm(), population_view(reader(), audit.id, number), working_in(audit))
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
    view = population_view(reader(), audit_here(key).id, number)
    end_read()
    wanted = form.wanted()
    records = [_slim(one) for one in records_of(resources().store, view.row)]
    with desk(Permission.CONDUCT_AUDIT) as at:
        return draw_sample(at, key, number, wanted, records).number


def _slim(record: dict[str, object]) -> dict[str, object]:
    """Without what is unknown: 150,000 records are held for a moment."""
    return {name: value for name, value in record.items() if value is not None or name in _NEEDED}


_NEEDED = frozenset({"number", "kind", "opened_at", "priority", "group"})


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


def _settled(audit: Audit, number: int, work: Working) -> PopulationView:
    """The population; one whose reader must be gone is marked first."""
    view = population_view(reader(), audit.id, number)
    if is_lost(view.row, clock().now(), LOST_AFTER_S) and work.may:
        with desk(Permission.CONDUCT_AUDIT) as at:
            gone = say(N_("The process that read it is gone. Put the file here again."))
            end_import(at, view.row.id, ImportState.REFUSED, gone)
        view = population_view(reader(), audit.id, number)
    return view


def _progress_values(audit: Audit, view: PopulationView, work: Working) -> dict[str, object]:
    return {"audit": audit, "view": view, "work": work, "slug": current_system().slug}


def _population_page(key: str, number: int, form: DrawForm) -> str:
    stand_at("audits.index")
    audit = audit_here(key)
    work = working_in(audit)
    view = _settled(audit, number, work)
    if view.is_read:
        _with_choices(form, view, work)
    return render_template(
        "audits/samples/population.html",
        form=form,
        sizes=_sizes(view) if view.is_read else (),
        tolerable=TOLERABLE,
        checks=CHECKS,
        orders=ORDERS,
        layout=_layout_name(view),
        samples=[one for one in samples_of(reader(), audit.id) if one.population == view.row.key],
        methods=METHODS,
        kept=has_export(reader(), view.row),
        evidence=evidence_key(reader(), view.row.version_id),
        **_progress_values(audit, view, work),
    )


def _layout_name(view: PopulationView) -> str:
    known = LAYOUTS.get(str(view.summary.get("layout")))
    return known.name if known else _("Own mapping")


def _with_choices(form: DrawForm, view: PopulationView, work: Working) -> DrawForm:
    kinds: Any = view.summary.get("kinds", {})
    form.kind.choices = [SelectChoice("", _("All")), *(SelectChoice(kind, KINDS[Kind(kind)]) for kind in kinds)]
    form.requirement.choices = row_choices(work.free)
    if not form.is_submitted():
        records = view.row.records or 1
        form.requirement.data = form.requirement.data or request.args.get("row")
        form.size.data = form.size.data or zero_error_size(records, tolerable=0.05, confidence=0.95)
        form.seed.data = form.seed.data or view.row.sha256[:8]
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
