"""The checklist as a workbook to take along: drop-downs, locked cells, and what ties it to the audit it came from.

Protected without a password: it keeps people from typing beside the fields, and hides nothing.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from itsmcomply.activity.rules import canonical, sha256_text
from itsmcomply.audits.kinds import Conclusion
from itsmcomply.findings.kinds import Grade
from itsmcomply.language import _

FORMAT = "itsmcomply checklist 1"
SHEET = "Checklist"
COLUMNS: tuple[tuple[str, str, float, bool], ...] = (
    ("requirement", "Requirement", 13, False),
    ("text", "What is asked", 46, False),
    ("questions", "Questions, points to cover", 46, False),
    ("on_file", "Evidence on file", 34, False),
    ("conclusion", "Conclusion", 17, True),
    ("grade", "Grade of a nonconformity", 15, True),
    ("statement", "Statement", 44, True),
    ("answer", "What you were told and shown", 44, True),
    ("interviewed", "Interviewed", 24, True),
    ("note", "Working note (not in the report)", 34, True),
    ("row_version", "Version", 9, False),
    ("seal", "Seal", 18, False),
    ("error", "To put right", 44, False),
)
"""Key, heading, width, and whether it is filled in on site. By its headings the format is known, in any language."""
FILLED = tuple(key for key, _heading, _width, open_ in COLUMNS if open_)
HEAD_ROW = 4


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of the workbook, of the version the values were read from. `seal`: what it left with; "": seal it now."""

    requirement: str
    text: str
    questions: str
    on_file: str
    values: Mapping[str, str]
    row_version: int
    error: str = ""
    seal: str = ""


def checklist_workbook(key: str, title: str, rows: Sequence[SheetRow]) -> bytes:
    """The workbook of an audit. `values` of a row hold the filled columns; the conclusion is the word of its key."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill, Protection
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.properties import PageSetupProperties
    from openpyxl.worksheet.worksheet import Worksheet

    book = Workbook(write_only=False)
    sheet: Worksheet = book.create_sheet(SHEET, 0)
    del book["Sheet"]
    for place, text in enumerate(
        (f"{key} {title}", _("Fill in the white cells. Send the file back on the page of the audit.")), 1
    ):
        sheet.cell(place, 1, text).data_type = "s"
        sheet.cell(place, 1).font = Font(bold=place == 1, size=14 if place == 1 else 10)
    sheet.cell(3, 1, FORMAT)
    sheet.cell(3, 2, key)
    wrap = Alignment(wrap_text=True, vertical="top")
    grey, head = PatternFill("solid", fgColor="F3F5F7"), PatternFill("solid", fgColor="DCE3EA")
    for column, (_key, heading, width, _open) in enumerate(COLUMNS, 1):
        cell = sheet.cell(HEAD_ROW, column, heading)
        cell.font, cell.fill, cell.alignment = Font(bold=True), head, wrap
        sheet.column_dimensions[get_column_letter(column)].width = width
    for place, row in enumerate(rows, HEAD_ROW + 1):
        for column, (name, _heading, _width, open_) in enumerate(COLUMNS, 1):
            field = sheet.cell(place, column)
            field.value = _value(row, name)
            if isinstance(field.value, str):
                field.data_type = "s"  # a text that begins with "=" stays a text
                field.quotePrefix = field.value.startswith(("=", "+", "-", "@"))
            field.alignment = wrap
            field.protection = Protection(locked=not open_)
            if not open_:
                field.fill = grey
            if name == "error" and row.error:
                field.font = Font(bold=True, color="B42318")
    for name, allowed in (("conclusion", WORDS.values()), ("grade", GRADES.values())):
        rule = DataValidation(type="list", formula1=f'"{",".join(allowed)}"', allow_blank=True, showErrorMessage=True)
        rule.error, rule.errorTitle = _("Choose one of the list."), _("Not in the list")
        sheet.add_data_validation(rule)
        letter = get_column_letter(_place(name))
        rule.add(f"{letter}{HEAD_ROW + 1}:{letter}{HEAD_ROW + max(1, len(rows))}")
    for name in ("row_version", "seal"):
        sheet.column_dimensions[get_column_letter(_place(name))].hidden = True
    sheet.freeze_panes = f"B{HEAD_ROW + 1}"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


WORDS: Mapping[Conclusion, str] = {
    Conclusion.CONFORMS: "Conforms",
    Conclusion.NONCONFORMITY: "Nonconformity",
    Conclusion.OBSERVATION: "Observation",
    Conclusion.OPPORTUNITY: "Opportunity",
    Conclusion.NOT_SAMPLED: "Not sampled",
    Conclusion.NOT_TRIGGERED: "Not triggered",
}
"""The drop-down, the same in every language so that a workbook can be read back anywhere."""


GRADES: Mapping[Grade, str] = {Grade.MAJOR: "Major", Grade.MINOR: "Minor"}


def seal(values: Mapping[str, str]) -> str:
    """Short digest of the filled cells of a row, by which a row that nobody touched is known when it comes back."""
    return sha256_text(canonical({name: values.get(name, "") for name in FILLED}))[:16]


def as_cell(name: str, text: str) -> str:
    """What a filled cell holds, the same on its way out and back; `interviewed` is one line on the page."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "").strip()
    return ", ".join(part.strip() for part in lines.splitlines() if part.strip()) if name == "interviewed" else lines


def _place(name: str) -> int:
    """The number of a column, from 1."""
    return 1 + [key for key, *_rest in COLUMNS].index(name)


def _value(row: SheetRow, name: str) -> str | int:
    if name == "seal":
        return row.seal or seal(row.values)
    if name in FILLED:
        return row.values.get(name, "")
    value: str | int = getattr(row, name)
    return value
