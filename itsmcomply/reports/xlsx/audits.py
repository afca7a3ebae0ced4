"""Sheets of audits: programmes, audits, what they cover, and what signed ones concluded on each requirement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from itsmcomply.audits.coverage import Place
from itsmcomply.audits.kinds import State
from itsmcomply.language import _
from itsmcomply.reports import words
from itsmcomply.reports.audit_model import AuditLine, VersionRef
from itsmcomply.reports.xlsx.frame import TABLE_TOP, Book, Column, Row
from itsmcomply.reports.xlsx.tables import Table, write_table
from itsmcomply.wording import N_

PROGRAMMES: Final = Table(
    N_("Audit programme"),
    N_("Audit programmes with the approval in force on the day. The audits they hold are on the next sheet."),
    (
        Column(N_("Programme"), 12),
        Column(N_("Name"), 40),
        Column(N_("From"), 13, "day"),
        Column(N_("To"), 13, "day"),
        Column(N_("Approved on"), 13, "day"),
        Column(N_("Approved by"), 22),
        Column(N_("Audits"), 34),
        Column(N_("Objectives"), 60),
    ),
    N_("No audit programme is recorded."),
)
AUDITS: Final = Table(
    N_("Audits"),
    N_("Every audit known on the day. Results count from the signature on; the hash is that of the report as signed."),
    (
        Column(N_("Audit"), 13),
        Column(N_("Type"), 15),
        Column(N_("Subject"), 34),
        Column(N_("State"), 12),
        Column(N_("From"), 13, "day"),
        Column(N_("To"), 13, "day"),
        Column(N_("Lead auditor"), 20),
        Column(N_("Team"), 20),
        Column(N_("Programme"), 12),
        Column(N_("Clauses in scope"), 28),
        Column(N_("Requirements"), 13, "number"),
        Column(N_("Audited"), 9, "number"),
        Column(N_("Not sampled"), 9, "number"),
        Column(N_("Not triggered"), 10, "number"),
        Column(N_("Criteria met"), 10),
        Column(N_("Effective"), 10),
        Column(N_("Conclusion"), 56),
        Column(N_("Not covered"), 34),
        Column(N_("Findings"), 20),
        Column(N_("Closed on"), 13, "day"),
        Column(N_("Signed by"), 20),
        Column(N_("Report"), 13),
        Column(N_("SHA-256 of the report"), 62, "mono"),
        Column(N_("Cancelled because"), 30),
    ),
    N_("No audit is recorded."),
    {"State": {"F": ("Closed",)}, "Criteria met": {"F": ("Yes",), "P": ("In part",), "N": ("No",)}},
    pages_wide=2,
)
COVERAGE: Final = Table(
    N_("Audit coverage"),
    N_("What internal audits have concluded on within twelve months, clause by clause, then process by process."),
    (
        Column(N_("Clause or process"), 22),
        Column(N_("Title"), 42),
        Column(N_("What"), 10),
        Column(N_("Standing"), 14),
        Column(N_("Last audited"), 13, "day"),
        Column(N_("Days since"), 10, "number"),
        Column(N_("Next planned"), 13, "day"),
        Column(N_("Requirements audited"), 13, "number"),
        Column(N_("Audits"), 36),
    ),
    N_("Nothing to audit."),
    {"Standing": {"F": ("Audited",), "P": ("Overdue",), "N": ("Not covered",)}},
)
CHECKS: Final = Table(
    N_("Audited requirements"),
    N_("Every row that a signed audit concluded. Evidence is named by the exact version that was examined."),
    (
        Column(N_("Audit"), 13),
        Column(N_("Clause"), 9),
        Column(N_("Requirement"), 12),
        Column(N_("Process"), 26),
        Column(N_("Conclusion"), 15),
        Column(N_("Seen and said"), 70),
        Column(N_("Interviewed"), 22),
        Column(N_("Evidence examined"), 34),
        Column(N_("Finding"), 14),
    ),
    N_("No audit is signed."),
    {"Conclusion": {"F": ("Conforms",), "P": ("Observation", "Not sampled"), "N": ("Nonconformity",)}},
)


def mark_rows(book: Book) -> None:
    """Note where audits, findings and reviews will stand, so that sheets before theirs can lead there."""
    part = book.pack.audit
    for sheet, keys in (
        ("Audit programme", [row.key for row in part.programmes]),
        ("Audits", [row.key for row in part.audits]),
        ("Samples", [row.place for row in part.samples]),
        ("Findings", [row.key for row in part.findings]),
        ("Management reviews", [row.key for row in part.reviews]),
    ):
        for row, key in enumerate(keys, TABLE_TOP + 1):
            book.mark(sheet, key, row)


def write_audits(book: Book) -> None:
    """The four sheets; those they lead to have been marked."""
    write_table(book, PROGRAMMES, _programmes(book))
    write_table(book, AUDITS, (_audit(book, line) for line in book.pack.audit.audits))
    write_table(book, COVERAGE, _coverage(book))
    write_table(book, CHECKS, _checks(book))


def refs(versions: Iterable[VersionRef]) -> str:
    """Versions as "EV-0042 v1", by comma."""
    return ", ".join(str(version) for version in versions)


def _programmes(book: Book) -> Iterator[Row]:
    for row in book.pack.audit.programmes:
        yield [
            book.text(row.key, "strong"),
            book.text(row.name, "wrap"),
            book.day(row.from_on),
            book.day(row.to_on),
            book.day(row.approved_on),
            book.text(row.approved_by or _("not approved"), "wrap"),
            book.text(", ".join(row.audits) or _("none"), "wrap"),
            book.text(row.objectives, "wrap"),
        ]


def _audit(book: Book, line: AuditLine) -> Row:
    signed, tally = line.state is State.SIGNED_OFF, line.tally
    return [
        book.text(line.key, "strong"),
        book.text(words.AUDIT_KINDS[line.kind]),
        book.text(line.title, "wrap"),
        book.text(words.AUDIT_STATES[line.state], "strong"),
        book.day(line.first_on),
        book.day(line.last_on),
        book.text(line.lead or _("to assign"), "wrap"),
        book.text(", ".join(line.team), "wrap"),
        book.lead("Audit programme", line.programme),
        book.text(", ".join(line.clauses), "wrap"),
        *(
            book.number(number if signed else None)
            for number in (tally.rows, tally.audited, tally.not_sampled, tally.not_triggered)
        ),
        book.text(words.EXTENTS[line.conformity] if line.conformity else ""),
        book.text(words.EXTENTS[line.effectiveness] if line.effectiveness else ""),
        book.text(line.conclusion, "wrap"),
        book.text(line.uncovered, "wrap"),
        book.text(", ".join(line.findings), "wrap"),
        book.day(line.signed_on),
        book.text(line.signed_by, "wrap"),
        book.lead("Evidence register", str(line.report)) if line.report else book.text(""),
        book.text(line.report.sha256 if line.report else "", "mono"),
        book.text(line.cancel_reason, "wrap"),
    ]


def _coverage(book: Book) -> Iterator[Row]:
    part = book.pack.audit
    for what, found in ((_("Clause"), part.clauses), (_("Process"), part.processes)):
        for place in found:
            yield _place(book, what, place)


def _place(book: Book, what: str, place: Place) -> Row:
    counted = [touch.counted for touch in place.cells.values() if touch.counted is not None]
    return [
        book.text(place.key, "strong"),
        book.text(place.label, "wrap"),
        book.text(what),
        book.text(words.COVERAGE[place.standing], "strong"),
        book.day(place.last_on),
        book.number(place.age),
        book.day(place.next_on),
        book.number(sum(counted)),
        book.text(", ".join(place.cells), "wrap"),
    ]


def _checks(book: Book) -> Iterator[Row]:
    for row in book.pack.audit.checks:
        yield [
            book.lead("Audits", row.audit),
            book.text(row.clause, "strong"),
            book.text(row.requirement, "strong"),
            book.text(row.process_name, "wrap"),
            book.text(words.CONCLUSIONS[row.conclusion], "strong"),
            book.text(row.statement, "wrap"),
            book.text(row.interviewed, "wrap"),
            book.text(refs(row.evidence), "wrap"),
            book.lead("Findings", row.finding),
        ]
