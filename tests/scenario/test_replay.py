"""The workbench sections loaded: the records a page would have made, with their moments, documents and refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from docx import Document
from flask import Flask
from sqlalchemy import select

from itsmcomply.activity.models import ActivityEntry
from itsmcomply.activity.verification import verify_chain
from itsmcomply.audits.kinds import State as AuditState
from itsmcomply.audits.models import Audit, AuditMember, AuditorCompetence, ProgrammeApproval, RowEvidence
from itsmcomply.audits.queries.audits import audit_view
from itsmcomply.clock import FixedClock
from itsmcomply.db import db, transaction
from itsmcomply.demo.loading import load_into
from itsmcomply.evidence.kinds import Decision
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion, Review
from itsmcomply.findings.dossiers import load_dossiers
from itsmcomply.findings.rules import State, state_of
from itsmcomply.performance.kinds import State as ReviewState
from itsmcomply.performance.models import ManagementReview, ReviewActionStep, ReviewInput
from itsmcomply.scenario.model import Scenario
from itsmcomply.scenario.operations import StepRefused, portions
from itsmcomply.scenario.workbench import model
from itsmcomply.systems.models import InstallationMode
from itsmcomply.systems.operations import mark_installation
from itsmcomply.systems.queries import system_by_slug
from itsmcomply.web.resources import resources_of
from tests.scenario.conftest import LOADED_AT
from tests.scenario.story import AUDITOR, STORY, changed

Read = Callable[..., Scenario]
OWNS = "role: process_owner, processes: [incident]"


@pytest.fixture
def office(app: Flask, clock: FixedClock) -> Iterator[Flask]:
    """A trial installation whose trail begins before the history."""
    clock.move_to(datetime(2024, 1, 1, tzinfo=UTC))
    with app.app_context():
        with transaction() as session:
            mark_installation(session, clock, mode=InstallationMode.TRIAL)
        yield app


@pytest.fixture
def loaded(office: Flask, read: Read) -> Flask:
    load_into(office, read(STORY))
    return office


def system_id() -> int:
    system = system_by_slug(db.session(), "small")
    assert system is not None
    return system.id


def audits() -> dict[str, Audit]:
    return {one.title: one for one in db.session().scalars(select(Audit))}


def test_audits_stand_where_the_file_leaves_them(loaded: Flask) -> None:
    found = audits()

    assert {title: one.state for title, one in found.items()} == {
        "Incidents": AuditState.SIGNED_OFF,
        "Problems": AuditState.RUNNING,
        "Later": AuditState.PLANNED,
        "Never": AuditState.CANCELLED,
        "Stage 1": AuditState.SIGNED_OFF,
    }
    assert found["Stage 1"].report_version_id is None


def test_the_checklist_holds_conclusions_examined_versions_and_findings(loaded: Flask) -> None:
    view = audit_view(db.session(), system_id(), audits()["Incidents"].key)

    assert view.tally.concluded == view.tally.rows == 9
    assert view.by_requirement["8.6.1-b"].finding_key.startswith("NC-2026-")
    assert len(view.by_requirement["8.6.1-c"].points.splitlines()) == 3
    assert len(view.timetable) == 1
    examined = list(db.session().scalars(select(RowEvidence.title).order_by(RowEvidence.id)))
    assert {"Priorities", "Major incident procedure"} == set(examined)


def test_findings_stand_where_their_steps_lead(loaded: Flask) -> None:
    found = load_dossiers(db.session(), resources_of(loaded).catalogue, system_id())

    assert {one.finding.title: state_of(one.case) for one in found} == {
        "Priority by habit": State.CLOSED,
        "Priority once more": State.RAISED,
        "Named": State.NOTED,
        "Scope": State.CLOSED,
    }
    assert all(one.finding.audit_key for one in found if one.finding.title != "Priority once more")


def test_reviews_stand_where_the_file_leaves_them(loaded: Flask) -> None:
    states = [one.state for one in db.session().scalars(select(ManagementReview).order_by(ManagementReview.id))]
    inputs = db.session().scalars(select(ReviewInput).where(ReviewInput.addition == "Two new ones.")).all()
    (followed,) = db.session().scalars(select(ReviewActionStep))

    assert states == [ReviewState.SIGNED, ReviewState.PLANNED, ReviewState.CANCELLED]
    assert [one.consideration for one in inputs] == [None]
    assert followed.due_on == date(2026, 12, 3)


def test_signed_documents_are_filed_with_their_bytes_and_reviewed(loaded: Flask) -> None:
    query = (
        select(EvidenceItem.artefact, EvidenceVersion.sha256, Review.decision)
        .join(EvidenceVersion, EvidenceVersion.item_id == EvidenceItem.id)
        .join(Review, Review.version_id == EvidenceVersion.id)
        .where(EvidenceItem.artefact.in_(["aud_prog", "aud_rep", "mr_min"]))
        .order_by(EvidenceItem.artefact)
    )
    found = db.session().execute(query).all()

    assert [(artefact, decision) for artefact, _, decision in found] == [
        ("aud_prog", Decision.ACCEPTED),
        ("aud_rep", Decision.ACCEPTED),
        ("mr_min", Decision.ACCEPTED),
    ]
    words = [texts(loaded, sha256 or "") for _, sha256, _ in found]
    assert all(
        wanted in text for wanted, text in zip(("First cycle", "Works.", "Show priorities."), words, strict=True)
    )


def texts(app: Flask, sha256: str) -> str:
    document = Document(BytesIO(b"".join(resources_of(app).store.chunks(sha256))))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_day_of_a_document_is_that_of_its_signature(loaded: Flask) -> None:
    signed = audits()["Incidents"]

    assert signed.signed_off_at is not None
    assert signed.report_sha256 is not None
    text = f"Signed off by Internal auditor on {signed.signed_off_at.day} "
    assert text in texts(loaded, signed.report_sha256)


def test_competence_and_approval_are_recorded(loaded: Flask) -> None:
    (competence,) = db.session().scalars(select(AuditorCompetence))
    (approval,) = db.session().scalars(select(ProgrammeApproval))
    roles = sorted(one.role.value for one in db.session().scalars(select(AuditMember)))

    assert competence.text == "Course of five days"
    assert approval.note == "Approved on 28 August 2026."
    assert roles == ["lead", "lead", "lead", "observer"]


def test_every_entry_of_the_trail_has_the_moment_of_its_step_and_verifies(loaded: Flask, read: Read) -> None:
    moments = {step.moment for step in read(STORY).steps}
    entries = list(db.session().scalars(select(ActivityEntry).where(ActivityEntry.system_id == system_id())))

    assert {entry.at for entry in entries} <= moments
    assert {"audit.signed_off", "finding.closed", "management_review.signed"} <= {entry.action for entry in entries}
    assert verify_chain(db.session()).problems == []


def test_a_signature_begins_a_portion_and_every_step_is_taken_once(read: Read) -> None:
    steps = read(STORY).steps

    made = list(portions(steps))

    assert [step for portion in made for step in portion] == list(steps)
    assert not [step for portion in made for step in portion[1:] if isinstance(step, model.Prepared)]
    assert max(len(portion) for portion in made) <= 100


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (
            "role: process_owner, processes: [incident]}",
            f"role: process_owner, processes: [incident]}}\n      - {{person: {AUDITOR}, {OWNS}}}",
            "AssignMember of auditor@demo.example.org .*incidents.* owns the process",
        ),
        (
            "approved: {on",
            "approved: {by: auditor@demo.example.org, on",
            "ApproveProgramme .*You set this programme up",
        ),
        (
            "distribution: Manager}\n        signed: {on: last+5d",
            "distribution: ' '}\n        signed: {on: last+5d",
            "SignAudit .*who receives the report",
        ),
        (
            "{rows: [8.6.1-i], conclusion: not_triggered",
            "{rows: [8.6.1-i], conclusion: not_sampled",
            "SignAudit .*not covered",
        ),
        ("effect_days: 10", "effect_days: 60", "VerifyEffect .*priority.*can be verified from"),
        (
            "verified: {on: today-30d, statement",
            "verified: {on: today-30d, by: owner@demo.example.org, statement",
            "VerifyEffect of owner.*Auditors and the SMS manager decide",
        ),
        (
            "        verified: {on: today-30d, statement: Ten of ten., evidence: [matrix/2]}\n",
            "",
            "CloseFinding .*priority.*The effect is verified next",
        ),
        ("whys: [Habit., The rule is not seen.]", "whys: [Habit.]", "StateCause .*at least twice"),
        (
            "{name: Director, role: Director, top_management: true}",
            "{name: Director, role: Director}",
            "SignReview .*Nobody of top management",
        ),
        ("        others: considered\n", "", "SignReview .*neither considered nor passed over"),
        ("day: today+60d", "day: today-60d", "PlanReview .*next.*This day has passed"),
    ],
)
def test_what_a_page_refuses_is_refused_with_the_entry_named(
    office: Flask, read: Read, old: str, new: str, wanted: str
) -> None:
    scenario = read(changed(old, new))

    with pytest.raises(StepRefused, match=wanted):
        load_into(office, scenario)

    assert scenario.loaded_at == LOADED_AT
