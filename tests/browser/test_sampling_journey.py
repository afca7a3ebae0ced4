"""From an export to a finding: populations, links between records, a sample tested by keyboard, the paper on file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.audits.shop import Shop
from tests.audits.tickets.exports import SERVICENOW
from tests.browser.conftest import LOOKS, Open, axe_violations
from tests.cast import Cast

pytestmark = pytest.mark.browser

MORE = "".join(
    f"INC{number},Closed,FALSE,0,0,TRUE,{day:02d}-03-2016 08:00,{day:02d}-04-2016 09:00,Mail,Symptom 9,?,{priority},"
    f"Group {day % 3},R 2,?,?,c 1,{day + 1:02d}-03-2016 08:00,{day:02d}-04-2016 09:00\n"
    for day in range(1, 28)
    for number, priority in [(100 + day, ("1 - Critical", "2 - High", "3 - Moderate", "4 - Low")[day % 4])]
)


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return Shop(cast)


@pytest.fixture
def key(shop: Shop) -> str:
    return shop.running("8.6.1", "8.6.3")


def _bring_export(page: Page, shop: Shop, key: str) -> None:
    page.goto(shop.cast.url(f"/audits/{key}/samples"))
    file = {"name": "incidents of spring.csv", "mimeType": "text/csv", "buffer": (SERVICENOW + MORE).encode()}
    page.locator('input[type="file"][name="files"]').set_input_files(file)  # type: ignore[arg-type]
    expect(page.get_by_role("heading", name="Links between records")).to_be_visible()


def _draw(page: Page) -> None:
    page.get_by_label("For which row of the checklist").select_option("8.6.1-c")
    page.get_by_label("What is tested").fill("Incidents of spring")
    page.get_by_label("Method").select_option(label="Stratified")
    page.get_by_label("Strata by").select_option(label="priority")
    page.get_by_label("Sample size").fill("6")
    page.get_by_label("Seed").fill("spring 2016")
    page.get_by_role("button", name="Draw the sample").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("SMP-01 Incidents of spring")


def _seen(page: Page, name: str) -> None:
    """Keep a picture of the page where one is asked for."""
    if folder := os.environ.get("ITSMCOMPLY_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_an_export_becomes_a_tested_sample_a_paper_and_a_finding(open_page: Open, shop: Shop, key: str) -> None:
    page = open_page("internal_auditor", f"audits/{key}/samples")
    _bring_export(page, shop, key)
    page.locator("summary", has_text="Closed without a resolution").click()
    expect(page.get_by_text("finished, no resolution code").first).to_be_visible()
    _draw(page)
    expect(page.get_by_text("6 of 30 records, stratified, seed spring 2016")).to_be_visible()

    page.locator("#r1-a1").focus()
    for answer in "ynyyy":
        page.keyboard.type(answer)
        page.keyboard.press("Tab")
    expect(page.locator("#totals")).to_contain_text("1 of 6 records tested")
    expect(page.locator("#totals")).to_contain_text("1 of 1, 100.0 %")
    page.keyboard.type("Priority too low for its impact")
    with page.expect_response(lambda answer: "impact" in (answer.request.post_data or "")):
        page.keyboard.press("Tab")
    expect(page.locator("#s1")).to_contain_text("Saved")
    page.reload()
    expect(page.locator("#r1-a2")).to_have_value("no")
    expect(page.locator("#n1")).to_have_value("Priority too low for its impact")

    page.get_by_role("button", name="File it as evidence").click()
    expect(page.get_by_text("The working paper is filed as evidence of this audit")).to_be_visible()
    page.get_by_role("link", name="Raise a finding").click()
    expect(page.get_by_label("Row of the checklist")).to_have_value("8.6.1-c")
    page.get_by_role("button", name="Raise the finding").click()

    expect(page.get_by_text("is concluded: nonconformity")).to_be_visible()
    expect(page.get_by_text("was raised from this row.")).to_be_visible()
    expect(page.get_by_text("6 of 30 records of POP-01")).to_be_visible()
    page.get_by_role("link", name="SMP-01").click()
    page.get_by_role("link", name="Row 8.6.1-c of the checklist").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("8.6.1-c")


@pytest.mark.parametrize(("size", "dark"), LOOKS, ids=str)
def test_the_pages_of_samples_are_accessible(open_page: Open, shop: Shop, key: str, size: str, *, dark: bool) -> None:
    page = open_page("internal_auditor", f"audits/{key}/samples", size=size, dark=dark)
    found = {}

    def look(name: str) -> None:
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        found[name] = axe_violations(page) + (["scrolls sideways"] if wide else [])
        _seen(page, f"{name}-{size}-{'dark' if dark else 'light'}")

    look("empty")
    _bring_export(page, shop, key)
    page.locator("summary", has_text="Closed without a resolution").click()
    look("population")
    page.goto(shop.cast.url(f"/audits/{key}/populations/1/exceptions/recurring_without_problem/0"))
    look("exception")
    page.go_back()
    _draw(page)
    page.locator("#r1-a1").select_option("no")
    expect(page.locator("#s1")).to_contain_text("Saved")
    look("sample")
    page.goto(shop.cast.url(f"/audits/{key}/samples/1/records/1/finding"))
    look("failed")
    page.goto(shop.cast.url(f"/audits/{key}/samples"))
    look("samples")
    page.goto(shop.cast.url(f"/audits/{key}/rows/8.6.1-c"))
    look("row")
    assert {name: problems for name, problems in found.items() if problems} == {}
