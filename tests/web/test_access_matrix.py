"""Every route x every role, from what the routes declare and the one table of permissions.

`tests/web/access.txt` lists each route with what it demands; a route missing there, or declared otherwise, fails. So a
change of who may do what is always seen in review.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import PathConverter, Rule, UnicodeConverter

from itsmcomply.db import db, end_read
from itsmcomply.permissions import TABLE, Permission, Role
from itsmcomply.web.guards import Access, access_of
from tests.cast import Cast, csrf
from tests.digest import database_digest

LISTED = Path(__file__).parent / "access.txt"
VALUES = {
    "slug": "managed-services",
    "number": "8.6.1",
    "key": "incident",
    "item": "EV-0001",
    "version": 1,
    "token": "none",
    "filename": "app.css",
}
ROLE_OF = {
    "sms_manager": Role.SMS_MANAGER,
    "internal_auditor": Role.INTERNAL_AUDITOR,
    "process_owner": Role.PROCESS_OWNER,
    "reviewer": Role.EVIDENCE_REVIEWER,
    "external_auditor": Role.EXTERNAL_AUDITOR,
    "viewer": Role.VIEWER,
}


def _methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def _demand(access: Access | None) -> str:
    assert access is not None
    if access.open_to_all:
        return "public"
    return str(access.permission or "signed in")


def _declared(app: Flask) -> list[str]:
    rules = [r for r in app.url_map.iter_rules() if r.endpoint != "static"]
    return sorted(f"{m:6} {r.rule}  ->  {_demand(access_of(app, r.endpoint))}" for r in rules for m in _methods(r))


def test_who_may_use_each_route_is_as_listed(app: Flask) -> None:
    assert _declared(app) == LISTED.read_text().splitlines()


def _address(app: Flask, rule: Rule) -> str:
    converters = rule._converters
    words = {n for n in rule.arguments if type(converters[n]) in (UnicodeConverter, PathConverter)}
    values = {n: VALUES.get(n, "1") if n in words else 1 for n in rule.arguments}
    with app.test_request_context():
        return str(app.url_map.bind("localhost").build(rule.endpoint, values))


def _guarded(app: Flask, method: str) -> list[tuple[str, Permission]]:
    """Addresses of routes that demand a permission, with it."""
    found = []
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if access is not None and access.permission is not None and method in _methods(rule):
            found.append((_address(app, rule), access.permission))
    return found


def _may(name: str, permission: Permission) -> bool:
    return name in ROLE_OF and permission in TABLE[ROLE_OF[name]]


@pytest.mark.parametrize("name", ROLE_OF)
def test_pages_are_shown_to_exactly_the_roles_that_hold_the_permission(cast: Cast, name: str) -> None:
    client, wrong = cast.client(name), []
    for path, permission in _guarded(cast.app, "GET"):
        status = client.get(path).status_code
        allowed = status != 403 and status < 500
        if allowed != _may(name, permission):
            wrong.append((path, status))

    assert wrong == []


@pytest.mark.parametrize("name", ROLE_OF)
def test_changes_are_refused_to_roles_without_the_permission_and_leave_nothing(cast: Cast, name: str) -> None:
    client, wrong = cast.client(name), []
    headers = {"X-CSRFToken": csrf(client, "/profile")}
    before = database_digest(cast.app)
    for method in ("POST", "PUT"):
        for path, permission in _guarded(cast.app, method):
            if not _may(name, permission) and client.open(path, method=method, headers=headers).status_code != 403:
                wrong.append((method, path))

    assert wrong == []
    assert database_digest(cast.app) == before


def test_nobody_outside_a_system_learns_that_it_exists(cast: Cast) -> None:
    client = cast.client("outsider")
    absent = client.get("/s/no-such-system/").text.replace("no-such-system", "")
    for path, _ in _guarded(cast.app, "GET"):
        if path.startswith("/s/"):
            answer = client.get(path)
            assert answer.status_code == 404, path
            assert len(answer.text) == len(absent), path


def test_nobody_signed_out_sees_a_guarded_page(cast: Cast) -> None:
    client = cast.app.test_client()
    for path, _ in _guarded(cast.app, "GET"):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/sign-in?next=")


def test_every_change_needs_the_token(cast: Cast) -> None:
    client = cast.client("sms_manager")
    before = database_digest(cast.app)
    for method in ("POST", "PUT"):
        for rule in cast.app.url_map.iter_rules():
            if method in _methods(rule):
                status = client.open(_address(cast.app, rule), method=method).status_code
                assert status in (400, 403, 404, 413, 415), (rule.rule, status)
    assert database_digest(cast.app) == before


def test_looking_at_every_page_changes_nothing(cast: Cast) -> None:
    client = cast.client("sms_manager")
    with cast.app.app_context():
        before = database_digest(cast.app)
        end_read()
        db.session.remove()
    for path, _ in _guarded(cast.app, "GET"):
        assert client.get(path).status_code < 500, path
    assert database_digest(cast.app) == before
