"""The evidence register: one row per version, written as it is read, whatever its length."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from itsmcomply.language import _
from itsmcomply.reports import words
from itsmcomply.reports.audit_model import AuditPart
from itsmcomply.reports.model import Progress, Register, RegisterRow
from itsmcomply.reports.safe import fitted
from itsmcomply.reports.xlsx.frame import A3, BEGIN_FORMULAS, TABLE_TOP, Book, Column, Sheet, colour_words
from itsmcomply.wording import N_

COLUMNS = (
    Column(N_("Evidence"), 10, "strong"),
    Column(N_("Version"), 8, "number"),
    Column(N_("State"), 22, "strong"),
    Column(N_("Title"), 38),
    Column(N_("Artefact"), 32),
    Column(N_("Process"), 26),
    Column(N_("Kind"), 10),
    Column(N_("File name, address or statement"), 44),
    Column(N_("SHA-256"), 66, "mono"),
    Column(N_("Bytes"), 13, "number"),
    Column(N_("In effect from"), 13, "day"),
    Column(N_("Period from"), 13, "day"),
    Column(N_("Period to"), 13, "day"),
    Column(N_("Valid until"), 13, "day"),
    Column(N_("Counts until"), 13, "day"),
    Column(N_("Covers"), 22),
    Column(N_("Also offered for"), 22),
    Column(N_("Received"), 17, "moment"),
    Column(N_("Uploaded by"), 22),
    Column(N_("Owner"), 22),
    Column(N_("Decision"), 11),
    Column(N_("Decided"), 17, "moment"),
    Column(N_("Reviewed by"), 22),
    Column(N_("File opened"), 12),
    Column(N_("Reason or remark"), 40),
    Column(N_("Confidentiality"), 14),
    Column(N_("Version in the document"), 14),
    Column(N_("Approved by, in the document"), 24),
)
KEYS = tuple(RegisterRow._fields.index(name) for name in ("kind", "decision", "confidentiality"))
"""Places of values that are keys of closed lists."""
EVERY = 500
"""Rows written together, and between two reports of progress."""
PIECE = 4_000_000
"""Characters of markup after which rows are written whatever their number."""

Markup: TypeAlias = Callable[[object, int], str]
"""A value and the number of its row to the markup of its cell; "" for an empty one."""


class _Cells:
    """The markup of the cells of a row, by column.

    Making an object for each of a million cells takes longer than all the rest of the workbook; its markup does not.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._columns = tuple(self._markup(get_column_letter(n), column) for n, column in enumerate(COLUMNS, 1))

    def of(self, row: RegisterRow, number: int) -> str:
        values: list[object] = list(row)
        values[2] = words.REGISTER_STATES[row.state]
        for place in KEYS:
            values[place] = words.label(str(values[place]))
        values[23] = None if row.opened is None else (_("yes") if row.opened else _("no"))
        made = [markup(value, number) for markup, value in zip(self._columns, values, strict=True)]
        return f'<row r="{number}">{"".join(made)}</row>'

    def _markup(self, letter: str, column: Column) -> Markup:
        plain = self._style(self._book.styles[self._book.styles.bare(column.look)])
        match column.look:
            case "number":
                return lambda value, row: "" if value is None else _figure(letter, row, plain, str(value))
            case "day" | "moment":
                return lambda value, row: "" if value is None else _figure(letter, row, plain, _serial(value))
        quoted = self._style(self._book.styles.quoted(self._book.styles.bare(column.look)))

        def text(value: object, row: int) -> str:
            if not value:
                return ""
            said = str(value)
            style = quoted if said[:1] in BEGIN_FORMULAS else plain
            return f'<c r="{letter}{row}" s="{style}" t="inlineStr">{_inline(said)}</c>'

        return text

    def _style(self, style: object) -> int:
        number: int = self._book.workbook._cell_styles.add(style)  # type: ignore[attr-defined]  # noqa: SLF001
        return number


def _figure(letter: str, row: int, style: int, figure: str) -> str:
    return f'<c r="{letter}{row}" s="{style}" t="n"><v>{figure}</v></c>'


@lru_cache(maxsize=8192)
def _inline(text: str) -> str:
    """A text as it stands in its cell; names and days of a register come back often."""
    kept = fitted(text)
    space = ' xml:space="preserve"' if kept != kept.strip() else ""
    return f"<is><t{space}>{escape(kept)}</t></is>"


@lru_cache(maxsize=8192)
def _serial(value: object) -> str:
    """A day or moment as the number that workbooks count days by."""
    return repr(to_excel(value))  # type: ignore[no-untyped-call]


def write_register(book: Book, register: Register, progress: Progress) -> None:
    """Write every row, noting where those stand that other sheets lead to. What `progress` raises ends it."""
    sentence = _(
        "Every version of every item known on the day. Restricted items are listed; their bytes are not in here."
    )
    sheet = book.table_sheet("Evidence register", sentence, COLUMNS, paper=A3, frozen=2, pages_wide=2)
    sheet.sheet_view.showGridLines = True
    done = _write_rows(book, sheet, register, progress)
    if not done:
        sheet.append([book.text(_("Nothing is filed."), "note")])
    book.table(sheet, "EvidenceRegister", COLUMNS, first_row=TABLE_TOP, rows=done)
    tones = {
        "F": ("Current", "Current, due for renewal", "Covers its period", "Accepted, not yet in effect"),
        "P": ("Lapsed", "In review"),
        "N": ("Rejected",),
    }
    colour_words(sheet, "C", TABLE_TOP + 1, TABLE_TOP + done, dict(tones))


def _write_rows(book: Book, sheet: Sheet, register: Register, progress: Progress) -> int:
    """Write the rows in pieces; gives their number. One line a row: a register is scanned."""
    cells, wanted = _Cells(book), _wanted(book.pack.audit)
    piece: list[str] = []
    size = done = 0
    for done, row in enumerate(register.rows(), 1):
        piece.append(cells.of(row, TABLE_TOP + done))
        size += len(piece[-1])
        if (row.key, row.version) in wanted:
            book.mark("Evidence register", f"{row.key} v{row.version}", TABLE_TOP + done)
        if len(piece) == EVERY or size > PIECE:
            sheet.append_markup("".join(piece))
            piece, size = [], 0
            progress(done, register.total)
    sheet.append_markup("".join(piece))
    progress(done, register.total)
    return done


def _wanted(part: AuditPart) -> frozenset[tuple[str, int]]:
    """Versions that other sheets lead to: reports of audits and minutes of reviews."""
    kept = (*(line.report for line in part.audits), *(line.minutes for line in part.reviews))
    return frozenset((ref.key, ref.version) for ref in kept if ref is not None)
