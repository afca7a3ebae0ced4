"""From finding to verified closure by three people, as the customer pays for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from itsmcomply.findings.rules import State
from tests.browser.conftest import LOOKS, Open, axe_violations
from tests.cast import Cast
from tests.evidence.office import Office, make_office
from tests.findings.bench import REQUIREMENT, Bench

pytestmark = pytest.mark.browser


@pytest.fixture
def bench(cast: Cast) -> Bench:
    """The bench over the application's own store."""
    office: Office = make_office(cast, Path(cast.app.extensions["itsmcomply.settings"].store_dir))
    return Bench(office)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def told(page: Page) -> str:
    return page.locator("#toast").inner_text()


def raise_it(page: Page) -> str:
    page.get_by_role("radio", name=re.compile("^Minor")).check()
    page.get_by_label("Requirements").fill(REQUIREMENT)
    page.get_by_label("Title").fill("Priority set by feel")
    page.get_by_label("Statement").fill("Priorities of incidents do not follow impact and urgency.")
    page.get_by_label("Objective evidence").fill("12 of 20 sampled incidents carry another priority than the matrix.")
    press(page, "Raise it")
    return page.url.rsplit("/", 1)[1]


def answer_it(page: Page) -> None:
    correction = page.locator("#correction")
    correction.get_by_label("What was done").fill("The 12 incidents were prioritised anew.")
    correction.get_by_label("Done by").fill("Service desk lead")
    press(page, "Record the correction")
    extent = page.locator("#extent")
    extent.get_by_label("Where and how you looked").fill("All incidents of October against the matrix.")
    extent.get_by_label("Yes, elsewhere too").check()
    extent.get_by_label("What you found").fill("31 of 240.")
    press(page, "Record the extent")
    cause = page.locator("#cause")
    cause.get_by_label("Why did it happen?").fill("The matrix was not used.")
    cause.get_by_label("Why was that?", exact=False).nth(0).fill("The tool does not show it.")
    cause.get_by_label("Root cause").fill("The acceptance test of the tool left the matrix out.")
    cause.get_by_label("How it led to what was found").fill("Without the matrix on screen the desk guesses.")
    press(page, "Record the cause")


def plan_it(page: Page) -> None:
    actions = page.locator("#actions")
    actions.get_by_label("What will be done").fill("Show the matrix in the tool and test it at acceptance.")
    actions.get_by_label("Who does it").select_option(label="Service desk lead")
    press(page, "Add the action")
    press(page, "Submit the plan")


def test_three_people_bring_a_finding_to_verified_closure(open_page: Open, bench: Bench) -> None:
    auditor = open_page("internal_auditor", "findings/new")
    key = raise_it(auditor)
    owner = open_page("sms_manager", f"findings/{key}/edit")
    assert key == "NC-2026-01"
    owner.get_by_label("Owner").select_option(label="Service desk lead")
    press(owner, "Save")

    lead = open_page("process_owner", f"findings/{key}")
    assert "Correction is missing." in lead.inner_text(".nextgate")
    answer_it(lead)
    plan_it(lead)
    assert lead.get_by_role("button", name="Accept the plan").count() == 0
    auditor.goto(lead.url)
    press(auditor, "Accept the plan")
    assert "accepted" in told(auditor)

    lead.reload()
    lead.locator("#actions summary", has_text="Complete action 1").click()
    lead.get_by_label("Other evidence").first.fill("EV-0001")
    bench.version()
    press(lead, "It is done")
    assert "completed" in told(lead)

    bench.advance(30)
    bench.version()
    manager = open_page("sms_manager", f"findings/{key}")
    manager.get_by_label("Yes, the actions were effective").check()
    manager.get_by_label("What you looked at, and what you saw").fill("20 incidents of December, all by the matrix.")
    manager.locator("#effectiveness").get_by_label("Other evidence").fill("EV-0002")
    press(manager, "Record the verification")
    press(manager, f"Close {key}")

    assert bench.state(key) is State.CLOSED
    assert "is closed" in told(manager)


@pytest.mark.parametrize(("size", "dark"), LOOKS, ids=str)
@pytest.mark.parametrize("stage", ["raised", "planned", "verified"])
def test_a_finding_is_accessible_at_every_stage(
    open_page: Open, bench: Bench, stage: str, size: str, dark: bool
) -> None:
    key = getattr(bench, stage)()
    role = {"raised": "process_owner", "planned": "process_owner", "verified": "sms_manager"}[stage]

    page = open_page(role, f"findings/{key}", size=size, dark=dark)
    assert axe_violations(page) == []
    page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
    assert axe_violations(page) == []


@pytest.mark.parametrize(("size", "dark"), LOOKS, ids=str)
def test_register_raising_limits_and_attaching_are_accessible(
    open_page: Open, bench: Bench, size: str, dark: bool
) -> None:
    key = bench.raised()

    page = open_page("sms_manager", "findings", size=size, dark=dark)
    found = axe_violations(page)
    paths = (f"findings/new?requirement={REQUIREMENT}", "findings/limits", f"findings/{key}/evidence/correction")
    for path in (*paths, f"findings/{key}/edit"):
        page.goto(f"/s/{bench.office.cast.slug}/{path}")
        found += axe_violations(page)

    assert found == []
