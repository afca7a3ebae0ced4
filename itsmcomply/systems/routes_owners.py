"""Owners: one page with all processes, defaults by group."""

from __future__ import annotations

from flask import render_template, url_for

from itsmcomply.permissions import Permission
from itsmcomply.systems.blueprint import blueprint
from itsmcomply.systems.forms import FactsForm, OwnersForm, owners_form
from itsmcomply.systems.models import EntryKind
from itsmcomply.systems.queries import Facts, people_to_choose
from itsmcomply.systems.rules import field_name
from itsmcomply.systems.saving import Answer, enter, facts_shown, may_edit, save
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader
from itsmcomply.web.resources import resources


def _groups() -> dict[str, tuple[str, ...]]:
    catalogue = resources().catalogue
    return {
        group: tuple(key for key, process in catalogue.processes.items() if process.group == group)
        for group in catalogue.groups
    }


def _form(found: Facts) -> OwnersForm:
    processes = {key: process.name for key, process in resources().catalogue.processes.items()}
    people = people_to_choose(reader(), current_system().id)
    return owners_form(processes, _groups(), people, found.values())


@blueprint.get("/s/<slug>/settings/owners")
@requires(Permission.VIEW_SYSTEM)
def owners(slug: str) -> Answer:
    return _page(None, 200)


@blueprint.post("/s/<slug>/settings/owners")
@requires(Permission.EDIT_SYSTEM)
def owners_send(slug: str) -> Answer:
    form = _form(facts_shown())
    labels = {
        field_name(EntryKind.PROCESS_OWNER, key): process.name
        for key, process in resources().catalogue.processes.items()
    }
    return save(form, labels, _page, url_for("systems.owners", slug=slug))


def _page(form: FactsForm | None, status: int) -> Answer:
    enter()
    found = facts_shown()
    catalogue = resources().catalogue
    page = render_template(
        "systems/owners.html",
        form=form or _form(found),
        found=found,
        groups=[(catalogue.groups[key], [catalogue.processes[p] for p in keys]) for key, keys in _groups().items()],
        owner=EntryKind.PROCESS_OWNER,
        owned=sum(1 for key in catalogue.processes if found.value(EntryKind.PROCESS_OWNER, key)),
        total=len(catalogue.processes),
        names={key: process.name for key, process in catalogue.processes.items()},
        editable=may_edit(),
        past=found.past([EntryKind.PROCESS_OWNER]),
    )
    return page, status
