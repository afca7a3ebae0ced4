"""Pages of working offline: take the checklist along, send it back, see what it would change, apply it whole."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from itsmcomply.audits.blueprint import NUMBER, blueprint
from itsmcomply.audits.models import Audit
from itsmcomply.audits.offline.changes import DryRun, Refusal
from itsmcomply.audits.offline.reading import LARGEST, ReturnedRow, read_returned
from itsmcomply.audits.offline.sheet import COLUMNS, SheetRow, checklist_workbook
from itsmcomply.audits.operations.desk import audit_by_key
from itsmcomply.audits.operations.returning import (
    apply_return,
    keep_return,
    return_of,
    returned_rows,
    rows_of,
    run_of,
    sheet_values,
)
from itsmcomply.audits.papers import download
from itsmcomply.audits.queries.audits import audit_view, evidence_on_file
from itsmcomply.clauses.model import Requirement
from itsmcomply.errors import Conflict, InvalidInput
from itsmcomply.evidence.desk_web import desk, freshen
from itsmcomply.evidence.operations import Desk
from itsmcomply.permissions import Permission
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.web.filters import say as in_words
from itsmcomply.web.forms import Form
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import clock, current_system, reader, require_person
from itsmcomply.web.page import stand_at, today
from itsmcomply.web.resources import resources
from itsmcomply.web.translations import readers_language
from itsmcomply.wording import N_

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AUDIT = "/s/<slug>/audits/<key>"
CHANGED = N_("Somebody changed rows since you looked. Nothing was applied; look at the conflicts.")


@blueprint.get(f"{AUDIT}/checklist.xlsx")
@requires(Permission.CONDUCT_AUDIT)
def checklist(slug: str, key: str) -> Response:
    """The checklist to take along."""
    work = _desk_to_read()
    audit = audit_by_key(work, key)
    rows = [(row, sheet_values(row)) for row in rows_of(reader(), audit)]
    found = [_sheet_row(row.requirement, values, row.row_version) for row, values in rows]
    return _checklist(audit, found, "checklist")


@blueprint.post(f"{AUDIT}/returns")
@requires(Permission.CONDUCT_AUDIT)
def send_back(slug: str, key: str) -> Response:
    """Take in a filled checklist. Whatever is wrong with the file is said on the page, and nothing is kept."""
    sent = request.files.get("file")
    data = sent.stream.read(LARGEST + 1) if sent and Form().validate_on_submit() else b""
    name = sent.filename or "" if sent else ""
    try:
        sheet = read_returned(io.BytesIO(data))
        digest = hashlib.sha256(data).hexdigest()
        with desk(Permission.CONDUCT_AUDIT) as work:
            kept = keep_return(work, key, sheet, file_name=name, sha256=digest).id
    except InvalidInput as error:
        view = audit_view(reader(), current_system().id, key)
        stand_at("audits.index")
        text = render_template(
            "audits/return_refused.html", v=view, errors=[in_words(e) for e in error.errors.values()]
        )
        return make_response(text, 422)
    return redirect(url_for("audits.returned", slug=slug, key=key, returned=kept), code=303)


@blueprint.get(f"{AUDIT}/returns/<{NUMBER}:returned>")
@requires(Permission.CONDUCT_AUDIT)
def returned(slug: str, key: str, returned: int) -> Response:
    """The dry run: each change, each conflict, each error. Nothing is applied yet."""
    work = _desk_to_read()
    audit = audit_by_key(work, key)
    kept = return_of(reader(), audit, returned)
    return _show(audit, kept.id, run_of(work, audit, kept), applied=kept.applied_at is not None)


@blueprint.post(f"{AUDIT}/returns/<{NUMBER}:returned>/apply")
@requires(Permission.CONDUCT_AUDIT)
def apply(slug: str, key: str, returned: int) -> Response:
    """Apply all of it, or nothing."""
    try:
        with desk(Permission.CONDUCT_AUDIT) as work:
            number = apply_return(work, key, returned)
    except (InvalidInput, Conflict) as error:
        told = error.errors.values() if isinstance(error, InvalidInput) else [CHANGED]
        flash(" ".join(in_words(e) for e in told), "error")
        return redirect(url_for("audits.returned", slug=slug, key=key, returned=returned), code=303)
    flash(ngettext("%(num)d row was taken over.", "%(num)d rows were taken over.", number), "success")
    return redirect(url_for("audits.audit", slug=slug, key=key), code=303)


@blueprint.get(f"{AUDIT}/returns/<{NUMBER}:returned>/checklist.xlsx")
@requires(Permission.CONDUCT_AUDIT)
def returned_workbook(slug: str, key: str, returned: int) -> Response:
    """The returned workbook with what has to be put right written into its rows."""
    work = _desk_to_read()
    audit = audit_by_key(work, key)
    kept = return_of(reader(), audit, returned)
    refused = {one.row.line: one for one in run_of(work, audit, kept).refusals}
    now = {row.requirement: row.row_version for row in rows_of(reader(), audit)}
    rows = [_to_correct(row, refused.get(row.line), now) for row in returned_rows(kept)]
    return _checklist(audit, rows, "checklist-to-correct")


def _checklist(audit: Audit, rows: Sequence[SheetRow], name: str) -> Response:
    with readers_language():
        content = checklist_workbook(audit.key, audit.title, rows)
    return download(content, f"{audit.key}-{name}.xlsx", XLSX)


def _to_correct(row: ReturnedRow, refused: Refusal | None, versions: Mapping[str, int]) -> SheetRow:
    """A row as it came back, with the remark. One that clashed names what is stored now and may then be sent again."""
    version, remark = row.row_version or 0, in_words(refused.reason) if refused else ""
    if refused and refused.clash:
        headings = {name: heading for name, heading, *_ in COLUMNS}
        told = [f"{headings[name]}: {now or _('empty')}" for name, now, _yours in refused.fields]
        remark = "\n".join([remark, _("Stored now, and replaced by what stands here when it is sent again:"), *told])
        version = versions[row.requirement]
    return _sheet_row(row.requirement, row.values, version, remark, row.seal)


def _show(audit: Audit, kept: int, found: DryRun, *, applied: bool) -> Response:
    stand_at("audits.index")
    headings = {name: heading for name, heading, *_ in COLUMNS}
    text = render_template(
        "audits/returned.html", a=audit, kept=kept, run=found, applied=applied, headings=headings, say=in_words
    )
    return make_response(text)


def _sheet_row(requirement: str, values: object, row_version: int, error: str = "", seal: str = "") -> SheetRow:
    known = resources().catalogue.requirements.get(requirement)
    return SheetRow(
        requirement=requirement,
        text=known.text if known else "",
        questions=_questions(known),
        on_file=_on_file().get(requirement, "") if known else "",
        values=values if isinstance(values, dict) else {},
        row_version=row_version,
        error=error,
        seal=seal,
    )


def _questions(known: Requirement | None) -> str:
    if known is None:
        return ""
    return "\n".join([*known.audit_questions, *(f"- {point}" for point in known.points)])


def _on_file() -> dict[str, str]:
    """Items on file by requirement, read once per request."""
    from flask import g

    if "on_file_by_requirement" not in g:
        freshen()
        catalogue = resources().catalogue
        items: dict[str, list[str]] = {}
        for one in evidence_on_file(reader(), current_system().id, catalogue.artefacts, today(), latest=3):
            items.setdefault(one.artefact, []).append(f"{one.key} v{one.version} {one.title} ({one.state})")
        g.on_file_by_requirement = {
            r.id: "\n".join(line for e in r.expectations for line in items.get(e.artefact, [])[:3])
            for r in catalogue.requirements.values()
        }
    found: dict[str, str] = g.on_file_by_requirement
    return found


def _desk_to_read() -> Desk:
    """A desk on the read session of this request, for rules that need one; it writes nothing."""
    shared = resources()
    system = reader().get_one(ManagementSystem, current_system().id)
    return Desk(reader(), require_person().actor, clock().now(), today(), system, shared.catalogue, shared.policy)
