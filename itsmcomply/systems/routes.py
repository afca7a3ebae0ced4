"""Settings of a management system: what stands recorded, scope, dates; the other pages are in the modules beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date

from flask import Flask, g, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from itsmcomply.permissions import Permission
from itsmcomply.systems import routes_admin, routes_artefacts, routes_lists, routes_owners, routes_people
from itsmcomply.systems.blueprint import blueprint
from itsmcomply.systems.fields import DATE_FIELDS, KIND_LABELS, LISTS, SCOPE_FIELDS, FactField
from itsmcomply.systems.forms import FactsForm, fields_form
from itsmcomply.systems.models import EntryKind
from itsmcomply.systems.queries import Facts, Members, SubjectList, members, subject_lists
from itsmcomply.systems.rules import field_name
from itsmcomply.systems.saving import Answer, enter, facts_shown, may_edit, save
from itsmcomply.web.filters import date_tag, date_text
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader
from itsmcomply.web.page import as_of
from itsmcomply.web.resources import resources

__all__ = ["blueprint", "routes_admin", "routes_artefacts", "routes_lists", "routes_owners", "routes_people"]


@dataclass(frozen=True, slots=True)
class Topic:
    """A page of the settings in the overview of them. `open` is what is missing, "" when nothing is."""

    endpoint: str
    title: str
    state: str
    open: str
    icon: str


@blueprint.get("/s/<slug>/settings")
@requires(Permission.VIEW_SYSTEM)
def settings(slug: str) -> Answer:
    found = facts_shown()
    lists = subject_lists(reader(), current_system(), found, as_of())
    topics = _topics(found, lists, members(reader(), current_system(), as_of()))
    missing = [topic for topic in topics if topic.open]
    return render_template("systems/settings.html", topics=topics, missing=missing)


def _topics(found: Facts, lists: Sequence[SubjectList], people: Members) -> list[Topic]:
    return [
        _scope_topic(found),
        _dates_topic(found),
        _lists_topic(lists),
        _people_topic(people),
        _owners_topic(found),
        _intervals_topic(found),
    ]


def _scope_topic(found: Facts) -> Topic:
    scope = found.text(EntryKind.SCOPE_STATEMENT)
    missing = "" if scope else _("The scope is not recorded")
    return Topic("systems.scope", _("Scope and organisation"), scope or _("No scope yet"), missing, "target")


def _dates_topic(found: Facts) -> Topic:
    recorded = sum(1 for f in DATE_FIELDS if f.shape == "day" and found.value(f.kind))
    state = ngettext("%(num)d day recorded", "%(num)d days recorded", recorded)
    missing = "" if found.value(EntryKind.OPERATING_SINCE) else _("Operating since is not recorded")
    return Topic("systems.dates", _("Dates"), state, missing, "calendar-event")


def _lists_topic(lists: Sequence[SubjectList]) -> Topic:
    counts = ", ".join(f"{LISTS[x.kind].title}: {len(x.rows)}" for x in lists if x.rows)
    open_lists = [str(LISTS[x.kind].title) for x in lists if x.declared is None]
    missing = _("Not declared complete: %(lists)s", lists=", ".join(open_lists)) if open_lists else ""
    return Topic("systems.lists", _("Services and parties"), counts or _("Nothing listed yet"), missing, "building")


def _people_topic(people: Members) -> Topic:
    state = ngettext("%(num)d person with a role", "%(num)d people with a role", len(people.people))
    return Topic("systems.members", _("People and roles"), state, "", "users")


def _owners_topic(found: Facts) -> Topic:
    catalogue = resources().catalogue
    owned = sum(1 for key in catalogue.processes if found.value(EntryKind.PROCESS_OWNER, key))
    total = len(catalogue.processes)
    state = _("%(owned)s of %(total)s processes have an owner", owned=owned, total=total)
    missing = ngettext("%(num)d process has no owner", "%(num)d processes have no owner", total - owned)
    return Topic("systems.owners", _("Owners"), state, missing if owned < total else "", "user-check")


def _intervals_topic(found: Facts) -> Topic:
    own, due = len(found.keyed(EntryKind.OWN_INTERVAL)), len(found.keyed(EntryKind.DUE_ON))
    state = _("Own intervals: %(own)s, due dates set by hand: %(due)s", own=own, due=due)
    return Topic("systems.artefacts", _("Single artefacts"), state, "", "calendar-time")


@blueprint.get("/s/<slug>/settings/scope")
@requires(Permission.VIEW_SYSTEM)
def scope(slug: str) -> Answer:
    return _fields_page("scope", SCOPE_FIELDS)


@blueprint.post("/s/<slug>/settings/scope")
@requires(Permission.EDIT_SYSTEM)
def scope_send(slug: str) -> Answer:
    return _fields_save("scope", SCOPE_FIELDS)


@blueprint.get("/s/<slug>/settings/dates")
@requires(Permission.VIEW_SYSTEM)
def dates(slug: str) -> Answer:
    return _fields_page("dates", DATE_FIELDS)


@blueprint.post("/s/<slug>/settings/dates")
@requires(Permission.EDIT_SYSTEM)
def dates_send(slug: str) -> Answer:
    return _fields_save("dates", DATE_FIELDS)


def _fields_save(name: str, fields: Sequence[FactField]) -> Answer:
    form = fields_form(fields, facts_shown().values())
    labels = {field_name(f.kind): str(f.label) for f in fields}
    back = url_for(f"systems.{name}", slug=current_system().slug)
    return save(form, labels, lambda shown, status: _fields_page(name, fields, shown, status), back)


def _fields_page(name: str, fields: Sequence[FactField], form: FactsForm | None = None, status: int = 200) -> Answer:
    enter()
    found = facts_shown()
    shown = form or fields_form(fields, found.values())
    page = render_template(
        f"systems/{name}.html",
        fields=fields,
        form=shown,
        found=found,
        editable=may_edit(),
        past=found.past([f.kind for f in fields]),
    )
    return page, status


def init(app: Flask) -> None:
    """Words for dated entries, and the system of the address, for every template."""
    app.jinja_env.filters.update(
        entry_label=lambda kind: str(KIND_LABELS.get(kind, kind)),
        end_reason=_end_reason,
        iso_date=iso_date,
        iso_date_text=lambda text: date_text(date.fromisoformat(text)) if text else "",
        clock_time=lambda moment: f"{moment.astimezone(UTC):%H:%M} UTC",
    )

    @app.context_processor
    def _system() -> dict[str, object]:
        return {"system": g.get("system")}


def iso_date(text: str) -> Markup | str:
    """A value that is an ISO day as a readable day; any other text as it is."""
    try:
        return date_tag(date.fromisoformat(text)) if len(text) == 10 else text
    except ValueError:
        return text


def _end_reason(reason: str) -> str:
    return {"replaced": _("a newer entry took its place"), "reopened": _("no longer complete")}.get(reason, reason)
