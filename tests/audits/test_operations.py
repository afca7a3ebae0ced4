from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from itsmcomply.audits.kinds import AuditKind, Conclusion, TeamRole
from itsmcomply.audits.models import Audit, AuditRow, AuditSession, RowEvidence
from itsmcomply.audits.operations import (
    Assignment,
    RaisedHere,
    Report,
    add_slot,
    assign,
    begin_audit,
    cancel_audit,
    change_plan,
    examine,
    follow_thread,
    raise_from_row,
    release,
    save_row,
    sign_off,
    state_result,
)
from itsmcomply.audits.operations.desk import audit_by_key, team_of
from itsmcomply.audits.rules import Entry, Result, Slot
from itsmcomply.errors import Conflict, InvalidInput, InvalidTransition, NotPermitted
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion, Review
from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.operations import withdraw_finding
from itsmcomply.readiness.inputs.audits import load_audits
from tests.audits.shop import DAY, RESULT, Shop, plan_of

CONFORMS = Entry(Conclusion.CONFORMS, answer="Twenty incidents looked at.")


def test_an_audit_is_numbered_by_type_and_year(shop: Shop) -> None:
    keys = [shop.plan("8.6.1"), shop.plan("8.6.2"), shop.plan("8.3.4.1", kind=AuditKind.SUPPLIER)]

    assert keys == ["IA-2026-01", "IA-2026-02", "SA-2026-01"]


def test_the_checklist_has_a_row_for_each_requirement_of_the_scope(shop: Shop) -> None:
    key = shop.running("8.6.1", "8.6.2")

    with shop.desk("internal_auditor") as desk:
        wanted = [r.id for r in desk.catalogue.requirements.values() if r.clause in {"8.6.1", "8.6.2"}]
        assert list(desk.session.scalars(select(AuditRow.requirement).order_by(AuditRow.position))) == wanted
        assert audit_by_key(desk, key).opened_at is not None


def test_an_audit_does_not_begin_without_a_lead_auditor(shop: Shop) -> None:
    key = shop.plan("8.6.1")

    with shop.desk("internal_auditor") as desk, pytest.raises(InvalidTransition, match="lead auditor"):
        begin_audit(desk, key)


def test_a_conforming_row_rests_on_something(shop: Shop) -> None:
    key = shop.running("8.6.1")

    with shop.desk("internal_auditor") as desk, pytest.raises(InvalidInput, match="rests on"):
        save_row(desk, key, "8.6.1-a", Entry(Conclusion.CONFORMS), row_version=1)


def test_a_nonconformity_needs_a_finding(shop: Shop) -> None:
    key = shop.running("8.6.1")

    with shop.desk("internal_auditor") as desk, pytest.raises(InvalidInput, match="needs a finding"):
        save_row(desk, key, "8.6.1-a", Entry(Conclusion.NONCONFORMITY, statement="No."), row_version=1)


def test_a_finding_raised_from_a_row_takes_the_evidence_examined_there(shop: Shop) -> None:
    filed = shop.file("process_owner", "inc_rec")
    key = shop.running("8.6.1")
    with shop.desk("internal_auditor") as desk:
        examine(desk, key, "8.6.1-a", [filed.version.id])

    with shop.desk("internal_auditor") as desk:
        raised = RaisedHere(Grade.MINOR, "Unclassified incidents", "Three of twenty have no category.")
        finding = raise_from_row(desk, key, "8.6.1-a", raised, row_version=2)
        row = desk.session.execute(select(AuditRow).where(AuditRow.requirement == "8.6.1-a")).scalar_one()

    assert (finding.audit_key, row.finding_key, row.conclusion) == (key, finding.key, Conclusion.NONCONFORMITY)


def test_a_row_does_not_rest_on_a_finding_that_was_withdrawn(shop: Shop) -> None:
    key = shop.running("8.6.1")
    raised = RaisedHere(Grade.MINOR, "Unclassified incidents", "Three of twenty have no category.", "INC-1 to INC-20.")
    with shop.desk("internal_auditor") as desk:
        finding = raise_from_row(desk, key, "8.6.1-a", raised, row_version=1).key
    shop.conclude(key)
    with shop.desk("internal_auditor") as desk:
        withdraw_finding(desk, finding, reason="The records belong to another service.")

    with pytest.raises(InvalidInput) as refused:
        shop.close(key)
    assert "The finding behind 8.6.1-a was withdrawn." in str(refused.value.errors[""])
    with shop.desk("internal_auditor") as desk:
        row = desk.session.execute(select(AuditRow).where(AuditRow.requirement == "8.6.1-a")).scalar_one()
        save_row(desk, key, "8.6.1-a", CONFORMS, row_version=row.row_version)
    shop.close(key)


