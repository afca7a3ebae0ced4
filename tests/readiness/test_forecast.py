"""A day to come: what is renewed, what ends, and which planned audits and reviews count."""

from __future__ import annotations

from datetime import date

from itsmcomply.clauses.model import SubjectKind
from itsmcomply.readiness.facts import Audit, Dated, Facts, Link, ManagementReview, VersionKind
from itsmcomply.readiness.results import Forecast, GateKey, RenewalKind, RuleKey
from tests.readiness.small import (
    LONG_AGO,
    accepted,
    facts,
    item,
    month_record,
    result_of,
    since,
    subjects_of,
    version,
)

TODAY, LATER = date(2025, 6, 15), date(2026, 12, 1)


def ahead(found: Facts, day: date = LATER) -> Forecast:
    forecast = result_of(found, day, TODAY).forecast
    assert forecast is not None
    return forecast


def renewals(found: Facts, day: date = LATER) -> list[tuple[str, RenewalKind, date, tuple[str, ...]]]:
    return [(one.artefact, one.kind, one.lapses_on, one.subjects) for one in ahead(found, day).renewals]


def passed(found: Facts, gate: GateKey, key: RuleKey) -> tuple[bool, bool]:
    """The rule on the later day: if nothing more arrives, and if renewed."""
    result = result_of(found, LATER, TODAY)
    assert result.forecast is not None
    both = (result.gates, result.forecast.gates)
    found_rules = [next(r for g in gates if g.key is gate for r in g.rules if r.key is key) for gates in both]
    return found_rules[0].passed, found_rules[1].passed


def test_links_and_nil_statements_are_renewed_too() -> None:
    link = item("EV-0001", "policy", version(TODAY, kind=VersionKind.LINK, seen_on=TODAY))
    nil = item("EV-0002", "notice", version(TODAY, kind=VersionKind.NIL))

    # A link lapses after 92 days without grace: 15 June + 92 is 15 September.
    # A nil statement after 365 days and 30 of grace: 15 July 2026 is the last day.
    assert renewals(facts(link, nil)) == [
        ("policy", RenewalKind.RENEW, date(2025, 9, 16), ()),
        ("notice", RenewalKind.RENEW, date(2026, 7, 16), ()),
    ]
    assert ahead(facts(link, nil)).renew_count == 2


def test_a_fixed_end_is_not_prolonged_but_another_item_may_carry_on() -> None:
    fixed = item("EV-0001", "policy", version(TODAY, valid_until=date(2026, 1, 31)))
    other = item("EV-0002", "policy", version(date(2025, 1, 1)))

    assert renewals(facts(fixed)) == [("policy", RenewalKind.FOR_GOOD, date(2026, 2, 1), ())]
    assert renewals(facts(fixed, other)) == [("policy", RenewalKind.RENEW, date(2026, 2, 1), ())]
    assert ahead(facts(fixed)).first_on is None


def test_undecided_versions_stay_undecided_and_lapsed_ones_lapsed() -> None:
    waiting = item("EV-0001", "policy", version(TODAY, reviews=()))
    lapsed = item("EV-0002", "rec", version(date(2023, 1, 1)))

    assert renewals(facts(waiting, lapsed)) == []


def test_a_version_not_yet_in_force_is_renewed_from_its_day() -> None:
    found = facts(item("EV-0001", "policy", version(date(2025, 9, 1), received=TODAY)))
    result = result_of(found, LATER, TODAY)

    assert result.artefacts["policy"].outcome.state.value == "lapsed"
    assert result.forecast is not None
    mandated = result.forecast.gates[0].rules[0]
    assert "policy" not in [blocker.key for blocker in mandated.blockers]


def test_routine_records_fall_due_apart_from_what_is_renewed() -> None:
    # May is covered, so log is current; June is due on 15 July.
    records = [month_record(f"EV-{month:04d}", "log", 2025, month) for month in (3, 4, 5)]
    found = facts(*records, operating_since=since(date(2025, 3, 1)))

    assert renewals(found) == [("log", RenewalKind.PERIOD, date(2025, 7, 15), ())]
    assert ahead(found).period_count == 1
    behind = facts(*records[:2], operating_since=since(date(2025, 3, 1)))
    assert renewals(behind) == []
    assert "log" in [b.key for b in ahead(behind).gates[1].rules[1].blockers]


def test_subjects_that_lapse_are_named() -> None:
    first = item("EV-0001", "sla", version(TODAY, subjects=["a"]))
    second = item("EV-0002", "sla", version(date(2025, 1, 1), subjects=["b"], valid_until=date(2025, 12, 31)))
    found = facts(first, second, subjects=subjects_of(SubjectKind.SERVICE, "a", "b", "c"))

    # a: 15 June 2025 + 365 + 30 days is 15 July 2026; b is valid to 31 December 2025; c has nothing today.
    assert renewals(found) == [
        ("sla", RenewalKind.FOR_GOOD, date(2026, 1, 1), ("b",)),
        ("sla", RenewalKind.RENEW, date(2026, 7, 16), ("a",)),
    ]


def test_evidence_that_answers_by_a_link_alone_is_named_with_its_requirement() -> None:
    link = Link("policy", LONG_AGO, accepted(date(2024, 1, 1)), requirement="gov-1")
    linked = item("EV-0001", "elsewhere", version(TODAY), links=(link,))
    found = ahead(facts(linked))

    assert [(one.artefact, one.requirement, one.lapses_on) for one in found.renewals] == [
        ("policy", "gov-1", date(2026, 7, 16))
    ]
    both = ahead(facts(linked, item("EV-0002", "policy", version(TODAY))))
    assert [one.requirement for one in both.renewals] == [None]


def test_audits_and_reviews_count_only_if_planned_and_dated() -> None:
    plan = (Dated(date(2026, 11, 1), LONG_AGO),)
    audit = Audit("A-1", LONG_AGO, plan, ("1.1", "1.2", "2.1", "2.2"), ("gov", "ops"))
    review = ManagementReview("M-1", LONG_AGO, plan)
    found = facts(audits=(audit,), management_reviews=(review,))

    assert passed(found, GateKey.CHECKED, RuleKey.AUDITED) == (False, True)
    assert passed(found, GateKey.CHECKED, RuleKey.MANAGEMENT_REVIEW_HELD) == (False, True)
    undated = facts(audits=(Audit("A-1", LONG_AGO),), management_reviews=(ManagementReview("M-1", LONG_AGO),))
    assert passed(undated, GateKey.CHECKED, RuleKey.AUDITED) == (False, False)
    assert passed(undated, GateKey.CHECKED, RuleKey.MANAGEMENT_REVIEW_HELD) == (False, False)
