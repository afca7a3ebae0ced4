"""The first address: where each person starts."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app, redirect, render_template
from werkzeug.wrappers import Response

from itsmcomply.permissions import Role
from itsmcomply.systems.queries import SystemRef
from itsmcomply.web.guards import public, signed_in
from itsmcomply.web.identity import SignedIn, require_person
from itsmcomply.web.page import address

FIRST_PAGES = (
    (Role.SMS_MANAGER, "readiness.overview"),
    (Role.INTERNAL_AUDITOR, "readiness.overview"),
    (Role.EVIDENCE_REVIEWER, "evidence.review_queue"),
    (Role.PROCESS_OWNER, "evidence.my_work"),
)


Start = Callable[[SignedIn, SystemRef], str | None]
STARTS = "itsmcomply.starts"


def add_start(app: Flask, start: Start) -> None:
    """Let a feature send people to what waits for them: it answers an address, or None. A few queries each."""
    app.extensions.setdefault(STARTS, []).append(start)


def waiting_page(found: SignedIn, system: SystemRef) -> str | None:
    """What waits for this person in a system; None when nothing does."""
    starts: list[Start] = current_app.extensions.get(STARTS, [])
    return next((page for page in (start(found, system) for start in starts) if page), None)


def first_page(found: SignedIn, system: SystemRef) -> str | None:
    """Where a person starts in a system: by role, the overview for everybody else."""
    roles = found.actor.roles(system.id)
    for role, endpoint in FIRST_PAGES:
        if role in roles:
            return address(endpoint, slug=system.slug)
    return address("readiness.overview", slug=system.slug)


@signed_in
def home() -> Response | str:
    """On to where something waits, in whichever system, else to the first page of the first system."""
    found = require_person()
    for page_of in (waiting_page, first_page):
        for system in found.systems:
            if page := page_of(found, system):
                return redirect(page)
    return render_template("home.html")


@public
def healthy() -> tuple[str, int, dict[str, str]]:
    """For process supervisors: answers as soon as requests are served."""
    return "ok\n", 200, {"Content-Type": "text/plain"}


def init_home(app: Flask) -> None:
    app.add_url_rule("/", "home", home)
    app.add_url_rule("/healthy", "healthy", healthy)
