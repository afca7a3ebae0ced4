"""The page of exports: who may, what is asked for, a real child, cancel, crash, download."""

from __future__ import annotations

import os
import signal
import time
from datetime import date, timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from itsmcomply.activity.models import ActivityEntry
from itsmcomply.db import db, end_read, transaction
from itsmcomply.reports import jobs
from itsmcomply.reports.models import Export
from itsmcomply.reports.rules import ExportKind, ExportState
from itsmcomply.settings import Settings
from itsmcomply.wording import restored
from tests.cast import Cast, csrf

ROLES = {
    "sms_manager": 200,
    "internal_auditor": 200,
    "process_owner": 403,
    "reviewer": 403,
    "external_auditor": 403,
    "viewer": 403,
    "outsider": 404,
}


def ask(cast: Cast, client: FlaskClient, kind: str = "xlsx", day: str = "2026-11-24", **more: str) -> int:
    data = {"kind": kind, "day": day, "model": "itsm_five_stage", "csrf_token": csrf(client, cast.url("/exports"))}
    return client.post(cast.url("/exports"), data={**data, **more}).status_code


def state_of(app: Flask, export_id: int = 1) -> Export:
    with app.app_context():
        found = db.session().execute(select(Export).where(Export.id == export_id)).scalar_one()
        end_read()
        return found


def wait(app: Flask, export_id: int = 1) -> Export:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = state_of(app, export_id)
        if not found.is_active:
            return found
        time.sleep(0.1)
    raise AssertionError(f"export {export_id} is still {found.state}")


def actions(app: Flask) -> list[str]:
    with app.app_context():
        query = select(ActivityEntry.action).where(ActivityEntry.action.startswith("export."))
        found = list(db.session().execute(query.order_by(ActivityEntry.seq)).scalars())
        end_read()
        return found


def plant(cast: Cast, state: ExportState, pid: int | None) -> int:
    """An export as another process left it."""
    with cast.app.app_context(), transaction() as session:
        export = Export(
            system_id=cast.system_id,
            kind=ExportKind.WORKBOOK,
            as_of=date(2026, 11, 24),
            model="itsm_five_stage",
            requested_by=cast.ids["sms_manager"],
            requested_at=cast.clock.now() - timedelta(minutes=5),
            state=state,
            pid=pid,
        )
        session.add(export)
        session.flush()
        return export.id


@pytest.mark.parametrize(("role", "status"), ROLES.items())
def test_only_roles_that_may_export_see_the_page(cast: Cast, role: str, status: int) -> None:
    assert cast.client(role).get(cast.url("/exports")).status_code == status


@pytest.mark.parametrize("role", [r for r, status in ROLES.items() if status != 200])
def test_others_can_neither_ask_nor_download_nor_cancel(cast: Cast, role: str) -> None:
    number = plant(cast, ExportState.DONE, None)
    client = cast.client(role)
    token = {"csrf_token": csrf(client, "/")}

    assert client.post(cast.url("/exports"), data={"kind": "xlsx", **token}).status_code == ROLES[role]
    assert client.get(cast.url(f"/exports/{number}/file")).status_code == ROLES[role]
    assert client.post(cast.url(f"/exports/{number}/cancel"), data=token).status_code == ROLES[role]


def test_the_page_says_what_is_in_and_what_it_was_computed_with(cast: Cast) -> None:
    page = cast.client("internal_auditor").get(cast.url("/exports?as-of=2026-10-31")).text

    assert "Exports as of 31" in page
    assert 'name="day" value="2026-10-31"' in page
    assert "248 requirements" in page
    assert "No export yet" in page


@pytest.mark.parametrize(
    ("field", "value"), [("kind", "pdf"), ("day", "1850-01-01"), ("day", "tomorrow"), ("model", "unknown")]
)
def test_a_doubtful_request_is_refused_and_starts_nothing(cast: Cast, field: str, value: str) -> None:
    status = ask(cast, cast.client("sms_manager"), **{field: value})

    assert status == 422
    assert actions(cast.app) == []


def test_a_get_never_starts_an_export(cast: Cast) -> None:
    cast.client("sms_manager").get(cast.url("/exports?kind=xlsx&day=2026-11-24"))

    assert actions(cast.app) == []


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_a_child_makes_the_file_and_the_trail_names_its_hash(cast: Cast, kind: str) -> None:
    client = cast.client("sms_manager")

    assert ask(cast, client, kind) == 303
    done = wait(cast.app)

    assert done.state is ExportState.DONE, done.message
    assert actions(cast.app) == ["export.requested", "export.finished"]
    answer = client.get(cast.url("/exports/1/file"))
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=managed-services-readiness-")
    assert len(answer.data) == done.size
    answer.close()
    assert (done.sha256 or "")[:4] in client.get(cast.url("/exports")).text


