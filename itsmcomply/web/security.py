"""Headers, cookie and limits that hold for every answer."""

from __future__ import annotations

import secrets
import sys
from urllib.parse import urlsplit

from flask import Flask, g, request
from werkzeug.wrappers import Response

from itsmcomply.activity.operations import Origin, origin
from itsmcomply.settings import Settings

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Frame-Options": "DENY",
}
RAW_BODIES = frozenset({"evidence.upload", "audits.upload_population"})
"""Views that read the body themselves, with a limit and a message of their own, when it is no form."""
FORM_TYPES = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
FORM_LIMIT = 2 * 1024 * 1024
NO_SCRIPT_UPLOAD_LIMIT = 20 * 1024 * 1024


def security_config(settings: Settings) -> dict[str, object]:
    """Flask settings that follow from ours: cookie, hosts, limits."""
    host = urlsplit(settings.base_url).hostname or ""
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_NAME": "__Host-itsmcomply" if settings.is_https else "itsmcomply",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "TRUSTED_HOSTS": [host, "127.0.0.1", "localhost"] if settings.is_loopback else [host],
        "MAX_CONTENT_LENGTH": NO_SCRIPT_UPLOAD_LIMIT,
        "MAX_FORM_MEMORY_SIZE": FORM_LIMIT,
        "MAX_FORM_PARTS": 1000,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,  # the origin check in `guards` covers it, and proxies strip Referer
    }


def init_security(app: Flask, settings: Settings) -> None:
    app.config.update(security_config(settings))

    @app.before_request
    def _note_origin() -> None:
        g.request_id = secrets.token_hex(8)
        origin.set(Origin(address=request.remote_addr or "", request_id=g.request_id))

    @app.before_request
    def _lift_limit() -> None:
        # Before the CSRF check, which looks for its token in a form and would meet the limit of forms.
        if request.endpoint in RAW_BODIES and request.mimetype not in FORM_TYPES:
            request.max_content_length = sys.maxsize  # None would mean the configured limit

    @app.after_request
    def _add_headers(answer: Response) -> Response:
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        if settings.is_https:
            answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static":
            answer.headers.setdefault("Cache-Control", "no-store")
        elif "v" in request.args or "/vendor/" in request.path:
            # The address names the content: `asset` adds its fingerprint, vendored folders their version.
            answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer
