"""The examples worked by hand: each says in its comment how the numbers come about."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from itsmcomply.clauses.model import SubjectKind
from itsmcomply.clauses.policy import Band
from itsmcomply.readiness.facts import ControlMapping, Dated, Finding, Grade, Link, Review, VersionKind
from itsmcomply.readiness.results import GateKey, RenewalKind, RuleKey, State, Status
from tests.readiness.small import (
    LONG_AGO,
    accepted,
    at,
    delivered,
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


def test_an_empty_system_is_level_1_not_ready_with_every_mandated_artefact_missing() -> None:
    found = result_of(facts(declared_lists={}), date(2026, 11, 24), catalogue=delivered())

    mandated = [a.key for a in delivered().artefacts.values() if a.mandated]
    assert (found.status, found.level, found.index, found.coverage) == (Status.NOT_READY, 1, Fraction(1), Fraction(0))
    assert {found.artefacts[key].outcome.state for key in mandated} == {State.MISSING}
    assert [gate.passed for gate in found.gates] == [False, False, False]
    # 24 mandated documents and 25 other mandated artefacts; 62 clauses with requirements and 29 processes to audit.
    rules = {rule.key: rule.total for gate in found.gates for rule in gate.rules}
    assert rules[RuleKey.MANDATED_DOCUMENTS] == 24
    assert rules[RuleKey.MANDATED_RECORDS] == 25
    assert rules[RuleKey.AUDITED] == 62 + 29


def test_a_mandated_document_lapses_overnight_on_a_leap_day_after_its_grace() -> None:
    # 30 January 2023 + 365 days is 30 January 2024; the grace of 30 days ends on 29 February 2024.
    found = facts(item("EV-0001", "policy", version(date(2023, 1, 30))))

    assert outcome(found, "policy", date(2024, 1, 30)).renewal_due is False
    in_grace = outcome(found, "policy", date(2024, 1, 31))
    assert (in_grace.state, in_grace.renewal_due, in_grace.lapses_on) == (State.CURRENT, True, date(2024, 3, 1))
    assert outcome(found, "policy", date(2024, 2, 29)).state is State.CURRENT
    assert outcome(found, "policy", date(2024, 3, 1)).state is State.LAPSED


def test_a_document_valid_until_a_leap_day_has_no_grace() -> None:
    found = facts(item("EV-0001", "policy", version(date(2023, 6, 1), valid_until=date(2024, 2, 29))))

    last = outcome(found, "policy", date(2024, 2, 29))
    assert (last.state, last.renewal_due, last.lapses_on) == (State.CURRENT, False, date(2024, 3, 1))
    assert outcome(found, "policy", date(2024, 3, 1)).state is State.LAPSED


def test_a_monthly_record_with_two_months_missing_covers_ten_of_twelve() -> None:
    # On 20 January 2025 the month of December was due on the 15th: expected are January to December 2024.
    months = [month for month in range(1, 13) if month not in {3, 7}]
    records = [month_record(f"EV-{month:04d}", "log", 2024, month) for month in months]
    log = outcome(facts(*records, operating_since=since(date(2023, 1, 1))), "log", date(2025, 1, 20))

    assert (log.state, log.coverage) == (State.CURRENT, Fraction(10, 12))
    assert [period.first_on.month for _, period in log.missing_periods] == [3, 7]
    # January 2025 is the first period due after the day: 31 January + 15 days.
    assert log.lapses_on == date(2025, 2, 15)


def test_next_years_policy_accepted_in_december_changes_nothing_before_its_day() -> None:
    # This year's counts to 5 January 2026 and 30 days of grace; next year's takes over on 1 January 2026.
    this_year = version(date(2025, 1, 5))
    next_year = version(date(2026, 1, 1), number=2, received=date(2025, 12, 10))
    found = facts(item("EV-0001", "policy", this_year, next_year))

    december = outcome(found, "policy", date(2025, 12, 20))
    assert (december.state, december.future) == (State.CURRENT, True)
    # 1 January 2026 + 365 + 30 days is 31 January 2027, the last current day.
    assert december.lapses_on == date(2027, 2, 1)
    assert december.renewal_due is False
    assert outcome(facts(item("EV-0001", "policy", next_year)), "policy", date(2025, 12, 20)).state is State.IN_REVIEW
    assert outcome(found, "policy", date(2026, 1, 1)).future is False


def test_a_forgotten_january_record_filed_last_covers_january_only() -> None:
    records = [month_record(f"EV-{month:04d}", "log", 2024, month) for month in range(2, 13)]
    january = version(date(2024, 1, 31), received=date(2025, 1, 18), period=(date(2024, 1, 1), date(2024, 1, 31)))
    whole = facts(*records, item("EV-0099", "log", january), operating_since=since(date(2023, 1, 1)))

    before, after = (outcome(whole, "log", date(2025, 1, day)) for day in (17, 18))
    assert (before.coverage, after.coverage) == (Fraction(11, 12), Fraction(1))
    assert (before.state, after.state) == (State.CURRENT, State.CURRENT)


def test_a_rejected_new_version_leaves_the_old_one_standing() -> None:
    old = version(date(2025, 1, 5))
    new = version(date(2025, 6, 1), number=2, reviews=rejected(date(2025, 6, 2)))
    policy = outcome(facts(item("EV-0001", "policy", old, new)), "policy", date(2025, 6, 3))

    assert (policy.state, policy.rejected_newer, policy.answers) == (State.CURRENT, True, ("EV-0001",))
    assert policy.lapses_on == date(2026, 2, 5)


def test_a_major_nonconformity_caps_a_full_requirement_at_one_half() -> None:
    day = date(2025, 6, 1)
    finding = Finding("F-1", at(date(2025, 5, 1)), (Dated(Grade.MAJOR, at(date(2025, 5, 1))),), ("gov-1",))
    both = (item("EV-0001", "policy", version(day)), item("EV-0002", "good", version(day)))
    one = result_of(facts(*both, findings=(finding,)), day).requirements["gov-1"]

    assert (one.uncapped, one.coverage, one.band) == (Fraction(1), Fraction(1, 2), Band.P)
    assert (one.cap, one.capped_by) == (Grade.MAJOR, ("F-1",))


def test_one_valid_contract_of_twelve_covers_a_twelfth() -> None:
    services = [f"s{number:02d}" for number in range(12)]
    one = item("EV-0001", "sla", version(date(2025, 1, 5), subjects=["s03"]))
    found = facts(one, subjects=subjects_of(SubjectKind.SERVICE, *services))
    sla = outcome(found, "sla", date(2025, 6, 1))

    assert (sla.state, sla.coverage) == (State.MISSING, Fraction(1, 12))
    assert [s.subject for s in sla.subjects if s.state is State.CURRENT] == ["s03"]
    # ops-1: sla demanded 3 x 1/12, log primary 2 x 0, good practice 1 x 0, over 6.
    assert result_of(found, date(2025, 6, 1)).requirements["ops-1"].coverage == Fraction(1, 24)


def test_evidence_linked_only_through_a_control_answers_the_mapped_requirement_not_the_artefact() -> None:
    day = date(2025, 6, 1)
    link = Link("policy", at(day), accepted(day), control="GOV-01")
    elsewhere = item("EV-0001", "gdoc", version(day), links=(link,))
    mappings = tuple(ControlMapping("GOV-01", r, LONG_AGO) for r in ("gov-1", "ops-1"))
    found = result_of(facts(elsewhere, control_mappings=mappings), day)

    expected = found.requirements["gov-1"].expectations[0]
    assert (expected.artefact, expected.state, expected.outcome.answers) == ("policy", State.CURRENT, ("EV-0001",))
    assert found.artefacts["policy"].outcome.state is State.MISSING
    # policy demanded 3 x 1, good practice 1 x 0, over 4; all explicit and implied covered: at least 0.86.
    assert found.requirements["gov-1"].coverage == Fraction(86, 100)
    assert found.requirements["ops-1"].coverage == 0
    ended = tuple(ControlMapping("GOV-01", "gov-1", LONG_AGO, ended_at=at(day)) for _ in "1")
    assert result_of(facts(elsewhere, control_mappings=ended), day).requirements["gov-1"].coverage == 0


def test_a_nil_statement_serves_an_event_driven_document_and_lapses_with_grace() -> None:
    # No freshness: 365 days from 1 March 2024 end on 1 March 2025, the grace on 31 March 2025.
    nil = version(date(2024, 3, 1), kind=VersionKind.NIL)
    found = facts(item("EV-0001", "notice", nil))

    assert outcome(found, "notice", date(2025, 3, 1)).state is State.CURRENT
    assert outcome(found, "notice", date(2025, 3, 31)).renewal_due is True
    assert outcome(found, "notice", date(2025, 4, 1)).state is State.LAPSED
    assert outcome(facts(item("EV-0001", "policy", nil)), "policy", date(2024, 3, 2)).state is State.MISSING


def test_a_nil_statement_is_made_void_by_its_own_withdrawal_or_rejection_only() -> None:
    nil = version(date(2024, 3, 1), kind=VersionKind.NIL)
    happened = item("EV-0002", "notice", version(date(2024, 2, 1), received=date(2024, 4, 1), reviews=()))
    day = date(2024, 5, 1)

    assert outcome(facts(item("EV-0001", "notice", nil), happened), "notice", day).state is State.CURRENT
    withdrawn = version(date(2024, 3, 1), kind=VersionKind.NIL, withdrawn=day)
    assert outcome(facts(item("EV-0001", "notice", withdrawn)), "notice", day).state is State.MISSING
    later = (*accepted(date(2024, 3, 1)), Review(accepted=False, decided_at=at(day)))
    overturned = version(date(2024, 3, 1), kind=VersionKind.NIL, reviews=later)
    assert outcome(facts(item("EV-0001", "notice", overturned)), "notice", day).state is State.REJECTED


def test_a_list_declared_empty_is_answered_by_its_nil_statement_alone() -> None:
    day = date(2024, 5, 1)
    nil = item("EV-0001", "ola", version(day, kind=VersionKind.NIL))
    paper = item("EV-0002", "ola", version(day))

    assert outcome(facts(nil, paper), "ola", day).coverage == 1
    assert outcome(facts(paper), "ola", day).state is State.MISSING
    assert outcome(facts(nil, declared_lists={}), "ola", day).state is State.MISSING


def test_a_system_operating_for_two_months_is_expected_two_and_fails_the_second_gate_for_its_age() -> None:
    # Operating since 1 March: on 15 May both March and April are due and covered; three due months are wanted.
    records = [month_record(f"EV-{month:04d}", "log", 2025, month) for month in (3, 4)]
    found = result_of(facts(*records, operating_since=since(date(2025, 3, 1))), date(2025, 5, 15))

    log = found.artefacts["log"].outcome
    assert (log.state, log.coverage, len(log.subjects[0].periods)) == (State.CURRENT, Fraction(1), 2)
    rule = next(r for r in found.gate(GateKey.OPERATED).rules if r.key is RuleKey.RECURRING_RECORDS)
    assert ("log", "not_operated_long_enough") in [(b.key, b.reason) for b in rule.blockers]


def test_an_audit_date_at_which_three_items_will_have_lapsed_names_them() -> None:
    # policy: 5 January 2025 + 365 + 30 days is the last day; plan: 20 December + 30 + 10; rec is valid to 31 January.
    today, audit = date(2026, 1, 10), date(2026, 3, 1)
    found = facts(
        item("EV-0001", "policy", version(date(2025, 1, 5))),
        item("EV-0002", "plan", version(date(2025, 12, 20))),
        item("EV-0003", "rec", version(date(2025, 9, 1), valid_until=date(2026, 1, 31))),
        item("EV-0004", "meas", version(date(2025, 9, 1))),
    )
    result = result_of(found, audit, today)

    assert [result.artefacts[key].outcome.state for key in ("policy", "plan", "rec")] == [State.LAPSED] * 3
    ahead = result.forecast
    assert ahead is not None
    assert [(one.artefact, one.kind, one.lapses_on) for one in ahead.renewals] == [
        ("plan", RenewalKind.RENEW, date(2026, 1, 30)),
        ("rec", RenewalKind.FOR_GOOD, date(2026, 2, 1)),
        ("policy", RenewalKind.RENEW, date(2026, 2, 5)),
    ]
    assert (ahead.first_on, ahead.for_good_count) == (date(2026, 1, 30), 1)
    assert result_of(found, today + timedelta(days=0), today).forecast is None
