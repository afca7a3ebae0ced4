"""The look in a real browser: accessible in both themes, silent under the policy, usable by keyboard and by drop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.web.styleguide import create_styleguide

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[1] / "vendor/axe-core-4.14.1/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DROP = """([selector, names]) => {
  const carrier = new DataTransfer();
  for (const name of names) carrier.items.add(new File(["content of " + name], name));
  const event = (kind) => new DragEvent(kind, { dataTransfer: carrier, bubbles: true, cancelable: true });
  const target = document.querySelector(selector);
  target.dispatchEvent(event("dragover"));
  target.dispatchEvent(event("drop"));
}"""


@dataclass
class Site:
    app: Flask
    address: str


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    app = create_styleguide()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(app, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page whose console has to stay empty: a message there is a broken policy, a missing file or a script error."""
    opened = browser.new_page(viewport={"width": 1440, "height": 1000})
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    opened.close()
    assert [text for text in said if "507" not in text] == []


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate(f"() => axe.run(document, {{runOnly: {{type: 'tag', values: {TAGS}}}}})")
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in result["violations"]]


@pytest.mark.parametrize("address", ["/", "/?as-of=2027-01-12", "/focus", "/plain", "/conflict", "/flashed", "/sided"])
@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_no_accessibility_violation(site: Site, page: Page, address: str, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site.address + address + ("&" if "?" in address else "?") + f"theme={theme}")
    closed = violations(page)

    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    assert closed == []
    assert violations(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scripts", [True, False])
def test_auto_follows_the_system_with_and_without_scripts(site: Site, browser: Browser, scripts: bool) -> None:
    context = browser.new_context(color_scheme="dark", java_script_enabled=scripts)
    opened = context.new_page()
    opened.goto(site.address + "/?theme=auto")

    shade = opened.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor")

    context.close()
    assert shade == "rgb(14, 19, 26)"


def test_print_is_light_and_without_navigation(site: Site, page: Page) -> None:
    page.goto(site.address + "/?theme=dark")
    page.emulate_media(media="print")

    assert not page.locator(".side").is_visible()
    assert page.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("h1").evaluate("(h1) => getComputedStyle(h1).color") == "rgb(22, 32, 44)"
    assert page.locator(".longt .text").first.is_visible()


def test_keys_reach_search_and_menus_and_escape_returns(site: Site, page: Page) -> None:
    page.goto(site.address)
    page.keyboard.press("/")
    assert page.evaluate("() => document.activeElement.id") == "search"
    page.keyboard.type("t?")
    assert page.locator("#search").input_value() == "t?"

    page.locator("h1").click()
    page.keyboard.press("t")
    assert page.locator("#as-of").get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert page.locator("#as-of").get_attribute("open") is None
    assert page.evaluate("() => document.activeElement.matches('#as-of > summary')")

    page.keyboard.press("?")
    assert page.locator("#keys .sheet").is_visible()


def test_rows_answer_to_j_and_k(site: Site, page: Page) -> None:
    page.goto(site.address)
    for key in "jjk":
        page.keyboard.press(key)

    assert page.locator("tr.row-on").count() == 1
    assert "EV-0171" in (page.locator("tr.row-on").text_content() or "")


def test_g_then_a_letter_follows_the_navigation(site: Site, page: Page) -> None:
    page.goto(site.address)
    page.keyboard.press("g")
    page.keyboard.press("w")

    page.wait_for_url("**/#evidence.my_work")


def test_reject_opens_and_the_reason_has_the_focus(site: Site, page: Page) -> None:
    page.goto(site.address + "/focus")
    page.keyboard.press("r")

    assert page.evaluate("() => document.activeElement.id") == "why"


def test_the_focus_layout_fits_the_window(site: Site, page: Page) -> None:
    page.goto(site.address + "/focus?as-of=2027-01-12")

    assert page.evaluate("() => document.documentElement.scrollHeight") == 1000
    assert page.locator(".dact").is_visible()


def test_dropped_files_go_up_one_by_one_to_one_confirmation(site: Site, page: Page) -> None:
    page.goto(site.address)
    page.evaluate(DROP, ["h1", ["a b.txt", "журнал.csv", "same.txt"]])

    page.wait_for_url("**/confirm?**")
    assert page.locator("main p").first.text_content() == "t-a b.txt t-журнал.csv t-same.txt"


def test_a_failed_upload_says_why_and_can_be_tried_again(site: Site, page: Page) -> None:
    site.app.config["REFUSED"].add("b.txt")
    page.goto(site.address)
    page.evaluate(DROP, [".drop", ["a.txt", "b.txt"]])

    page.get_by_text("b.txt was refused. Nothing was stored.", exact=True).wait_for()
    assert page.get_by_role("button", name="Go on with 1").is_visible()
    page.get_by_role("button", name="Try again").click()

    page.wait_for_url("**/confirm?token=t-a.txt&token=t-b.txt")


def test_a_file_over_the_limit_is_refused_before_it_travels(site: Site, page: Page) -> None:
    page.goto(site.address)
    page.locator("[data-drop-all]").evaluate("(zone) => { zone.dataset.limit = 20; }")
    page.evaluate(DROP, ["h1", ["a.txt", "a name that is long.txt", "b.txt"]])

    page.get_by_text("Larger than the limit", exact=False).first.wait_for()
    page.get_by_role("button", name="Go on with 2").click()
    page.wait_for_url("**/confirm?token=t-a.txt&token=t-b.txt")


def test_a_single_drop_fills_the_field_of_its_form(site: Site, page: Page) -> None:
    page.goto(site.address)
    page.evaluate(DROP, [".drop.slim", ["version 3.docx"]])

    assert page.locator(".drop.slim input").first.evaluate("(field) => field.files[0].name") == "version 3.docx"
    assert "version 3.docx" in (page.locator("[data-chosen]").first.text_content() or "")
