from __future__ import annotations

import io
from zipfile import ZipFile

import pytest
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from itsmcomply.db import db
from itsmcomply.performance.operations import add_guest
from itsmcomply.performance.rules import Guest
from itsmcomply.web.resources import resources_of
from tests.cast import Cast, csrf
from tests.evidence.filed import kinds_on_file
from tests.performance.hall import Hall

BASE = "/management-review"


def _post(cast: Cast, client: FlaskClient, path: str, **data: str) -> TestResponse:
    token = csrf(client, cast.url(BASE))
    return client.post(cast.url(path), data={**data, "csrf_token": token})


@pytest.mark.parametrize("role", ["sms_manager", "viewer", "internal_auditor", "external_auditor", "process_owner"])
def test_everybody_in_the_system_reads_reviews(hall: Hall, role: str) -> None:
    key = hall.signed()
    client = hall.office.cast.client(role)

    index = client.get(hall.office.cast.url(BASE))
    page = client.get(hall.office.cast.url(f"{BASE}/{key}"))

    assert key in index.text
    assert "Held, signed, 1 decision" in page.text
    assert "Shorten the time to assign incidents." in page.text


def test_the_empty_index_says_what_reviews_are_for(cast: Cast) -> None:
    page = cast.client("viewer").get(cast.url(BASE)).text

    assert "No management review is planned" in page
    assert "Top management looks at" in page
    assert "Plan a review" not in page


def test_planning_leads_to_the_agenda(cast: Cast) -> None:
    client = cast.client("sms_manager")
    chair = str(cast.ids["sms_manager"])

    answer = _post(cast, client, f"{BASE}/new", planned_on="2026-12-10", chair=chair, place="Board room")

    assert answer.status_code == 302
    page = client.get(answer.location).text
    for one in resources_of(cast.app).catalogue.review_inputs:
        assert one.name in page


def test_a_refused_plan_keeps_what_was_typed(cast: Cast) -> None:
    client = cast.client("sms_manager")
    chair = str(cast.ids["sms_manager"])

    answer = _post(cast, client, f"{BASE}/new", planned_on="2020-12-10", chair=chair, place="Room <7>")

    assert answer.status_code == 422
    assert "This day has passed" in answer.text
    assert "Room &lt;7&gt;" in answer.text


def test_saving_an_input_over_a_newer_one_shows_both(hall: Hall) -> None:
    key, cast = hall.held(), hall.office.cast
    client = cast.client("sms_manager")
    path = f"{BASE}/{key}/inputs/risks"
    first = {"in-risks-addition": "Theirs", "in-risks-consideration": "considered", "in-risks-row_version": "1"}
    assert _post(cast, client, path, **first).status_code == 302

    clash = _post(cast, client, path, **{**first, "in-risks-addition": "Mine"})
    merged = _post(cast, client, path, **{**first, "in-risks-addition": "Mine", "in-risks-row_version": "2"})

    assert clash.status_code == 409
    assert "Theirs" in clash.text
    assert "Mine" in clash.text
    assert merged.status_code == 302
    assert hall.view(key).inputs[12].row.addition == "Mine"


def test_an_input_passed_over_without_a_reason_is_refused_beside_it(hall: Hall) -> None:
    key, cast = hall.held(), hall.office.cast
    data = {"in-risks-addition": "", "in-risks-consideration": "not_considered", "in-risks-row_version": "1"}

    answer = _post(cast, cast.client("sms_manager"), f"{BASE}/{key}/inputs/risks", **data)

    assert answer.status_code == 422
    assert "an auditor will ask" in answer.text


def test_the_chair_signs_through_the_page_and_the_minutes_are_the_filed_bytes(hall: Hall) -> None:
    key, cast = hall.ready(), hall.office.cast
    client = cast.client("sms_manager")

    answer = _post(cast, client, f"{BASE}/{key}/signature", seen=str(hall.view(key).seq))

    assert answer.status_code == 302
    view = hall.view(key)
    minutes = client.get(cast.url(f"{BASE}/{key}/minutes.docx")).data
    assert view.minutes == "EV-0001"
    assert view.review.minutes_sha256 is not None
    held = b"".join(resources_of(cast.app).store.chunks(view.review.minutes_sha256))
    assert minutes == held
    assert kinds_on_file(cast.app) == {("mr_min", "docx")}
    item = client.get(cast.url("/evidence/EV-0001")).text
    assert "In review" in item


def test_what_the_page_did_not_show_is_not_signed(hall: Hall) -> None:
    key, cast = hall.ready(), hall.office.cast
    seen = hall.view(key).seq
    hall.office.file("csat", by="sms_manager")

    answer = _post(cast, cast.client("sms_manager"), f"{BASE}/{key}/signature", seen=str(seen))

    assert answer.status_code == 409
    assert "Nothing was signed" in answer.text


