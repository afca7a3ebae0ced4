"""Decisions bound to bytes, four eyes, questions, links, blocked bytes."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from itsmcomply.db import db
from itsmcomply.errors import Conflict, InvalidInput, InvalidTransition, NotFound, NotPermitted
from itsmcomply.evidence.kinds import Decision, RejectionKind, Standing
from itsmcomply.evidence.models import Blob, EvidenceLink, EvidenceVersion, RegisterLine, Review
from itsmcomply.evidence.operations import (
    answer_question,
    ask_question,
    block_blob,
    decide,
    decide_link,
    end_link,
    link_to_requirement,
    receive_bytes,
    withdraw_version,
)
from itsmcomply.evidence.rules import Verdict
from tests.evidence.office import DOCUMENT, Office


def accept(version: EvidenceVersion) -> Verdict:
    return Verdict(Decision.ACCEPTED, None, "", version.sha256)


def reject(version: EvidenceVersion) -> Verdict:
    return Verdict(Decision.REJECTED, RejectionKind.NOT_APPROVED, "Have it approved.", version.sha256)


def standing(office: Office, version: EvidenceVersion) -> Standing:
    with office.cast.app.app_context():
        return db.session().get_one(RegisterLine, version.item_id).standing


def reviews(office: Office) -> int:
    with office.cast.app.app_context():
        return db.session().scalar(select(func.count()).select_from(Review)) or 0


def test_an_accepted_version_counts_and_a_rejected_one_does_not(office: Office) -> None:
    accepted, rejected = office.file(), office.file(content=b"other")

    office.accept(accepted)
    office.reject(rejected)

    assert standing(office, accepted) is Standing.COUNTING
    assert standing(office, rejected) is Standing.REJECTED


def test_a_review_keeps_what_was_seen(office: Office) -> None:
    version = office.file()

    with office.desk("reviewer") as desk:
        review = decide(desk, version_id=version.id, verdict=reject(version), opened=True)

    assert (review.sha256, review.bytes_opened) == (version.sha256, True)
    assert (review.rejection, review.reason) == (RejectionKind.NOT_APPROVED, "Have it approved.")


@pytest.mark.parametrize("role", ["sms_manager"])
def test_nobody_decides_on_their_own_upload_whatever_their_role(office: Office, role: str) -> None:
    version = office.file(by=role)

    with office.desk(role) as desk, pytest.raises(NotPermitted, match="someone else reviews it"):
        decide(desk, version_id=version.id, verdict=accept(version), opened=True)

    assert reviews(office) == 0


@pytest.mark.parametrize("role", ["process_owner", "viewer", "internal_auditor", "external_auditor", "outsider"])
def test_others_do_not_review(office: Office, role: str) -> None:
    version = office.file(by="other_owner")

    with office.desk(role) as desk, pytest.raises(NotPermitted):
        decide(desk, version_id=version.id, verdict=accept(version), opened=True)


def test_a_decision_on_other_bytes_than_shown_is_a_conflict(office: Office) -> None:
    version = office.file()
    stale = Verdict(Decision.ACCEPTED, None, "", "f" * 64)

    with office.desk("reviewer") as desk, pytest.raises(Conflict):
        decide(desk, version_id=version.id, verdict=stale, opened=True)

    assert reviews(office) == 0


def test_a_decision_after_somebody_elses_unseen_one_is_a_conflict(office: Office) -> None:
    version = office.file()
    office.reject(version)

    with office.desk("sms_manager") as desk, pytest.raises(Conflict) as refused:
        decide(desk, version_id=version.id, verdict=accept(version), opened=True)

    assert refused.value.theirs == {"decision": "rejected", "reason": "State the count."}
    assert standing(office, version) is Standing.REJECTED


def test_a_second_decision_replaces_the_first_and_both_stay(office: Office) -> None:
    version = office.file()
    office.reject(version)
    office.cast.clock.advance(timedelta(minutes=1))

    office.accept(version)

    assert reviews(office) == 2
    assert standing(office, version) is Standing.COUNTING


def test_the_same_decision_twice_changes_nothing(office: Office) -> None:
    version = office.file()
    office.accept(version)

    with pytest.raises(InvalidTransition, match="already been accepted"):
        office.accept(version)

    assert reviews(office) == 1


def test_a_withdrawn_version_is_not_decided_on(office: Office) -> None:
    version = office.file()
    with office.desk() as desk:
        withdraw_version(desk, version_id=version.id, reason="Mistake.")

    with pytest.raises(InvalidTransition, match="withdrawn"):
        office.accept(version)


def test_a_rejection_says_what_to_do(office: Office) -> None:
    version = office.file()
    bare = Verdict(Decision.REJECTED, None, "", version.sha256)

    with office.desk("reviewer") as desk, pytest.raises(InvalidInput) as refused:
        decide(desk, version_id=version.id, verdict=bare, opened=True)

    assert set(refused.value.errors) == {"kind", "reason"}


def test_a_question_is_asked_without_deciding_and_answered_once(office: Office) -> None:
    version = office.file()
    with office.desk("reviewer") as desk:
        question = ask_question(desk, version_id=version.id, text="Where is the approval?")

    with office.desk() as desk:
        answered = answer_question(desk, question_id=question.id, text="On page 2.")

    assert answered.answer == "On page 2."
    assert standing(office, version) is Standing.IN_REVIEW
    with office.desk() as desk, pytest.raises(InvalidTransition):
        answer_question(desk, question_id=question.id, text="Again.")


def test_only_who_answers_for_the_item_answers_the_question(office: Office) -> None:
    version = office.file()
    with office.desk("reviewer") as desk:
        question = ask_question(desk, version_id=version.id, text="Where?")

    with office.desk("other_owner") as desk, pytest.raises(NotPermitted):
        answer_question(desk, question_id=question.id, text="Here.")
    with office.desk() as desk, pytest.raises(NotFound):
        answer_question(desk, question_id=999, text="Here.")
    with office.desk() as desk, pytest.raises(InvalidInput):
        answer_question(desk, question_id=question.id, text="  ")


def requirement_for(office: Office, artefact: str) -> str:
    return next(
        r.id for r in office.catalogue.requirements.values() if artefact in {e.artefact for e in r.expectations}
    )


def linked(office: Office, version: EvidenceVersion, *, by: str = "process_owner") -> EvidenceLink:
    with office.desk(by) as desk:
        requirement = requirement_for(office, "inc_prio")
        return link_to_requirement(desk, item_id=version.item_id, requirement=requirement, artefact="inc_prio")


def test_a_link_waits_for_its_own_review(office: Office) -> None:
    link = linked(office, office.file())

    with office.desk("reviewer") as desk:
        review = decide_link(desk, link_id=link.id, decision=Decision.ACCEPTED)

    assert review.decision is Decision.ACCEPTED


def test_neither_linker_nor_uploader_decides_on_a_link(office: Office) -> None:
    by_linker = linked(office, office.file(), by="sms_manager")
    by_uploader = linked(office, office.file(by="sms_manager", content=b"2"))

    for link in (by_linker, by_uploader):
        with office.desk("sms_manager") as desk, pytest.raises(NotPermitted):
            decide_link(desk, link_id=link.id, decision=Decision.ACCEPTED)


def test_a_link_stands_for_something_the_requirement_expects(office: Office) -> None:
    version = office.file()
    requirement = requirement_for(office, "inc_prio")
    with office.desk() as desk:
        for target, artefact in ((requirement, "budget_alloc"), ("0.0.0-z", "inc_prio"), (requirement, DOCUMENT)):
            with pytest.raises(InvalidInput):
                link_to_requirement(desk, item_id=version.item_id, requirement=target, artefact=artefact)


def test_the_same_link_is_made_once(office: Office) -> None:
    version = office.file()
    linked(office, version)

    with pytest.raises(InvalidInput, match="linked there already"):
        linked(office, version)


def test_an_ended_link_stays_on_record_and_is_not_decided_on(office: Office) -> None:
    link = linked(office, office.file())
    with office.desk() as desk:
        ended = end_link(desk, link_id=link.id, reason="Own evidence now.")
    assert ended.ended_at is not None

    with office.desk() as desk, pytest.raises(InvalidTransition):
        end_link(desk, link_id=link.id, reason="Again.")
    with office.desk("reviewer") as desk, pytest.raises(InvalidTransition):
        decide_link(desk, link_id=link.id, decision=Decision.ACCEPTED)


def test_a_link_is_rejected_with_a_sentence_and_an_unknown_one_not_found(office: Office) -> None:
    link = linked(office, office.file())

    with office.desk("reviewer") as desk:
        with pytest.raises(InvalidInput):
            decide_link(desk, link_id=link.id, decision=Decision.REJECTED)
        with pytest.raises(NotFound):
            decide_link(desk, link_id=999, decision=Decision.ACCEPTED)


def test_blocking_withdraws_every_version_of_the_bytes_and_refuses_them_again(office: Office) -> None:
    first, second = office.file(), office.file(name="copy.pdf")
    office.accept(first)

    with office.desk("sms_manager") as desk:
        block_blob(desk, sha256=first.sha256 or "", reason="Names of patients.")

    assert standing(office, first) is Standing.WITHDRAWN
    assert standing(office, second) is Standing.WITHDRAWN
    with pytest.raises(InvalidInput, match="blocked on 24 Nov 2026"):
        office.file(name="again.pdf")


def test_only_the_sms_manager_blocks_and_only_what_is_held_here(office: Office) -> None:
    version = office.file()

    with office.desk() as desk, pytest.raises(NotPermitted):
        block_blob(desk, sha256=version.sha256 or "", reason="x")
    with office.desk("sms_manager") as desk:
        with pytest.raises(NotFound):
            block_blob(desk, sha256="0" * 64, reason="x")
        with pytest.raises(InvalidInput):
            block_blob(desk, sha256=version.sha256 or "", reason="")


def test_blocking_twice_is_refused(office: Office) -> None:
    version = office.file()
    with office.desk("sms_manager") as desk:
        block_blob(desk, sha256=version.sha256 or "", reason="x")

    with office.desk("sms_manager") as desk, pytest.raises(InvalidTransition):
        block_blob(desk, sha256=version.sha256 or "", reason="x")


def test_one_blob_row_serves_all_uploads_of_the_same_bytes(office: Office) -> None:
    office.file()
    with office.desk() as desk:
        stored = office.store.put(io.BytesIO(b"%PDF-1.7 procedure"), limit=100, name="x")
        receive_bytes(desk, stored=stored, file_name="x", detected_type="pdf")
        count = desk.session.scalar(select(func.count()).select_from(Blob))

    assert count == 1
