"""A sheet that is one table, from its description and its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from itsmcomply.language import _
from itsmcomply.reports.xlsx.frame import A3, TABLE_TOP, Book, Column, Row, colour_words

Tones = Mapping[str, Iterable[str]]
"""Words by the letter of the band whose colours their cells take."""


@dataclass(frozen=True, slots=True)
class Table:
    """Title, sentence below it, columns, what stands there when there is nothing; `tones` by column title."""

    title: str
    sentence: str
    columns: tuple[Column, ...]
    nothing: str
    tones: Mapping[str, Tones] = field(default_factory=dict)
    pages_wide: int = 1

    @property
    def name(self) -> str:
        return self.title.title().replace(" ", "")


def write_table(book: Book, table: Table, rows: Iterable[Row]) -> None:
    """The sheet with its rows, or the sentence that there is nothing."""
    sheet = book.table_sheet(table.title, _(table.sentence), table.columns, paper=A3, pages_wide=table.pages_wide)
    cells = [list(row) for row in rows]
    count = len(cells)
    for row in cells:
        sheet.append(row)
    if not count:
        sheet.append([book.text(_(table.nothing), "note")])
    book.table(sheet, table.name, table.columns, first_row=TABLE_TOP, rows=count)
    titles = [column.title for column in table.columns]
    for title, tones in table.tones.items():
        letter = get_column_letter(titles.index(title) + 1)
        colour_words(sheet, letter, TABLE_TOP + 1, TABLE_TOP + count, dict(tones))
