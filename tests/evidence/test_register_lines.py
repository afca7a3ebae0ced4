"""The register's derived rows stay in step with time, intervals and changes, and can be rebuilt at any time."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import delete, select

from itsmcomply.db import db
from itsmcomply.evidence.models import RegisterLine
from itsmcomply.evidence.operations import add_version, freshen_register, rebuild_register
from itsmcomply.systems.models import EntryKind
from itsmcomply.systems.operations import set_entry
from tests.evidence.office import DOCUMENT, Office, document


def lines(office: Office) -> list[dict[str, object]]:
    columns = RegisterLine.__table__.columns
    with office.cast.app.app_context():
        return [dict(row._mapping) for row in db.session().execute(select(*columns).order_by("number"))]


def freshen(office: Office) -> None:
    with office.desk() as desk:
        freshen_register(desk.session, desk.catalogue, desk.policy, desk.system.id, desk.today)


def test_lines_rebuilt_from_nothing_equal_the_kept_ones(office: Office) -> None:
    office.accept(office.file())
    office.reject(office.file(content=b"2"))
    office.file("inc_prio", content=b"3")
    kept = lines(office)

    with office.desk() as desk:
        desk.session.execute(delete(RegisterLine))
        rebuild_register(desk.session, desk.catalogue, desk.policy, desk.system.id, desk.today)

    assert lines(office) == kept
    assert len(kept) == 3


def test_a_version_takes_effect_on_its_day(office: Office) -> None:
    first = office.file()
    office.accept(first)
    with office.desk() as desk:
        filing = document(effective_on=date(2027, 1, 1))
        later = add_version(desk, item_id=first.item_id, filing=filing, upload=office.upload(desk, b"2")).version
    office.accept(later)
    freshen(office)
    assert lines(office)[0]["shown"] == 1

    office.cast.clock.move_to(datetime(2027, 1, 1, 9, tzinfo=UTC))
    freshen(office)

    assert lines(office)[0]["shown"] == 2
    assert lines(office)[0]["restands_on"] is None


def test_an_interval_of_ones_own_moves_the_lapse(office: Office) -> None:
    office.accept(office.file())
    freshen(office)
    before = lines(office)[0]["current_until"]
    with office.desk("sms_manager") as desk:
        set_entry(
            desk.session,
            desk.actor,
            office.cast.clock,
            system=desk.system,
            kind=EntryKind.OWN_INTERVAL,
            key=DOCUMENT,
            value="30",
        )

    freshen(office)

    assert before == date(2027, 12, 2)
    assert lines(office)[0]["current_until"] == date(2026, 12, 12)


def test_an_item_under_an_artefact_the_catalogue_no_longer_knows_is_left_out(office: Office) -> None:
    version = office.file()
    with office.desk() as desk:
        desk.item(version.item_id).artefact = "gone"
        desk.session.flush()
        rebuild_register(desk.session, desk.catalogue, desk.policy, desk.system.id, desk.today)

    assert lines(office) == []
