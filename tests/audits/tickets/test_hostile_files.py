"""Files that are damaged, dressed up or too much: one sentence with the place, memory bounded."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from itsmcomply.audits.tickets.limited import Cancelled, read_limited
from itsmcomply.audits.tickets.model import Options, Refused
from tests.audits.tickets.exports import SERVICENOW, changed_archive, text_file, workbook

HEAD = SERVICENOW.splitlines()[0]
ROW = SERVICENOW.splitlines()[1]


def _truncated(folder: Path) -> Path:
    path = text_file(folder, SERVICENOW)
    path.write_bytes(path.read_bytes()[:-40])
    return path


def _truncated_book(folder: Path) -> Path:
    path = workbook(folder)
    path.write_bytes(path.read_bytes()[:-200])
    return path


def _formula(folder: Path) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEAD.split(","))
    sheet.append(['=HYPERLINK("http://localhost","INC1")', *ROW.split(",")[1:]])
    book.save(folder / "f.xlsx")
    return folder / "f.xlsx"


def _macros(folder: Path) -> Path:
    return changed_archive(workbook(folder), xl__vbaProject_DOT_bin=b"x")


def _bomb(folder: Path) -> Path:
    return changed_archive(workbook(folder), xl__worksheets__sheet1_DOT_xml=b" " * (60 << 20))


def _protected(folder: Path) -> Path:
    path = folder / "p.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    return path


def _old_format(folder: Path) -> Path:
    path = folder / "o.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    return path


def _other_archive(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "a.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    return folder / "a.xlsx"


def _raw(content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / "raw.csv").write_bytes(content)
        return folder / "raw.csv"

    return make


CASES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "cut off": (_truncated, r"ends inside row 5|ends inside row 9|ends inside row"),
    "workbook cut off": (_truncated_book, "damaged or cut off"),
    "formula": (_formula, "Row 2, column number holds a formula"),
    "macros": (_macros, "holds macros"),
    "zip bomb": (_bomb, "unpacks into far more"),
    "password": (_protected, "protected by a password"),
    "old format": (_old_format, "old format"),
    "other archive": (_other_archive, "no Excel workbook"),
    "empty": (_raw(b""), "is empty"),
    "heading alone": (_raw(HEAD.encode()), "no record below"),
    "NUL": (_raw(f"{HEAD}\n{ROW}\n".replace("Network", "Net\0work").encode()), "Row 2, column category holds a NUL"),
    "binary": (_raw(bytes(range(256)) * 400), "neither a text table nor a workbook"),
    "picture": (_raw(b"\x89PNG\r\n\x1a\n" + bytes(100)), "of type PNG"),
    "broken UTF-8": (_raw(f"{HEAD}\n{ROW}é\n".encode() + b"\xff\xfe\n"), "Line 3 holds bytes that are not UTF-8"),
    "one giant line": (_raw(b"number," + b"x" * 3_000_000), "Line 1 is longer"),
    "many columns": (_raw(",".join(f"c{i}" for i in range(10_000)).encode() + b"\n1\n"), "10,000 columns"),
    "open quote": (_raw(f'{HEAD}\n"INC1,{ROW}\n{ROW}\n'.encode()), "quoted text that begins in row 2"),
    "huge cell": (_raw(f'{HEAD}\n"'.encode() + b"x\n" * 100_000 + b'"\n'), "Row 2 holds a text of more than"),
    "odd UTF-16": (_raw((f"{HEAD}\n{ROW}\n").encode("utf-16")[:-1]), "utf-16|ends inside"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_file_is_refused_in_one_sentence(case: str, tmp_path: Path) -> None:
    make, message = CASES[case]

    with pytest.raises(Refused, match=message) as caught:
        read_limited(make(tmp_path), tmp_path / "records", Options())

    assert "Traceback" not in str(caught.value)
    assert len(str(caught.value)) < 800


def test_memory_that_runs_out_ends_the_child_with_a_code_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("w") as file:
        file.write("number,incident_state,close_notes,assignment_group\n")
        for part in range(90):
            file.write("".join(f"INC{part}-{i},New,{'y' * 1000}{part}-{i},G\n" for i in range(1000)))
    code = "from itsmcomply.audits.tickets import child; child.MEMORY_BYTES = 110 << 20; raise SystemExit(child.main())"
    request = json.dumps({"path": str(path), "records": str(tmp_path / "records")})

    ended = subprocess.run([sys.executable, "-c", code], input=request, text=True, capture_output=True, check=False)

    assert ended.returncode == 3, ended.stderr[-500:]
    assert not (tmp_path / "records").exists()


def test_reading_stops_when_nobody_wants_it_any_more(tmp_path: Path) -> None:
    path = text_file(tmp_path, HEAD + "\n" + f"{ROW}\n" * 20_000)

    with pytest.raises(Cancelled):
        read_limited(path, tmp_path / "records", Options(), progress=lambda rows: False)


def test_rows_of_another_width_are_skipped_and_named(tmp_path: Path) -> None:
    path = text_file(tmp_path, f"{HEAD}\n{ROW},extra\nINC9,New\n{ROW}\n")

    found = read_limited(path, tmp_path / "records", Options())

    assert found.summary["understood"] == 1
    assert found.summary["skipped"] == [
        {"row": 2, "column": "", "reason": "20 columns where the heading has 19"},
        {"row": 3, "column": "", "reason": "2 columns where the heading has 19"},
    ]


def test_a_reader_that_fails_in_an_unforeseen_way_is_not_told_as_a_fault_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="FileNotFoundError"):
        read_limited(text_file(tmp_path, SERVICENOW), tmp_path / "nowhere" / "records", Options())
