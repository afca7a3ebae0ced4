"""Colours of bands, states and results in the report; each stands beside a letter or a word."""

from __future__ import annotations

from fractions import Fraction

from itsmcomply.charts.svg import BAND_FILL, BAND_TEXT
from itsmcomply.clauses.policy import Band
from itsmcomply.language import _
from itsmcomply.readiness.results import State
from itsmcomply.reports import words
from itsmcomply.reports.word.xml import Cell, cell, cells, paragraph, run

_STATE_BANDS = {
    State.CURRENT: "F",
    State.IN_REVIEW: "P",
    State.LAPSED: "P",
    State.REJECTED: "N",
    State.MISSING: "N",
}


def badge(text: str, fill: str, ink: str) -> str:
    """A run on a fill of its own, so that tall rows do not become blocks of colour."""
    look = (
        f'<w:b/><w:color w:val="{ink.lstrip("#")}"/><w:shd w:val="clear" w:color="auto" w:fill="{fill.lstrip("#")}"/>'
    )
    return run(f"{words.NBSP}{text.replace(' ', words.NBSP)}{words.NBSP}", properties=look)


def toned_cell(text: str, letter: str) -> Cell:
    """Words on the colour of a band."""
    return cells(paragraph("Cell", badge(text, BAND_FILL[letter], BAND_TEXT[letter])))


def band_cell(band: Band | None, share: Fraction | None) -> Cell:
    """Letter and percent on the colour of the band."""
    if band is None:
        return cell(words.percent(None), "CellQuiet")
    return toned_cell(f"{band.value}  {words.percent(share)}", band.value)


def state_cell(state: State) -> Cell:
    return toned_cell(words.STATES[state], _STATE_BANDS[state])


def met_cell(*, met: bool) -> Cell:
    return toned_cell(_("Met"), "F") if met else toned_cell(_("Not met"), "N")
