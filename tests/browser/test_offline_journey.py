"""The checklist taken along as a workbook, filled in by hand, and sent back: conflicts, remarks, all or nothing."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from itsmcomply.accounts.models import User
from itsmcomply.audits.kinds import Conclusion, TeamRole
from itsmcomply.audits.models import AuditRow
from itsmcomply.audits.offline.sheet import COLUMNS, HEAD_ROW
from itsmcomply.audits.operations import Assignment, assign
from itsmcomply.permissions import SYSTEM_ACTOR, Role
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.systems.operations import grant_role
from tests.audits.shop import Shop
from tests.browser.conftest import Open, axe_violations
from tests.cast import Cast

pytestmark = pytest.mark.browser

PLACE = {name: place for place, (name, *_) in enumerate(COLUMNS, 1)}


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return Shop(cast)


def _fill(path: Path, rows: dict[int, dict[str, str]]) -> None:
    """Fill cells as a person would, by line below the head; a value of a drop-down is one of its list."""
    book = openpyxl.load_workbook(path)
    sheet = book["Checklist"]
    lists = {str(rule.sqref).split(":")[0][0]: str(rule.formula1) for rule in sheet.data_validations.dataValidation}
    for line, cells in rows.items():
        for name, value in cells.items():
            cell = sheet.cell(HEAD_ROW + line, PLACE[name], value)
            assert not cell.protection.locked
            assert cell.column_letter not in lists or value in lists[cell.column_letter]
    book.save(path)


def _download(page: Page, name: str, folder: Path) -> Path:
    with page.expect_download() as started:
        page.get_by_role("link", name=name).click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def _send(page: Page, shop: Shop, key: str, path: Path) -> None:
    page.goto(shop.cast.url(f"/audits/{key}"))
    page.get_by_label("Workbook that was filled in").set_input_files(path)
    page.get_by_role("button", name="Send it back").click()


def _second_auditor(shop: Shop, key: str) -> None:
    """The quality manager audits too."""
    with shop.desk("sms_manager") as desk:
        system = desk.session.get_one(ManagementSystem, shop.cast.system_id)
        user = desk.session.get_one(User, shop.cast.ids["reviewer"])
        grant_role(desk.session, SYSTEM_ACTOR, shop.cast.clock, system=system, user=user, role=Role.INTERNAL_AUDITOR)
    with shop.desk("sms_manager") as desk:
        assign(desk, key, Assignment(TeamRole.AUDITOR, shop.cast.ids["reviewer"]))


def _stored(shop: Shop) -> dict[str, tuple[Conclusion | None, str]]:
    with shop.desk("viewer") as desk:
        return {row.requirement: (row.conclusion, row.answer) for row in desk.session.scalars(select(AuditRow))}


def test_a_checklist_goes_out_and_comes_back(open_page: Open, shop: Shop, tmp_path: Path) -> None:
    key = shop.running("8.6.2")
    _second_auditor(shop, key)
    page = open_page("internal_auditor", f"audits/{key}")
    taken = _download(page, "Take the checklist along", tmp_path)
    _send(page, shop, key, taken)
    expect(page.get_by_role("heading", level=1)).to_have_text("The workbook changes nothing")
    assert axe_violations(page) == []

    _fill(
        taken,
        {
            1: {"conclusion": "Conforms", "answer": "Ten requests seen.", "interviewed": "Service desk lead"},
            2: {"conclusion": "Nonconformity", "statement": "Two requests have no priority."},
            3: {"conclusion": "Observation", "statement": "Records are kept in two places.", "note": "Ask again."},
        },
    )
    other = open_page("reviewer", f"audits/{key}/rows/8.6.2-a")
    other.keyboard.press("5")
    expect(other.locator("#saved")).to_contain_text("UTC")
    _send(page, shop, key, taken)
    expect(page.get_by_role("heading", level=1)).to_have_text("2 rows have to be put right first")
    expect(page.get_by_text("Somebody changed this row meanwhile.")).to_be_visible()
    expect(page.get_by_text("A nonconformity needs its grade: choose Major or Minor.")).to_be_visible()
    expect(page.get_by_role("row", name="8.6.2-c")).to_contain_text("Records are kept in two places.")
    expect(page.get_by_role("button", name="Apply all")).to_have_count(0)
    assert axe_violations(page) == []
    assert _stored(shop)["8.6.2-c"] == (None, "")  # nothing in part

    marked = _download(page, "Workbook with remarks", tmp_path)
    remarks = openpyxl.load_workbook(marked)["Checklist"]
    assert "Conclusion: Not sampled" in str(remarks.cell(HEAD_ROW + 1, PLACE["error"]).value)
    assert "choose Major or Minor" in str(remarks.cell(HEAD_ROW + 2, PLACE["error"]).value)
    _fill(marked, {2: {"grade": "Minor", "answer": "Requests 4 and 7."}})
    _send(page, shop, key, marked)
    expect(page.get_by_role("heading", level=1)).to_have_text("3 rows will change")
    page.get_by_role("button", name="Apply all").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(f"{key}: 3 of 4 rows concluded")
    expect(page.get_by_role("link", name="NC-2026-01")).to_be_visible()
    assert _stored(shop)["8.6.2-a"] == (Conclusion.CONFORMS, "Ten requests seen.")
