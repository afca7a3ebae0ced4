"""LibreOffice opens both files, whatever people wrote; no column is too narrow for what it holds."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from itsmcomply.reports import words
from tests.reports.readback import corpus, report, workbook
from tests.reports.sample import DAY, make

OFFICE = shutil.which("soffice")
MISSING = "LibreOffice is missing; apt-get install libreoffice-calc-nogui libreoffice-writer-nogui"
TO_TEXT = shutil.which("pdftotext")

pytestmark = [
    pytest.mark.office,
    pytest.mark.slow,
    pytest.mark.skipif(OFFICE is None, reason=MISSING),
    pytest.mark.skipif(TO_TEXT is None, reason="pdftotext is missing; apt-get install poppler-utils"),
]


def printed(path: Path, folder: Path) -> str:
    """The text of the pages as LibreOffice prints them; a profile of its own, because two at once would fail."""
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [str(OFFICE), profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    pdf = path.with_suffix(".pdf")
    return subprocess.run([str(TO_TEXT), "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout


def test_the_report_prints_its_headings_and_page_numbers(tmp_path: Path) -> None:
    pack, _ = make()

    text = printed(report(pack, tmp_path), tmp_path)

    assert "Readiness and maturity report" in text
    assert "8.6.1 Incident management" in text
    assert words.disclaimer(DAY)[:60] in text
    assert "Page 2 of" in text


def test_the_workbook_prints_every_sheet_without_a_column_too_narrow(tmp_path: Path) -> None:
    text = printed(workbook(*make(), tmp_path), tmp_path)

    assert "###" not in text
    for sheet in ("Clause matrix", "Evidence register", "Gaps"):
        assert f"{sheet}, 24 Nov 2026" in text


def test_hostile_texts_break_neither_file(tmp_path: Path) -> None:
    texts = [text for text in (*corpus("formula.txt"), *corpus("word.txt")) if "http" not in text]
    pack, register = make(*texts)

    assert printed(report(pack, tmp_path), tmp_path)
    assert "Err:5" not in printed(workbook(pack, register, tmp_path), tmp_path)
