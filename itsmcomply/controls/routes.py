"""Controls: list, one control, write, edit, retire, map, adopt; the matrix is in the module beside."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from itsmcomply.activity.queries import entries_for
from itsmcomply.controls import routes_matrix
from itsmcomply.controls.blueprint import Answer, blueprint, enter, may_edit, this_system
from itsmcomply.controls.forms import (
    ControlForm,
    MapForm,
    RetireForm,
    chosen_processes,
    field_of,
    page_data,
    read_filter,
)
from itsmcomply.controls.operations import (
    adopt_starter_controls,
    create_control,
    edit_control,
    map_control,
    retire_control,
    unmap_control,
)
from itsmcomply.controls.queries import (
    ControlFilter,
    StarterRow,
    control_list,
    control_page,
    require_control,
    starter_rows,
)
from itsmcomply.errors import Conflict, InvalidInput
from itsmcomply.permissions import Permission
from itsmcomply.systems.forms import choice_words, people_choices
from itsmcomply.systems.queries import people_to_choose
from itsmcomply.web.beside import open_findings
from itsmcomply.web.filters import label
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader, writing
from itsmcomply.web.page import address
from itsmcomply.web.resources import resources

__all__ = ["blueprint", "routes_matrix"]


@dataclass(frozen=True, slots=True)
class ClashRow:
    """A field of a control that two people changed."""

    name: str
    label: str
    theirs: str
    yours: str
    theirs_text: str
    yours_text: str


def _process_names() -> dict[str, str]:
    return {key: process.name for key, process in resources().catalogue.processes.items()}


@blueprint.get("/s/<slug>/controls")
@requires(Permission.VIEW_SYSTEM)
def index(slug: str) -> Answer:
    enter()
    catalogue, wanted = resources().catalogue, read_filter()
    return render_template(
        "controls/index.html",
        found=control_list(reader(), catalogue, current_system().id, wanted),
        wanted=wanted,
        names=_process_names(),
        chips=_chips(wanted),
        requirements=catalogue.requirements,
        starters=len(catalogue.controls),
        editable=may_edit(),
    )


def _chips(wanted: ControlFilter) -> list[tuple[str, str]]:
    """Each active filter in words, with the address without it."""
    words = {
        "q": wanted.text,
        "process": _process_names().get(wanted.process, wanted.process),
        "kind": label(wanted.kind, "control_kind") if wanted.kind else "",
        "status": wanted.status.capitalize(),
        "unmapped": _("Without requirement") if wanted.unmapped else "",
    }
    base = url_for("controls.index", slug=current_system().slug)
    join = "&" if "?" in base else "?"
    made = []
    for name, text in words.items():
        if text:
            rest = {k: v for k, v in request.args.items() if k in words and k != name and v}
            made.append((text, base + (join + urlencode(rest) if rest else "")))
    return made


def _form(held: str = "", **data: str) -> ControlForm:
    form = ControlForm(data=data) if data else ControlForm()
    form.belongs_to.choices = list(_process_names().items())
    form.owner_id.choices = people_choices(people_to_choose(reader(), current_system().id), held)
    return form


@blueprint.get("/s/<slug>/controls/new")
@requires(Permission.EDIT_CONTROLS)
def control_new(slug: str) -> Answer:
    return _new_page(_form(belongs_to=request.args.get("process", "")), 200)


def _new_page(form: ControlForm, status: int) -> Answer:
    enter()
    return render_template("controls/new.html", form=form), status


@blueprint.post("/s/<slug>/controls/new")
@requires(Permission.EDIT_CONTROLS)
def control_add(slug: str) -> Answer:
    form = _form()
    if form.validate_on_submit():
        try:
            with writing(Permission.EDIT_CONTROLS) as write:
                made = create_control(
                    write.session,
                    write.actor,
                    write.clock,
                    resources().catalogue,
                    system=this_system(write),
                    ref=form.ref.data or "",
                    details=form.details(),
                )
        except InvalidInput as error:
            _show(form, error)
        else:
            flash(_("%(ref)s is written. Now map it to the requirements it meets.", ref=made.ref), "success")
            return redirect(url_for("controls.control", slug=slug, ref=made.ref))
    return _new_page(form, 422)


@blueprint.get("/s/<slug>/controls/<ref>")
@requires(Permission.VIEW_SYSTEM)
def control(slug: str, ref: str) -> Answer:
    return _control_page(ref, MapForm(formdata=None), RetireForm(formdata=None), 200)


def _control_page(ref: str, mapping: MapForm, retiring: RetireForm, status: int) -> Answer:
    enter()
    catalogue, system = resources().catalogue, current_system()
    found = control_page(reader(), system.id, ref)
    history = entries_for(reader(), system.id, "control", found.ref, limit=30)
    if found.starter:
        history += entries_for(reader(), system.id, "controls", found.process, limit=5)
    page = render_template(
        "controls/control.html",
        c=found,
        process=_process_names().get(found.process, found.process),
        requirements=catalogue.requirements,
        history=history,
        findings=open_findings(requirements=[m.requirement for m in found.mapped]),
        mapping=mapping,
        retiring=retiring,
        editable=may_edit() and found.status != "retired",
    )
    return page, status


@blueprint.get("/s/<slug>/controls/<ref>/edit")
@requires(Permission.EDIT_CONTROLS)
def control_edit(slug: str, ref: str) -> Answer:
    found = control_page(reader(), current_system().id, ref)
    return _edit_page(found.ref, _form(str(found.owner_id or ""), **page_data(found)), 200)


def _edit_page(ref: str, form: ControlForm, status: int) -> Answer:
    enter()
    return render_template("controls/edit.html", ref=ref, form=form), status


@blueprint.post("/s/<slug>/controls/<ref>/edit")
@requires(Permission.EDIT_CONTROLS)
def control_save(slug: str, ref: str) -> Answer:
    form = _form(str(control_page(reader(), current_system().id, ref).owner_id or ""))
    if form.validate_on_submit():
        try:
            with writing(Permission.EDIT_CONTROLS) as write:
                edit_control(
                    write.session,
                    write.actor,
                    write.clock,
                    resources().catalogue,
                    system=this_system(write),
                    control=require_control(write.session, current_system().id, ref),
                    details=form.details(),
                    row_version=form.seen,
                )
        except InvalidInput as error:
            _show(form, error)
        except Conflict as clash:
            return _conflict_page(form, clash)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("controls.control", slug=slug, ref=ref))
    return _edit_page(ref, form, 422)


def _show(form: ControlForm, error: InvalidInput) -> None:
    form.show(InvalidInput({field_of(name): text for name, text in error.errors.items()}))


def _conflict_page(form: ControlForm, clash: Conflict) -> Answer:
    """Both values of each field that differs; the rest of what was typed travels on unseen."""
    enter()
    system = current_system()
    stands = control_page(reader(), system.id, clash.key)
    mine = page_data(stands) | {name: str(form[name].data or "") for name in page_data(stands) if name in form}
    left_out = {field_of(name) for name in clash.theirs} | {"row_version", "ref"}
    kept = {name: value for name, value in mine.items() if name not in left_out}
    rows = [_clash_row(form, name, clash) for name in clash.theirs]
    latest = entries_for(reader(), system.id, "control", clash.key, limit=1)
    page = render_template(
        "controls/conflict.html",
        ref=clash.key,
        rows=rows,
        kept=kept,
        row_version=stands.row_version,
        by=latest[0] if latest else None,
    )
    return page, 409


def _clash_row(form: ControlForm, part: str, clash: Conflict) -> ClashRow:
    name = field_of(part)
    words, text = choice_words(form[name]), str(form[name].label.text)
    theirs, yours = clash.theirs[part], clash.yours[part]
    return ClashRow(name, text, theirs, yours, words.get(theirs, theirs), words.get(yours, yours))


@blueprint.post("/s/<slug>/controls/<ref>/retire")
@requires(Permission.EDIT_CONTROLS)
def control_retire(slug: str, ref: str) -> Answer:
    form = RetireForm()
    if not form.validate_on_submit():
        return _control_page(ref, MapForm(formdata=None), form, 422)
    with writing(Permission.EDIT_CONTROLS) as write:
        retire_control(
            write.session,
            write.actor,
            write.clock,
            system=this_system(write),
            control=require_control(write.session, current_system().id, ref),
            reason=form.reason.data or "",
        )
    flash(_("%(ref)s is retired; its mappings have ended.", ref=ref), "success")
    return redirect(url_for("controls.control", slug=slug, ref=ref))


@blueprint.post("/s/<slug>/controls/<ref>/map")
@requires(Permission.EDIT_CONTROLS)
def control_map(slug: str, ref: str) -> Answer:
    form = MapForm()
    if form.validate_on_submit():
        try:
            with writing(Permission.EDIT_CONTROLS) as write:
                map_control(
                    write.session,
                    write.actor,
                    write.clock,
                    resources().catalogue,
                    system=this_system(write),
                    control=require_control(write.session, current_system().id, ref),
                    requirement=form.requirement.data or "",
                )
        except InvalidInput as error:
            form.show(InvalidInput({"requirement": error.errors.get("requirements", str(error))}))
        else:
            return redirect(url_for("controls.control", slug=slug, ref=ref, _anchor="mapping"))
    return _control_page(ref, form, RetireForm(formdata=None), 422)


@blueprint.post("/s/<slug>/controls/<ref>/unmap")
@requires(Permission.EDIT_CONTROLS)
def control_unmap(slug: str, ref: str) -> Answer:
    form = MapForm()
    if not form.validate_on_submit():
        return _control_page(ref, form, RetireForm(formdata=None), 422)
    with writing(Permission.EDIT_CONTROLS) as write:
        unmap_control(
            write.session,
            write.actor,
            write.clock,
            resources().catalogue,
            system=this_system(write),
            control=require_control(write.session, current_system().id, ref),
            requirement=form.requirement.data or "",
        )
    return redirect(url_for("controls.control", slug=slug, ref=ref, _anchor="mapping"))


@blueprint.get("/s/<slug>/controls/adopt")
@requires(Permission.EDIT_CONTROLS)
def adopt(slug: str) -> Answer:
    enter()
    rows = starter_rows(reader(), resources().catalogue, current_system().id)
    return render_template("controls/adopt.html", rows=rows, names=_process_names(), left=_left(rows))


def _left(rows: list[StarterRow]) -> int:
    return sum(row.total - row.taken for row in rows)


@blueprint.post("/s/<slug>/controls/adopt")
@requires(Permission.EDIT_CONTROLS)
def adopt_send(slug: str) -> Answer:
    chosen = chosen_processes()
    with writing(Permission.EDIT_CONTROLS) as write:
        done = adopt_starter_controls(
            write.session,
            write.actor,
            write.clock,
            resources().catalogue,
            system=this_system(write),
            processes=chosen or None,
        )
    flash(
        ngettext(
            "%(num)d control adopted with its mapping.", "%(num)d controls adopted with their mapping.", len(done.added)
        ),
        "success",
    )
    return redirect(url_for("controls.index", slug=slug))


def init(app: Flask) -> None:
    """Words for the status of a control, and addresses of pages that other features may offer."""
    words = {"planned": _l("Planned"), "operating": _l("Operating"), "retired": _l("Retired")}
    app.jinja_env.filters["control_status"] = lambda status: str(words[str(status)])
    app.jinja_env.globals["place_url"] = lambda endpoint, **values: address(
        endpoint, slug=current_system().slug, **values
    )
