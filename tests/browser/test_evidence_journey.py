"""From a dropped file to a workbook: owner, reviewer, SMS manager, and what the readiness pages say meanwhile."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

NAME = "Major incident procedure – プロセス.txt"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / NAME
    path.write_text("A major incident is declared by the service desk lead. Approved and dated.", encoding="utf-8")
    return path


def _file(page: Page, document: Path) -> None:
    page.locator("input[type=file]").first.set_input_files(str(document))
    page.wait_for_url(re.compile("/evidence/new"))
    expect(page.get_by_label("Filed under")).to_have_value("Major incident procedure")
    page.get_by_role("button", name=re.compile("send for review")).click()
    page.wait_for_load_state()


def test_evidence_goes_from_the_owner_to_the_reviewer_and_moves_the_figures(open_page: Open, document: Path) -> None:
    owner = open_page("process_owner", "my-work")
    _file(owner, document)

    before = open_page("viewer", "requirements/8.6.1-f")
    assert "In review" in before.inner_text("main")

    reviewer = open_page("reviewer", "review")
    assert NAME in reviewer.inner_text("body")
    assert "Approved and dated" in reviewer.inner_text("body")
    reviewer.keyboard.press("a")
    reviewer.wait_for_load_state()
    reviewer.wait_for_url(re.compile("done=1"))

    after = open_page("viewer", "requirements/8.6.1-f")
    assert "Current" in after.inner_text("main")
    item = open_page("viewer", "evidence/EV-0001")
    assert "Version 1 counts" in item.inner_text("main")
    assert NAME in item.inner_text("main")


def test_a_rejection_comes_back_to_the_owner_with_its_reason(open_page: Open, document: Path) -> None:
    _file(open_page("process_owner", "my-work"), document)
    reviewer = open_page("reviewer", "review")

    reviewer.keyboard.press("r")
    reviewer.get_by_label("Does not show what is asked").check()
    reviewer.get_by_label("What should the owner do?").fill("Say who declares it at night.")
    reviewer.keyboard.press("Control+Enter")
    reviewer.wait_for_load_state()

    owner = open_page("process_owner", "my-work")
    text = owner.inner_text("main")
    assert "Say who declares it at night." in text
    assert "What a good one looks like" in text


def test_the_uploader_cannot_decide(open_page: Open, document: Path) -> None:
    page = open_page("sms_manager", "my-work")
    _file(page, document)

    page.goto(page.url.split("/s/")[0] + "/s/managed-services/evidence/EV-0001")

    assert page.get_by_role("link", name="Open in review").count() == 0


def test_a_workbook_is_asked_for_and_downloaded(open_page: Open, document: Path, tmp_path: Path) -> None:
    page = open_page("sms_manager", "my-work")
    _file(page, document)
    page.goto(page.url.split("/s/")[0] + "/s/managed-services/exports")

    page.get_by_role("button", name=re.compile("orkbook")).first.click()
    link = page.get_by_role("link", name=re.compile("Download|xlsx")).first
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        link.click()
    saved = tmp_path / "pack.xlsx"
    download.value.save_as(saved)

    book = load_workbook(saved)
    held = {cell.value for row in book["Evidence register"].iter_rows() for cell in row}
    assert NAME in held


def test_a_file_over_the_limit_is_refused_by_name_before_it_is_sent(open_page: Open, tmp_path: Path) -> None:
    page, large = open_page("process_owner", "my-work"), tmp_path / "huge.bin"
    with large.open("wb") as file:
        file.truncate(201 * 1024 * 1024)

    page.locator("input[type=file]").first.set_input_files(str(large))

    expect(page.locator("main")).to_contain_text("Larger than the limit of 200 MiB. Nothing was stored.")


def test_search_leads_straight_to_a_named_record(open_page: Open) -> None:
    page = open_page("viewer", "")

    page.keyboard.press("/")
    page.keyboard.type("8.6.1")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/clauses/8.6.1"))

    assert "Incident management" in page.inner_text("h1")
