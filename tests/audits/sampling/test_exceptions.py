"""An exception goes the way of the checklist: impartiality, a conclusion of the row, objective evidence by version."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from itsmcomply.audits.kinds import Conclusion
from itsmcomply.audits.models import AuditRow, RowEvidence, RowThread
from itsmcomply.audits.sampling.models import AuditPopulation, AuditSample
from itsmcomply.db import db, end_read
from itsmcomply.evidence.models import EvidenceVersion
from itsmcomply.findings.models import Finding, FindingEvidence
from itsmcomply.readiness.access import derivation_of
from itsmcomply.readiness.queries.view import open_view
from itsmcomply.readiness.results import Result, State
from tests.audits.sampling.conftest import ROW, Desk
from tests.audits.tickets.exports import SERVICENOW
from tests.evidence.filed import kinds_on_file
from tests.evidence.office import make_office

EXCEPTION = "/populations/1/exceptions/recurring_without_problem/0"
FINDING = {
    "requirement": ROW,
    "grade": "minor",
    "title": "Incidents recur",
    "statement": "Three incidents in a month and no problem.",
    "objective": "INC001, INC002, INC003",
}


def _row(requirement: str = ROW) -> AuditRow:
    return db.session.execute(select(AuditRow).where(AuditRow.requirement == requirement)).scalar_one()


def _evidence_of(finding: Finding) -> list[str | None]:
    query = select(EvidenceVersion.sha256).join(FindingEvidence, FindingEvidence.version_id == EvidenceVersion.id)
    return list(db.session.scalars(query.where(FindingEvidence.finding_id == finding.id)))


def test_a_finding_from_an_exception_concludes_its_row_and_rests_on_the_export(auditor: Desk) -> None:
    auditor.put(SERVICENOW.encode())

    page = auditor.get(EXCEPTION).text
    raised = auditor.post(EXCEPTION, **FINDING)

    assert "INC001, INC002, INC003" in page
    assert raised.status_code == 303
    assert "is concluded: nonconformity" in auditor.client.get(raised.location).text
    with auditor.shop.cast.app.app_context():
        row, finding = _row(), db.session.execute(select(Finding)).scalar_one()
        population = db.session.execute(select(AuditPopulation)).scalar_one()
        assert (row.conclusion, row.finding_key) == (Conclusion.NONCONFORMITY, finding.key)
        assert finding.audit_key == auditor.key
        assert _evidence_of(finding) == [population.sha256]


def test_an_exception_examined_is_a_thread_that_does_not_hold_and_the_export_is_filed_once(auditor: Desk) -> None:
    auditor.put(SERVICENOW.encode())

    answers = [auditor.post(f"{EXCEPTION}/examined", requirement=one) for one in (ROW, "8.6.1-a")]

    assert [one.status_code for one in answers] == [303, 303]
    with auditor.shop.cast.app.app_context():
        threads = db.session.scalars(select(RowThread)).all()
        bound = db.session.scalars(select(RowEvidence.version_id)).all()
    assert [one.steps.splitlines() for one in threads] == [["INC001", "INC002", "INC003"]] * 2
    assert not any(one.holds for one in threads)
    assert len(bound) == 2
    assert len(set(bound)) == 1
    assert kinds_on_file(auditor.shop.cast.app) == {("aud_work", "csv")}


def test_a_finding_from_a_record_that_failed_rests_on_the_working_paper(auditor: Desk) -> None:
    sample = auditor.sampled()
    auditor.post(f"{sample}/records/1", version=1, a1="yes", a2="no", note="Priority too low")

    page = auditor.get(f"{sample}/records/1/finding").text
    raised = auditor.post(f"{sample}/records/1/finding", **FINDING)

    assert "Priority follows from impact and urgency" in page
    assert raised.status_code == 303
    with auditor.shop.cast.app.app_context():
        kept, finding = db.session.execute(select(AuditSample)).scalar_one(), db.session.scalars(select(Finding)).one()
        assert _evidence_of(finding) == [kept.paper_sha256]
        assert _row().conclusion is Conclusion.NONCONFORMITY


def test_a_paper_filed_before_the_answer_is_filed_again_as_the_next_version(auditor: Desk) -> None:
    sample = auditor.sampled()
    auditor.post(f"{sample}/paper")
    auditor.shop.later(minutes=1)
    auditor.post(f"{sample}/records/1", version=1, a1="no", note="")

    stale = auditor.get(sample).text
    auditor.shop.later(minutes=1)
    raised = auditor.post(f"{sample}/records/1/finding", **FINDING)

    assert "Answers were given since." in stale
    assert raised.status_code == 303
    with auditor.shop.cast.app.app_context():
        versions = db.session.execute(select(EvidenceVersion.item_id, EvidenceVersion.number)).all()
    assert len({item for item, _ in versions}) == 1
    assert [number for _, number in versions] == [1, 2]


def test_an_accepted_paper_or_export_is_on_file_and_raises_no_result(auditor: Desk) -> None:
    cast = auditor.shop.cast
    auditor.post(f"{auditor.sampled()}/paper")
    auditor.post(f"{EXCEPTION}/examined", requirement=ROW)
    auditor.shop.later(minutes=1)
    before = _result(auditor)

    office = make_office(cast, cast.app.extensions["itsmcomply.settings"].store_dir)
    with cast.app.app_context():
        filed = db.session.scalars(select(EvidenceVersion)).all()
    for version in filed:
        office.accept(version)

    after = _result(auditor)
    assert kinds_on_file(cast.app) == {("aud_work", "xlsx"), ("aud_work", "csv")}
    assert after.artefacts["aud_work"].outcome.state is State.CURRENT
    assert (after.requirements, after.clauses, after.gates) == (before.requirements, before.clauses, before.gates)
    assert (after.processes, after.coverage, after.status) == (before.processes, before.coverage, before.status)


def _result(auditor: Desk) -> Result:
    cast = auditor.shop.cast
    with cast.app.app_context():
        day = cast.clock.now().date()
        snapshot = derivation_of(cast.app).snapshot(db.session(), cast.system_id, day)
        found = open_view(db.session(), snapshot, day).result
        end_read()
        return found


@pytest.mark.parametrize("path", ["/samples/1/records/1/finding", "/samples/1/records/9/finding"])
def test_nothing_is_raised_from_a_record_that_did_not_fail(auditor: Desk, path: str) -> None:
    auditor.sampled()

    assert auditor.get(path).status_code == 404
    assert auditor.post(path, **FINDING).status_code == 404


@pytest.mark.parametrize("changed", [{"title": ""}, {"requirement": "9.2.1-a"}, {"grade": "catastrophe"}])
def test_a_finding_that_is_not_stated_is_shown_again_as_typed(auditor: Desk, changed: dict[str, str]) -> None:
    auditor.put(SERVICENOW.encode())

    answer = auditor.post(EXCEPTION, **(FINDING | changed))

    assert answer.status_code == 422
    assert "Three incidents in a month and no problem." in answer.text
    with auditor.shop.cast.app.app_context():
        assert db.session.scalars(select(Finding)).all() == []
        assert _row().conclusion is None


@pytest.mark.parametrize("path", ["nothing/0", "recurring_without_problem/7"])
def test_an_exception_that_is_not_there_is_404(auditor: Desk, path: str) -> None:
    auditor.put(SERVICENOW.encode())

    assert auditor.get(f"/populations/1/exceptions/{path}").status_code == 404


def test_the_row_shows_the_sample_and_its_error_rate_and_the_sample_leads_back(auditor: Desk) -> None:
    sample = auditor.sampled()
    auditor.post(f"{sample}/records/1", version=1, a1="no", note="")

    row, page = auditor.get(f"/rows/{ROW}").text, auditor.get(sample).text

    assert "2 of 3 records of POP-01" in row
    assert "seed 42" in row
    assert "1 of 1 with an error, 100.0 %" in row
    assert "1 record untested" in row
    assert f"/rows/{ROW}" in page
