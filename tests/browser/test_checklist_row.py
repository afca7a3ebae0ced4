"""The row of a checklist in a browser: what is typed is saved on every way out, and every act can be taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.audits.shop import Shop
from tests.browser.conftest import Open, axe_violations
from tests.cast import Cast

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return Shop(cast)


@pytest.fixture
def row(open_page: Open, shop: Shop) -> Page:
    """The first row of a running audit, with one record on file."""
    shop.file("process_owner", "sr_rec")
    shop.file("process_owner", "sr_rec", "more")
    key = shop.running("8.6.2")
    return open_page("internal_auditor", f"audits/{key}/rows/8.6.2-a")


def test_words_typed_just_before_marking_evidence_are_saved(row: Page) -> None:
    row.get_by_label("What you were told and shown").fill("Ten requests followed.")
    with row.expect_navigation():
        row.get_by_role("button", name="Mark examined EV-0001").click()

    expect(row.get_by_label("What you were told and shown")).to_have_value("Ten requests followed.")
    expect(row.get_by_role("button", name="Take back EV-0001")).to_be_visible()


def test_words_typed_just_before_following_a_link_are_saved(row: Page) -> None:
    row.get_by_label("Interviewed").fill("Service desk lead")
    with row.expect_navigation():
        row.get_by_role("link", name="8.6.2-b").first.click()
    row.go_back()
    row.reload()

    expect(row.get_by_label("Interviewed")).to_have_value("Service desk lead")


def test_words_typed_after_choosing_nonconformity_survive_the_raising_of_its_finding(row: Page) -> None:
    row.keyboard.press("2")
    expect(row.locator("#saved")).to_contain_text("Not saved yet.")
    row.get_by_label("Interviewed").fill("Service desk lead")
    row.get_by_text("Raise a finding").click()
    row.get_by_label("Title").fill("Requests not logged")
    row.get_by_label("Statement of the finding").fill("Two of ten requests are not logged.")
    row.get_by_label("Objective evidence").fill("Requests 4 and 7.")
    row.get_by_role("button", name="Raise finding").click()

    expect(row.get_by_text("was raised from this row.")).to_be_visible()
    expect(row.get_by_label("Interviewed")).to_have_value("Service desk lead")


def test_a_refused_row_stays_and_says_why(row: Page) -> None:
    row.keyboard.press("3")
    row.get_by_role("link", name="8.6.2-b").first.click()

    expect(row.locator("#saved")).to_contain_text("Say in one sentence what was seen.")
    expect(row.get_by_role("heading", level=1)).to_contain_text("8.6.2-a")


def test_examined_evidence_and_a_conclusion_are_taken_back(row: Page) -> None:
    for key in ("EV-0001", "EV-0002"):
        row.get_by_role("button", name=f"Mark examined {key}").click()
        expect(row.get_by_role("button", name=f"Take back {key}")).to_be_visible()
    row.keyboard.press("1")
    expect(row.locator("#saved")).to_contain_text("UTC")
    row.get_by_role("button", name="Take all back").click()
    expect(row.get_by_text("Say what this rests on")).to_be_visible()
    row.keyboard.press("0")
    expect(row.get_by_label("No conclusion yet")).to_be_checked()
    row.get_by_role("button", name="Take all back").click()

    expect(row.get_by_role("button", name="Mark examined EV-0001")).to_be_visible()
    expect(row.get_by_label("No conclusion yet")).to_be_checked()
    assert axe_violations(row) == []
