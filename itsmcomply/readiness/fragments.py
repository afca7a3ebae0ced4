"""Rendered parts of pages kept while nothing they show has changed; the frame around them is made for each request.

A page whose numbers did not move is then as cheap as its frame. Everything a part depends on is in its key: facts by
trail number, day, address, language, names of owners, and what this person may do.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, cast

from flask import Flask, current_app, request
from flask_babel import get_locale
from markupsafe import Markup

from itsmcomply.permissions import Permission
from itsmcomply.readiness.queries.view import View
from itsmcomply.web.identity import current_system, require_person

KEPT = 32
_KEY = "itsmcomply.readiness_fragments"


class Fragments:
    """The parts used last. Safe to share between threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Markup] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Hashable, make: Callable[[], Markup]) -> Markup:
        """The kept part, else a new one; two threads may make the same one at once, which is harmless."""
        with self._lock:
            found = self._kept.pop(key, None)
        made = make() if found is None else found
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made


def init_fragments(app: Flask) -> None:
    app.extensions[_KEY] = Fragments()


def kept_part(view: View, template: str, values: Callable[[], dict[str, Any]], *more: Hashable) -> Markup:
    """The template rendered with what `values` gives, `view`, `slug` and `can_change`; `more` is what else it shows.

    The template gets neither the frame nor a form token, and asks no database.
    """
    system = current_system()
    key = (template, system.id, view.snapshot.seq, view.day, view.today, view.model.key, *_who_and_where(), *more)
    names = tuple(sorted(view.names.items()))

    def make() -> Markup:
        page = current_app.jinja_env.get_template(template)
        can_change = view.day == view.today
        return Markup(page.render(view=view, slug=system.slug, can_change=can_change, **values()))  # noqa: S704

    return cast("Fragments", current_app.extensions[_KEY]).find((*key, names), make)


def _who_and_where() -> tuple[Hashable, ...]:
    """The address with its query, the language, and the permissions that decide which buttons are there."""
    actor, system = require_person().actor, current_system()
    wanted = (Permission.FILE_EVIDENCE, Permission.REVIEW_EVIDENCE, Permission.EDIT_SYSTEM)
    may = tuple(actor.may(permission, system.id) for permission in wanted)
    return (request.script_root, request.full_path, str(get_locale()), may)
