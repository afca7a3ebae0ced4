"""Which versions and links answer an artefact, and what stands beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from itsmcomply.clauses.model import SubjectKind
from itsmcomply.readiness.facts import Dated, Facts, Link, Review, Subject, VersionKind
from itsmcomply.readiness.results import ExpectationResult, HintKind, State
from tests.readiness.small import (
    LONG_AGO,
    accepted,
    at,
    facts,
    item,
    month_record,
    outcome,
    rejected,
    result_of,
    since,
    subjects_of,
    version,
)

DAY = date(2025, 6, 15)


def linked(link: Link, *versions: object) -> ExpectationResult:
    """The policy expected by gov-1, answered by one item linked to it."""
    found = facts(item("EV-0001", "elsewhere", *versions, links=(link,)))  # type: ignore[arg-type]
    return result_of(found, DAY).requirements["gov-1"].expectations[0]


def link(reviews: tuple[Review, ...], **more: object) -> Link:
    return Link("policy", LONG_AGO, reviews, requirement="gov-1", **more)  # type: ignore[arg-type]


def test_a_plain_statement_answers_good_practice_only() -> None:
    said = version(DAY, kind=VersionKind.STATEMENT)

    assert outcome(facts(item("EV-0001", "good", said)), "good", DAY).state is State.CURRENT
    assert outcome(facts(item("EV-0001", "rec", said)), "rec", DAY).state is State.MISSING


def test_a_link_lapses_after_92_days_or_its_interval_without_grace() -> None:
    seen = version(date(2025, 1, 1), kind=VersionKind.LINK)
    found = facts(item("EV-0001", "policy", seen), item("EV-0002", "plan", seen))

    # 1 January + 92 days is 3 April; the plan's interval of 30 days ends on 31 January.
    assert outcome(found, "policy", date(2025, 4, 3)).state is State.CURRENT
    assert outcome(found, "policy", date(2025, 4, 4)).state is State.LAPSED
    assert outcome(found, "plan", date(2025, 1, 31)).renewal_due is False
    assert outcome(found, "plan", date(2025, 2, 1)).state is State.LAPSED


def test_a_link_to_an_older_document_lapses_92_days_after_it_was_seen() -> None:
    seen = version(date(2025, 1, 1), kind=VersionKind.LINK, received=date(2025, 5, 1), seen_on=date(2025, 5, 1))
    good_until_replaced = facts(item("EV-0001", "gdoc", seen))

    assert outcome(facts(item("EV-0001", "policy", seen)), "policy", date(2025, 8, 1)).state is State.CURRENT
    assert outcome(good_until_replaced, "gdoc", date(2025, 8, 1)).state is State.CURRENT
    assert outcome(good_until_replaced, "gdoc", date(2025, 8, 2)).state is State.LAPSED


def test_a_newer_document_that_ended_earlier_does_not_bring_the_older_back() -> None:
    old = version(date(2025, 1, 1))
    newer = version(date(2025, 3, 1), number=2, valid_until=date(2025, 4, 30))

    assert outcome(facts(item("EV-0001", "policy", old, newer)), "policy", DAY).state is State.LAPSED
    assert outcome(facts(item("EV-0001", "rec", old, newer)), "rec", DAY).state is State.CURRENT


def test_of_two_versions_of_one_day_the_higher_number_counts() -> None:
    first = version(DAY, valid_until=DAY)
    second = version(DAY, number=2, valid_until=date(2025, 12, 31))

    assert outcome(facts(item("EV-0001", "policy", second, first)), "policy", DAY).lapses_on == date(2026, 1, 1)


def test_of_a_document_with_subjects_each_has_its_own_latest_version() -> None:
    both = version(date(2025, 1, 1), subjects=["a", "b"])
    only_a = version(date(2025, 3, 1), number=2, subjects=["a"], valid_until=date(2025, 4, 1))
    found = facts(item("EV-0001", "sla", both, only_a), subjects=subjects_of(SubjectKind.SERVICE, "a", "b"))

    sla = outcome(found, "sla", DAY)
    assert [s.state for s in sla.subjects] == [State.LAPSED, State.CURRENT]
    assert (sla.state, sla.coverage) == (State.LAPSED, Fraction(1, 2))


@pytest.mark.parametrize(
    ("reviews", "expected"),
    [
        (accepted(DAY), State.CURRENT),
        ((), State.IN_REVIEW),
        (rejected(DAY), State.REJECTED),
        ((*accepted(DAY), Review(accepted=False, decided_at=at(DAY, 10))), State.REJECTED),
    ],
)
def test_a_link_shows_at_most_what_its_own_review_allows(reviews: tuple[Review, ...], expected: State) -> None:
    found = linked(link(reviews), version(DAY))

    assert found.state is expected
    assert found.coverage == (1 if expected is State.CURRENT else 0)


def test_an_undecided_link_to_a_lapsed_or_rejected_item_shows_the_item() -> None:
    assert linked(link(()), version(date(2023, 1, 1))).state is State.LAPSED
    assert linked(link(()), version(DAY, reviews=rejected(DAY))).state is State.REJECTED
    assert linked(link(()), version(DAY, reviews=())).state is State.IN_REVIEW


def test_a_link_ended_or_not_yet_made_or_without_versions_answers_nothing() -> None:
    ended = link(accepted(DAY), ended_at=at(DAY))
    later = Link("policy", at(DAY + timedelta(days=1)), accepted(DAY), requirement="gov-1")

    assert linked(ended, version(DAY)).state is State.MISSING
    assert linked(later, version(DAY)).state is State.MISSING
    assert linked(link(accepted(DAY))).state is State.MISSING


def test_a_link_may_narrow_the_subjects_it_stands_for() -> None:
    one = Link("sla", LONG_AGO, accepted(DAY), requirement="ops-1", subjects=frozenset({"a"}))
    found = facts(
        item("EV-0001", "elsewhere", version(DAY), links=(one,)),
        subjects=subjects_of(SubjectKind.SERVICE, "a", "b"),
    )

    assert result_of(found, DAY).requirements["ops-1"].expectations[0].coverage == Fraction(1, 2)


def test_an_own_interval_takes_the_place_of_the_catalogues_within_its_limit() -> None:
    old = item("EV-0001", "policy", version(date(2025, 1, 1)))
    shorter = facts(old, own_intervals={"policy": (Dated(90, LONG_AGO),)})
    longer = facts(old, own_intervals={"policy": (Dated(5000, LONG_AGO),)})

    # 90 days and 30 of grace: 1 May is the last day. At most 1,096 days: 2 January 2028, and 30 of grace.
    assert outcome(shorter, "policy", date(2025, 5, 1)).state is State.CURRENT
    assert outcome(shorter, "policy", date(2025, 5, 2)).state is State.LAPSED
    assert outcome(longer, "policy", DAY).lapses_on == date(2028, 2, 2)


def test_a_covered_period_stays_covered_until_the_version_is_withdrawn() -> None:
    year = version(date(2024, 12, 31), period=(date(2024, 1, 1), date(2024, 12, 31)), valid_until=date(2025, 1, 31))
    operating = since(date(2023, 1, 1))
    gone = replace(year, withdrawn_at=at(date(2025, 1, 18)))

    assert (
        outcome(facts(item("EV-0001", "log", year), operating_since=operating), "log", date(2025, 2, 1)).coverage == 1
    )
    withdrawn = outcome(facts(item("EV-0001", "log", gone), operating_since=operating), "log", date(2025, 1, 20))
    assert (withdrawn.state, withdrawn.coverage) == (State.MISSING, Fraction(0))


def test_a_recurring_record_that_is_fresh_but_late_shows_as_lapsed() -> None:
    # On 20 June May is due and not covered; the extract of 1 to 12 June is fresh but covers June only.
    fresh = version(date(2025, 6, 12), period=(date(2025, 6, 1), date(2025, 6, 12)))
    found = facts(item("EV-0001", "log", fresh), operating_since=since(date(2025, 3, 1)))

    assert outcome(found, "log", date(2025, 6, 20)).state is State.LAPSED


def test_half_of_a_periods_days_cover_it() -> None:
    # April has 30 days; two halves of seven and eight days make fifteen.
    parts = [
        item("EV-0001", "log", version(date(2025, 4, 7), period=(date(2025, 4, 1), date(2025, 4, 7)))),
        item("EV-0002", "log", version(date(2025, 4, 14), period=(date(2025, 4, 7), date(2025, 4, 15)))),
    ]
    operating = since(date(2025, 4, 1))

    assert outcome(facts(*parts, operating_since=operating), "log", date(2025, 5, 20)).state is State.CURRENT
    assert outcome(facts(parts[1], operating_since=operating), "log", date(2025, 5, 20)).coverage == 0


def test_a_period_that_ended_without_its_record_is_due_for_renewal() -> None:
    found = facts(month_record("EV-0001", "log", 2025, 4), operating_since=since(date(2025, 4, 1)))

    in_may, in_june = outcome(found, "log", date(2025, 5, 31)), outcome(found, "log", date(2025, 6, 1))
    assert (in_may.renewal_due, in_june.renewal_due) == (False, True)
    assert (in_june.renewal_due_on, in_june.lapses_on) == (date(2025, 6, 1), date(2025, 6, 15))


def test_while_no_period_is_expected_a_recurring_artefact_is_as_plain() -> None:
    # Operating since 1 June: June is due on 15 July. The first extract lapses after 31 + 10 days, on 24 July.
    first = item("EV-0001", "log", version(date(2025, 6, 12), period=(date(2025, 6, 1), date(2025, 6, 12))))
    found = facts(first, operating_since=since(date(2025, 6, 1)))

    log = outcome(found, "log", DAY)
    assert (log.state, log.coverage, log.lapses_on) == (State.CURRENT, Fraction(1), date(2025, 7, 15))
    unknown = outcome(facts(first), "log", DAY)
    assert (unknown.state, unknown.lapses_on) == (State.CURRENT, date(2025, 7, 24))
    later = facts(first, operating_since=since(date(2025, 6, 20)))
    assert outcome(later, "log", DAY).lapses_on == date(2025, 7, 24)


def test_all_periods_held_far_ahead_lapse_after_ten_years_at_most() -> None:
    whole = version(date(2025, 4, 30), period=(date(2025, 4, 1), date(2099, 12, 31)))
    found = facts(item("EV-0001", "log", whole), operating_since=since(date(2025, 4, 1)))

    assert outcome(found, "log", DAY).lapses_on == date(2035, 7, 15)


def test_a_period_noted_back_to_front_holds_no_day() -> None:
    wrong = version(date(2025, 5, 31), period=(date(2025, 5, 31), date(2025, 5, 1)))
    found = facts(item("EV-0001", "log", wrong), operating_since=since(date(2025, 5, 1)))

    assert outcome(found, "log", DAY).coverage == 0


def test_subjects_come_and_go() -> None:
    coming = Subject("b", SubjectKind.SERVICE, date(2025, 7, 1), LONG_AGO)
    leaving = Subject("c", SubjectKind.SERVICE, date(2020, 1, 1), LONG_AGO, date(2025, 6, 20), at(date(2025, 6, 25)))
    vanished = Subject("d", SubjectKind.SERVICE, date(2020, 1, 1), LONG_AGO, None, at(DAY))
    found = facts(subjects=(*subjects_of(SubjectKind.SERVICE, "a"), coming, leaving, vanished))

    def keys(day: date) -> list[str | None]:
        return [s.subject for s in outcome(found, "sla", day).subjects]

    assert keys(date(2025, 6, 14)) == ["a", "c", "d"]
    assert keys(DAY) == ["a", "c"]
    assert keys(date(2025, 6, 24)) == ["a", "c"]
    assert keys(date(2025, 6, 25)) == ["a"]
    assert keys(date(2025, 7, 1)) == ["a", "b"]


def hints(found: Facts) -> list[tuple[HintKind, str, tuple[str, ...]]]:
    return [(hint.kind, hint.artefact, hint.items) for hint in result_of(found, DAY).hints]


def test_hints_stand_beside_results() -> None:
    careless = (Review(accepted=True, decided_at=at(DAY), opened=False, close_to_uploader=True),)
    same = replace(version(DAY), digest="00")
    found = facts(
        item("EV-0001", "policy", replace(version(DAY, reviews=careless), digest="11")),
        item("EV-0002", "gdoc", version(DAY, kind=VersionKind.LINK)),
        item("EV-0003", "notice", version(DAY, kind=VersionKind.NIL)),
        item("EV-0004", "rec", same),
        item("EV-0005", "good", same),
        item("EV-0006", "good", replace(same, digest="22")),
    )

    assert hints(found) == [
        (HintKind.ACCEPTED_UNOPENED, "policy", ("EV-0001",)),
        (HintKind.REVIEWER_CLOSE, "policy", ("EV-0001",)),
        (HintKind.NIL_STATEMENT, "notice", ("EV-0003",)),
        (HintKind.SAME_BYTES, "rec", ("EV-0004",)),
        (HintKind.SAME_BYTES, "good", ("EV-0005",)),
        (HintKind.NOT_HELD, "gdoc", ("EV-0002",)),
    ]


def test_a_replaced_document_gives_no_hint() -> None:
    old = version(date(2025, 1, 1), kind=VersionKind.LINK)

    assert hints(facts(item("EV-0001", "policy", old, version(DAY, number=2)))) == []


def test_a_control_that_maps_to_nothing_in_force_carries_nothing() -> None:
    through = Link("policy", LONG_AGO, accepted(DAY), control="C-1")
    found = facts(item("EV-0001", "elsewhere", version(DAY), links=(through,)))

    assert result_of(found, DAY).requirements["gov-1"].coverage == 0


def test_a_version_valid_until_a_day_before_it_takes_effect_was_never_current() -> None:
    never = version(date(2025, 6, 1), valid_until=date(2025, 5, 1))

    assert outcome(facts(item("EV-0001", "policy", never)), "policy", DAY).state is State.LAPSED