def test_the_same_state_and_day_give_the_same_hash(cast: Cast) -> None:
    client = cast.client("sms_manager")

    for number in (1, 2):
        ask(cast, client)
        wait(cast.app, number)

    assert state_of(cast.app, 1).sha256 == state_of(cast.app, 2).sha256 is not None


def test_an_export_of_a_past_day_shows_that_day(cast: Cast) -> None:
    client = cast.client("sms_manager")
    ask(cast, client, day="2026-09-30")
    wait(cast.app)

    answer = client.get(cast.url("/exports/1/file"))
    cover = load_workbook(BytesIO(answer.data))["Cover"]
    answer.close()

    assert any(cell.value and "30 Sep 2026" in str(cell.value) for row in cover.iter_rows() for cell in row)


def test_a_killed_child_becomes_a_failed_export_at_the_next_look(cast: Cast) -> None:
    client = cast.client("sms_manager")
    ask(cast, client)
    pid = state_of(cast.app).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while jobs.is_running(pid, 1):
        time.sleep(0.02)

    page = client.get(cast.url("/exports/list")).text

    assert "Failed" in page
    assert state_of(cast.app).state is ExportState.FAILED
    assert actions(cast.app) == ["export.requested", "export.failed"]


def test_an_export_of_a_process_that_a_restart_forgot_is_marked_failed(cast: Cast) -> None:
    number = plant(cast, ExportState.RUNNING, os.getpid())  # a living process, but not a child of ours
    waiting = plant(cast, ExportState.WAITING, None)

    cast.client("sms_manager").get(cast.url("/exports"))

    assert state_of(cast.app, number).state is ExportState.FAILED
    assert state_of(cast.app, waiting).state is ExportState.FAILED


def test_cancelling_ends_the_child_and_leaves_no_file(cast: Cast, settings: Settings) -> None:
    client = cast.client("sms_manager")
    ask(cast, client)
    pid = state_of(cast.app).pid
    token = {"csrf_token": csrf(client, cast.url("/exports"))}

    answer = client.post(cast.url("/exports/1/cancel"), data=token)

    assert answer.status_code == 303
    while jobs.is_running(pid or 0, 1):
        time.sleep(0.02)
    assert state_of(cast.app).state is ExportState.CANCELLED
    assert list(settings.exports_dir.glob("unfinished-*")) == []
    assert client.get(cast.url("/exports/1/file")).status_code == 404


def test_what_has_ended_is_not_cancelled_again(cast: Cast) -> None:
    number = plant(cast, ExportState.DONE, None)
    client = cast.client("sms_manager")

    answer = client.post(cast.url(f"/exports/{number}/cancel"), data={"csrf_token": csrf(client, cast.url("/exports"))})

    assert answer.status_code == 409


def test_two_exports_at_once_are_enough(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "is_running", lambda _pid, _id: True)
    for _ in range(2):
        plant(cast, ExportState.RUNNING, 1)

    assert ask(cast, cast.client("sms_manager")) == 422
    assert actions(cast.app) == []


def test_a_file_that_was_altered_is_not_sent(cast: Cast, settings: Settings) -> None:
    client = cast.client("sms_manager")
    ask(cast, client)
    done = wait(cast.app)
    kept = settings.exports_dir / f"{done.sha256}.xlsx"
    kept.write_bytes(kept.read_bytes() + b"x")

    assert client.get(cast.url("/exports/1/file")).status_code == 500


def test_a_child_out_of_memory_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from itsmcomply.reports import child

    def too_much(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(child, "make_file", too_much)
    number = plant(cast, ExportState.WAITING, None)

    with cast.app.app_context():
        assert child.run(cast.app.extensions["itsmcomply.settings"], cast.clock, number) == 1

    assert restored(state_of(cast.app, number).message) == "It needed more memory than an export may take."


def test_the_page_counts_what_the_workbook_lists(cast: Cast) -> None:
    """Working papers of audits are kept, but no requirement expects them."""
    page = cast.client("sms_manager").get(cast.url("/exports")).text

    assert "176 expected artefacts with state and owner" in page
    assert "Audit programmes, audits with their coverage and samples" in page