def test_evidence_examined_is_bound_to_its_version_and_digest(shop: Shop) -> None:
    filed = shop.file("process_owner", "inc_rec")
    key = shop.running("8.6.1")

    with shop.desk("internal_auditor") as desk:
        examine(desk, key, "8.6.1-a", [filed.version.id, filed.version.id])
        bound = desk.session.scalars(select(RowEvidence)).all()

    assert [(b.version_id, b.sha256, b.item_key) for b in bound] == [
        (filed.version.id, filed.version.sha256, filed.item.key)
    ]


def test_saving_over_a_newer_change_is_refused_and_nothing_is_lost(shop: Shop) -> None:
    key = shop.running("8.6.1")
    with shop.desk("internal_auditor") as desk:
        save_row(desk, key, "8.6.1-a", CONFORMS, row_version=1)

    with shop.desk("internal_auditor") as desk, pytest.raises(Conflict) as clash:
        save_row(desk, key, "8.6.1-a", Entry(Conclusion.NOT_SAMPLED), row_version=1)

    assert (clash.value.theirs["conclusion"], clash.value.yours["conclusion"]) == ("conforms", "not_sampled")


def test_the_same_values_again_change_nothing(shop: Shop) -> None:
    key = shop.running("8.6.1")
    with shop.desk("internal_auditor") as desk:
        save_row(desk, key, "8.6.1-a", CONFORMS, row_version=1)

    with shop.desk("internal_auditor") as desk:
        row = save_row(desk, key, "8.6.1-a", CONFORMS, row_version=1)

    assert row.row_version == 2


def test_a_thread_that_breaks_says_where(shop: Shop) -> None:
    key = shop.running("8.6.1")

    with shop.desk("internal_auditor") as desk, pytest.raises(InvalidInput, match="link is missing"):
        follow_thread(desk, key, "8.6.1-a", thread="T02", steps="INC0010412\nPRB0000231", holds=False)


def test_sign_off_names_all_that_is_open(shop: Shop) -> None:
    key = shop.running("8.6.2")

    with shop.desk("internal_auditor") as desk, pytest.raises(InvalidInput) as refused:
        sign_off(desk, key, shop.report(desk, key))

    assert "4 of 4 rows" in str(refused.value)
    assert "receives the report" in str(refused.value)


def test_only_the_lead_auditor_signs_off(shop: Shop) -> None:
    key = shop.running("8.6.2")
    shop.conclude(key)

    with shop.desk("sms_manager") as desk, pytest.raises(NotPermitted):
        sign_off(desk, key, shop.report(desk, key))


def test_a_report_of_an_earlier_state_cannot_be_signed(shop: Shop) -> None:
    key = shop.running("8.6.2")
    shop.conclude(key)
    with shop.desk("internal_auditor") as desk:
        state_result(desk, key, RESULT, row_version=audit_by_key(desk, key).row_version)
    with shop.desk("internal_auditor") as desk:
        report = shop.report(desk, key)
    with shop.desk("internal_auditor") as desk:
        save_row(desk, key, "8.6.2-a", Entry(Conclusion.NOT_SAMPLED), row_version=2)

    with shop.desk("internal_auditor") as desk, pytest.raises(Conflict):
        sign_off(desk, key, report)


def test_the_signed_report_is_filed_and_still_needs_a_review(shop: Shop) -> None:
    key = shop.signed("8.6.2")

    with shop.desk("sms_manager") as desk:
        audit = audit_by_key(desk, key)
        version = desk.session.get_one(EvidenceVersion, audit.report_version_id)
        item = desk.session.get_one(EvidenceItem, version.item_id)
        assert (item.artefact, version.uploaded_by) == ("aud_rep", shop.cast.ids["internal_auditor"])
        assert version.sha256 == audit.report_sha256
        assert desk.session.scalars(select(Review)).all() == []


def test_nothing_is_done_with_a_signed_audit(shop: Shop) -> None:
    key = shop.signed("8.6.2")

    with shop.desk("internal_auditor") as desk, pytest.raises(InvalidTransition, match="closed"):
        save_row(desk, key, "8.6.2-a", Entry(Conclusion.NOT_SAMPLED), row_version=2)
    with shop.desk("sms_manager") as desk, pytest.raises(InvalidTransition, match="closed"):
        cancel_audit(desk, key, reason="Not needed")


