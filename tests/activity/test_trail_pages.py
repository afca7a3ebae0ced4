from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from itsmcomply.activity.models import ActivityEntry
from itsmcomply.activity.operations import Record, record_activity
from itsmcomply.activity.queries import PAGE, TrailFilter, entries_for, trail_page
from itsmcomply.activity.verified import Verified, write_verified
from itsmcomply.clock import FixedClock
from itsmcomply.db import db, end_read, transaction
from itsmcomply.permissions import SYSTEM_ACTOR
from tests.cast import Cast


def _note(cast: Cast, count: int = 1, *, system_id: int | None = None, key: str = "EV-0001") -> None:
    with cast.app.app_context(), transaction() as session:
        for number in range(count):
            record = Record("evidence", key, system_id or cast.system_id)
            record_activity(session, SYSTEM_ACTOR, cast.clock.now(), "evidence.filed", record, after={"number": number})


@pytest.mark.parametrize("role", ["sms_manager", "internal_auditor", "external_auditor"])
def test_auditors_and_managers_read_the_trail_of_their_system(cast: Cast, role: str) -> None:
    answer = cast.client(role).get(cast.url("/activity"))

    assert answer.status_code == 200
    assert "Role given" in answer.text
    assert "{&#34;" not in answer.text  # no JSON on screen


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 403), ("process_owner", 403), ("reviewer", 403), ("outsider", 404)]
)
def test_others_do_not(cast: Cast, role: str, status: int) -> None:
    assert cast.client(role).get(cast.url("/activity")).status_code == status


def test_an_external_auditor_sees_nothing_of_other_systems_and_sign_ins(cast: Cast) -> None:
    _note(cast, system_id=999, key="EV-SECRET")

    text = cast.client("external_auditor").get(cast.url("/activity")).text

    assert "EV-SECRET" not in text
    assert "Signed in" not in text


def test_the_trail_of_the_installation_is_for_administrators(cast: Cast) -> None:
    assert "Signed in" in cast.client("admin").get("/admin/activity").text
    assert cast.client("sms_manager").get("/admin/activity").status_code == 403


def test_filters_narrow_and_stay_in_the_address(cast: Cast) -> None:
    _note(cast, key="EV-0042")
    client = cast.client("sms_manager")

    text = client.get(
        cast.url("/activity?record=ev-0042&area=evidence&actor=itsmcomply&from=2026-11-24&to=2026-11-24")
    ).text

    assert "1 of 1" in text
    assert 'value="ev-0042"' in text


def test_nothing_found_says_what_to_do(cast: Cast) -> None:
    assert "No entries match" in cast.client("sms_manager").get(cast.url("/activity?record=none")).text


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "0001-01-01"])
def test_a_bad_day_is_refused_calmly(cast: Cast, day: str) -> None:
    assert cast.client("sms_manager").get(cast.url(f"/activity?from={day}")).status_code == 422


@pytest.mark.parametrize("page", ["0", "x", "99999999999", "7"])
def test_a_page_that_is_not_there_shows_one_that_is(cast: Cast, page: str) -> None:
    assert cast.client("sms_manager").get(cast.url(f"/activity?p={page}")).status_code == 200


def test_a_past_day_shows_what_was_recorded_by_then(cast: Cast, clock: FixedClock) -> None:
    clock.advance(timedelta(days=3))
    _note(cast, key="EV-LATER")

    text = cast.client("sms_manager").get(cast.url("/activity?as-of=2026-11-25")).text

    assert "EV-LATER" not in text


def test_pages_hold_fifty_entries_newest_first(cast: Cast) -> None:
    _note(cast, 60)

    with cast.app.app_context():
        wanted = TrailFilter(system_id=cast.system_id, record="EV-0001")
        first, second = (trail_page(db.session(), wanted, {}, n) for n in (1, 2))
        end_read()

    assert (len(first.rows), len(second.rows), first.total) == (PAGE, 10, 60)
    assert first.rows[0].seq > first.rows[-1].seq > second.rows[0].seq
    assert (second.first, second.last) == (51, 60)


def test_the_history_of_a_record_is_its_own(cast: Cast) -> None:
    _note(cast, 3, key="EV-0007")
    _note(cast, 1, key="EV-0008")

    with cast.app.app_context():
        rows = entries_for(db.session(), cast.system_id, "evidence", "EV-0007", limit=2)
        end_read()

    assert [row.changes[0].after for row in rows] == [2, 1]


def test_the_chain_state_stands_on_top(cast: Cast) -> None:
    client = cast.client("internal_auditor")
    assert "Not verified yet" in client.get(cast.url("/activity")).text

    instance = cast.app.extensions["itsmcomply.settings"].instance
    write_verified(instance, Verified(datetime(2026, 11, 23, tzinfo=UTC), 12, "h", 0, 0))
    assert "Verified to entry 12" in client.get(cast.url("/activity")).text

    write_verified(instance, Verified(datetime(2026, 11, 23, tzinfo=UTC), 12, "h", 0, 2))
    assert "found 2 problems" in client.get(cast.url("/activity")).text


def _entries(cast: Cast) -> int:
    with cast.app.app_context():
        found = db.session().execute(select(func.count()).select_from(ActivityEntry)).scalar_one()
        end_read()
    return found


def _fail_after_noting(cast: Cast) -> None:
    with cast.app.app_context(), transaction() as session:
        record = Record("evidence", "EV-0001", cast.system_id)
        record_activity(session, SYSTEM_ACTOR, cast.clock.now(), "evidence.filed", record)
        raise RuntimeError("the power went")


def test_a_change_that_fails_leaves_no_entry(cast: Cast) -> None:
    before = _entries(cast)

    with pytest.raises(RuntimeError):
        _fail_after_noting(cast)

    assert _entries(cast) == before
