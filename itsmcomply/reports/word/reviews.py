"""Management reviews: what each judged and decided, and what is still to be done."""

from __future__ import annotations

from collections.abc import Sequence

from itsmcomply.language import _, say
from itsmcomply.performance.kinds import Judgement
from itsmcomply.reports import words
from itsmcomply.reports.audit_model import ReviewLine
from itsmcomply.reports.word import xml
from itsmcomply.reports.word.findings import ACTION_WIDTHS, action_heads, action_row
from itsmcomply.reports.word.report import Report
from itsmcomply.wording import N_

MOST_REVIEWS = 4
"""Signed reviews told at length, the newest first."""


def write_reviews(report: Report) -> None:
    part = report.pack.audit
    report.heading(1, _("8 Management reviews"))
    heads = (_("Review"), _("Held or planned"), _("Chair"), _("State"), _("Decisions"), _("Actions open"))
    report.table((4, 5, 7, 5, 4, 4), heads, [_line(row) for row in part.reviews])
    signed = [row for row in part.reviews if row.signed_on is not None]
    for place, row in enumerate(list(reversed(signed))[:MOST_REVIEWS], 1):
        _signed(report, row, place)


def _line(row: ReviewLine) -> xml.Row:
    return [
        xml.cell(row.key, "CellStrong"),
        xml.cell(words.day_or_dash(row.held_on or row.planned_on)),
        xml.cell(row.chair),
        xml.cell(words.REVIEW_STATES[row.state]),
        xml.cell(str(row.decisions)),
        xml.cell(say(N_("%(open)s of %(all)s"), open=row.actions_open, all=row.actions)),
    ]


def _signed(report: Report, row: ReviewLine, place: int) -> None:
    held = words.day_text(row.held_on)
    report.heading(2, say(N_("8.%(place)s %(key)s, held on %(day)s"), place=place, key=row.key, day=held))
    facts = [
        (_("Signed"), _signature(row)),
        (_("Suitable"), _judged(row.suitable)),
        (_("Adequate"), _judged(row.adequate)),
        (_("Effective"), _judged(row.effective)),
        (_("Statement"), row.statement),
    ]
    rows = [[xml.cell(label, "CellQuiet"), xml.cell(value)] for label, value in facts]
    report.table((3, 12), (), rows, style="ReportFacts")
    report.text(_("Decisions"), "Measure")
    report.table((2, 5, 13, 7), (_("No"), _("About"), _("Decision"), _("Follows from")), _decisions(report, row))
    actions = [action_row(each) for each in report.pack.audit.review_actions if each.of == row.key]
    report.text(_("Actions"), "Measure")
    report.table(ACTION_WIDTHS, action_heads(), actions)


def _signature(row: ReviewLine) -> str:
    signed = say(N_("%(day)s by %(person)s"), day=words.day_text(row.signed_on), person=row.chair)
    return say(N_("%(signed)s; minutes %(item)s"), signed=signed, item=row.minutes) if row.minutes else signed


def _judged(judgement: Judgement | None) -> str:
    return words.JUDGEMENTS[judgement] if judgement else _("not stated")


def _decisions(report: Report, row: ReviewLine) -> Sequence[xml.Row]:
    return [
        [
            xml.cell(str(each.number), "CellStrong"),
            xml.cell(words.DECISIONS[each.kind]),
            xml.cell(each.text),
            xml.cell(each.follows or words.DASH, "CellQuiet"),
        ]
        for each in report.pack.audit.decisions
        if each.review == row.key
    ]
