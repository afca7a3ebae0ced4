"""Charts: well-formed, named, without style attributes, the same for the same values, and with text in the picture."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from itsmcomply import charts
from tests.web.sample import drawings

DRAWINGS = [(title, str(drawing)) for title, _, drawing in drawings()]
SVG = "{http://www.w3.org/2000/svg}"


def parsed(drawing: str) -> Element:
    root: Element = fromstring(drawing)
    return root


@pytest.mark.parametrize(("title", "drawing"), DRAWINGS, ids=[title for title, _ in DRAWINGS])
def test_a_chart_is_named_and_carries_no_style(title: str, drawing: str) -> None:
    root = parsed(drawing)

    ids = root.attrib["aria-labelledby"].split()
    assert [root.find(f"{SVG}{tag}").attrib["id"] for tag in ("title", "desc")] == ids  # type: ignore[union-attr]
    assert root.attrib["role"] == "img"
    assert not [node.tag for node in root.iter() if "style" in node.attrib]


@pytest.mark.parametrize(("title", "drawing"), DRAWINGS, ids=[title for title, _ in DRAWINGS])
def test_every_drawn_mark_has_a_printed_colour(title: str, drawing: str) -> None:
    shapes = [
        n for n in parsed(drawing).iter() if n.tag.removeprefix(SVG) in {"rect", "line", "polyline", "circle", "text"}
    ]

    assert shapes
    assert [n.tag for n in shapes if not {"fill", "stroke"} & set(n.attrib)] == []


def test_the_same_values_give_the_same_text() -> None:
    assert [(title, str(drawing)) for title, _, drawing in drawings()] == DRAWINGS


def test_words_cannot_become_markup() -> None:
    rows = [charts.ShareRow("<b>&", Fraction(1, 2), "50 %")]

    drawing = charts.share_bars(rows, key="k", title="a < b", desc='"c" & d')

    assert "<b>" not in drawing
    assert parsed(drawing).find(f"{SVG}title").text == "a < b"  # type: ignore[union-attr]


@pytest.mark.parametrize("count", [2, 13])
def test_a_radar_refuses_what_nobody_can_read(count: int) -> None:
    with pytest.raises(ValueError, match="3 to 12 spokes"):
        charts.radar([charts.Spoke(str(n), 1) for n in range(count)], key="k", title="t", desc="d")


def test_an_unknown_spoke_draws_no_point() -> None:
    spokes = [charts.Spoke("a", 1), charts.Spoke("b", None), charts.Spoke("c", 2), charts.Spoke("d", 3)]

    assert charts.radar(spokes, key="k", title="t", desc="d").count("<circle") == 3


def test_a_gap_in_a_trend_breaks_the_line() -> None:
    days = [charts.Point(date(2026, n, 1), Fraction(n, 12) if n != 3 else None) for n in range(1, 7)]

    drawing = charts.trend(days, key="k", title="t", desc="d", ticks=[(0, "0"), (1, "1")])

    assert drawing.count("<polyline") == 2


def test_a_trend_of_unknowns_draws_only_its_frame() -> None:
    days = [charts.Point(date(2026, 1, 1), None)]

    drawing = charts.trend(days, key="k", title="t", desc="d", ticks=[(0, "0"), (1, "1")])

    assert "<polyline" not in drawing
    assert "<circle" not in drawing


def test_spans_outside_the_timeline_are_left_out_and_others_cut() -> None:
    lane = charts.Lane(
        "x",
        (
            charts.Span(date(2025, 1, 1), date(2025, 2, 1), "done"),
            charts.Span(date(2025, 12, 1), date(2026, 2, 1), "late"),
        ),
    )

    drawing = charts.timeline([lane], key="k", title="t", desc="d", first=date(2026, 1, 15), last=date(2026, 6, 1))

    lefts = [float(x) for x in re.findall(r'<rect x="([\d.]+)"', drawing)]
    assert lefts == [310.0]


def test_the_picture_holds_the_words_without_system_fonts() -> None:
    def picture(label: str) -> bytes:
        return charts.to_png(
            charts.share_bars([charts.ShareRow(label, Fraction(1, 2), "")], key="k", title="t", desc="d")
        )

    assert picture("Incident management").startswith(b"\x89PNG")
    assert picture("Incident management") != picture("")
    assert picture("Управление") != picture("")
