"""Charts as SVG text, for pages and, through `to_png`, for the Word report. Pure: values in, text out.

Presentation attributes only (a strict content policy forbids `style`), each with a class beside it, so that a page
may colour by theme and paper keeps the printed colours. Every chart has a title and a description as its name; the page
shows the values as a table as well.
"""

from itsmcomply.charts.bars import BandRow, ShareRow, band_bars, share_bars
from itsmcomply.charts.heat import HeatCell, HeatRow, heat_map
from itsmcomply.charts.ladder import ladder
from itsmcomply.charts.picture import to_png
from itsmcomply.charts.radar import Spoke, radar
from itsmcomply.charts.timeline import Lane, Span, timeline
from itsmcomply.charts.trend import Event, Point, trend

__all__ = [
    "BandRow",
    "Event",
    "HeatCell",
    "HeatRow",
    "Lane",
    "Point",
    "ShareRow",
    "Span",
    "Spoke",
    "band_bars",
    "heat_map",
    "ladder",
    "radar",
    "share_bars",
    "timeline",
    "to_png",
    "trend",
]
