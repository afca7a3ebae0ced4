"""Serve an application with a production WSGI server in one process with threads."""

from __future__ import annotations

import ctypes
import socket
import sys
from urllib.parse import urlsplit

from flask import Flask
from waitress import create_server
from waitress.server import TcpWSGIServer
from werkzeug.middleware.proxy_fix import ProxyFix

from itsmcomply.errors import StartRefused
from itsmcomply.intake import channel_for
from itsmcomply.settings import Settings

BODY_FLOOR = 1024 * 1024 * 1024
"""Bodies up to here are taken in, so that a file over the limit is refused by a page that names it."""

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # numbers of malloc.h


def open_socket(settings: Settings) -> socket.socket:
    """Bind the address before anything is printed. Raises StartRefused when the port is in use."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        where = f"{settings.host}:{settings.port}"
        raise StartRefused(f"{where} cannot be used: {error.strerror}. Choose another with --port.") from error
    return listening


def hold_less_memory() -> None:
    """Let glibc give large blocks back at once and share two arenas among all threads; elsewhere nothing happens.

    Left alone it keeps for each thread what its largest request once took, a password hash or an export.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, 128 * 1024)
        mallopt(_ARENA_MAX, 2)


def make_server(app: Flask, listening: socket.socket) -> TcpWSGIServer:
    """The server of an application, bound and not yet running."""
    settings: Settings = app.extensions["itsmcomply.settings"]
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies
        )
    limits = {
        "threads": settings.threads,
        "max_request_body_size": max(BODY_FLOOR, 2 * settings.upload_limit_bytes),
        "url_scheme": urlsplit(settings.base_url).scheme,
        "clear_untrusted_proxy_headers": False,
        "ident": "itsmcomply",
    }
    server = create_server(app, sockets=[listening], **limits)
    server.channel_class = channel_for(app, limits)
    return server


def serve(app: Flask, listening: socket.socket) -> None:
    """Answer requests until the process is told to stop."""
    hold_less_memory()
    make_server(app, listening).run()
