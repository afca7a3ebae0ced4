"""Operations on findings: keys, refusals that leave nothing, one trail entry each, evidence, rounds."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from itsmcomply.activity.models import ActivityEntry
from itsmcomply.db import db
from itsmcomply.errors import Conflict, InvalidInput, InvalidTransition, NotFound, NotPermitted
from itsmcomply.evidence.operations import Desk, withdraw_version
from itsmcomply.findings.kinds import CauseCategory, CauseMethod, EvidenceUse, Grade, Source
from itsmcomply.findings.limits import Limits
from itsmcomply.findings.operations import (
    accept_plan,
    answer_finding,
    bind_evidence,
    change_due,
    change_grade,
    complete_action,
    edit_finding,
    end_action,
    raise_finding,
    reopen_finding,
    return_plan,
    set_limits,
    state_cause,
    unbind_evidence,
    verify_effect,
)
from itsmcomply.findings.rules import PlanState, State
from itsmcomply.findings.statements import Cause, NewAction, problems_of_action
from itsmcomply.systems.models import EntryKind
from itsmcomply.systems.operations import set_entry
from tests.findings.bench import RAISING, TODAY, Bench
from tests.findings.test_pages import page


def entries(bench: Bench) -> int:
    with bench.office.cast.app.app_context():
        return db.session().scalar(select(func.count()).select_from(ActivityEntry)) or 0


def last(bench: Bench) -> dict[str, object]:
    with bench.office.cast.app.app_context():
        line = db.session().scalar(select(ActivityEntry.line).order_by(ActivityEntry.seq.desc()).limit(1))
    found: dict[str, object] = json.loads(line or "{}")
    return found


def test_keys_count_by_kind_and_year(bench: Bench) -> None:
    keys = [
        bench.raised(),
        bench.graded(Grade.MAJOR),
        bench.graded(Grade.OBSERVATION),
        bench.graded(Grade.OPPORTUNITY),
        bench.graded(Grade.AREA_OF_CONCERN),
        bench.graded(Grade.STRENGTH),
        bench.raised(replace(RAISING, found_on=date(2025, 12, 31))),
    ]

    assert keys == [
        "NC-2026-01",
        "NC-2026-02",
        "OB-2026-01",
        "OI-2026-01",
        "AC-2026-01",
        "ST-2026-01",
        "NC-2025-01",
    ]


def test_limits_follow_grade_and_source(bench: Bench) -> None:
    with bench.desk("sms_manager") as desk:
        set_limits(desk, grade=Grade.MINOR, by_body=True, limits=Limits(7, 45, 20))

    own, body = bench.raised(), bench.raised(replace(RAISING, source=Source.CERTIFICATION_BODY))

    assert bench.dossier(own).case.closure_due_on == TODAY + timedelta(days=90)
    assert bench.dossier(body).case.closure_due_on == TODAY + timedelta(days=45)


def test_a_certificate_that_ends_sooner_is_the_limit_of_its_body(bench: Bench) -> None:
    own, body = bench.raised(), bench.raised(replace(RAISING, source=Source.CERTIFICATION_BODY))
    remark = bench.raised(replace(RAISING, source=Source.CERTIFICATION_BODY, grade=Grade.OBSERVATION))
    with bench.desk("sms_manager") as desk:
        kind, clock = EntryKind.CERTIFIED_ON, bench.office.cast.clock
        set_entry(desk.session, desk.actor, clock, system=desk.system, kind=kind, value="2023-12-25")

    case = bench.dossier(body).case

    assert (case.plan_due_on, case.closure_due_on, case.ends_on) == (
        TODAY + timedelta(days=30),
        date(2026, 12, 24),
        date(2026, 12, 24),
    )
    assert bench.dossier(own).case.closure_due_on == TODAY + timedelta(days=90)
    assert bench.dossier(remark).case.closure_due_on is None
    assert "the certificate ends" in page(bench, "viewer", f"/findings/{body}")
    assert "The certificate ends on 24\xa0Dec\xa02026." in page(bench, "viewer", "/findings/limits")


def test_the_owner_of_the_process_owns_it_unless_another_is_named(bench: Bench) -> None:
    assert bench.dossier(bench.raised()).finding.owner_id == bench.person("process_owner")
    named = replace(RAISING, owner_id=bench.person("other_owner"))
    assert bench.dossier(bench.raised(named)).finding.owner_id == bench.person("other_owner")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"requirements": ()}, "requirements"),
        ({"requirements": ("8.6.1-zz",)}, "requirements"),
        ({"title": " "}, "title"),
        ({"statement": ""}, "statement"),
        ({"objective": ""}, "objective"),
        ({"process": "no_such"}, "process"),
        ({"found_on": TODAY + timedelta(days=1)}, "found_on"),
        ({"owner_id": 99999}, "owner"),
        ({"evidence": (99999,)}, "evidence"),
        ({"statement": "a\x00b"}, "statement"),
        ({"title": "x" * 301}, "title"),
    ],
)
def test_a_refused_finding_leaves_nothing(bench: Bench, change: dict[str, object], field: str) -> None:
    before = entries(bench)

    with pytest.raises(InvalidInput) as refused:
        bench.raised(replace(RAISING, **change))  # type: ignore[arg-type]  # one field each

    assert set(refused.value.errors) == {field}
    assert entries(bench) == before


@pytest.mark.parametrize("role", ["process_owner", "viewer", "external_auditor", "reviewer", "outsider"])
def test_only_auditors_and_the_sms_manager_raise(bench: Bench, role: str) -> None:
    with pytest.raises(NotPermitted):
        bench.raised(by=role)


def test_every_step_leaves_one_entry_with_its_rows(bench: Bench) -> None:
    before = entries(bench)
    key = bench.raised()

    assert entries(bench) == before + 1
    assert last(bench)["action"] == "finding.raised"
    assert last(bench)["record"] == {"kind": "finding", "key": key, "system": bench.office.cast.system_id}
    bench.analyse(key)
    assert entries(bench) == before + 3


def test_a_finding_of_another_system_does_not_exist(bench: Bench) -> None:
    for wrong in ("NC-2026-99", "NC-2026-1", "XX-2026-01", "NC-26-01", "nonsense", "NC-２０２６-01"):
        with pytest.raises(NotFound):
            bench.contain(wrong)


def test_another_process_owner_does_not_answer(bench: Bench) -> None:
    key = bench.raised()

    with pytest.raises(NotPermitted, match="belongs to somebody else"):
        bench.contain(key, by="other_owner")


def test_a_cause_keeps_its_chain_in_order(bench: Bench) -> None:
    key = bench.raised()
    bench.contain(key)
    bench.analyse(key)

    (cause,) = bench.dossier(key).causes

    assert cause.lines[0].text == "The matrix was not used."
    assert [line.position for line in cause.lines] == [1, 2, 3]


@pytest.mark.parametrize(
    ("cause", "field"),
    [
        (Cause(CauseMethod.FIVE_WHYS, ((CauseCategory.NONE, "once"),), "r", "e"), "lines"),
        (Cause(CauseMethod.CAUSE_EFFECT, (), "r", "e"), "lines"),
        (Cause(CauseMethod.CAUSE_EFFECT, ((CauseCategory.TOOLS, "x"),) * 21, "r", "e"), "lines"),
        (Cause(CauseMethod.CAUSE_EFFECT, ((CauseCategory.TOOLS, "x\x00"),), "r", "e"), "lines"),
        (Cause(None, (), "r", "e"), "method"),
        (Cause(CauseMethod.CAUSE_EFFECT, ((CauseCategory.TOOLS, "x"),), " ", "e"), "root_cause"),
    ],
)
def test_a_cause_without_analysis_is_refused(bench: Bench, cause: Cause, field: str) -> None:
    key = bench.raised()
    bench.contain(key)

    with pytest.raises(InvalidInput) as refused:
        bench.do("process_owner", lambda desk: state_cause(desk, key, cause))

    assert set(refused.value.errors) == {field}


def test_a_change_after_submitting_takes_the_plan_back(bench: Bench) -> None:
    key = bench.raised()
    bench.contain(key)
    bench.analyse(key)
    bench.add_action(key)
    plan = bench.submit(key)

    bench.contain(key)

    assert bench.dossier(key).case.plan is PlanState.NONE
    with pytest.raises(InvalidTransition):
        bench.accept(key, plan)


def test_a_plan_read_before_a_newer_one_cannot_be_accepted(bench: Bench) -> None:
    key = bench.raised()
    bench.contain(key)
    bench.analyse(key)
    bench.add_action(key)
    first = bench.submit(key)
    bench.contain(key)
    bench.submit(key)

    with pytest.raises(Conflict):
        bench.accept(key, first)


def test_who_submits_a_plan_does_not_accept_it(bench: Bench) -> None:
    key = bench.raised()
    bench.contain(key)
    bench.analyse(key)
    bench.add_action(key)
    plan = bench.submit(key, by="sms_manager")

    with pytest.raises(NotPermitted, match="acted on this finding yourself"):
        bench.accept(key, plan, by="sms_manager")


def test_an_accepted_plan_can_be_returned_and_then_counts_no_longer(bench: Bench) -> None:
    key = bench.planned()

    bench.do("internal_auditor", lambda desk: return_plan(desk, key, plan=1, note="The cause lies deeper."))

    assert bench.state(key) is State.ANALYSED
    assert bench.dossier(key).plans[0].end_reason == "The cause lies deeper."


def test_an_action_is_not_done_without_evidence(bench: Bench) -> None:
    key = bench.planned()

    with pytest.raises(InvalidInput) as refused:
        bench.do("process_owner", lambda desk: complete_action(desk, key, 1))

    assert set(refused.value.errors) == {"evidence"}


def test_evidence_bound_before_serves_the_completion(bench: Bench) -> None:
    key, version = bench.planned(), bench.version()
    bench.do(
        "process_owner",
        lambda desk: bind_evidence(desk, key, use=EvidenceUse.ACTION, versions=[version], action=1),
    )

    bench.do("process_owner", lambda desk: complete_action(desk, key, 1))

    assert bench.state(key) is State.DONE


def test_binding_keeps_the_digest_and_does_not_repeat(bench: Bench) -> None:
    key, version = bench.raised(), bench.version()

    def bind(desk: Desk) -> int:
        return len(bind_evidence(desk, key, use=EvidenceUse.OBJECTIVE, versions=[version, version]))

    assert [bench.do("internal_auditor", bind) for _ in range(2)] == [1, 0]
    (bound,) = bench.dossier(key).of_use(EvidenceUse.OBJECTIVE)
    assert bound.row.sha256 is not None
    assert len(bound.row.sha256) == 64


def test_withdrawn_or_foreign_versions_prove_nothing(bench: Bench) -> None:
    key, version = bench.raised(), bench.version()
    bench.do("sms_manager", lambda desk: withdraw_version(desk, version_id=version, reason="Wrong file."))

    for wrong in (version, 99999):
        with pytest.raises(InvalidInput), bench.desk("internal_auditor") as desk:
            bind_evidence(desk, key, use=EvidenceUse.OBJECTIVE, versions=[wrong])


def test_evidence_of_effectiveness_comes_with_the_verification_only(bench: Bench) -> None:
    key, version = bench.done(), bench.version()

    with pytest.raises(InvalidTransition), bench.desk("sms_manager") as desk:
        bind_evidence(desk, key, use=EvidenceUse.EFFECTIVENESS, versions=[version])


def test_taking_proof_back_needs_a_reason_and_moves_the_finding_back(bench: Bench) -> None:
    key = bench.done()
    binding = bench.dossier(key).of_use(EvidenceUse.ACTION)[0].row.id

    with pytest.raises(InvalidInput), bench.desk("process_owner") as desk:
        unbind_evidence(desk, key, binding=binding, reason=" ")
    bench.do("process_owner", lambda desk: unbind_evidence(desk, key, binding=binding, reason="Wrong file."))

    assert bench.state(key) is State.PLANNED


def test_the_effect_is_not_verified_before_its_day(bench: Bench) -> None:
    key = bench.done()
    bench.advance(29)

    with pytest.raises(InvalidTransition, match="can be verified from"):
        bench.verify(key)


def test_a_verification_names_result_statement_and_evidence(bench: Bench) -> None:
    key = bench.done()
    bench.advance(30)

    with pytest.raises(InvalidInput) as refused, bench.desk("sms_manager") as desk:
        verify_effect(desk, key, effective=None, statement="", versions=[])

    assert set(refused.value.errors) == {"effective", "statement", "evidence"}


def test_not_effective_begins_the_next_round_at_the_cause(bench: Bench) -> None:
    key = bench.done()
    bench.advance(30)

    bench.verify(key, effective=False)

    dossier = bench.dossier(key)
    assert (bench.state(key), dossier.finding.round) == (State.CONTAINED, 2)
    bench.analyse(key)
    with pytest.raises(InvalidTransition, match="A corrective action is missing"):
        bench.submit(key)
    number = bench.add_action(key)
    bench.accept(key, bench.submit(key))
    bench.complete(key, number)
    assert bench.state(key) is State.DONE
    bench.advance(30)
    bench.verify(key)
    bench.close(key)
    assert bench.state(key) is State.CLOSED


def test_a_closed_one_does_not_change_until_it_is_reopened(bench: Bench) -> None:
    key = bench.verified()
    bench.close(key)

    with pytest.raises(InvalidTransition, match="is closed"):
        bench.contain(key)
    with pytest.raises(InvalidInput), bench.desk("internal_auditor") as desk:
        reopen_finding(desk, key, reason="")
    bench.do("internal_auditor", lambda desk: reopen_finding(desk, key, reason="It came back."))
    assert bench.state(key) is State.CONTAINED


def test_an_area_of_concern_needs_evidence_that_it_is_resolved(bench: Bench) -> None:
    key, version = bench.graded(Grade.AREA_OF_CONCERN), bench.version()

    bench.do("process_owner", lambda desk: answer_finding(desk, key, text="It is approved."))
    assert bench.state(key) is State.OPEN
    bench.do("process_owner", lambda desk: answer_finding(desk, key, text="Approved.", versions=[version]))
    assert bench.state(key) is State.ANSWERED
    bench.close(key)
    assert bench.state(key) is State.CLOSED


def test_who_answers_a_remark_does_not_close_it(bench: Bench) -> None:
    key = bench.graded(Grade.OBSERVATION)
    bench.do("sms_manager", lambda desk: answer_finding(desk, key, text="Planned for March."))

    with pytest.raises(NotPermitted):
        bench.close(key, by="sms_manager")


def test_a_strength_asks_for_nothing(bench: Bench) -> None:
    key = bench.graded(Grade.STRENGTH)

    assert bench.state(key) is State.NOTED
    with pytest.raises(InvalidTransition):
        bench.do("process_owner", lambda desk: answer_finding(desk, key, text="Thanks."))


def test_a_nonconformity_stays_one(bench: Bench) -> None:
    key = bench.raised()

    with pytest.raises(InvalidInput) as refused, bench.desk("internal_auditor") as desk:
        change_grade(desk, key, grade=Grade.OBSERVATION, plan_due_on=None, closure_due_on=None, reason="Milder.")

    assert set(refused.value.errors) == {"grade"}


def test_a_grade_that_changes_nothing_is_refused(bench: Bench) -> None:
    key = bench.raised()
    entry = bench.dossier(key).grade

    with pytest.raises(InvalidInput), bench.desk("internal_auditor") as desk:
        change_grade(
            desk,
            key,
            grade=entry.grade,
            plan_due_on=entry.plan_due_on,
            closure_due_on=entry.closure_due_on,
            reason="None.",
        )


def test_a_remark_has_no_other_grade(bench: Bench) -> None:
    key = bench.graded(Grade.OBSERVATION)

    with pytest.raises(InvalidTransition, match="Raise a new finding"), bench.desk("internal_auditor") as desk:
        change_grade(desk, key, grade=Grade.MINOR, plan_due_on=None, closure_due_on=None, reason="Worse.")


def test_an_edit_over_a_newer_one_is_a_conflict(bench: Bench) -> None:
    key = bench.raised()
    bench.do("internal_auditor", lambda desk: edit_finding(desk, key, replace(RAISING, title="New"), row_version=1))

    with pytest.raises(Conflict) as clash, bench.desk("sms_manager") as desk:
        edit_finding(desk, key, replace(RAISING, title="Mine"), row_version=1)

    assert clash.value.theirs["title"] == "New"


Attempt = Callable[[Desk, str], object]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda desk, key: end_action(desk, key, 1, reason="x"),
        lambda desk, key: change_due(desk, key, 1, due_on=desk.today, reason="x"),
        lambda desk, key: complete_action(desk, key, 1),
    ],
)
def test_a_completed_action_no_longer_changes(bench: Bench, attempt: Attempt) -> None:
    key = bench.planned()
    bench.add_action(key)
    bench.accept(key, bench.submit(key))
    bench.complete(key, 1)
    role = "process_owner"

    with pytest.raises((InvalidTransition, NotPermitted)), bench.desk(role) as desk:
        attempt(desk, key)


def test_an_action_needs_text_owner_and_a_day_ahead() -> None:
    assert set(problems_of_action(NewAction("", None, TODAY - timedelta(days=1)), TODAY)) == {"text", "owner", "due_on"}


def test_an_owner_who_may_not_act_is_refused(bench: Bench) -> None:
    key = bench.raised()
    bench.contain(key)

    with pytest.raises(InvalidInput) as refused:
        bench.add_action(key, owner="viewer")

    assert set(refused.value.errors) == {"owner"}


def test_the_wait_before_verification_is_at_least_a_day(bench: Bench) -> None:
    key = bench.raised()
    bench.contain(key)
    bench.analyse(key)
    bench.add_action(key)
    plan = bench.submit(key)

    with pytest.raises(InvalidInput), bench.desk("internal_auditor") as desk:
        accept_plan(desk, key, plan=plan, effect_days=0)


def test_limits_that_stand_already_change_nothing(bench: Bench) -> None:
    with bench.desk("sms_manager") as desk:
        assert set_limits(desk, grade=Grade.MAJOR, by_body=False, limits=Limits(14, 90)) is None
    with pytest.raises(NotPermitted), bench.desk("internal_auditor") as desk:
        set_limits(desk, grade=Grade.MAJOR, by_body=False, limits=Limits(1, 1))


def test_raising_counts_what_it_binds(bench: Bench) -> None:
    version = bench.version()
    with bench.desk("internal_auditor") as desk:
        key = raise_finding(desk, replace(RAISING, objective="", evidence=(version, version))).key

    assert len(bench.dossier(key).of_use(EvidenceUse.OBJECTIVE)) == 1


def test_the_trail_tells_when_a_plan_ends_because_an_action_was_added(bench: Bench) -> None:
    key = bench.planned()
    bench.add_action(key)

    with bench.desk("viewer") as desk:
        query = select(ActivityEntry.line).where(ActivityEntry.record_key == key).order_by(ActivityEntry.seq.desc())
        after = json.loads(desk.session.execute(query.limit(1)).scalar_one())["after"]
    assert after["plan_ended"] == "action 2 was added"


def test_a_restored_certificate_ends_when_it_is_said_to(bench: Bench) -> None:
    with bench.desk("sms_manager") as desk:
        clock = bench.office.cast.clock
        for kind, day in ((EntryKind.CERTIFIED_ON, "2026-06-01"), (EntryKind.CERTIFICATE_ENDS_ON, "2026-12-31")):
            set_entry(desk.session, desk.actor, clock, system=desk.system, kind=kind, value=day)

    key = bench.raised(replace(RAISING, source=Source.CERTIFICATION_BODY))

    assert bench.dossier(key).case.closure_due_on == date(2026, 12, 31)


@pytest.mark.parametrize("source", [Source.OWN, Source.INTERNAL_AUDIT, Source.SUPPLIER])
def test_nobody_but_a_certification_body_raises_an_area_of_concern(bench: Bench, source: Source) -> None:
    with pytest.raises(InvalidInput, match="Only a certification body"):
        bench.raised(replace(RAISING, grade=Grade.AREA_OF_CONCERN, source=source))


@pytest.mark.parametrize(("stage_2", "refused"), [(TODAY, True), (TODAY + timedelta(days=1), False)])
def test_an_area_of_concern_is_not_raised_once_stage_2_has_begun(bench: Bench, stage_2: date, *, refused: bool) -> None:
    with bench.desk("sms_manager") as desk:
        clock, kind = bench.office.cast.clock, EntryKind.STAGE_2_ON
        set_entry(desk.session, desk.actor, clock, system=desk.system, kind=kind, value=stage_2.isoformat())

    if not refused:
        assert bench.graded(Grade.AREA_OF_CONCERN) == "AC-2026-01"
        return
    with pytest.raises(InvalidInput, match="stage 2 was on 24 Nov 2026"):
        bench.graded(Grade.AREA_OF_CONCERN)
