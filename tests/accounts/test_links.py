"""Invitation, password and set-up links."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from itsmcomply.accounts.models import User
from itsmcomply.accounts.operations import invite_person, issue_link, issue_person_link, set_disabled
from itsmcomply.accounts.queries import user_by_email
from itsmcomply.accounts.rules import LinkPurpose
from itsmcomply.clock import FixedClock
from itsmcomply.db import db, end_read, transaction
from itsmcomply.errors import InvalidInput, InvalidTransition
from itsmcomply.permissions import SYSTEM_ACTOR
from itsmcomply.systems.queries import grants_of, system_by_slug
from tests.cast import Cast, csrf

GOOD = "quartz-meadow-lantern-forty"


def _invite(cast: Cast, email: str = "new@example.org") -> str:
    with cast.app.app_context(), transaction() as session:
        return invite_person(session, SYSTEM_ACTOR, cast.clock, email=email, name="Release manager")[1]


def test_an_invitation_sets_the_password_and_signs_in(cast: Cast) -> None:
    path, client = f"/invite/{_invite(cast)}", cast.app.test_client()
    assert "Welcome, Release manager" in client.get(path).text

    answer = client.post(path, data={"password": GOOD, "again": GOOD, "csrf_token": csrf(client, path)})

    assert answer.status_code == 302
    assert client.get("/profile").status_code == 200


def test_a_link_works_once(cast: Cast) -> None:
    path, client = f"/invite/{_invite(cast)}", cast.app.test_client()
    data = {"password": GOOD, "again": GOOD, "csrf_token": csrf(client, path)}
    client.post(path, data=data)

    other = cast.app.test_client()

    assert other.get(path).status_code == 404
    assert "no longer works" in other.get(path).text


def test_a_link_ends_after_its_time_and_with_a_newer_one(cast: Cast, clock: FixedClock) -> None:
    first = _invite(cast)
    with cast.app.app_context(), transaction() as session:
        user = user_by_email(session, "new@example.org")
        assert user is not None
        second = issue_person_link(session, SYSTEM_ACTOR, clock, user=user)
    client = cast.app.test_client()

    assert client.get(f"/invite/{first}").status_code == 404
    clock.advance(timedelta(days=13, hours=23))
    assert client.get(f"/invite/{second}").status_code == 200
    clock.advance(timedelta(hours=1))
    assert client.get(f"/invite/{second}").status_code == 404


@pytest.mark.parametrize(
    ("password", "again", "message"),
    [
        ("short", "short", "at least 12 characters"),
        ("password1234", "password1234", "easy to guess"),
        (GOOD, GOOD + "x", "The two passwords differ"),
        ("", "", "Choose a password"),
        ("x" * 129, "x" * 129, "at most 128 characters"),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_the_reason(
    cast: Cast, password: str, again: str, message: str
) -> None:
    path, client = f"/invite/{_invite(cast)}", cast.app.test_client()

    answer = client.post(path, data={"password": password, "again": again, "csrf_token": csrf(client, path)})

    assert answer.status_code == 422
    assert message in answer.text
    assert password not in answer.text or not password


def test_a_password_link_changes_the_password_and_ends_all_sessions(cast: Cast, clock: FixedClock) -> None:
    signed_in = cast.client("viewer")
    with cast.app.app_context(), transaction() as session:
        token = issue_person_link(session, SYSTEM_ACTOR, clock, user=session.get_one(User, cast.ids["viewer"]))
    path, client = f"/invite/{token}", cast.app.test_client()

    client.post(path, data={"password": GOOD, "again": GOOD, "csrf_token": csrf(client, path)})

    assert "/sign-in" in signed_in.get("/profile").headers["Location"]


def test_a_link_dies_with_the_account(cast: Cast, clock: FixedClock) -> None:
    token = _invite(cast)
    with cast.app.app_context(), transaction() as session:
        user = user_by_email(session, "new@example.org")
        assert user is not None
        set_disabled(session, SYSTEM_ACTOR, clock, user=user, disabled=True)
        with pytest.raises(InvalidTransition):
            issue_person_link(session, SYSTEM_ACTOR, clock, user=user)
        set_disabled(session, SYSTEM_ACTOR, clock, user=user, disabled=False)

    assert cast.app.test_client().get(f"/invite/{token}").status_code == 404


@pytest.mark.parametrize(
    ("email", "name", "field"),
    [("not an address", "A", "email"), ("a@example.org", " ", "name"), ("viewer@example.org", "A", "email")],
)
def test_a_person_needs_a_name_and_an_address_of_their_own(cast: Cast, email: str, name: str, field: str) -> None:
    with cast.app.app_context(), transaction() as session, pytest.raises(InvalidInput) as refused:
        invite_person(session, SYSTEM_ACTOR, cast.clock, email=email, name=name)

    assert list(refused.value.errors) == [field]


def _setup_path(app: Flask, clock: FixedClock) -> str:
    with app.app_context(), transaction() as session:
        return f"/setup/{issue_link(session, clock, purpose=LinkPurpose.SETUP)}"


def test_set_up_makes_an_administrator_and_their_first_system(app: Flask, clock: FixedClock) -> None:
    path, client = _setup_path(app, clock), app.test_client()
    first = {"name": "SMS manager", "email": "Boss@Example.org", "password": GOOD, "again": GOOD}

    answer = client.post(path, data=first | {"csrf_token": csrf(client, path)})
    assert answer.headers["Location"] == "/setup/system"
    second = {
        "name": "Managed services",
        "organisation": "An organisation",
        "scope_statement": "All services to all customers.",
        "time_zone": "Europe/Amsterdam",
        "operating_since": "2026-01-01",
        "stage_1_on": "",
        "stage_2_on": "",
        "csrf_token": csrf(client, "/setup/system"),
    }
    made = client.post("/setup/system", data=second)

    assert made.headers["Location"].startswith("/s/managed-services/")
    assert client.get("/s/managed-services/settings/scope").status_code == 200
    with app.app_context():
        system, user = system_by_slug(db.session(), "managed-services"), user_by_email(db.session(), "boss@example.org")
        assert system is not None
        assert user is not None
        assert [g.role for g in grants_of(db.session(), user.id, clock.now()).grants] == ["sms_manager"]
        end_read()


def test_the_set_up_page_keeps_what_was_typed(app: Flask, clock: FixedClock) -> None:
    path, client = _setup_path(app, clock), app.test_client()
    data = {"name": "SMS manager", "email": "x", "password": GOOD, "again": GOOD, "csrf_token": csrf(client, path)}

    answer = client.post(path, data=data)

    assert answer.status_code == 422
    assert 'value="SMS manager"' in answer.text


def test_the_first_system_page_names_a_bad_day_and_keeps_the_rest(app: Flask, clock: FixedClock) -> None:
    path, client = _setup_path(app, clock), app.test_client()
    first = {"name": "M", "email": "m@example.org", "password": GOOD, "again": GOOD}
    client.post(path, data=first | {"csrf_token": csrf(client, path)})

    data = {"name": "Kept", "organisation": "O", "time_zone": "UTC", "operating_since": "soon"}
    answer = client.post("/setup/system", data=data | {"csrf_token": csrf(client, "/setup/system")})

    assert answer.status_code == 422
    assert "year-month-day" in answer.text
    assert 'value="Kept"' in answer.text


def test_a_set_up_link_is_dead_once_somebody_is_here(cast: Cast, clock: FixedClock) -> None:
    path = _setup_path(cast.app, clock)

    assert cast.app.test_client().get(path).status_code == 404


def test_an_invitation_is_no_set_up_link_and_the_other_way_round(cast: Cast, app: Flask, clock: FixedClock) -> None:
    assert app.test_client().get(f"/setup/{_invite(cast)}").status_code == 404
    assert app.test_client().get(_setup_path(app, clock).replace("setup", "invite")).status_code == 404
