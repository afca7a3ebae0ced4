"""Sheets of audits: programmes, audits, what they cover, and what signed ones concluded on each requirement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from itsmcomply.audits import words as audit_words
from itsmcomply.audits.coverage import Place
from itsmcomply.audits.kinds import State
from itsmcomply.reports import words
from itsmcomply.reports.audit_model import AuditLine, VersionRef
from itsmcomply.reports.xlsx.frame import TABLE_TOP, Book, Column, Row
from itsmcomply.reports.xlsx.tables import Table, write_table
from itsmcomply.wording import N_

PROGRAMMES: Final = Table(
    "Audit programme",
    N_("Audit programmes with the approval in force on the day. The audits they hold are on the next sheet."),
    (
        Column("Programme", 12),
        Column("Name", 40),
        Column("From", 13, "day"),
        Column("To", 13, "day"),
        Column("Approved on", 13, "day"),
        Column("Approved by", 22),
        Column("Audits", 34),
        Column("Objectives", 60),
    ),
    N_("No audit programme is recorded."),
)
AUDITS: Final = Table(
    "Audits",
    N_("Every audit known on the day. Results count from the signature on; the hash is that of the report as signed."),
    (
        Column("Audit", 13),
        Column("Type", 15),
        Column("Subject", 34),
        Column("State", 12),
        Column("From", 13, "day"),
        Column("To", 13, "day"),
        Column("Lead auditor", 20),
        Column("Team", 20),
        Column("Programme", 12),
        Column("Clauses in scope", 28),
        Column("Requirements", 13, "number"),
        Column("Audited", 9, "number"),
        Column("Not sampled", 9, "number"),
        Column("Not triggered", 10, "number"),
        Column("Criteria met", 10),
        Column("Effective", 10),
        Column("Conclusion", 56),
        Column("Not covered", 34),
        Column("Findings", 20),
        Column("Closed on", 13, "day"),
        Column("Signed by", 20),
        Column("Report", 13),
        Column("SHA-256 of the report", 62, "mono"),
        Column("Cancelled because", 30),
    ),
    N_("No audit is recorded."),
    {"State": {"F": ("Closed",)}, "Criteria met": {"F": ("Yes",), "P": ("In part",), "N": ("No",)}},
    pages_wide=2,
)
COVERAGE: Final = Table(
    "Audit coverage",
    N_("What internal audits have concluded on within twelve months, clause by clause, then process by process."),
    (
        Column("Clause or process", 22),
        Column("Title", 42),
        Column("What", 10),
        Column("Standing", 14),
        Column("Last audited", 13, "day"),
        Column("Days since", 10, "number"),
        Column("Next planned", 13, "day"),
        Column("Requirements audited", 13, "number"),
        Column("Audits", 36),
    ),
    N_("Nothing to audit."),
    {"Standing": {"F": ("Audited",), "P": ("Overdue",), "N": ("Not covered",)}},
)
CHECKS: Final = Table(
    "Audited requirements",
    N_("Every row that a signed audit concluded. Evidence is named by the exact version that was examined."),
    (
        Column("Audit", 13),
        Column("Clause", 9),
        Column("Requirement", 12),
        Column("Process", 26),
        Column("Conclusion", 15),
        Column("Seen and said", 70),
        Column("Interviewed", 22),
        Column("Evidence examined", 34),
        Column("Finding", 14),
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
            book.text(row.approved_by or N_("not approved"), "wrap"),
            book.text(", ".join(row.audits) or N_("none"), "wrap"),
            book.text(row.objectives, "wrap"),
        ]


def _audit(book: Book, line: AuditLine) -> Row:
    signed, tally = line.state is State.SIGNED_OFF, line.tally
    return [
        book.text(line.key, "strong"),
        book.text(audit_words.KINDS[line.kind]),
        book.text(line.title, "wrap"),
        book.text(audit_words.STATES[line.state], "strong"),
        book.day(line.first_on),
        book.day(line.last_on),
        book.text(line.lead or N_("to assign"), "wrap"),
        book.text(", ".join(line.team), "wrap"),
        book.lead("Audit programme", line.programme),
        book.text(", ".join(line.clauses), "wrap"),
        *(
            book.number(number if signed else None)
            for number in (tally.rows, tally.audited, tally.not_sampled, tally.not_triggered)
        ),
        book.text(audit_words.EXTENTS[line.conformity] if line.conformity else ""),
        book.text(audit_words.EXTENTS[line.effectiveness] if line.effectiveness else ""),
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
    for what, found in ((N_("Clause"), part.clauses), (N_("Process"), part.processes)):
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
            book.text(audit_words.CONCLUSIONS[row.conclusion], "strong"),
            book.text(row.statement, "wrap"),
            book.text(row.interviewed, "wrap"),
            book.text(refs(row.evidence), "wrap"),
            book.lead("Findings", row.finding),
        ]
