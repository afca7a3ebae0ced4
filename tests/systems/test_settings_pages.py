from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from itsmcomply.db import db, end_read, transaction
from itsmcomply.permissions import SYSTEM_ACTOR
from itsmcomply.systems.models import EntryKind
from itsmcomply.systems.operations import create_system
from itsmcomply.systems.queries import facts_in_force
from itsmcomply.systems.rules import suggested_slug
from tests.cast import Cast, csrf

PAGES = ("", "/scope", "/dates", "/lists", "/people", "/owners", "/artefacts", "/artefacts/inc_rec")
CHANGING = ("/lists/service/new", "/people/new", "/people/roles/1/end")


def _send(cast: Cast, client: FlaskClient, path: str, **data: str | list[str]) -> tuple[int, str]:
    url = cast.url(f"/settings{path}")
    answer = client.post(url, data=data | {"csrf_token": csrf(client, "/profile")})
    return answer.status_code, answer.text


def _facts(cast: Cast) -> dict[str, str]:
    with cast.app.app_context():
        found = facts_in_force(db.session(), cast.system_id)
        end_read()
    return {f"{kind}-{key}" if key else str(kind): value for (kind, key), value in found.items()}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", ["sms_manager", "process_owner", "external_auditor", "viewer"])
def test_members_read_the_settings(cast: Cast, role: str, path: str) -> None:
    answer = cast.client(role).get(cast.url(f"/settings{path}"))

    assert answer.status_code == 200
    if role != "sms_manager":
        assert ">Save" not in answer.text


@pytest.mark.parametrize("path", CHANGING)
def test_only_managers_open_the_pages_that_change(cast: Cast, path: str) -> None:
    assert cast.client("sms_manager").get(cast.url(f"/settings{path}")).status_code == 200
    assert cast.client("viewer").get(cast.url(f"/settings{path}")).status_code == 403
    assert cast.client("outsider").get(cast.url(f"/settings{path}")).status_code == 404


def test_on_another_day_the_settings_are_only_read(cast: Cast) -> None:
    text = cast.client("sms_manager").get(cast.url("/settings/scope?as-of=2026-11-01")).text

    assert "not recorded" in text
    assert ">Save" not in text


def test_scope_is_saved_shown_and_kept_with_its_past(cast: Cast) -> None:
    client = cast.client("sms_manager")
    first = {"scope_statement": "All services", "was-scope_statement": "", "organisation": "", "was-organisation": ""}

    assert _send(cast, client, "/scope", **first)[0] == 302
    second = first | {"scope_statement": "Hosting", "was-scope_statement": "All services"}
    assert _send(cast, client, "/scope", **second)[0] == 302

    text = client.get(cast.url("/settings/scope")).text
    assert "All services" in text
    assert "a newer entry took its place" in text
    assert _facts(cast)["scope_statement"] == "Hosting"


def test_a_clash_shows_both_and_the_choice_is_saved(cast: Cast) -> None:
    client = cast.client("sms_manager")
    base = {"scope_statement": "Theirs", "was-scope_statement": "", "organisation": "", "was-organisation": ""}
    _send(cast, client, "/scope", **base)

    status, text = _send(cast, client, "/scope", **base | {"scope_statement": "Mine", "organisation": "Company"})

    assert status == 409
    assert "Theirs" in text
    assert "Mine" in text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text))
    hidden.pop("csrf_token")
    assert _send(cast, client, "/scope", **hidden | {"scope_statement": "Mine"})[0] == 302
    assert _facts(cast)["scope_statement"] == "Mine"
    assert _facts(cast)["organisation"] == "Company"


DATE_KINDS = (
    "operating_since",
    "time_zone",
    "certification_body",
    "stage_1_on",
    "stage_2_on",
    "certified_on",
    "certificate_ends_on",
    "surveillance_on",
    "management_review_on",
    "audit_window_reason",
)
DATES = {
    f"{prefix}{kind}": ("Europe/Amsterdam" if kind == "time_zone" else "")
    for kind in DATE_KINDS
    for prefix in ("", "was-")
}


