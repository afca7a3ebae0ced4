"""The calendar of recurring evidence, and the readable address of a review."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from itsmcomply.permissions import Permission
from itsmcomply.readiness.blueprint import blueprint
from itsmcomply.readiness.fragments import kept_part
from itsmcomply.readiness.frame import page_view
from itsmcomply.readiness.queries.calendar import calendar
from itsmcomply.readiness.queries.versions import version_id_of
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader


@blueprint.get("/s/<slug>/calendar", endpoint="calendar")
@requires(Permission.VIEW_EVIDENCE)
def show_calendar(slug: str) -> str:
    """Which month is missing?"""
    view = page_view()
    content = kept_part(view, "readiness/_calendar.html", lambda: {"page": calendar(view)})
    return render_template("readiness/kept.html", title=_("Calendar"), content=content)


@blueprint.get("/s/<slug>/review/EV-<int(max=2147483647):number>/<int(max=2147483647):version>", endpoint="review_of")
@requires(Permission.REVIEW_EVIDENCE)
def show_review_of(slug: str, number: int, version: int) -> Response:
    """The review of a version under the name people read."""
    found = version_id_of(reader(), current_system().id, number, version)
    return redirect(url_for("evidence.review", slug=slug, version_id=found))
