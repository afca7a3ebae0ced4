"""Sign a review, and its two documents in Word."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from flask import current_app, flash, redirect, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from itsmcomply.db import end_read
from itsmcomply.errors import Conflict, InvalidInput, NotFound
from itsmcomply.evidence.desk_web import desk, freshen
from itsmcomply.performance.blueprint import blueprint
from itsmcomply.performance.filled import as_text
from itsmcomply.performance.forms import SignForm
from itsmcomply.performance.kinds import State
from itsmcomply.performance.operations import Minutes, sign_review
from itsmcomply.performance.outlook import WRITER, Writer
from itsmcomply.performance.page import Posted, read_review, show_review
from itsmcomply.performance.papers import Paper, Papers
from itsmcomply.performance.queries.papers import papers_of
from itsmcomply.performance.queries.reviews import ReviewView
from itsmcomply.permissions import Permission
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, settings
from itsmcomply.web.page import today
from itsmcomply.web.resources import resources
from itsmcomply.web.translations import readers_language

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
REVIEW = "/s/<slug>/management-review/<key>"
NAMES = {Paper.PACK: "input pack", Paper.MINUTES: "minutes"}


@blueprint.get(f"{REVIEW}/input-pack.docx")
@requires(Permission.VIEW_EVIDENCE)
def pack(slug: str, key: str) -> Response:
    """What top management reads before the review: every input with its figures, as they are now."""
    return _download(read_review(key), Paper.PACK)


@blueprint.get(f"{REVIEW}/minutes.docx")
@requires(Permission.VIEW_EVIDENCE)
def minutes(slug: str, key: str) -> Response:
    """The minutes: a draft before the signature; afterwards the very bytes that were filed as evidence."""
    view = read_review(key)
    sha256 = view.review.minutes_sha256
    if sha256 is None:
        return _download(view, Paper.MINUTES)
    stored = b"".join(resources().store.chunks(sha256))
    return _send(stored, file_name(view, Paper.MINUTES))


def _download(view: ReviewView, paper: Paper) -> Response:
    if view.state is State.CANCELLED:
        raise NotFound("document", view.review.key)
    signed_on = view.review.signed_at.date() if view.review.signed_at else None
    papers = papers_of(
        view, paper, system=current_system().name, mode=_mode(), today=signed_on or today(), signed_on=signed_on
    )
    end_read()
    return _send(_written(papers), file_name(view, paper))


def _send(content: bytes, name: str) -> Response:
    answer = send_file(BytesIO(content), DOCX, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def file_name(view: ReviewView, paper: Paper) -> str:
    return f"{current_system().slug} {view.review.key} {NAMES[paper]}.docx"


def _mode() -> str:
    return str(current_app.extensions.get("itsmcomply.mode", ""))


def _written(papers: Papers) -> bytes:
    """The bytes of a document. Raises NotFound in an application that cannot write any."""
    writer = cast("Writer | None", current_app.extensions.get(WRITER))
    if writer is None:
        raise NotFound("document", "")
    with TemporaryDirectory() as folder, readers_language():
        path = Path(folder) / "review.docx"
        writer.write(papers, path)
        return path.read_bytes()


@blueprint.post(f"{REVIEW}/signature")
@requires(Permission.HOLD_MANAGEMENT_REVIEW)
def sign(slug: str, key: str) -> Response | tuple[str, int]:
    """The chair signs what the page showed; if anything changed since, the page is shown again instead."""
    form = SignForm()
    freshen()
    view = read_review(key)
    if not form.validate() or form.seen.data != view.seq:
        return _changed(key), 409
    try:
        made = _minutes(view)
        with desk(Permission.HOLD_MANAGEMENT_REVIEW) as at:
            filed = sign_review(at, key, made).item.key
    except InvalidInput as refused:
        form.show(refused)
        return show_review(key, Posted("sign", form)), 422
    except Conflict:
        return _changed(key), 409
    flash(_("Signed. The minutes are filed as %(item)s and wait for somebody else's review.", item=filed), "success")
    return redirect(url_for("performance.review", slug=slug, key=key))


def _changed(key: str) -> str:
    form = SignForm(None)
    text = _("Something this review shows has changed since you opened the page. Nothing was signed. Look again.")
    form.form_errors.append(text)
    return show_review(key, Posted("sign", form))


def _minutes(view: ReviewView) -> Minutes:
    """Write the minutes and keep their bytes durably, before the transaction that signs them."""
    papers = papers_of(
        view, Paper.MINUTES, system=current_system().name, mode=_mode(), today=today(), signed_on=today()
    )
    filled = {one.key: as_text(one.filled) for one in view.inputs}
    name, seq = file_name(view, Paper.MINUTES), view.seq
    end_read()
    stored = resources().store.put(BytesIO(_written(papers)), limit=settings().upload_limit_bytes, name=name)
    return Minutes(stored, name, filled, seq)
