from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from itsmcomply.audits.kinds import Conclusion
from itsmcomply.audits.models import AuditReturn, AuditRow
from itsmcomply.audits.offline.sheet import COLUMNS, HEAD_ROW
from itsmcomply.audits.operations import save_row
from itsmcomply.audits.rules import Entry
from itsmcomply.findings.models import Finding
from tests.audits.shop import Shop
from tests.cast import csrf

PLACE = {name: place for place, (name, *_) in enumerate(COLUMNS, 1)}
Edit = Callable[[openpyxl.Workbook], None]


def _taken(shop: Shop, key: str) -> bytes:
    return shop.cast.client("internal_auditor").get(shop.cast.url(f"/audits/{key}/checklist.xlsx")).data


def _edited(data: bytes, edit: Edit) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(line: int, **cells: str) -> Edit:
    """Fill cells of the row that stands `line` rows below the head."""

    def edit(book: openpyxl.Workbook) -> None:
        for name, value in cells.items():
            book["Checklist"].cell(HEAD_ROW + line, PLACE[name]).value = value

    return edit


def _send(shop: Shop, key: str, data: bytes) -> tuple[FlaskClient, str, int]:
    """The page the workbook led to: client, text, status."""
    client = shop.cast.client("internal_auditor")
    page = shop.cast.url(f"/audits/{key}")
    form = {"file": (io.BytesIO(data), "checklist.xlsx"), "csrf_token": csrf(client, page)}
    answer = client.post(f"{page}/returns", data=form, content_type="multipart/form-data", follow_redirects=True)
    return client, answer.text, answer.status_code


def _apply(shop: Shop, client: FlaskClient, key: str) -> str:
    page = shop.cast.url(f"/audits/{key}/returns/1")
    return client.post(f"{page}/apply", data={"csrf_token": csrf(client, page)}, follow_redirects=True).text


def test_a_round_trip_without_edits_changes_nothing(shop: Shop) -> None:
    key = shop.running("8.6.2")
    shop.conclude(key)

    _, text, _ = _send(shop, key, _taken(shop, key))

    assert "The workbook changes nothing" in text


def test_what_was_filled_in_is_shown_first_and_then_applied(shop: Shop) -> None:
    key = shop.running("8.6.2")
    filled = _edited(_taken(shop, key), _fill(1, conclusion="Conforms", answer="=not a formula\nten requests"))
    book = openpyxl.load_workbook(io.BytesIO(filled))
    book["Checklist"].cell(HEAD_ROW + 1, PLACE["answer"]).data_type = "s"
    out = io.BytesIO()
    book.save(out)

    client, text, _ = _send(shop, key, out.getvalue())
    assert "1 row will change" in text
    assert "1 row was taken over" in _apply(shop, client, key)

    with shop.desk("viewer") as desk:
        row = desk.session.scalars(select(AuditRow).where(AuditRow.requirement == "8.6.2-a")).one()
        assert (row.conclusion, row.answer) == (Conclusion.CONFORMS, "=not a formula\nten requests")


def test_a_nonconformity_on_site_raises_its_finding(shop: Shop) -> None:
    key = shop.running("8.6.2")
    edit = _fill(2, conclusion="Nonconformity", grade="Minor", statement="No priority.", answer="Requests 1 to 5.")

    client, text, _ = _send(shop, key, _edited(_taken(shop, key), edit))
    assert "Raises a finding" in text
    _apply(shop, client, key)

    with shop.desk("viewer") as desk:
        assert desk.session.scalars(select(Finding.audit_key)).all() == [key]


def test_a_change_made_meanwhile_is_a_conflict_and_nothing_is_applied(shop: Shop) -> None:
    key = shop.running("8.6.2")
    taken = _taken(shop, key)
    with shop.desk("internal_auditor") as desk:
        save_row(desk, key, "8.6.2-a", Entry(Conclusion.NOT_SAMPLED), row_version=1)
    both = _edited(_edited(taken, _fill(1, conclusion="Conforms", answer="Seen.")), _fill(2, statement="Seen."))

    _, text, _ = _send(shop, key, both)

    assert "Somebody changed this row meanwhile." in text
    assert "Apply all" not in text


def test_a_row_left_alone_is_no_conflict_when_it_was_changed_meanwhile(shop: Shop) -> None:
    key = shop.running("8.6.2")
    taken = _taken(shop, key)
    with shop.desk("internal_auditor") as desk:
        save_row(desk, key, "8.6.2-a", Entry(Conclusion.NOT_SAMPLED), row_version=1)

    _, text, _ = _send(shop, key, _edited(taken, _fill(2, statement="Seen.")))

    assert "1 row will change" in text


