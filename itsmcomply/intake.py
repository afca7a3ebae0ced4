"""How much of a body the server takes in before the application looks at it: little from strangers, files from people.

The server writes a body to disk before any view can ask who sent it. A cookie that this installation signed for a
session shows that somebody signed in here once; whether the session still holds, the view checks as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from werkzeug.http import parse_cookie

STRANGERS_LIMIT = 2 * 1024 * 1024
"""The largest form that anybody sends before they are signed in is far smaller."""


def channel_for(app: Flask, limits: dict[str, Any]) -> type[HTTPChannel]:
    """A channel that takes `limits` from whoever signed in here, and `STRANGERS_LIMIT` from all others."""
    signed_in, narrow = _signed_in(app), Adjustments(**{**limits, "max_request_body_size": STRANGERS_LIMIT})

    class Parser(HTTPRequestParser):
        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            if not signed_in(self.headers.get("COOKIE", "")):
                self.adj = narrow

    class Channel(HTTPChannel):
        parser_class = Parser

    return Channel


def _signed_in(app: Flask) -> Callable[[str], bool]:
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    name = app.config["SESSION_COOKIE_NAME"]

    def signed_in(cookies: str) -> bool:
        """Whether these cookies hold a session cookie of ours that names a person's session."""
        value = parse_cookie(cookies).get(name, "")
        try:
            return bool(value) and serializer is not None and "_user_id" in serializer.loads(value)
        except BadSignature:
            return False

    return signed_in
