"""What is changed about an item: confirm, withdraw, block, refile, edit, link, answer."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from itsmcomply.errors import Conflict, InvalidInput, NotFound
from itsmcomply.evidence.blueprint import NUMBER, blueprint
from itsmcomply.evidence.desk_web import desk, item_of, members_now
from itsmcomply.evidence.filing_rows import days_for, given
from itsmcomply.evidence.forms import (
    ConfirmForm,
    FilingForm,
    ItemForm,
    LinkForm,
    MessageForm,
    ReasonForm,
    artefact_named,
    owner_choices,
)
from itsmcomply.evidence.kinds import Confidentiality
from itsmcomply.evidence.operations import (
    answer_question,
    block_blob,
    change_item,
    confirm_unchanged,
    end_link,
    link_to_control,
    link_to_requirement,
    refile,
    withdraw_version,
)
from itsmcomply.evidence.queries.links import control_by_ref
from itsmcomply.evidence.queries.views import ItemView
from itsmcomply.evidence.routes_filing import subject_choices, warn_of_nils
from itsmcomply.evidence.routes_item import ITEM, VERSION, item_page
from itsmcomply.permissions import Permission
from itsmcomply.web.filters import say
from itsmcomply.web.guards import requires
from itsmcomply.web.page import stand_at, today
from itsmcomply.web.resources import resources


@blueprint.post(f"{VERSION}/confirm")
@requires(Permission.FILE_EVIDENCE)
def confirm(slug: str, number: int, version: int) -> Response | tuple[str, int]:
    """A new version of the same bytes: somebody looked, and it still holds."""
    found, form = item_of(number), ConfirmForm()
    wanted = found.version(version)
    if form.validate():
        try:
            with desk(Permission.FILE_EVIDENCE) as at:
                confirm_unchanged(
                    at,
                    version_id=wanted.id,
                    effective_on=form.effective_on.data or at.today,
                    valid_until=form.valid_until.data,
                    note=form.note.data or "",
                )
        except InvalidInput as refused:
            form.show(_told(refused))
        else:
            flash(
                _("Confirmed as version %(number)s and sent for review.", number=found.versions[0].number + 1),
                "success",
            )
            return redirect(url_for("evidence.item", slug=slug, number=number))
    return item_page(item_of(number), confirm_form=form), 422


@blueprint.post(f"{VERSION}/withdraw")
@requires(Permission.FILE_EVIDENCE)
def withdraw(slug: str, number: int, version: int) -> Response:
    """Take a version out for good."""
    form, wanted = ReasonForm(), item_of(number).version(version)
    _require_valid(form)
    with desk(Permission.FILE_EVIDENCE) as at:
        withdraw_version(at, version_id=wanted.id, reason=form.reason.data or "")
    flash(_("Version %(number)s is withdrawn.", number=version), "success")
    return redirect(url_for("evidence.item", slug=slug, number=number))


@blueprint.post(f"{VERSION}/block")
@requires(Permission.BLOCK_EVIDENCE)
def block(slug: str, number: int, version: int) -> Response:
    """Put bytes that should never have been uploaded out of reach, at once."""
    form, wanted = ReasonForm(), item_of(number).version(version)
    _require_valid(form)
    if wanted.sha256 is None:
        raise NotFound("file", "")
    with desk(Permission.BLOCK_EVIDENCE) as at:
        block_blob(at, sha256=wanted.sha256, reason=form.reason.data or "")
    resources().store.quarantine(wanted.sha256)
    flash(_("The bytes are blocked and every version that holds them is withdrawn."), "success")
    return redirect(url_for("evidence.item", slug=slug, number=number))


def _require_valid(form: ReasonForm) -> None:
    if not form.validate():
        raise InvalidInput({"reason": " ".join(str(error) for error in form.reason.errors)})


def _told(refused: InvalidInput) -> InvalidInput:
    """The same refusal in the reader's language."""
    return InvalidInput({name: say(text) for name, text in refused.errors.items()})


@blueprint.get(f"{VERSION}/refile")
@requires(Permission.FILE_EVIDENCE)
def refile_form(slug: str, number: int, version: int) -> str:
    found = item_of(number)
    asked = given(resources().catalogue)
    start, end = days_for(asked.artefact, found.version(version).file_name or "", asked, today())
    data = {"title": found.title, "effective_on": end, "period_from": start}
    form = FilingForm(formdata=None, data={**data, "artefact": asked.artefact.name if asked.artefact else ""})
    return _refile_page(found, version, form)


@blueprint.post(f"{VERSION}/refile")
@requires(Permission.FILE_EVIDENCE)
def refile_send(slug: str, number: int, version: int) -> Response | tuple[str, int]:
    """File the bytes under another artefact; here they are withdrawn, there they are reviewed afresh."""
    found, form = item_of(number), FilingForm()
    wanted = found.version(version)
    form.offer_owners(members_now())
    form.offer_subjects(subject_choices())
    artefact = artefact_named(resources().catalogue, form.artefact.data or "")
    if artefact is None:
        form.validate()
        form.show(InvalidInput({"artefact": _("Choose an artefact from the list. Nothing was changed.")}))
    elif form.validate():
        try:
            with desk(Permission.FILE_EVIDENCE) as at:
                filing = form.filing(wanted.kind, form.title.data or artefact.name)
                filed = refile(at, version_id=wanted.id, artefact=artefact.key, filing=filing)
        except InvalidInput as refused:
            form.show(_told(refused))
        else:
            flash(_("Filed as %(item)s and sent for review.", item=filed.item.key), "success")
            warn_of_nils(filed)
            return redirect(url_for("evidence.item", slug=slug, number=filed.item.number))
    return _refile_page(found, version, form), 422


