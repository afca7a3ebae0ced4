"""Looking into bytes: text, tables and the words of documents; hostile files harm nobody."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from itsmcomply.errors import IntegrityFailure
from itsmcomply.evidence import preview
from itsmcomply.evidence.preview import NOTHING, Look, compare, look
from itsmcomply.evidence.sniff import Preview, detect
from itsmcomply.evidence.store import LocalStore


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store", free_space_floor=0)


def seen(store: LocalStore, name: str, content: bytes) -> Look:
    stored = store.put(io.BytesIO(content), limit=10**9, name=name)
    return look(store, stored.sha256, stored.size, detect(stored.head, name).key)


def word_file() -> bytes:
    document, held = docx.Document(), io.BytesIO()
    document.add_heading("Major incident procedure")
    document.add_paragraph("The duty officer decides.")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "When", "Who"
    document.save(held)
    return held.getvalue()


def workbook(*more: str) -> bytes:
    book, held = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(["number", "priority"])
    sheet.append(["INC1", 1])
    for title in more:
        book.create_sheet(title).append([f"on {title}"])
    book.save(held)
    return held.getvalue()


def pdf_file() -> bytes:
    """One page that says "Approved procedure", with a table of offsets as the format asks."""
    stream = b"BT /F1 12 Tf 20 100 Td (Approved procedure) Tj ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    made, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 6\n0000000000 65535 f \n"
    return made + head + table + b"trailer<</Root 1 0 R/Size 6>>\nstartxref\n%d\n%%%%EOF" % len(made)


def zipped(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return held.getvalue()


def test_text_is_shown_as_it_is_and_a_table_as_cells(store: LocalStore) -> None:
    assert seen(store, "a.txt", b"one\r\ntwo\x07") == Look(Preview.TEXT, "one\ntwo\ufffd")
    assert seen(store, "a.csv", b"a;b\n1;2;3\n").rows == (("a", "b", ""), ("1", "2", "3"))
    assert seen(store, "a.txt", "Größe".encode("utf-16")).text == "\ufeffGröße".removeprefix("\ufeff")


def test_long_text_and_long_tables_are_cut_and_say_so(store: LocalStore) -> None:
    text, table = seen(store, "a.txt", b"x" * 70_000), seen(store, "a.csv", b"a,b\n" * 300)

    assert (len(text.text), text.cut) == (65_536, True)
    assert (len(table.rows), table.cut) == (200, True)


def test_a_picture_is_only_named_and_other_bytes_are_not_shown(store: LocalStore) -> None:
    assert seen(store, "a.png", b"\x89PNG\r\n\x1a\n" + bytes(9)) == Look(Preview.IMAGE)
    assert seen(store, "a.bin", b"\x00\x01") == NOTHING
    assert seen(store, "a.txt", b"") == NOTHING


def test_the_words_of_a_word_document_are_read(store: LocalStore) -> None:
    found = seen(store, "a.docx", word_file())

    assert found.kind is Preview.TEXT
    assert found.text.splitlines() == ["Major incident procedure", "The duty officer decides.", "When | Who"]


def test_the_rows_of_a_workbook_are_read(store: LocalStore) -> None:
    assert seen(store, "a.xlsx", workbook()).rows == (("number", "priority"), ("INC1", "1"))


def test_several_sheets_are_told_apart(store: LocalStore) -> None:
    rows = seen(store, "b.xlsx", workbook("Second")).rows

    assert [row[0] for row in rows] == ["[Sheet]", "number", "INC1", "[Second]", "on Second"]


def test_the_words_of_a_pdf_are_read(store: LocalStore) -> None:
    assert seen(store, "a.pdf", pdf_file()).text == "Approved procedure"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.docx", b"PK\x03\x04" + bytes(22) + b"\x05\x00\x00\x00word/"),
        ("bomb.docx", zipped(word__document_xml=b"0" * (70 * 1024 * 1024))),
        ("bomb.xlsx", zipped(xl__workbook=b"0" * (70 * 1024 * 1024))),
        (
            "entities.docx",
            zipped(**{"word__document.xml": b'<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]><a>&d;</a>'}),
        ),
        (
            "outside.docx",
            zipped(**{"word__document.xml": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'}),
        ),
        ("broken.pdf", b"%PDF-1.7 broken"),
        ("empty.xlsx", zipped(xl__nothing=b"")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_hostile_document_shows_nothing_and_harms_nobody(store: LocalStore, name: str, content: bytes) -> None:
    assert seen(store, name, content) == NOTHING


def test_a_document_that_takes_too_long_shows_nothing(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "READING_SECONDS", 0.001)

    assert seen(store, "slow.docx", word_file() + b"slow") == NOTHING


def test_damaged_bytes_are_not_looked_into(store: LocalStore) -> None:
    stored = store.put(io.BytesIO(b"the truth"), limit=100, name="a.txt")
    path = store._path(stored.sha256)
    path.chmod(0o600)
    path.write_bytes(b"the lies!")

    with pytest.raises(IntegrityFailure):
        look(store, stored.sha256, stored.size, "text")


def test_changes_are_marked_line_by_line() -> None:
    old, new = Look(Preview.TEXT, "same\nold"), Look(Preview.TEXT, "same\nnew")

    assert [(line.mark, line.text) for line in compare(old, new)] == [(" ", "same"), ("-", "old"), ("+", "new")]
    assert compare(old, old) == ()
    assert [line.mark for line in compare(Look(Preview.TABLE, rows=(("a", "b"),)), old)] == ["-", "+", "+"]
