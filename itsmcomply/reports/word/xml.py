"""WordprocessingML as text: paragraphs, tables, pictures, the table of contents.

Blocks are built as text and parsed once, because making a table cell by cell costs a thousand times as much. Every word
of people passes `escaped`, so none of it can become markup or a field.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from xml.sax.saxutils import escape

from itsmcomply.language import _
from itsmcomply.reports.safe import clean
from itsmcomply.wording import N_

CONTENTS_NOTE = N_("Each line leads to its section. In Word, F9 on the contents adds page numbers.")
TEXT_WIDTH = 9638
"""Width of the text in twentieths of a point: 170 mm."""
EMU_PER_TWIP = 635


def escaped(text: str) -> str:
    return escape(clean(text))


def run(text: str, *, properties: str = "") -> str:
    """A run of text; line feeds become line breaks."""
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    lines = [f'<w:t xml:space="preserve">{escaped(line)}</w:t>' for line in text.split("\n")]
    return f"<w:r>{look}{'<w:br/>'.join(lines)}</w:r>"


def paragraph(style: str, *runs: str, properties: str = "") -> str:
    """A paragraph of finished runs in a style of the layout (by its id)."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{"".join(runs)}</w:p>'


def text(style: str, words: str) -> str:
    return paragraph(style, run(words))


def kept(block: str) -> str:
    """The block, a paragraph or a table, kept on one page with what follows it."""
    return re.sub(r'(<w:pStyle w:val="\w+"/>)(?!<w:keepNext/>)', r"\1<w:keepNext/>", block)


@dataclass(frozen=True, slots=True)
class Cell:
    """Paragraphs of a table cell, with an optional fill (six hexadecimal digits)."""

    content: str
    fill: str = ""


def cell(words: str, style: str = "Cell", *, fill: str = "", colour: str = "", bold: bool = False) -> Cell:
    """A cell of one paragraph; `colour` for text on a fill."""
    look = ("<w:b/>" if bold else "") + (f'<w:color w:val="{colour}"/>' if colour else "")
    return Cell(paragraph(style, run(words, properties=look)), fill)


def cells(*paragraphs: str) -> Cell:
    """A cell of several paragraphs; Word wants at least one."""
    return Cell("".join(paragraphs) or paragraph("Cell"))


Row: TypeAlias = Sequence[Cell]


def table(widths: Sequence[int], heads: Sequence[str], rows: Sequence[Row], *, style: str = "ReportRows") -> str:
    """A table of fixed column widths (parts of the text width). The head repeats on every page; rows never break."""
    total = sum(widths)
    columns = [TEXT_WIDTH * width // total for width in widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    head = _row([cell(h, "CellHead") for h in heads], columns, head=True) if heads else ""
    body = "".join(_row(row, columns) for row in rows)
    look = f'<w:tblLook w:val="0020" w:firstRow="{1 if heads else 0}" w:noHBand="1" w:noVBand="1"/>'
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(columns)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/>{look}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>'
    )


def _row(row: Row, columns: Sequence[int], *, head: bool = False) -> str:
    properties = "<w:cantSplit/>" + ("<w:tblHeader/>" if head else "")
    made = "".join(_cell(each, width) for each, width in zip(row, columns, strict=True))
    return f"<w:tr><w:trPr>{properties}</w:trPr>{made}</w:tr>"


def _cell(made: Cell, width: int) -> str:
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{made.fill}"/>' if made.fill else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{fill}</w:tcPr>{made.content}</w:tc>'


def picture(relation: str, number: int, *, alt: str, width: int, height: int) -> str:
    """An inline picture, `width` and `height` in twentieths of a point; `alt` is read to those who cannot see it."""
    x, y = width * EMU_PER_TWIP, height * EMU_PER_TWIP
    named = f'id="{number}" name="Chart {number}" descr="{escape(clean(alt), {chr(34): "&quot;"})}"'
    drawing = (
        f'<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{x}" cy="{y}"/>'
        f"<wp:docPr {named}/>"
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f"<pic:nvPicPr><pic:cNvPr {named}/><pic:cNvPicPr/></pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{x}" cy="{y}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    return paragraph("Picture", f"<w:r>{drawing}</w:r>")


def _mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def _code(code: str) -> str:
    return f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'


@dataclass
class Headings:
    """Headings in order, each with the bookmark that the table of contents leads to."""

    made: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, level: int, words: str) -> str:
        """The paragraph of a heading of level 1 to 3."""
        number = len(self.made) + 1
        anchor = f"_Toc{number:06d}"
        self.made.append((level, words, anchor))
        begin = f'<w:bookmarkStart w:id="{number}" w:name="{anchor}"/>'
        return paragraph(f"Heading{level}", begin, run(words), f'<w:bookmarkEnd w:id="{number}"/>')

    def contents(self, depth: int = 2) -> str:
        """A TOC field that already holds its entries, each leading to its heading.

        Only a word processor knows on which page a heading falls, so entries are complete without a number; whoever
        updates the field in Word adds them.
        """
        entries = [entry for entry in self.made if entry[0] <= depth]
        lines = [self._entry(level, words, anchor) for level, words, anchor in entries]
        opened = _mark("begin") + _code(f'TOC \\o "1-{depth}" \\h \\z \\u') + _mark("separate")
        lines[0] = lines[0].replace("</w:pPr>", f"</w:pPr>{opened}", 1)
        return "".join(lines) + paragraph("Normal", _mark("end")) + text("Note", _(CONTENTS_NOTE))

    @staticmethod
    def _entry(level: int, words: str, anchor: str) -> str:
        return paragraph(f"toc{level}", f'<w:hyperlink w:anchor="{anchor}" w:history="1">{run(words)}</w:hyperlink>')
