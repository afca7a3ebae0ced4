"""New versions of an item: another file, a link seen again, the next period of a recurring record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from itsmcomply.db import end_read
from itsmcomply.errors import InvalidInput
from itsmcomply.evidence.blueprint import blueprint
from itsmcomply.evidence.desk_web import desk, item_of
from itsmcomply.evidence.filing import prefilled
from itsmcomply.evidence.filing_rows import Given, days_for, given, span_or_none
from itsmcomply.evidence.forms import VersionForm
from itsmcomply.evidence.kinds import VersionKind
from itsmcomply.evidence.models import Blob, Upload
from itsmcomply.evidence.operations import Filed, add_version, receive_bytes, waiting_upload
from itsmcomply.evidence.queries.item import same_bytes
from itsmcomply.evidence.queries.views import ItemView, VersionView
from itsmcomply.evidence.queries.work import uploads_by_token
from itsmcomply.evidence.routes_filing import subject_choices, warn_of_nils
from itsmcomply.evidence.routes_item import ITEM
from itsmcomply.evidence.sniff import detect
from itsmcomply.evidence.store import Stored
from itsmcomply.permissions import Permission
from itsmcomply.web.filters import say
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader, require_person, settings
from itsmcomply.web.page import stand_at, today
from itsmcomply.web.resources import resources


@dataclass(frozen=True, slots=True)
class Kept:
    """A file sent with the form itself, stored and not yet registered."""

    stored: Stored
    name: str


@blueprint.get(f"{ITEM}/new-version")
@requires(Permission.FILE_EVIDENCE)
def new_version(slug: str, number: int) -> str:
    """Where the next version is sent from, with its days filled in; `?token=` names a file that arrived."""
    found = item_of(number)
    start, end = _days(found, given(resources().catalogue))
    latest = found.versions[0]
    data: dict[str, Any] = {
        "effective_on": end,
        "period_from": start,
        "text": latest.url or latest.statement or "",
        "seen_on": today() if latest.kind is VersionKind.LINK else None,
        "document_approver": latest.document_approver,
    }
    return _page(found, VersionForm(formdata=None, data=data))


def _days(found: ItemView, asked: Given) -> tuple[date | None, date | None]:
    """The days asked for in the address, else what the file name says, else what follows the latest version."""
    if asked.end is not None:
        return asked.start, asked.end
    upload = _upload(request.args.get("token", ""))
    if upload is not None and found.artefact.every is not None:
        return days_for(found.artefact, upload[0].file_name, asked, today())
    standing = [v for v in found.versions if v.withdrawn_at is None]
    last = max(standing, key=lambda v: v.effective_on) if standing else None
    span = span_or_none(last.period_from, last.effective_on) if last else None
    return prefilled(found.artefact, span, today=today())


@blueprint.post(f"{ITEM}/new-version")
@requires(Permission.FILE_EVIDENCE)
def new_version_send(slug: str, number: int) -> Response | tuple[str, int]:
    """Send a version for review: an uploaded file (by token or with the form), a link, or a statement."""
    found, form = item_of(number), VersionForm()
    form.offer_subjects(subject_choices())
    kind = VersionKind(request.form["kind"]) if request.form.get("kind") in set(VersionKind) else VersionKind.FILE
    if form.validate():
        end_read()
        try:
            filed = _add(found, form, kind)
        except InvalidInput as refused:
            form.show(InvalidInput({name: say(text) for name, text in refused.errors.items()}))
        else:
            flash(_("Version %(number)s is sent for review.", number=filed.version.number), "success")
            warn_of_nils(filed)
            return redirect(url_for("evidence.item", slug=slug, number=number))
    return _page(item_of(number), form, kind), 422


def _add(found: ItemView, form: VersionForm, kind: VersionKind) -> Filed:
    filing = form.filing(kind, found.title)
    token = request.form.get("token", "")
    kept = _keep(request.files.get("file")) if kind is VersionKind.FILE and not token else None
    with desk(Permission.FILE_EVIDENCE) as at:
        upload: Upload | None = None
        if kind is VersionKind.FILE and token:
            upload = waiting_upload(at, token)
        elif kept is not None:
            detected = detect(kept.stored.head, kept.name)
            upload = receive_bytes(at, stored=kept.stored, file_name=kept.name, detected_type=detected.key).upload
        return add_version(at, item_id=found.id, filing=filing, upload=upload)


def _keep(sent: FileStorage | None) -> Kept:
    """Store the file of a plain form before any transaction is open. Raises InvalidInput when there is none."""
    if sent is None or not sent.filename:
        raise InvalidInput({"file": _("Choose a file first. Nothing was sent.")})
    limit = settings().upload_limit_bytes
    return Kept(resources().store.put(sent.stream, limit=limit, name=sent.filename), sent.filename)


def _upload(token: str) -> tuple[Upload, Blob] | None:
    if not token:
        return None
    actor = require_person().actor
    return uploads_by_token(reader(), current_system().id, actor.user_id, [token]).get(token)


def _page(found: ItemView, form: VersionForm, kind: VersionKind | None = None) -> str:
    stand_at("evidence.register")
    form.offer_subjects(subject_choices())
    token = request.values.get("token", "")
    upload = _upload(token)
    shown: VersionView = found.versions[0]
    return render_template(
        "evidence/new_version.html",
        item=found,
        form=form,
        kind=(kind or (VersionKind.FILE if upload else shown.kind)).value,
        token=token if upload else "",
        upload=upload[0] if upload else None,
        blob=upload[1] if upload else None,
        same=same_bytes(reader(), current_system().id, [upload[1].sha256]) if upload else [],
        limit=settings().upload_limit_bytes,
        may_add=True,
    )
