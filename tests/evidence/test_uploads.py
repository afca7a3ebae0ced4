"""Receiving bytes over HTTP: who may, how much, what is answered, and that nothing stays behind otherwise."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from itsmcomply.db import db
from itsmcomply.evidence.models import Blob, Upload
from itsmcomply.settings import Settings
from tests.cast import Cast
from tests.evidence.browser import Browser


@pytest.fixture
def owner(cast: Cast) -> Browser:
    return Browser(cast, "process_owner")


@pytest.fixture
def stored(app: Flask, settings: Settings) -> Callable[[], tuple[int, int]]:
    """How many blobs lie on disk, and how many upload rows there are."""

    def count() -> tuple[int, int]:
        with app.app_context():
            rows = db.session().scalar(select(func.count()).select_from(Upload)) or 0
        return len([path for path in Path(settings.store_dir).rglob("*") if path.is_file()]), rows

    return count


def test_an_upload_is_answered_with_what_was_kept(owner: Browser) -> None:
    answer = owner.put("Major incident procedure v3.txt", b"hello")

    assert answer.status_code == 201
    found = answer.get_json()
    assert found["sha256"] == hashlib.sha256(b"hello").hexdigest()
    assert (found["name"], found["size"], found["detected"]) == ("Major incident procedure v3.txt", 5, "text")
    assert found["suggestions"][0]["artefact"] == "mi_proc"
    assert found["suggestions"][0]["reason"].startswith("name says")
    assert found["duplicate_of"] is None


def test_an_empty_file_is_kept(owner: Browser) -> None:
    answer = owner.put("empty.txt", b"")

    assert (answer.status_code, answer.get_json()["detected"]) == (201, "empty")


def test_bytes_filed_before_are_named(owner: Browser) -> None:
    owner.file(content=b"same")

    same = owner.put("again.txt", b"same").get_json()["duplicate_of"]

    assert same == {"item": "EV-0001", "version": 1, "url": owner.cast.url("/evidence/EV-0001")}


@pytest.mark.parametrize("role", ["viewer", "reviewer", "internal_auditor", "external_auditor"])
def test_others_do_not_upload_and_leave_no_bytes(cast: Cast, role: str, stored: Callable[[], tuple[int, int]]) -> None:
    assert Browser(cast, role).put("a.txt", b"x").status_code == 403
    assert stored() == (0, 0)


def test_an_outsider_finds_no_such_system(cast: Cast, stored: Callable[[], tuple[int, int]]) -> None:
    client = cast.client("outsider")

    assert client.put(cast.url("/uploads?name=a"), data=b"x").status_code in {400, 404}
    assert stored() == (0, 0)


@pytest.mark.parametrize("token", ["", "forged"])
def test_without_the_token_of_the_page_nothing_is_kept(
    owner: Browser, token: str, stored: Callable[[], tuple[int, int]]
) -> None:
    assert owner.put("a.txt", b"x", token=token).status_code == 400
    assert stored() == (0, 0)


def test_another_sites_page_cannot_upload(owner: Browser, stored: Callable[[], tuple[int, int]]) -> None:
    headers = {"X-CSRFToken": owner.csrf, "Sec-Fetch-Site": "cross-site"}

    answer = owner.client.put(owner.cast.url("/uploads?name=a"), data=b"x", headers=headers)

    assert answer.status_code == 403
    assert stored() == (0, 0)


def test_a_file_over_the_limit_is_refused_by_its_announced_size(owner: Browser) -> None:
    announced = {"CONTENT_LENGTH": str(312 * 1024 * 1024)}

    answer = owner.put("Report.docx", b"x", environ_overrides=announced)

    assert answer.status_code == 413
    assert answer.get_json()["message"] == (
        "Report.docx is 312 MiB; the limit is 200 MiB. Nothing was stored. Split it, or ask the administrator to raise "
        "the limit."
    )


def test_more_than_the_forms_limit_passes_as_a_raw_body(owner: Browser) -> None:
    assert owner.put("large.bin", bytes(21 * 1024 * 1024)).status_code == 201


def test_a_body_that_is_a_form_is_not_taken_for_a_file(owner: Browser) -> None:
    answer = owner.client.put(owner.cast.url("/uploads?name=a"), data={"a": "b"}, headers={"X-CSRFToken": owner.csrf})

    assert answer.status_code == 415


@pytest.mark.parametrize("name", ["", "a\x00b", "a\nb.pdf", "x" * 1001])
def test_a_name_nobody_can_keep_is_refused_with_a_sentence(
    owner: Browser, name: str, stored: Callable[[], tuple[int, int]]
) -> None:
    answer = owner.put(name, b"x")

    assert answer.status_code == 422
    assert answer.get_json()["message"].endswith(".")
    assert stored() == (0, 0)


def test_a_full_disk_is_said_and_leaves_nothing(
    owner: Browser, app: Flask, stored: Callable[[], tuple[int, int]]
) -> None:
    from itsmcomply.web.resources import resources_of

    store = resources_of(app).store
    store._floor = 10**18  # type: ignore[attr-defined]

    answer = owner.put("a.txt", b"x")

    assert answer.status_code == 507
    assert stored() == (0, 0)
    store._floor = 0  # type: ignore[attr-defined]
    assert owner.put("a.txt", b"x").status_code == 201


def test_a_plain_form_keeps_its_files_and_leads_to_their_filing(owner: Browser) -> None:
    files = [(io.BytesIO(b"one"), "one.txt"), (io.BytesIO(b"two"), "двa.txt")]

    answer = owner.client.post(
        owner.cast.url("/uploads"),
        data={"csrf_token": owner.csrf, "files": files},
        content_type="multipart/form-data",
    )

    assert answer.status_code == 302
    page = owner.client.get(answer.headers["Location"])
    assert "one.txt" in page.text
    assert "двa.txt" in page.text
    assert "File 2 and send for review" in page.text


def test_a_plain_form_without_files_says_so(owner: Browser) -> None:
    assert owner.post("/uploads").status_code == 422


def test_one_blob_for_the_same_bytes_however_often(owner: Browser, app: Flask) -> None:
    for n in range(3):
        owner.upload(f"{n}.txt", b"same")

    with app.app_context():
        assert db.session().scalar(select(func.count()).select_from(Blob)) == 1
        assert db.session().scalar(select(func.count()).select_from(Upload)) == 3
