"""Imports over HTTP: progress, cancel, the end of the audit, the export kept, files that are damaged or dressed up."""

from __future__ import annotations

import hashlib

import pytest

from itsmcomply.audits.operations import cancel_audit, sign_off, state_result
from itsmcomply.audits.operations.desk import audit_by_key
from itsmcomply.audits.sampling.kinds import ImportState
from itsmcomply.errors import InvalidInput
from tests.audits.sampling.conftest import Desk
from tests.audits.shop import RESULT
from tests.audits.tickets.exports import SERVICENOW

HEAD, ROW = SERVICENOW.splitlines()[:2]


def long_export(rows: int = 200_000) -> bytes:
    """One that takes seconds to read."""
    return (HEAD + "\n" + "".join(f"INC{n:07d},{ROW.split(',', 1)[1]}\n" for n in range(rows))).encode()


def test_progress_is_told_until_the_page_is_loaded_again(auditor: Desk) -> None:
    auditor.put(long_export(60_000), wait=False)

    reading = auditor.get("/populations/1/state")
    page = auditor.get("/populations/1").text
    auditor.wait()
    done = auditor.get("/populations/1/state")

    assert "rows so far" in reading.text
    assert "HX-Refresh" not in reading.headers
    assert "hx-trigger" in page
    assert done.headers["HX-Refresh"] == "true"
    assert (auditor.population().done, auditor.population().records) == (60_000, 60_000)


def test_a_running_import_is_cancelled_and_nothing_of_it_stays(auditor: Desk) -> None:
    before = auditor.kept()
    auditor.put(long_export(), wait=False)

    answer = auditor.post("/populations/1/cancel")
    auditor.wait()

    assert answer.status_code == 303
    assert auditor.population().state is ImportState.CANCELLED
    assert "The import was cancelled." in auditor.get("/populations/1").text
    assert auditor.kept() == before
    assert auditor.left_behind() == []


def test_nobody_signs_off_while_an_export_is_being_read(auditor: Desk) -> None:
    shop, key = auditor.shop, auditor.key
    shop.conclude(key)
    with shop.desk("internal_auditor") as desk:
        state_result(desk, key, RESULT, row_version=audit_by_key(desk, key).row_version)
    auditor.put(long_export(), wait=False)

    page = auditor.get("/result").text
    with pytest.raises(InvalidInput, match="POP-01 is still being read"), shop.desk("internal_auditor") as desk:
        sign_off(desk, key, shop.report(desk, key))
    auditor.post("/populations/1/cancel")
    auditor.wait()

    assert "POP-01 is still being read" in page
    with shop.desk("internal_auditor") as desk:
        sign_off(desk, key, shop.report(desk, key))


def test_an_import_that_ends_after_its_audit_stores_nothing(auditor: Desk) -> None:
    before = auditor.kept()
    auditor.put(long_export(), wait=False)
    with auditor.shop.desk("sms_manager") as desk:
        cancel_audit(desk, auditor.key, reason="The department moves.")
    auditor.wait()

    assert auditor.population().state is ImportState.CANCELLED
    assert auditor.kept() == before


def test_a_sample_is_not_drawn_nor_a_file_brought_after_sign_off(auditor: Desk) -> None:
    auditor.put(SERVICENOW.encode())
    auditor.shop.conclude(auditor.key)
    auditor.shop.close(auditor.key)

    drawn, brought = auditor.draw(), auditor.put(SERVICENOW.encode())

    assert (drawn.status_code, brought.status_code) == (409, 409)
    assert auditor.population().number == 1


def test_the_export_is_handed_back_byte_by_byte_and_never_shown(auditor: Desk) -> None:
    content = SERVICENOW.replace("INC003", "<script>").encode()
    auditor.put(content, "Störungen <b>.csv")

    answer = auditor.get("/populations/1/export")

    assert answer.data == content
    assert hashlib.sha256(answer.data).hexdigest() == auditor.population().sha256
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_refused_export_cannot_be_had_back(auditor: Desk) -> None:
    auditor.put(b"a,b\n1,2\n")

    assert auditor.get("/populations/1/export").status_code == 404
