from __future__ import annotations

from datetime import timedelta

from itsmcomply.clock import FixedClock
from tests.cast import PASSWORD, Cast, csrf


def _send(cast: Cast, password: str, email: str = "process-owner@example.org") -> int:
    client = cast.app.test_client()
    data = {"email": email, "password": password, "csrf_token": csrf(client, "/sign-in")}
    return client.post("/sign-in", data=data).status_code


def test_the_right_password_signs_in(cast: Cast) -> None:
    assert _send(cast, PASSWORD) == 302


def test_a_wrong_password_is_refused_and_the_address_stays_on_the_page(cast: Cast) -> None:
    client = cast.app.test_client()
    data = {"email": "process-owner@example.org", "password": "x", "csrf_token": csrf(client, "/sign-in")}

    answer = client.post("/sign-in", data=data)

    assert answer.status_code == 422
    assert 'value="process-owner@example.org"' in answer.text


def test_known_and_unknown_addresses_are_answered_alike(cast: Cast) -> None:
    assert _send(cast, "wrong") == _send(cast, "wrong", "nobody@example.org") == 422


def test_ten_failures_lock_the_account_even_for_the_right_password(cast: Cast, clock: FixedClock) -> None:
    for _ in range(10):
        assert _send(cast, "wrong") == 422

    assert _send(cast, PASSWORD) == 429

    clock.advance(timedelta(minutes=15, seconds=1))
    assert _send(cast, PASSWORD) == 302


def test_without_a_csrf_token_nothing_happens(cast: Cast) -> None:
    answer = cast.app.test_client().post("/sign-in", data={"email": "a@example.org", "password": PASSWORD})

    assert answer.status_code == 400


def test_signing_out_kills_the_session_at_once(cast: Cast) -> None:
    client = cast.client("viewer")
    stolen = client.get_cookie("itsmcomply")
    client.post("/sign-out", data={"csrf_token": csrf(client, "/")})

    other = cast.app.test_client()
    assert stolen is not None
    other.set_cookie("itsmcomply", stolen.value)

    assert other.get("/").status_code == 302
    assert "/sign-in" in other.get("/").headers["Location"]


def test_a_session_ends_after_its_idle_time(cast: Cast, clock: FixedClock) -> None:
    client = cast.client("viewer")

    clock.advance(timedelta(minutes=59))
    assert client.get("/").headers.get("Location", "") != "/sign-in?next=/"

    clock.advance(timedelta(minutes=61))
    assert client.get("/").headers["Location"].startswith("/sign-in")
