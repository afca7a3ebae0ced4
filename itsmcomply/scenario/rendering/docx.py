"""A Word document with real headings, lists and tables, made with python-docx and packed with fixed times."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time
from functools import cache
from typing import TYPE_CHECKING

from itsmcomply.scenario.rendering.markup import Block, Bullet, Grid, Heading, Paragraph
from itsmcomply.scenario.rendering.repack import repacked

if TYPE_CHECKING:
    from docx.document import Document


TABLE_STYLE = "Light Grid Accent 1"
SHOWN = ("Normal", "Title", "Heading 1", "Heading 2", "List Bullet", TABLE_STYLE)
STYLES = frozenset(
    {*SHOWN, "Title Char", "Heading 1 Char", "Heading 2 Char", "Default Paragraph Font", "Normal Table", "No List"}
)
UNUSED_PARTS = frozenset({"thumbnail", "stylesWithEffects", "customXml", "webSettings"})


def docx_bytes(title: str, blocks: list[Block], day: date) -> bytes:
    """Title and blocks in the usual styles; the core properties carry the title and the day."""
    document = _blank()
    document.add_heading(title, level=0)
    for block in blocks:
        _write(document, block)
    moment = datetime.combine(day, time(9), UTC)
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.comments = title, "Service management office", "", ""
    core.created = core.modified = moment
    stream = io.BytesIO()
    document.save(stream)
    return repacked(stream.getvalue())


def _blank() -> Document:
    import docx  # heavy, and only needed while loading

    return docx.Document(io.BytesIO(_template()))


@cache
def _template() -> bytes:
    """The blank layout of python-docx with the styles used here only: a third of the bytes and of the time."""
    import docx

    document = docx.Document()
    for rels in (document.part.package.rels, document.part.rels):
        for key in [key for key, rel in rels.items() if rel.reltype.rsplit("/", 1)[-1] in UNUSED_PARTS]:
            del rels[key]
    for style in list(document.styles):
        if style.name not in STYLES:
            style.delete()
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _write(document: Document, block: Block) -> None:
    match block:
        case Heading(level, text):
            document.add_heading(text, level=level)
        case Paragraph(text):
            document.add_paragraph(text)
        case Bullet(text):
            document.add_paragraph(text, style="List Bullet")
        case Grid(rows):
            table = document.add_table(rows=0, cols=len(rows[0]), style=TABLE_STYLE)
            for row in rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
