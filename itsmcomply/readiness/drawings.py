"""Charts of readiness pages: the radar of process groups and the two lines of the trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import gettext as _
from markupsafe import Markup

from itsmcomply import charts
from itsmcomply.figures import percent_number
from itsmcomply.readiness.queries.overview import GroupLevel, Outlook
from itsmcomply.readiness.queries.trend import Trend, TrendPoint
from itsmcomply.readiness.words import AUDIT_DAYS
from itsmcomply.web.filters import date_text, percent

COVERAGE_TICKS = ((0.0, "0 %"), (0.5, "50 %"), (0.85, "85 %"), (1.0, "100 %"))
INDEX_TICKS = tuple((float(level), str(level)) for level in range(1, 6))


@dataclass(frozen=True, slots=True)
class TrendDrawings:
    """Two charts and the table of their values: month, coverage, index."""

    coverage: Markup
    maturity: Markup
    rows: tuple[tuple[str, str, str], ...]


def index_text(index: Fraction) -> str:
    """An index with two digits, never rounded up onto a whole level."""
    hundredths = index * 100
    shown = round(hundredths)
    if shown % 100 == 0 and hundredths < shown:
        shown -= 1
    return f"{shown // 100}.{shown % 100:02d}"


def radar(groups: Sequence[GroupLevel]) -> Markup:
    """The mean index of each process group."""
    # The first words only: a whole name has no room beside the circle; description and table have them all.
    spokes = [charts.Spoke(group.name.split(",")[0].split(" and ")[0], group.index) for group in groups]
    told = "; ".join(f"{group.name} {index_text(group.index)}" for group in groups)
    return _safe(charts.radar(spokes, key="radar", title=_("Maturity index by process group"), desc=told))


def trend_drawings(trend: Trend, outlook: Outlook | None) -> TrendDrawings | None:
    """Both lines, from the second month on; None before that."""
    if len(trend.points) < 3:
        return None
    first, last = trend.points[0], trend.points[-1]
    return TrendDrawings(
        coverage=_coverage(trend.points, first, last, outlook),
        maturity=_maturity(trend.points, first, last),
        rows=tuple((date_text(p.day), percent(p.coverage), index_text(p.index)) for p in reversed(trend.points)),
    )


def _coverage(points: Sequence[TrendPoint], first: TrendPoint, last: TrendPoint, outlook: Outlook | None) -> Markup:
    events = [] if outlook is None else [charts.Event(outlook.audit.on, _(AUDIT_DAYS[outlook.audit.kind]))]
    return _safe(
        charts.trend(
            [charts.Point(p.day, p.coverage) for p in points],
            key="trend-coverage",
            title=_("Coverage of all requirements"),
            desc=_("From %(first)s to %(last)s", first=percent(first.coverage), last=percent(last.coverage)),
            ticks=COVERAGE_TICKS,
            value_text="" if last.coverage is None else f"{percent_number(last.coverage)} %",
            events=[event for event in events if event.day <= last.day],
        )
    )


def _maturity(points: Sequence[TrendPoint], first: TrendPoint, last: TrendPoint) -> Markup:
    return _safe(
        charts.trend(
            [charts.Point(p.day, p.index) for p in points],
            key="trend-maturity",
            title=_("Maturity index, mean of all processes"),
            desc=_("From %(first)s to %(last)s", first=index_text(first.index), last=index_text(last.index)),
            ticks=INDEX_TICKS,
            value_text=index_text(last.index),
            violet=True,
        )
    )


def _safe(drawing: str) -> Markup:
    """Our own charts escape all text they are given."""
    return Markup(drawing)  # noqa: S704
