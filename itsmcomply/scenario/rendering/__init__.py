"""Small real documents from marked-up text: PDF, DOCX, XLSX, PNG, CSV and plain text. Same text, same bytes."""

from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath

from itsmcomply.scenario.rendering.docx import docx_bytes
from itsmcomply.scenario.rendering.markup import Block, parse_markup
from itsmcomply.scenario.rendering.pdf import pdf_bytes
from itsmcomply.scenario.rendering.picture import png_bytes
from itsmcomply.scenario.rendering.sheet import xlsx_bytes

PLAIN = frozenset({".txt", ".md", ".csv", ".log", ".json", ".eml"})
WRITTEN = frozenset({".pdf", ".docx", ".xlsx", ".png"})


def document_bytes(name: str, title: str, text: str, day: date) -> bytes:
    """The document `text` describes, as what the extension of `name` says; other extensions hold the text itself."""
    blocks: list[Block] = parse_markup(text)
    match PurePosixPath(name.lower()).suffix:
        case ".pdf":
            return pdf_bytes(title, blocks, day)
        case ".docx":
            return docx_bytes(title, blocks, day)
        case ".xlsx":
            return xlsx_bytes(title, blocks, day)
        case ".png":
            return png_bytes(title, blocks)
    return text.encode()
