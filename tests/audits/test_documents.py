from __future__ import annotations

import io
from dataclasses import replace

import docx
import pytest
from sqlalchemy import select

from itsmcomply.audits.kinds import AuditKind, TeamRole
from itsmcomply.audits.operations import (
    Assignment,
    ProgrammeData,
    Report,
    approve_programme,
    assign,
    begin_audit,
    create_programme,
    examine,
    plan_audit,
    programme_content,
)
from itsmcomply.audits.operations.desk import programme_by_key
from itsmcomply.errors import InvalidTransition, NotPermitted
from itsmcomply.evidence.models import EvidenceItem
from itsmcomply.readiness.inputs.audits import load_programmes
from itsmcomply.web.resources import resources_of
from tests.audits.shop import DAY, RESULT, Shop, plan_of
from tests.cast import csrf

DATA = ProgrammeData("Internal audits 2027", DAY, DAY.replace(year=2027), objectives="Everything once.")
CONTENTS = (
    "Audit conclusion",
    "Particulars",
    "Timetable",
    "Findings",
    "Objectives of the audit",
    "Good practice",
    "Parts of the scope not covered",
    "Course of the audit and obstacles",
    "Differences of opinion not resolved",
    "Agreed follow-up",
    "Opening meeting",
    "Closing meeting",
    "Distribution",
    "Requirement by requirement",
    "Evidence examined",
)


def _words(data: bytes) -> list[str]:
    found = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return [p.text for p in found.paragraphs] + cells


def test_the_report_holds_all_that_iso_19011_lists(shop: Shop) -> None:
    key = shop.running("8.6.2")
    shop.conclude(key)

    words = _words(shop.cast.client("internal_auditor").get(shop.cast.url(f"/audits/{key}/report.docx")).data)

    assert set(CONTENTS) <= set(words)
    for fact in ("Objectives", "Scope", "Audit criteria", "Audit client", "Audit team", "Auditees", "Days", "Places"):
        assert fact in words
    assert any("Auditing is sampling" in text for text in words)
    assert "Draft, not signed off." in words


def test_the_report_names_each_examined_version_once_with_its_digest(shop: Shop) -> None:
    filed = shop.file("process_owner", "sr_rec")
    key = shop.running("8.6.2")
    version, sha256 = filed.version.id, str(filed.version.sha256)
    for requirement in ("8.6.2-a", "8.6.2-b"):
        with shop.desk("internal_auditor") as desk:
            examine(desk, key, requirement, [version])

    words = _words(shop.cast.client("internal_auditor").get(shop.cast.url(f"/audits/{key}/report.docx")).data)

    assert words.count(sha256) == 1
    assert words.count("EV-0001 version 1") == 3  # beside both requirements, and in the list


def test_the_programme_names_the_clauses_no_audit_holds(shop: Shop) -> None:
    with shop.desk("internal_auditor") as desk:
        programme = create_programme(desk, DATA)
        plan_audit(desk, plan_of("8.6.1", "8.6.2"), programme=programme)

    words = _words(shop.cast.client("viewer").get(shop.cast.url("/audits/programme/AP-01/programme.docx")).data)

    told = next(text for text in words if text.startswith("In the scope of none of these audits"))
    assert "8.6.3" in told
    assert "8.6.1" not in told


def test_a_working_note_is_never_in_the_report(shop: Shop) -> None:
    key = shop.running("8.6.2")
    client = shop.cast.client("internal_auditor")
    page = shop.cast.url(f"/audits/{key}/rows/8.6.2-a")
    data = {"row_version": "1", "note": "ask again on Friday", "csrf_token": csrf(client, page)}
    client.post(page, data=data)

    words = _words(client.get(shop.cast.url(f"/audits/{key}/report.docx")).data)

    assert not any("Friday" in text for text in words)


def test_the_plan_asks_the_questions_of_its_clauses(shop: Shop) -> None:
    key = shop.plan("8.6.1")

    words = _words(shop.cast.client("viewer").get(shop.cast.url(f"/audits/{key}/plan.docx")).data)

    assert "What makes an incident major, and who declares it?" in words


def _programme(shop: Shop, who: str = "internal_auditor") -> str:
    with shop.desk(who) as desk:
        return create_programme(desk, DATA).key


def _approve(shop: Shop, key: str, who: str = "sms_manager") -> str:
    stored = resources_of(shop.cast.app).store.put(io.BytesIO(b"programme"), limit=100, name="p.docx")
    with shop.desk(who) as desk:
        digest = programme_content(desk.session, programme_by_key(desk, key))
        return approve_programme(desk, key, Report(stored, "p.docx", digest)).item.key


def test_whoever_set_a_programme_up_does_not_approve_it(shop: Shop) -> None:
    key = _programme(shop, "sms_manager")

    with pytest.raises(NotPermitted, match="somebody else approves it"):
        _approve(shop, key)


def test_an_empty_programme_is_not_approved(shop: Shop) -> None:
    with pytest.raises(InvalidTransition, match="at least one audit"):
        _approve(shop, _programme(shop))


def test_an_approved_programme_is_filed_and_read_by_readiness(shop: Shop) -> None:
    key = _programme(shop)
    with shop.desk("sms_manager") as desk:
        plan_audit(desk, plan_of("8.6.2"), programme=programme_by_key(desk, key))

    _approve(shop, key)
    shop.later(minutes=5)
    _approve(shop, key)

    with shop.desk("viewer") as desk:
        assert {i.artefact for i in desk.session.scalars(select(EvidenceItem))} == {"aud_prog"}
        found = load_programmes(desk.session, desk.system.id)
    assert [(one.value, one.ended_at is None) for one in found] == [(key, False), (key, True)]


def test_the_suggested_plan_is_planned_with_its_teams(shop: Shop) -> None:
    key = _programme(shop)
    client = shop.cast.client("sms_manager")
    page = shop.cast.url("/audits/programme?view=suggested")
    titles = [c.name for c in resources_of(shop.cast.app).catalogue.groups.values()]
    data = {"keep": titles, "start": DAY.isoformat(), "csrf_token": csrf(client, page)}

    client.post(shop.cast.url(f"/audits/programme/{key}/plan"), data=data)

    text = client.get(shop.cast.url("/audits/programme")).text
    assert "Every clause is audited in time or planned" in text
    assert client.get(shop.cast.url("/audits")).text.count("Internal auditor") >= len(titles)


def test_the_record_of_a_closed_audit_by_the_certification_body_is_no_draft(shop: Shop) -> None:
    key = shop.plan("8.6.2", kind=AuditKind.STAGE_1)
    with shop.desk("sms_manager") as desk:
        assign(desk, key, Assignment(TeamRole.LEAD, None, "Lead auditor of the certification body"))
    with shop.desk("internal_auditor") as desk:
        begin_audit(desk, key)
    shop.close(key, replace(RESULT, uncovered=""))

    answer = shop.cast.client("viewer").get(shop.cast.url(f"/audits/{key}/report.docx"))

    assert f"{key}-audit-report.docx" in answer.headers["Content-Disposition"]
    assert not any("Draft" in words for words in _words(answer.data))
