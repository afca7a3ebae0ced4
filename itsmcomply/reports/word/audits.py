"""Audits: the programme, what was audited and what was not, and what each signed audit came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from itsmcomply.audits.coverage import Place, Standing
from itsmcomply.language import _, say
from itsmcomply.reports import words
from itsmcomply.reports.audit_model import AuditLine, ProgrammeRow, SampleRow
from itsmcomply.reports.word import xml
from itsmcomply.reports.word.look import toned_cell
from itsmcomply.reports.word.report import Report
from itsmcomply.wording import N_

MOST_RESULTS = 12
"""Signed audits told at length, the newest first; the workbook holds all of them row by row."""
MOST_CLAUSES = 70
_TONES = {Standing.AUDITED: "F", Standing.PLANNED: "L", Standing.OVERDUE: "P", Standing.UNCOVERED: "N"}
_RISKS = N_("Auditing is sampling: what is not mentioned is not thereby confirmed.")


def write_audits(report: Report) -> None:
    part = report.pack.audit
    report.heading(1, _("6 Audits"))
    report.text(coverage_sentence(part.clauses, part.processes), "Lead")
    report.text(_(_RISKS))
    _programmes(report, part.programmes)
    _coverage(report, part.clauses, part.processes)
    _list(report, part.audits)
    _results(report, part.signed)


def coverage_sentence(clauses: Sequence[Place], processes: Sequence[Place]) -> str:
    """How much internal audits have covered within twelve months."""
    text = N_(
        "Within the last twelve months internal audits have concluded on %(clauses)s of %(all_clauses)s clauses and "
        "%(processes)s of %(all_processes)s processes."
    )
    return say(
        text,
        clauses=_audited(clauses),
        all_clauses=len(clauses),
        processes=_audited(processes),
        all_processes=len(processes),
    )


def _audited(places: Sequence[Place]) -> int:
    return sum(place.standing is Standing.AUDITED for place in places)


def _programmes(report: Report, programmes: Sequence[ProgrammeRow]) -> None:
    report.heading(2, _("6.1 Audit programme"))
    rows = [
        [
            xml.cells(xml.text("CellStrong", row.name), xml.text("CellQuiet", row.key)),
            xml.cell(words.days_text(row.from_on, row.to_on)),
            xml.cell(_approval(row)),
            xml.cell(words.joined(row.audits, 12) or _("none")),
        ]
        for row in programmes
    ]
    heads = (_("Programme"), _("Period"), _("Approval"), _("Audits"))
    report.table((8, 6, 6, 9), heads, rows)


def _approval(row: ProgrammeRow) -> str:
    if row.approved_on is None:
        return _("Not approved")
    return say(N_("%(person)s, %(day)s"), person=row.approved_by, day=words.day_text(row.approved_on))


def _coverage(report: Report, clauses: Sequence[Place], processes: Sequence[Place]) -> None:
    report.heading(2, _("6.2 What was audited and what was not"))
    for standing in (Standing.UNCOVERED, Standing.OVERDUE, Standing.PLANNED):
        numbers = [place.key for place in clauses if place.standing is standing]
        if numbers:
            text = N_("Clauses %(standing)s: %(numbers)s.")
            standing_text = words.COVERAGE[standing].lower()
            report.text(say(text, standing=standing_text, numbers=words.joined(numbers, MOST_CLAUSES)))
    heads = (_("Process"), _("Standing"), _("Last audited"), _("Next planned"), _("Audits"))
    report.table((9, 4, 4, 4, 9), heads, [_place(place) for place in processes])


def _place(place: Place) -> xml.Row:
    return [
        xml.cell(place.label, "CellStrong"),
        toned_cell(words.COVERAGE[place.standing], _TONES[place.standing]),
        xml.cell(words.day_or_dash(place.last_on)),
        xml.cell(words.day_or_dash(place.next_on)),
        xml.cell(words.joined(list(place.cells), 6) or words.DASH),
    ]


def _list(report: Report, audits: Sequence[AuditLine]) -> None:
    report.heading(2, _("6.3 Audits held and planned"))
    heads = (_("Audit"), _("Days"), _("State"), _("Criteria met"), _("Effective"), _("Audited"), _("Findings"))
    report.table((10, 5, 4, 4, 4, 4, 5), heads, [_audit(line) for line in audits])


def _audit(line: AuditLine) -> xml.Row:
    by = say(N_("%(kind)s, lead %(lead)s"), kind=words.AUDIT_KINDS[line.kind], lead=line.lead or _("to assign"))
    audited = say(N_("%(audited)s of %(rows)s"), audited=line.tally.audited, rows=line.tally.rows)
    return [
        xml.cells(xml.text("CellStrong", f"{line.key} {line.title}"), xml.text("CellQuiet", by)),
        xml.cell(words.days_text(line.first_on, line.last_on)),
        xml.cell(words.AUDIT_STATES[line.state]),
        xml.cell(words.EXTENTS[line.conformity] if line.conformity else words.DASH),
        xml.cell(words.EXTENTS[line.effectiveness] if line.effectiveness else words.DASH),
        xml.cell(audited if line.tally.rows else words.DASH),
        xml.cell(words.joined(line.findings, 8) or words.DASH),
    ]


def _results(report: Report, signed: Sequence[AuditLine]) -> None:
    report.heading(2, _("6.4 Results of signed audits"))
    if not signed:
        report.text(_("No audit is signed."), "Note")
    counts = _conclusions(report)
    for line in list(reversed(signed))[:MOST_RESULTS]:
        report.heading(3, f"{line.key} {line.title}")
        facts = [
            (_("Closed"), _closed(line)),
            (_("Conclusion"), line.conclusion or _("Not stated")),
            (_("Requirements"), counts.get(line.key, _("Its checklist is not kept here"))),
            (_("Not covered"), line.uncovered or _("The whole scope was covered")),
            (_("Samples"), _samples(report, line)),
            (_("Findings"), words.joined(line.findings, 12) or _("none")),
        ]
        rows = [[xml.cell(label, "CellQuiet"), _paragraphs(value)] for label, value in facts]
        report.table((3, 12), (), rows, style="ReportFacts")


def _paragraphs(value: str) -> xml.Cell:
    return xml.cells(*(xml.text("Cell", line) for line in value.split("\n")))


def _samples(report: Report, line: AuditLine) -> str:
    mine = [sample for sample in report.pack.audit.samples if sample.audit == line.key]
    return "\n".join(sample_sentence(sample) for sample in mine) or _("none drawn")


def sample_sentence(sample: SampleRow) -> str:
    """A sample, how it was drawn, and what testing it came to."""
    text = N_("%(key)s %(title)s: %(size)s of %(records)s records, %(method)s, seed %(seed)s.")
    method = words.sample_method(sample).lower()
    drawn = say(
        text,
        key=sample.key,
        title=sample.title,
        size=sample.size,
        records=sample.records,
        method=method,
        seed=sample.seed,
    )
    return f"{drawn} {_outcome(sample)}"


def _outcome(sample: SampleRow) -> str:
    if sample.rate is None or sample.upper is None:
        return _("Nothing was tested.")
    text = N_(
        "%(errors)s of %(tested)s tested are in error, %(rate)s; with %(confidence)s %% confidence at most %(upper)s."
    )
    told = say(
        text,
        errors=sample.errors,
        tested=sample.tested,
        rate=words.share(sample.rate),
        confidence=sample.confidence,
        upper=words.share(sample.upper),
    )
    return f"{told} {say(N_('Working paper %(item)s.'), item=sample.paper)}" if sample.paper else told


def _closed(line: AuditLine) -> str:
    signed = say(N_("%(day)s by %(person)s"), day=words.day_text(line.signed_on), person=line.signed_by)
    return say(N_("%(signed)s; report %(item)s"), signed=signed, item=line.report) if line.report else signed


def _conclusions(report: Report) -> dict[str, str]:
    """For each audit how many requirements had which conclusion, as "22 conforms, 2 nonconformity"."""
    counted: dict[str, Counter[str]] = {}
    for check in report.pack.audit.checks:
        counted.setdefault(check.audit, Counter())[words.CONCLUSIONS[check.conclusion].lower()] += 1
    return {key: ", ".join(f"{number} {word}" for word, number in found.items()) for key, found in counted.items()}
