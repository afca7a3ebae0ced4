"""Findings and corrective action: what is open and how old it is, what is being done, what has proved effective."""

from __future__ import annotations

from collections.abc import Sequence

from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.limits import AGES
from itsmcomply.findings.rules import State
from itsmcomply.language import _, say, tell
from itsmcomply.reports import tallies, words
from itsmcomply.reports.audit_model import ActionRow, ActionState, FindingRow
from itsmcomply.reports.word import xml
from itsmcomply.reports.word.look import toned_cell
from itsmcomply.reports.word.report import Report
from itsmcomply.wording import N_

MOST_ROWS = 40
"""Rows of one table of this section; the workbook holds all."""
_GRADE_TONES = {Grade.MAJOR: "N", Grade.MINOR: "P", Grade.AREA_OF_CONCERN: "P"}
_ACTION_TONES = {ActionState.DONE: "F", ActionState.LATE: "P", ActionState.TO_DO: "L", ActionState.GIVEN_UP: "L"}


def write_findings(report: Report) -> None:
    part = report.pack.audit
    report.heading(1, _("7 Findings and corrective action"))
    report.text(open_sentence(part.findings), "Lead")
    _ages(report)
    owed = [row for row in part.findings if row.is_open and _binds(row)]
    _open(report, sorted(owed, key=lambda row: (-row.age, row.key)))
    _actions(report, part.actions)
    _effects(report, part.findings)
    _others(report, [row for row in part.findings if not _binds(row)])


def _binds(row: FindingRow) -> bool:
    """Nonconformities and areas of concern have to be cured; other findings may be answered."""
    return row.grade.is_nonconformity or row.grade is Grade.AREA_OF_CONCERN


def open_sentence(findings: Sequence[FindingRow]) -> str:
    """How many nonconformities are open, the oldest, and how many are overdue."""
    owed = [row for row in findings if row.is_open and row.grade.is_nonconformity]
    if not owed:
        return _("No nonconformity is open.")
    text = N_("%(open)s open, the oldest for %(days)s; %(late)s overdue.")
    return say(
        text,
        open=words.count(len(owed), _("nonconformity is"), _("nonconformities are")),
        days=words.count(max(row.age for row in owed), _("day"), _("days")),
        late=words.count(sum(row.late_days > 0 for row in owed), _("is"), _("are")),
    )


def _ages(report: Report) -> None:
    report.heading(2, _("7.1 Open findings by grade and age"))
    rows = [
        [
            xml.cell(words.GRADES[tally.grade], "CellStrong"),
            *(xml.cell(str(number) if number else words.DASH) for number in tally.by_age),
            xml.cell(str(sum(tally.by_age)), "CellStrong"),
        ]
        for tally in tallies.age_tallies(report.pack)
    ]
    report.table((7, *(4 for _ in AGES), 3), (_("Grade"), *(tell(age.name) for age in AGES), _("All")), rows)


def _open(report: Report, rows: Sequence[FindingRow]) -> None:
    report.heading(2, _("7.2 Open nonconformities and areas of concern, oldest first"))
    heads = (_("Finding"), _("Grade"), _("Age"), _("State"), _("Waits for"))
    report.table((10, 6, 4, 4, 9), heads, [_open_row(row) for row in rows[:MOST_ROWS]])
    _further(report, len(rows))


def _open_row(row: FindingRow) -> xml.Row:
    against = say(
        N_("%(requirements)s; owner %(owner)s"),
        requirements=words.joined(row.requirements, 6) or row.process_name,
        owner=row.owner or _("nobody yet"),
    )
    late = say(N_("%(days)s overdue"), days=words.count(row.late_days, _("day"), _("days"))) if row.late_days else ""
    repeats = say(N_("Repeats %(keys)s"), keys=", ".join(row.repeats)) if row.repeats else ""
    quiet = [xml.text("CellQuiet", text) for text in (against, repeats) if text]
    return [
        xml.cells(xml.text("CellStrong", f"{row.key} {row.title}"), *quiet),
        toned_cell(words.GRADES[row.grade], _GRADE_TONES.get(row.grade, "L")),
        xml.cells(
            xml.text("Cell", words.count(row.age, _("day"), _("days"))),
            *([xml.text("CellStrong", late)] if late else []),
        ),
        xml.cell(words.FINDING_STATES[row.state]),
        xml.cells(*(xml.text("Cell", text) for text in row.waits_for)),
    ]


def _actions(report: Report, actions: Sequence[ActionRow]) -> None:
    """What is still to be done, the first due on top."""
    report.heading(2, _("7.3 Corrective actions to be done"))
    waiting = [row for row in actions if row.state in {ActionState.TO_DO, ActionState.LATE}]
    waiting.sort(key=lambda row: (row.due_on is None, row.due_on, row.of, row.number))
    report.table(ACTION_WIDTHS, action_heads(), [action_row(row) for row in waiting[:MOST_ROWS]])
    _further(report, len(waiting))


ACTION_WIDTHS = (5, 14, 6, 4, 4)
_ACTION_HEADS = (N_("Action"), N_("What"), N_("Owner"), N_("Due"), N_("State"))


def action_heads() -> list[str]:
    return [_(head) for head in _ACTION_HEADS]


def action_row(row: ActionRow) -> xml.Row:
    return [
        xml.cell(f"{row.of}/{row.number}", "CellStrong"),
        xml.cell(row.text),
        xml.cell(row.owner),
        xml.cell(words.day_or_dash(row.due_on)),
        toned_cell(words.ACTION_STATES[row.state], _ACTION_TONES[row.state]),
    ]


def _effects(report: Report, findings: Sequence[FindingRow]) -> None:
    """Nonconformities whose effect somebody has verified, the latest on top."""
    report.heading(2, _("7.4 Causes removed: effectiveness verified"))
    verified = [row for row in findings if row.verified_on is not None]
    verified.sort(key=lambda row: (row.verified_on, row.key), reverse=True)
    rows = [
        [
            xml.cell(f"{row.key} {row.title}", "CellStrong"),
            xml.cell(row.root_cause or words.DASH),
            xml.cell(say(N_("%(person)s, %(day)s"), person=row.verified_by, day=words.day_text(row.verified_on))),
            toned_cell(_("Effective"), "F") if row.effective else toned_cell(_("Not effective"), "N"),
            xml.cell(words.FINDING_STATES[row.state]),
        ]
        for row in verified[:MOST_ROWS]
    ]
    heads = (_("Finding"), _("Root cause"), _("Verified"), _("Effect"), _("State"))
    report.table((9, 10, 6, 4, 3), heads, rows)
    _further(report, len(verified))


def _others(report: Report, findings: Sequence[FindingRow]) -> None:
    report.heading(2, _("7.5 Observations, opportunities and strengths"))
    shown = [row for row in findings if row.state is not State.WITHDRAWN]
    rows = [
        [
            xml.cell(f"{row.key} {row.title}", "CellStrong"),
            xml.cell(words.GRADES[row.grade]),
            xml.cell(words.joined(row.requirements, 4) or row.process_name or words.DASH),
            xml.cell(words.FINDING_STATES[row.state]),
        ]
        for row in shown[:MOST_ROWS]
    ]
    report.table((14, 5, 7, 4), (_("Finding"), _("Grade"), _("About"), _("State")), rows)
    _further(report, len(shown))


def _further(report: Report, number: int) -> None:
    if number > MOST_ROWS:
        report.text(say(N_("%(count)s more stand in the workbook."), count=number - MOST_ROWS), "Note")
