"""Values as text: the limits that rounding must not touch, sizes, file names that hide something."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flask import Flask
from flask_babel import ngettext
from hypothesis import given
from hypothesis import strategies as st

from itsmcomply.web import display
from itsmcomply.web.numbers import Spelled


@pytest.mark.parametrize(
    ("permille", "printed"),
    [
        (0, "0"),
        (4, "<1"),
        (5, "1"),
        (146, "14.6"),
        (150, "15"),
        (154, "15.4"),
        (156, "16"),
        (496, "49.6"),
        (500, "50"),
        (504, "50.4"),
        (730, "73"),
        (844, "84"),
        (846, "84.6"),
        (850, "85"),
        (854, "85.4"),
        (860, "86"),
        (994, "99"),
        (998, "99.8"),
        (1000, "100"),
    ],
)
def test_percent_never_lands_on_a_limit_it_is_not_on(permille: int, printed: str) -> None:
    assert display.percent_number(Fraction(permille, 1000)) == printed


def test_percent_adds_decimals_until_the_limit_is_left() -> None:
    assert display.percent_number(Fraction(8504, 10000)) == "85.04"
    assert display.percent_number(Fraction(9996, 10000)) == "99.96"
    assert display.percent_number(Fraction(849999999, 1000000000)) == "<85"
    assert display.percent_number(Fraction(850000001, 1000000000)) == ">85"


@given(st.fractions(min_value=0, max_value=1))
def test_percent_stays_on_its_side_of_every_limit(value: Fraction) -> None:
    printed = display.percent_number(value)

    if printed[0] in "<>":
        return
    shown = Fraction(printed) / 100
    for limit in display.LIMITS:
        assert (shown > limit / 100) == (value > limit / 100)
        assert (shown < limit / 100) == (value < limit / 100)


@pytest.mark.parametrize(
    ("size", "printed"),
    [
        (0, "0 B"),
        (1, "1 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (83114, "81 KiB"),
        (209715200, "200 MiB"),
        (5 * 1024**4, "5.0 TiB"),
        (2000 * 1024**4, "2000 TiB"),
    ],
)
def test_sizes_are_binary(size: int, printed: str) -> None:
    assert display.size_text(size) == printed


def test_a_name_that_turns_text_around_shows_the_character() -> None:
    assert display.visible_name("a\u202efdp.exe") == [("a", False), ("U+202E", True), ("fdp.exe", False)]


def test_an_ordinary_name_in_any_script_is_untouched() -> None:
    assert display.visible_name("Журнал 会議.xlsx") == [("Журнал 会議.xlsx", False)]


def test_a_digest_can_be_compared_by_eye() -> None:
    digest = "9b1c04e7" * 8

    assert display.short_hash(digest) == "9b1c 04e7 … 9b1c 04e7"
    assert display.grouped_hash(digest).count(" ") == 7


def test_a_formula_prints_its_signs() -> None:
    assert (
        display.signs("P1 <= 4 h; 70-80 % of a * b - c, >= 95 %")
        == "P1 ≤ 4 h; 70\u201380 % of a \u00d7 b \u2212 c, ≥ 95 %"
    )


def test_small_numbers_of_a_sentence_are_words(app: Flask) -> None:
    with app.test_request_context():
        assert [str(Spelled(n)) for n in (0, 1, 9, 10, 11, 50_000)] == ["0", "one", "nine", "ten", "11", "50,000"]
        assert ngettext("%(num)s day", "%(num)s days", Spelled(3)) == "three days"
