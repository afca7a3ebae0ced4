from __future__ import annotations

import pytest
from flask import Flask

from itsmcomply.web.security import CSP, HEADERS, security_config
from tests.cast import PASSWORD, Cast, csrf


@pytest.mark.parametrize("path", ["/sign-in", "/", "/nowhere", "/healthy", "/static/app.css"])
def test_every_answer_carries_the_headers(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)

    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    answer.close()


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    assert "unsafe" not in CSP
    assert "http" not in CSP


def test_the_cookie_is_strict_behind_https(app: Flask) -> None:
    from dataclasses import replace

    config = security_config(replace(app.extensions["itsmcomply.settings"], base_url="https://itsm.example.org"))

    assert config["SESSION_COOKIE_NAME"] == "__Host-itsmcomply"
    assert config["SESSION_COOKIE_SECURE"] is True
    assert config["TRUSTED_HOSTS"] == ["itsm.example.org"]


def test_an_unknown_host_is_refused(app: Flask) -> None:
    assert app.test_client().get("/sign-in", headers={"Host": "evil.example.org"}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example.org"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_a_form_sent_by_another_site_is_refused_even_with_a_token(cast: Cast, headers: dict[str, str]) -> None:
    client = cast.app.test_client()
    data = {"email": "viewer@example.org", "password": PASSWORD, "csrf_token": csrf(client, "/sign-in")}

    assert client.post("/sign-in", data=data, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "target", ["https://evil.example.org/", "//evil.example.org", "/\\evil.example.org", "javascript:alert(1)"]
)
def test_sign_in_leads_only_to_our_own_pages(cast: Cast, target: str) -> None:
    client = cast.app.test_client()
    data = {"email": "outsider@example.org", "password": PASSWORD, "csrf_token": csrf(client, "/sign-in")}

    answer = client.post("/sign-in", query_string={"next": target}, data=data)

    assert answer.headers["Location"] == "/"


def test_signed_in_pages_are_never_cached(cast: Cast) -> None:
    assert cast.client("outsider").get("/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/s/managed-services/nowhere", 404)])
def test_an_unknown_address_is_a_calm_page(app: Flask, path: str, status: int) -> None:
    answer = app.test_client().get(path)

    assert answer.status_code == status
    assert "Traceback" not in answer.text
