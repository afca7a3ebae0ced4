"""Pages of exports: what is in, the last ones, and their files."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Response, flash, g, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from itsmcomply.db import end_read, transaction
from itsmcomply.errors import InvalidInput, NotFound
from itsmcomply.performance.outlook import WRITER
from itsmcomply.permissions import SYSTEM_ACTOR, Permission
from itsmcomply.readiness.engine.days import end_of_day
from itsmcomply.reports import files, jobs, routes_findings
from itsmcomply.reports.blueprint import blueprint
from itsmcomply.reports.forms import ExportForm
from itsmcomply.reports.operations import begin_export, cancel_export, fail_export, request_export
from itsmcomply.reports.queries import ExportRow, contents, export_of, latest_exports
from itsmcomply.reports.rules import START_WITHIN, ExportKind, ExportState
from itsmcomply.reports.word.review import ReviewWriter
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import clock, current_system, reader, settings, writing
from itsmcomply.web.page import as_of, today
from itsmcomply.web.resources import resources
from itsmcomply.web.shell import Basis
from itsmcomply.wording import N_, Sentence, say

__all__ = ["blueprint", "routes_findings"]

LOST = N_("The process that made it is gone. Nothing came out; make it again.")


@blueprint.get("/s/<slug>/exports")
@requires(Permission.EXPORT)
def exports(slug: str) -> str:
    return _page(_form())


@blueprint.get("/s/<slug>/exports/list")
@requires(Permission.EXPORT)
def exports_list(slug: str) -> str:
    """The list alone, for the page that watches an export."""
    return render_template("reports/_list.html", rows=_settled_rows(), **_days())


@blueprint.post("/s/<slug>/exports")
@requires(Permission.EXPORT)
def request_one(slug: str) -> tuple[str, int] | AnyResponse:
    form = _form()
    if not form.validate_on_submit():
        return _page(form), 422
    system = current_system()
    try:
        with writing(Permission.EXPORT) as write:
            export = request_export(
                write.session,
                write.actor,
                write.clock,
                system_id=system.id,
                kind=ExportKind(form.kind.data or ""),
                day=form.day.data or today(),
                model=form.model.data,
            )
    except InvalidInput as error:
        form.show(error)
        return _page(form), 422
    _start(export.id)
    flash(_("%(key)s is being made. The page shows when it is ready.", key=export.key), "success")
    return redirect(_address(form.day.data or today()), 303)


@blueprint.post("/s/<slug>/exports/<int:number>/cancel")
@requires(Permission.EXPORT)
def cancel(slug: str, number: int) -> AnyResponse:
    with writing(Permission.EXPORT) as write:
        export = cancel_export(write.session, write.actor, write.clock, system_id=current_system().id, export_id=number)
    if export.pid is not None:
        jobs.end(export.pid, export.id)
    files.unfinished_path(settings().exports_dir, export.id).unlink(missing_ok=True)
    flash(_("%(key)s is cancelled.", key=export.key), "success")
    return redirect(_address(as_of()), 303)


@blueprint.get("/s/<slug>/exports/<int:number>/file")
@requires(Permission.EXPORT)
def download(slug: str, number: int) -> Response:
    """The file, always as an attachment; its bytes are checked first."""
    row = export_of(reader(), current_system().id, number)
    end_read()
    if row.state is not ExportState.DONE or row.sha256 is None:
        raise NotFound("file of export", row.key)
    path = files.checked(settings().exports_dir, row.sha256, row.kind.value)
    answer = send_file(path, as_attachment=True, download_name=_file_name(slug, row), etag=row.sha256)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _file_name(slug: str, row: ExportRow) -> str:
    what = "workbook" if row.kind is ExportKind.WORKBOOK else "report"
    return f"{slug}-readiness-{what}-{row.as_of.isoformat()}.{row.kind.value}"


def _form() -> ExportForm:
    form = ExportForm()
    models = resources().models
    form.model.choices = [(key, model.name) for key, model in models.items()]
    if form.day.data is None and not form.is_submitted():
        form.day.data = as_of()
    return form


def _page(form: ExportForm) -> str:
    found, system = resources(), current_system()
    day = form.day.data or today()
    rows = _settled_rows()
    model = found.models.get(form.model.data or "") or next(iter(found.models.values()))
    g.basis = Basis(min(day, today()), found.catalogue.digest, found.policy.digest, model.digest)
    cutoff = end_of_day(min(day, today()), _zone())
    return render_template(
        "reports/exports.html",
        form=form,
        day=day,
        rows=rows,
        catalogue=found.catalogue,
        policy=found.policy,
        model=model,
        several_models=len(found.models) > 1,
        held=contents(reader(), system.id, cutoff),
        **_days(),
    )


def _zone() -> ZoneInfo:
    return ZoneInfo(current_system().zone)


def _days() -> dict[str, object]:
    return {"slug": current_system().slug, "query": _as_of_query()}


def _as_of_query() -> dict[str, str]:
    day = as_of()
    return {} if day == today() else {"as-of": day.isoformat()}


def _address(day: date) -> str:
    """The page of exports for a day."""
    values: dict[str, Any] = {} if day == today() else {"as-of": day.isoformat()}
    return url_for("reports.exports", slug=current_system().slug, **values)


def _start(export_id: int) -> None:
    """Start the child, and note its number; a machine that cannot start one says so."""
    try:
        pid = jobs.start(export_id, settings())
    except OSError as error:
        with transaction() as session:
            fail_export(session, SYSTEM_ACTOR, clock(), export_id, _not_started(error))
        return
    with transaction() as session:
        begin_export(session, export_id, pid)


def _settled_rows() -> tuple[ExportRow, ...]:
    """The last exports; those whose process is gone are marked failed first, also after a restart."""
    system = current_system()
    rows = latest_exports(reader(), system.id)
    lost = [row.id for row in rows if _is_lost(row)]
    if not lost:
        return rows
    with transaction() as session:
        for export_id in lost:
            fail_export(session, SYSTEM_ACTOR, clock(), export_id, say(LOST))
    for export_id in lost:
        files.unfinished_path(settings().exports_dir, export_id).unlink(missing_ok=True)
    return latest_exports(reader(), system.id)


def _is_lost(row: ExportRow) -> bool:
    if not row.is_active:
        return False
    if row.pid is None:
        return clock().now() - row.requested_at > START_WITHIN
    return not jobs.is_running(row.pid, row.id)


def init(app: Flask) -> None:
    """Write the documents of management reviews, whose pages lie below exports."""
    app.extensions[WRITER] = ReviewWriter()


def _not_started(error: OSError) -> Sentence:
    return say(N_("It could not be started: %(reason)s."), reason=error.strerror)
