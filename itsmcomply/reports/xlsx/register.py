"""The evidence register: one row per version, written as it is read, whatever its length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, TypeAlias

from openpyxl.cell.cell import Cell

from itsmcomply.reports import words
from itsmcomply.reports.audit_model import AuditPart
from itsmcomply.reports.model import Progress, Register, RegisterRow, RegisterState
from itsmcomply.reports.safe import fitted
from itsmcomply.reports.xlsx.frame import A3, TABLE_TOP, Book, Column, Sheet, colour_words
from itsmcomply.wording import N_

COLUMNS = (
    Column("Evidence", 10, "strong"),
    Column("Version", 8, "number"),
    Column("State", 22, "strong"),
    Column("Title", 38),
    Column("Artefact", 32),
    Column("Process", 26),
    Column("Kind", 10),
    Column("File name, address or statement", 44),
    Column("SHA-256", 66, "mono"),
    Column("Bytes", 13, "number"),
    Column("In effect from", 13, "day"),
    Column("Period from", 13, "day"),
    Column("Period to", 13, "day"),
    Column("Valid until", 13, "day"),
    Column("Counts until", 13, "day"),
    Column("Covers", 22),
    Column("Also offered for", 22),
    Column("Received", 17, "moment"),
    Column("Uploaded by", 22),
    Column("Owner", 22),
    Column("Decision", 11),
    Column("Decided", 17, "moment"),
    Column("Reviewed by", 22),
    Column("File opened", 12),
    Column("Reason or remark", 40),
    Column("Confidentiality", 14),
    Column("Version in the document", 14),
    Column("Approved by, in the document", 24),
)
EVERY = 500
"""Rows between two reports of progress."""

Put: TypeAlias = Callable[[object], Cell | None]


class _PreparedCell(Cell):
    """A cell that knows its column and the number of its style: finding both again costs a fifth of a long register."""

    __slots__ = ("number",)
    has_style = True

    def __init__(self, sheet: Sheet, column: int, kind: str, number: int) -> None:
        super().__init__(sheet, row=1, column=column)
        self.data_type, self.number = kind, number

    @property
    def style_id(self) -> int:
        return self.number


class _Cells:
    """One prepared cell per column and look, used again for every row: the row is written before the next is made."""

    def __init__(self, book: Book, sheet: Sheet) -> None:
        self._book, self._sheet = book, sheet
        self._put = tuple(self._putter(place, column) for place, column in enumerate(COLUMNS, 1))

    def of(self, row: RegisterRow) -> list[Cell | None]:
        values: list[object] = list(row)
        values[2] = words.REGISTER_STATES[row.state]
        values[23] = None if row.opened is None else (N_("yes") if row.opened else N_("no"))
        return [put(value) for put, value in zip(self._put, values, strict=True)]

    def _putter(self, place: int, column: Column) -> Put:
        if column.look in {"number", "day", "moment"}:
            return self._plain(place, column)
        return self._text(place, column)

    def _prepared(self, place: int, kind: str, style: object) -> Any:
        number = self._book.workbook._cell_styles.add(style)  # type: ignore[attr-defined]  # noqa: SLF001
        cell: Any = _PreparedCell(self._sheet, place, kind, number)
        return cell

    def _plain(self, place: int, column: Column) -> Put:
        bare = self._book.styles.bare(column.look)
        cell = self._prepared(place, "n" if column.look == "number" else "d", self._book.styles[bare])

        def put(value: object) -> Cell | None:
            if value is None:
                return None
            cell._value = value  # noqa: SLF001
            return cell

        return put

    def _text(self, place: int, column: Column) -> Put:
        bare = self._book.styles.bare(column.look)
        plain = self._prepared(place, "s", self._book.styles[bare])
        quoted = self._prepared(place, "s", self._book.styles.quoted(bare))

        def put(value: object) -> Cell | None:
            if not value:
                return None
            text = fitted(str(value))
            cell = quoted if text[:1] in "=+-@\t" else plain
            cell._value = text  # noqa: SLF001
            return cell

        return put


def write_register(book: Book, register: Register, progress: Progress) -> Counter[RegisterState]:
    """Write every row; gives the number of rows by state. What `progress` raises ends it."""
    sentence = N_(
        "Every version of every item known on the day. Restricted items are listed; their bytes are not in here."
    )
    sheet = book.table_sheet("Evidence register", sentence, COLUMNS, paper=A3, frozen=2, pages_wide=2)
    sheet.sheet_view.showGridLines = True
    sheet.widths = ()  # one line a row: a register is scanned, and measuring would cost time
    wanted = _wanted(book.pack.audit)
    cells, counted = _Cells(book, sheet), Counter[RegisterState]()
    done = 0
    for done, row in enumerate(register.rows(), 1):
        sheet.append(cells.of(row))
        if (row.key, row.version) in wanted:
            book.mark("Evidence register", f"{row.key} v{row.version}", TABLE_TOP + done)
        counted[row.state] += 1
        if done % EVERY == 0:
            progress(done, register.total)
    progress(done, register.total)
    if not done:
        sheet.widths = tuple(column.width for column in COLUMNS)
        sheet.append([book.text(N_("Nothing is filed."), "note")])
    book.table(sheet, "EvidenceRegister", COLUMNS, first_row=TABLE_TOP, rows=done)
    tones = {
        "F": ("Current", "Covers", "Accepted"),
        "P": ("Lapsed", "In review"),
        "N": ("Rejected",),
    }
    colour_words(sheet, "C", TABLE_TOP + 1, TABLE_TOP + done, dict(tones))
    return counted


def _wanted(part: AuditPart) -> frozenset[tuple[str, int]]:
    """Versions that other sheets lead to: reports of audits and minutes of reviews."""
    kept = (*(line.report for line in part.audits), *(line.minutes for line in part.reviews))
    return frozenset((ref.key, ref.version) for ref in kept if ref is not None)
