"""The pages of findings through the browser's door: every address, refusals beside fields, who sees which form."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from itsmcomply.findings.kinds import EvidenceUse, Grade
from itsmcomply.findings.rules import State
from tests.cast import csrf
from tests.findings.bench import RAISING, REQUIREMENT, Bench


class Door:
    """A signed-in browser at one system."""

    def __init__(self, bench: Bench, role: str) -> None:
        self.client: FlaskClient = bench.office.cast.client(role)
        self.url = bench.office.cast.url
        self.token = csrf(self.client, "/profile")

    def get(self, path: str) -> TestResponse:
        return self.client.get(self.url(path))

    def post(self, path: str, **data: object) -> TestResponse:
        sent = {name.replace("__", "-"): value for name, value in data.items()}
        return self.client.post(self.url(path), data=sent | {"csrf_token": self.token})


def page(bench: Bench, role: str, path: str) -> str:
    answer = Door(bench, role).get(path)
    assert answer.status_code == 200, answer.text[:2000]
    return answer.text


def test_an_empty_register_says_that_nothing_was_checked(bench: Bench) -> None:
    text = page(bench, "viewer", "/findings")

    assert "not checked, not clean" in text
    assert "Raise a finding" not in text


def test_raising_leads_to_the_finding(bench: Bench) -> None:
    door = Door(bench, "internal_auditor")

    answer = door.post(
        "/findings/new",
        grade="minor",
        title="Priority set by feel",
        statement="Priorities do not follow the matrix.",
        objective="12 of 20.",
        requirements=REQUIREMENT,
        source="internal_audit",
        found_on="2026-11-24",
        owner="0",
    )

    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/findings/NC-2026-01")


def test_a_nonconformity_without_requirement_comes_back_with_what_was_typed(bench: Bench) -> None:
    answer = Door(bench, "internal_auditor").post(
        "/findings/new", grade="major", title="Kept", statement="x", objective="y", source="own", owner="0"
    )

    assert answer.status_code == 422
    assert "Name the requirement that is not met." in answer.text
    assert 'value="Kept"' in answer.text


def test_the_form_suggests_what_auditors_often_find(bench: Bench) -> None:
    text = page(bench, "internal_auditor", f"/findings/new?requirement={REQUIREMENT}")

    assert "What auditors often find here" in text
    assert "Priority set by feel, not by impact and urgency" in text


@pytest.mark.parametrize("stage", ["raised", "planned", "done", "verified"])
@pytest.mark.parametrize("role", ["sms_manager", "internal_auditor", "process_owner", "viewer", "external_auditor"])
def test_a_finding_shows_to_every_role_at_every_stage(bench: Bench, role: str, stage: str) -> None:
    key = getattr(bench, stage)()

    text = page(bench, role, f"/findings/{key}")

    assert "Priority set by feel" in text
    assert "85" in text  # the cap of a minor one


def test_the_next_gate_is_told_in_words(bench: Bench) -> None:
    key = bench.raised()
    bench.contain(key)

    text = page(bench, "viewer", f"/findings/{key}")

    assert "Extent is missing." in text
    assert "Cause is missing." in text


def test_nobody_is_offered_to_verify_their_own_action(bench: Bench) -> None:
    key = bench.raised()
    bench.contain(key)
    bench.analyse(key)
    bench.add_action(key, owner="sms_manager")
    bench.accept(key, bench.submit(key))
    bench.complete(key, by="sms_manager")
    bench.advance(30)

    text = page(bench, "sms_manager", f"/findings/{key}")

    assert "Record the verification" not in text
    assert "You own or completed action 1 of this finding, so someone else decides." in text


def test_the_whole_way_by_three_people(bench: Bench) -> None:
    key = bench.raised()
    owner, auditor, manager = (Door(bench, r) for r in ("process_owner", "internal_auditor", "sms_manager"))
    at = f"/findings/{key}"
    steps = [
        owner.post(f"{at}/correction", correction__text="x", correction__done_on="2026-11-24", correction__done_by="y"),
        owner.post(f"{at}/extent", extent__looked="x", extent__elsewhere="no", extent__result="z"),
        owner.post(
            f"{at}/cause",
            cause__method="five_whys",
            cause__why1="a",
            cause__why2="b",
            cause__root_cause="b",
            cause__explains="c",
        ),
        owner.post(
            f"{at}/actions", action__text="x", action__owner=bench.person("process_owner"), action__due_on="2026-12-01"
        ),
        owner.post(f"{at}/plan"),
        auditor.post(f"{at}/plan/acceptance", accept__plan="1", accept__effect_days="30"),
        owner.post(f"{at}/actions/1/completion", complete__note="x", complete__picked=bench.version()),
    ]
    bench.advance(30)
    manager = Door(bench, "sms_manager")
    proof = bench.version()
    steps += [
        manager.post(f"{at}/verification", verify__effective="yes", verify__statement="x", verify__picked=proof),
        manager.post(f"{at}/closing", close__note=""),
    ]

    assert [step.status_code for step in steps] == [302] * 9
    assert bench.state(key) is State.CLOSED


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("correction", "process_owner"),
        ("extent", "process_owner"),
        ("cause", "process_owner"),
        ("actions", "process_owner"),
        ("grade", "internal_auditor"),
        ("edit", "internal_auditor"),
    ],
)
def test_an_empty_form_comes_back_and_changes_nothing(bench: Bench, path: str, role: str) -> None:
    key = bench.raised()

    answer = Door(bench, role).post(f"/findings/{key}/{path}")

    assert answer.status_code == 422
    assert bench.state(key) is State.RAISED


def test_a_step_out_of_turn_is_refused_with_the_reason(bench: Bench) -> None:
    key = bench.raised()

    answer = Door(bench, "internal_auditor").post(f"/findings/{key}/closing")

    assert answer.status_code == 409
    assert "the correction comes first" in answer.text


def test_a_file_sent_from_the_finding_is_filed_and_bound(bench: Bench) -> None:
    key = bench.raised()
    bench.contain(key)

    answer = Door(bench, "process_owner").post(
        f"/findings/{key}/evidence/correction/file",
        upload__file=(io.BytesIO(b"list of incidents"), "incidents.txt"),
        upload__artefact="ca_rec",
        upload__title="Incidents put right",
        upload__effective_on="2026-11-24",
    )

    assert answer.status_code == 302, answer.text[:1500]
    bound = bench.dossier(key).of_use(EvidenceUse.CORRECTION)
    assert [(b.title, b.version) for b in bound] == [("Incidents put right", 1)]
    assert bound[0].row.sha256 is not None


def test_the_page_shows_the_evidence_of_every_step(bench: Bench) -> None:
    seen = bench.version()
    key = bench.raised(replace(RAISING, evidence=(seen,)))
    bench.contain(key)
    bench.analyse(key)
    bench.add_action(key)
    bench.accept(key, bench.submit(key))
    bench.complete(key)
    bench.advance(31)
    bench.verify(key)

    text = page(bench, "viewer", f"/findings/{key}")

    assert text.count("SHA-256") == 3


def test_evidence_is_found_attached_and_taken_back(bench: Bench) -> None:
    key, version = bench.raised(), bench.version()
    door = Door(bench, "internal_auditor")

    assert "EV-0001" in door.get(f"/findings/{key}/evidence/found?q=procedure").text
    assert door.post(f"/findings/{key}/evidence/found", picked=version).status_code == 302
    binding = bench.dossier(key).of_use(EvidenceUse.OBJECTIVE)[0].row.id
    assert door.post(f"/findings/{key}/evidence/found/{binding}/end", unbind__reason="wrong one").status_code == 302
    assert bench.dossier(key).of_use(EvidenceUse.OBJECTIVE) == ()


def test_an_unknown_number_is_told_beside_its_field(bench: Bench) -> None:
    key = bench.raised()

    answer = Door(bench, "internal_auditor").post(f"/findings/{key}/evidence/found", refs="EV-9999")

    assert answer.status_code == 422
    assert "There is no EV-9999 in the register." in answer.text


def test_more_time_and_giving_up_need_their_people(bench: Bench) -> None:
    key = bench.planned()
    owner, auditor = Door(bench, "process_owner"), Door(bench, "internal_auditor")

    assert owner.post(f"/findings/{key}/actions/1/due", due__due_on="2027-01-01", due__reason="x").status_code == 403
    assert (
        auditor.post(f"/findings/{key}/actions/1/more-time", due__due_on="2027-01-01", due__reason="x").status_code
        == 302
    )
    assert bench.dossier(key).actions[0].due_on == date(2027, 1, 1)
    assert owner.post(f"/findings/{key}/actions/1/end", end__reason="not needed").status_code == 302
    assert bench.state(key) is State.ANALYSED


def test_an_answered_observation_is_closed_and_reopened(bench: Bench) -> None:
    key = bench.graded(Grade.OBSERVATION)
    owner, auditor = Door(bench, "process_owner"), Door(bench, "internal_auditor")

    assert owner.post(f"/findings/{key}/answer", answer__text="We will look at it in January.").status_code == 302
    assert auditor.post(f"/findings/{key}/closing").status_code == 302
    assert auditor.post(f"/findings/{key}/reopening", reopen__reason="It came back.").status_code == 302
    assert bench.state(key) is State.OPEN
    assert "A new answer" not in auditor.get(f"/findings/{key}").text


def test_a_returned_plan_says_what_to_put_right(bench: Bench) -> None:
    key = bench.raised()
    bench.contain(key)
    bench.analyse(key)
    bench.add_action(key)
    plan = bench.submit(key)

    Door(bench, "internal_auditor").post(
        f"/findings/{key}/plan/return", return__plan=plan, return__note="Name the day."
    )

    assert "Name the day." in page(bench, "process_owner", f"/findings/{key}")


def test_editing_over_a_newer_change_shows_both(bench: Bench) -> None:
    key = bench.raised()
    door = Door(bench, "internal_auditor")
    new = {"title": "Mine", "statement": "s", "objective": "o", "criterion": "", "source_ref": "", "owner": "0"}

    assert door.get(f"/findings/{key}/edit").status_code == 200
    assert door.post(f"/findings/{key}/edit", **new, row_version=1).status_code == 302
    clash = door.post(f"/findings/{key}/edit", **(new | {"title": "Theirs"}), row_version=1)

    assert clash.status_code == 409
    assert "Mine" in clash.text
    assert "Theirs" in clash.text


def test_filters_narrow_the_register(bench: Bench) -> None:
    minor, remark = bench.raised(), bench.graded(Grade.OBSERVATION)

    assert remark not in page(bench, "viewer", "/findings?grade=minor&state=open&clause=8.6&q=priority")
    assert minor not in page(bench, "viewer", "/findings?overdue=1")
    assert "Nothing matches" in page(bench, "viewer", "/findings?process=change")


def test_the_side_bar_counts_what_waits_for_the_person(bench: Bench) -> None:
    key = bench.raised()

    counted = "waiting for you" in page(bench, "process_owner", "/findings/limits")
    bench.contain(key)
    bench.analyse(key)
    bench.add_action(key)
    bench.submit(key)

    assert counted or bench.dossier(key).finding.owner_id is None
    assert "waiting for you" in page(bench, "internal_auditor", "/findings/limits")


def test_limits_are_set_by_the_sms_manager_and_hold_from_then_on(bench: Bench) -> None:
    old = bench.raised()
    manager = Door(bench, "sms_manager")

    assert manager.get("/findings/limits").status_code == 200
    answer = manager.post(
        "/findings/limits/minor/own",
        **{"minor-own-plan_days": "7", "minor-own-closure_days": "60", "minor-own-effect_days": "20"},
    )

    assert answer.status_code == 302, answer.text
    assert bench.dossier(old).case.plan_due_on == date(2026, 12, 24)
    assert bench.dossier(bench.raised()).case.plan_due_on == date(2026, 12, 1)
    refused = Door(bench, "internal_auditor").post("/findings/limits/minor/own")
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "path", ["/clauses/8.6.1", "/clauses/8.6", f"/requirements/{REQUIREMENT}", "/processes/incident"]
)
def test_other_pages_show_what_is_open_for_them(bench: Bench, path: str) -> None:
    assert "Open findings" not in page(bench, "viewer", path)
    key = bench.raised()

    text = page(bench, "viewer", path)

    assert "Open findings" in text
    assert f"/findings/{key}" in text


def test_the_page_of_a_control_shows_findings_against_its_requirements(bench: Bench) -> None:
    from itsmcomply.controls.operations import adopt_starter_controls

    key = bench.raised()
    with bench.desk("sms_manager") as desk:
        adopt_starter_controls(
            desk.session,
            desk.actor,
            bench.office.cast.clock,
            desk.catalogue,
            system=desk.system,
            processes=["incident"],
        )
    refs = [c.ref for c in bench.office.catalogue.controls.values() if REQUIREMENT in c.requirements]

    assert f"/findings/{key}" in page(bench, "viewer", f"/controls/{refs[0]}")


def test_a_large_plain_upload_says_how_to_send_it(bench: Bench) -> None:
    assert "Up to 20 MiB" in page(bench, "process_owner", f"/findings/{bench.raised()}/evidence/correction")


@pytest.mark.parametrize(
    "path",
    [
        "/findings/NC%00-2026-01",
        "/findings/NC-2026-99999999",
        "/findings/NC-9999-01",
        "/findings/%E2%80%AE",
    ],
)
def test_strange_keys_are_not_found(bench: Bench, path: str) -> None:
    assert Door(bench, "viewer").get(path).status_code == 404


def test_strange_words_and_ids_are_no_failure(bench: Bench) -> None:
    key, door = bench.raised(), Door(bench, "internal_auditor")

    assert door.get(f"/findings/{key}/evidence/found?q=%00%ff'%25_").status_code == 200
    assert door.get("/findings?q=%00&owner=999999999999999999999&p=99999&clause=%25&state=x&grade=y").status_code == 200
    for wrong in (10**20, -1, "x"):
        assert door.post(f"/findings/{key}/evidence/found", picked=wrong).status_code == 422


def test_help_for_a_requirement_keeps_what_was_typed(bench: Bench) -> None:
    typed = {"requirements": REQUIREMENT, "statement": "Twelve of twenty.", "source": "own", "owner": "0", "look": "1"}

    answer = Door(bench, "internal_auditor").post("/findings/new", **typed)

    assert answer.status_code == 200
    assert "Twelve of twenty." in answer.text
    assert "What auditors often find here" in answer.text


def test_words_that_auditors_often_use_become_title_and_grade(bench: Bench) -> None:
    words = "Priority set by feel, not by impact and urgency"
    typed = {"requirements": REQUIREMENT, "statement": "Kept.", "source": "own", "owner": "0", "words": words}

    answer = Door(bench, "internal_auditor").post("/findings/new", **typed)

    assert answer.status_code == 200
    assert f'value="{words}"' in answer.text
    assert "Kept." in answer.text
    assert re.search(r'<input[^>]*checked[^>]*value="minor"', answer.text)


def test_words_that_nobody_suggested_are_not_taken(bench: Bench) -> None:
    typed = {"requirements": REQUIREMENT, "source": "own", "owner": "0", "words": "Something else"}

    assert 'value="Something else"' not in Door(bench, "internal_auditor").post("/findings/new", **typed).text


def test_what_was_typed_too_late_stands_on_the_page_that_refuses_it(bench: Bench) -> None:
    key, sent = bench.planned(), "All tickets of October, compared with the matrix."
    door = Door(bench, "process_owner")

    answer = door.post(f"/findings/{key}/extent", extent__looked=sent, extent__elsewhere="no", extent__result="None.")

    typed = answer.text.split("What you typed", 1)[1].split("</section>", 1)[0]
    assert answer.status_code == 409
    assert sent in typed
    assert door.token not in typed


def test_a_plan_that_changed_meanwhile_is_shown_with_what_was_typed(bench: Bench) -> None:
    key = bench.raised()
    bench.contain(key)
    bench.analyse(key)
    bench.add_action(key)
    read = bench.submit(key)
    bench.add_action(key)
    bench.submit(key)

    answer = Door(bench, "internal_auditor").post(
        f"/findings/{key}/plan/acceptance", accept__plan=str(read), accept__effect_days="9", accept__note="Good, go on."
    )

    assert answer.status_code == 409
    assert "Somebody changed this finding while you read it." in answer.text
    assert "Good, go on.</textarea>" in answer.text
    assert bench.state(key) is State.ANALYSED
