"""Pages that file evidence: new items from uploads, links and statements; new versions; confirm, withdraw, refile."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from itsmcomply.clauses.model import Artefact
from itsmcomply.db import end_read
from itsmcomply.errors import InvalidInput, NotFound
from itsmcomply.evidence.blueprint import blueprint
from itsmcomply.evidence.desk_web import desk, members_now, suggester
from itsmcomply.evidence.filing_rows import Given, Row, days_for, file_row, given, new_form
from itsmcomply.evidence.forms import FilingForm, artefact_named
from itsmcomply.evidence.kinds import Confidentiality, VersionKind
from itsmcomply.evidence.operations import Desk, Filed, file_evidence, waiting_upload
from itsmcomply.evidence.queries.item import same_bytes
from itsmcomply.evidence.queries.work import uploads_by_token
from itsmcomply.evidence.routes_uploads import MOST_FILES
from itsmcomply.permissions import Permission
from itsmcomply.systems.models import Subject
from itsmcomply.web.filters import say
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader, require_person, settings
from itsmcomply.web.page import stand_at, today
from itsmcomply.web.resources import resources


@blueprint.get("/s/<slug>/evidence/new")
@requires(Permission.FILE_EVIDENCE)
def file_new(slug: str) -> str:
    """One row per uploaded file, or one for a link or statement, each with a suggested place."""
    tokens = _tokens(request.args.getlist("token"))
    kind = _kind(request.args.get("kind", ""))
    asked = given(resources().catalogue)
    rows = _file_rows(tokens, asked) if kind is VersionKind.FILE else [_wordy_row(kind, asked)]
    return _page(rows, kind, asked)


@blueprint.post("/s/<slug>/evidence/new")
@requires(Permission.FILE_EVIDENCE)
def file_new_send(slug: str) -> Response | tuple[str, int]:
    """File every row that is kept, all of them or none."""
    kind = _kind(request.form.get("kind", ""))
    asked = given(resources().catalogue)
    tokens = _tokens(request.form.getlist("token"))
    rows = _file_rows(tokens, asked, sent=True) if kind is VersionKind.FILE else [_wordy_row(kind, asked, sent=True)]
    kept = [row for row in rows if row.form.keep.data]
    checked = [row.form.validate() and _has_artefact(row) for row in kept]
    if kept and all(checked):
        end_read()
        filed = _file(kept)
        if filed is not None:
            return _after_filing(slug, filed)
    if not kept:
        flash(_("Nothing is ticked, so nothing was filed."), "warning")
    return _page(rows, kind, asked), 422


def _file(rows: Sequence[Row]) -> list[Filed] | None:
    """File rows in one transaction; None when one was refused, with the reason beside its field."""
    catalogue = resources().catalogue
    refused: Row | None = None
    try:
        with desk(Permission.FILE_EVIDENCE) as at:
            filed = []
            for row in rows:
                refused = row
                artefact = artefact_named(catalogue, row.form.artefact.data or "")
                if artefact is not None:
                    filed.append(_file_row(at, row, artefact))
    except InvalidInput as error:
        if refused is None:
            raise
        refused.form.show(InvalidInput({name: say(text) for name, text in error.errors.items()}))
        return None
    return filed


def _file_row(at: Desk, row: Row, artefact: Artefact) -> Filed:
    upload = waiting_upload(at, row.token) if row.kind is VersionKind.FILE else None
    return file_evidence(
        at,
        artefact=artefact.key,
        filing=row.form.filing(row.kind, row.form.title.data or artefact.name),
        upload=upload,
        owner_id=row.form.owner_id,
        confidentiality=Confidentiality(row.form.confidentiality.data),
    )


def _has_artefact(row: Row) -> bool:
    if artefact_named(resources().catalogue, row.form.artefact.data or "") is not None:
        return True
    row.form.show(InvalidInput({"artefact": _("Choose an artefact from the list. Nothing was filed.")}))
    return False


def _after_filing(slug: str, filed: Sequence[Filed]) -> Response:
    text = ngettext("%(num)d item filed and sent for review.", "%(num)d items filed and sent for review.", len(filed))
    flash(text, "success")
    for one in filed:
        warn_of_nils(one)
    if len(filed) == 1:
        return redirect(url_for("evidence.item", slug=slug, number=filed[0].item.number))
    return redirect(url_for("evidence.register", slug=slug, sort="received"))


def warn_of_nils(filed: Filed) -> None:
    """Name the nil statements that the date of something filed speaks against."""
    if filed.contradicts:
        names = ", ".join(filed.contradicts)
        text = _("%(item)s speaks against %(nils)s, which says that this had not occurred. Withdraw it if it is wrong.")
        flash(text % {"item": filed.item.key, "nils": names}, "warning")


def _tokens(sent: Sequence[str]) -> list[str]:
    tokens = list(dict.fromkeys(sent))
    if len(tokens) > MOST_FILES:
        raise InvalidInput({"file": _("Up to %(most)s files are filed at once.", most=MOST_FILES)})
    return tokens


def _kind(text: str) -> VersionKind:
    try:
        return VersionKind(text or VersionKind.FILE)
    except ValueError as error:
        raise NotFound("kind of evidence", text[:20]) from error


def _file_rows(tokens: Sequence[str], asked: Given, *, sent: bool = False) -> list[Row]:
    """Rows of uploads still waiting; a token that was used or is not this person's has none."""
    shared, system, actor = resources(), current_system(), require_person().actor
    found = uploads_by_token(reader(), system.id, actor.user_id, tokens)
    rows = []
    for index, token in enumerate(tokens):
        if token not in found:
            continue
        upload, blob = found[token]
        row = file_row(
            index,
            token,
            upload,
            blob,
            catalogue=shared.catalogue,
            suggester=suggester(),
            store=shared.store,
            asked=asked,
            today=today(),
        )
        row.same = same_bytes(reader(), system.id, [blob.sha256])
        if sent:
            row.form = FilingForm(prefix=f"f{index}-")
        rows.append(row)
    _offer(rows)
    return rows


def _wordy_row(kind: VersionKind, asked: Given, *, sent: bool = False) -> Row:
    form = (
        FilingForm(prefix="f0-") if sent else new_form(0, asked.artefact, days_for(asked.artefact, "", asked, today()))
    )
    row = Row(form, kind)
    _offer([row])
    return row


def _offer(rows: Sequence[Row]) -> None:
    people = members_now()
    subjects = subject_choices()
    for row in rows:
        row.form.offer_owners(people)
        row.form.offer_subjects(subjects)


def subject_choices() -> list[tuple[int, str]]:
    """Services, suppliers and customers in force, for versions that cover only some. One query."""
    rows = reader().execute(
        select(Subject.id, Subject.name)
        .where(Subject.system_id == current_system().id, Subject.ended_at.is_(None))
        .order_by(Subject.kind, Subject.name)
    )
    return [(row.id, row.name) for row in rows]


def _page(rows: Sequence[Row], kind: VersionKind, asked: Given) -> str:
    stand_at("evidence.my_work")
    catalogue = resources().catalogue
    return render_template(
        "evidence/file.html",
        rows=rows,
        kind=kind.value,
        asked=asked,
        artefacts=list(catalogue.artefacts.values()),
        processes=catalogue.processes,
        limit=settings().upload_limit_bytes,
        again=request.full_path if request.query_string else request.path,
    )
