"""What all sheets of the workbook share: prepared cells, heads, tables, print set-up, links, colours with words."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.xml.functions import fromstring

from itsmcomply.clauses.policy import Band
from itsmcomply.figures import LIMITS, MAX_DECIMALS
from itsmcomply.language import _
from itsmcomply.reports import words
from itsmcomply.reports.model import Pack
from itsmcomply.reports.safe import fitted
from itsmcomply.reports.xlsx.style import BAND_FILLS, BAND_INKS, HEIGHTS, NUMERIC, ROW_LOOKS, Styles

A3, A4 = 8, 9
TABLE_TOP = 4
"""Row of the column heads on sheets that hold one table: title, sentence and a blank row stand above."""

Row: TypeAlias = Sequence[Cell | None]


BEGIN_FORMULAS = ("=", "+", "-", "@", "\t")
"""A text that begins so keeps a quote prefix, so that editing the cell makes no formula of it."""


class _Ready(list[Any]):
    """Rows that are elements already."""


class _RowWriter(WorksheetWriter):
    """openpyxl's writer of a sheet, which takes finished rows as well as cells."""

    def write_row(self, xf: Any, row: Any, row_idx: int) -> None:
        if not isinstance(row, _Ready):
            super().write_row(xf, row, row_idx)
            return
        for element in row:
            xf.write(element)


_StreamedSheet: Any = WriteOnlyWorksheet  # its published types leave out what it borrows from other sheets


class Sheet(_StreamedSheet):
    """A streamed sheet whose rows hold prepared cells only, or are finished markup.

    openpyxl would guess a type for each value (a text that begins with "=" becomes a formula); cells prepared here
    state theirs.
    """

    _writer: Any = None
    widths: Sequence[float] = ()
    """Widths of the columns, from which rows get the height their wrapped text needs."""
    wrapped: int = -1
    """Number of the alignment that wraps, in the styles of the workbook."""
    tall: Mapping[int, float] = MappingProxyType({})
    """Height by number of the font, for rows in larger type."""

    def append_markup(self, rows: str) -> None:
        """Append rows given as markup, with their numbers; cells must not be appended to the sheet after them."""
        self.append(_Ready(fromstring(f"<rows>{rows}</rows>")))

    def _get_writer(self) -> None:
        if self._writer is None:
            self._writer = _RowWriter(self)
            self._writer.write_top()

    def _values_to_row(self, values: Row, row_idx: int) -> Iterator[Cell] | _Ready:
        if isinstance(values, _Ready):
            return values
        self.row_dimensions[row_idx].height = _height(values, self)
        return self._placed(values, row_idx)

    def _placed(self, values: Row, row_idx: int) -> Iterator[Cell]:
        for column, cell in enumerate(values, 1):
            if cell is None:
                continue
            cell.parent, cell.column, cell.row = self, column, row_idx
            if cell.hyperlink is not None:
                cell.hyperlink.ref = cell.coordinate
            yield cell


LINE_HEIGHT = 11.6
"""Points of one line of the 9 point type in rows."""
PER_WIDTH = 1.3
"""Characters of that type in one unit of column width, on average."""


def _height(values: Row, sheet: Sheet) -> float:
    """Points that the tallest cell needs: readers of the file do not all measure wrapped text themselves."""
    most = LINE_HEIGHT + 1
    cell: Any
    for cell, width in zip(values, sheet.widths, strict=False):
        if cell is None or cell.data_type != "s":
            continue
        style = cell._style  # noqa: SLF001
        most = max(most, sheet.tall.get(style.fontId, 0))
        if style.alignmentId == sheet.wrapped and cell.value:
            lines = sum(_lines(part, width * PER_WIDTH) for part in str(cell.value).split("\n"))
            most = max(most, lines * LINE_HEIGHT + 3)
    return min(most, 409)


