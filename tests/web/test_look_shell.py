"""The side bar shows what a person may open, and the style guide renders on every kind of day."""

from __future__ import annotations

import pytest

from itsmcomply.permissions import TABLE, Role
from itsmcomply.web.shell import NAV, navigation
from tests.web.styleguide import create_styleguide


def endpoints(role: Role, *, missing: str = "") -> set[str]:
    sections = navigation(
        lambda permission: permission in TABLE[role],
        lambda endpoint: None if endpoint == missing else endpoint,
        current="",
        counts={},
    )
    return {link.url for section in sections for link in section.links}


def test_a_viewer_sees_neither_review_nor_exports() -> None:
    seen = endpoints(Role.VIEWER)

    assert "readiness.overview" in seen
    assert not {"evidence.review_queue", "evidence.my_work", "reports.exports"} & seen


def test_an_owner_sees_my_work_but_no_review() -> None:
    seen = endpoints(Role.PROCESS_OWNER)

    assert "evidence.my_work" in seen
    assert "evidence.review_queue" not in seen


def test_pages_that_do_not_exist_are_not_offered() -> None:
    assert "audits.programme" not in endpoints(Role.SMS_MANAGER, missing="audits.programme")


def test_counts_and_the_current_place_are_marked() -> None:
    sections = navigation(lambda _: True, lambda e: e, current="evidence.my_work", counts={"my_work": 7})

    mine = next(link for link in sections[0].links if link.url == "evidence.my_work")
    assert (mine.current, mine.count, mine.key) == (True, 7, "w")


def test_the_keys_after_g_are_unambiguous() -> None:
    keys = [item.key for group in NAV for item in group.items if item.key]

    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("day", "text", "changes"),
    [
        ("2026-11-23", "As of", True),
        ("2026-09-30", "Read only.", False),
        ("2027-01-12", "if nothing changes.", False),
    ],
)
def test_every_macro_renders_on_any_day(day: str, text: str, changes: bool) -> None:
    answer = create_styleguide().test_client().get(f"/?as-of={day}")

    assert answer.status_code == 200
    assert text in answer.text
    assert ("#c" in answer.text and 'href="#c">' in answer.text) is changes


def test_a_toast_carries_its_undo_and_errors_stand_on_top() -> None:
    text = create_styleguide().test_client().get("/flashed").text

    assert '<div class="note bad">' in text
    assert 'action="/undo"' in text
    assert text.index("Two files were refused.") < text.index("<h1>") < text.index("Accepted EV-0219")


def test_a_side_column_stands_beside_the_main_part_once() -> None:
    text = create_styleguide().test_client().get("/sided").text

    assert text.count("Once") == 1
    assert (
        text.index("Once")
        < text.index('<aside class="min0 stack" aria-label="About this item">')
        < text.index("Beside")
    )
