"""Read the words of a document in a process of its own, with little memory and little time.

So a hostile file harms nobody but itself. Run as a program by `preview`; reads the file on standard input and prints
one JSON object.

Usage: python -m itsmcomply.evidence.extract docx|xlsx|pdf
"""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 10
MOST_TEXT = 64 * 1024
MOST_UNPACKED = 64 * 1024 * 1024
MOST_ROWS = 200
MOST_COLUMNS = 40
MOST_SHEETS = 8
MOST_PAGES = 30

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows: the caller's timeout is the only limit there
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def docx(file: BinaryIO) -> dict[str, object]:
    """Paragraphs of the main text in order; rows of tables as one line each, cells between bars."""
    from defusedxml.ElementTree import iterparse

    with zipfile.ZipFile(file) as archive:
        _refuse_bomb(archive)
        with archive.open("word/document.xml") as text:
            return _cut("\n".join(_lines(iterparse(text, events=("start", "end")))))


def _lines(events: Iterator[tuple[str, Any]]) -> Iterator[str]:
    pieces: list[str] = []
    length = rows = 0
    for event, node in events:
        tag = node.tag.removeprefix(_WORD)
        if event == "start":
            rows += tag == "tr"
            continue
        if tag == "t":
            pieces.append(node.text or "")
        elif tag == "tab":
            pieces.append("\t")
        elif tag == "tc":
            pieces.append(" | ")
        elif tag in {"p", "tr"}:
            rows -= tag == "tr"
            if rows:  # a paragraph inside a cell goes on in the line of its row
                continue
            line = "".join(pieces).removesuffix(" | ")
            pieces.clear()
            length += len(line) + 1
            yield line
            if length > MOST_TEXT:
                return


def xlsx(file: BinaryIO) -> dict[str, object]:
    """The first rows of the first sheets, as values; each sheet's name in brackets where there are several."""
    import openpyxl

    with zipfile.ZipFile(file) as archive:
        _refuse_bomb(archive)
    file.seek(0)
    book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    rows: list[list[str]] = []
    for sheet in book.worksheets[:MOST_SHEETS]:
        rows += [[f"[{sheet.title}]"]] if len(book.worksheets) > 1 else []
        values = (
            ["" if v is None else str(v) for v in row[:MOST_COLUMNS]] for row in sheet.iter_rows(values_only=True)
        )
        rows += [row for row in islice(values, MOST_ROWS + 1 - len(rows)) if any(row)]
    return {"rows": rows[:MOST_ROWS], "cut": len(rows) > MOST_ROWS or len(book.worksheets) > MOST_SHEETS}


def pdf(file: BinaryIO) -> dict[str, object]:
    """The text of the first pages."""
    from pypdf import PdfReader

    pages = PdfReader(file).pages
    text = "\n\n".join(page.extract_text() for page in islice(pages, MOST_PAGES))
    found = _cut(text)
    return {**found, "cut": found["cut"] or len(pages) > MOST_PAGES}


def _refuse_bomb(archive: zipfile.ZipFile) -> None:
    # Declared sizes are enough: reading stops at them, and a lie about them fails the member's checksum.
    if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
        raise ValueError("it unpacks to more than is looked into")


def _cut(text: str) -> dict[str, object]:
    return {"text": text[:MOST_TEXT], "cut": len(text) > MOST_TEXT}


READERS = {"docx": docx, "xlsx": xlsx, "pdf": pdf}


def main() -> None:
    reader = READERS[sys.argv[1]]
    _limit()
    json.dump(reader(sys.stdin.buffer), sys.stdout)


if __name__ == "__main__":
    main()
