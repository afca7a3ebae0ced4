"""A person's own account: name, looks, password, browsers signed in."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from itsmcomply.accounts.blueprint import blueprint
from itsmcomply.accounts.browser import open_browser_session, remember
from itsmcomply.accounts.forms import ChangePasswordForm, PreferencesForm
from itsmcomply.accounts.operations import (
    close_other_sessions,
    close_session,
    note_failure,
    refuse_when_locked,
    set_preferences,
    store_password,
)
from itsmcomply.accounts.queries import browsers_of, require_user
from itsmcomply.accounts.rules import chosen_hash, password_matches
from itsmcomply.db import end_read, transaction
from itsmcomply.errors import InvalidInput, NotPermitted
from itsmcomply.web.guards import signed_in
from itsmcomply.web.identity import clock, reader, require_person, settings, writing

Answer = Response | str | tuple[str, int]


def _page(
    *, preferences: PreferencesForm | None = None, password: ChangePasswordForm | None = None, status: int = 200
) -> tuple[str, int]:
    me = require_person()
    config = settings()
    idle, longest = timedelta(minutes=config.session_idle_minutes), timedelta(hours=config.session_hours)
    browsers = browsers_of(reader(), me.row.user_id, now=clock().now(), idle=idle, longest=longest)
    page = render_template(
        "accounts/profile.html",
        me=me,
        preferences=preferences or PreferencesForm(obj=me.row, formdata=None),
        password=password or ChangePasswordForm(formdata=None),
        browsers=browsers,
    )
    return page, status


@blueprint.get("/profile")
@signed_in
def profile() -> Answer:
    return _page()


@blueprint.post("/profile")
@signed_in
def profile_send() -> Answer:
    form = PreferencesForm()
    if form.validate_on_submit():
        try:
            with writing() as write:
                set_preferences(write.session, write.actor, write.clock, preferences=form.preferences())
        except InvalidInput as error:
            form.show(error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("accounts.profile"))
    return _page(preferences=form, status=422)


@blueprint.post("/profile/password")
@signed_in
def password_send() -> Answer:
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            token = _change_password(form.current.data or "", form.password.data or "")
        except InvalidInput as error:
            form.show(error)
        else:
            remember(token)
            flash(_("The password is changed. All other browsers are signed out."), "success")
            return redirect(url_for("accounts.profile"))
    return _page(password=form, status=422)


def _change_password(current: str, wanted: str) -> str:
    """Check, hash and store outside and inside the transaction; return the token of a new session."""
    row = require_person().row
    refuse_when_locked(reader(), clock(), email=row.email)
    stored = require_user(reader(), row.email).password_hash
    end_read()
    if not password_matches(current, stored):
        with transaction() as session:
            note_failure(session, clock(), email=row.email, address=request.remote_addr or "")
        raise InvalidInput({"current": _("This is not your password now. Nothing was changed.")})
    password_hash = chosen_hash(wanted, row.name, row.email)
    with writing() as write:
        user = require_user(write.session, row.email)
        if user.password_hash != stored:
            raise NotPermitted(_("The password was changed elsewhere meanwhile. Sign in again."))
        store_password(write.session, write.actor, write.clock, user=user, password_hash=password_hash)
        return open_browser_session(write.session, user)


@blueprint.post("/profile/sessions/<int:number>/end")
@signed_in
def session_end(number: int) -> Answer:
    with writing() as write:
        close_session(write.session, write.actor, write.clock, session_id=number)
    flash(_("That browser is signed out."), "success")
    return redirect(url_for("accounts.profile"))


@blueprint.post("/profile/sessions/end-others")
@signed_in
def sessions_end() -> Answer:
    keep = require_person().row.session_id
    with writing() as write:
        count = close_other_sessions(write.session, write.actor, write.clock, keep=keep)
    flash(ngettext("%(num)d other browser is signed out.", "%(num)d other browsers are signed out.", count), "success")
    return redirect(url_for("accounts.profile"))
