from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from docx import Document
from openpyxl import load_workbook
from PIL import Image

from itsmcomply.evidence.sniff import detect
from itsmcomply.scenario.rendering import document_bytes
from itsmcomply.scenario.rendering.markup import Bullet, Grid, Heading, Paragraph, parse_markup

DAY = date(2026, 3, 1)
TEXT = """\
# Purpose
Two lines that
belong together.
- first
- second

## Targets
| Service | Target |
| Managed Network | 99.80 |
| =1+1 |
"""


def test_markup_is_headings_prose_bullets_and_tables() -> None:
    assert parse_markup(TEXT) == [
        Heading(1, "Purpose"),
        Paragraph("Two lines that belong together."),
        Bullet("first"),
        Bullet("second"),
        Heading(2, "Targets"),
        Grid((("Service", "Target"), ("Managed Network", "99.80"), ("=1+1", ""))),
    ]


@pytest.mark.parametrize("suffix", ["pdf", "docx", "xlsx", "png", "txt"])
def test_documents_repeat_byte_for_byte_and_are_what_their_name_says(suffix: str) -> None:
    name = f"Policy.{suffix}"

    first, again = (document_bytes(name, "Policy", TEXT, DAY) for _ in range(2))

    assert first == again
    assert detect(first[:8192], name).verified


def test_a_word_document_opens_with_heading_styles_and_table() -> None:
    document = Document(io.BytesIO(document_bytes("a.docx", "Policy", TEXT, DAY)))

    assert [p.text for p in document.paragraphs if p.style and p.style.name == "Heading 1"] == ["Purpose"]
    assert document.tables[0].rows[1].cells[1].text == "99.80"
    assert document.core_properties.title == "Policy"


def test_a_workbook_has_numbers_and_never_a_formula() -> None:
    book = load_workbook(io.BytesIO(document_bytes("a.xlsx", "Policy", TEXT, DAY)))

    sheet = book["Targets"]
    assert sheet["B2"].value == 99.8
    assert (sheet["A3"].value, sheet["A3"].data_type) == (" =1+1", "s")
    assert book.sheetnames == ["About", "Targets"]


def test_office_files_carry_the_day_of_the_document_not_of_writing() -> None:
    with zipfile.ZipFile(io.BytesIO(document_bytes("a.xlsx", "Policy", TEXT, DAY))) as archive:
        assert b"2026-03-01T09:00:00Z" in archive.read("docProps/core.xml")
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_long_text_goes_over_several_pdf_pages() -> None:
    long = document_bytes("a.pdf", "Policy", TEXT * 40, DAY)

    assert long.count(b"/Type /Page ") > 3
    assert b"page 1 of " in long


def test_brackets_and_strange_characters_do_not_break_a_pdf() -> None:
    made = document_bytes("a.pdf", r"A (b) \ c", "( ( \\ 漢字", DAY)

    assert rb"A \(b\) \\ c" in made
    assert b"??" in made


def test_a_picture_shows_text_with_the_shipped_font() -> None:
    picture = Image.open(io.BytesIO(document_bytes("a.png", "Portal", TEXT, DAY))).convert("L")

    assert picture.width == 960
    dark = sum(picture.histogram()[:80])
    empty = Image.open(io.BytesIO(document_bytes("a.png", " ", "", DAY))).convert("L")
    assert dark > sum(empty.histogram()[:80]) * 0.9
    assert picture.height > empty.height
