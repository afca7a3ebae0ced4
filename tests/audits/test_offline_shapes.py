"""Workbooks as they come back from people and from those who mean harm: read by what they say, or refused in words."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select

from itsmcomply.audits.kinds import Conclusion
from itsmcomply.audits.models import AuditReturn, AuditRow
from itsmcomply.audits.offline import child
from itsmcomply.audits.offline.reading import read_returned
from itsmcomply.audits.offline.sheet import COLUMNS, HEAD_ROW
from itsmcomply.audits.operations import save_row
from itsmcomply.audits.rules import Entry
from itsmcomply.errors import InvalidInput
from tests.audits.shop import Shop
from tests.audits.test_offline import PLACE, Edit, _apply, _edited, _fill, _send, _taken

OFFICE = shutil.which("soffice")


def _row_moved(book: openpyxl.Workbook) -> None:
    """The first row stands below the second, as after a sort; one cell of it is filled in."""
    sheet = book["Checklist"]
    for column in range(1, len(COLUMNS) + 1):
        one, two = sheet.cell(HEAD_ROW + 1, column), sheet.cell(HEAD_ROW + 2, column)
        one.value, two.value = two.value, one.value
    sheet.cell(HEAD_ROW + 2, PLACE["note"]).value = "sorted"


def _row_deleted(book: openpyxl.Workbook) -> None:
    book["Checklist"].delete_rows(HEAD_ROW + 2)
    book["Checklist"].cell(HEAD_ROW + 1, PLACE["note"]).value = "the next row is gone"


def _renamed(book: openpyxl.Workbook) -> None:
    book["Checklist"].title = "Site visit"
    book["Site visit"].cell(HEAD_ROW + 1, PLACE["note"]).value = "another name"


def _notes_in_front(book: openpyxl.Workbook) -> None:
    book.create_sheet("Notes", 0).cell(1, 1).value = "=1+1"
    book["Checklist"].cell(HEAD_ROW + 1, PLACE["note"]).value = "a sheet stands in front"


def _several_people(book: openpyxl.Workbook) -> None:
    book["Checklist"].cell(HEAD_ROW + 1, PLACE["interviewed"]).value = "Service desk lead\n\n Duty officer"


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (_row_moved, "1 row will change"),
        (_row_deleted, "1 row of the audit is not in the workbook"),
        (_renamed, "1 row will change"),
        (_notes_in_front, "1 row will change"),
        (_several_people, "Service desk lead, Duty officer"),
    ],
    ids=["sorted", "deleted row", "renamed sheet", "another sheet in front", "several people in a cell"],
)
def test_what_people_do_to_a_sheet_is_understood(shop: Shop, edit: Edit, told: str) -> None:
    key = shop.running("8.6.2")

    client, text, _ = _send(shop, key, _edited(_taken(shop, key), edit))

    assert told in text
    assert "1 row was taken over" in _apply(shop, client, key)


def _column_deleted(book: openpyxl.Workbook) -> None:
    book["Checklist"].delete_cols(PLACE["grade"])


def _merged(book: openpyxl.Workbook) -> None:
    book["Checklist"].merge_cells(start_row=HEAD_ROW + 1, end_row=HEAD_ROW + 3, start_column=5, end_column=5)


def _hidden_column_emptied(book: openpyxl.Workbook) -> None:
    for line in range(HEAD_ROW + 1, HEAD_ROW + 5):
        book["Checklist"].cell(line, PLACE["row_version"]).value = None
        book["Checklist"].cell(line, PLACE["note"]).value = "n"


def _head_deleted(book: openpyxl.Workbook) -> None:
    book["Checklist"].delete_rows(1, HEAD_ROW)


@pytest.mark.parametrize(
    ("edit", "told", "status"),
    [
        (_column_deleted, "its first four rows were changed", 422),
        (_head_deleted, "its first four rows were changed", 422),
        (_merged, f"Cell E{HEAD_ROW + 1} is merged with others", 422),
        (_hidden_column_emptied, "4 rows have to be put right first", 200),
        (_fill(1, note="n" * 10_001), "Keep it under 10000 characters", 200),
        (_fill(1, requirement="9.9.9-z", note="n"), "9.9.9-z is no row of this audit", 200),
        (_fill(2, requirement="8.6.2-a"), "8.6.2-a stands there twice", 200),
    ],
    ids=["column deleted", "head deleted", "merged", "version emptied", "too long", "other row", "row twice"],
)
def test_what_cannot_be_read_safely_is_refused_and_nothing_changes(
    shop: Shop, edit: Edit, told: str, status: int
) -> None:
    key = shop.running("8.6.2")

    _, text, answered = _send(shop, key, _edited(_taken(shop, key), edit))

    assert (answered, told in text) == (status, True)
    with shop.desk("viewer") as desk:
        assert desk.session.scalar(select(func.count()).where(AuditRow.note != "")) == 0
        assert desk.session.scalar(select(func.count()).select_from(AuditReturn)) == (status == 200)


def test_a_clash_comes_back_with_what_is_stored_and_can_then_be_sent_again(shop: Shop) -> None:
    key = shop.running("8.6.2")
    filled = _edited(_taken(shop, key), _fill(1, conclusion="Conforms", answer="Ten requests seen."))
    with shop.desk("internal_auditor") as desk:
        save_row(desk, key, "8.6.2-a", Entry(Conclusion.NOT_SAMPLED, note="no time"), row_version=1)
    client, _, _ = _send(shop, key, filled)

    marked = client.get(shop.cast.url(f"/audits/{key}/returns/1/checklist.xlsx")).data

    remark = openpyxl.load_workbook(io.BytesIO(marked))["Checklist"].cell(HEAD_ROW + 1, PLACE["error"]).value
    assert "Conclusion: Not sampled" in str(remark)
    _, text, _ = _send(shop, key, marked)
    assert "1 row will change" in text


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is missing; apt-get install libreoffice-calc-nogui")
def test_a_workbook_saved_by_another_program_reads_the_same(shop: Shop, tmp_path: Path) -> None:
    key = shop.running("8.6.1", "8.6.2")
    text = "=SUM(A1) is what they wrote\nsecond line; “quotes”, 100 %, ünïcode"
    with shop.desk("internal_auditor") as desk:
        save_row(desk, key, "8.6.2-a", Entry(Conclusion.CONFORMS, answer=text, note="-1"), row_version=1)
    taken = _taken(shop, key)
    (tmp_path / "checklist.xlsx").write_bytes(taken)
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    (tmp_path / "out").mkdir()
    command = [str(OFFICE), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out")]

    subprocess.run([*command, str(tmp_path / "checklist.xlsx")], check=True, capture_output=True, timeout=180)

    saved = (tmp_path / "out" / "checklist.xlsx").read_bytes()
    assert read_returned(io.BytesIO(saved)) == read_returned(io.BytesIO(taken))
    _, told, _ = _send(shop, key, saved)
    assert "The workbook changes nothing" in told


def _archive(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _with_part(shop_made: bytes, name: str, content: bytes) -> bytes:
    """A real workbook with one part of it replaced."""
    with zipfile.ZipFile(io.BytesIO(shop_made)) as book:
        parts = {one: book.read(one) for one in book.namelist()}
    return _archive(parts | {name: content})


def _plain() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "text"  # type: ignore[index]  # a new workbook has an active sheet
    book.save(out)
    return out.getvalue()


def _million_cells() -> bytes:
    line = b"<row>" + b'<c t="inlineStr"><is><t>x</t></is></c>' * 10 + b"</row>"
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return _with_part(_plain(), "xl/worksheets/sheet1.xml", sheet + line * 100_000 + b"</sheetData></worksheet>")


def _wide() -> bytes:
    sheet = b"<worksheet><sheetData>" + (b"<row>" + b"<c/>" * 16_384 + b"</row>") * 60 + b"</sheetData></worksheet>"
    return _with_part(_plain(), "xl/worksheets/sheet1.xml", sheet)


def _huge_strings() -> bytes:
    """A hundred megabytes of shared strings: just within what may be unpacked."""
    head = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return _with_part(_plain(), "xl/sharedStrings.xml", head + b"<si><t>a</t></si>" * 6_500_000 + b"</sst>")


def _endless_entities() -> bytes:
    lol = b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 1000 + b'">'
    for one, before in zip(b"bcdefgh", b"abcdefg", strict=True):
        lol += b'<!ENTITY %c "' % one + b"&%c;" % before * 10 + b'">'
    sheet = b"]><worksheet><sheetData><row><c><v>&h;</v></c></row></sheetData></worksheet>"
    return _with_part(_plain(), "xl/worksheets/sheet1.xml", lol + sheet)


def _many_members() -> bytes:
    return _archive({"[Content_Types].xml": b"x"} | {f"xl/{n}.xml": b"" for n in range(2500)})


READ_ALONE = """
import io, resource, sys
from itsmcomply.audits.offline.reading import read_returned
from itsmcomply.errors import InvalidInput
try:
    read_returned(io.BytesIO(sys.stdin.buffer.read()))
