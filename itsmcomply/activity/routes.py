"""The activity trail: of a management system, and of the whole installation for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Flask, render_template, request, url_for
from flask_babel import gettext as _

from itsmcomply.activity.forms import TrailQuery, read_query
from itsmcomply.activity.queries import TrailPage, head_of_trail, trail_page, trail_words
from itsmcomply.activity.rules import Plain
from itsmcomply.activity.values import change_value
from itsmcomply.activity.verified import STALE_DAYS, Verified, last_verified
from itsmcomply.activity.wording import action_label, area_label, field_label
from itsmcomply.permissions import Permission
from itsmcomply.systems.queries import all_systems
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import clock, current_system, reader, settings
from itsmcomply.web.page import as_of, today
from itsmcomply.web.resources import resources

blueprint = Blueprint("activity", __name__)


@dataclass(frozen=True, slots=True)
class ChainState:
    """What stands on top of the trail."""

    seq: int
    line_hash: str
    verified: Verified | None
    stale: bool


@blueprint.get("/s/<slug>/activity")
@requires(Permission.VIEW_ACTIVITY)
def trail(slug: str) -> str:
    system = current_system()
    latest = as_of() if as_of() < today() else None
    query = read_query(request.args, system_id=system.id, zone=system.zone, latest=latest)
    page = trail_page(reader(), query.wanted, {}, query.number)
    return _render("activity/trail.html", query, page, url_for("activity.trail", slug=slug))


@blueprint.get("/admin/activity")
@requires(Permission.ADMINISTER)
def installation() -> str:
    query = read_query(request.args, system_id=None, zone="UTC", latest=None)
    slugs = {system.id: system.slug for system in all_systems(reader())}
    page = trail_page(reader(), query.wanted, slugs, query.number)
    return _render("activity/installation.html", query, page, url_for("activity.installation"))


def _render(template: str, query: TrailQuery, page: TrailPage, address: str) -> str:
    words = trail_words(reader(), query.wanted.system_id)
    return render_template(
        template,
        page=page,
        typed=query.typed,
        actors=[("", _("Anybody")), *((name, name) for name in words.actors)],
        areas=[("", _("Anything")), *((area, area_label(area)) for area in words.areas)],
        chain=_chain_state(),
        action=address.partition("?")[0],
        chips=_chips(query, address),
        previous_url=_turned(query, address, page.number - 1) if page.number > 1 else "",
        next_url=_turned(query, address, page.number + 1) if page.last < page.total else "",
        clear_url=address,
    )


def _chain_state() -> ChainState:
    head = head_of_trail(reader())
    verified = last_verified(settings().instance)
    stale = verified is None or verified.age_days(clock().now()) > STALE_DAYS
    return ChainState(head.seq, head.line_hash, verified, stale)


def _address(address: str, values: dict[str, str]) -> str:
    kept = {name: value for name, value in values.items() if value}
    if not kept:
        return address
    return address + ("&" if "?" in address else "?") + urlencode(kept)


def _turned(query: TrailQuery, address: str, number: int) -> str:
    return _address(address, query.typed | {"p": str(number)})


def _chips(query: TrailQuery, address: str) -> list[tuple[str, str]]:
    """Each active filter with the address without it."""
    shown = {"area": area_label}
    return [
        (shown.get(name, str)(value), _address(address, query.typed | {name: ""}))
        for name, value in query.typed.items()
        if value
    ]


def init(app: Flask) -> None:
    """Words of the trail for every template that shows a history."""

    def value(found: Plain, field: str) -> str:
        return change_value(found, field, resources().catalogue)

    app.jinja_env.filters.update(
        action_label=action_label, area_label=area_label, change_value=value, field_label=field_label
    )
