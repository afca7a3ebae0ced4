"""Pages of evidence over HTTP: file, look, change, decide; permissions, four eyes, restricted items, conflicts."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from itsmcomply.db import db
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion, RegisterLine, Review
from itsmcomply.web.numbers import Spelled, capital
from itsmcomply.web.resources import resources_of
from tests.cast import Cast
from tests.evidence.browser import Browser

LATER = "2026-11-20"


@pytest.fixture
def owner(cast: Cast) -> Browser:
    return Browser(cast, "process_owner")


@pytest.fixture
def reviewer(cast: Cast) -> Browser:
    return Browser(cast, "reviewer")


@pytest.fixture
def manager(cast: Cast) -> Browser:
    return Browser(cast, "sms_manager")


def count(app: Flask, kind: type[EvidenceItem | EvidenceVersion | Review]) -> int:
    with app.app_context():
        return db.session().scalar(select(func.count()).select_from(kind)) or 0


def state(app: Flask, item_id: int = 1) -> str:
    with app.app_context():
        return db.session().get_one(RegisterLine, item_id).standing.value


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_file_is_dropped_filed_reviewed_and_counts(owner: Browser, reviewer: Browser, app: Flask) -> None:
    filed = owner.file()
    assert filed.headers["Location"].endswith("/evidence/EV-0001")

    decided = reviewer.decide(1)

    assert decided.status_code == 302
    assert state(app) == "counting"
    assert "Version 1 counts until 2 Dec 2027" in text(owner.get("/evidence/1").text).replace("\xa0", " ")


def test_the_page_of_a_file_suggests_a_place_with_its_reason(owner: Browser) -> None:
    token = owner.upload("Major incident procedure v3.txt")

    page = owner.get(f"/evidence/new?token={token}").text

    assert 'value="Major incident procedure"' in page
    assert "Suggested: name says" in page
    assert 'value="2026-11-24"' in page


def test_a_monthly_record_gets_the_period_its_name_says(owner: Browser) -> None:
    token = owner.upload("incident_export_2026-10.csv", b"number,priority\nINC1,1\n")

    page = owner.get(f"/evidence/new?token={token}&artefact=inc_rec").text

    assert 'value="2026-10-01"' in page
    assert 'value="2026-10-31"' in page


def test_several_files_are_filed_together_or_not_at_all(owner: Browser, app: Flask) -> None:
    tokens = [owner.upload(f"{n}.txt", bytes([65 + n])) for n in range(3)]

    refused = owner.file_tokens(tokens, effective_on="")

    assert refused.status_code == 422
    assert "Give the day it took effect" in refused.text
    assert count(app, EvidenceItem) == 0
    assert owner.file_tokens(tokens).status_code == 302
    assert count(app, EvidenceItem) == 3


def test_a_row_that_is_not_ticked_stays_unfiled(owner: Browser, app: Flask) -> None:
    tokens = [owner.upload(f"{n}.txt", bytes([65 + n])) for n in range(2)]

    answer = owner.post(
        "/evidence/new",
        kind="file",
        token=tokens,
        **{
            "f1-keep": "y",
            "f1-artefact": "mi_proc",
            "f1-title": "x",
            "f1-effective_on": "2026-11-02",
            "f1-owner": "0",
            "f1-confidentiality": "internal",
        },
    )

    assert answer.status_code == 302
    assert count(app, EvidenceItem) == 1
    assert "0.txt" in owner.get("/my-work").text


def test_what_arrived_and_was_not_filed_can_be_filed_from_my_work(owner: Browser, cast: Cast, app: Flask) -> None:
    owner.upload("waiting.txt", b"waiting")
    assert "token=id:1" in owner.get("/my-work").text.replace("%3A", ":")

    assert Browser(cast, "other_owner").file_tokens(["id:1"]).status_code == 422
    assert owner.file_tokens(["id:1"]).status_code == 302

    assert "waiting.txt" not in owner.get("/my-work").text
    assert owner.file_tokens(["id:1"]).status_code == 422
    assert count(app, EvidenceItem) == 1


@pytest.mark.parametrize("token", ["", "id:", "id:x", "id:-1", "id:99999999999999999999", "id:٣", "x" * 5000])
def test_tokens_that_are_none_file_nothing(owner: Browser, token: str) -> None:
    assert owner.get("/evidence/new").status_code == 200
    assert owner.file_tokens([token]).status_code == 422


def test_a_token_of_somebody_else_files_nothing(owner: Browser, cast: Cast, app: Flask) -> None:
    token = owner.upload()

    answer = Browser(cast, "other_owner").file_tokens([token])

    assert answer.status_code == 422
    assert count(app, EvidenceItem) == 0


@pytest.mark.parametrize(
    "values",
    [
        {"artefact": "no such thing"},
        {"artefact": ""},
        {"effective_on": "yesterday"},
        {"effective_on": "9999-12-31"},
        {"owner": "99999999999999999999"},
        {"owner": "x"},
        {"confidentiality": "secret"},
        {"title": "a\x00b"},
        {"title": "x" * 400},
        {"subjects": ["x", "٣", str(2**63)]},
        {"document_version": "x" * 100},
        {"valid_until": "2026-01-01"},
    ],
    ids=str,
)
def test_bad_input_is_answered_with_the_form(owner: Browser, app: Flask, values: dict[str, Any]) -> None:
    answer = owner.file(**values)

    assert answer.status_code == 422
    assert count(app, EvidenceItem) == 0


def test_a_nil_statement_and_a_link_are_filed_without_bytes(owner: Browser, app: Flask) -> None:
    common = {"f0-keep": "y", "f0-owner": "0", "f0-confidentiality": "internal", "f0-title": "T"}
    nil = owner.post(
        "/evidence/new",
        **common,
        kind="nil",
        **{"f0-artefact": "mi_rep", "f0-text": "None.", "f0-effective_on": LATER, "f0-period_from": "2026-09-01"},
    )
    link = owner.post(
        "/evidence/new",
        **common,
        kind="link",
        **{"f0-artefact": "mi_proc", "f0-text": "https://wiki.example/mi", "f0-effective_on": LATER},
    )

    assert (nil.status_code, link.status_code) == (302, 302)
    assert "Not held here" in owner.get("/evidence/2").text
    assert count(app, EvidenceItem) == 2


def test_a_kind_nobody_knows_is_not_found(owner: Browser) -> None:
    assert owner.get("/evidence/new?kind=magic").status_code == 404


def test_a_script_address_is_refused(owner: Browser, app: Flask) -> None:
    answer = owner.post(
        "/evidence/new",
        kind="link",
        **{
            "f0-keep": "y",
            "f0-owner": "0",
            "f0-confidentiality": "internal",
            "f0-title": "T",
            "f0-artefact": "mi_proc",
            "f0-text": "javascript:alert(1)",
            "f0-effective_on": LATER,
        },
    )

    assert answer.status_code == 422
    assert "Only addresses that begin with http" in answer.text
    assert count(app, EvidenceItem) == 0


def test_a_new_version_by_token_and_one_with_the_form(owner: Browser, app: Flask) -> None:
    owner.file()
    token = owner.upload("v2.txt", b"second")
    page = owner.get(f"/evidence/1/new-version?token={token}").text
    assert "v2.txt" in page

    by_token = owner.post("/evidence/1/new-version", kind="file", token=token, effective_on=LATER)
    by_form = owner.client.post(
        owner.cast.url("/evidence/1/new-version"),
        data={
            "csrf_token": owner.csrf,
            "kind": "file",
            "effective_on": LATER,
            "file": (io.BytesIO(b"third"), "v3.txt"),
        },
        content_type="multipart/form-data",
    )

    assert (by_token.status_code, by_form.status_code) == (302, 302)
    assert count(app, EvidenceVersion) == 3


def test_a_new_version_without_a_file_says_so(owner: Browser) -> None:
    owner.file()

    answer = owner.post("/evidence/1/new-version", kind="file", effective_on=LATER)

    assert answer.status_code == 422
    assert "Choose a file first" in answer.text


def test_the_next_period_is_filled_in(owner: Browser) -> None:
    values = {"artefact": "inc_rec", "effective_on": "2026-09-30", "period_from": "2026-09-01"}
    owner.file("incidents 2026-09.csv", b"a,b", **values)

    page = owner.get("/evidence/1/new-version").text

    assert 'value="2026-10-01"' in page
    assert 'value="2026-10-31"' in page


def test_confirming_unchanged_takes_one_click(owner: Browser, reviewer: Browser, app: Flask) -> None:
    owner.file()
    reviewer.decide(1)

    answer = owner.post("/evidence/1/versions/1/confirm")

    assert answer.status_code == 302
    assert count(app, EvidenceVersion) == 2
    assert "Confirms version 1 unchanged" in owner.get("/evidence/1").text


def test_a_withdrawal_asks_for_a_reason(owner: Browser, app: Flask) -> None:
    owner.file()

    assert owner.post("/evidence/1/versions/1/withdraw", reason="").status_code == 422
    assert owner.post("/evidence/1/versions/1/withdraw", reason="Wrong file.").status_code == 302
    assert state(app) == "withdrawn"
    assert "Wrong file." in owner.get("/evidence/1").text


def test_somebody_elses_item_is_not_changed(owner: Browser, cast: Cast, app: Flask) -> None:
    owner.file()
    other = Browser(cast, "other_owner")

    assert other.post("/evidence/1/versions/1/withdraw", reason="Mine?").status_code == 403
    assert (
        other.post("/evidence/1/edit", title="x", owner="0", confidentiality="internal", row_version="1").status_code
        == 403
    )
    assert state(app) == "in_review"


def test_refiling_moves_the_bytes_to_another_artefact(owner: Browser, app: Flask) -> None:
    owner.file()

    answer = owner.post("/evidence/1/versions/1/refile", artefact="inc_prio", title="Priorities", effective_on=LATER)

    assert answer.headers["Location"].endswith("/evidence/EV-0002")
    assert (state(app, 1), state(app, 2)) == ("withdrawn", "in_review")
    assert owner.post("/evidence/2/versions/1/refile", artefact="?", title="x").status_code == 422


def test_saving_over_a_newer_change_shows_both(owner: Browser, manager: Browser) -> None:
    owner.file()
    values = {"owner": "0", "confidentiality": "internal", "row_version": "1"}
    owner.post("/evidence/1/edit", title="Theirs", **values)

    answer = manager.post("/evidence/1/edit", title="Mine", **values)

    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert "Mine" in answer.text
    assert manager.post("/evidence/1/edit", title="Mine", **{**values, "row_version": "2"}).status_code == 302


def test_blocked_bytes_are_out_of_reach_at_once(owner: Browser, manager: Browser, app: Flask) -> None:
    owner.file(content=b"names of patients")

    assert owner.post("/evidence/1/versions/1/block", reason="x").status_code == 403
    assert manager.post("/evidence/1/versions/1/block", reason="Personal data.").status_code == 302

    assert manager.get("/evidence/1/versions/1/file").status_code == 403
    assert "Personal data." in owner.get("/evidence/1").text
    assert owner.put("again.txt", b"names of patients").status_code == 422
    assert state(app) == "withdrawn"


def test_a_link_elsewhere_is_made_reviewed_and_ended(owner: Browser, reviewer: Browser, app: Flask) -> None:
    owner.file()
    catalogue = resources_of(app).catalogue
    requirement = next(
        r.id for r in catalogue.requirements.values() if "inc_prio" in {e.artefact for e in r.expectations}
    )

    made = owner.post("/evidence/1/links", requirement=requirement, artefact="inc_prio")
    decided = reviewer.post("/review/links/1", decision="accepted")
    ended = owner.post("/evidence/1/links/1/end", reason="Own evidence now.")

    assert (made.status_code, decided.status_code, ended.status_code) == (302, 302, 302)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"requirement": "x", "control": "y", "artefact": "inc_prio"},
        {"requirement": "9.9.9-z", "artefact": "inc_prio"},
        {"control": "NO-1", "artefact": "inc_prio"},
        {"requirement": "8.6.1-e", "artefact": "?"},
    ],
    ids=str,
)
def test_a_link_to_nothing_is_refused(owner: Browser, values: dict[str, str]) -> None:
    owner.file()

    assert owner.post("/evidence/1/links", **values).status_code == 422


def test_nobody_sees_their_own_upload_in_the_queue(manager: Browser, app: Flask) -> None:
    manager.file()

    assert "Nothing waits for you" in manager.get("/review").text
    assert "Someone else reviews what you uploaded" in manager.get("/review/1").text
    assert manager.post("/review/1", decision="accepted", sha256="", after_review="0").status_code == 403
    assert count(app, Review) == 0


def test_the_next_version_opens_after_a_decision(owner: Browser, reviewer: Browser) -> None:
    for n in range(3):
        owner.file(f"{n}.txt", bytes([65 + n]))

    answer = reviewer.decide(1)

    assert answer.headers["Location"].endswith("/review/2?done=1")
    assert "Your decision is recorded" in reviewer.client.get(answer.headers["Location"]).text


def test_what_acceptance_changes_is_said_anew_after_a_decision(owner: Browser, reviewer: Browser) -> None:
    owner.file()
    owner.file(content=b"The same, filed once more.")
    before = reviewer.get("/review/2").text

    reviewer.decide(1)

    after = reviewer.get("/review/2").text
    assert "Nothing changes today." not in before
    assert "Nothing changes today." in after


def test_a_rejection_without_a_sentence_stays_on_the_page(owner: Browser, reviewer: Browser, app: Flask) -> None:
    owner.file()

    answer = reviewer.decide(1, "rejected")

    assert answer.status_code == 422
    assert "Choose what is wrong with it." in answer.text
    assert count(app, Review) == 0


def test_a_rejection_reaches_the_owner_with_the_sentence(owner: Browser, reviewer: Browser) -> None:
    owner.file()

    reviewer.decide(1, "rejected", kind="not_shown", reason="State the count.")

    page = owner.get("/my-work").text
    assert "One was rejected." in page
    assert "State the count." in page


def test_other_bytes_than_shown_are_not_accepted(owner: Browser, reviewer: Browser, app: Flask) -> None:
    owner.file()

    answer = reviewer.decide(1, sha256="0" * 64)

    assert answer.status_code == 409
    assert "nothing was recorded" in answer.text
    assert count(app, Review) == 0


def test_a_decision_on_a_page_out_of_date_is_a_conflict(
    owner: Browser, reviewer: Browser, manager: Browser, app: Flask
) -> None:
    owner.file()
    manager.decide(1)

    answer = reviewer.decide(1, "rejected", kind="unreadable", reason="No.", after_review="0")

    assert answer.status_code == 409
    assert state(app) == "counting"


def test_anything_but_accepted_never_accepts(owner: Browser, reviewer: Browser, app: Flask) -> None:
    owner.file()

    for decision in ("", "yes", "ACCEPTED", "accept"):
        assert reviewer.decide(1, decision).status_code == 422
    assert count(app, Review) == 0


def test_whether_the_bytes_were_opened_is_kept(owner: Browser, reviewer: Browser, app: Flask) -> None:
    owner.file("unseen.bin", b"\x00\x01")
    owner.file("seen.bin", b"\x00\x02")
    with reviewer.get("/evidence/2/versions/1/file"):
        pass

    reviewer.decide(1)
    reviewer.decide(2)

    with app.app_context():
        opened = db.session().scalars(select(Review.bytes_opened).order_by(Review.id)).all()
    assert opened == [False, True]


def test_a_question_goes_to_the_owner_and_back(owner: Browser, reviewer: Browser) -> None:
    owner.file()
    assert reviewer.post("/review/1/question", text="Where is the approval?").status_code == 302
    assert "Where is the approval?" in owner.get("/my-work").text

    assert owner.post("/questions/1/answer", text="On page 2.").status_code == 302

    assert "On page 2." in reviewer.get("/review/1").text
    assert owner.post("/questions/1/answer", text="Again.").status_code == 409


def test_the_bytes_of_a_restricted_item_are_for_few(
    owner: Browser, reviewer: Browser, manager: Browser, cast: Cast
) -> None:
    owner.file("salaries.txt", b"canary-4711", confidentiality="restricted")
    allowed, others = (
        (owner, reviewer, manager),
        [Browser(cast, r) for r in ("viewer", "internal_auditor", "other_owner")],
    )

    for person in allowed:
        with person.get("/evidence/1/versions/1/file") as answer:
            assert answer.status_code == 200
    for person in others:
        assert person.get("/evidence/1/versions/1/file").status_code == 403
        assert person.get("/evidence/1/versions/1/look").status_code == 403
        assert "canary" not in person.get("/evidence/1").text
        assert "salaries.txt" in person.get("/evidence").text


def test_statement_and_address_of_a_restricted_item_are_for_few(owner: Browser, cast: Cast) -> None:
    owner.post(
        "/evidence/new",
        kind="link",
        **{
            "f0-keep": "y",
            "f0-owner": "0",
            "f0-confidentiality": "restricted",
            "f0-title": "Hidden",
            "f0-artefact": "mi_proc",
            "f0-text": "https://canary.example/x",
            "f0-effective_on": LATER,
        },
    )
    viewer = Browser(cast, "viewer")

    assert "canary" in owner.get("/evidence/1").text
    for path in ("/evidence/1", "/evidence", "/evidence.csv", "/evidence?q=canary"):
        assert "canary.example" not in viewer.get(path).text
    assert "Nothing matches" in viewer.get("/evidence?q=canary").text


def test_rows_of_another_system_are_not_found(owner: Browser, reviewer: Browser) -> None:
    for path in ("/evidence/1", "/evidence/1/versions/1/file", "/evidence/1/edit", "/evidence/2147483647"):
        assert owner.get(path).status_code == 404
    assert reviewer.get("/review/1").status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999", "x", "٣", "1_0"])
def test_numbers_that_are_none_are_not_found(owner: Browser, number: str) -> None:
    assert owner.get(f"/evidence/{number}").status_code in {404, 405}


def test_markup_in_names_titles_and_content_is_text(owner: Browser, reviewer: Browser) -> None:
    evil = "<script>alert(1)</script>"
    owner.file(f"{evil}.txt", evil.encode(), title=evil, note=evil)

    pages = [
        owner.get(path).text
        for path in ("/evidence", "/evidence/1", "/my-work", "/evidence/1/versions/1/look", "/evidence/1/edit")
    ]
    pages.append(reviewer.get("/review/1").text)

    assert all("<script>alert" not in page for page in pages)
    assert all("&lt;script&gt;" in page for page in pages)


def test_a_csv_is_shown_as_a_table_and_a_picture_as_a_picture(owner: Browser, reviewer: Browser) -> None:
    owner.file("a.csv", b"number;priority\nINC1;1\n")
    owner.file("a.png", b"\x89PNG\r\n\x1a\n" + bytes(30))

    assert '<th scope="col">number</th>' in reviewer.get("/review/1").text
    assert "/evidence/EV-0002/versions/1/preview" in reviewer.get("/review/2").text
    with reviewer.get("/evidence/2/versions/1/preview") as image:
        assert image.headers["Content-Type"] == "image/png"
        assert image.headers["Content-Disposition"].startswith("inline")
        assert "sandbox" in image.headers["Content-Security-Policy"]
    assert reviewer.get("/evidence/1/versions/1/preview").status_code == 404


def test_changes_to_the_counting_version_are_marked(owner: Browser, reviewer: Browser) -> None:
    owner.file("a.txt", b"same\nold\n")
    reviewer.decide(1)
    token = owner.upload("b.txt", b"same\nnew\n")
    owner.post("/evidence/1/new-version", kind="file", token=token, effective_on=LATER)

    page = reviewer.get("/review/2?view=changes").text

    assert "<ins>new</ins>" in page
    assert "<del>old</del>" in page


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<script>alert(1)</script>"),
        ("a.svg", b"<svg onload='alert(1)'>"),
        ("a.xml", b"<?xml version='1.0'?>"),
    ],
)
def test_active_files_are_only_ever_downloaded(owner: Browser, name: str, content: bytes) -> None:
    owner.file(name, content)

    with owner.get("/evidence/1/versions/1/file") as answer:
        assert answer.headers["Content-Type"] == "text/plain"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert owner.get("/evidence/1/versions/1/preview").status_code == 404


def test_damaged_bytes_are_never_sent(owner: Browser, app: Flask) -> None:
    from itsmcomply.web.resources import resources_of

    owner.file(content=b"the truth")
    store = resources_of(app).store
    digest = next(store.digests())
    path = store._path(digest)  # type: ignore[attr-defined]
    path.chmod(0o600)
    path.write_bytes(b"the lies!")

    answer = owner.get("/evidence/1/versions/1/file")

    assert answer.status_code == 500
    assert b"lies" not in answer.data


@pytest.mark.parametrize("role", ["sms_manager", "process_owner"])
def test_the_figure_of_the_side_bar_is_the_one_of_my_work(cast: Cast, role: str) -> None:
    page = cast.client(role).get(cast.url("/my-work")).text

    figure = re.search(r'/my-work"[^<]*<svg.*?</svg>My work<span class="cnt">(\d+)<', page, re.DOTALL)
    heading = re.search(r"<h1[^>]*>\s*(\S+)", page)
    assert figure is not None
    assert heading is not None
    assert heading[1] == capital(str(Spelled(int(figure[1]))))
