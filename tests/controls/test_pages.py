from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from itsmcomply.controls.models import Control, ControlMapping
from itsmcomply.db import db, end_read
from tests.cast import Cast, csrf

FIELDS = {
    "ref": "INC-90",
    "title": "Major incidents are reviewed",
    "description": "",
    "test": "",
    "belongs_to": "incident",
    "owner_id": "",
    "kind": "detective",
    "frequency": "per event",
    "status": "operating",
}


def _post(cast: Cast, client: FlaskClient, path: str, **data: str | list[str]) -> tuple[int, str]:
    answer = client.post(cast.url(f"/controls{path}"), data=data | {"csrf_token": csrf(client, "/profile")})
    return answer.status_code, answer.text


@pytest.fixture
def manager(cast: Cast) -> FlaskClient:
    """The SMS manager's browser, with one control written."""
    client = cast.client("sms_manager")
    assert _post(cast, client, "/new", **FIELDS)[0] == 302
    return client


def _mapped(cast: Cast) -> set[str]:
    with cast.app.app_context():
        found = db.session().execute(select(ControlMapping.requirement).where(ControlMapping.ended_at.is_(None)))
        keys = set(found.scalars())
        end_read()
    return keys


@pytest.mark.parametrize("role", ["sms_manager", "internal_auditor", "external_auditor", "viewer"])
def test_an_empty_list_says_what_controls_are_for(cast: Cast, role: str) -> None:
    text = cast.client(role).get(cast.url("/controls")).text

    assert "No controls yet" in text
    assert ("Adopt starter controls" in text) is (role == "sms_manager")


@pytest.mark.parametrize(
    "path", ["", "/INC-90", "/inc-90", "/matrix", "/matrix?show=incident", "/matrix?show=group-8.6"]
)
def test_members_read_controls(cast: Cast, manager: FlaskClient, path: str) -> None:
    viewer = cast.client("viewer")

    assert manager.get(cast.url(f"/controls{path}")).status_code == 200
    answer = viewer.get(cast.url(f"/controls{path}"))
    assert answer.status_code == 200
    assert 'type="checkbox"' not in answer.text


@pytest.mark.parametrize("path", ["/new", "/adopt", "/INC-90/edit"])
def test_only_managers_open_the_pages_that_change(cast: Cast, manager: FlaskClient, path: str) -> None:
    assert manager.get(cast.url(f"/controls{path}")).status_code == 200
    assert cast.client("internal_auditor").get(cast.url(f"/controls{path}")).status_code == 403


@pytest.mark.parametrize("path", ["/NONE-1", "/NONE-1/edit"])
def test_a_control_that_is_not_here_is_not_found(cast: Cast, manager: FlaskClient, path: str) -> None:
    assert manager.get(cast.url(f"/controls{path}")).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [{"title": ""}, {"ref": "no good"}, {"ref": "INC-90"}, {"belongs_to": "x"}, {"kind": "x"}, {"owner_id": "99"}],
)
def test_bad_input_keeps_what_was_typed(cast: Cast, manager: FlaskClient, changes: dict[str, str]) -> None:
    values = FIELDS | {"ref": "INC-91", "description": "Kept as it was typed"} | changes

    status, text = _post(cast, manager, "/new", **values)

    assert status == 422
    assert "Kept as it was typed" in text


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 1), ("?process=incident", 1), ("?process=risk", 0), ("?kind=corrective", 0), ("?status=retired", 0),
     ("?unmapped=1", 1), ("?q=major", 1), ("?q=nothing", 0)],
)  # fmt: skip
def test_filters(cast: Cast, manager: FlaskClient, query: str, count: int) -> None:
    assert f"{count} of 1" in manager.get(cast.url(f"/controls{query}")).text


def test_an_edit_over_a_newer_one_shows_both_and_saves_the_choice(cast: Cast, manager: FlaskClient) -> None:
    assert _post(cast, manager, "/INC-90/edit", **FIELDS | {"title": "Theirs", "row_version": "1"})[0] == 302

    status, text = _post(
        cast, manager, "/INC-90/edit", **FIELDS | {"title": "Mine", "belongs_to": "problem", "row_version": "1"}
    )

    assert status == 409
    assert "Theirs" in text
    assert "Problem management" in text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text))
    hidden.pop("csrf_token")
    assert _post(cast, manager, "/INC-90/edit", **hidden | {"title": "Mine", "belongs_to": "incident"})[0] == 302
    assert "Mine" in manager.get(cast.url("/controls/INC-90")).text


def test_a_control_is_mapped_and_unmapped(cast: Cast, manager: FlaskClient) -> None:
    assert _post(cast, manager, "/INC-90/map", requirement="9.9.9-z")[0] == 422
    assert _post(cast, manager, "/INC-90/map", requirement="")[0] == 422
    assert _post(cast, manager, "/INC-90/map", requirement="8.6.1-a")[0] == 302
    assert "no other control" in manager.get(cast.url("/controls/INC-90")).text
    assert _post(cast, manager, "/INC-90/unmap", requirement="8.6.1-a")[0] == 302

    assert _mapped(cast) == set()
    assert "mapping has ended" in manager.get(cast.url("/controls/INC-90")).text


