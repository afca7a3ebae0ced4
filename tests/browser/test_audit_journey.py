"""From an empty programme to a closed audit, in a browser, with the keyboard where auditors use it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.audits.shop import DAY, Shop
from tests.browser.conftest import LOOKS, Open, axe_violations
from tests.cast import Cast

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return Shop(cast)


def _seen(page: Page, name: str) -> None:
    """Keep a picture of the page where one is asked for."""
    if folder := os.environ.get("ITSMCOMPLY_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_an_audit_goes_from_plan_to_closed(open_page: Open, shop: Shop) -> None:
    manager = open_page("sms_manager", "audits/programme/new")
    manager.get_by_role("button", name="Save programme").click()
    assert axe_violations(manager) == []
    manager.goto(shop.cast.url("/audits/new?programme=AP-01"))
    manager.get_by_label("Name").fill("Service requests")
    manager.get_by_label("First day").fill(DAY.isoformat())
    manager.get_by_label("Last day").fill(DAY.isoformat())
    manager.get_by_label("Service request management", exact=True).check()
    assert axe_violations(manager) == []
    manager.get_by_role("button", name="Save plan").click()
    expect(manager.get_by_role("heading", level=1)).to_contain_text("IA-2026-01 is planned")
    manager.get_by_label("As", exact=True).select_option("lead")
    manager.get_by_label("Person", exact=True).select_option(label="Internal auditor")
    manager.get_by_role("button", name="Assign", exact=True).click()
    expect(manager.get_by_text("Lead auditor", exact=True).first).to_be_visible()
    assert axe_violations(manager) == []

    auditor = open_page("internal_auditor", "audits/IA-2026-01")
    auditor.get_by_label("Present at the opening meeting").fill("Service desk lead")
    auditor.get_by_role("button", name="Begin audit").click()
    auditor.get_by_role("link", name="Open checklist").click()
    assert axe_violations(auditor) == []
    for _ in range(3):
        auditor.keyboard.press("q")
        auditor.keyboard.type("Ten requests followed; all hold.")
        auditor.locator("h1").click()
        auditor.keyboard.press("1")
        expect(auditor.locator("#saved")).to_contain_text("Saved")
        with auditor.expect_navigation():
            auditor.keyboard.press("n")
    auditor.keyboard.press("f")
    auditor.get_by_label("Title").fill("Requests without instructions")
    auditor.get_by_label("Statement of the finding").fill("Two of ten request types have no instruction.")
    auditor.get_by_label("Objective evidence").fill("Request types 4 and 7 on the list of today.")
    auditor.get_by_role("button", name="Raise finding").click()
    expect(auditor.get_by_text("was raised from this row.")).to_be_visible()
    assert axe_violations(auditor) == []

    auditor.goto(shop.cast.url("/audits/IA-2026-01/result"))
    auditor.get_by_role("group", name="Are the audit criteria met?").get_by_label("In part").check()
    auditor.get_by_role("group", name="Is the system implemented and effective?").get_by_label("Yes").check()
    auditor.get_by_label("Audit conclusion").fill("Requests are handled well; two types lack an instruction.")
    auditor.get_by_label("Distribution").fill("SMS manager, Service desk lead")
    auditor.get_by_role("button", name="Save result").click()
    assert axe_violations(auditor) == []
    auditor.get_by_text("Sign off", exact=True).click()
    auditor.get_by_role("button", name="Sign off and close").click()

    expect(auditor.get_by_role("heading", level=1)).to_have_text("IA-2026-01 is closed")
    assert axe_violations(auditor) == []


@pytest.mark.parametrize(("size", "dark"), LOOKS, ids=str)
def test_the_pages_of_audits_are_accessible(open_page: Open, shop: Shop, size: str, dark: bool) -> None:
    shop.signed("8.6.2")
    filed = shop.file("process_owner", "inc_rec")
    key = shop.running("8.6.1", "8.6.3")
    assert filed.item.key == "EV-0002"

    page = open_page("internal_auditor", f"audits/{key}/rows/8.6.1-c", size=size, dark=dark)

    paths = (
        "audits",
        f"audits/{key}",
        f"audits/{key}/edit",
        f"audits/{key}/result",
        "audits/programme",
        "audits/programme?view=calendar",
        "audits/programme?view=suggested",
        "audits/programme?view=auditors",
    )
    found = {"row": axe_violations(page)}
    _seen(page, f"row-{size}-{'dark' if dark else 'light'}")
    for path in paths:
        page.goto(shop.cast.url(f"/{path}"))
        found[path] = axe_violations(page)
        _seen(page, f"{path.replace('/', '_').replace('?', '-')}-{size}-{'dark' if dark else 'light'}")
    assert {path: what for path, what in found.items() if what} == {}
