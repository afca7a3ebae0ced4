"""Filing evidence: items, versions, confirmation, withdrawal, refiling, changes; each with its trail entry."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from itsmcomply.activity.models import ActivityEntry
from itsmcomply.clauses.model import SubjectKind
from itsmcomply.db import db
from itsmcomply.errors import Conflict, InvalidInput, InvalidTransition, NotFound, NotPermitted
from itsmcomply.evidence.filing import Filing
from itsmcomply.evidence.kinds import Confidentiality, Standing, VersionKind
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion, RegisterLine, VersionSubject
from itsmcomply.evidence.operations import (
    add_version,
    change_item,
    confirm_unchanged,
    file_evidence,
    receive_bytes,
    refile,
    waiting_upload,
    withdraw_version,
)
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.systems.operations import add_subject, create_system
from tests.evidence.office import DOCUMENT, Office, document, month

TODAY = date(2026, 11, 24)


def line(office: Office, item_id: int) -> RegisterLine:
    with office.cast.app.app_context():
        return db.session().get_one(RegisterLine, item_id)


def item(office: Office, item_id: int) -> EvidenceItem:
    with office.cast.app.app_context():
        return db.session().get_one(EvidenceItem, item_id)


def entries(office: Office) -> int:
    with office.cast.app.app_context():
        return db.session().scalar(select(func.count()).select_from(ActivityEntry)) or 0


def last_entry(office: Office) -> dict[str, object]:
    with office.cast.app.app_context():
        text = db.session().scalar(select(ActivityEntry.line).order_by(ActivityEntry.seq.desc()).limit(1))
    found: dict[str, object] = json.loads(text or "{}")
    return found


def test_filing_makes_a_numbered_item_that_waits_for_review(office: Office) -> None:
    version = office.file()

    filed = item(office, version.item_id)
    assert (filed.key, filed.artefact, filed.title) == ("EV-0001", DOCUMENT, "Incident procedure")
    assert (version.number, version.file_name, version.effective_on) == (1, "procedure.pdf", date(2026, 11, 2))
    assert line(office, filed.id).standing is Standing.IN_REVIEW


def test_numbers_go_on_and_are_never_reused(office: Office) -> None:
    keys = [item(office, office.file(content=bytes([n])).item_id).key for n in range(3)]

    assert keys == ["EV-0001", "EV-0002", "EV-0003"]


def test_receiving_and_filing_leave_one_trail_entry_each(office: Office) -> None:
    before = entries(office)

    office.file()

    entry = last_entry(office)
    assert entries(office) == before + 2
    assert entry["action"] == "evidence.filed"
    assert entry["record"] == {"kind": "evidence", "key": "EV-0001", "system": office.cast.system_id}
    assert item(office, 1).touched_seq == entry["seq"]


def test_a_refused_filing_leaves_nothing(office: Office) -> None:
    before = entries(office)

    with pytest.raises(InvalidInput) as refused:
        office.file(filing=document(title=""))

    assert set(refused.value.errors) == {"title"}
    assert entries(office) == before


def test_a_viewer_and_an_outsider_file_nothing(office: Office) -> None:
    for role in ("viewer", "outsider", "external_auditor", "reviewer"):
        with pytest.raises(NotPermitted):
            office.file(by=role)


def test_a_token_serves_its_own_person_and_system_once(office: Office) -> None:
    with office.desk() as desk:
        stored = office.store.put(io.BytesIO(b"x"), limit=10**6, name="x")
        received = receive_bytes(desk, stored=stored, file_name="x", detected_type="text")
    with office.desk("other_owner") as desk, pytest.raises(NotFound):
        waiting_upload(desk, received.token)
    with office.desk() as desk:
        upload = waiting_upload(desk, received.token)
        file_evidence(desk, artefact=DOCUMENT, filing=document(), upload=upload)

    with office.desk() as desk, pytest.raises(InvalidTransition, match="filed already"):
        waiting_upload(desk, received.token)


def test_a_file_without_bytes_is_refused(office: Office) -> None:
    with office.desk() as desk, pytest.raises(InvalidInput) as refused:
        file_evidence(desk, artefact=DOCUMENT, filing=replace(document(), sha256="0" * 64, file_name="x"))

    assert set(refused.value.errors) == {"file"}


def test_an_unknown_artefact_is_not_found(office: Office) -> None:
    with pytest.raises(NotFound):
        office.file("no_such")


def test_a_link_is_kept_with_the_day_it_was_seen(office: Office) -> None:
    filing = Filing(VersionKind.LINK, "Wiki", TODAY, text="https://wiki.example/incident", document_version="7")

    with office.desk() as desk:
        version = file_evidence(desk, artefact=DOCUMENT, filing=filing).version

    assert (version.url, version.url_version, version.seen_on) == ("https://wiki.example/incident", "7", TODAY)
    assert version.sha256 is None


def test_a_nil_statement_is_named_when_a_record_contradicts_it(office: Office) -> None:
    nil = Filing(
        VersionKind.NIL, "No major incident", None, date(2026, 7, 1), date(2026, 9, 30), text="None was declared."
    )
    with office.desk() as desk:
        file_evidence(desk, artefact="mi_rep", filing=nil)
        upload = office.upload(desk)

        inside = replace(document("Major incident"), effective_on=date(2026, 8, 3))
        filed = file_evidence(desk, artefact="mi_rep", filing=inside, upload=upload)

    assert filed.contradicts == ("EV-0001 version 1",)
    assert line(office, 1).standing is Standing.IN_REVIEW


def test_subjects_that_a_version_names_are_kept(office: Office) -> None:
    with office.desk("sms_manager") as desk:
        party = add_subject(
            desk.session,
            desk.actor,
            office.cast.clock,
            system=desk.system,
            kind=SubjectKind.EXTERNAL_SUPPLIER,
            name="Hosting company",
            from_on=date(2026, 1, 1),
        )
        desk.session.flush()
        named = replace(document("Contract"), subjects=frozenset({party.id}))
        version = file_evidence(desk, artefact="contract", filing=named, upload=office.upload(desk)).version
        kept = desk.session.scalars(select(VersionSubject.subject_id)).all()

    assert kept == [party.id]
    assert not version.covers_all_subjects


def test_a_subject_of_another_list_is_refused(office: Office) -> None:
    named = replace(document("Contract"), subjects=frozenset({99}))

    with pytest.raises(InvalidInput) as refused:
        office.file("contract", by="sms_manager", filing=named)

    assert set(refused.value.errors) == {"subjects"}


def test_an_owner_is_a_member(office: Office) -> None:
    with office.desk() as desk:
        mine = file_evidence(
            desk,
            artefact=DOCUMENT,
            filing=document(),
            upload=office.upload(desk),
            owner_id=office.cast.ids["other_owner"],
        )
        assert mine.item.owner_id == office.cast.ids["other_owner"]
        with pytest.raises(InvalidInput):
            file_evidence(
                desk,
                artefact=DOCUMENT,
                filing=document(),
                upload=office.upload(desk),
                owner_id=office.cast.ids["outsider"],
            )


def test_a_new_version_waits_while_the_old_one_counts(office: Office) -> None:
    first = office.file()
    office.accept(first)

    with office.desk() as desk:
        upload = office.upload(desk, b"second", "procedure v2.pdf")
        filed = add_version(desk, item_id=first.item_id, filing=document(effective_on=TODAY), upload=upload)

    shown = line(office, first.item_id)
    assert filed.version.number == 2
    assert (shown.standing, shown.shown, shown.latest) == (Standing.COUNTING, 1, 2)
    assert shown.pending_since is not None


def test_confirming_unchanged_makes_a_reviewed_version_of_the_same_bytes(office: Office) -> None:
    first = office.file()
    office.accept(first)

    with office.desk() as desk:
        filed = confirm_unchanged(desk, version_id=first.id, effective_on=TODAY)

    assert (filed.version.number, filed.version.confirms_version) == (2, 1)
    assert filed.version.sha256 == first.sha256
    assert filed.version.effective_on == TODAY
    assert line(office, first.item_id).pending_since is not None


def test_a_rejected_version_and_a_record_of_a_period_cannot_be_confirmed(office: Office) -> None:
    rejected = office.file()
    office.reject(rejected)
    record = office.file("inc_rec", filing=month())

    for version in (rejected, record):
        with office.desk() as desk, pytest.raises(InvalidTransition):
            confirm_unchanged(desk, version_id=version.id, effective_on=TODAY)


def test_confirming_a_nil_statement_carries_on_where_it_ended(office: Office) -> None:
    nil = Filing(VersionKind.NIL, "None", None, date(2026, 7, 1), date(2026, 9, 30), text="None was declared.")
    with office.desk() as desk:
        version = file_evidence(desk, artefact="mi_rep", filing=nil).version
        again = confirm_unchanged(desk, version_id=version.id, effective_on=TODAY).version

    assert (again.period_from, again.period_to) == (date(2026, 10, 1), TODAY)


def test_a_withdrawal_is_final_and_keeps_its_reason(office: Office) -> None:
    version = office.file()
    office.accept(version)

    with office.desk() as desk:
        withdraw_version(desk, version_id=version.id, reason="Wrong customer.")

    assert line(office, version.item_id).standing is Standing.WITHDRAWN
    assert last_entry(office)["after"] == {"version": 1, "reason": "Wrong customer."}
    with office.desk() as desk, pytest.raises(InvalidTransition, match="withdrawn"):
        withdraw_version(desk, version_id=version.id, reason="Again.")


def test_a_withdrawal_needs_a_reason(office: Office) -> None:
    version = office.file()

    with office.desk() as desk, pytest.raises(InvalidInput):
        withdraw_version(desk, version_id=version.id, reason=" ")


def test_only_who_answers_for_an_item_withdraws_it(office: Office) -> None:
    version = office.file()

    with office.desk("other_owner") as desk, pytest.raises(NotPermitted, match="EV-0001 belongs to somebody else"):
        withdraw_version(desk, version_id=version.id, reason="Not mine.")
    with office.desk("sms_manager") as desk:
        withdraw_version(desk, version_id=version.id, reason="Superseded.")


def test_the_process_owner_answers_for_what_others_filed_there(office: Office) -> None:
    version = office.file(by="other_owner")

    with office.desk("process_owner") as desk:
        withdraw_version(desk, version_id=version.id, reason="Superseded.")

    assert line(office, version.item_id).standing is Standing.WITHDRAWN


def test_refiling_withdraws_here_and_waits_for_review_there(office: Office) -> None:
    old = office.file()
    office.accept(old)

    with office.desk() as desk:
        filed = refile(desk, version_id=old.id, artefact="inc_prio", filing=document("Priorities"))

    assert (filed.item.artefact, filed.item.refiled_from_id, filed.version.sha256) == (
        "inc_prio",
        old.item_id,
        old.sha256,
    )
    assert line(office, old.item_id).standing is Standing.WITHDRAWN
    assert line(office, filed.item.id).standing is Standing.IN_REVIEW


def test_refiling_under_the_same_artefact_changes_nothing(office: Office) -> None:
    old = office.file()

    with office.desk() as desk, pytest.raises(InvalidInput):
        refile(desk, version_id=old.id, artefact=DOCUMENT, filing=document())

    assert line(office, old.item_id).standing is Standing.IN_REVIEW


def test_changing_an_item_over_a_newer_change_is_refused_with_both(office: Office) -> None:
    version = office.file()
    change = {"title": "Procedure", "owner_id": None, "confidentiality": Confidentiality.RESTRICTED}
    with office.desk() as desk:
        change_item(desk, item_id=version.item_id, row_version=1, **change)  # type: ignore[arg-type]

    with office.desk("sms_manager") as desk, pytest.raises(Conflict) as refused:
        change_item(desk, item_id=version.item_id, row_version=1, **{**change, "title": "Other"})  # type: ignore[arg-type]

    assert refused.value.theirs["title"] == "Procedure"
    assert line(office, version.item_id).title == "Procedure"


def test_rows_of_another_system_are_not_found(office: Office) -> None:
    version = office.file()
    with office.desk("admin") as desk:
        other = create_system(desk.session, desk.actor, office.cast.clock, slug="other", name="Other", time_zone="UTC")

    with office.desk("sms_manager", system_id=other.id) as desk:
        with pytest.raises(NotFound):
            desk.version(version.id)
        with pytest.raises(NotFound):
            desk.item(version.item_id)


def test_a_desk_of_no_system_is_not_found(office: Office) -> None:
    with pytest.raises(NotFound), office.desk(system_id=99):
        pass


def test_a_version_in_force_later_changes_nothing_before_its_day(office: Office) -> None:
    first = office.file()
    office.accept(first)
    with office.desk() as desk:
        upload = office.upload(desk, b"next year")
        later = add_version(
            desk, item_id=first.item_id, filing=document(effective_on=date(2027, 1, 1)), upload=upload
        ).version
    office.accept(later)

    shown = line(office, first.item_id)

    assert (shown.shown, shown.restands_on) == (1, date(2027, 1, 1))
    assert shown.current_until == date(2026, 11, 2) + timedelta(days=395)


def test_the_number_of_the_next_item_is_no_part_of_the_systems_digest() -> None:
    assert "next_evidence_number" in ManagementSystem.__undigested__


def test_versions_are_never_changed_by_later_ones(office: Office) -> None:
    first = office.file()
    with office.desk() as desk:
        add_version(desk, item_id=first.item_id, filing=document(), upload=office.upload(desk, b"2"))

    with office.cast.app.app_context():
        again = db.session().get_one(EvidenceVersion, first.id)
        assert (again.sha256, again.file_name, again.received_at) == (first.sha256, first.file_name, first.received_at)
