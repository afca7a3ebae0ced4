"""What is kept between looks: nothing stale, nothing computed twice, changes of other processes seen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from itsmcomply.errors import NotFound
from itsmcomply.readiness.access import derivation_of
from itsmcomply.readiness.cache import Derivation
from itsmcomply.readiness.engine import to_json
from itsmcomply.readiness.models import ReadinessDay
from itsmcomply.readiness.operations import keep_days, wrong_days
from itsmcomply.readiness.queries.trend import month_ends, trend
from itsmcomply.systems.models import EntryKind
from tests.evidence.office import DOCUMENT, Office, month
from tests.readiness.seed import TODAY, Seed, counted_queries


def state(seed: Seed, derivation: Derivation | None = None, day: date = TODAY) -> str:
    return seed.snapshot(derivation).result(day).artefacts[DOCUMENT].outcome.state.value


def test_nothing_changed_means_one_query_and_the_same_result(seed: Seed, office: Office) -> None:
    office.accept(office.file())
    first = seed.snapshot().result(TODAY)

    with counted_queries(seed.cast.app) as queries:
        second = seed.snapshot().result(TODAY)

    assert second is first
    assert len(queries) == 1


def test_a_change_is_seen_at_the_next_look(seed: Seed, office: Office) -> None:
    filed = office.file()
    assert state(seed) == "in_review"

    office.accept(filed)

    assert state(seed) == "current"


def test_a_change_made_by_another_process_is_seen(seed: Seed, office: Office) -> None:
    other_process = Derivation(derivation_of(seed.cast.app).rules)
    filed = office.file()
    assert state(seed, other_process) == "in_review"

    office.accept(filed)

    assert state(seed, other_process) == "current"


def test_updating_gives_what_a_fresh_process_derives(seed: Seed, office: Office) -> None:
    derivation = derivation_of(seed.cast.app)
    for number in range(4):
        start = date(2026, 7 + number, 1)
        end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        filed = office.file("inc_rec", filing=month(start=start, end=end), content=bytes([number]), name="i.csv")
        seed.snapshot(derivation).result(TODAY)
        office.accept(filed)
        seed.entry(EntryKind.OPERATING_SINCE, f"2026-0{3 + number}-01")

        kept = seed.snapshot(derivation).result(TODAY)
        fresh = seed.snapshot(Derivation(derivation.rules)).result(TODAY)

        assert to_json(kept) == to_json(fresh)


def test_a_database_put_back_is_read_anew(seed: Seed, office: Office) -> None:
    office.accept(office.file())
    before = seed.snapshot().result(TODAY)
    with seed.writing() as (_, system):
        system.facts_seq -= 1

    after = seed.snapshot().result(TODAY)

    assert after is not before
    assert to_json(after) == to_json(before)


def test_a_settled_day_survives_a_change_and_the_recent_one_does_not(seed: Seed, office: Office) -> None:
    settled, recent = TODAY - timedelta(days=40), TODAY - timedelta(days=1)
    first = seed.snapshot()
    kept, dropped = first.result(settled), first.result(recent)

    office.file()

    second = seed.snapshot()
    assert second.result(settled) is kept
    assert second.result(recent) is not dropped


def test_a_snapshot_in_use_never_gets_results_of_later_facts(seed: Seed, office: Office) -> None:
    filed = office.file()
    old = seed.snapshot()
    office.accept(filed)
    seed.snapshot().result(TODAY)

    assert old.result(TODAY).artefacts[DOCUMENT].outcome.state.value == "in_review"
    assert state(seed) == "current"


def test_an_unknown_model_or_system_is_not_found(seed: Seed) -> None:
    with pytest.raises(NotFound):
        seed.snapshot().result(TODAY, "no_such_model")
    with seed.reading() as session, pytest.raises(NotFound):
        derivation_of(seed.cast.app).snapshot(session, 999, TODAY)


def test_month_ends_lie_between_the_beginning_and_the_day() -> None:
    assert month_ends(date(2026, 9, 30), date(2026, 12, 31)) == (
        date(2026, 9, 30),
        date(2026, 10, 31),
        date(2026, 11, 30),
    )
    assert month_ends(date(2026, 12, 1), date(2026, 12, 31)) == ()
    assert len(month_ends(date(2000, 1, 1), date(2026, 12, 31))) == 18


def test_kept_days_are_drawn_and_checked_against_the_engine(seed: Seed, office: Office) -> None:
    office.accept(office.file())
    today = date(2027, 2, 10)
    snapshot = seed.snapshot(today=today)
    system_id = seed.cast.system_id
    with seed.reading() as session:
        missing = trend(session, system_id, snapshot.result(today), TODAY).missing
    with seed.writing() as (session, _):
        keep_days(session, system_id, [snapshot.result(day) for day in missing])
        keep_days(session, system_id, [snapshot.result(missing[0])])

    with seed.reading() as session:
        drawn = trend(session, system_id, snapshot.result(today), TODAY)
        assert wrong_days(session, snapshot, system_id) == []

    assert missing == (date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 31))
    assert [point.day for point in drawn.points] == [*missing, today]
    assert drawn.points[0].coverage == snapshot.result(missing[0]).coverage
    assert drawn.missing == ()


def test_a_kept_figure_that_was_altered_is_named(seed: Seed, office: Office) -> None:
    snapshot = seed.snapshot(today=date(2027, 2, 10))
    with seed.writing() as (session, _):
        keep_days(session, seed.cast.system_id, [snapshot.result(date(2026, 12, 31))])
    with seed.writing() as (session, _):
        row = session.scalars(select(ReadinessDay)).one()
        row.level = 5

    with seed.reading() as session:
        assert wrong_days(session, snapshot, seed.cast.system_id) == [date(2026, 12, 31)]
