"""What becomes of an action of a signed review: its owner says it, with a note or evidence, from their own list."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from itsmcomply.db import transaction
from itsmcomply.errors import InvalidInput, NotPermitted
from itsmcomply.evidence.operations import withdraw_version
from itsmcomply.performance.kinds import Step
from itsmcomply.performance.operations import follow_action
from itsmcomply.performance.queries.actions import own_open_actions
from itsmcomply.performance.rules import NewStep
from tests.cast import csrf
from tests.performance.hall import Hall
from tests.performance.test_pages import queries_of

OWNER = "process_owner"


def follow(hall: Hall, key: str, step: NewStep, by: str = OWNER) -> None:
    hall.do(lambda desk: follow_action(desk, key, 1, step), by)


def send(hall: Hall, key: str, by: str = OWNER, **data: str) -> TestResponse:
    cast = hall.office.cast
    client = cast.client(by)
    given = {f"step-1-{name}": value for name, value in data.items()}
    given["csrf_token"] = csrf(client, cast.url("/management-review"))
    return client.post(cast.url(f"/management-review/{key}/actions/1/progress"), data=given)


def own(hall: Hall, by: str = OWNER) -> list[tuple[str, int, date]]:
    cast = hall.office.cast
    with hall.office.desk("viewer") as desk:
        found = own_open_actions(desk.session, desk.system.id, cast.ids[by])
    return [(one.review, one.number, one.due_on) for one in found]


def test_the_owner_says_that_it_is_done(hall: Hall) -> None:
    key = hall.signed()

    follow(hall, key, NewStep(Step.DONE, "Measured since December."))

    assert hall.view(key).actions[0].outcome is Step.DONE


@pytest.mark.parametrize("step", [Step.MOVED, Step.DROPPED])
def test_what_the_review_decided_is_not_the_owners_to_change(hall: Hall, step: Step) -> None:
    key = hall.signed()

    with pytest.raises(NotPermitted, match="Write a note"):
        follow(hall, key, NewStep(step, "Too much.", date(2027, 5, 1)))


@pytest.mark.parametrize("by", ["other_owner", "viewer", "internal_auditor"])
def test_somebody_elses_action_is_not_followed(hall: Hall, by: str) -> None:
    key = hall.signed()

    with pytest.raises(NotPermitted, match="somebody else"):
        follow(hall, key, NewStep(Step.DONE, "Done."), by)


def test_evidence_stands_in_for_the_note_and_keeps_its_digest(hall: Hall) -> None:
    key = hall.signed()
    version = hall.office.file(content=b"figures", name="figures.pdf")

    answer = send(hall, key, step="done", refs="EV-0002")

    assert answer.status_code == 302
    assert [step.evidence for step in hall.view(key).actions[0].steps] == [((2, 1),)]
    with hall.office.desk("viewer") as desk:
        kept = desk.session.execute(text("SELECT version_id, sha256 FROM management_review_step_evidence")).one()
    assert tuple(kept) == (version.id, version.sha256)
    assert "EV-0002/1" in hall.office.cast.client("viewer").get(hall.office.cast.url(f"/management-review/{key}")).text


def test_without_note_and_evidence_it_says_nothing(hall: Hall) -> None:
    key = hall.signed()

    answer = send(hall, key, step="noted")

    assert answer.status_code == 422
    assert "Say in one sentence what happened" in answer.text
    assert hall.view(key).actions[0].steps == ()


def test_withdrawn_evidence_and_wrong_numbers_are_refused_beside_their_field(hall: Hall) -> None:
    key = hall.signed()
    version = hall.office.file(content=b"figures", name="figures.pdf").id
    hall.do(lambda desk: withdraw_version(desk, version_id=version, reason="Wrong file."))

    with pytest.raises(InvalidInput) as refused:
        follow(hall, key, NewStep(Step.DONE, "", versions=(version,)))
    answer = send(hall, key, step="done", note="kept", refs="EV-9999")

    assert set(refused.value.errors) == {"evidence"}
    assert answer.status_code == 422
    assert "There is no EV-9999 in the register." in answer.text
    assert "kept" in answer.text


def test_evidence_of_a_step_is_only_added_to(hall: Hall) -> None:
    key = hall.signed()
    follow(hall, key, NewStep(Step.DONE, "", versions=(hall.office.file(content=b"x", name="x.pdf").id,)))

    with (
        pytest.raises(DBAPIError, match="only added to"),
        hall.office.cast.app.app_context(),
        transaction() as session,
    ):
        session.execute(text("DELETE FROM management_review_step_evidence"))


def test_the_form_of_an_owner_offers_what_is_theirs(hall: Hall) -> None:
    key, cast = hall.signed(), hall.office.cast

    mine = cast.client(OWNER).get(cast.url(f"/management-review/{key}")).text
    other = cast.client("other_owner").get(cast.url(f"/management-review/{key}")).text

    assert "What became of it" in mine
    assert 'value="noted"' in mine
    assert 'value="dropped"' not in mine
    assert "What became of it" not in other


def test_open_actions_stand_on_my_work_until_they_are_done(hall: Hall) -> None:
    key, cast = hall.signed(), hall.office.cast

    page = cast.client(OWNER).get(cast.url("/my-work")).text

    assert "Measure the time to assign." in page
    assert f"/management-review/{key}#action-1" in page
    assert 'datetime="2027-01-15"' in page or "15\xa0Jan" in page
    assert own(hall) == [(key, 1, date(2027, 1, 15))]
    assert own(hall, "other_owner") == []

    follow(hall, key, NewStep(Step.NOTED, "Half way."))
    follow(hall, key, NewStep(Step.MOVED, "Tool is late.", date(2027, 2, 1)), "sms_manager")
    assert own(hall) == [(key, 1, date(2027, 2, 1))]
    follow(hall, key, NewStep(Step.DONE, "Measured."))

    assert own(hall) == []
    assert "Measure the time to assign." not in cast.client(OWNER).get(cast.url("/my-work")).text


def test_actions_of_a_review_not_yet_signed_ask_nobody(hall: Hall) -> None:
    hall.ready()

    assert own(hall) == []


def test_many_actions_cost_no_more_queries(hall: Hall) -> None:
    hall.signed()
    few = queries_of(hall, "/my-work", OWNER)
    for _ in range(3):
        hall.office.cast.clock.advance(timedelta(days=2))
        hall.signed()

    assert len(own(hall)) == 4
    assert queries_of(hall, "/my-work", OWNER) == few
