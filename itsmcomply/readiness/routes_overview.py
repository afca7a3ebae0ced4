"""The overview, and all blockers of one rule."""

from __future__ import annotations

from flask import make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from itsmcomply.clauses.policy import Band
from itsmcomply.errors import InvalidInput
from itsmcomply.permissions import Permission
from itsmcomply.readiness import words
from itsmcomply.readiness.blueprint import blueprint
from itsmcomply.readiness.boxes import gate_box, lapse_box, map_rows, rule_box
from itsmcomply.readiness.drawings import index_text, radar, trend_drawings
from itsmcomply.readiness.fragments import kept_part
from itsmcomply.readiness.frame import page_view
from itsmcomply.readiness.months import derive_afterwards
from itsmcomply.readiness.queries.first_day import FirstStep, first_day
from itsmcomply.readiness.queries.gates import find_rule, rule_view
from itsmcomply.readiness.queries.heat import MapKind
from itsmcomply.readiness.queries.overview import Outlook, Overview, overview
from itsmcomply.readiness.queries.trend import Trend, begun_on, trend
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader
from itsmcomply.web.page import stand_at


@blueprint.get("/s/<slug>/", endpoint="overview")
@requires(Permission.VIEW_SYSTEM)
def show_overview(slug: str) -> Response:
    """Could we be audited, and what stands in the way?"""
    view, system, kind = page_view(), current_system(), _map_kind()
    months = trend(reader(), system.id, view.result, begun_on(view.snapshot))
    start = first_day(reader(), system.id, view)

    def values() -> dict[str, object]:
        return _values(overview(view, kind), months, start)

    content = kept_part(view, "readiness/_overview.html", values, months.points, tuple(step.done for step in start))
    page = make_response(render_template("readiness/kept.html", title=_("Overview"), content=content))
    return derive_afterwards(page, view, system.id, months.missing)


def _values(found: Overview, months: Trend, start: tuple[FirstStep, ...]) -> dict[str, object]:
    audit = _audit_name(found.outlook)
    return {
        "page": found,
        "gates": [gate_box(gate) for gate in found.gates],
        "map_rows": map_rows(found.heat, found.map_kind),
        "lapses": [lapse_box(lapse) for lapse in found.lapses.rows],
        "start": start,
        "radar": radar(found.groups) if found.bands[Band.N] < len(found.result.requirements) else None,
        "trend": trend_drawings(months, found.outlook),
        "audit": audit,
        "statuses": words.STATUSES,
        "maps": _map_choices(found.map_kind, audit),
        "group_rows": [[g.name, index_text(g.index), g.lowest, g.processes] for g in found.groups],
    }


def _map_choices(chosen: MapKind, audit: str) -> list[tuple[str, str, bool]]:
    """The switch of the map: text, address, whether it is on; two of them only with an audit day ahead."""
    slug = current_system().slug
    names = {MapKind.TODAY: _("Coverage"), MapKind.FINDINGS: _("Findings")}
    if audit:
        names = {
            MapKind.TODAY: _("Coverage"),
            MapKind.AUDIT: _("At %(audit)s", audit=audit),
            MapKind.CHANGE: _("Change"),
            MapKind.FINDINGS: _("Findings"),
        }
    return [
        (text, url_for("readiness.overview", slug=slug, map=kind.value, _anchor="map"), kind is chosen)
        for kind, text in names.items()
    ]


def _map_kind() -> MapKind:
    try:
        return MapKind(request.args.get("map", "today"))
    except ValueError:
        raise InvalidInput({"map": _("The map shows today, audit, change or findings.")}) from None


def _audit_name(outlook: Outlook | None) -> str:
    return "" if outlook is None else _(words.AUDIT_DAYS[outlook.audit.kind])


@blueprint.get("/s/<slug>/gates/<key>", endpoint="rule")
@requires(Permission.VIEW_SYSTEM)
def show_rule(slug: str, key: str) -> str:
    """Everything that one rule of a gate misses."""
    stand_at("readiness.overview")
    view = page_view()
    gate, rule = find_rule(view, key)
    return render_template(
        "readiness/rule.html",
        view=view,
        gate=_(words.GATES[gate.key][0]),
        rule=rule_box(rule_view(view, rule, shown=len(rule.blockers))),
    )
