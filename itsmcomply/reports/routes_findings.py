"""Downloads about findings: the register as a workbook, one finding in Word. Small enough to be made at once."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from flask import Response, current_app, send_file
from flask_babel import gettext as _

from itsmcomply.clock import day_in_zone
from itsmcomply.findings.dossiers import Dossier, load_dossiers
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
    from itsmcomply.reports.finding_register import ActionLine, Told

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.get("/s/<slug>/findings.xlsx")
@requires(Permission.EXPORT)
def finding_register(slug: str) -> Response:
    """The findings that the register shows for the same address."""
    from itsmcomply.reports.finding_register import Register, finding_workbook

    shown, _every = wanted_lines()
    dossiers = _dossiers(shown)
    catalogue, system = resources().catalogue, current_system()
    register = Register(
        system=system.name,
        day=today(),
        chosen=chosen_in_words() or _("All findings."),
        lines=shown,
        told=_told(dossiers),
        actions=_actions(dossiers),
        processes={key: process.name for key, process in catalogue.processes.items()},
        clauses={number: clause.title or clause.label for number, clause in catalogue.clauses.items()},
        tally=tally(shown, catalogue),
    )
    with readers_language():
        content = finding_workbook(register)
    name = f"findings-{slug}-{today().isoformat()}.xlsx"
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


def _dossiers(lines: tuple[FindingLine, ...]) -> list[Dossier]:
    """All that is on record about these findings, in their order."""
    place = {line.key: index for index, line in enumerate(lines)}
    found = load_dossiers(reader(), resources().catalogue, current_system().id)
    return sorted((d for d in found if d.finding.key in place), key=lambda d: place[d.finding.key])


def _told(dossiers: list[Dossier]) -> dict[str, Told]:
    """The latest that was stated and decided about each, by key; what began anew in a round is of that round."""
    from itsmcomply.accounts.queries import names_of
    from itsmcomply.reports.finding_register import Told

    names, told = names_of(reader()), {}
    for dossier in dossiers:
        finding, mine = dossier.finding, dossier.finding.round
        extents = [e for e in dossier.extents if e.round == mine]
        causes = [c.row.root_cause for c in dossier.causes if c.row.round == mine]
        answers = [a.text for a in dossier.answers if a.round == mine]
        effects = [v for v in dossier.verifications if v.round == mine]
        closing = dossier.closings[-1] if dossier.closings and dossier.closings[-1].reopened_at is None else None
        told[finding.key] = Told(
            objective=finding.objective,
            criterion=finding.criterion,
            raised_by=names.get(finding.opened_by, ""),
            correction=dossier.corrections[-1].text if dossier.corrections else "",
            extent=extents[-1].result if extents else "",
            cause=causes[-1] if causes else "",
            answer=answers[-1] if answers else "",
            effect=effects[-1].statement if effects else "",
            verified_by=names.get(effects[-1].verified_by, "") if effects else "",
            closed_by=names.get(closing.closed_by, "") if closing else "",
        )
    return told


def _actions(dossiers: list[Dossier]) -> list[ActionLine]:
    """The corrective actions of these findings, in their order."""
    from itsmcomply.accounts.queries import names_of
    from itsmcomply.reports.finding_register import ActionLine

    system, names = current_system(), names_of(reader())
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
        for dossier in dossiers
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
