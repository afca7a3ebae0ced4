"""A real browser against a real server: any console error, failed request of ours or refused policy fails the test."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from werkzeug.serving import make_server

from tests.cast import PASSWORD, Cast

AXE = Path(__file__).parent.parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
AXE_RULES = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']"
LOOKS = [("desktop", False), ("phone", True)]
"""Size and darkness in which pages are walked; all four in the deep run."""
if os.environ.get("ITSMCOMPLY_DEEP"):
    LOOKS += [("desktop", True), ("phone", False)]
expect.set_options(timeout=30_000)  # ends a test that waits for nothing; speed is no subject here
SIZES = {"desktop": {"width": 1440, "height": 1000}, "phone": {"width": 390, "height": 844}}


@dataclass(frozen=True)
class LiveServer:
    url: str


@pytest.fixture
def live(app: Flask) -> Iterator[LiveServer]:
    """The application of this test, served on a port of its own."""
    server = make_server("localhost", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield LiveServer(f"http://localhost:{server.port}")
    server.shutdown()
    thread.join(10)
    server.server_close()


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, live: LiveServer, cast: Cast) -> Iterator[Open]:
    """`open_page("reviewer", "/review", size="phone", dark=True)`: a page for a signed-in role; None for nobody."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            complaints.append(message.text)

    def open_it(role: str | None, path: str = "", *, size: str = "desktop", dark: bool = False) -> Page:
        scheme = "dark" if dark else "light"
        context = browser.new_context(base_url=live.url, viewport=SIZES[size], color_scheme=scheme)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if role is not None:
            sign_in(page, cast, role)
        page.goto(path if path.startswith("/") else f"/s/{cast.slug}/{path}")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(page: Page, cast: Cast, role: str) -> None:
    """Sign in as a person would."""
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(cast.emails[role])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def axe_violations(page: Page) -> list[str]:
    """WCAG 2.2 AA and best practice: rule, and where, for each violation on the page as it stands."""
    page.wait_for_load_state("load")  # until the style sheets have come, a script measures a bare page
    page.evaluate("document.fonts.ready")
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {runOnly: " + AXE_RULES + "})")
    return [f"{v['id']}: {[n['target'] for n in v['nodes']]}" for v in found["violations"]]
