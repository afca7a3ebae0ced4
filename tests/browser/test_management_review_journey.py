"""A management review from its plan to signed minutes, as the SMS manager does it in a browser."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import Page

from itsmcomply.clauses.model import ReviewInput
from itsmcomply.web.resources import resources_of
from tests.browser.conftest import LOOKS, Open, axe_violations
from tests.cast import Cast

pytestmark = pytest.mark.browser
TODAY = date(2026, 11, 24)


def _plan(page: Page) -> None:
    page.get_by_role("link", name="Plan a review").first.click()
    page.get_by_label("Day of the review").fill(TODAY.isoformat())
    page.get_by_label("Place").fill("Board room")
    page.get_by_role("button", name="Plan the review").click()
    page.wait_for_url("**/management-review/MR-2026-01")


def _hold(page: Page) -> None:
    page.get_by_text("Record that it was held").click()
    page.get_by_role("button", name="Record the day").click()
    page.get_by_text("Correct the day it was held").wait_for()


def _attend(page: Page) -> None:
    page.get_by_text("Add a person").click()
    page.get_by_label("Name").fill("Service director")
    page.get_by_label("Role").fill("Member of the board")
    page.get_by_label("Of top management").check()
    page.get_by_role("button", name="Add to attendance").click()
    page.get_by_role("button", name="Absent Service director").wait_for()


def _consider(page: Page, one: ReviewInput) -> None:
    section = page.locator(f"#input-{one.key}")
    section.get_by_label("Added by hand").fill(f"Discussed: {one.name.lower()}.")
    section.get_by_label("Considered", exact=True).check()
    section.get_by_role("button", name="Save").click()
    page.locator(f"#input-{one.key} .st-current").first.wait_for()


def _decide(page: Page) -> None:
    page.get_by_text("Add a decision").click()
    page.get_by_label("Decision", exact=True).fill("Shorten the time to assign incidents.")
    page.get_by_role("button", name="Add the decision").click()
    page.get_by_text("Decision 1").first.wait_for()
    page.get_by_text("Add an action").click()
    page.get_by_label("What will be done").fill("Measure the time to assign each week.")
    page.get_by_label("Who does it").select_option(label="Service desk lead")
    page.get_by_label("Carries out").select_option(index=1)
    page.get_by_role("button", name="Add the action").click()
    page.locator("#action-1").wait_for()


def _state(page: Page) -> None:
    panel = page.locator("#statement")
    for question, answer in (("Suitable", "Yes"), ("Adequate", "Yes"), ("Effective", "Partly")):
        panel.get_by_role("group", name=question).get_by_label(answer).check()
    panel.get_by_label("Reasons").fill("Objectives were reached but for the time to assign.")
    panel.get_by_role("button", name="Save the statement").click()
    page.get_by_text("Change the statement").wait_for()


def test_a_review_goes_from_its_plan_to_signed_minutes(open_page: Open, cast: Cast) -> None:
    page = open_page("sms_manager", "management-review")
    assert page.inner_text("h1") == "No management review is planned"
    assert axe_violations(page) == []
    _plan(page)
    assert axe_violations(page) == []
    _hold(page)
    _attend(page)
    for one in resources_of(cast.app).catalogue.review_inputs:
        _consider(page, one)
    _decide(page)
    _state(page)
    assert page.inner_text("h1") == "Ready to be signed"
    assert axe_violations(page) == []

    page.get_by_text("Sign the review").click()
    page.get_by_role("button", name="Sign for good").click()

    page.get_by_text("Signed by SMS manager").wait_for()
    assert page.inner_text("h1") == "Held, signed, 1 decision"
    assert axe_violations(page) == []
    with page.expect_download() as minutes:
        page.get_by_role("link", name=re.compile("^Minutes")).click()
    assert minutes.value.suggested_filename == "managed-services MR-2026-01 minutes.docx"
    page.locator("#signature").get_by_role("link", name="EV-0001").click()
    assert "Minutes of management review MR-2026-01" in page.inner_text("main")


@pytest.mark.parametrize(("size", "dark"), LOOKS, ids=str)
def test_the_agenda_is_accessible_at_every_size(open_page: Open, size: str, dark: bool) -> None:
    page = open_page("sms_manager", "management-review", size=size, dark=dark)
    _plan(page)
    _hold(page)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")

    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
