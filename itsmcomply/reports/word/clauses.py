"""Clause by clause: what each requirement asks, what evidence answers it, what is missing and who owns it."""

from __future__ import annotations

from itsmcomply.clauses.model import Clause
from itsmcomply.language import _, say
from itsmcomply.reports import words
from itsmcomply.reports.model import ExpectationLine, RequirementRow
from itsmcomply.reports.word import xml
from itsmcomply.reports.word.look import band_cell
from itsmcomply.reports.word.report import Report
from itsmcomply.wording import N_

HEADS = (N_("Requirement"), N_("Coverage"), N_("Evidence held"), N_("Gaps"))
MOST_TITLES = 3
"""Items of one artefact named with their titles; the others by key alone, or rows would fill pages."""
WIDTHS = (10, 4, 12, 9)


def write_clauses(report: Report) -> None:
    pack = report.pack
    report.heading(1, _("3 Clause by clause"))
    report.text(
        _(
            "Requirements are told in our own words; read the purchased standard for the authoritative text. Coverage "
            "is the weighted share of expected evidence that is accepted and current. At most 20 items are named per "
            "requirement; the workbook holds the whole register."
        )
    )
    by_clause: dict[str, list[RequirementRow]] = {}
    for row in pack.requirements:
        by_clause.setdefault(row.clause, []).append(row)
    for clause in pack.catalogue.clauses.values():
        _clause(report, clause, by_clause.get(clause.number, []))


def _clause(report: Report, clause: Clause, rows: list[RequirementRow]) -> None:
    first = len(report.blocks)
    report.heading(2 if clause.level == 1 else 3, f"{clause.number} {clause.label}")
    found = report.pack.result.clauses[clause.number]
    if found.band is not None:
        text = N_("Coverage %(percent)s, band %(band)s (%(words)s).")
        said = say(text, percent=words.percent(found.coverage), band=found.band, words=words.BANDS[found.band])
        report.text(said, "Measure")
    if clause.purpose and clause.level == 1:
        report.text(clause.purpose)
    report.blocks[first:] = [xml.kept(block) for block in report.blocks[first:]]
    if rows:
        report.table(WIDTHS, [_(head) for head in HEADS], [_requirement(row) for row in rows])


def _requirement(row: RequirementRow) -> xml.Row:
    about = [xml.text("CellStrong", row.id), xml.text("Cell", row.text), xml.text("CellQuiet", _responsible(row))]
    if row.controls:
        about.append(xml.text("CellQuiet", say(N_("Controls: %(refs)s"), refs=words.joined(row.controls, 8))))
    evidence = [part for line in row.lines for part in _evidence(line)]
    gaps = [xml.text("Cell", gap) for gap in row.gaps] or [xml.text("CellQuiet", words.DASH)]
    if row.capped:
        gaps.append(xml.text("CellStrong", row.capped))
    return [xml.cells(*about), band_cell(row.band, row.coverage), xml.cells(*evidence), xml.cells(*gaps)]


def _responsible(row: RequirementRow) -> str:
    return say(N_("%(process)s: %(owner)s"), process=row.process_name, owner=row.owner or _("no owner"))


def _evidence(line: ExpectationLine) -> list[str]:
    """The artefact with its state, and the items that answer it."""
    state = words.STATES[line.state].lower()
    head = f"{line.name}: {state}" + (f", {line.detail}" if line.detail else "")
    if not line.evidence:
        return [xml.text("CellQuiet", head)]
    titled, others = line.evidence[:MOST_TITLES], line.evidence[MOST_TITLES:]
    named = "; ".join(ref.key if ref.title in {"", line.name} else f"{ref.key} {ref.title}" for ref in titled)
    if others:
        named = say(N_("%(titled)s; also %(keys)s"), titled=named, keys=", ".join(ref.key for ref in others))
    if line.more:
        named = say(N_("%(named)s and %(count)s more"), named=named, count=line.more)
    return [xml.text("CellQuiet", head), xml.text("Cell", named)]
