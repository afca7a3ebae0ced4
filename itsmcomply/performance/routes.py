"""Pages of management reviews; the modules beside this one hold them by subject."""

from __future__ import annotations

from flask import Flask, url_for
from flask_babel import gettext as _

from itsmcomply.performance import routes_papers, routes_review, routes_reviews
from itsmcomply.performance.blueprint import blueprint
from itsmcomply.performance.queries.actions import OwnAction, own_open_actions
from itsmcomply.web.beside import Task, offer_tasks
from itsmcomply.web.identity import current_system, reader, require_person

__all__ = ["blueprint", "routes_papers", "routes_review", "routes_reviews"]


def _tasks() -> list[Task]:
    """What this person still has to do because of signed reviews. One query."""
    system = current_system()
    found = own_open_actions(reader(), system.id, require_person().actor.user_id)
    return [_task(one, system.slug) for one in found]


def _task(one: OwnAction, slug: str) -> Task:
    url = url_for("performance.review", slug=slug, key=one.review, _anchor=f"action-{one.number}")
    about = _("%(review)s, action %(n)s: say what became of it.", review=one.review, n=one.number)
    return Task(_("Action"), "users-group", one.text, about, url, one.due_on)


def init(app: Flask) -> None:
    """Let "My work" list actions of reviews."""
    offer_tasks(app, _tasks)