def test_a_signed_review_takes_no_more_decisions(hall: Hall) -> None:
    key, cast = hall.signed(), hall.office.cast
    data = {"decision-kind": "change", "decision-text": "Something else.", "decision-input_key": ""}

    answer = _post(cast, cast.client("sms_manager"), f"{BASE}/{key}/decisions", **data)

    assert answer.status_code == 409
    assert len(hall.view(key).decisions) == 1


def test_progress_of_an_action_is_told_on_both_pages(hall: Hall) -> None:
    key, cast = hall.signed(), hall.office.cast
    client = cast.client("sms_manager")
    data = {"step-1-step": "moved", "step-1-note": "Tool is late.", "step-1-due_on": "2027-02-01"}

    answer = _post(cast, client, f"{BASE}/{key}/actions/1/progress", **data)

    assert answer.status_code == 302
    assert "Tool is late." in client.get(cast.url(f"{BASE}/{key}")).text
    assert 'datetime="2027-02-01"' in client.get(cast.url(BASE)).text


@pytest.mark.parametrize("path", ["MR-2026-09", "MR-2026-1", "none", "MR-2026-01x"])
def test_an_unknown_review_is_not_found(cast: Cast, path: str) -> None:
    assert cast.client("viewer").get(cast.url(f"{BASE}/{path}")).status_code == 404


@pytest.mark.parametrize("path", ["new", "MR-2026-01/held", "MR-2026-01/signature", "MR-2026-01/decisions"])
@pytest.mark.parametrize("role", ["viewer", "internal_auditor", "process_owner", "reviewer"])
def test_others_change_nothing(hall: Hall, role: str, path: str) -> None:
    hall.ready()
    cast = hall.office.cast

    answer = _post(cast, cast.client(role), f"{BASE}/{path}", seen="1")

    assert answer.status_code == 403


def _texts(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_input_pack_holds_every_input_before_the_review(hall: Hall) -> None:
    key, cast = hall.planned(), hall.office.cast

    answer = cast.client("viewer").get(cast.url(f"{BASE}/{key}/input-pack.docx"))

    words = _texts(answer.data)
    assert answer.headers["Content-Disposition"].endswith('"managed-services MR-2026-01 input pack.docx"') or (
        "input%20pack" in answer.headers["Content-Disposition"]
    )
    for one in resources_of(cast.app).catalogue.review_inputs:
        assert one.name in words
    assert "not held yet" in words
    assert "Readiness on 24 Nov 2026" in words


def test_the_minutes_hold_attendance_decisions_actions_and_the_statement(hall: Hall) -> None:
    key, cast = hall.ready(), hall.office.cast

    content = cast.client("viewer").get(cast.url(f"{BASE}/{key}/minutes.docx")).data

    words = _texts(content)
    for wanted in (
        "Draft: not signed",
        "Service director",
        "Top management",
        "Shorten the time to assign incidents.",
        "Measure the time to assign.",
        "15 Jan 2027",
        "Objectives were reached but for one.",
        "Partly",
    ):
        assert wanted in words


def test_words_of_people_stay_words_in_the_documents(hall: Hall) -> None:
    key, cast = hall.held(), hall.office.cast
    hostile = '=cmd|"/c calc"!A1 </w:t><w:br/> & "quoted"'
    data = {"in-risks-addition": hostile, "in-risks-consideration": "", "in-risks-row_version": "1"}
    client = cast.client("sms_manager")
    assert _post(cast, client, f"{BASE}/{key}/inputs/risks", **data).status_code == 302

    content = client.get(cast.url(f"{BASE}/{key}/input-pack.docx")).data

    assert hostile in _texts(content)
    assert ZipFile(io.BytesIO(content)).testzip() is None


def queries_of(hall: Hall, path: str, by: str = "sms_manager") -> int:
    """How many queries a page asks, once everything it keeps is warm."""
    cast, count = hall.office.cast, [0]
    client = cast.client(by)
    client.get(cast.url(path))
    with cast.app.app_context():
        engine = db.engine

    def note(*_: object) -> None:
        count[0] += 1

    event.listen(engine, "before_cursor_execute", note)
    assert client.get(cast.url(path)).status_code == 200
    event.remove(engine, "before_cursor_execute", note)
    return count[0]


def test_the_page_of_a_review_asks_as_often_whatever_it_holds(hall: Hall) -> None:
    key = hall.ready()
    few = queries_of(hall, f"{BASE}/{key}")
    for _turn in range(5):
        hall.decide(key)
        hall.do(lambda desk: add_guest(desk, key, Guest("Finance director", "Member of the board")))

    many = queries_of(hall, f"{BASE}/{key}")

    assert many == few
    assert many <= 60


def test_another_day_says_that_reviews_stand_as_of_today(hall: Hall) -> None:
    key, cast = hall.held(), hall.office.cast

    page = cast.client("sms_manager").get(cast.url(f"{BASE}/{key}?as-of=2026-11-20")).text

    assert "shown as they stand today" in page
    assert "Record the day" not in page
