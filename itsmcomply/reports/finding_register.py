"""The register of findings as a workbook: findings, corrective actions, and open ones counted. Pure but for the bytes.

Text of people is written as text, never as a formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from math import ceil

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from itsmcomply.findings.queries.lines import FindingLine, Tally
from itsmcomply.language import _, say, tell
from itsmcomply.reports import words
from itsmcomply.reports.safe import fitted
from itsmcomply.reports.xlsx.style import DAY, FACE, HEAD_FILL, INK, RULE
from itsmcomply.wording import N_

Value = str | int | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A head and the width of its column in characters."""

    head: str
    width: float


@dataclass(frozen=True, slots=True)
class Told:
    """What people wrote about a finding, the latest of each; "" for what is not on record."""

    objective: str = ""
    criterion: str = ""
    raised_by: str = ""
    correction: str = ""
    extent: str = ""
    cause: str = ""
    answer: str = ""
    effect: str = ""
    verified_by: str = ""
    closed_by: str = ""


@dataclass(frozen=True, slots=True)
class ActionLine:
    """A corrective action as the second sheet lists it."""

    finding: str
    number: int
    text: str
    owner: str
    due_on: date | None
    completed_on: date | None
    ended: bool


@dataclass(frozen=True, slots=True)
class Register:
    """What the workbook shows: of which system, on which day, chosen by what (words of the filters)."""

    system: str
    day: date
    chosen: str
    lines: Sequence[FindingLine]
    told: Mapping[str, Told]
    actions: Sequence[ActionLine]
    processes: dict[str, str]
    clauses: dict[str, str]
    tally: Tally


FINDINGS = (
    Column(N_("Number"), 13),
    Column(N_("Grade"), 16),
    Column(N_("State"), 15),
    Column(N_("Title"), 34),
    Column(N_("Statement"), 60),
    Column(N_("Objective evidence"), 50),
    Column(N_("Criterion"), 40),
    Column(N_("Requirements"), 16),
    Column(N_("Process"), 24),
    Column(N_("Found by"), 18),
    Column(N_("Reference"), 24),
    Column(N_("Raised by"), 20),
    Column(N_("Owner"), 20),
    Column(N_("Found on"), 12),
    Column(N_("Plan due"), 12),
    Column(N_("Closing due"), 12),
    Column(N_("Closed on"), 12),
    Column(N_("Closed by"), 20),
    Column(N_("Age (days)"), 10),
    Column(N_("Late (days)"), 10),
    Column(N_("Actions to do"), 12),
    Column(N_("Repeat of"), 24),
    Column(N_("Correction"), 40),
    Column(N_("Extent"), 40),
    Column(N_("Root cause"), 40),
    Column(N_("Answer"), 40),
    Column(N_("Effectiveness"), 40),
    Column(N_("Verified by"), 20),
)
ACTIONS = (
    Column(N_("Finding"), 13),
    Column(N_("Action"), 8),
    Column(N_("What"), 70),
    Column(N_("Owner"), 22),
    Column(N_("Due on"), 12),
    Column(N_("Completed on"), 13),
    Column(N_("State"), 12),
)

LINE = 12.5
"""Height of a line in points; written down because not every program grows a row with its text."""
TALLEST = 409
"""More than this no workbook program allows."""
WIDE = 12
"""A sheet with more columns is printed so many pages wider, or nobody could read it."""


