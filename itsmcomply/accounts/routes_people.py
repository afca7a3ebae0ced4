"""People of the installation, for administrators: list, add, links, close and open accounts, appoint administrators."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from itsmcomply.accounts.blueprint import blueprint
from itsmcomply.accounts.forms import AddPersonForm
from itsmcomply.accounts.models import User
from itsmcomply.accounts.operations import (
    invite_person,
    issue_person_link,
    set_administrator,
    set_disabled,
)
from itsmcomply.accounts.queries import PeopleFilter, people, person_row, require_user_id
from itsmcomply.accounts.rules import LINK_LIFETIME, LinkPurpose
from itsmcomply.activity.queries import entries_for
from itsmcomply.errors import InvalidInput
from itsmcomply.permissions import Permission
from itsmcomply.systems.queries import roles_everywhere
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import clock, reader, require_person, settings, writing
from itsmcomply.web.page import asked_text
from itsmcomply.web.resources import resources

Answer = Response | str | tuple[str, int]


@blueprint.get("/admin/people", endpoint="people")
@requires(Permission.ADMINISTER)
def people_index() -> Answer:
    wanted = PeopleFilter(asked_text("q"), request.args.get("state", ""))
    found = people(reader(), wanted)
    return render_template("accounts/people.html", found=found, wanted=wanted)


@blueprint.get("/admin/people/new")
@requires(Permission.ADMINISTER)
def person_new() -> Answer:
    return render_template("accounts/person_new.html", form=AddPersonForm())


@blueprint.post("/admin/people/new")
@requires(Permission.ADMINISTER)
def person_add() -> Answer:
    form = AddPersonForm()
    if form.validate_on_submit():
        try:
            with writing(Permission.ADMINISTER) as write:
                user, token = invite_person(
                    write.session,
                    write.actor,
                    write.clock,
                    email=form.email.data or "",
                    name=form.name.data or "",
                    is_admin=bool(form.is_admin.data),
                )
        except InvalidInput as error:
            form.show(error)
        else:
            return link_page(user, token, url_for("accounts.people"))
    return render_template("accounts/person_new.html", form=form), 422


def link_page(user: User, token: str, back: str) -> str:
    """The one page that ever shows a link; nothing of it is stored."""
    purpose = LinkPurpose.INVITATION if user.password_hash is None else LinkPurpose.PASSWORD
    address = settings().base_url + url_for("accounts.invitation", token=token)
    lifetime = LINK_LIFETIME[purpose]
    return render_template("accounts/link.html", user=user, address=address, lifetime=lifetime, back=back)


@blueprint.get("/admin/people/<int:number>")
@requires(Permission.ADMINISTER)
def person_page(number: int) -> Answer:
    found = person_row(reader(), number)
    return render_template(
        "accounts/person.html",
        p=found,
        roles=roles_everywhere(reader(), number, clock().now()),
        history=entries_for(reader(), None, "person", found.email, limit=30),
        process_names={key: process.name for key, process in resources().catalogue.processes.items()},
        mine=number == require_person().row.user_id,
    )


@blueprint.post("/admin/people/<int:number>/link")
@requires(Permission.ADMINISTER)
def person_link(number: int) -> Answer:
    with writing(Permission.ADMINISTER) as write:
        user = require_user_id(write.session, number)
        token = issue_person_link(write.session, write.actor, write.clock, user=user)
    return link_page(user, token, url_for("accounts.person_page", number=number))


def _changed(number: int, change: Callable[..., None]) -> User:
    """The person, after one operation on them."""
    with writing(Permission.ADMINISTER) as write:
        user = require_user_id(write.session, number)
        change(write.session, write.actor, write.clock, user=user)
    return user


@blueprint.post("/admin/people/<int:number>/disable")
@requires(Permission.ADMINISTER)
def person_disable(number: int) -> Answer:
    user = _changed(number, partial(set_disabled, disabled=True))
    flash(_("%(name)s can no longer sign in; open sessions have ended.", name=user.name), "success")
    return redirect(url_for("accounts.person_page", number=number))


@blueprint.post("/admin/people/<int:number>/enable")
@requires(Permission.ADMINISTER)
def person_enable(number: int) -> Answer:
    user = _changed(number, partial(set_disabled, disabled=False))
    flash(_("%(name)s can sign in again.", name=user.name), "success")
    return redirect(url_for("accounts.person_page", number=number))


@blueprint.post("/admin/people/<int:number>/appoint")
@requires(Permission.ADMINISTER)
def person_appoint(number: int) -> Answer:
    user = _changed(number, partial(set_administrator, is_admin=True))
    flash(_("%(name)s is an administrator from the next sign-in on.", name=user.name), "success")
    return redirect(url_for("accounts.person_page", number=number))


@blueprint.post("/admin/people/<int:number>/dismiss")
@requires(Permission.ADMINISTER)
def person_dismiss(number: int) -> Answer:
    user = _changed(number, partial(set_administrator, is_admin=False))
    flash(_("%(name)s is no longer an administrator.", name=user.name), "success")
    where = "home" if number == require_person().row.user_id else "accounts.people"
    return redirect(url_for(where))
