"""The matrix: controls down, requirements across, one group or process at a time; each box saves itself."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from itsmcomply.clauses.model import Catalogue
from itsmcomply.controls.blueprint import Answer, blueprint, enter, may_edit, this_system
from itsmcomply.controls.forms import CellForm, matrix_changes
from itsmcomply.controls.operations import map_control, mapped_requirements, set_mappings, unmap_control
from itsmcomply.controls.queries import matrix as matrix_of
from itsmcomply.controls.queries import require_control, requirement_total
from itsmcomply.errors import InvalidInput
from itsmcomply.permissions import Permission
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader, writing
from itsmcomply.web.resources import resources


def _choices(catalogue: Catalogue) -> list[tuple[str, str]]:
    """What can be shown: each group of clauses, and each process in it."""
    made: list[tuple[str, str]] = []
    for key, group in catalogue.groups.items():
        made.append((f"group-{key}", f"{key}: {group.name}"))
        made += [(p.key, f"\u2003{p.name}") for p in catalogue.processes.values() if p.group == key]
    return made


def _shown(catalogue: Catalogue, wanted: str) -> tuple[str, tuple[str, ...]]:
    """The choice in force and its processes; the first process where the address names none."""
    if wanted.startswith("group-") and wanted.removeprefix("group-") in catalogue.groups:
        group = wanted.removeprefix("group-")
        return wanted, tuple(p.key for p in catalogue.processes.values() if p.group == group)
    process = wanted if wanted in catalogue.processes else next(iter(catalogue.processes))
    return process, (process,)


@blueprint.get("/s/<slug>/controls/matrix")
@requires(Permission.VIEW_SYSTEM)
def matrix(slug: str) -> Answer:
    enter()
    catalogue = resources().catalogue
    show, processes = _shown(catalogue, request.args.get("show", ""))
    found = matrix_of(reader(), catalogue, current_system().id, processes)
    clauses: dict[str, int] = {}
    for key in found.columns:
        clause = catalogue.requirements[key].clause
        clauses[clause] = clauses.get(clause, 0) + 1
    return render_template(
        "controls/matrix.html",
        m=found,
        show=show,
        processes=processes,
        choices=_choices(catalogue),
        clauses=[(catalogue.clauses[number], span) for number, span in clauses.items()],
        requirements=catalogue.requirements,
        names={key: process.name for key, process in catalogue.processes.items()},
        bare=[key for key in found.columns if not found.totals.get(key)],
        editable=may_edit(),
    )


@blueprint.post("/s/<slug>/controls/matrix/cell")
@requires(Permission.EDIT_CONTROLS)
def cell(slug: str) -> Answer:
    """Save one box and answer with it and the total of its column. Raises InvalidInput."""
    form = CellForm()
    if not form.validate_on_submit():
        raise InvalidInput({"": _("This box could not be read. Reload the page.")})
    ref, requirement = form.ref.data or "", form.requirement.data or ""
    mapped = form.want.data == "1"
    act = map_control if mapped else unmap_control
    with writing(Permission.EDIT_CONTROLS) as write:
        act(
            write.session,
            write.actor,
            write.clock,
            resources().catalogue,
            system=this_system(write),
            control=require_control(write.session, current_system().id, ref),
            requirement=requirement,
        )
    total = requirement_total(reader(), current_system().id, requirement)
    return render_template(
        "controls/_saved_cell.html", ref=ref, requirement=requirement, mapped=mapped, total_now=total
    )


@blueprint.post("/s/<slug>/controls/matrix")
@requires(Permission.EDIT_CONTROLS)
def matrix_save(slug: str) -> Answer:
    """Save all boxes of the page, for browsers without scripts; boxes somebody else changed meanwhile stay."""
    changes = matrix_changes()
    refs = sorted(changes.mapped.keys() | changes.unmapped.keys())
    with writing(Permission.EDIT_CONTROLS) as write:
        for ref in refs:
            found = require_control(write.session, current_system().id, ref)
            held = mapped_requirements(write.session, found)
            wanted = (held | changes.mapped.get(ref, frozenset())) - changes.unmapped.get(ref, frozenset())
            set_mappings(
                write.session,
                write.actor,
                write.clock,
                resources().catalogue,
                system=this_system(write),
                control=found,
                requirements=wanted,
            )
    flash(_("Saved."), "success")
    return redirect(url_for("controls.matrix", slug=slug, show=request.args.get("show", "")))
