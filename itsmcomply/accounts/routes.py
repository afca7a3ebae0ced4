"""Sign in and out; the other account pages are in the modules beside this one."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import logout_user
from werkzeug.wrappers import Response

from itsmcomply.accounts import routes_links, routes_people, routes_profile
from itsmcomply.accounts.blueprint import blueprint
from itsmcomply.accounts.browser import open_browser_session, remember
from itsmcomply.accounts.forms import SignInForm
from itsmcomply.accounts.operations import close_session, note_failure, refuse_when_locked
from itsmcomply.accounts.queries import user_by_email
from itsmcomply.accounts.rules import password_matches
from itsmcomply.db import end_read, transaction
from itsmcomply.web.guards import public, signed_in
from itsmcomply.web.identity import clock, forget_cookie, person, reader, require_person, writing
from itsmcomply.web.limits import limiter

__all__ = ["blueprint", "routes_links", "routes_people", "routes_profile"]


@blueprint.get("/sign-in")
@public
def sign_in() -> Response | str:
    if person() is not None:
        return redirect(_safe_target())
    return render_template("accounts/sign_in.html", form=SignInForm(), failed=False)


@blueprint.post("/sign-in")
@public
@limiter.limit("60/hour")
def sign_in_send() -> Response | tuple[str, int]:
    form = SignInForm()
    if form.validate_on_submit():
        token = _check_and_open(form.email.data or "", form.password.data or "")
        if token is not None:
            remember(token)
            return redirect(_safe_target())
    page = render_template("accounts/sign_in.html", form=form, failed=not form.errors)
    return page, 422


def _check_and_open(email: str, password: str) -> str | None:
    """The session token when address and password belong together; the hash is computed outside any transaction."""
    refuse_when_locked(reader(), clock(), email=email)
    user = user_by_email(reader(), email)
    stored = user.password_hash if user and user.disabled_at is None else None
    end_read()
    if not password_matches(password, stored):
        with transaction() as session:
            note_failure(session, clock(), email=email, address=request.remote_addr or "")
        return None
    with transaction() as session:
        user = user_by_email(session, email)
        if user is None or user.password_hash != stored or user.disabled_at is not None:
            return None
        return open_browser_session(session, user)


def _safe_target() -> str:
    """The page asked for before sign-in, if it is one of ours; else the first page of this person."""
    target = request.args.get("next", "")
    parts = urlsplit(target)
    ours = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return target if ours else url_for("home")


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> Response:
    with writing() as write:
        close_session(write.session, write.actor, write.clock, session_id=require_person().row.session_id)
    logout_user()
    forget_cookie()
    flash(_("You are signed out."))
    return redirect(url_for("accounts.sign_in"))