except InvalidInput as refused:
    print(refused)
spent = resource.getrusage(resource.RUSAGE_CHILDREN)
print(spent.ru_maxrss)
print(spent.ru_utime)
"""


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (_million_cells, "more than 2000 rows"),
        (_wide, "more columns than a checklist"),
        (_huge_strings, "not a checklist of this product"),
        (_endless_entities, "damaged or incomplete"),
        (_many_members, "unpacks to more"),
        (_plain, "not a checklist of this product"),
    ],
    ids=["million cells", "wide", "huge strings", "entities", "members", "another workbook"],
)
def test_a_file_meant_to_harm_is_refused_within_the_limits(make: Callable[[], bytes], told: str) -> None:
    message, peak, seconds = _read_alone(make())

    assert told in message
    assert seconds <= child.SECONDS + 2
    assert peak <= child.MEMORY + (64 << 20)


def _read_alone(data: bytes) -> tuple[str, int, float]:
    """The refusal, and the memory (bytes) and time of the child that read, from a small process of its own.

    A child begins as a copy of its parent, so measured from here its peak could be that of all the tests before.
    """
    lines = subprocess.run([sys.executable, "-c", READ_ALONE], input=data, capture_output=True, check=True).stdout
    message, peak, seconds = lines.decode().splitlines()
    return message, int(peak) * 1024, float(seconds)


def test_what_nobody_foresaw_is_told_in_words_and_put_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    broken = _with_part(_plain(), "xl/workbook.xml", b"<workbook")

    with pytest.raises(InvalidInput, match="damaged or incomplete"):
        read_returned(io.BytesIO(broken))

    assert "Traceback" in caplog.text


def test_the_limits_hold_in_the_process_that_reads(tmp_path: Path) -> None:
    script = "import resource, sys; from itsmcomply.audits.offline import child; child.main(sys.argv[1]); "
    script += "print(resource.getrlimit(resource.RLIMIT_AS), resource.getrlimit(resource.RLIMIT_CPU))"
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04")

    command = [sys.executable, "-c", script, str(tmp_path / "x.xlsx")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert str((child.MEMORY, child.MEMORY)) in done.stdout
    assert str((child.SECONDS, child.SECONDS + 2)) in done.stdout
