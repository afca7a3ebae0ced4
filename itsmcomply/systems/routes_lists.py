"""The four lists: services, suppliers, customers; added, taken off with a reason, declared complete."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from itsmcomply.clauses.model import SubjectKind
from itsmcomply.errors import InvalidInput, NotFound
from itsmcomply.permissions import Permission
from itsmcomply.systems.blueprint import blueprint
from itsmcomply.systems.fields import LISTS
from itsmcomply.systems.forms import AddSubjectForm, EndSubjectForm
from itsmcomply.systems.models import EntryKind
from itsmcomply.systems.operations import add_subject, declare_list, end_subject, reopen_list
from itsmcomply.systems.queries import require_subject, subject_lists
from itsmcomply.systems.saving import Answer, enter, facts_shown, may_edit, this_system
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader, writing
from itsmcomply.web.page import as_of, today
from itsmcomply.web.resources import resources


def _kind(text: str) -> SubjectKind:
    try:
        return SubjectKind(text)
    except ValueError as error:
        raise NotFound("list", text) from error


def _back() -> str:
    return url_for("systems.lists", slug=current_system().slug)


@blueprint.get("/s/<slug>/settings/lists")
@requires(Permission.VIEW_SYSTEM)
def lists(slug: str) -> Answer:
    enter()
    found = facts_shown()
    asked = {kind: [a.name for a in resources().catalogue.artefacts.values() if a.per is kind] for kind in SubjectKind}
    return render_template(
        "systems/lists.html",
        lists=subject_lists(reader(), current_system(), found, as_of()),
        words=LISTS,
        names={kind.value: str(words.title) for kind, words in LISTS.items()},
        asked=asked,
        editable=may_edit(),
        past=found.past([EntryKind.LIST_DECLARED]),
    )


@blueprint.get("/s/<slug>/settings/lists/<kind>/new")
@requires(Permission.EDIT_SYSTEM)
def subject_new(slug: str, kind: str) -> Answer:
    form = AddSubjectForm(data={"from_on": today().isoformat()})
    return _subject_page(_kind(kind), form, 200)


@blueprint.post("/s/<slug>/settings/lists/<kind>/new")
@requires(Permission.EDIT_SYSTEM)
def subject_add(slug: str, kind: str) -> Answer:
    form, which = AddSubjectForm(), _kind(kind)
    if form.validate_on_submit():
        try:
            with writing(Permission.EDIT_SYSTEM) as write:
                add_subject(
                    write.session,
                    write.actor,
                    write.clock,
                    system=this_system(write),
                    kind=which,
                    name=form.name.data or "",
                    operates=form.operates.data or "",
                    from_on=form.since,
                )
        except InvalidInput as error:
            form.show(error)
        else:
            flash(_("%(name)s is on the list.", name=form.name.data), "success")
            return redirect(_back())
    return _subject_page(which, form, 422)


def _subject_page(kind: SubjectKind, form: AddSubjectForm, status: int) -> Answer:
    enter()
    form.operates.label.text = str(LISTS[kind].operates)
    return render_template("systems/subject_new.html", kind=kind, words=LISTS[kind], form=form), status


@blueprint.get("/s/<slug>/settings/lists/subjects/<int:number>/end")
@requires(Permission.EDIT_SYSTEM)
def subject_end(slug: str, number: int) -> Answer:
    return _end_page(number, EndSubjectForm(data={"ended_on": today().isoformat()}), 200)


@blueprint.post("/s/<slug>/settings/lists/subjects/<int:number>/end")
@requires(Permission.EDIT_SYSTEM)
def subject_end_send(slug: str, number: int) -> Answer:
    form = EndSubjectForm()
    if form.validate_on_submit():
        try:
            with writing(Permission.EDIT_SYSTEM) as write:
                subject = require_subject(write.session, current_system().id, number)
                end_subject(
                    write.session,
                    write.actor,
                    write.clock,
                    system=this_system(write),
                    subject=subject,
                    ended_on=form.ended_on.day or today(),
                    reason=form.reason.data or "",
                )
        except InvalidInput as error:
            form.show(error)
        else:
            flash(_("%(name)s is off the list.", name=subject.name), "success")
            return redirect(_back())
    return _end_page(number, form, 422)


def _end_page(number: int, form: EndSubjectForm, status: int) -> Answer:
    enter()
    subject = require_subject(reader(), current_system().id, number)
    return render_template("systems/subject_end.html", subject=subject, words=LISTS[subject.kind], form=form), status


@blueprint.post("/s/<slug>/settings/lists/<kind>/declare")
@requires(Permission.EDIT_SYSTEM)
def list_declare(slug: str, kind: str) -> Answer:
    which = _kind(kind)
    with writing(Permission.EDIT_SYSTEM) as write:
        declare_list(write.session, write.actor, write.clock, system=this_system(write), kind=which)
    flash(_("Declared complete: %(list)s.", list=str(LISTS[which].title)), "success")
    return redirect(_back())


@blueprint.post("/s/<slug>/settings/lists/<kind>/reopen")
@requires(Permission.EDIT_SYSTEM)
def list_reopen(slug: str, kind: str) -> Answer:
    which = _kind(kind)
    with writing(Permission.EDIT_SYSTEM) as write:
        reopen_list(write.session, write.actor, write.clock, system=this_system(write), kind=which)
    flash(_("No longer declared complete: %(list)s.", list=str(LISTS[which].title)), "success")
    return redirect(_back())
