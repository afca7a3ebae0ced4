"""The working paper of a sample as a workbook: how it was drawn, what was tested, what came out. Knows no page."""

from __future__ import annotations

import warnings
from datetime import datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill

from itsmcomply.audits.sampling.bounds import Rate
from itsmcomply.audits.sampling.kinds import Answer
from itsmcomply.audits.sampling.queries import SampleView

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = ("number", "stratum", "kind", "state", "priority", "group", "opened_at", "resolved_at", "closed_at")
ANSWERS = {Answer.YES: "yes", Answer.NO: "no", Answer.NOT_APPLICABLE: "not applicable"}
_LONGEST = 32_000
_HEAD = PatternFill("solid", fgColor="E8EDF3")


def write_paper(view: SampleView, *, made_at: datetime) -> bytes:
    """The paper as bytes of an XLSX file. Texts of people never become formulas."""
    book = Workbook(write_only=True)
    book.properties.creator = "itsmcomply"
    book.properties.created = book.properties.modified = made_at.replace(tzinfo=None)
    _summary(book.create_sheet("Sample"), view)
    _records(book.create_sheet("Records"), view)
    out = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book.save(out)
    return out.getvalue()


def _summary(sheet: Any, view: SampleView) -> None:
    sample, population = view.row, view.population
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, 60
    for letter in "CDEFG":
        sheet.column_dimensions[letter].width = 16
    sheet.append([_cell(sheet, f"Working paper {view.audit.key} {sample.key}: {sample.title}", bold=True)])
    sheet.append([])
    for name, value in (
        ("Audit", f"{view.audit.key}, {view.audit.title}"),
        ("Population", f"{population.key}, {population.file_name}"),
        ("SHA-256 of the export", population.sha256),
        ("Records in the population", sample.population_size),
        ("Kind of record", sample.kind or "all"),
        ("Method", sample.method.value + (f" by {sample.by}" if sample.by else "")),
        ("Sample size", sample.size),
        ("Seed", sample.seed),
        ("Algorithm", sample.algorithm),
        ("Drawn", f"{sample.drawn_at:%Y-%m-%d %H:%M} UTC by {view.by}"),
        ("Records tested", f"{view.tested} of {len(view.records)}"),
        ("Confidence", f"{sample.confidence} %"),
        ("Records with an error", _rate(view.overall)),
    ):
        sheet.append([_cell(sheet, name), _cell(sheet, value)])
    sheet.append([])
    _head(sheet, ["Attribute", "Error rate", "Yes", "No", "Not applicable", "Untested"])
    for one in view.attributes:
        figures = [one.yes, one.no, one.not_applicable, one.open]
        sheet.append([_cell(sheet, value) for value in (one.text, _rate(one.rate), *figures)])
    if view.strata:
        sheet.append([])
        _head(sheet, ["Stratum", "", "In the population", "In the sample"])
        for name, size, drawn in view.strata:
            sheet.append([_cell(sheet, value) for value in (name, "", size, drawn)])


def _rate(rate: Rate) -> str:
    if rate.rate is None or rate.upper_one_sided is None or rate.lower is None or rate.upper is None:
        return "nothing tested"
    confidence = round(rate.confidence * 100)
    return (
        f"{rate.errors} of {rate.tested} ({rate.rate:.1%}); with {confidence} % confidence at most "
        f"{rate.upper_one_sided:.1%}, between {rate.lower:.1%} and {rate.upper:.1%}"
    )


def _records(sheet: Any, view: SampleView) -> None:
    sheet.freeze_panes = "B2"
    for place, width in enumerate((18, 16, 12, 14, 14, 18, 18, 18, 18), 1):
        sheet.column_dimensions[chr(64 + place)].width = width
    _head(sheet, [*(name.replace("_", " ") for name in COLUMNS), *(one.text for one in view.attributes), "note"])
    for record in view.records:
        known = dict(record.content) | {"stratum": record.row.stratum}
        values = [known.get(name) for name in COLUMNS]
        answers = [ANSWERS[answer] if answer else "" for answer in record.answers]
        sheet.append([_cell(sheet, value) for value in (*values, *answers, record.row.note)])


def _head(sheet: Any, texts: list[str]) -> None:
    cells = [_cell(sheet, text, bold=True) for text in texts]
    for cell in cells:
        cell.fill = _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.append(cells)


def _cell(sheet: Any, value: object, *, bold: bool = False) -> Any:
    if value is None or isinstance(value, bool):
        value = "" if value is None else str(value).lower()
    if isinstance(value, int | float):
        return WriteOnlyCell(sheet, value)
    text = "".join(c for c in str(value) if c in "\t\n" or ord(c) >= 32)[:_LONGEST]
    cell: Any = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = text[:1] in "=+-@" and bool(text)
    if bold:
        cell.font = Font(bold=True)
    return cell