def test_a_bad_day_is_named_and_the_rest_stays_typed(cast: Cast) -> None:
    values = DATES | {"stage_1_on": "soon", "certification_body": "Somebody"}

    status, text = _send(cast, cast.client("sms_manager"), "/dates", **values)

    assert status == 422
    assert "year-month-day" in text
    assert 'value="Somebody"' in text
    assert "stage_1_on" not in _facts(cast)


def test_dates_are_saved(cast: Cast) -> None:
    status, _ = _send(cast, cast.client("sms_manager"), "/dates", **DATES | {"stage_1_on": "2027-01-14"})

    assert (status, _facts(cast)["stage_1_on"]) == (302, "2027-01-14")


def _owners(**named: str) -> dict[str, str]:
    from itsmcomply.clauses.loader import load_catalogue
    from itsmcomply.datafiles import data_dir

    catalogue = load_catalogue(data_dir("clause_catalog"))
    blank = {f"{p}process_owner-{key}": "" for key in catalogue.processes for p in ("", "was-")}
    groups = {f"all-{key}": "" for key in catalogue.groups}
    return blank | groups | named


def test_owners_are_saved_in_one_form_with_defaults_by_group(cast: Cast) -> None:
    owner, other = str(cast.ids["process_owner"]), str(cast.ids["other_owner"])

    status, _ = _send(
        cast, cast.client("sms_manager"), "/owners", **_owners(**{"process_owner-incident": owner, "all-8.6": other})
    )

    held = _facts(cast)
    assert status == 302
    assert held["process_owner-incident"] == owner
    assert held["process_owner-problem"] == held["process_owner-service_request"] == other


def test_a_manager_who_becomes_owner_stays_signed_in(cast: Cast) -> None:
    client = cast.client("sms_manager")

    _send(cast, client, "/owners", **_owners(**{"process_owner-risk": str(cast.ids["sms_manager"])}))

    assert client.get(cast.url("/settings/owners")).status_code == 200


def test_an_outsider_cannot_be_named_owner(cast: Cast) -> None:
    values = _owners(**{"process_owner-incident": str(cast.ids["outsider"])})

    assert _send(cast, cast.client("sms_manager"), "/owners", **values)[0] == 422


def test_what_differs_for_an_artefact_is_saved_and_listed(cast: Cast) -> None:
    client = cast.client("sms_manager")
    names = ("artefact_owner-inc_rec", "own_interval-inc_rec", "due_on-inc_rec")
    blank = {f"{p}{name}": "" for name in names for p in ("", "was-")}

    assert _send(cast, client, "/artefacts/inc_rec", **blank | {"own_interval-inc_rec": "0"})[0] == 422
    good = {"own_interval-inc_rec": "60", "due_on-inc_rec": "2026-12-24"}
    assert _send(cast, client, "/artefacts/inc_rec", **blank | good)[0] == 302

    text = client.get(cast.url("/settings/artefacts")).text
    assert "60 days" in text
    assert "One artefact differs" in text


def test_an_unknown_artefact_or_list_is_not_found(cast: Cast) -> None:
    client = cast.client("sms_manager")

    for path in ("/artefacts/none", "/lists/pets/new", "/lists/subjects/77/end", "/people/roles/7777777777777/end"):
        assert client.get(cast.url(f"/settings{path}")).status_code == 404


