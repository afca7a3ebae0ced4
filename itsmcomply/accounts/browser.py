"""The browser's side of a session: open one, remember its token in the cookie, forget it."""

from __future__ import annotations

from flask import request
from flask_login import login_user
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.accounts.operations import open_session
from itsmcomply.db import end_read
from itsmcomply.web.identity import clock, forget_cookie, load_person, reader


def open_browser_session(session: Session, user: User) -> str:
    """Start a session for the browser of this request, inside an open transaction; return its token."""
    agent = request.headers.get("User-Agent", "")
    return open_session(session, clock(), user=user, address=request.remote_addr or "", agent=agent)


def remember(token: str) -> None:
    """Put the token of a committed session into a fresh cookie, so that nothing of the old one is left."""
    forget_cookie()
    found = load_person(reader(), token)
    end_read()
    login_user(found)
