"""Open exports again and read what they say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from defusedxml.ElementTree import fromstring
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from itsmcomply.reports.model import Pack, Register
from itsmcomply.reports.to_docx import write_report
from itsmcomply.reports.to_xlsx import write_workbook

CORPUS = Path(__file__).parents[1] / "corpus"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LONG = ["=" + "1" * 40_000, "x" * 40_000, "\U0001f4a3" * 20_000]


def corpus(name: str) -> list[str]:
    """The texts of a corpus: one JSON string a line."""
    return [json.loads(line) for line in (CORPUS / name).read_text().splitlines()]


def batches(texts: list[str], size: int = 16) -> list[list[str]]:
    """The texts in batches: each column with as many rows meets all of a batch in one file."""
    return [texts[start : start + size] for start in range(0, len(texts), size)]


def workbook(pack: Pack, register: Register, folder: Path) -> Path:
    path = folder / "made.xlsx"
    write_workbook(pack, register, path)
    return path


def report(pack: Pack, folder: Path) -> Path:
    path = folder / "made.docx"
    write_report(pack, path)
    return path


def texts(book: Any, sheet: str) -> list[str]:
    """What stands in the cells of a sheet, as text."""
    return [str(cell.value) for row in book[sheet].iter_rows() for cell in row if cell.value is not None]


def table_rows(sheet: Worksheet, name: str) -> list[dict[str, object]]:
    """The rows of a table as mappings of its column titles, empty cells as None."""
    area = sheet[sheet.tables[name].ref]
    heads = [str(cell.value) for cell in area[0]]
    return [dict(zip(heads, [cell.value for cell in row], strict=True)) for row in area[1:]]


def single_table(path: Path, sheet: str) -> list[dict[str, object]]:
    found = load_workbook(path)[sheet]
    (name,) = found.tables
    return table_rows(found, name)


def xml_parts(path: Path) -> Iterator[tuple[str, str]]:
    with ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                yield name, archive.read(name).decode()


def cell_kinds(path: Path) -> set[str]:
    """Types of the cells of all sheets, and "formula" where one holds a formula."""
    kinds: set[str] = set()
    for name, text in xml_parts(path):
        if name.startswith("xl/worksheets/sheet"):
            kinds |= set(re.findall(r'<c [^>]*?t="(\w+)"', text))
            kinds |= {"formula"} if re.search(r"<f[ >/]", text) else set()
    return kinds


def paragraphs(path: Path) -> list[str]:
    """The text of every paragraph of a report, in order, those of tables too."""
    with ZipFile(path) as archive:
        root = fromstring(archive.read("word/document.xml"))
    return ["".join(t.text or "" for t in p.iter(f"{WORD}t")) for p in root.iter(f"{WORD}p")]


def styled(path: Path, style: str) -> list[str]:
    """The paragraphs of one style."""
    with ZipFile(path) as archive:
        root = fromstring(archive.read("word/document.xml"))
    found = []
    for paragraph in root.iter(f"{WORD}p"):
        named = paragraph.find(f"{WORD}pPr/{WORD}pStyle")
        if named is not None and named.get(f"{WORD}val") == style:
            found.append("".join(t.text or "" for t in paragraph.iter(f"{WORD}t")))
    return found


def instructions(path: Path) -> list[str]:
    """Codes of the fields in all parts of a report."""
    return [code.strip() for _, text in xml_parts(path) for code in re.findall(r"<w:instrText[^>]*>([^<]*)<", text)]


def external_targets(path: Path) -> list[str]:
    return [name for name, text in xml_parts(path) if 'TargetMode="External"' in text and name.endswith(".rels")]
