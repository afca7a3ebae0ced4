"""What a version may claim against its artefact, and until when it is current (`derivation.md` 1 and 2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmcomply.clauses.loader import load_policy
from itsmcomply.clauses.model import Artefact, Basis, Facet, Period, SubjectKind
from itsmcomply.datafiles import data_dir
from itsmcomply.evidence.filing import (
    Claim,
    Filing,
    Surroundings,
    completed,
    is_contradicted,
    last_current_day,
    prefilled,
    problems_of_filing,
    renewal_due_on,
)
from itsmcomply.evidence.kinds import VersionKind
from itsmcomply.evidence.periods import Span
from itsmcomply.wording import in_words

TODAY = date(2026, 11, 24)
POLICY_FILE = load_policy(data_dir("clause_catalog"))

POLICY = Artefact(
    key="policy",
    name="Service management policy",
    name_nl="Beleid",
    type="policy",
    basis=Basis.EXPLICIT,
    facet=Facet.DOCUMENTED,
    mandated_by="5.2.1",
    implied_by=None,
    freshness_days=365,
    every=None,
    event_driven=False,
    per=None,
    home_process="sms_governance",
    good=(),
    file_names=(),
    keywords=(),
    file_names_nl=(),
    keywords_nl=(),
    used_by=(),
)
RECORD = replace(POLICY, key="backup_test", name="Backup test", type="record", facet=Facet.OPERATED)
REPORT = replace(RECORD, key="inc_report", name="Incident report", type="report", every=Period.MONTH)
EXTRACT = replace(REPORT, key="inc_rec", name="Incident records", type="record")
MAJOR = replace(RECORD, key="mi_rep", name="Major incident report", event_driven=True)
CONTRACT = replace(POLICY, key="contract", name="Supplier contract", per=SubjectKind.EXTERNAL_SUPPLIER)
PRACTICE = replace(POLICY, key="poster", name="Poster", basis=Basis.GOOD_PRACTICE)

DOCUMENT = Filing(VersionKind.FILE, "Policy 2026", date(2026, 1, 15))
MONTH = Filing(VersionKind.FILE, "October", None, period_from=date(2026, 10, 1), period_to=date(2026, 10, 31))


def problems(filing: Filing, artefact: Artefact, **known: object) -> dict[str, str]:
    around = Surroundings(TODAY, POLICY_FILE.recurrence, **known)  # type: ignore[arg-type]
    return dict(problems_of_filing(filing, artefact, around))


def fields(filing: Filing, artefact: Artefact, **known: object) -> set[str]:
    return set(problems(filing, artefact, **known))


def last_day(claim: Claim, freshness: int | None) -> date | None:
    return last_current_day(claim, freshness, POLICY_FILE.freshness)


def test_a_document_with_a_day_is_kept() -> None:
    assert fields(DOCUMENT, POLICY) == set()


def test_a_document_may_take_effect_later() -> None:
    assert fields(replace(DOCUMENT, effective_on=date(2027, 1, 1)), POLICY) == set()


def test_a_document_has_no_period() -> None:
    assert fields(replace(DOCUMENT, period_from=date(2026, 1, 1)), POLICY) == {"period_from"}


def test_a_day_is_needed() -> None:
    assert fields(replace(DOCUMENT, effective_on=None), POLICY) == {"effective_on"}
    assert fields(replace(DOCUMENT, effective_on=None), RECORD) == {"effective_on"}


def test_a_record_ends_on_the_day_it_takes_effect() -> None:
    stated_twice = replace(MONTH, effective_on=date(2026, 10, 30))

    assert fields(MONTH, REPORT) == set()
    assert fields(replace(MONTH, effective_on=date(2026, 10, 31)), REPORT) == set()
    assert fields(stated_twice, REPORT) == {"effective_on"}


def test_a_record_cannot_cover_days_to_come() -> None:
    tomorrow = TODAY + timedelta(days=1)

    assert problems(replace(MONTH, period_to=tomorrow), REPORT) == {
        "period_to": "A record covers days that have passed. The period ends on 25 Nov 2026; today is 24 Nov 2026."
    }
    assert fields(replace(MONTH, period_to=TODAY), REPORT) == set()


def test_a_period_ends_after_it_begins() -> None:
    swapped = replace(MONTH, period_from=date(2026, 10, 1), period_to=date(2026, 9, 30))

    assert problems(swapped, REPORT) == {
        "period_to": "The period ends before it begins. From 1 Oct 2026 to 30 Sep 2026."
    }


def test_a_report_covers_at_most_two_periods_and_an_extract_any_number() -> None:
    two = replace(MONTH, period_from=date(2026, 9, 1))
    three = replace(MONTH, period_from=date(2026, 8, 1))

    assert fields(two, REPORT) == set()
    assert fields(three, REPORT) == {"period_from"}
    assert fields(three, EXTRACT) == set()


def test_a_report_over_periods_before_operation_began_counts_expected_ones_only() -> None:
    year = replace(MONTH, period_from=date(2026, 1, 1))

    assert fields(year, REPORT, operating_since=date(2026, 9, 1)) == set()
    assert fields(year, REPORT, operating_since=date(2026, 8, 1)) == {"period_from"}


def test_a_recurring_record_states_where_its_period_begins() -> None:
    assert fields(replace(MONTH, period_from=None), REPORT) == {"period_from"}
    assert fields(replace(MONTH, period_from=None), RECORD) == set()


def test_a_record_without_a_period_covers_its_day() -> None:
    day = date(2026, 11, 1)

    assert completed(Filing(VersionKind.FILE, "Test", day), RECORD) == (day, day, day)
    assert completed(DOCUMENT, POLICY) == (date(2026, 1, 15), None, None)
    assert completed(MONTH, REPORT) == (date(2026, 10, 31), date(2026, 10, 1), date(2026, 10, 31))


def test_a_nil_statement_serves_only_where_something_may_not_happen() -> None:
    nil = replace(MONTH, kind=VersionKind.NIL, text="No major incident was declared; checked in the tool.")

    assert fields(nil, MAJOR) == set()
    assert fields(nil, RECORD) == {"kind"}
    assert fields(nil, CONTRACT, declared=frozenset()) == set()
    assert fields(nil, CONTRACT, declared=frozenset({1})) == {"kind"}
    assert fields(nil, CONTRACT, declared=None) == {"kind"}


def test_a_nil_statement_says_what_did_not_happen_and_since_when() -> None:
    nil = replace(MONTH, kind=VersionKind.NIL, text="None.")

    assert fields(replace(nil, text=" "), MAJOR) == {"text"}
    assert fields(replace(nil, period_from=None), MAJOR) == {"period_from"}
    assert fields(replace(nil, period_to=TODAY + timedelta(days=1)), MAJOR) == {"period_to"}


def test_a_plain_statement_answers_good_practice_only() -> None:
    statement = replace(DOCUMENT, kind=VersionKind.STATEMENT, text="We do.")

    assert fields(statement, PRACTICE) == set()
    assert fields(statement, POLICY) == {"kind"}
    assert fields(replace(statement, text=""), PRACTICE) == {"text"}
    assert fields(replace(statement, text="x" * 10_001), PRACTICE) == {"text"}
    assert fields(replace(statement, text="a\x00b"), PRACTICE) == {"text"}


def test_a_link_needs_a_web_address_and_a_day_seen_that_has_passed() -> None:
    link = replace(DOCUMENT, kind=VersionKind.LINK, text="https://wiki.example/policy", seen_on=TODAY)

    assert fields(link, POLICY) == set()
    assert fields(replace(link, text="javascript:alert(1)"), POLICY) == {"text"}
    assert fields(replace(link, seen_on=TODAY + timedelta(days=1)), POLICY) == {"seen_on"}


def test_subjects_belong_to_artefacts_kept_per_subject() -> None:
    named = replace(DOCUMENT, subjects=frozenset({1}))

    assert fields(named, POLICY) == {"subjects"}
    assert fields(named, CONTRACT, declared=frozenset({1, 2})) == set()
    assert fields(named, CONTRACT, declared=frozenset({2})) == {"subjects"}
    assert fields(replace(named, subjects=frozenset()), CONTRACT, declared=frozenset({2})) == {"subjects"}
    assert fields(DOCUMENT, CONTRACT, declared=frozenset({2})) == set()


@pytest.mark.parametrize("name", ["effective_on", "period_from", "period_to", "valid_until", "approved_on", "seen_on"])
@pytest.mark.parametrize("day", [date.min, date(1969, 12, 31), date(2101, 1, 1), date.max])
def test_days_outside_any_use_are_refused(name: str, day: date) -> None:
    assert fields(replace(MONTH, **{name: day}), REPORT) == {name}  # type: ignore[arg-type]


def test_validity_cannot_end_before_it_starts_and_approval_lies_behind() -> None:
    assert fields(replace(DOCUMENT, valid_until=date(2026, 1, 14)), POLICY) == {"valid_until"}
    assert fields(replace(DOCUMENT, approved_on=TODAY + timedelta(days=1)), POLICY) == {"approved_on"}


def test_what_the_document_says_of_itself_is_kept_within_limits() -> None:
    assert fields(replace(DOCUMENT, document_version="x" * 61), POLICY) == {"document_version"}
    assert fields(replace(DOCUMENT, document_approver="a\nb"), POLICY) == {"document_approver"}
    assert fields(replace(DOCUMENT, note="a\x00b"), POLICY) == {"note"}
    assert fields(replace(DOCUMENT, file_name="a\nb.pdf"), POLICY) == {"file"}


@pytest.mark.parametrize("title", ["", "  ", "x" * 301, "a\nb", "a\x00b"])
def test_a_title_is_needed_and_is_one_line(title: str) -> None:
    assert fields(replace(DOCUMENT, title=title), POLICY) == {"title"}


def test_every_problem_is_named_at_once() -> None:
    bad = Filing(VersionKind.LINK, "", None, text="x", subjects=frozenset())

    assert fields(bad, POLICY) == {"title", "text", "effective_on", "subjects"}


@pytest.mark.parametrize(
    ("kind", "freshness", "days"),
    [
        (VersionKind.FILE, 365, 395),
        (VersionKind.FILE, 60, 90),
        (VersionKind.FILE, 59, 69),
        (VersionKind.STATEMENT, 365, 395),
        (VersionKind.LINK, 365, 92),
        (VersionKind.LINK, 30, 30),
        (VersionKind.LINK, None, 92),
        (VersionKind.NIL, None, 395),
        (VersionKind.NIL, 31, 41),
    ],
)
def test_a_version_is_current_for_its_interval_and_grace(kind: VersionKind, freshness: int | None, days: int) -> None:
    start = date(2027, 2, 28)

    assert last_day(Claim(kind, start), freshness) == start + timedelta(days=days)


def test_a_link_lapses_by_the_day_it_was_seen_or_by_the_interval_of_the_document() -> None:
    effective, seen = date(2026, 1, 1), date(2026, 11, 1)

    assert last_day(Claim(VersionKind.LINK, effective, seen_on=seen), None) == seen + timedelta(days=92)
    assert last_day(Claim(VersionKind.LINK, effective, seen_on=seen), 365) == date(2027, 1, 1)


def test_a_version_without_interval_is_good_until_replaced() -> None:
    claim = Claim(VersionKind.FILE, TODAY)

    assert last_day(claim, None) is None
    assert renewal_due_on(claim, None, POLICY_FILE.freshness) is None


def test_valid_until_ends_it_without_grace() -> None:
    end = TODAY + timedelta(days=3)

    assert last_day(Claim(VersionKind.FILE, TODAY, valid_until=end), 365) == end
    assert last_day(Claim(VersionKind.FILE, TODAY, valid_until=end), None) == end
    assert last_day(Claim(VersionKind.FILE, TODAY, valid_until=date(2090, 1, 1)), 30) == TODAY + timedelta(days=40)


def test_renewal_is_due_from_the_first_day_of_the_grace() -> None:
    start = date(2026, 1, 1)

    assert renewal_due_on(Claim(VersionKind.FILE, start), 365, POLICY_FILE.freshness) == date(2027, 1, 2)
    assert renewal_due_on(Claim(VersionKind.NIL, start), None, POLICY_FILE.freshness) == date(2027, 1, 2)
    assert renewal_due_on(Claim(VersionKind.LINK, start), 30, POLICY_FILE.freshness) is None


@given(st.dates(date(1970, 1, 1), date(2100, 12, 31)), st.integers(1, 1096), st.sampled_from(list(VersionKind)))
def test_no_day_within_reach_overflows(start: date, freshness: int, kind: VersionKind) -> None:
    last = last_day(Claim(kind, start), freshness)

    assert last is not None
    assert last > start


def test_a_record_within_the_stated_period_speaks_against_a_nil_statement() -> None:
    quarter = Span(date(2026, 7, 1), date(2026, 9, 30))

    assert is_contradicted(quarter, effective_on=date(2026, 9, 30))
    assert not is_contradicted(quarter, effective_on=date(2026, 10, 1))


def test_the_next_version_is_prefilled() -> None:
    october = Span(date(2026, 10, 1), date(2026, 10, 31))

    assert prefilled(REPORT, october, today=TODAY) == (date(2026, 11, 1), date(2026, 11, 30))
    assert prefilled(RECORD, october, today=TODAY) == (date(2026, 11, 1), TODAY)
    assert prefilled(RECORD, Span(TODAY, TODAY), today=TODAY) == (TODAY, TODAY)
    assert prefilled(RECORD, None, today=TODAY) == (None, TODAY)
    assert prefilled(POLICY, None, today=TODAY) == (None, TODAY)


def test_days_are_written_as_pages_write_them() -> None:
    assert in_words(date(2026, 10, 1)) == "1 Oct 2026"
