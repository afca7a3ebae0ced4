"""Where an item stands, by table and against the engine's own words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from itsmcomply.clauses.loader import load_policy
from itsmcomply.datafiles import data_dir
from itsmcomply.evidence.filing import Claim
from itsmcomply.evidence.kinds import Decision, Standing, VersionKind
from itsmcomply.evidence.standing import ItemStanding, VersionFacts, standing_of
from tests.evidence.test_filing import POLICY as DOCUMENT
from tests.evidence.test_filing import RECORD, REPORT

FRESHNESS = load_policy(data_dir("clause_catalog")).freshness
TODAY = date(2026, 11, 24)
YES, NO = Decision.ACCEPTED, Decision.REJECTED


def version(
    number: int,
    effective_on: date,
    decision: Decision | None = YES,
    *,
    withdrawn: bool = False,
    valid_until: date | None = None,
) -> VersionFacts:
    received = datetime(2026, 1, number, tzinfo=UTC)
    return VersionFacts(
        number, Claim(VersionKind.FILE, effective_on, valid_until), received, decision, withdrawn=withdrawn
    )


def stand(*versions: VersionFacts, artefact: object = DOCUMENT) -> ItemStanding:
    return standing_of(versions, artefact, freshness_days=365, freshness=FRESHNESS, today=TODAY)  # type: ignore[arg-type]


def test_the_accepted_version_with_the_latest_day_counts_for_a_document() -> None:
    found = stand(version(1, date(2026, 6, 1)), version(2, date(2026, 3, 1)))

    assert (found.standing, found.shown, found.latest) == (Standing.COUNTING, 1, 2)
    assert found.current_until == date(2026, 6, 1) + timedelta(days=395)


def test_of_two_with_the_same_day_the_higher_number_counts() -> None:
    assert stand(version(1, date(2026, 6, 1)), version(2, date(2026, 6, 1))).shown == 2


def test_an_earlier_end_of_a_newer_version_ends_the_document() -> None:
    newer = version(2, date(2026, 6, 1), valid_until=date(2026, 7, 1))

    assert stand(version(1, date(2026, 3, 1)), newer).current_until == date(2026, 7, 1)


def test_records_count_side_by_side() -> None:
    shorter = version(2, date(2026, 6, 1), valid_until=date(2026, 7, 1))

    found = stand(version(1, date(2026, 3, 1)), shorter, artefact=RECORD)

    assert found.current_until == date(2026, 3, 1) + timedelta(days=395)


def test_a_recurring_record_does_not_lapse() -> None:
    assert stand(version(1, date(2020, 3, 1)), artefact=REPORT).current_until is None


def test_a_version_in_force_later_is_in_review_and_names_its_day() -> None:
    found = stand(version(1, date(2027, 1, 1)))

    assert (found.standing, found.restands_on, found.pending_since) == (Standing.IN_REVIEW, date(2027, 1, 1), None)


def test_an_undecided_version_beside_a_counting_one_waits_since_its_arrival() -> None:
    found = stand(version(1, date(2026, 6, 1)), version(2, date(2026, 7, 1), None), version(3, date(2026, 8, 1), None))

    assert (found.standing, found.shown) == (Standing.COUNTING, 1)
    assert found.pending_since == datetime(2026, 1, 2, tzinfo=UTC)


def test_without_a_better_one_the_latest_rejected_is_shown_then_the_latest_withdrawn() -> None:
    rejected, withdrawn = version(1, date(2026, 6, 1), NO), version(2, date(2026, 7, 1), withdrawn=True)

    assert (stand(rejected, withdrawn).standing, stand(rejected, withdrawn).shown) == (Standing.REJECTED, 1)
    assert (stand(withdrawn).standing, stand(withdrawn).shown) == (Standing.WITHDRAWN, 2)
    assert stand(version(3, date(2026, 7, 1), NO, withdrawn=True)).standing is Standing.WITHDRAWN
    assert stand(rejected, version(4, TODAY, None)).standing is Standing.IN_REVIEW
