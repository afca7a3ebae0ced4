"""Every page for the SMS manager and the administrator: no accessibility violation, nothing scrolls sideways."""

from __future__ import annotations

import pytest

from tests.browser.conftest import LOOKS, Open, axe_violations
from tests.cast import Cast
from tests.evidence.office import make_office

pytestmark = pytest.mark.browser

PAGES = (
    "",
    "my-work",
    "review",
    "evidence",
    "evidence/new",
    "evidence/EV-0001",
    "clauses",
    "clauses/8.6.1",
    "requirements/8.6.1-c",
    "artefacts",
    "artefacts/inc_rec",
    "processes",
    "processes/incident",
    "controls",
    "controls/adopt",
    "calendar",
    "exports",
    "activity",
    "settings",
    "settings/scope",
    "settings/dates",
    "settings/lists",
    "settings/owners",
    "settings/people",
    "search?q=incident",
    "?as-of=2027-03-01",
    "processes/incident?as-of=2026-09-30",
    "findings",
    "audits",
    "audits/programme",
    "management-review",
    "/profile",
)
ADMIN_PAGES = ("/admin/people", "/admin/systems", "/admin/health", "/admin/activity")


@pytest.mark.parametrize(("size", "dark"), LOOKS, ids=str)
def test_pages_are_accessible(open_page: Open, cast: Cast, size: str, dark: bool) -> None:
    make_office(cast, cast.app.extensions["itsmcomply.settings"].store_dir).file()
    page = open_page("sms_manager", "", size=size, dark=dark)
    found = {}
    for path in PAGES:
        answer = page.goto(path if path.startswith("/") else f"/s/{cast.slug}/{path}")
        assert answer is not None
        assert answer.status == 200, path
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        found[path] = axe_violations(page) + (["scrolls sideways"] if wide else [])

    assert {path: problems for path, problems in found.items() if problems} == {}


def test_installation_pages_are_accessible(open_page: Open, cast: Cast) -> None:
    page = open_page("admin", "/admin/people")
    found = {}
    for path in ADMIN_PAGES:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        found[path] = axe_violations(page)

    assert {path: problems for path, problems in found.items() if problems} == {}