def test_errors_are_written_into_the_rows_of_the_returned_workbook(shop: Shop) -> None:
    key = shop.running("8.6.2")
    client, text, _ = _send(shop, key, _edited(_taken(shop, key), _fill(1, conclusion="Perhaps", note="n")))
    assert "1 row has to be put right first" in text

    data = client.get(shop.cast.url(f"/audits/{key}/returns/1/checklist.xlsx")).data

    sheet = openpyxl.load_workbook(io.BytesIO(data))["Checklist"]
    assert sheet.cell(HEAD_ROW + 1, PLACE["error"]).value == "Choose the conclusion from the list."
    assert sheet.cell(HEAD_ROW + 1, PLACE["note"]).value == "n"


def test_the_workbook_is_locked_beside_the_fields_and_has_drop_downs(shop: Shop) -> None:
    key = shop.running("8.6.2")

    sheet = openpyxl.load_workbook(io.BytesIO(_taken(shop, key)))["Checklist"]

    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert sheet.cell(HEAD_ROW + 1, PLACE["text"]).protection.locked
    assert not sheet.cell(HEAD_ROW + 1, PLACE["conclusion"]).protection.locked
    assert len(sheet.data_validations.dataValidation) == 2


def test_the_checklist_of_another_audit_is_refused(shop: Shop) -> None:
    one, other = shop.running("8.6.2"), shop.running("8.6.3")

    _, text, status = _send(shop, other, _taken(shop, one))

    assert (status, f"It is the checklist of {one}" in text) == (422, True)


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", b" " * (200 * 1024 * 1024))
    return out.getvalue()


def _macros() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/vbaProject.bin", "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "Choose the workbook"),
        (b"a,b\n1,2\n", "not an .xlsx workbook"),
        (b"PK\x03\x04 broken", "damaged or incomplete"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "protected by a password"),
        (_bomb(), "unpacks to more"),
        (_macros(), "holds macros"),
    ],
    ids=["empty", "text", "broken", "password", "bomb", "macros"],
)
def test_a_hostile_file_is_refused_in_words_and_nothing_is_stored(shop: Shop, data: bytes, told: str) -> None:
    key = shop.running("8.6.2")

    _, text, status = _send(shop, key, data)

    assert (status, told in text) == (422, True)
    with shop.desk("viewer") as desk:
        assert desk.session.scalar(select(func.count()).select_from(AuditReturn)) == 0


def test_a_truncated_workbook_is_refused(shop: Shop) -> None:
    key = shop.running("8.6.2")
    data = _taken(shop, key)

    _, text, status = _send(shop, key, data[: len(data) // 2])

    assert (status, "damaged or incomplete" in text) == (422, True)


def test_a_formula_is_refused_with_its_cell(shop: Shop) -> None:
    key = shop.running("8.6.2")

    _, text, status = _send(shop, key, _edited(_taken(shop, key), _fill(1, statement="=1+1")))

    assert (status, f"G{HEAD_ROW + 1} holds a formula" in text) == (422, True)


def test_fifty_megabytes_are_refused_without_an_error_of_the_server(shop: Shop) -> None:
    key = shop.running("8.6.2")
    client = shop.cast.client("internal_auditor")
    page = shop.cast.url(f"/audits/{key}")
    field = '--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + csrf(client, page)
    head = '\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="big.xlsx"\r\n\r\nPK'
    body = (field + head).encode() + b"\0" * (51 * 1024 * 1024) + b"\r\n--x--\r\n"

    answer = client.post(f"{page}/returns", data=body, content_type="multipart/form-data; boundary=x")

    assert answer.status_code in {413, 422}
    assert "Nothing was stored" in answer.text


def test_texts_that_a_workbook_writes_otherwise_come_back_as_they_were(shop: Shop) -> None:
    key = shop.running("8.6.2")
    entry = Entry(answer="one\rtwo _x000D_ three", interviewed="Service desk lead\nChange manager")
    with shop.desk("internal_auditor") as desk:
        save_row(desk, key, "8.6.2-a", entry, row_version=1)

    _, text, _ = _send(shop, key, _taken(shop, key))

    assert "The workbook changes nothing" in text


def test_a_workbook_sent_again_after_it_was_applied_changes_nothing(shop: Shop) -> None:
    key = shop.running("8.6.2")
    seen = {"conclusion": "Nonconformity", "grade": "Minor", "statement": "Requests lost.", "answer": "Requests 4, 5."}
    data = _edited(_taken(shop, key), _fill(1, **seen))
    client, _, _ = _send(shop, key, data)
    _apply(shop, client, key)

    _, text, _ = _send(shop, key, data)

    assert "The workbook changes nothing" in text