def finding_workbook(register: Register) -> bytes:
    """The bytes of the workbook."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has one sheet
    _summary(sheet, register)
    _table(book, _("Findings"), FINDINGS, [_finding(line, register) for line in register.lines])
    _table(book, _("Corrective actions"), ACTIONS, [_action(line, register.day) for line in register.actions])
    book.properties.creator = book.properties.lastModifiedBy = "itsmcomply"
    book.properties.title = say(N_("Findings, %(system)s"), system=register.system)
    book.properties.created = book.properties.modified = datetime.combine(register.day, datetime.min.time())
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def _finding(line: FindingLine, register: Register) -> list[Value]:
    processes, told = register.processes, register.told.get(line.key, Told())
    return [
        line.key,
        words.GRADES[line.grade],
        words.FINDING_STATES[line.state],
        line.title,
        line.statement,
        told.objective,
        told.criterion,
        ", ".join(line.requirements),
        processes.get(line.process or "", line.process or ""),
        words.SOURCES[line.source],
        line.source_ref or line.audit_key,
        told.raised_by,
        line.owner,
        line.found_on,
        line.plan_due_on,
        line.closure_due_on,
        line.closed_on,
        told.closed_by,
        line.age,
        line.late_days or None,
        line.actions_open or None,
        ", ".join(line.earlier),
        told.correction,
        told.extent,
        told.cause,
        told.answer,
        told.effect,
        told.verified_by,
    ]


def _action(line: ActionLine, day: date) -> list[Value]:
    late = line.completed_on is None and not line.ended and line.due_on is not None and line.due_on < day
    state = _("given up") if line.ended else _("done") if line.completed_on else _("late") if late else _("to do")
    return [line.finding, line.number, line.text, line.owner, line.due_on, line.completed_on, state]


def _summary(sheet: Worksheet, register: Register) -> None:
    sheet.title = _("Summary")
    sheet.sheet_view.showGridLines = False
    sheet.column_dimensions["A"].width = 44
    title = say(N_("Findings of %(system)s"), system=register.system)
    _put(sheet, 1, 1, title, Font(name=FACE, size=18, bold=True, color=INK))
    _put(sheet, 2, 1, say(N_("As of %(day)s. %(chosen)s"), day=register.day, chosen=register.chosen))
    sheet.row_dimensions[1].height = 26
    row = 4
    for title, pairs in _counts(register.tally, register.clauses):
        _put(sheet, row, 1, title, Font(name=FACE, size=12, bold=True, color=INK))
        sheet.row_dimensions[row].height = 18
        for offset, (name, count) in enumerate(pairs, 1):
            _put(sheet, row + offset, 1, name)
            _put(sheet, row + offset, 2, count)
            _rule(sheet, row + offset, 2)
        row += len(pairs) + 2


def _counts(tally: Tally, clauses: dict[str, str]) -> list[tuple[str, list[tuple[str, int]]]]:
    return [
        (_("Open findings by grade"), [(words.GRADES[grade], count) for grade, count in tally.by_grade]),
        (_("Open findings by age"), [(tell(one.name), count) for one, count in tally.by_age]),
        (_("Open findings by clause"), [(f"{n} {clauses[n]}", sum(found.values())) for n, found in tally.by_clause]),
    ]


def _table(book: Workbook, title: str, columns: Sequence[Column], rows: Sequence[Sequence[Value]]) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    sheet.print_title_rows, sheet.print_title_cols = "1:1", "A:A"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 8
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = ceil(len(columns) / WIDE), 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    head = Font(name=FACE, size=9, bold=True, color="FFFFFF")
    for place, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
        _put(sheet, 1, place, _(column.head), head)
        sheet.cell(1, place).fill = PatternFill("solid", fgColor=HEAD_FILL)
    for row, values in enumerate(rows, 2):
        for place, value in enumerate(values, 1):
            if value is not None and value != "":
                _put(sheet, row, place, value)
        _rule(sheet, row, len(columns))
        lines = max(ceil(len(str(v or "")) * 0.9 / c.width) for v, c in zip(values, columns, strict=True))
        sheet.row_dimensions[row].height = min(TALLEST, LINE * max(1, lines))
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"


def _rule(sheet: Worksheet, row: int, columns: int) -> None:
    """A thin line below a row."""
    for place in range(1, columns + 1):
        sheet.cell(row, place).border = Border(bottom=Side(style="thin", color=RULE))


def _put(sheet: Worksheet, row: int, place: int, value: Value, font: Font | None = None) -> None:
    """One cell. Text states its type, or a text that begins with "=" would become a formula."""
    cell = sheet.cell(row, place)
    if isinstance(value, str):
        cell.value = fitted(value)
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in tuple("=+-@\t")
    else:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = DAY
    cell.font = font or Font(name=FACE, size=9, color=INK)
    cell.alignment = Alignment(horizontal="left", vertical="top", wrap_text=isinstance(value, str) and len(value) > 12)
