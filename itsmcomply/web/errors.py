"""One map from what went wrong to status and page. No answer ever carries a trace."""

from __future__ import annotations

import logging

from flask import Flask, current_app, g, jsonify, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from itsmcomply.accounts.operations import SignInLocked
from itsmcomply.db import end_read
from itsmcomply.errors import (
    Conflict,
    DomainError,
    IntegrityFailure,
    InvalidInput,
    InvalidTransition,
    NotFound,
    NotPermitted,
    StorageFull,
)
from itsmcomply.web.filters import say
from itsmcomply.wording import N_

log = logging.getLogger("itsmcomply")
LONGEST_CHOICE = 40
"""A value without a space that is longer than this was typed, not chosen."""

STATUS: dict[type[DomainError], int] = {
    SignInLocked: 429,
    NotFound: 404,
    NotPermitted: 403,
    InvalidInput: 422,
    InvalidTransition: 409,
    Conflict: 409,
    StorageFull: 507,
    IntegrityFailure: 500,
}


def wants_json() -> bool:
    """True for scripts of our own pages that read the answer themselves (uploads, polling)."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" or request.method in ("PUT", "PATCH")


def answer(status: int, title: str, message: str) -> Response:
    """An error page, or JSON {"message"} where a script asked."""
    end_read()
    if isinstance(request.routing_exception, SecurityError):  # an unknown host: no address can be built for a page
        return Response(message, status=status, content_type="text/plain; charset=utf-8")
    if wants_json():
        reply = jsonify(message=message)
        reply.status_code = status
        return reply
    typed = _typed() if status == 409 else []
    page = render_template("errors/error.html", status=status, heading=title, message=message, typed=typed)
    return current_app.make_response((page, status))


def _typed() -> list[str]:
    """The prose of a form inside a system that came too late, so that it is not lost."""
    if "slug" not in (request.view_args or {}):
        return []
    sent = [value.strip() for name, value in request.form.items(multi=True) if name != "csrf_token"]
    return [text for text in sent if " " in text or len(text) > LONGEST_CHOICE]


def _titles() -> dict[int, str]:
    return {
        400: _("This request cannot be read"),
        403: _("Not permitted"),
        404: _("No such record"),
        405: _("This address does not take that"),
        409: _("Not possible any more"),
        413: _("Too large"),
        415: _("This type is not accepted here"),
        422: _("Something needs correcting"),
        429: _("Too many attempts"),
        500: _("Something is wrong on our side"),
        507: _("The disk is full"),
    }


def _title(status: int) -> str:
    return _titles().get(status, _("This did not work"))


def _domain_error(error: DomainError) -> Response:
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    if status >= 500:
        log.error("%s %s: %s [%s]", request.method, request.path, error, g.get("request_id"))
    message = _("It may have been renamed, or you do not have access to it.") if status == 404 else say(str(error))
    reply = answer(status, _title(status), message)
    if isinstance(error, SignInLocked) and error.until is not None:
        from itsmcomply.web.identity import clock

        reply.headers["Retry-After"] = str(max(1, int((error.until - clock().now()).total_seconds())))
    return reply


_HTTP_MESSAGES = {
    404: N_("Check the address. A record is found by its name, such as EV-0142 or 8.6.1-c, in the search."),
    405: N_("Go back and use the buttons of the page."),
    413: N_("It is larger than this form accepts. Nothing was stored."),
    429: N_("Wait a few minutes, then try again."),
}


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return error.get_response()  # redirects travel as exceptions too
    message = _HTTP_MESSAGES.get(status, N_("Go back and try again."))
    reply = answer(status, _title(status), _(message))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            reply.headers[name] = value
    return reply


def _csrf_error(_error: CSRFError) -> Response:
    message = _("The form was open too long or came from elsewhere. Go back, reload the page, and send it again.")
    return answer(400, _title(400), message)


def _unexpected(error: Exception) -> Response:
    log.error("%s %s [%s]", request.method, request.path, g.get("request_id"), exc_info=error)
    message = _("Nothing was changed. Tell your administrator this number: %(number)s", number=g.get("request_id", ""))
    return answer(500, _title(500), message)


def init_errors(app: Flask) -> None:
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
