"""The frame of each page: the as-of day, the shell with navigation, and what templates always have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, g, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.routing import BuildError

from itsmcomply.clock import day_in_zone
from itsmcomply.errors import InvalidInput
from itsmcomply.permissions import Role
from itsmcomply.systems.models import InstallationMode
from itsmcomply.systems.queries import SystemRef, key_days
from itsmcomply.web.identity import SignedIn, clock, current_system, person, reader
from itsmcomply.web.shell import AsOf, DayChoice, NavSection, Person, Shell, SystemLink, navigation

Counter = Callable[[SignedIn, SystemRef], Mapping[str, int]]
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)


def today() -> date:
    """Today in the zone of the current system."""
    return day_in_zone(clock().now(), current_system().zone)


def as_of() -> date:
    """The day this page speaks about: `?as-of=`, else today. Raises InvalidInput on anything but a day."""
    text = request.args.get("as-of", "")
    if not text:
        return today()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or len(text) != 10 or not FIRST_DAY <= day <= LAST_DAY:
        raise InvalidInput({"as-of": _("Write the day as year-month-day, for example 2027-01-12.")})
    return day


def asked_text(name: str) -> str:
    """A query parameter as text of at most 200 characters; what cannot be seen is left out.

    Nobody meant it, and PostgreSQL refuses some of it.
    """
    return "".join(c for c in request.args.get(name, "")[:200] if c.isprintable()).strip()


def stand_at(endpoint: str) -> None:
    """Let a page below one of the side bar mark that place there."""
    g.place = endpoint


def add_counter(app: Flask, counter: Counter) -> None:
    """Let a feature give figures to the side bar: keys as in `NavItem.count`; constant queries each."""
    app.extensions.setdefault("itsmcomply.counters", []).append(counter)


def shell() -> Shell:
    """Build the frame for this request. Plain pages have neither system nor navigation."""
    found = person()
    system: SystemRef | None = g.get("system")
    mode = current_app.extensions.get("itsmcomply.mode", "")
    if found is None:
        return Shell(mode=mode)
    return Shell(
        person=_person(found, system),
        system=_system_link(system, current=True) if system else None,
        systems=tuple(_system_link(s, current=s == system) for s in found.systems),
        nav=_nav(found, system) if system else (),
        as_of=_as_of(system) if system else None,
        mode=mode,
        basis=g.get("basis"),
        urls=_urls(system),
    )


def _person(found: SignedIn, system: SystemRef | None) -> Person:
    roles = found.actor.roles(system.id) if system else frozenset[Role]()
    names = [str(current_app.jinja_env.filters["role_label"](r)) for r in Role if r in roles]
    row = found.row
    return Person(row.name, ", ".join(names), row.theme.value, row.single_keys, row.is_admin)


def _system_link(system: SystemRef, *, current: bool) -> SystemLink:
    return SystemLink(system.name, address("readiness.overview", slug=system.slug) or "/", current)


def address(endpoint: str, **values: Any) -> str | None:
    """The URL of an endpoint, None when the application has no such page."""
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return None


def _nav(found: SignedIn, system: SystemRef) -> tuple[NavSection, ...]:
    counts: dict[str, int] = {}
    for counter in current_app.extensions.get("itsmcomply.counters", []):
        counts.update(counter(found, system))
    return navigation(
        lambda permission: found.actor.may(permission, system.id),
        lambda endpoint: address(endpoint, slug=system.slug),
        current=g.get("place") or request.endpoint or "",
        counts=counts,
    )


def _urls(system: SystemRef | None) -> dict[str, str]:
    wanted = {
        "profile": "accounts.profile",
        "sign_out": "accounts.sign_out",
        "admin": "accounts.people",
        "home": "home",
    }
    urls = {name: address(endpoint) for name, endpoint in wanted.items()}
    if system:
        urls["search"] = address("readiness.search", slug=system.slug)
        urls["help"] = address("help_page", slug=system.slug)
    return {name: url for name, url in urls.items() if url}


def _as_of(system: SystemRef) -> AsOf | None:
    if request.method != "GET":
        return None
    day, now = _shown_day(), today()
    days = key_days(reader(), system.id)
    quarter_end = date(now.year, 3 * ((now.month - 1) // 3) + 1, 1) - timedelta(days=1)
    choices = [(quarter_end, _("End of last quarter")), (now, _("Today"))]
    choices += [(d, name) for d, name in ((days.stage_1, _("Stage 1")), (days.stage_2, _("Stage 2"))) if d]
    made = tuple(DayChoice(d, label, _same_page(d, now), _hint(d, now), current=d == day) for d, label in choices)
    return AsOf(day, now, request.path, _same_page(now, now), made)


def _shown_day() -> date:
    """The day asked for; today where what was asked for is no day, so that its error page has a frame."""
    try:
        return as_of()
    except InvalidInput:
        return today()


def _hint(day: date, now: date) -> str:
    if day == now:
        return ""
    return _("as it was") if day < now else _("forecast")


def _same_page(day: date, now: date) -> str:
    query = [(k, v) for k, v in request.args.items(multi=True) if k != "as-of"]
    if day != now:
        query.append(("as-of", day.isoformat()))
    return request.path + ("?" + urlencode(query) if query else "")


def init_pages(app: Flask) -> None:
    """Give every template `shell`, and every link inside a system the day the page speaks about."""

    @app.context_processor
    def _frame() -> dict[str, object]:
        return {"shell": shell(), "csrf_token": generate_csrf, "lang": "en"}

    @app.url_defaults
    def _keep_day(endpoint: str, values: dict[str, object]) -> None:
        if "as-of" not in request.args or request.method != "GET" or "as-of" in values:
            return
        known = endpoint in app.view_functions and app.url_map.is_endpoint_expecting(endpoint, "slug")
        if known and "system" in g and _shown_day() != today():
            values["as-of"] = request.args["as-of"]


def installation_mode(mode: InstallationMode | None) -> str:
    """What the band on every page says; "" for a real installation."""
    return "" if mode in (None, InstallationMode.REAL) else str(mode)
