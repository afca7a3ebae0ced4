# ruff: noqa: DTZ001 - cells hold moments without a zone
"""Files over HTTP that are damaged, dressed up, odd or too much: a reason with its place, nothing kept."""

from __future__ import annotations

import io
import random
import re
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from itsmcomply.audits.sampling.kinds import ImportState
from itsmcomply.audits.sampling.queries import records_of
from itsmcomply.audits.tickets.limited import MODULE
from itsmcomply.web.resources import resources_of
from tests.audits.sampling.conftest import Desk
from tests.audits.tickets.exports import SERVICENOW
from tests.audits.tickets.test_hostile_files import CASES

HEAD, ROW = SERVICENOW.splitlines()[:2]


def refused_as(auditor: Desk, content: bytes, name: str = "export.csv") -> str:
    """Why the page says nothing was taken; proves that nothing was kept."""
    before = auditor.kept()
    assert auditor.put(content, name).status_code == 201
    found = auditor.population()
    page = auditor.get(f"/populations/{found.number}")
    assert (page.status_code, found.state, found.records_sha256) == (200, ImportState.REFUSED, None)
    assert "Nothing was taken from this file." in page.text
    assert auditor.kept() == before
    assert auditor.left_behind() == []
    return page.text


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_file_is_refused_on_the_page_with_the_reason(case: str, auditor: Desk, tmp_path: Path) -> None:
    make, message = CASES[case]
    content = make(tmp_path).read_bytes()
    if not content:
        assert auditor.put(content).status_code == 422
        return

    text = refused_as(auditor, content, "export.xlsx")

    assert re.search(message, unescape(text))


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _book(*rows: Sequence[object], macintosh: bool = False) -> bytes:
    book = Workbook()
    if macintosh:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    for row in ([*HEAD.split(",")], *rows):
        sheet.append(list(row))
    return _saved(book)


def _dressed_up(content: bytes, content_type: bytes, **members: bytes) -> bytes:
    """The workbook with another main content type, as a macro-enabled one has, and members more."""
    out = io.BytesIO()
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(member.filename, old.read(member).replace(plain, content_type))
        for name, more in members.items():
            new.writestr(f"xl/{name}.bin", more)
    return out.getvalue()


def _xlsm() -> bytes:
    kind = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    return _dressed_up(_book([*ROW.split(",")]), kind, vbaProject=b"macro")


def test_a_workbook_with_macros_is_refused_whatever_it_is_called(auditor: Desk) -> None:
    for name in ("export.xlsm", "export.xlsx", "export.csv"):
        assert "The workbook holds macros." in refused_as(auditor, _xlsm(), name)


def test_a_formula_is_refused_with_row_and_column(auditor: Desk) -> None:
    bad = [*ROW.split(",")]
    bad[8] = '=HYPERLINK("http://localhost","x")'

    text = refused_as(auditor, _book([*ROW.split(",")], bad), "export.xlsx")

    assert "Row 3, column category holds a formula." in text


def test_a_table_of_2000_columns_is_refused_with_their_number(auditor: Desk) -> None:
    wide = ",".join(["number", "incident_state", "opened_at", *(f"c{n}" for n in range(1997))])

    assert "2,000 columns" in refused_as(auditor, f"{wide}\n1\n".encode())


@pytest.mark.parametrize("first", [1900, 1904])
def test_days_in_cells_are_read_in_either_calendar(auditor: Desk, first: int) -> None:
    row: list[object] = [*ROW.split(",")]
    row[6] = datetime(2016, 2, 29, 10, 0)

    auditor.put(_book(row, macintosh=first == 1904), "export.xlsx")

    assert _records(auditor)[0]["opened_at"] == "2016-02-29 10:00:00"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"])
@pytest.mark.parametrize("sign", [";", "\t", ","])
def test_encodings_and_separators_come_out_alike(auditor: Desk, encoding: str, sign: str) -> None:
    text = f"{HEAD}\n{ROW}\n".replace("Network", "Störung").replace(",", sign)

    auditor.put(text.encode(encoding))

    assert _records(auditor)[0]["category"] == "Störung"


def test_line_ends_inside_quotes_belong_to_the_cell(auditor: Desk) -> None:
    head = HEAD.replace("u_symptom", "short_description")
    broken = ROW.replace("Symptom 7", '"no mail\nsince; noon, ""again"""')

    auditor.put(f"{head}\n{broken}\n{ROW.replace('INC001', 'INC009')}\n".encode())

    first, second = _records(auditor)
    assert first["summary"] == 'no mail\nsince; noon, "again"'
    assert (second["number"], second["row"]) == ("INC009", 4)


def test_what_looks_like_a_formula_in_a_text_table_stays_text(auditor: Desk) -> None:
    auditor.put(f"{HEAD}\n{ROW.replace('Network', '=cmd|x')}\n".encode())

    assert _records(auditor)[0]["category"] == "=cmd|x"
    assert "=cmd|x" not in auditor.get("/populations/1").text


def _records(auditor: Desk) -> list[dict[str, object]]:
    found = auditor.population()
    assert found.state is ImportState.DONE, found.message
    return list(records_of(resources_of(auditor.shop.cast.app).store, found))


def _large_text() -> bytes:
    """50 MiB without a line end after the heading."""
    return HEAD.encode() + b"\n" + b"x" * (50 << 20)


def _large_quote() -> bytes:
    """50 MiB inside a quote that is never closed, in lines."""
    return HEAD.encode() + b'\n"' + b"INC,1,2,3\n" * (5 << 20)


def _large_book() -> bytes:
    """50 MiB of bytes that do not pack, beside a workbook that is cut off."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_book([*ROW.split(",")]))) as old, zipfile.ZipFile(out, "w") as new:
        new.writestr("xl/media/noise.bin", random.Random(1).randbytes(50 << 20))
        for member in old.infolist():
            content = old.read(member)
            new.writestr(member.filename, content[:-60] if member.filename.endswith("sheet1.xml") else content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "reason"),
    [(_large_text, "longer than"), (_large_quote, "a quote may not be closed"), (_large_book, "damaged or cut off")],
    ids=["one line", "open quote", "workbook"],
)
def test_50_mib_of_a_hostile_file_are_refused_within_bounded_memory(
    auditor: Desk, make: Callable[[], bytes], reason: str
) -> None:
    content = make()
    with measured() as peak:
        text = refused_as(auditor, content)

    assert reason in text
    assert 0 < peak() < 200


@contextmanager
def measured() -> Iterator[Callable[[], float]]:
    """The highest resident memory, in MiB, of any reader started in the block."""
    highest, running = [0.0], threading.Event()

    def watch() -> None:
        while not running.wait(0.02):
            for task in Path("/proc/self/task").iterdir():
                with suppress(OSError, ValueError):
                    for child in (task / "children").read_text().split():
                        if MODULE not in Path(f"/proc/{child}/cmdline").read_text():
                            continue  # a moment after the fork it is still this process, with its memory
                        status = Path(f"/proc/{child}/status").read_text()
                        kib = int(status.split("VmHWM:")[1].split()[0]) if "VmHWM" in status else 0
                        highest[0] = max(highest[0], kib / 1024)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    yield lambda: highest[0]
    running.set()
    watcher.join()
