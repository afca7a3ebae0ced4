"""Sheets of what audits sampled: each sample with its results, and each record that was tested."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from openpyxl.cell.cell import Cell

from itsmcomply.language import _
from itsmcomply.reports import words
from itsmcomply.reports.audit_model import SampleRow, TestedRow
from itsmcomply.reports.xlsx.frame import Book, Column, Row
from itsmcomply.reports.xlsx.tables import Table, write_table
from itsmcomply.wording import N_

SAMPLES: Final = Table(
    N_("Samples"),
    N_(
        "Every sample as it was drawn, so that it can be drawn again. Results count from the signature of its audit on."
    ),
    (
        Column(N_("Sample"), 20),
        Column(N_("Audit"), 13),
        Column(N_("What is tested"), 36),
        Column(N_("Rows of the checklist"), 20),
        Column(N_("Population"), 11),
        Column(N_("Export"), 32),
        Column(N_("SHA-256 of the export"), 62, "mono"),
        Column(N_("Records"), 13),
        Column(N_("In the population"), 12, "number"),
        Column(N_("Method"), 24),
        Column(N_("Size"), 8, "number"),
        Column(N_("Seed"), 16),
        Column(N_("Algorithm"), 15),
        Column(N_("Drawn on"), 13, "day"),
        Column(N_("Drawn by"), 20),
        Column(N_("Attributes, errors of tested"), 48),
        Column(N_("Tested"), 9, "number"),
        Column(N_("In error"), 9, "number"),
        Column(N_("Error rate"), 10, "percent1"),
        Column(N_("At most"), 10, "percent1"),
        Column(N_("Confidence"), 11, "percent0"),
        Column(N_("Working paper"), 14),
        Column(N_("SHA-256 of the working paper"), 62, "mono"),
        Column(N_("Findings"), 18),
    ),
    N_("No sample is drawn."),
    pages_wide=2,
)
TESTED: Final = Table(
    N_("Tested records"),
    N_("Every record of the samples of signed audits. A record with an attribute that is not met is an exception."),
    (
        Column(N_("Sample"), 20),
        Column(N_("Record"), 16),
        Column(N_("Stratum"), 16),
        Column(N_("Opened"), 12),
        Column(N_("Group"), 24),
        Column(N_("Result"), 13),
        Column(N_("Not met"), 44),
        Column(N_("Met"), 8, "number"),
        Column(N_("Not applicable"), 40),
        Column(N_("Note"), 56),
    ),
    N_("No sample of a signed audit was tested."),
    {"Result": {"N": ("Exception",), "F": ("No exception",), "P": ("Not tested",)}},
)


def write_samples(book: Book) -> None:
    """The two sheets; those they lead to have been marked."""
    write_table(book, SAMPLES, _samples(book))
    write_table(book, TESTED, _tested(book))


def _samples(book: Book) -> Iterator[Row]:
    for row in book.pack.audit.samples:
        yield [*_drawn(book, row), *_results(book, row)]


def _drawn(book: Book, row: SampleRow) -> Row:
    return [
        book.text(row.place, "strong"),
        book.lead("Audits", row.audit),
        book.text(row.title, "wrap"),
        book.text(", ".join(row.requirements), "wrap"),
        book.text(row.population),
        book.text(row.file_name, "wrap"),
        book.text(row.sha256, "mono"),
        book.text(words.RECORDS[row.kind] if row.kind else _("All")),
        book.number(row.records),
        book.text(words.sample_method(row), "wrap"),
        book.number(row.size),
        book.text(row.seed, "wrap"),
        book.text(row.algorithm),
        book.day(row.drawn_on),
        book.text(row.drawn_by, "wrap"),
    ]


def _results(book: Book, row: SampleRow) -> Row:
    attributes = "\n".join(f"{one.text}: {one.errors}/{one.tested}" for one in row.attributes)
    return [
        book.text(attributes, "wrap"),
        book.number(row.tested if row.signed else None),
        book.number(row.errors if row.signed else None),
        _share(book, row.rate),
        _share(book, row.upper),
        book.number(row.confidence / 100, "percent0"),
        book.lead("Evidence register", str(row.paper)) if row.paper else book.text(""),
        book.text(row.paper.sha256 if row.paper else "", "mono"),
        book.lead("Findings", row.findings[0], ", ".join(row.findings)) if row.findings else book.text(""),
    ]


def _share(book: Book, value: Fraction | None) -> Cell | None:
    return book.number(None if value is None else float(value), "percent1")


def _tested(book: Book) -> Iterator[Row]:
    for row in book.pack.audit.tested:
        yield [
            book.lead("Samples", row.sample),
            book.text(row.number, "strong"),
            book.text(row.stratum, "wrap"),
            book.text(row.opened_on),
            book.text(row.group, "wrap"),
            book.text(_result(row), "strong"),
            book.text("\n".join(row.failed), "wrap"),
            book.number(len(row.met)),
            book.text("\n".join(row.not_applicable), "wrap"),
            book.text(row.note, "wrap"),
        ]


def _result(row: TestedRow) -> str:
    if not row.is_tested:
        return _("Not tested")
    return _("Exception") if row.failed else _("No exception")
