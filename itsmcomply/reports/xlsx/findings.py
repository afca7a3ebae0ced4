"""Sheets of findings and corrective actions, management reviews and their results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from itsmcomply.language import _
from itsmcomply.performance.kinds import Judgement
from itsmcomply.reports import words
from itsmcomply.reports.audit_model import ActionRow, FindingRow, ReviewDecisionRow, ReviewLine
from itsmcomply.reports.xlsx.audits import refs
from itsmcomply.reports.xlsx.frame import Book, Column, Row
from itsmcomply.reports.xlsx.tables import Table, Tones, write_table
from itsmcomply.wording import N_

_ACTION_TONES: Tones = {"F": ("Done",), "P": ("Late",)}
FINDINGS: Final = Table(
    N_("Findings"),
    N_("Every finding as it stood on the day. A nonconformity is closed only with cause, proven actions and effect."),
    (
        Column(N_("Finding"), 13),
        Column(N_("Grade"), 16),
        Column(N_("State"), 14),
        Column(N_("Title"), 34),
        Column(N_("Statement"), 56),
        Column(N_("Requirements"), 16),
        Column(N_("Process"), 24),
        Column(N_("Found by"), 18),
        Column(N_("Audit"), 13),
        Column(N_("Reference"), 20),
        Column(N_("Owner"), 20),
        Column(N_("Found on"), 13, "day"),
        Column(N_("Plan due"), 13, "day"),
        Column(N_("Closing due"), 13, "day"),
        Column(N_("Closed on"), 13, "day"),
        Column(N_("Age in days"), 10, "number"),
        Column(N_("Days late"), 10, "number"),
        Column(N_("Correction"), 40),
        Column(N_("Root cause"), 40),
        Column(N_("Plan accepted"), 13, "day"),
        Column(N_("Effective"), 10),
        Column(N_("Verified on"), 13, "day"),
        Column(N_("Verified by"), 20),
        Column(N_("Evidence"), 26),
        Column(N_("Waits for"), 44),
        Column(N_("Repeats"), 20),
    ),
    N_("No finding is recorded."),
    {
        "Grade": {"N": ("Major",), "P": ("Minor", "Area of concern")},
        "State": {"F": ("Closed",)},
        "Effective": {"F": ("Yes",), "N": ("No",)},
    },
    pages_wide=2,
)
ACTIONS: Final = Table(
    N_("Corrective actions"),
    N_("What removes the causes of nonconformities. Done means: completed, with the evidence named."),
    (
        Column(N_("Finding"), 13),
        Column(N_("Action"), 8, "number"),
        Column(N_("What"), 64),
        Column(N_("Owner"), 22),
        Column(N_("Due on"), 13, "day"),
        Column(N_("Done on"), 13, "day"),
        Column(N_("State"), 12),
        Column(N_("Evidence"), 34),
        Column(N_("Note"), 40),
    ),
    N_("No corrective action is recorded."),
    {"State": _ACTION_TONES},
)
REVIEWS: Final = Table(
    N_("Management reviews"),
    N_("Every management review known on the day. What it judged counts from the chair's signature on."),
    (
        Column(N_("Review"), 13),
        Column(N_("State"), 16),
        Column(N_("Planned for"), 13, "day"),
        Column(N_("Held on"), 13, "day"),
        Column(N_("Chair"), 22),
        Column(N_("Took part"), 10, "number"),
        Column(N_("Suitable"), 10),
        Column(N_("Adequate"), 10),
        Column(N_("Effective"), 10),
        Column(N_("Statement"), 56),
        Column(N_("Decisions"), 10, "number"),
        Column(N_("Actions"), 10, "number"),
        Column(N_("Actions open"), 10, "number"),
        Column(N_("Signed on"), 13, "day"),
        Column(N_("Minutes"), 13),
        Column(N_("SHA-256 of the minutes"), 62, "mono"),
        Column(N_("Cancelled because"), 30),
    ),
    N_("No management review is recorded."),
    {"State": {"F": ("Signed",)}},
    pages_wide=2,
)
RESULTS: Final = Table(
    N_("Review results"),
    N_("What each review decided, and the actions that carry it out with what had become of them by the day."),
    (
        Column(N_("Review"), 13),
        Column(N_("What"), 12),
        Column(N_("Number"), 9, "number"),
        Column(N_("About"), 26),
        Column(N_("Text"), 64),
        Column(N_("Owner"), 22),
        Column(N_("Due on"), 13, "day"),
        Column(N_("Done on"), 13, "day"),
        Column(N_("State"), 12),
        Column(N_("Note"), 40),
    ),
    N_("No review has decided anything."),
    {"State": _ACTION_TONES},
)


def write_findings(book: Book) -> None:
    """The four sheets; those they lead to have been marked."""
    part = book.pack.audit
    write_table(book, FINDINGS, (_finding(book, row) for row in part.findings))
    write_table(book, ACTIONS, (_action(book, row) for row in part.actions))
    write_table(book, REVIEWS, (_review(book, row) for row in part.reviews))
    write_table(book, RESULTS, _results(book))


def _finding(book: Book, row: FindingRow) -> Row:
    effective = "" if row.effective is None else (_("Yes") if row.effective else _("No"))
    return [
        book.text(row.key, "strong"),
        book.text(words.GRADES[row.grade], "strong"),
        book.text(words.FINDING_STATES[row.state], "strong"),
        book.text(row.title, "wrap"),
        book.text(row.statement, "wrap"),
        book.text(", ".join(row.requirements), "wrap"),
        book.text(row.process_name, "wrap"),
        book.text(words.SOURCES[row.source], "wrap"),
        book.lead("Audits", row.audit),
        book.text(row.reference, "wrap"),
        book.text(row.owner or _("no owner"), "wrap"),
        book.day(row.found_on),
        book.day(row.plan_due_on),
        book.day(row.closure_due_on),
        book.day(row.closed_on),
        book.number(row.age),
        book.number(row.late_days or None),
        book.text(row.correction, "wrap"),
        book.text(row.root_cause, "wrap"),
        book.day(row.plan_accepted_on),
        book.text(effective),
        book.day(row.verified_on),
        book.text(row.verified_by, "wrap"),
        book.text(refs(row.evidence), "wrap"),
        book.text("\n".join(row.waits_for), "wrap"),
        book.text(", ".join(row.repeats), "wrap"),
    ]


def _action(book: Book, row: ActionRow) -> Row:
    return [
        book.lead("Findings", row.of),
        book.number(row.number),
        book.text(row.text, "wrap"),
        book.text(row.owner, "wrap"),
        book.day(row.due_on),
        book.day(row.done_on),
        book.text(words.ACTION_STATES[row.state], "strong"),
        book.text(refs(row.evidence), "wrap"),
        book.text(row.note, "wrap"),
    ]


def _review(book: Book, row: ReviewLine) -> Row:
    return [
        book.text(row.key, "strong"),
        book.text(words.REVIEW_STATES[row.state], "strong"),
        book.day(row.planned_on),
        book.day(row.held_on),
        book.text(row.chair, "wrap"),
        book.number(row.present if row.held_on else None),
        *(book.text(_judged(one)) for one in (row.suitable, row.adequate, row.effective)),
        book.text(row.statement, "wrap"),
        book.number(row.decisions),
        book.number(row.actions),
        book.number(row.actions_open),
        book.day(row.signed_on),
        book.lead("Evidence register", str(row.minutes)) if row.minutes else book.text(""),
        book.text(row.minutes.sha256 if row.minutes else "", "mono"),
        book.text(row.cancel_reason, "wrap"),
    ]


def _judged(judgement: Judgement | None) -> str:
    return words.JUDGEMENTS[judgement] if judgement else ""


def _results(book: Book) -> Iterator[Row]:
    """For each review its decisions, then its actions."""
    part = book.pack.audit
    for review in part.reviews:
        yield from (_decision(book, row) for row in part.decisions if row.review == review.key)
        yield from (_review_action(book, row) for row in part.review_actions if row.of == review.key)


def _decision(book: Book, row: ReviewDecisionRow) -> Row:
    return [
        book.lead("Management reviews", row.review),
        book.text(_("Decision"), "strong"),
        book.number(row.number),
        book.text(words.DECISIONS[row.kind], "wrap"),
        book.text(row.text, "wrap"),
        *(book.text("") for _ in range(4)),
        book.text(row.follows, "wrap"),
    ]


def _review_action(book: Book, row: ActionRow) -> Row:
    about = "" if row.decision is None else words.decision(row.decision)
    return [
        book.lead("Management reviews", row.of),
        book.text(_("Action"), "strong"),
        book.number(row.number),
        book.text(about, "wrap"),
        book.text(row.text, "wrap"),
        book.text(row.owner, "wrap"),
        book.day(row.due_on),
        book.day(row.done_on),
        book.text(words.ACTION_STATES[row.state], "strong"),
        book.text(row.note, "wrap"),
    ]
