from __future__ import annotations

import pytest

from tests.browser.conftest import Open, axe_violations

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_sign_in_page_is_accessible(open_page: Open, size: str, dark: bool) -> None:
    page = open_page(None, "/sign-in", size=size, dark=dark)

    assert axe_violations(page) == []


def test_a_person_signs_in_and_out(open_page: Open) -> None:
    page = open_page("outsider", "/")
    assert "do not belong to a management system" in page.inner_text("h1")


def test_a_wrong_password_says_what_to_do_and_keeps_the_address(open_page: Open) -> None:
    page = open_page(None, "/sign-in")
    page.get_by_label("E-mail address").fill("viewer@example.org")
    page.get_by_label("Password").fill("wrong")

    page.get_by_role("button", name="Sign in").click()

    assert "do not belong together" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("E-mail address").input_value() == "viewer@example.org"