def test_lists_are_filled_left_and_declared(cast: Cast) -> None:
    client = cast.client("sms_manager")

    assert _send(cast, client, "/lists/service/new", name="Hosting", operates="", from_on="2026-01-01")[0] == 302
    assert _send(cast, client, "/lists/service/new", name="Hosting", operates="", from_on="2026-01-01")[0] == 422
    assert _send(cast, client, "/lists/service/new", name="Mail", operates="", from_on="31-12-2026")[0] == 422
    assert _send(cast, client, "/lists/subjects/1/end", ended_on="2026-11-24", reason="")[0] == 422
    assert _send(cast, client, "/lists/subjects/1/end", ended_on="2026-11-24", reason="Sold")[0] == 302
    assert _send(cast, client, "/lists/customer/declare")[0] == 302
    assert "list_declared-customer" in _facts(cast)
    assert _send(cast, client, "/lists/customer/reopen")[0] == 302

    assert "list_declared-customer" not in _facts(cast)
    assert "Sold" in client.get(cast.url("/settings/lists")).text


def test_a_new_person_is_invited_with_a_role(cast: Cast) -> None:
    client = cast.client("sms_manager")
    values = {"email": "rm@example.org", "name": "Release manager", "role": "process_owner", "until_on": ""}

    assert _send(cast, client, "/people/new", **values)[0] == 422
    status, text = _send(cast, client, "/people/new", **values | {"processes": ["change", "risk"]})

    assert status == 200
    assert "/invite/" in text
    assert "Release manager" in client.get(cast.url("/settings/people")).text


def test_an_external_auditor_needs_a_last_day(cast: Cast) -> None:
    values = {"email": "ext@example.org", "name": "Auditor", "role": "external_auditor", "until_on": ""}

    status, text = _send(cast, cast.client("sms_manager"), "/people/new", **values)

    assert status == 422
    assert "last day" in text
    assert 'value="Auditor"' in text


def test_a_role_is_ended_with_a_reason(cast: Cast) -> None:
    client = cast.client("sms_manager")
    number = re.findall(r"/people/roles/(\d+)/end", client.get(cast.url("/settings/people")).text)[0]

    assert _send(cast, client, f"/people/roles/{number}/end", reason="")[0] == 422
    assert _send(cast, client, f"/people/roles/{number}/end", reason="Moved on")[0] == 302
    assert "Moved on" in client.get(cast.url("/settings/people")).text


def _other_system(cast: Cast) -> int:
    with cast.app.app_context(), transaction() as session:
        return create_system(session, SYSTEM_ACTOR, cast.clock, slug="other", name="Other", time_zone="UTC").id


def test_rows_and_pages_of_another_system_are_not_there(cast: Cast) -> None:
    _other_system(cast)
    client = cast.client("sms_manager")

    for path in ("", "/scope", "/people", "/lists/service/new"):
        assert client.get(f"/s/other/settings{path}").status_code == 404
    assert client.post("/s/other/settings/scope", data={"csrf_token": csrf(client, "/profile")}).status_code == 404


def test_an_administrator_adds_a_system_and_its_manager(cast: Cast) -> None:
    client = cast.client("admin")
    token = csrf(client, "/profile")
    values = {"name": "Internal workplace", "slug": "", "time_zone": "UTC", "csrf_token": token}

    made = client.post("/admin/systems", data=values)
    again = client.post("/admin/systems", data=values)
    page = made.headers["Location"]
    manager = {"email": "boss@example.org", "name": "Boss", "csrf_token": token}

    assert again.status_code == 422
    assert "Nobody can open" in client.get(page).text
    assert "/invite/" in client.post(f"{page}/manager", data=manager).text
    assert client.post(f"{page}/manager", data=manager).status_code == 422
    assert "internal-workplace" in client.get("/admin/systems").text


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Managed services", "managed-services"), ("  Ünïted & Co. ", "united-co"), ("日本", ""), ("x" * 80, "x" * 60)],
)
def test_a_short_name_is_suggested(name: str, slug: str) -> None:
    assert suggested_slug(name) == slug


def test_kinds_are_worded(cast: Cast) -> None:
    from itsmcomply.systems.fields import KIND_LABELS

    assert set(KIND_LABELS) == set(EntryKind)
