"""People of a management system: give a role, invite somebody new, end a role."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from itsmcomply.accounts.browser import remember
from itsmcomply.accounts.models import User
from itsmcomply.accounts.routes_people import link_page
from itsmcomply.errors import InvalidInput
from itsmcomply.permissions import Permission, Role
from itsmcomply.systems.blueprint import blueprint
from itsmcomply.systems.forms import AddMemberForm, ReasonForm
from itsmcomply.systems.operations import add_member, end_role
from itsmcomply.systems.queries import members, require_membership
from itsmcomply.systems.saving import Answer, enter, may_edit, renewed, this_system
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader, require_person, writing
from itsmcomply.web.page import as_of
from itsmcomply.web.resources import resources


def _process_names() -> dict[str, str]:
    return {key: process.name for key, process in resources().catalogue.processes.items()}


def _member_form() -> AddMemberForm:
    form = AddMemberForm(role=request.args.get("role"), email=request.args.get("email", ""))
    form.processes.choices = list(_process_names().items())
    return form


def _back() -> str:
    return url_for("systems.members", slug=current_system().slug)


@blueprint.get("/s/<slug>/settings/people", endpoint="members")
@requires(Permission.VIEW_SYSTEM)
def people(slug: str) -> Answer:
    enter()
    return render_template(
        "systems/people.html",
        found=members(reader(), current_system(), as_of()),
        names=_process_names(),
        editable=may_edit(Permission.EDIT_PEOPLE),
        roles=list(Role),
    )


@blueprint.get("/s/<slug>/settings/people/new")
@requires(Permission.EDIT_PEOPLE)
def member_new(slug: str) -> Answer:
    return _new_page(_member_form(), 200)


def _new_page(form: AddMemberForm, status: int) -> Answer:
    enter()
    return render_template("systems/member_new.html", form=form), status


@blueprint.post("/s/<slug>/settings/people/new")
@requires(Permission.EDIT_PEOPLE)
def member_add(slug: str) -> Answer:
    form = _member_form()
    if form.validate_on_submit():
        try:
            user, invitation, own_session = _add(form)
        except InvalidInput as error:
            form.show(error)
        else:
            if own_session:
                remember(own_session)
            if invitation:
                enter()
                return link_page(user, invitation, _back())
            flash(_("%(name)s has the role from the next sign-in on.", name=user.name), "success")
            return redirect(_back())
    return _new_page(form, 422)


def _add(form: AddMemberForm) -> tuple[User, str | None, str | None]:
    """The person, the token of an invitation, and that of a new session where people gave themselves a role."""
    role = Role(form.role.data)
    with writing(Permission.EDIT_PEOPLE) as write:
        user, token = add_member(
            write.session,
            write.actor,
            write.clock,
            system=this_system(write),
            email=form.email.data or "",
            name=form.name.data or "",
            role=role,
            processes=tuple(form.processes.data or ()) if role is Role.PROCESS_OWNER else (),
            until_on=form.until_on.day,
        )
        return user, token, renewed(write)


@blueprint.get("/s/<slug>/settings/people/roles/<int:number>/end")
@requires(Permission.EDIT_PEOPLE)
def role_end(slug: str, number: int) -> Answer:
    return _end_page(number, ReasonForm(), 200)


def _end_page(number: int, form: ReasonForm, status: int) -> Answer:
    enter()
    membership = require_membership(reader(), current_system().id, number)
    user = reader().get_one(User, membership.user_id)
    mine = user.id == require_person().row.user_id
    page = render_template(
        "systems/role_end.html", membership=membership, user=user, form=form, mine=mine, names=_process_names()
    )
    return page, status


@blueprint.post("/s/<slug>/settings/people/roles/<int:number>/end")
@requires(Permission.EDIT_PEOPLE)
def role_end_send(slug: str, number: int) -> Answer:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _end_page(number, form, 422)
    with writing(Permission.EDIT_PEOPLE) as write:
        membership = require_membership(write.session, current_system().id, number)
        end_role(
            write.session,
            write.actor,
            write.clock,
            system=this_system(write),
            membership=membership,
            reason=form.reason.data or "",
        )
        own_session = renewed(write)
    if own_session:
        remember(own_session)
        return redirect(url_for("home"))
    flash(_("The role has ended; open sessions of this person are closed."), "success")
    return redirect(_back())
