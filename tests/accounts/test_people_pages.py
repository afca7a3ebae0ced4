"""Profile, people of the installation, and sessions that die at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from itsmcomply.accounts.models import User
from itsmcomply.accounts.operations import set_administrator, set_disabled
from itsmcomply.clock import FixedClock
from itsmcomply.db import transaction
from itsmcomply.errors import NotPermitted
from itsmcomply.permissions import SYSTEM_ACTOR, Role
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.systems.operations import end_role, grant_role
from itsmcomply.systems.operations.people import role_held
from tests.cast import PASSWORD, Cast, csrf

GOOD = "quartz-meadow-lantern-forty"


def _post(client: FlaskClient, path: str, page: str, **data: str) -> tuple[int, str]:
    answer = client.post(path, data=data | {"csrf_token": csrf(client, page)})
    return answer.status_code, answer.text


def _alive(client: FlaskClient) -> bool:
    return client.get("/profile").status_code == 200


def test_a_person_changes_name_and_looks(cast: Cast) -> None:
    client = cast.client("viewer")

    status, _ = _post(client, "/profile", "/profile", name="Director", theme="dark", locale="en_GB")

    page = client.get("/profile").text
    assert status == 302
    assert 'data-bs-theme="dark"' in page
    assert 'data-single-keys="off"' in page
    assert "Director" in page


@pytest.mark.parametrize("changes", [{"name": ""}, {"theme": "pink"}, {"locale": "xx"}, {"name": "a\x00b"}])
def test_preferences_that_cannot_be_are_refused(cast: Cast, changes: dict[str, str]) -> None:
    values = {"name": "Director", "theme": "dark", "locale": "en_GB"} | changes

    assert _post(cast.client("viewer"), "/profile", "/profile", **values)[0] == 422


def test_a_new_password_needs_the_present_one_and_ends_other_browsers(cast: Cast) -> None:
    mine, other = cast.client("viewer"), cast.client("viewer")
    wrong = {"current": "wrong", "password": GOOD, "again": GOOD}

    assert _post(mine, "/profile/password", "/profile", **wrong)[0] == 422
    assert _alive(other)
    assert _post(mine, "/profile/password", "/profile", **wrong | {"current": PASSWORD})[0] == 302

    assert _alive(mine)
    assert not _alive(other)


def test_guessing_the_present_password_is_throttled(cast: Cast) -> None:
    client = cast.client("viewer")
    token = csrf(client, "/profile")
    data = {"current": "wrong", "password": GOOD, "again": GOOD, "csrf_token": token}

    statuses = [client.post("/profile/password", data=data).status_code for _ in range(11)]

    assert statuses == [422] * 10 + [429]


def test_other_browsers_can_be_ended_one_by_one_and_all(cast: Cast) -> None:
    mine, second, third = (cast.client("viewer") for _ in range(3))
    page = mine.get("/profile").text
    number = page.split("/profile/sessions/")[1].split("/end")[0]

    assert _post(mine, f"/profile/sessions/{number}/end", "/profile")[0] == 302
    assert [_alive(second), _alive(third)].count(False) == 1
    assert _post(mine, "/profile/sessions/end-others", "/profile")[0] == 302
    assert [_alive(mine), _alive(second), _alive(third)] == [True, False, False]


def test_nobody_ends_the_session_of_another(cast: Cast) -> None:
    victim = cast.client("reviewer")

    assert _post(cast.client("viewer"), "/profile/sessions/1/end", "/profile")[0] == 404
    assert _alive(victim)


def test_an_administrator_adds_a_person_and_sees_the_link_once(cast: Cast) -> None:
    client = cast.client("admin")

    status, text = _post(
        client, "/admin/people/new", "/admin/people/new", name="Release manager", email="rm@example.org"
    )

    assert status == 200
    assert "http://localhost/invite/" in text
    assert "http://localhost/invite/" not in client.get("/admin/people").text


def test_a_taken_address_keeps_what_was_typed(cast: Cast) -> None:
    values = {"name": "Twice", "email": "viewer@example.org"}

    status, text = _post(cast.client("admin"), "/admin/people/new", "/admin/people/new", **values)

    assert status == 422
    assert 'value="Twice"' in text
    assert "already a person here" in text


@pytest.mark.parametrize("query", ["q=director", "state=administrator", "state=active", "q=nobody-at-all"])
def test_people_are_found(cast: Cast, query: str) -> None:
    assert cast.client("admin").get(f"/admin/people?{query}").status_code == 200


def test_closing_an_account_ends_its_sessions_at_once(cast: Cast) -> None:
    victim, admin = cast.client("viewer"), cast.client("admin")
    page = f"/admin/people/{cast.ids['viewer']}"

    assert _post(admin, f"{page}/disable", page)[0] == 302
    assert not _alive(victim)
    assert "closed" in admin.get(page).text
    assert _post(admin, f"{page}/enable", page)[0] == 302
    assert _alive(cast.client("viewer"))


def test_an_administrator_is_appointed_and_dismissed(cast: Cast) -> None:
    victim, admin = cast.client("viewer"), cast.client("admin")
    page = f"/admin/people/{cast.ids['viewer']}"

    assert _post(admin, f"{page}/appoint", page)[0] == 302
    assert not _alive(victim)
    assert cast.client("viewer").get("/admin/people").status_code == 200
    assert _post(admin, f"{page}/dismiss", page)[0] == 302
    assert cast.client("viewer").get("/admin/people").status_code == 403


def test_the_last_administrator_stays(cast: Cast) -> None:
    admin, page = cast.client("admin"), f"/admin/people/{cast.ids['admin']}"

    for act in ("disable", "dismiss"):
        status, text = _post(admin, f"{page}/{act}", page)
        assert status == 403
        assert "last administrator" in text


def test_only_administrators_close_and_appoint(cast: Cast) -> None:
    with cast.app.app_context(), transaction() as session:
        actor, user = cast.actor(session, "sms_manager"), session.get_one(User, cast.ids["viewer"])
        with pytest.raises(NotPermitted):
            set_disabled(session, actor, cast.clock, user=user, disabled=True)
        with pytest.raises(NotPermitted):
            set_administrator(session, actor, cast.clock, user=user, is_admin=True)


@pytest.mark.parametrize("path", ["/admin/people/999", "/admin/people/99999999999", "/admin/systems/999"])
def test_nobody_there_is_a_calm_page(cast: Cast, path: str) -> None:
    assert cast.client("admin").get(path).status_code == 404


def test_a_role_given_or_taken_ends_sessions_at_once(cast: Cast, clock: FixedClock) -> None:
    victim = cast.client("viewer")
    with cast.app.app_context(), transaction() as session:
        system, user = session.get_one(ManagementSystem, cast.system_id), session.get_one(User, cast.ids["viewer"])
        grant_role(session, SYSTEM_ACTOR, clock, system=system, user=user, role=Role.EVIDENCE_REVIEWER)
    assert not _alive(victim)

    victim = cast.client("viewer")
    with cast.app.app_context(), transaction() as session:
        system, user = session.get_one(ManagementSystem, cast.system_id), session.get_one(User, cast.ids["viewer"])
        held = role_held(session, system, user, Role.EVIDENCE_REVIEWER)
        assert held is not None
        end_role(session, SYSTEM_ACTOR, clock, system=system, membership=held, reason="Moved on")
    assert not _alive(victim)


def test_an_external_auditor_is_out_the_moment_the_last_day_ends(cast: Cast, clock: FixedClock) -> None:
    """The last day is 31 Jan 2027 in Amsterdam, so access ends at 23:00 UTC."""
    end = datetime(2027, 1, 31, 23, 0, tzinfo=UTC)
    clock.move_to(end - timedelta(seconds=1))
    client = cast.client("external_auditor")
    assert client.get(cast.url("/settings")).status_code == 200

    clock.move_to(end)

    assert client.get(cast.url("/settings")).status_code == 404


def test_health_says_what_is_and_what_to_do(cast: Cast) -> None:
    text = cast.client("admin").get("/admin/health").text

    assert "schema of this program" in text
    assert "never verified" in text
