"""What differs for single artefacts: an owner of its own, an own interval, a due date set by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import Field, SelectField, StringField
from wtforms.validators import Optional

from itsmcomply.clauses.model import Artefact
from itsmcomply.errors import NotFound
from itsmcomply.permissions import Permission
from itsmcomply.systems.blueprint import blueprint
from itsmcomply.systems.forms import DayField, FactsForm, facts_form, people_choices
from itsmcomply.systems.models import EntryKind
from itsmcomply.systems.queries import Facts, people_to_choose
from itsmcomply.systems.rules import MAX_INTERVAL_DAYS, field_name
from itsmcomply.systems.saving import Answer, enter, facts_shown, may_edit, save
from itsmcomply.web.forms import stripped
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader
from itsmcomply.web.resources import resources

KINDS = (EntryKind.ARTEFACT_OWNER, EntryKind.OWN_INTERVAL, EntryKind.DUE_ON)


@dataclass(frozen=True, slots=True)
class OwnWay:
    """An artefact for which something differs from the usual. Empty where it does not."""

    key: str
    name: str
    process: str
    owner: str
    usual_owner: str
    interval: str
    usual_interval: str
    due_on: date | None


def usual_interval(artefact: Artefact) -> str:
    """How long one of these is good for, in words."""
    if artefact.freshness_days is None:
        return _("good until replaced")
    return ngettext("%(num)d day", "%(num)d days", artefact.freshness_days)


def _own_way(found: Facts, artefact: Artefact) -> OwnWay:
    interval, due = found.value(EntryKind.OWN_INTERVAL, artefact.key), found.value(EntryKind.DUE_ON, artefact.key)
    return OwnWay(
        key=artefact.key,
        name=artefact.name,
        process=resources().catalogue.processes[artefact.home_process].name,
        owner=found.text(EntryKind.ARTEFACT_OWNER, artefact.key),
        usual_owner=found.text(EntryKind.PROCESS_OWNER, artefact.home_process),
        interval=ngettext("%(num)d day", "%(num)d days", int(interval)) if interval else "",
        usual_interval=usual_interval(artefact),
        due_on=date.fromisoformat(due) if due else None,
    )


@blueprint.get("/s/<slug>/settings/artefacts")
@requires(Permission.VIEW_SYSTEM)
def artefacts(slug: str) -> Answer:
    chosen = request.args.get("artefact", "")
    catalogue = resources().catalogue
    if chosen in catalogue.artefacts:
        return redirect(url_for("systems.artefact", slug=slug, key=chosen))
    enter()
    found = facts_shown()
    differing = {key for kind, key in found.in_force if kind in KINDS}
    by_name = sorted(catalogue.artefacts.values(), key=lambda a: a.name)
    return render_template(
        "systems/artefacts.html",
        rows=[_own_way(found, a) for a in by_name if a.key in differing],
        choices=[("", _("Choose an artefact")), *((a.key, a.name) for a in by_name)],
        chosen=chosen,
        editable=may_edit(),
    )


def _artefact(key: str) -> Artefact:
    found = resources().catalogue.artefacts.get(key)
    if found is None:
        raise NotFound("artefact", key)
    return found


def _form(artefact: Artefact, found: Facts) -> FactsForm:
    usual = found.text(EntryKind.PROCESS_OWNER, artefact.home_process)
    owner = (EntryKind.ARTEFACT_OWNER, artefact.key)
    people = people_to_choose(reader(), current_system().id)
    inputs: dict[tuple[EntryKind, str], Field] = {
        owner: SelectField(
            _("Owner of this artefact"),
            [Optional()],
            choices=people_choices(people, found.value(*owner)),
            description=_("Nobody: the process owner is asked for it (%(name)s).", name=usual or _("nobody yet")),
        ),
        (EntryKind.OWN_INTERVAL, artefact.key): StringField(
            _("Own interval in days"),
            [Optional()],
            filters=[stripped],
            description=_(
                "Moves the day it lapses. Usual: %(usual)s. At most %(most)s days; empty takes the usual one.",
                usual=usual_interval(artefact),
                most=f"{MAX_INTERVAL_DAYS:,}",
            ),
            render_kw={"inputmode": "numeric"},
        ),
        (EntryKind.DUE_ON, artefact.key): DayField(
            _("Due on"),
            [Optional()],
            _("Shown to the owner until it is filed. Empty: the day it lapses, else 30 days before the audit."),
        ),
    }
    return facts_form(inputs, found.values(), base=FactsForm)


@blueprint.get("/s/<slug>/settings/artefacts/<key>")
@requires(Permission.VIEW_SYSTEM)
def artefact(slug: str, key: str) -> Answer:
    return _page(_artefact(key), None, 200)


@blueprint.post("/s/<slug>/settings/artefacts/<key>")
@requires(Permission.EDIT_SYSTEM)
def artefact_send(slug: str, key: str) -> Answer:
    about = _artefact(key)
    form = _form(about, facts_shown())
    labels = {field_name(kind, key): str(form[field_name(kind, key)].label.text) for kind in KINDS}
    back = url_for("systems.artefacts", slug=slug)
    return save(form, labels, lambda shown, status: _page(about, shown, status), back)


def _page(about: Artefact, form: FactsForm | None, status: int) -> Answer:
    enter()
    found = facts_shown()
    page = render_template(
        "systems/artefact.html",
        a=_own_way(found, about),
        about=about,
        form=form or _form(about, found),
        names=[field_name(kind, about.key) for kind in KINDS],
        editable=may_edit(),
        past=[row for row in found.past(KINDS, limit=500) if row.key == about.key],
    )
    return page, status