def _refile_page(found: ItemView, version: int, form: FilingForm) -> str:
    stand_at("evidence.register")
    form.offer_owners(members_now())
    form.offer_subjects(subject_choices())
    catalogue = resources().catalogue
    return render_template(
        "evidence/refile.html",
        item=found,
        version=found.version(version),
        form=form,
        artefacts=list(catalogue.artefacts.values()),
    )


@blueprint.get(f"{ITEM}/edit")
@requires(Permission.FILE_EVIDENCE)
def edit(slug: str, number: int) -> str:
    found = item_of(number)
    data = {
        "title": found.title,
        "owner": found.owner_id or 0,
        "confidentiality": found.confidentiality.value,
        "row_version": found.row_version,
    }
    return _edit_page(found, ItemForm(formdata=None, data=data))


@blueprint.post(f"{ITEM}/edit")
@requires(Permission.FILE_EVIDENCE)
def edit_send(slug: str, number: int) -> Response | tuple[str, int]:
    """Change title, owner and confidentiality; a newer change by somebody else is shown, never overwritten."""
    found, form = item_of(number), ItemForm()
    _owners(form)
    if form.validate():
        try:
            with desk(Permission.FILE_EVIDENCE) as at:
                change_item(
                    at,
                    item_id=found.id,
                    row_version=form.row_version.data or 0,
                    title=form.title.data or "",
                    owner_id=form.owner.data or None,
                    confidentiality=Confidentiality(form.confidentiality.data),
                )
        except InvalidInput as refused:
            form.show(_told(refused))
        except Conflict:
            return _conflict_page(item_of(number), form), 409
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("evidence.item", slug=slug, number=number))
    return _edit_page(found, form), 422


def _owners(form: ItemForm) -> None:
    form.owner.choices = owner_choices(members_now())


def _edit_page(found: ItemView, form: ItemForm) -> str:
    stand_at("evidence.register")
    _owners(form)
    return render_template("evidence/edit.html", item=found, form=form, clashes=())


def _conflict_page(theirs: ItemView, form: ItemForm) -> str:
    """Both values of every field that differs; saving again is against the newer row."""
    stand_at("evidence.register")
    _owners(form)
    saved = {
        "title": theirs.title,
        "owner": str(theirs.owner_id or 0),
        "confidentiality": theirs.confidentiality.value,
    }
    clashes = [
        {"name": name, "label": form[name].label.text, "theirs": value, "yours": str(form[name].data)}
        for name, value in saved.items()
        if value != str(form[name].data)
    ]
    form.row_version.data = theirs.row_version
    return render_template("evidence/edit.html", item=theirs, form=form, clashes=clashes)


@blueprint.post(f"{ITEM}/links")
@requires(Permission.FILE_EVIDENCE)
def link(slug: str, number: int) -> Response | tuple[str, int]:
    """Offer the item as alternative evidence for a requirement or through a control."""
    found, form = item_of(number), LinkForm()
    if form.validate():
        try:
            _link(found, form)
        except InvalidInput as refused:
            form.show(_told(refused))
        else:
            flash(_("Linked. It counts there once somebody else accepts the link."), "success")
            return redirect(url_for("evidence.item", slug=slug, number=number, _anchor="links"))
    return item_page(item_of(number), link_form=form), 422


def _link(found: ItemView, form: LinkForm) -> None:
    requirement, reference = form.requirement.data or "", form.control.data or ""
    if bool(requirement) == bool(reference):
        raise InvalidInput({"requirement": _("Name a requirement or a control, one of the two.")})
    artefact = artefact_named(resources().catalogue, form.artefact.data or "")
    if artefact is None:
        raise InvalidInput({"artefact": _("Choose the artefact it stands for from the list.")})
    with desk(Permission.FILE_EVIDENCE) as at:
        if requirement:
            link_to_requirement(at, item_id=found.id, requirement=requirement, artefact=artefact.key)
        else:
            control = control_by_ref(at.session, at.system.id, reference)
            link_to_control(at, item_id=found.id, control_id=control or 0, artefact=artefact.key)


@blueprint.post(f"{ITEM}/links/<{NUMBER}:link_id>/end")
@requires(Permission.FILE_EVIDENCE)
def link_end(slug: str, number: int, link_id: int) -> Response:
    form = ReasonForm()
    _require_valid(form)
    with desk(Permission.FILE_EVIDENCE) as at:
        end_link(at, link_id=link_id, reason=form.reason.data or "")
    flash(_("The link is ended."), "success")
    return redirect(url_for("evidence.item", slug=slug, number=number, _anchor="links"))


@blueprint.post(f"/s/<slug>/questions/<{NUMBER}:question_id>/answer")
@requires(Permission.FILE_EVIDENCE)
def question_answer(slug: str, question_id: int) -> Response:
    """Answer a reviewer's question about a version."""
    form = MessageForm()
    if not form.validate():
        raise InvalidInput({"text": " ".join(str(error) for error in form.text.errors)})
    with desk(Permission.FILE_EVIDENCE) as at:
        answer_question(at, question_id=question_id, text=form.text.data or "")
    flash(_("Your answer is with the reviewer."), "success")
    return redirect(url_for("evidence.my_work", slug=slug))
