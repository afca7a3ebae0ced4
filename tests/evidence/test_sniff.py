"""Type detection: by content and ending together."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest

from itsmcomply.evidence.sniff import TYPES, Preview, by_key, detect, encoding_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def zipped(*members: str, first: bytes = b"") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for member in members:
            archive.writestr(member, first or b"x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("head", "name", "key", "verified"),
    [
        (b"%PDF-1.7\n", "a.pdf", "pdf", True),
        (b"\n\n%PDF-1.4\n", "A.PDF", "pdf", True),
        (b"%PDF-1.7\n", "a.png", "pdf", False),
        (PNG, "a.png", "png", True),
        (PNG, "a.jpg", "png", False),
        (b"\xff\xd8\xff\xe0", "a.JPG", "jpeg", True),
        (b"GIF89a", "a.gif", "gif", True),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a.webp", "webp", True),
        (b"RIFF\x00\x00\x00\x00WAVE", "a.wav", "unknown", False),
        (b"II*\x00", "scan.tif", "tiff", True),
        (b"\x00\x00\x00\x18ftypheic", "photo.heic", "heic", True),
        (b"\x00\x00\x00\x18ftypisom", "film.mp4", "mp4", True),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old.doc", "ole", True),
        (b"\x1f\x8b\x08", "logs.tar.gz", "gzip", True),
        (b"7z\xbc\xaf\x27\x1c", "a.7z", "7z", True),
        (b"a,b\n1,2\n", "a.csv", "csv", True),
        (b"a,b\n1,2\n", "a.pdf", "text", False),
        (b"plain words", "notes", "text", False),
        (b"plain words", "notes.txt", "text", True),
        ("Größe: ü".encode("utf-16"), "a.txt", "text", True),
        ("证据".encode()[:-1], "a.txt", "text", True),
        (b"\xe9\xe8latin", "a.txt", "unknown", False),
        (b"From: a@b\r\nSubject: x", "mail.eml", "mail", True),
        (b"<!DOCTYPE html><script>", "a.html", "markup", True),
        (b"<script>alert(1)</script>", "a.txt", "markup", False),
        (b"\xef\xbb\xbf  <svg xmlns='x'>", "a.svg", "markup", True),
        (b"<?xml version='1.0'?>", "a.csv", "markup", False),
        (b"MZ\x90\x00\x03", "a.exe", "unknown", False),
        (b"", "a.pdf", "empty", False),
    ],
)
def test_content_decides_and_the_ending_agrees_or_not(head: bytes, name: str, key: str, verified: bool) -> None:
    found = detect(head, name)

    assert (found.key, found.verified) == (key, verified)


def test_a_real_word_document_and_workbook_are_told_apart(tmp_path: Path) -> None:
    docx.Document().save(str(tmp_path / "a.docx"))
    openpyxl.Workbook().save(tmp_path / "a.xlsx")

    heads = {name: (tmp_path / name).read_bytes()[:8192] for name in ("a.docx", "a.xlsx")}

    assert detect(heads["a.docx"], "a.docx").key == "docx"
    assert detect(heads["a.xlsx"], "a.xlsx").key == "xlsx"
    assert not detect(heads["a.xlsx"], "a.docx").verified


@pytest.mark.parametrize("key", ["odt", "ods", "odp"])
def test_open_documents_name_themselves(key: str) -> None:
    head = zipped("mimetype", first=TYPES[key].media_type.encode())

    assert detect(head, f"a.{key}").key == key


def test_other_archives_stay_archives() -> None:
    assert detect(zipped("readme.txt", "password/list"), "a.zip").key == "zip"
    assert detect(b"PK\x03\x04", "a.zip").key == "zip"


def test_only_harmless_kinds_have_a_preview() -> None:
    previews = {kind.key: kind.preview for kind in TYPES.values() if kind.preview is not Preview.NONE}

    assert previews == {
        **dict.fromkeys(("png", "jpeg", "gif", "webp"), Preview.IMAGE),
        "csv": Preview.TABLE,
        **dict.fromkeys(("text", "markup", "mail"), Preview.TEXT),
    }


def test_nothing_a_browser_runs_has_a_media_type_it_would_run() -> None:
    media_types = {kind.media_type for kind in TYPES.values()}

    assert not {kind for kind in media_types if any(word in kind for word in ("html", "svg", "javascript"))}
    assert not {kind for kind in media_types if kind.endswith("/xml")}


def test_a_kept_key_finds_its_type_and_an_old_one_counts_as_octets() -> None:
    assert by_key("pdf").media_type == "application/pdf"
    assert by_key("empty").key == "empty"
    assert by_key("gone").media_type == "application/octet-stream"


def test_the_encoding_of_text_is_read_from_its_mark() -> None:
    assert encoding_of("x".encode("utf-16")) == "utf-16"
    assert encoding_of(b"\xef\xbb\xbfx") == "utf-8-sig"
    assert encoding_of(b"x\x00y") is None
