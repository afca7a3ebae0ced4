"""The workbook: a pack and its register to one xlsx file. Pure; knows no table, page or person."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

from openpyxl.workbook.child import _WorkbookChild
from openpyxl.writer.excel import ExcelWriter

from itsmcomply.language import say
from itsmcomply.reports.archive import FixedZip
from itsmcomply.reports.model import Pack, Progress, Register, no_progress
from itsmcomply.reports.safe import fitted
from itsmcomply.reports.xlsx import lists
from itsmcomply.reports.xlsx.audits import mark_rows, write_audits
from itsmcomply.reports.xlsx.cover import CONTENTS, open_cover, write_cover
from itsmcomply.reports.xlsx.findings import write_findings
from itsmcomply.reports.xlsx.frame import Book, sheet_name
from itsmcomply.reports.xlsx.readiness import write_readiness
from itsmcomply.reports.xlsx.register import write_register
from itsmcomply.reports.xlsx.samples import write_samples
from itsmcomply.wording import N_

PRODUCER = "itsmcomply"


def write_workbook(pack: Pack, register: Register, path: Path, progress: Progress = no_progress) -> None:
    """Write the workbook to `path`. The same pack and register give the same bytes.

    Rows of the register are read while they are written, so that memory does not grow with them. On an error, or when
    `progress` raises, what lies at `path` is no workbook.
    """
    book = Book(pack)
    try:
        _write_sheets(book, register, progress)
        _save(book, path)
    except BaseException:
        book.discard()
        raise


def _write_sheets(book: Book, register: Register, progress: Progress) -> None:
    cover = open_cover(book)
    mark_rows(book)
    matrix_rows = lists.write_matrix(book)
    write_readiness(book, matrix_rows)
    lists.write_artefacts(book)
    write_register(book, register, progress)
    lists.write_controls(book)
    lists.write_processes(book)
    lists.write_gaps(book)
    write_audits(book)
    write_samples(book)
    write_findings(book)
    lists.write_activity(book)
    write_cover(book, cover)
    _in_order(book)
    _properties(book)


def _in_order(book: Book) -> None:
    """The order people read in; sheets were opened in the order they depend on each other."""
    order = {sheet_name(name): place for place, name in enumerate(["Cover", *(name for name, _about in CONTENTS)])}
    sheets: list[_WorkbookChild] = book.workbook._sheets  # type: ignore[attr-defined]  # noqa: SLF001
    sheets.sort(key=lambda sheet: order[str(sheet.title)])


def _properties(book: Book) -> None:
    moment = datetime.combine(book.pack.day, time())
    properties = book.workbook.properties
    properties.creator = properties.lastModifiedBy = PRODUCER
    properties.title = fitted(say(N_("ISO/IEC 20000-1 readiness workbook, %(name)s"), name=book.pack.about.name), 250)
    properties.created = properties.modified = moment


def _save(book: Book, path: Path) -> None:
    with FixedZip(path) as archive:
        ExcelWriter(book.workbook, archive).save()