@pytest.mark.parametrize(
    "statement",
    [
        update(AuditRow).values(statement="changed"),
        update(Audit).values(conclusion="changed"),
        text("DELETE FROM audit_row"),
        text("UPDATE audit_date SET reason = 'moved'"),
        text("DELETE FROM audit_member"),
        text(
            "INSERT INTO audit_scope (audit_id, kind, key, process, recorded_at, recorded_by) "
            "SELECT id, 'site', 'Elsewhere', '', created_at, created_by FROM audit"
        ),
    ],
    ids=["row", "audit", "delete", "date", "team", "scope"],
)
def test_the_database_refuses_changes_to_a_signed_audit(shop: Shop, statement: object) -> None:
    shop.signed("8.6.2")

    with pytest.raises(DBAPIError, match="signed audit"), shop.desk("internal_auditor") as desk:
        desk.session.execute(statement)  # type: ignore[call-overload]


def test_readiness_reads_rows_once_the_audit_is_signed(shop: Shop) -> None:
    key = shop.running("8.6.2")
    shop.conclude(key)
    with shop.desk("viewer") as desk:
        before = load_audits(desk.session, desk.system.id)

    shop.close(key)

    with shop.desk("viewer") as desk:
        after = load_audits(desk.session, desk.system.id)
    assert [(a.signed_off_at, a.rows, a.planned_clauses) for a in before] == [(None, (), ("8.6.2",))]
    assert [(r.conclusion, r.clause, r.process) for r in after[0].rows] == [("conforms", "8.6.2", "service_request")]


def test_a_cancelled_audit_is_planned_for_no_day(shop: Shop) -> None:
    key = shop.plan("8.6.2")

    with shop.desk("sms_manager") as desk:
        cancel_audit(desk, key, reason="Merged with the next one")

    with shop.desk("viewer") as desk:
        assert load_audits(desk.session, desk.system.id)[0].planned_on[0].ended_at is not None


def test_a_lead_auditor_is_replaced_not_doubled(shop: Shop) -> None:
    key = shop.plan("8.6.2", kind=AuditKind.STAGE_2)
    with shop.desk("sms_manager") as desk:
        assign(desk, key, Assignment(TeamRole.LEAD, name="Lead auditor of the certification body"))
        assign(desk, key, Assignment(TeamRole.LEAD, shop.cast.ids["internal_auditor"]))

    with shop.desk("viewer") as desk:
        from itsmcomply.audits.operations.desk import team_of

        assert [m.user_id for m in team_of(desk, audit_by_key(desk, key))] == [shop.cast.ids["internal_auditor"]]


def test_an_empty_result_is_no_result() -> None:
    assert Result().conformity is None
    assert Report.__dataclass_fields__.keys() == {"stored", "file_name", "content"}


def test_a_timetable_moves_with_the_days_of_its_audit(shop: Shop) -> None:
    key = shop.plan("8.6.2")
    with shop.desk("sms_manager") as desk:
        for day in (DAY, DAY + timedelta(days=1)):
            add_slot(desk, key, Slot(day, "09:00", "10:00", "Interview"))
    first_on = DAY + timedelta(days=40)

    with shop.desk("sms_manager") as desk:
        change_plan(desk, key, replace(plan_of("8.6.2"), first_on=first_on, last_on=first_on), row_version=1)

    with shop.desk("viewer") as desk:
        lines = desk.session.scalars(select(AuditSession).where(AuditSession.ended_at.is_(None))).all()
        assert [(line.on_day, line.topic) for line in lines] == [(first_on, "Interview")] * 2


def test_notes_of_the_opening_meeting_are_written_and_put_right_until_the_end(shop: Shop) -> None:
    key = shop.running("8.6.2")
    noted = replace(RESULT, opening_people="SMS manager", opening_notes="The timetable was agreed.")

    for result in (noted, RESULT):
        with shop.desk("internal_auditor") as desk:
            state_result(desk, key, result, row_version=audit_by_key(desk, key).row_version)

    with shop.desk("viewer") as desk:
        audit = audit_by_key(desk, key)
        assert (audit.opening_people, audit.opening_notes) == ("SMS manager", "The timetable was agreed.")


def test_where_the_lead_is_somebody_outside_an_auditor_of_the_team_records_the_result(shop: Shop) -> None:
    key = shop.plan("8.6.2")
    with shop.desk("sms_manager") as desk:
        assign(desk, key, Assignment(TeamRole.LEAD, None, "Consultant"))
        assign(desk, key, Assignment(TeamRole.AUDITOR, shop.cast.ids["internal_auditor"]))
    with shop.desk("internal_auditor") as desk:
        begin_audit(desk, key)
    with shop.desk("sms_manager") as desk:
        member = next(one for one in team_of(desk, audit_by_key(desk, key)) if one.role is TeamRole.AUDITOR)
        release(desk, key, member.id, reason="Ill.")

    with shop.desk("internal_auditor") as desk, pytest.raises(NotPermitted, match="not an auditor of this audit"):
        state_result(desk, key, RESULT, row_version=audit_by_key(desk, key).row_version)
