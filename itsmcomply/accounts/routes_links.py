"""Pages behind one-time links: set-up, invitation, new password."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from itsmcomply.accounts.blueprint import blueprint
from itsmcomply.accounts.browser import open_browser_session, remember
from itsmcomply.accounts.forms import ChoosePasswordForm, SetUpForm
from itsmcomply.accounts.operations import person_of_link, require_setup_link, use_link, use_setup_link
from itsmcomply.accounts.rules import chosen_hash
from itsmcomply.db import end_read, transaction
from itsmcomply.errors import InvalidInput, NotFound
from itsmcomply.web.guards import public
from itsmcomply.web.identity import clock, reader
from itsmcomply.web.limits import limiter

Answer = Response | str | tuple[str, int]


def _gone(*, setup: bool) -> tuple[str, int]:
    """One answer for unknown, used and expired links, so that nothing can be learned from it."""
    end_read()
    return render_template("accounts/link_gone.html", setup=setup), 404


@blueprint.get("/invite/<token>")
@public
def invitation(token: str) -> Answer:
    return _invitation_page(token, ChoosePasswordForm(), 200)


@blueprint.post("/invite/<token>")
@public
@limiter.limit("60/hour")
def invitation_send(token: str) -> Answer:
    form = ChoosePasswordForm()
    if form.validate_on_submit():
        try:
            remember(_use(token, form.password.data or ""))
        except NotFound:
            return _gone(setup=False)
        except InvalidInput as error:
            form.show(error)
        else:
            return redirect(url_for("home"))
    return _invitation_page(token, form, 422)


def _use(token: str, password: str) -> str:
    user = person_of_link(reader(), clock(), token=token)
    end_read()
    password_hash = chosen_hash(password, user.name, user.email)
    with transaction() as session:
        user = use_link(session, clock(), token=token, password_hash=password_hash)
        return open_browser_session(session, user)


def _invitation_page(token: str, form: ChoosePasswordForm, status: int) -> Answer:
    try:
        user = person_of_link(reader(), clock(), token=token)
    except NotFound:
        return _gone(setup=False)
    end_read()
    page = render_template("accounts/invitation.html", form=form, user=user, first=user.password_hash is None)
    return page, status


@blueprint.get("/setup/<token>")
@public
def setup(token: str) -> Answer:
    return _setup_page(token, SetUpForm(), 200)


@blueprint.post("/setup/<token>")
@public
@limiter.limit("60/hour")
def setup_send(token: str) -> Answer:
    form = SetUpForm()
    if form.validate_on_submit():
        try:
            remember(_set_up(token, form))
        except NotFound:
            return _gone(setup=True)
        except InvalidInput as error:
            form.show(error)
        else:
            return redirect(url_for("systems.first"))
    return _setup_page(token, form, 422)


def _set_up(token: str, form: SetUpForm) -> str:
    name, email = form.name.data or "", form.email.data or ""
    password_hash = chosen_hash(form.password.data or "", name, email)
    with transaction() as session:
        user = use_setup_link(session, clock(), token=token, email=email, name=name, password_hash=password_hash)
        return open_browser_session(session, user)


def _setup_page(token: str, form: SetUpForm, status: int) -> Answer:
    try:
        require_setup_link(reader(), clock(), token=token)
    except NotFound:
        return _gone(setup=True)
    end_read()
    return render_template("accounts/setup.html", form=form, step=_("Step 1 of 2")), status
