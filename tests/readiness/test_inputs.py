"""Rows become the facts they say: every kind of fact, whole and after a change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from itsmcomply.clauses.model import SubjectKind
from itsmcomply.controls.models import Control, ControlKind, ControlMapping, ControlStatus
from itsmcomply.evidence.filing import Filing
from itsmcomply.evidence.kinds import Decision
from itsmcomply.evidence.kinds import VersionKind as Stored
from itsmcomply.evidence.models import EvidenceVersion
from itsmcomply.evidence.operations import (
    add_version,
    decide_link,
    file_evidence,
    link_to_control,
    link_to_requirement,
    withdraw_version,
)
from itsmcomply.permissions import SYSTEM_ACTOR
from itsmcomply.readiness.facts import ArtefactFacts, Facts, Version, VersionKind
from itsmcomply.readiness.inputs import Loaded, load, refresh
from itsmcomply.systems.models import EntryKind
from itsmcomply.systems.operations import create_system
from tests.evidence.office import DOCUMENT, Office, document, month
from tests.readiness.seed import Seed, counted_queries

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def loaded(seed: Seed) -> Loaded:
    with seed.reading() as session:
        return load(session, seed.cast.system_id)


def facts(seed: Seed) -> Facts:
    return loaded(seed).facts


def only_version(seed: Seed, artefact: str = DOCUMENT) -> Version:
    [item] = facts(seed).artefacts[artefact].filed
    [version] = item.versions
    return version


def unordered(found: Facts) -> dict[str, tuple[frozenset[object], frozenset[object]]]:
    """Evidence facts without their order, to compare two ways of loading."""
    return {key: (frozenset(one.filed), frozenset(one.linked)) for key, one in found.artefacts.items()}


def test_an_empty_system_has_a_zone_and_nothing_else(seed: Seed) -> None:
    found = facts(seed)

    assert [entry.value for entry in found.system.zones] == ["Europe/Amsterdam"]
    assert found.system.slug == "managed-services"
    assert found.artefacts == {}
    assert found.system.owners == {}


def test_a_filed_document_is_one_undecided_version(seed: Seed, office: Office) -> None:
    filed = office.file()

    version = only_version(seed)

    assert (version.number, version.kind, version.effective_on) == (1, VersionKind.FILE, date(2026, 11, 2))
    assert version.received_at == NOW
    assert version.reviews == ()
    assert version.digest == filed.sha256
    assert version.subjects is None


def test_decisions_come_with_moment_and_whether_bytes_were_opened(seed: Seed, office: Office) -> None:
    filed = office.file()
    office.reject(filed)
    office.cast.clock.advance(timedelta(hours=1))
    office.accept(filed)

    reviews = sorted(only_version(seed).reviews, key=lambda review: review.decided_at)

    assert [review.accepted for review in reviews] == [False, True]
    assert reviews[1].decided_at == NOW + timedelta(hours=1)
    assert [review.opened for review in reviews] == [True, True]


def test_a_reviewer_who_uploaded_another_version_stands_close(seed: Seed, office: Office) -> None:
    office.file(by="sms_manager")
    with office.desk() as desk:
        item = desk.session.scalars(select(EvidenceVersion)).one()
        second = add_version(
            desk, item_id=item.item_id, filing=document(effective_on=date(2026, 11, 3)), upload=office.upload(desk)
        ).version
    office.accept(second, by="sms_manager")

    [item_facts] = facts(seed).artefacts[DOCUMENT].filed
    review = next(v.reviews[0] for v in item_facts.versions if v.number == 2)

    assert review.close_to_uploader


def test_periods_and_withdrawal_are_told(seed: Seed, office: Office) -> None:
    filed = office.file("inc_rec", filing=month(), name="incidents.csv")
    with office.desk() as desk:
        withdraw_version(desk, version_id=filed.id, reason="Wrong month")

    version = only_version(seed, "inc_rec")

    assert (version.period_from, version.period_to) == (date(2026, 10, 1), date(2026, 10, 31))
    assert version.effective_on == date(2026, 10, 31)
    assert version.withdrawn_at == NOW


def test_links_and_statements_keep_their_kind(seed: Seed, office: Office) -> None:
    with office.desk() as desk:
        filing = Filing(
            Stored.LINK, "Procedure", date(2026, 11, 2), text="https://wiki.example.org/p", seen_on=date(2026, 11, 20)
        )
        file_evidence(desk, artefact=DOCUMENT, filing=filing)

    version = only_version(seed)

    assert (version.kind, version.seen_on, version.digest) == (VersionKind.LINK, date(2026, 11, 20), None)


def test_named_subjects_narrow_what_a_version_covers(seed: Seed, office: Office) -> None:
    mail = seed.subject(SubjectKind.CUSTOMER, "Hospital")
    seed.subject(SubjectKind.CUSTOMER, "School")
    artefact = next(a.key for a in office.catalogue.artefacts.values() if a.per is SubjectKind.CUSTOMER and not a.every)
    with office.desk() as desk:
        filing = Filing(Stored.FILE, "Minutes", date(2026, 11, 2), subjects=frozenset({int(mail)}))
        file_evidence(desk, artefact=artefact, filing=filing, upload=office.upload(desk))

    found = facts(seed)

    assert only_version(seed, artefact).subjects == frozenset({mail})
    assert {s.key for s in found.system.subjects if s.kind is SubjectKind.CUSTOMER} >= {mail}
    assert SubjectKind.CUSTOMER in found.system.declared_lists


def test_a_link_to_a_requirement_answers_there(seed: Seed, office: Office) -> None:
    filed = office.file()
    artefact = office.catalogue.requirements["8.6.1-b"].expectations[-1].artefact
    with office.desk() as desk:
        link = link_to_requirement(desk, item_id=filed.item_id, requirement="8.6.1-b", artefact=artefact)
    with office.desk("reviewer") as desk:
        decide_link(desk, link_id=link.id, decision=Decision.ACCEPTED, reason="")

    [(item, told)] = facts(seed).artefacts[link.artefact].linked

    assert item.key == "EV-0001"
    assert (told.requirement, told.control) == ("8.6.1-b", None)
    assert [review.accepted for review in told.reviews] == [True]


def test_a_link_through_a_control_names_it_as_its_mappings_do(seed: Seed, office: Office) -> None:
    with seed.writing() as (session, system):
        control = Control(
            system_id=system.id, ref="INC-01", title="Log", process="incident", kind=ControlKind.PREVENTIVE,
            frequency="daily", status=ControlStatus.OPERATING, created_at=NOW,
        )  # fmt: skip
        session.add(control)
        session.flush()  # its id is needed below
        session.add(
            ControlMapping(
                system_id=system.id, control_id=control.id, requirement="8.6.1-a", recorded_at=NOW, recorded_by=1
            )
        )
        control_id = control.id
    filed = office.file()
    with office.desk() as desk:
        link_to_control(desk, item_id=filed.item_id, control_id=control_id, artefact="inc_rec")

    found = facts(seed)

    [(_, link)] = found.artefacts["inc_rec"].linked
    assert [(m.control, m.requirement) for m in found.system.control_mappings] == [(link.control, "8.6.1-a")]


def test_dated_entries_become_dated_facts(seed: Seed) -> None:
    for kind, value in (
        (EntryKind.SCOPE_STATEMENT, "All services"),
        (EntryKind.OPERATING_SINCE, "2025-01-15"),
        (EntryKind.STAGE_1_ON, "2027-01-12"),
        (EntryKind.STAGE_2_ON, "2027-03-01"),
        (EntryKind.MANAGEMENT_REVIEW_ON, "2027-02-01"),
    ):
        seed.entry(kind, value)
    seed.entry(EntryKind.OWN_INTERVAL, "180", key=DOCUMENT)
    seed.entry(EntryKind.DUE_ON, "2026-12-01", key=DOCUMENT)
    seed.entry(EntryKind.PROCESS_OWNER, key="incident", owner="process_owner")

    found = loaded(seed)

    system = found.facts.system
    assert [entry.value for entry in system.scope] == ["All services"]
    assert [entry.value for entry in system.operating_since] == [date(2025, 1, 15)]
    assert [entry.value for entry in system.own_intervals[DOCUMENT]] == [180]
    assert [entry.value for entry in system.management_reviews[0].planned_on] == [date(2027, 2, 1)]
    assert list(system.owners) == ["incident"]
    assert [entry.value for entry in found.planning.audit_days["stage_1"]] == [date(2027, 1, 12)]
    assert [entry.value for entry in found.planning.due_days[DOCUMENT]] == [date(2026, 12, 1)]


def test_a_replaced_entry_stays_as_it_was_and_ends(seed: Seed) -> None:
    seed.entry(EntryKind.SCOPE_STATEMENT, "Mail")
    seed.cast.clock.advance(timedelta(days=2))
    seed.entry(EntryKind.SCOPE_STATEMENT, "Mail and network")

    old, new = sorted(facts(seed).system.scope, key=lambda entry: entry.recorded_at)

    assert (old.value, new.value) == ("Mail", "Mail and network")
    assert old.ended_at == new.recorded_at == NOW + timedelta(days=2)


def test_late_evening_in_utc_is_the_next_day_in_the_zone(seed: Seed, office: Office) -> None:
    office.cast.clock.move_to(datetime(2026, 11, 25, 23, 30, tzinfo=UTC))
    filed = office.file()
    office.accept(filed)

    snapshot = seed.snapshot(today=date(2026, 11, 26))

    assert snapshot.result(date(2026, 11, 25)).artefacts[DOCUMENT].outcome.state.value == "missing"
    assert snapshot.result(date(2026, 11, 26)).artefacts[DOCUMENT].outcome.state.value == "current"


def test_a_refresh_equals_loading_again(seed: Seed, office: Office) -> None:
    first = office.file()
    office.file("inc_rec", filing=month(), name="incidents.csv")
    before = loaded(seed)
    office.accept(first)
    with office.desk() as desk:
        link_to_requirement(desk, item_id=first.item_id, requirement="8.6.1-a", artefact="inc_rec")
    office.file("inc_rec", filing=month(start=date(2026, 9, 1), end=date(2026, 9, 30)), name="september.csv")

    with seed.reading() as session:
        after = refresh(session, seed.cast.system_id, before)

    assert after.seq > before.seq
    assert unordered(after.facts) == unordered(facts(seed))


def test_a_refresh_keeps_what_nobody_touched(seed: Seed, office: Office) -> None:
    office.file("inc_rec", filing=month(), name="incidents.csv")
    before = loaded(seed)
    office.file()

    with seed.reading() as session:
        after = refresh(session, seed.cast.system_id, before)

    untouched: ArtefactFacts = before.facts.artefacts["inc_rec"]
    assert after.facts.artefacts["inc_rec"] is untouched


def test_loading_takes_as_many_queries_for_many_items_as_for_one(seed: Seed, office: Office) -> None:
    office.accept(office.file())
    with counted_queries(seed.cast.app) as few:
        loaded(seed)
    for number in range(6):
        office.accept(office.file(content=b"%PDF-1.7 " + bytes([number])))

    with counted_queries(seed.cast.app) as many:
        loaded(seed)

    assert len(many) == len(few)


def test_items_of_another_system_stay_out(seed: Seed, office: Office) -> None:
    office.file()
    with seed.writing() as (session, _):
        other = create_system(session, SYSTEM_ACTOR, seed.cast.clock, slug="other", name="Other", time_zone="UTC").id

    with seed.reading() as session:
        found = load(session, other)

    assert found.facts.artefacts == {}
