"""Downloads about findings: the register as a workbook, one finding in Word. Small enough to be made at once."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from flask import Response, current_app, send_file
from flask_babel import gettext as _

from itsmcomply.clock import day_in_zone
from itsmcomply.findings.dossiers import load_dossiers
from itsmcomply.findings.page import read_finding
from itsmcomply.findings.queries.lines import FindingLine, tally
from itsmcomply.findings.routes_register import chosen_in_words, wanted_lines
from itsmcomply.permissions import Permission
from itsmcomply.reports.blueprint import blueprint
from itsmcomply.reports.nonconformity import About, nonconformity_report
from itsmcomply.systems.models import EntryKind
from itsmcomply.systems.queries import entry_in_force
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader
from itsmcomply.web.page import today
from itsmcomply.web.resources import resources
from itsmcomply.web.translations import readers_language

if TYPE_CHECKING:
    from itsmcomply.reports.finding_register import ActionLine

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.get("/s/<slug>/findings.xlsx")
@requires(Permission.EXPORT)
def finding_register(slug: str) -> Response:
    """The findings that the register shows for the same address."""
    from itsmcomply.reports.finding_register import Register, finding_workbook

    shown, _every = wanted_lines()
    catalogue, system = resources().catalogue, current_system()
    register = Register(
        system=system.name,
        day=today(),
        chosen=chosen_in_words() or _("All findings."),
        lines=shown,
        actions=_actions(shown),
        processes={key: process.name for key, process in catalogue.processes.items()},
        clauses={number: clause.title or clause.label for number, clause in catalogue.clauses.items()},
        tally=tally(shown, catalogue),
    )
    with readers_language():
        content = finding_workbook(register)
    name = f"findings-{slug}-{today().isoformat()}.xlsx"
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


def _actions(lines: tuple[FindingLine, ...]) -> list[ActionLine]:
    """The corrective actions of these findings, in their order."""
    from itsmcomply.accounts.queries import names_of
    from itsmcomply.reports.finding_register import ActionLine

    system, names = current_system(), names_of(reader())
    place = {line.key: index for index, line in enumerate(lines)}
    found = load_dossiers(reader(), resources().catalogue, system.id)
    mine = sorted((d for d in found if d.finding.key in place), key=lambda d: place[d.finding.key])
    return [
        ActionLine(
            finding=dossier.finding.key,
            number=action.row.number,
            text=action.row.text,
            owner=names.get(action.row.owner_id, ""),
            due_on=action.due_on,
            completed_on=day_in_zone(action.row.completed_at, system.zone) if action.row.completed_at else None,
            ended=action.row.ended_at is not None,
        )
        for dossier in mine
        for action in dossier.actions
    ]


@blueprint.get("/s/<slug>/findings/<key>/report.docx")
@requires(Permission.VIEW_SYSTEM)
def nonconformity(slug: str, key: str) -> Response:
    """One finding as a report for auditor, auditee and certification body."""
    found, system = read_finding(key), current_system()
    organisation = entry_in_force(reader(), system.id, EntryKind.ORGANISATION)
    about = About(
        system=system.name,
        organisation=organisation.value if organisation else "",
        day=today(),
        processes={key: process.name for key, process in resources().catalogue.processes.items()},
        mode=_mode(),
    )
    with readers_language():
        content = BytesIO(nonconformity_report(found, about))
    return send_file(content, mimetype=DOCX, as_attachment=True, download_name=f"{key}-{slug}.docx")


def _mode() -> str:
    """What a file of a demonstration or trial says of itself; "" in a real installation."""
    mode = str(current_app.extensions.get("itsmcomply.mode", ""))
    return {"demonstration": _("Demonstration data"), "trial": _("Trial data")}.get(mode, "")
