"""Register in Excel and report in Word: opened as files and compared with what the pages show."""

from __future__ import annotations

import io
from dataclasses import replace

from docx import Document
from openpyxl import load_workbook

from itsmcomply.findings.kinds import Grade
from tests.findings.bench import RAISING, Bench
from tests.findings.test_pages import Door


def words_of(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_workbook_holds_exactly_what_the_page_shows(bench: Bench) -> None:
    key = bench.planned()
    bench.graded(Grade.OBSERVATION)

    answer = Door(bench, "sms_manager").get("/findings.xlsx?grade=minor")

    book = load_workbook(io.BytesIO(answer.data))
    rows = list(book["Findings"].iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == [key]
    assert rows[1][1:3] == ("Minor", "Plan accepted")
    actions = list(book["Corrective actions"].iter_rows(values_only=True))
    assert actions[1][:3] == (key, 1, "Show the matrix in the tool.")
    assert "Minor." in book["Summary"]["A2"].value


def test_the_workbook_says_what_was_stated_and_by_whom_it_was_decided(bench: Bench) -> None:
    key = bench.verified()
    bench.close(key)

    book = load_workbook(io.BytesIO(Door(bench, "sms_manager").get("/findings.xlsx").data))

    heads, values, *_ = book["Findings"].iter_rows(values_only=True)
    row = dict(zip(heads, values, strict=True))
    assert row["Objective evidence"] == RAISING.objective
    assert row["Correction"] == "The 12 incidents were prioritised anew."
    assert row["Extent"] == "31 of 240."
    assert row["Root cause"] == "The acceptance test of the new tool did not cover the matrix."
    assert row["Effectiveness"] == "Looked at 20."
    assert (row["Raised by"], row["Verified by"], row["Closed by"]) == (
        "Internal auditor",
        "SMS manager",
        "SMS manager",
    )


def test_text_that_looks_like_a_formula_stays_text(bench: Bench) -> None:
    bench.raised(replace(RAISING, title='=HYPERLINK("http://example.org")', statement="@SUM(A1)"))

    answer = Door(bench, "sms_manager").get("/findings.xlsx")

    sheet = load_workbook(io.BytesIO(answer.data))["Findings"]
    assert sheet["D2"].data_type == "s"
    assert sheet["D2"].value == '=HYPERLINK("http://example.org")'


def test_a_row_is_as_tall_as_its_text_and_never_taller_than_programs_allow(bench: Bench) -> None:
    bench.raised(replace(RAISING, statement="word " * 1900))
    bench.raised()

    sheet = load_workbook(io.BytesIO(Door(bench, "sms_manager").get("/findings.xlsx").data))["Findings"]

    heights = [sheet.row_dimensions[row].height for row in (2, 3)]
    assert heights[0] < 60
    assert heights[1] == 409


def test_the_report_says_everything_on_record(bench: Bench) -> None:
    key = bench.verified()
    bench.close(key)

    text = words_of(Door(bench, "viewer").get(f"/findings/{key}/report.docx").data)

    for part in (
        f"Nonconformity report {key}",
        "Priority set by feel",
        "12 of 20 sampled incidents",
        "The 12 incidents were prioritised anew.",
        "31 of 240.",
        "The acceptance test of the new tool did not cover the matrix.",
        "Show the matrix in the tool.",
        "Effective. Looked at 20.",
        "EV-0002 version 1",
        "Closed 24 Dec 2026 by SMS manager.",
    ):
        assert part in text, part


def test_the_report_of_an_open_one_says_what_is_missing(bench: Bench) -> None:
    key = bench.raised()

    text = words_of(Door(bench, "viewer").get(f"/findings/{key}/report.docx").data)

    assert "Raised. Correction is missing." in text
    assert text.count("Not on record.") >= 5


def test_the_report_of_a_remark_holds_its_answer_only(bench: Bench) -> None:
    text = words_of(Door(bench, "viewer").get(f"/findings/{bench.graded(Grade.OBSERVATION)}/report.docx").data)

    assert "Finding report OB-2026-01" in text
    assert "Corrective actions" not in text


def test_words_that_xml_cannot_hold_do_not_break_the_report(bench: Bench) -> None:
    key = bench.raised(replace(RAISING, statement="<w:p> & ]]> \u202e long " + "word " * 1500))

    assert "<w:p> & ]]>" in words_of(Door(bench, "viewer").get(f"/findings/{key}/report.docx").data)
