"""Annexes: expected artefacts, evidence in figures, controls, the method, and what was computed with."""

from __future__ import annotations

from itsmcomply.clauses.policy import Band
from itsmcomply.language import _, say
from itsmcomply.reports import words
from itsmcomply.reports.word import xml
from itsmcomply.reports.word.look import state_cell
from itsmcomply.reports.word.report import Report
from itsmcomply.wording import N_

_MONO = '<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New" w:cs="Courier New"/><w:sz w:val="15"/>'


METHOD = (
    N_(
        "Nobody types a score in. Coverage, levels and readiness are computed from accepted, current evidence, open "
        "findings, KPIs and completed audits, and change only when those do."
    ),
    N_("All requirements of clauses 4 to 10 apply: the standard permits no exclusions."),
    N_(
        "Recurring records count by covered period; artefacts kept per service, supplier or customer count by how many "
        "of those have one."
    ),
    N_("An open nonconformity caps the coverage of its requirement. Whoever uploads a version never reviews it."),
    N_(
        "A process stands on the highest level whose criteria hold together with those below. A weak process is not "
        "averaged away."
    ),
    N_("Only what was known on the day counts; a day that has ended keeps its answer."),
)
METHOD_WEIGHTS = N_(
    "A requirement is covered by the weighted share of its expected evidence that is current: weight %(demanded)s "
    "where the clause demands it, %(primary)s for primary and %(supporting)s for supporting evidence."
)


def write_annexes(report: Report) -> None:
    _artefacts(report)
    _evidence(report)
    _controls(report)
    _method(report)
    _basis(report)


def _artefacts(report: Report) -> None:
    report.heading(1, _("Annex A Expected artefacts"))
    report.text(
        _("What the standard and good practice expect to find. One artefact serves every requirement it belongs to.")
    )
    rows = [
        [
            xml.cells(xml.text("CellStrong", row.name), xml.text("CellQuiet", f"{words.label(row.kind)}, {row.basis}")),
            state_cell(row.state),
            xml.cell(row.detail or words.DASH),
            xml.cell(str(row.items)),
            xml.cell(row.owner or _("no owner")),
        ]
        for row in report.pack.artefacts
    ]
    report.table((11, 4, 10, 3, 6), (_("Artefact"), _("State"), _("Detail"), _("Items"), _("Owner")), rows)


def _evidence(report: Report) -> None:
    counts = report.pack.evidence
    report.heading(1, _("Annex B Evidence in figures"))
    report.text(
        _(
            "Every version of every item is listed in the workbook, with its SHA-256, dates, uploader, reviewer and "
            "decision. Items marked restricted are listed there too; their bytes are in neither file."
        )
    )
    rows = [
        [xml.cell(words.REGISTER_STATES[state], "CellStrong"), xml.cell(f"{number:,}")]
        for state, number in counts.by_state
    ]
    rows.append([xml.cell(_("All versions"), "CellStrong"), xml.cell(f"{counts.versions:,}", "CellStrong")])
    rows.append([xml.cell(_("Items"), "CellStrong"), xml.cell(f"{counts.items:,}", "CellStrong")])
    report.table((8, 4), (_("State of the version"), _("Number")), rows)


def _controls(report: Report) -> None:
    report.heading(1, _("Annex C Controls"))
    rows = [
        [
            xml.cell(row.ref, "CellStrong"),
            xml.cells(
                xml.text("CellStrong", row.title),
                xml.text("CellQuiet", f"{words.label(row.kind)}, {row.frequency}, {words.label(row.status)}"),
            ),
            xml.cell(row.owner or _("no owner")),
            xml.cell(words.joined(row.requirements, 20) or _("none mapped")),
        ]
        for row in report.pack.controls
    ]
    report.table((3, 12, 6, 10), (_("Control"), _("What"), _("Owner"), _("Requirements")), rows)


def _method(report: Report) -> None:
    weights = report.pack.policy.weights
    report.heading(1, _("Annex D Method"))
    report.text(words.disclaimer(report.pack.day), "Lead")
    weighting = say(METHOD_WEIGHTS, demanded=weights.demanded, primary=weights.primary, supporting=weights.supporting)
    method = [_(line) for line in METHOD]
    report.bullets([*method[:2], weighting, *method[2:]])
    rows = [
        [xml.cell(band.value, "CellStrong"), xml.cell(words.BANDS[band]), xml.cell(words.BAND_RANGES[band])]
        for band in reversed(Band)
    ]
    report.table((2, 6, 6), (_("Band"), _("Meaning"), _("Coverage")), rows)


def _basis(report: Report) -> None:
    result, trail = report.pack.result, report.pack.activity
    report.heading(1, _("Annex E What this was computed with"))
    named = [
        (_("Catalogue"), f"{result.catalogue.key}, {result.catalogue.version}", result.catalogue.digest),
        (_("Readiness policy"), f"{result.policy.key}, {result.policy.version}", result.policy.digest),
        (_("Maturity model"), f"{result.model.key}, {result.model.version}", result.model.digest),
        (_("Activity trail"), say(N_("entry %(number)s"), number=trail.head_seq), trail.head_hash),
    ]
    rows = [
        [
            xml.cell(label, "CellStrong"),
            xml.cell(version),
            xml.cells(xml.paragraph("Cell", xml.run(digest, properties=_MONO))),
        ]
        for label, version, digest in named
    ]
    report.table((4, 7, 13), (_("What"), _("Version"), _("SHA-256")), rows)
    report.text(report.pack.catalogue.copyright_note, "Note")
