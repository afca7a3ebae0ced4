"""The register: filters and order live in the address, pages count right, the export holds what is shown."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import event

from itsmcomply.clauses.model import Artefact
from itsmcomply.db import db
from itsmcomply.evidence.filing import Filing
from itsmcomply.evidence.kinds import Confidentiality, VersionKind
from itsmcomply.evidence.operations import file_evidence
from itsmcomply.evidence.queries.register import ItemState, RegisterFilter, Sort, register_page
from itsmcomply.evidence.tables import safe_cell
from tests.evidence.browser import Browser
from tests.evidence.office import Office, document, month

TODAY = date(2026, 11, 24)


@pytest.fixture
def shelf(office: Office) -> Office:
    """Five items: current, lapsed, in review, rejected, and a monthly record in review."""
    current = office.file(filing=document("Procedure of today"), name="procedure.pdf")
    lapsed = office.file(
        "inc_prio",
        filing=document("Old priorities", date(2025, 1, 1)),
        content=b"2",
        name="Prioriteiten Überblick.docx",
    )
    office.file("mi_crit", filing=document("Criteria"), content=b"3", by="other_owner")
    rejected = office.file(
        "mi_proc", filing=document("Draft"), content=b"4", confidentiality=Confidentiality.RESTRICTED
    )
    office.file("inc_rec", filing=month(), content=b"5", name="incidents 2026-10.csv")
    office.accept(current)
    office.accept(lapsed)
    office.reject(rejected)
    return office


def found(office: Office, wanted: RegisterFilter, day: date = TODAY) -> list[str]:
    with office.cast.app.app_context():
        return [row.title for row in register_page(db.session(), office.cast.system_id, wanted, day).rows]


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        (RegisterFilter(), ["Incident records", "Draft", "Criteria", "Old priorities", "Procedure of today"]),
        (RegisterFilter(state=ItemState.CURRENT), ["Procedure of today"]),
        (RegisterFilter(state=ItemState.LAPSED), ["Old priorities"]),
        (RegisterFilter(state=ItemState.IN_REVIEW), ["Incident records", "Criteria"]),
        (RegisterFilter(state=ItemState.REJECTED), ["Draft"]),
        (RegisterFilter(state=ItemState.WITHDRAWN), []),
        (RegisterFilter(artefacts=frozenset({"inc_rec", "mi_crit"})), ["Incident records", "Criteria"]),
        (RegisterFilter(artefacts=frozenset()), []),
        (RegisterFilter(text="ÜBERBLICK"), ["Old priorities"]),
        (RegisterFilter(text="ev-0003"), ["Criteria"]),
        (RegisterFilter(text="incidents csv"), ["Incident records"]),
        (RegisterFilter(text="%"), []),
        (RegisterFilter(text="_"), []),
        (RegisterFilter(kind=VersionKind.LINK), []),
        (RegisterFilter(lapses_by=date(2027, 12, 3)), ["Procedure of today"]),
        (RegisterFilter(lapses_by=date(2027, 12, 2)), []),
        (
            RegisterFilter(sort=Sort.TITLE, descending=False),
            ["Criteria", "Draft", "Incident records", "Old priorities", "Procedure of today"],
        ),
        (
            RegisterFilter(sort=Sort.EFFECTIVE, descending=False),
            ["Old priorities", "Incident records", "Procedure of today", "Criteria", "Draft"],
        ),
        (RegisterFilter(page=99), ["Incident records", "Draft", "Criteria", "Old priorities", "Procedure of today"]),
    ],
)
def test_filters_and_orders_find_what_they_say(shelf: Office, wanted: RegisterFilter, titles: list[str]) -> None:
    assert found(shelf, wanted) == titles


def test_what_does_not_lapse_comes_last_either_way_round(shelf: Office) -> None:
    for descending in (True, False):
        titles = found(shelf, RegisterFilter(sort=Sort.LAPSES, descending=descending))
        assert set(titles[:2]) == {"Old priorities", "Procedure of today"}


def test_a_day_to_come_shows_what_will_have_lapsed(shelf: Office) -> None:
    day = date(2027, 12, 3)

    assert found(shelf, RegisterFilter(state=ItemState.LAPSED), day) == ["Old priorities", "Procedure of today"]
    assert found(shelf, RegisterFilter(state=ItemState.CURRENT), day) == []


def test_a_lapsed_item_with_a_newer_version_waiting_is_in_review(shelf: Office) -> None:
    from itsmcomply.evidence.operations import add_version

    with shelf.desk() as desk:
        add_version(desk, item_id=2, filing=document("x"), upload=shelf.upload(desk, b"6"))

    assert "Old priorities" in found(shelf, RegisterFilter(state=ItemState.IN_REVIEW))
    assert found(shelf, RegisterFilter(state=ItemState.LAPSED)) == []


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        yield sent
        event.remove(db.engine, "before_cursor_execute", note)


def test_the_number_of_queries_does_not_grow_with_rows(shelf: Office, app: Flask) -> None:
    browser = Browser(shelf.cast, "viewer")
    browser.get("/evidence")
    with statements(app) as few:
        browser.get("/evidence")
    for n in range(10):
        shelf.file(content=f"more {n}".encode())
    browser.get("/evidence")
    with statements(app) as many:
        browser.get("/evidence")

    assert len(many) == len(few)


def test_the_address_holds_filters_order_and_page(shelf: Office) -> None:
    browser = Browser(shelf.cast, "viewer")

    page = browser.get("/evidence?state=lapsed&process=incident&q=old&sort=title&dir=up").text

    assert "1 of 5" in page
    assert "Old priorities" in page
    assert "Procedure of today" not in page
    assert "process=incident" in page  # kept by chips, columns and the export
    assert 'href="/s/managed-services/evidence.csv?q=old&amp;state=lapsed&amp;process=incident' in page


@pytest.mark.parametrize(
    "query",
    [
        "state=x&process=x&clause=x&kind=x&owner=x&sort=x&dir=x&page=x&lapses=x",
        "page=99999999999999999999",
        "page=-1",
        "page=0",
        "page=٣",
        "owner=99999999999999999999",
        "lapses=9999-12-31",
        "lapses=2026-02-30",
        "q=%00%ff%ed%a0%80",
        "q=" + "x" * 5000,
        "clause=8.6.1-e",
        "clause=8",
        "artefact=../../etc",
        "owner=me",
    ],
)
def test_values_that_mean_nothing_are_no_error(shelf: Office, query: str) -> None:
    browser = Browser(shelf.cast, "process_owner")

    assert browser.get(f"/evidence?{query}").status_code == 200
    assert browser.get(f"/evidence.csv?{query}").status_code == 200


def test_a_clause_finds_what_its_requirements_expect(shelf: Office) -> None:
    browser = Browser(shelf.cast, "viewer")

    assert "Criteria" in browser.get("/evidence?clause=8.6.1").text
    assert "0 of 5" in browser.get("/evidence?clause=9.2").text


def test_the_owner_of_a_process_owns_what_names_nobody_else(shelf: Office) -> None:
    from itsmcomply.accounts.models import User
    from itsmcomply.systems.models import EntryKind
    from itsmcomply.systems.operations import set_entry

    with shelf.desk("sms_manager") as desk:
        user = desk.session.get_one(User, shelf.cast.ids["process_owner"])
        entry = {"system": desk.system, "kind": EntryKind.PROCESS_OWNER, "key": "incident", "user": user}
        set_entry(desk.session, desk.actor, shelf.cast.clock, **entry)  # type: ignore[arg-type]

    assert "5 of 5" in Browser(shelf.cast, "process_owner").get("/evidence?owner=me").text
    assert "0 of 5" in Browser(shelf.cast, "other_owner").get("/evidence?owner=me").text


def test_the_export_holds_what_is_shown_and_no_formula(shelf: Office) -> None:
    with shelf.desk() as desk:
        filing = Filing(VersionKind.LINK, "=cmd|' /C calc'!A0", TODAY, text="https://wiki.example/x")
        file_evidence(desk, artefact="mi_proc", filing=filing)

    answer = Browser(shelf.cast, "viewer").get("/evidence.csv?sort=title&dir=up")

    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert [row[2] for row in rows[1:3]] == ["'=cmd|' /C calc'!A0", "Criteria"]
    assert len(rows) == 7


@pytest.mark.parametrize("text", ["=1+1", " =1", "+1", "-1", "@x", "\t=1", "\r=1", "|x", "＝1", "　=1", "\u00a0=1"])
def test_cells_that_a_spreadsheet_would_run_are_marked(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", " ", "a=1", "EV-0001", "証拠", "'x"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


def test_the_register_is_freshened_on_a_new_day(shelf: Office) -> None:
    browser = Browser(shelf.cast, "viewer")
    assert "1 of 5" in browser.get("/evidence?state=lapsed").text

    shelf.cast.clock.move_to(datetime(2027, 12, 3, 9, tzinfo=UTC))

    assert "2 of 5" in Browser(shelf.cast, "viewer").get("/evidence?state=lapsed").text


def test_the_artefacts_of_these_tests_are_what_they_seem(shelf: Office) -> None:
    artefacts: dict[str, Artefact] = shelf.catalogue.artefacts
    assert artefacts["inc_rec"].every is not None
    assert artefacts["mi_proc"].mandated
