from __future__ import annotations

from datetime import date

import pytest

from itsmcomply.scenario.dates import BadDate, Span
from itsmcomply.scenario.words import Words, fill

WORDS = Words(
    today=date(2026, 11, 24),
    names={"effective": date(2026, 3, 31)},
    seed="one",
    span=Span(date(2026, 3, 1), date(2026, 3, 31)),
    subject="Carrier",
    index=2,
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{{day}}", "31 March 2026"),
        ("{{day effective+1y}}", "31 March 2027"),
        ("{{iso today-1d}}", "2026-11-23"),
        ("{{year}}", "2026"),
        ("{{period}} after {{period -1}}", "March 2026 after February 2026"),
        ("{{period month-2}}", "September 2026"),
        ("{{code}} {{subject}}", "2026-03 Carrier"),
        ("{{count 1040+12}}", "1064"),
        ("no places", "no places"),
    ],
)
def test_placeholders_become_words(text: str, wanted: str) -> None:
    assert fill(text, WORDS) == wanted


def test_drawn_values_keep_their_range_and_decimals_and_repeat() -> None:
    text = "{{number 3..5}} {{decimal 99.10..99.90}} {{pick yes|no}}"

    number, decimal, pick = fill(text, WORDS).split()

    assert 3 <= int(number) <= 5
    assert 99.1 <= float(decimal) <= 99.9
    assert len(decimal) == 5
    assert pick in {"yes", "no"}
    assert fill(text, WORDS) == fill(text, WORDS)


@pytest.mark.parametrize(
    "text", ["{{weather}}", "{{number 5..3}}", "{{number x}}", "{{count a}}", "{{day soon}}", "{{period -1000000}}"]
)
def test_what_is_no_placeholder_is_refused(text: str) -> None:
    with pytest.raises(BadDate):
        fill(text, WORDS)


def test_a_text_full_of_open_braces_is_read() -> None:
    """With a pattern that tries again from every brace this would take hours."""
    assert fill("{{a" + " " * 100_000 + "{{" * 50_000, WORDS).startswith("{{a ")


def test_a_period_is_only_known_where_there_is_one() -> None:
    with pytest.raises(BadDate, match="has no meaning here"):
        fill("{{period}}", Words(date(2026, 1, 1), {}, "x"))
