"""Attach evidence to a finding: pick versions from the register, or file a new file and bind it at once."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from itsmcomply.db import end_read
from itsmcomply.errors import InvalidInput, NotFound
from itsmcomply.evidence.desk_web import carried_out, desk, freshen
from itsmcomply.evidence.filing import Filing
from itsmcomply.evidence.kinds import VersionKind
from itsmcomply.evidence.names import problem_of_file_name
from itsmcomply.evidence.operations import Desk, file_evidence, receive_bytes
from itsmcomply.evidence.sniff import detect
from itsmcomply.evidence.store import Stored
from itsmcomply.findings.blueprint import blueprint
from itsmcomply.findings.forms import EvidenceForm, ReasonForm, UploadForm
from itsmcomply.findings.kinds import EvidenceUse
from itsmcomply.findings.operations import bind_evidence, unbind_evidence
from itsmcomply.findings.page import Posted, choices_of, picked_versions, read_finding, show_finding
from itsmcomply.findings.queries.choices import artefacts_for, found_versions, likely_versions
from itsmcomply.findings.queries.finding import FindingPage
from itsmcomply.findings.routes_finding import FINDING, Answer
from itsmcomply.permissions import Permission
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader, require_person, settings
from itsmcomply.web.page import asked_text, stand_at, today
from itsmcomply.web.resources import resources

USES = {"correction": EvidenceUse.CORRECTION, "action": EvidenceUse.ACTION, "answer": EvidenceUse.ANSWER}


@dataclass(frozen=True, slots=True)
class Purpose:
    """What evidence is attached for. `action`: the number of the corrective action, where it is for one."""

    use: EvidenceUse
    action: int | None = None

    @property
    def permission(self) -> Permission:
        found = self.use is EvidenceUse.OBJECTIVE
        return Permission.RAISE_FINDING if found else Permission.ACT_ON_FINDING


def _purpose(use: str) -> Purpose:
    """The purpose an address names. Raises NotFound."""
    if use not in USES:
        raise NotFound("use of evidence", use)
    text = request.args.get("action", "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None
    return Purpose(USES[use], number if USES[use] is EvidenceUse.ACTION else None)


@blueprint.get(f"{FINDING}/evidence/found")
@requires(Permission.RAISE_FINDING)
def attach_found(slug: str, key: str) -> str:
    return _attach_page(key, Purpose(EvidenceUse.OBJECTIVE))


@blueprint.post(f"{FINDING}/evidence/found")
@requires(Permission.RAISE_FINDING)
def attach_found_send(slug: str, key: str) -> Answer:
    return _bind(key, Purpose(EvidenceUse.OBJECTIVE))


@blueprint.get(f"{FINDING}/evidence/<use>")
@requires(Permission.ACT_ON_FINDING)
def attach(slug: str, key: str, use: str) -> str:
    return _attach_page(key, _purpose(use))


@blueprint.post(f"{FINDING}/evidence/<use>")
@requires(Permission.ACT_ON_FINDING)
def attach_send(slug: str, key: str, use: str) -> Answer:
    return _bind(key, _purpose(use))


def _bind(key: str, purpose: Purpose) -> Answer:
    form = EvidenceForm()

    def step(at: Desk) -> object:
        return bind_evidence(at, key, use=purpose.use, versions=picked_versions(form), action=purpose.action)

    if not carried_out(form, purpose.permission, step):
        return _attach_page(key, purpose, form), 422
    flash(_("The evidence is attached."), "success")
    return redirect(url_for("findings.finding", slug=current_system().slug, key=key))


def _attach_page(key: str, purpose: Purpose, form: EvidenceForm | None = None, upload: UploadForm | None = None) -> str:
    stand_at("findings.index")
    freshen()
    found, text = read_finding(key), asked_text("q")
    session, system = reader(), current_system()
    artefacts = artefacts_for(resources().catalogue, found.dossier.requirements)
    versions = found_versions(session, system.id, text) if text else likely_versions(session, system.id, artefacts)
    form = form or EvidenceForm(formdata=None)
    form.offer(choices_of(versions))
    upload = upload or UploadForm(formdata=None, prefix="upload", data={"effective_on": today()})
    upload.artefact.choices = _artefact_choices(found)
    return render_template(
        "findings/attach.html",
        found=found,
        purpose=purpose,
        form=form,
        upload=upload,
        q=text,
        may_file=require_person().actor.may(Permission.FILE_EVIDENCE, system.id),
        limit=min(settings().upload_limit_bytes, current_app.config["MAX_CONTENT_LENGTH"]),
    )


def _artefact_choices(found: FindingPage) -> list[tuple[str, str]]:
    artefacts = resources().catalogue.artefacts
    return [(key, artefacts[key].name) for key in artefacts_for(resources().catalogue, found.dossier.requirements)]


@blueprint.post(f"{FINDING}/evidence/<use>/file")
@requires(Permission.FILE_EVIDENCE)
def attach_file(slug: str, key: str, use: str) -> Answer:
    """Keep a file, file it under an artefact and bind its first version, all or nothing."""
    purpose = Purpose(EvidenceUse.OBJECTIVE) if use == "found" else _purpose(use)
    found, form = read_finding(key), UploadForm(prefix="upload")
    form.artefact.choices = _artefact_choices(found)
    if form.validate():
        try:
            sent: FileStorage = form.file.data
            stored = _stored(sent)
            with desk(Permission.FILE_EVIDENCE) as at:
                version = _filed(at, form, sent.filename or "", stored)
                bind_evidence(at, key, use=purpose.use, versions=[version], action=purpose.action)
        except InvalidInput as refused:
            form.show(refused)
        else:
            flash(_("The file is filed for review and attached."), "success")
            return redirect(url_for("findings.finding", slug=slug, key=key))
    return _attach_page(key, purpose, upload=form), 422


def _stored(sent: FileStorage) -> Stored:
    """The bytes, durable before any row names them."""
    if problem := problem_of_file_name(sent.filename or ""):
        raise InvalidInput({"file": problem})
    end_read()
    return resources().store.put(sent.stream, limit=settings().upload_limit_bytes, name=sent.filename or "")


def _filed(at: Desk, form: UploadForm, name: str, stored: Stored) -> int:
    upload = receive_bytes(at, stored=stored, file_name=name, detected_type=detect(stored.head, name).key).upload
    filing = Filing(
        kind=VersionKind.FILE,
        title=form.title.data or name,
        effective_on=form.effective_on.data,
        period_from=form.period_from.data,
    )
    return file_evidence(at, artefact=form.artefact.data, filing=filing, upload=upload).version.id


def _unbind(key: str, binding: int, permission: Permission) -> Answer:
    form = ReasonForm(prefix="unbind")

    def step(at: Desk) -> object:
        return unbind_evidence(at, key, binding=binding, reason=form.reason.data or "")

    if not carried_out(form, permission, step):
        return show_finding(key, Posted("unbind", form, binding)), 422
    flash(_("The evidence is taken back; it stays on record."), "success")
    return redirect(url_for("findings.finding", slug=current_system().slug, key=key))


@blueprint.post(f"{FINDING}/evidence/found/<int(max=2147483647):binding>/end")
@requires(Permission.RAISE_FINDING)
def unbind_found(slug: str, key: str, binding: int) -> Answer:
    return _unbind(key, binding, Permission.RAISE_FINDING)


@blueprint.post(f"{FINDING}/evidence/done/<int(max=2147483647):binding>/end")
@requires(Permission.ACT_ON_FINDING)
def unbind_done(slug: str, key: str, binding: int) -> Answer:
    return _unbind(key, binding, Permission.ACT_ON_FINDING)
