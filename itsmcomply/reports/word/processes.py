"""Process maturity: the level of each process with the criteria and reasons behind it."""

from __future__ import annotations

from itsmcomply.language import _, say
from itsmcomply.reports import words
from itsmcomply.reports.model import CriterionLine, ProcessRow
from itsmcomply.reports.word import xml
from itsmcomply.reports.word.look import band_cell, met_cell
from itsmcomply.reports.word.report import Report
from itsmcomply.wording import N_

MOST_STEPS = 10
_FILLS = {1: "EFEDF6", 2: "E2DEF1", 3: "D0C9E8", 4: "B9AEDD", 5: "A08FD0"}


def write_processes(report: Report) -> None:
    pack = report.pack
    report.heading(1, _("4 Process maturity"))
    text = N_(
        "By the model “%(name)s”. A level is reached when all of its criteria and those of every level below hold. "
        "The level of the whole system is the lowest of its processes: %(level)s."
    )
    level = f"{pack.result.level} {pack.model.level(pack.result.level).name}"
    report.text(say(text, name=pack.model.name, level=level))
    rows = [_summary(row) for row in pack.processes]
    heads = (_("Process"), _("Level"), _("Index"), _("Coverage"), _("Owner"))
    report.table((9, 5, 2, 4, 6), heads, rows)
    group = ""
    for row in pack.processes:
        if row.group != group:
            group = row.group
            report.heading(2, group)
        _process(report, row)


def _level_cell(row: ProcessRow) -> xml.Cell:
    return xml.cell(f"{row.level} {row.level_name}", "CellStrong", fill=_FILLS[row.level])


def _summary(row: ProcessRow) -> xml.Row:
    return [
        xml.cell(row.name, "CellStrong"),
        _level_cell(row),
        xml.cell(words.fixed(row.index)),
        band_cell(row.band, row.coverage),
        xml.cell(row.owner or _("no owner")),
    ]


def _process(report: Report, row: ProcessRow) -> None:
    first = len(report.blocks)
    report.heading(3, row.name)
    report.text(row.because, "Measure")
    ahead = [line for line in row.criteria if line.level <= row.level + 1]
    heads = (_("Level"), _("Criterion"), _("Needed"), _("Actual"), _("Result"))
    report.table((2, 11, 5, 5, 4), heads, [_criterion(line) for line in ahead])
    if row.next_steps:
        report.text(say(N_("For level %(level)s:"), level=row.level + 1), "Measure")
        report.bullets(row.next_steps[:MOST_STEPS])
        if len(row.next_steps) > MOST_STEPS:
            report.text(say(N_("and %(count)s more"), count=len(row.next_steps) - MOST_STEPS), "Note")
    report.keep(first)


def _criterion(line: CriterionLine) -> xml.Row:
    return [
        xml.cell(str(line.level)),
        xml.cell(line.text),
        xml.cell(line.needed),
        xml.cell(line.actual),
        met_cell(met=line.met),
    ]
