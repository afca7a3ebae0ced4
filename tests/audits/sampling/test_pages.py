"""From an upload to a filed working paper, over HTTP."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from itsmcomply.audits.models import RowEvidence
from itsmcomply.audits.sampling.kinds import ImportState
from itsmcomply.audits.sampling.models import AuditSample, SampleAnswer
from itsmcomply.db import db
from tests.audits.sampling.conftest import ROW, Desk
from tests.audits.tickets.exports import OWN, OWN_MAPPING, SERVICENOW
from tests.cast import csrf


def test_an_export_is_read_and_shows_records_and_broken_links(auditor: Desk) -> None:
    answer = auditor.put(SERVICENOW.encode())

    assert (answer.status_code, answer.json) == (201, {"token": "1"})
    page = auditor.get("/populations/1").text
    assert "Incidents recur without a problem" in page
    assert "INC001, INC002, INC003" in page
    assert auditor.get("/samples").text.count("POP-01") == 1


def test_a_plain_form_does_the_same(auditor: Desk) -> None:
    answer = auditor.post("/populations/from/0", files=(io.BytesIO(SERVICENOW.encode()), "export.csv"))

    assert answer.status_code == 303
    assert answer.location.endswith("/populations/1")
    auditor.wait()
    assert auditor.population().records == 3


@pytest.mark.parametrize("content", [b"\x00\x01\x02" * 900, b"PK\x03\x04rest", b"a,b\n1,2\n", b'number,"x\n'])
def test_a_file_that_is_no_export_is_refused_in_words_and_nothing_stays(auditor: Desk, content: bytes) -> None:
    answer = auditor.put(content)

    found = auditor.population()
    assert answer.status_code == 201
    assert found.state is ImportState.REFUSED
    assert found.records_sha256 is None
    page = auditor.get("/populations/1")
    assert page.status_code == 200
    assert "Nothing was taken from this file." in page.text
    folder = auditor.shop.cast.app.extensions["itsmcomply.settings"].instance / "imports"
    assert list(folder.iterdir()) == []


def test_an_empty_file_and_a_bad_name_are_refused_at_once(auditor: Desk) -> None:
    assert auditor.put(b"").status_code == 422
    assert auditor.put(b"x", name="").status_code == 422
    assert auditor.put(b"x", mapping=99).status_code == 404


def test_a_saved_mapping_reads_another_tool(auditor: Desk) -> None:
    saved = auditor.post("/mappings", name="Own tool", content=OWN_MAPPING)

    mapping = int(saved.location.rsplit("=", 1)[1])
    auditor.put(OWN.encode(), mapping=mapping)

    assert auditor.population().records == 2
    assert "either way" in auditor.get("/populations/1").text


def test_a_mapping_that_is_none_is_shown_again_with_the_reason(auditor: Desk) -> None:
    answer = auditor.post("/mappings", name="Own tool", content="nummer: A")

    assert answer.status_code == 422
    assert "unknown fields: nummer" in answer.text


def test_a_sample_is_drawn_tested_and_its_error_rate_bounded(auditor: Desk) -> None:
    sample = auditor.sampled()
    page = auditor.get(sample).text
    assert "2 of 3 records, random, seed 42" in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None

    answer = auditor.post(f"{sample}/records/1", version=version[1], a1="yes", a2="no", note="Priority too low")

    assert answer.status_code == 303
    page = auditor.get(sample).text
    assert "1 of 2 records tested" in page
    assert "1 of 1, 100.0 %; with 95 % confidence at most 100.0 %" in page
    assert "Priority too low" in page


def test_saving_over_somebody_else_is_said_and_the_same_again_is_no_change(auditor: Desk) -> None:
    sample = auditor.sampled()
    auditor.post(f"{sample}/records/1", version=1, a1="yes", note="")

    again = auditor.client.post(
        f"{auditor.at}{sample}/records/1",
        data={"csrf_token": auditor.token, "version": 1, "a1": "no", "note": ""},
        headers={"HX-Request": "true"},
    )
    same = auditor.post(f"{sample}/records/1", version=1, a1="yes", note="")

    assert "Somebody else saved this record" in again.text
    assert same.status_code == 303
    with auditor.shop.cast.app.app_context():
        assert [one.answer.value for one in db.session.scalars(select(SampleAnswer))] == ["yes"]


def test_attributes_are_changed_before_the_first_answer_and_not_after(auditor: Desk) -> None:
    sample = auditor.sampled()

    before = auditor.post(f"{sample}/attributes", attributes="Recorded\nClosed")
    auditor.post(f"{sample}/records/1", version=1, a1="yes", note="")
    after = auditor.post(f"{sample}/attributes", attributes="Other")

    assert (before.status_code, after.status_code) == (303, 422)


def test_the_working_paper_is_filed_and_bound_to_a_row(auditor: Desk) -> None:
    sample = auditor.sampled()
    auditor.post(f"{sample}/records/1", version=1, a1="no", note="=cmd()")

    filed = auditor.post(f"{sample}/paper")
    examined = auditor.post(f"{sample}/examine", requirement=ROW)

    assert (filed.status_code, examined.status_code) == (303, 303)
    with auditor.shop.cast.app.app_context():
        kept = db.session.execute(select(AuditSample)).scalar_one()
        bound = db.session.execute(select(RowEvidence)).scalar_one()
        assert kept.version_id == bound.version_id
        assert kept.paper_sha256 == bound.sha256
    book = load_workbook(io.BytesIO(auditor.get(f"{sample}/paper").data))
    assert book.sheetnames == ["Sample", "Records"]
    assert all(cell.data_type != "f" for row in book["Records"].iter_rows() for cell in row)


def test_who_does_not_audit_reads_and_changes_nothing(auditor: Desk) -> None:
    auditor.put(SERVICENOW.encode())
    viewer = auditor.shop.cast.client("viewer")
    token = csrf(viewer, f"{auditor.at}/samples")

    assert viewer.get(f"{auditor.at}/populations/1").status_code == 200
    refused = viewer.post(f"{auditor.at}/populations/1", data={"csrf_token": token})
    assert refused.status_code == 403


def test_who_only_reads_sees_answers_without_fields_below_the_way_here(auditor: Desk) -> None:
    sample = auditor.sampled()
    auditor.post(f"{sample}/records/1", version=1, a1="yes", a2="no", note="Priority too low")

    page = auditor.shop.cast.client("viewer").get(f"{auditor.at}{sample}").text

    assert "<select" not in page
    assert "Priority follows from impact and urgency: no" in page
    assert "1 attribute holds" in page
    assert "Priority too low" in page
    assert page.index('class="crumb"') < page.index("<h1")


@pytest.mark.parametrize("path", ["/populations/7", "/samples/7", "/populations/arrived?token=x", "/samples/7/paper"])
def test_what_is_not_there_is_404(auditor: Desk, path: str) -> None:
    assert auditor.get(path).status_code == 404


def test_a_sample_larger_than_allowed_is_refused_beside_its_field(auditor: Desk) -> None:
    auditor.put(SERVICENOW.encode())

    answer = auditor.draw(size=9999)

    assert answer.status_code == 422
    assert "1 to 500 records" in answer.text


@contextmanager
def _selects() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*args: object) -> None:
        if str(args[2]).lstrip().upper().startswith("SELECT"):
            seen.append(str(args[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/samples", 22),
        ("/populations/1", 24),
        ("/samples/1", 26),
        ("/populations/1/exceptions/recurring_without_problem/0", 20),
        ("/samples/1/records/1/finding", 26),
    ],
)
def test_a_page_asks_the_database_no_more_for_more_samples(auditor: Desk, path: str, most: int) -> None:
    auditor.sampled(size=1)
    auditor.post("/samples/1/records/1", version=1, a1="no", note="")
    with _selects() as few:
        assert auditor.get(path).status_code == 200
    for seed in "abc":
        auditor.draw(seed=seed, size=3)

    with _selects() as more:
        assert auditor.get(path).status_code == 200

    assert len(more) == len(few) <= most
