"""The pack and its register out of a real database: who, what and when, as known on the day, nothing of others."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import event

from itsmcomply.db import db, end_read, transaction
from itsmcomply.evidence.kinds import Confidentiality
from itsmcomply.evidence.operations import add_version, withdraw_version
from itsmcomply.permissions import SYSTEM_ACTOR
from itsmcomply.readiness.cache import Rules
from itsmcomply.reports.build import Order, build
from itsmcomply.reports.model import Mode, Pack, RegisterRow, RegisterState
from itsmcomply.reports.to_xlsx import write_workbook
from itsmcomply.systems.models import EntryKind, InstallationMode, ManagementSystem
from itsmcomply.systems.operations import create_system, mark_installation, set_entry
from itsmcomply.web.resources import resources_of
from tests.evidence.office import Office, document, month
from tests.reports.readback import single_table

TODAY = date(2026, 11, 24)


def built(office: Office, day: date = TODAY, *, system_id: int | None = None) -> tuple[Pack, list[RegisterRow]]:
    """Pack and register rows of a day."""
    with office.cast.app.app_context():
        found = resources_of(office.cast.app)
        rules = Rules(found.catalogue, found.policy, found.models)
        order = Order(system_id or office.cast.system_id, day, TODAY)
        pack, register = build(db.session(), rules, order)
        rows = list(register.rows())
        assert len(rows) == register.total
        end_read()
        return pack, rows


def row_of(office: Office, day: date = TODAY) -> RegisterRow:
    (row,) = built(office, day)[1]
    return row


def test_a_row_says_who_filed_and_decided_what_and_when(office: Office) -> None:
    version = office.file(name="Журнал =1.pdf")
    office.accept(version)

    row = row_of(office)

    assert (row.key, row.version, row.title) == ("EV-0001", 1, "Incident procedure")
    assert row.source == "Журнал =1.pdf"
    assert row.sha256 == version.sha256
    assert row.size == len(b"%PDF-1.7 procedure")
    assert (row.uploader, row.reviewer, row.decision) == ("Service desk lead", "Quality manager", "accepted")
    assert row.received_at == datetime(2026, 11, 24, 13, 0)  # noqa: DTZ001 - noon UTC, as told in Amsterdam
    assert row.state is RegisterState.CURRENT
    assert row.opened is True


def test_the_latest_decision_of_the_day_is_the_one_shown(office: Office) -> None:
    version = office.file()
    office.reject(version)
    office.cast.clock.advance(timedelta(days=3))
    office.accept(version)

    row = row_of(office, TODAY)

    assert row.state is RegisterState.REJECTED
    assert "State the count." in row.remark


def test_what_was_not_known_on_the_day_is_not_in(office: Office) -> None:
    office.accept(office.file())

    pack, rows = built(office, date(2026, 11, 23))

    assert rows == []
    assert pack.evidence.versions == 0
    assert pack.activity.total < built(office)[0].activity.total


def test_an_older_version_of_a_document_is_replaced_and_a_withdrawn_one_says_why(office: Office) -> None:
    first = office.file()
    office.accept(first)
    with office.desk() as desk:
        upload = office.upload(desk, b"%PDF-1.7 second", "second.pdf")
        filing = document(effective_on=date(2026, 11, 20))
        newer = add_version(desk, item_id=first.item_id, filing=filing, upload=upload)
    office.accept(newer.version)

    states = [row.state for row in built(office)[1]]
    with office.desk() as desk:
        withdraw_version(desk, version_id=newer.version.id, reason="Wrong file")
    after = built(office)[1]

    assert states == [RegisterState.REPLACED, RegisterState.CURRENT]
    assert [row.state for row in after] == [RegisterState.CURRENT, RegisterState.WITHDRAWN]
    assert after[1].remark == "Withdrawn: Wrong file"


def test_a_lapsed_document_says_when_it_ended_counting(office: Office) -> None:
    office.accept(office.file(filing=document(effective_on=date(2025, 1, 1))))

    row = row_of(office)

    assert row.state is RegisterState.LAPSED
    assert row.lapses_on is not None
    assert row.lapses_on < TODAY


def test_a_monthly_record_covers_its_period_for_good(office: Office) -> None:
    office.accept(office.file("inc_rec", filing=month()))

    row = row_of(office)

    assert row.state is RegisterState.COVERS
    assert (row.period_from, row.period_to) == (date(2026, 10, 1), date(2026, 10, 31))


def test_a_restricted_item_is_listed_with_its_hash_and_without_bytes(office: Office, tmp_path: Path) -> None:
    canary = b"%PDF-1.7 canary-7d1f"
    office.file(content=canary, confidentiality=Confidentiality.RESTRICTED)
    path = tmp_path / "made.xlsx"

    with office.cast.app.app_context():
        found = resources_of(office.cast.app)
        order = Order(office.cast.system_id, TODAY, TODAY)
        pack, register = build(db.session(), Rules(found.catalogue, found.policy, found.models), order)
        write_workbook(pack, register, path)
        end_read()

    (row,) = single_table(path, "Evidence register")
    assert row["Confidentiality"] == "restricted"
    assert row["SHA-256"]
    assert b"canary" not in path.read_bytes()


def test_nothing_of_another_system_is_in(office: Office) -> None:
    office.accept(office.file(filing=document("Canary title")))
    with office.cast.app.app_context(), transaction() as session:
        other = create_system(session, SYSTEM_ACTOR, office.cast.clock, slug="other", name="Other", time_zone="UTC")
        other_id = other.id

    pack, rows = built(office, system_id=other_id)

    assert rows == []
    assert pack.controls == ()
    assert "Canary" not in str(pack.requirements)
    assert pack.about.name == "Other"


def test_facts_are_those_in_force_on_the_day(office: Office) -> None:
    with office.cast.app.app_context(), transaction() as session:
        system = session.get_one(ManagementSystem, office.cast.system_id)
        office.cast.clock.move_to(datetime(2026, 11, 1, 9, tzinfo=UTC))
        set_entry(session, SYSTEM_ACTOR, office.cast.clock, system=system, kind=EntryKind.ORGANISATION, value="Old")
        office.cast.clock.move_to(datetime(2026, 11, 20, 9, tzinfo=UTC))
        set_entry(session, SYSTEM_ACTOR, office.cast.clock, system=system, kind=EntryKind.ORGANISATION, value="New")

    assert built(office, date(2026, 11, 10))[0].about.organisation == "Old"
    assert built(office, TODAY)[0].about.organisation == "New"


def test_the_head_of_the_trail_leaves_out_entries_of_exports(office: Office) -> None:
    before = built(office)[0].activity
    from itsmcomply.reports.operations import request_export
    from itsmcomply.reports.rules import ExportKind

    with office.cast.app.app_context(), transaction() as session:
        actor = office.cast.actor(session, "sms_manager")
        request_export(
            session,
            actor,
            office.cast.clock,
            system_id=office.cast.system_id,
            kind=ExportKind.REPORT,
            day=TODAY,
            model="itsm_five_stage",
        )

    assert built(office)[0].activity == before


def test_the_mark_of_the_installation_is_in(office: Office) -> None:
    with office.cast.app.app_context(), transaction() as session:
        mark_installation(session, office.cast.clock, mode=InstallationMode.TRIAL)

    assert built(office)[0].mode is Mode.TRIAL


def test_the_number_of_queries_does_not_grow_with_the_evidence(office: Office) -> None:
    office.accept(office.file())
    few = queries(office)
    for number in range(8):
        office.accept(office.file(content=f"%PDF-1.7 {number}".encode(), name=f"{number}.pdf"))

    assert queries(office) == few <= 50


def queries(office: Office) -> int:
    """How many selects building and reading the register takes."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    with office.cast.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    built(office)
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)