def test_a_box_saves_itself_and_answers_with_the_total(cast: Cast, manager: FlaskClient) -> None:
    status, text = _post(cast, manager, "/matrix/cell", ref="INC-90", requirement="8.6.1-a", want="1")
    again, _ = _post(cast, manager, "/matrix/cell", ref="INC-90", requirement="8.6.1-a", want="1")

    assert (status, again) == (200, 200)
    assert "checked" in text
    assert '<span id="t-8.6.1-a" hx-swap-oob="true">1</span>' in text
    assert _mapped(cast) == {"8.6.1-a"}
    _, text = _post(cast, manager, "/matrix/cell", ref="INC-90", requirement="8.6.1-a", want="0")
    assert 'class="badc b">0<' in text


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ({"ref": "NONE", "requirement": "8.6.1-a", "want": "1"}, 404),
        ({"ref": "INC-90", "requirement": "9.9.9-z", "want": "1"}, 422),
        ({"ref": "INC-90", "requirement": "8.6.1-a", "want": "7"}, 422),
        ({}, 422),
    ],
)
def test_a_box_that_cannot_be_is_refused(cast: Cast, manager: FlaskClient, cell: dict[str, str], status: int) -> None:
    assert _post(cast, manager, "/matrix/cell", **cell)[0] == status


def test_without_scripts_one_button_saves_what_differs(cast: Cast, manager: FlaskClient) -> None:
    _post(cast, manager, "/INC-90/map", requirement="8.6.1-a")
    _post(cast, manager, "/INC-90/map", requirement="8.6.1-c")

    status, _ = _post(
        cast, manager, "/matrix", cell=["INC-90|8.6.1-b", "INC-90|8.6.1-c"], was=["INC-90|8.6.1-a", "INC-90|8.6.1-c"]
    )

    assert status == 302
    assert _mapped(cast) == {"8.6.1-b", "8.6.1-c"}


def test_the_matrix_names_what_has_no_control(cast: Cast, manager: FlaskClient) -> None:
    text = manager.get(cast.url("/controls/matrix?show=incident")).text

    assert "requirements here have no control" in text
    assert "Log each incident" in text


def test_a_control_is_retired_with_a_reason_for_good(cast: Cast, manager: FlaskClient) -> None:
    _post(cast, manager, "/INC-90/map", requirement="8.6.1-a")

    assert _post(cast, manager, "/INC-90/retire", reason="")[0] == 422
    assert _post(cast, manager, "/INC-90/retire", reason="Merged")[0] == 302
    assert _post(cast, manager, "/INC-90/retire", reason="Merged")[0] == 409
    assert _mapped(cast) == set()
    text = manager.get(cast.url("/controls/INC-90")).text
    assert "Retired" in text
    assert "Control retired" in text


def test_starter_controls_are_adopted_by_process_and_then_whole(cast: Cast, manager: FlaskClient) -> None:
    assert _post(cast, manager, "/adopt", process=["incident"])[0] == 302
    with cast.app.app_context():
        assert set(db.session().execute(select(Control.process)).scalars()) == {"incident"}
        end_read()
    assert _post(cast, manager, "/adopt", process=["cooking"])[0] == 422
    assert _post(cast, manager, "/adopt")[0] == 302

    text = manager.get(cast.url("/controls")).text
    assert "98 of 98" in text
    assert "Every requirement has a control" in text
    assert "All starter controls are adopted" in manager.get(cast.url("/controls/adopt")).text
    assert "Starter controls adopted" in manager.get(cast.url("/controls/INC-01")).text


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/new", FIELDS),
        ("/adopt", {}),
        ("/INC-90/map", {"requirement": "4.1-a"}),
        ("/matrix", {"cell": "INC-90|4.1-a"}),
    ],
)
@pytest.mark.parametrize("role", ["internal_auditor", "external_auditor", "process_owner", "viewer"])
def test_others_change_nothing(cast: Cast, manager: FlaskClient, role: str, path: str, data: dict[str, str]) -> None:
    assert _post(cast, cast.client(role), path, **data)[0] == 403
    assert _mapped(cast) == set()


@pytest.mark.parametrize("path", ["", "/matrix?show=incident"])
def test_a_hundred_controls_take_no_more_queries_than_one(cast: Cast, manager: FlaskClient, path: str) -> None:
    seen: list[str] = []
    with cast.app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda _c, _u, statement, *_r: seen.append(statement))

    def asked() -> int:
        seen.clear()
        assert manager.get(cast.url(f"/controls{path}")).status_code == 200
        return len([s for s in seen if s.startswith("SELECT")])

    asked()  # what is kept from one request to the next is there now
    one = asked()
    _post(cast, manager, "/adopt")
    asked()

    assert asked() == one