def _lines(text: str, room: float) -> int:
    """Lines that a paragraph takes when broken between words, by the average width of a character."""
    lines, used = 1, 0
    for word in text.split(" "):
        if used and used + 1 + len(word) > room:
            lines, used = lines + 1, 0
        used += len(word) + (1 if used else 0)
        lines += int(used // room) if used > room else 0
    return lines


@dataclass(frozen=True, slots=True)
class Column:
    """Title (unique in its table), width in characters, and the name of the look of its cells."""

    title: str
    width: float
    look: str = "text"


class Book:
    """A workbook being written, with its styles and the pack it shows."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.workbook = Workbook(write_only=True)
        self.styles = Styles(self.workbook)
        self._tables = 0
        self._places: dict[tuple[str, str], int] = {}

    def discard(self) -> None:
        """Close what is half written and remove its temporary files, which would stay until the process ends."""
        for sheet in self.workbook.worksheets:
            if isinstance(sheet, Sheet) and not sheet.closed:
                sheet.close()
                sheet._writer.cleanup()  # noqa: SLF001 - only saving does it otherwise

    def sheet(self, title: str, widths: Sequence[float], *, paper: int = A4, colour: str = "24405E") -> Sheet:
        """A new sheet with its print set-up. Freeze panes and title rows have to follow before the first row."""
        sheet = Sheet(self.workbook, sheet_name(title))
        sheet.widths, sheet.wrapped = widths, self.styles["wrap"].alignmentId
        sheet.tall = {self.styles[name].fontId: height for name, height in HEIGHTS.items()}
        self.workbook._add_sheet(sheet)  # type: ignore[attr-defined]  # noqa: SLF001 - create_sheet makes its own kind
        for place, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.sheet_properties.tabColor = colour
        sheet.sheet_view.showGridLines = False
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", paper
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_margins.left = sheet.page_margins.right = 0.4
        sheet.page_margins.top, sheet.page_margins.bottom = 0.75, 0.7
        self._head_and_foot(sheet, title)
        return sheet

    def table_sheet(
        self,
        title: str,
        sentence: str,
        columns: Sequence[Column],
        *,
        paper: int = A4,
        frozen: int = 1,
        pages_wide: int = 1,
    ) -> Sheet:
        """A sheet for one table: title, sentence with a way back, heads; `frozen` columns stay in sight."""
        sheet = self.sheet(title, [c.width for c in columns], paper=paper)
        sheet.freeze_panes = f"{get_column_letter(frozen + 1)}{TABLE_TOP + 1}"
        sheet.print_title_rows = f"{TABLE_TOP}:{TABLE_TOP}"
        sheet.print_title_cols = f"A:{get_column_letter(frozen)}"
        sheet.page_setup.fitToWidth = pages_wide
        sheet.append([self.text(_(title), "title")])
        sheet.append([self.text(sentence, "note")])
        sheet.append([self.link("Cover", _("Back to cover"), look="link")])
        self.heads(sheet, columns)
        return sheet

    def heads(self, sheet: Sheet, columns: Sequence[Column]) -> None:
        sheet.append([self.text(_(c.title), "head_right" if c.look in NUMERIC else "head") for c in columns])

    def table(self, sheet: Sheet, name: str, columns: Sequence[Column], *, first_row: int, rows: int) -> None:
        """Declare the table over its heads (`first_row`) and `rows` rows. Without rows there is no table in Excel."""
        if not rows:
            return
        self._tables += 1
        area = f"A{first_row}:{get_column_letter(len(columns))}{first_row + rows}"
        table: Any = Table(id=self._tables, displayName=name, name=name, ref=area)
        table._initialise_columns()  # noqa: SLF001 - streamed sheets cannot be read back for the names
        for column, head in zip(table.tableColumns, columns, strict=True):
            column.name = _(head.title)
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it says to set the names by hand, as is done above
            sheet.add_table(table)

    def text(self, value: str, look: str = "text") -> Cell | None:
        """A text cell; never a formula or an error, whatever it begins with. No text: an empty cell, or none."""
        if not value:
            return self._cell(None, "n", look) if look in ROW_LOOKS else None
        return self._cell(fitted(value), "s", look, quoted=value[0] in BEGIN_FORMULAS)

    def number(self, value: float | None, look: str = "number") -> Cell | None:
        return self._cell(value, "n", look)

    def day(self, value: date | datetime | None, look: str = "day") -> Cell | None:
        return self._cell(value, "n" if value is None else "d", look)

    def share(self, value: Fraction | None) -> Cell | None:
        """A share as a percent cell, with as many decimals as keep it from being shown on a limit it is not on."""
        if value is None:
            return self.text(words.percent(None))
        return self._cell(float(value), "n", f"percent{decimals_shown(value)}")

    def link(self, sheet: str, label: str, *, cell: str = "A1", look: str = "row_link") -> Cell | None:
        """A text cell that leads to a cell of another sheet of this workbook."""
        made = self.text(label, look)
        place = sheet_name(sheet).replace("'", "''")
        if made is not None:
            made._hyperlink = Hyperlink(ref="", location=f"'{place}'!{cell}", display=fitted(label, 200))  # type: ignore[attr-defined]  # noqa: SLF001
        return made

    def mark(self, sheet: str, key: str, row: int) -> None:
        """Note in which row of a sheet a record stands, so that other sheets can lead there."""
        self._places.setdefault((sheet, key), row)

    def lead(self, sheet: str, key: str, label: str = "") -> Cell | None:
        """The key (or `label`) as a link to the row of its record; plain text where that is not in the workbook."""
        row = self._places.get((sheet, key))
        if row is None:
            return self.text(label or key, "wrap")
        return self.link(sheet, label or key, cell=f"A{row}", look="wrap_link")

    def _cell(self, value: object, kind: str, look: str, *, quoted: bool = False) -> Cell:
        made: Any = WriteOnlyCell(None)  # type: ignore[arg-type]
        made._value, made.data_type = value, kind  # noqa: SLF001 - states the type instead of letting it be guessed
        made._style = self.styles.quoted(look) if quoted else self.styles[look]  # noqa: SLF001
        return made

    def _head_and_foot(self, sheet: Sheet, title: str) -> None:
        """At most 255 characters each, "&" doubled: it begins a code there."""
        name = fitted(self.pack.about.name, 60).replace("&", "&&")
        mode = words.MODES[self.pack.mode].split(":")[0].upper()
        sheet.oddHeader.left.text, sheet.oddHeader.left.size = name, 8
        sheet.oddHeader.center.text, sheet.oddHeader.center.size = mode, 8
        sheet.oddHeader.right.text, sheet.oddHeader.right.size = (
            f"{_(title)}, {words.day_text(self.pack.day)}".replace("&", "&&"),
            8,
        )
        sheet.oddFooter.left.text, sheet.oddFooter.left.size = words.disclaimer(self.pack.day), 7
        sheet.oddFooter.right.text, sheet.oddFooter.right.size = _("Page &P of &N"), 8


def sheet_name(title: str) -> str:
    """The name of a sheet in the language of the file; Excel takes 31 characters, and not all of them."""
    return re.sub(r"[\[\]:*?/\\]", " ", _(title))[:31]


def decimals_shown(value: Fraction) -> int:
    """Decimals of percent (0 to 4) that keep a share from being shown on a limit it is not on."""
    exact = value * 100
    for decimals in range(MAX_DECIMALS):
        shown = round(exact, decimals)
        if shown == exact or shown not in LIMITS:
            return decimals
    return MAX_DECIMALS


def band_text(band: Band | None) -> str:
    """The letter with its words: colour never speaks alone."""
    return words.percent(None) if band is None else f"{band.value}  {words.BANDS[band]}"


def colour_bands(sheet: Sheet, column: str, first: int, last: int) -> None:
    """Fill band cells by the letter they begin with."""
    _colour(sheet, column, first, last, {letter: f'LEFT(${column}{first},1)="{letter}"' for letter in BAND_FILLS})


def _colour(sheet: Sheet, column: str, first: int, last: int, rules: dict[str, str]) -> None:
    if last < first:
        return
    for letter, formula in rules.items():
        fill = PatternFill("solid", bgColor=BAND_FILLS[letter])
        rule: Any = FormulaRule(  # type: ignore[no-untyped-call]
            formula=[formula], fill=fill, font=Font(color=BAND_INKS[letter], bold=letter == "N")
        )
        sheet.conditional_formatting.add(f"{column}{first}:{column}{last}", rule)


def colour_words(sheet: Sheet, column: str, first: int, last: int, tones: dict[str, Iterable[str]]) -> None:
    """Fill cells whose text begins with one of the words; `tones` maps a band letter (its colours) to words."""
    for letter, starts in tones.items():
        told = [_(word).replace('"', '""') for word in starts]
        tests = ",".join(f'LEFT(${column}{first},{len(word)})="{word}"' for word in told)
        _colour(sheet, column, first, last, {letter: f"OR({tests})"})
