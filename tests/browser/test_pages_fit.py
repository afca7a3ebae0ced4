"""No page scrolls sideways, down to 320 px (WCAG 1.4.10), with names as long and strange as may be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from itsmcomply.accounts.models import User
from itsmcomply.db import transaction
from itsmcomply.evidence.models import EvidenceItem
from itsmcomply.systems.models import EntryKind, ManagementSystem, SystemEntry
from tests.browser.conftest import Open
from tests.browser.test_pages_accessible import ADMIN_PAGES, PAGES
from tests.cast import Cast
from tests.evidence.office import make_office
from tests.findings.bench import RAISING, Bench

pytestmark = pytest.mark.browser

MORE_PAGES = (
    "evidence?state=current&process=incident&lapses=60&owner=me&q=x",
    "evidence/EV-0001/edit",
    "evidence/EV-0001/new-version",
    "evidence/new?kind=link",
    "evidence/new?artefact=inc_rec",
    "clauses/8.3.4.2",
    "gates/mandated_documents",
    "controls/matrix",
    "controls/new",
    "settings/lists/service/new",
    "settings/people/new",
    "settings/artefacts",
    "search?q=zzzz",
    "artefacts/none",
    "findings/new",
    "findings/NC-2026-01",
    "clauses/8.6.1",
    "audits/new",
)
PLAIN_PAGES = ("/sign-in", "/invite/gone", "/setup/gone")
TOO_WIDE = """() => [...document.querySelectorAll('body *')]
  .filter(e => document.documentElement.scrollWidth > document.documentElement.clientWidth
    && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1
    && !e.closest('details:not([open]) > :not(summary)'))
  .map(e => `${e.tagName}.${e.className}`).slice(0, 3)"""


def speak_strangely(cast: Cast) -> None:
    """Names without a blank, in scripts from the right and without spaces, as long as their columns take."""
    with cast.app.app_context(), transaction() as session:
        session.execute(update(ManagementSystem).values(name="Managed" + "Services" * 14))
        session.execute(update(EvidenceItem).values(title="Incidents_" * 20 + "سجل الحوادث インシデント管理記録"))
        session.execute(update(User).where(User.id == cast.ids["process_owner"]).values(name="مكتبالخدمة" * 10))
        entries = update(SystemEntry).where(SystemEntry.kind == EntryKind.SCOPE_STATEMENT)
        session.execute(entries.values(value="W" * 400))


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_no_page_scrolls_sideways(open_page: Open, cast: Cast, width: int) -> None:
    office = make_office(cast, cast.app.extensions["itsmcomply.settings"].store_dir)
    office.file()
    Bench(office).raised(replace(RAISING, title="x" * 300, statement="y" * 2000))
    speak_strangely(cast)
    found = {}
    for role, paths in (("sms_manager", (*PAGES, *MORE_PAGES)), ("admin", ADMIN_PAGES), (None, PLAIN_PAGES)):
        page = open_page(role, "/sign-in" if role is None else "/profile")
        page.set_viewport_size({"width": width, "height": 800})
        for path in paths:
            page.goto(path if path.startswith("/") else f"/s/{cast.slug}/{path}")
            found[path] = page.evaluate(TOO_WIDE)

    assert {path: wide for path, wide in found.items() if wide} == {}
