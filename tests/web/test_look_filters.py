"""Filters in the reader's language, icons and asset addresses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from flask import Flask

from itsmcomply.web import filters
from itsmcomply.wording import say
from tests.web.styleguide import create_styleguide

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_styleguide()


@pytest.fixture(autouse=True)
def _request(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        yield


def asset(app: Flask, name: str) -> str:
    return app.jinja_env.from_string("{{ asset(name) }}").render(name=name)


def test_days_are_written_out() -> None:
    assert filters.date_text(date(2027, 1, 14)) == "14\u00a0Jan\u00a02027"
    assert filters.date_tag(date(2027, 1, 14)) == '<time datetime="2027-01-14">14\u00a0Jan\u00a02027</time>'
    assert filters.date_tag(None) == ""


def test_moments_are_told_in_utc_with_seconds() -> None:
    moment = datetime(2026, 11, 20, 15, 7, 31, tzinfo=timezone(timedelta(hours=1)))

    assert filters.moment_text(moment) == "20 Nov 2026 14:07:31 UTC"
    assert 'datetime="2026-11-20T14:07:31Z"' in filters.moment_tag(moment)


@pytest.mark.parametrize(
    ("days", "printed"),
    [(0, "today"), (1, "tomorrow"), (-1, "yesterday"), (52, "in 52 days"), (-11, "11 days ago")],
)
def test_distances_have_a_direction(days: int, printed: str) -> None:
    assert filters.relative(TODAY + timedelta(days), TODAY) == printed


def test_spans_have_none() -> None:
    assert filters.span(TODAY + timedelta(52), TODAY) == "52 days"
    assert filters.span(TODAY - timedelta(1), TODAY) == "1 day"
    assert filters.span(TODAY, TODAY) == "today"


def test_percent_has_a_no_break_space_and_knows_unknown() -> None:
    assert filters.percent(Fraction(854, 1000)) == "85.4\u00a0%"
    assert filters.percent(None) == "not rated"


def test_file_names_cannot_become_markup() -> None:
    shown = filters.file_name("<img src=x>.pdf")

    assert "<img" not in shown
    assert shown.startswith("<bdi")


def test_labels_know_every_key_of_their_kind() -> None:
    assert filters.state_label("in_review") == "In review"
    assert filters.role_label("sms_manager") == "SMS manager"
    assert filters.label("some_new_key", "state") == "some new key"


def test_sentences_of_lower_floors_read_as_they_are_in_english() -> None:
    assert filters.say(say("%(n)s of %(total)s months", n=10, total=12)) == "10 of 12 months"
    assert filters.say("100 % done") == "100 % done"


def test_assets_carry_their_fingerprint(app: Flask) -> None:
    address = asset(app, "app.css")

    assert address.startswith("/static/app.css?v=")
    with app.test_client().get(address) as answer:
        assert answer.status_code == 200


def test_a_prefix_of_the_installation_is_kept(app: Flask) -> None:
    with app.test_request_context("/", base_url="http://localhost/itsm/"):
        assert asset(app, "app.css").startswith("/itsm/static/app.css?v=")


def test_dates_of_none_moment_is_empty() -> None:
    assert filters.moment_tag(None) == ""
    assert filters.moment_text(None) == ""
    assert filters.date_text(None) == ""
    assert filters.moment_text(datetime(2026, 1, 1, tzinfo=UTC)) == "1 Jan 2026 00:00:00 UTC"


def test_percent_of_none_has_no_number() -> None:
    assert filters.percent_number(None) == ""


def test_days_and_months_alone() -> None:
    assert filters.day_month(date(2027, 1, 14)) == "14\u00a0Jan"
    assert filters.month_text(date(2027, 1, 14)) == "January 2027"
