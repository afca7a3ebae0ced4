"""Every route says who may use it; one place enforces it; an application with a silent route does not start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from itsmcomply.errors import NotFound, NotPermitted, StartRefused
from itsmcomply.permissions import Permission
from itsmcomply.web.identity import person, remember_use
from itsmcomply.wording import N_, say

View = TypeVar("View", bound=Callable[..., object])

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Access:
    """What a route demands: nothing, a signed-in person, or a permission."""

    open_to_all: bool = False
    permission: Permission | None = None


def public(view: View) -> View:
    """Anybody may use this route."""
    view.access = Access(open_to_all=True)  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Any signed-in person may use this route; it concerns their own account."""
    view.access = Access()  # type: ignore[attr-defined]
    return view


def requires(permission: Permission) -> Callable[[View], View]:
    """Only who holds the permission, in the system of the address or, for ADMINISTER, in the installation."""

    def declare(view: View) -> View:
        view.access = Access(permission=permission)  # type: ignore[attr-defined]
        return view

    return declare


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What the route behind an endpoint declares; None for a silent one."""
    if endpoint == "static":
        return Access(open_to_all=True)
    return getattr(app.view_functions[endpoint], "access", None)


def refuse_silent_routes(app: Flask) -> None:
    """Raise StartRefused when a route declares no access."""
    silent = sorted({r.endpoint for r in app.url_map.iter_rules() if access_of(app, r.endpoint) is None})
    if silent:
        raise StartRefused(f"These routes declare no permission: {', '.join(silent)}.")


def enforce() -> Response | None:
    """Run before every view: origin, sign-in, system membership, permission. Raises NotFound and NotPermitted."""
    if request.endpoint is None:
        return None  # Flask answers 404 or 405 itself
    if "\0" in request.path:
        raise NotFound("address", "")  # no key holds it, and PostgreSQL refuses to look
    _refuse_foreign_origin()
    from flask import current_app

    access = access_of(current_app, request.endpoint) or abort(500)
    if access.open_to_all:
        return None
    found = person()
    if found is None:
        return _ask_to_sign_in()
    system = None
    if request.view_args and "slug" in request.view_args:
        system = g.system = found.system(request.view_args["slug"])
    if access.permission is not None and not found.actor.may(access.permission, system.id if system else None):
        raise NotPermitted(say(N_("Your role does not allow this.")))
    remember_use()
    return None


def _refuse_foreign_origin() -> None:
    """Second wall beside the CSRF token: browsers say where a request comes from."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    source = request.headers.get("Origin")
    if site not in ("same-origin", "none") or (source and urlsplit(source).netloc != request.host):
        raise NotPermitted(
            say(N_("This request came from another site and was refused. Open the page here and try again."))
        )


def _ask_to_sign_in() -> Response:
    """Send pages to sign-in and back; tell fragments and uploads plainly."""
    if request.headers.get("HX-Request"):
        answer = Response(status=401)
        answer.headers["HX-Redirect"] = url_for("accounts.sign_in")
        return answer
    if request.method not in SAFE_METHODS:
        raise NotPermitted(say(N_("Your session has ended. Sign in again.")))
    target = request.full_path if request.query_string else request.path
    return redirect(url_for("accounts.sign_in", next=target))


def init_guards(app: Flask) -> None:
    app.before_request(enforce)
