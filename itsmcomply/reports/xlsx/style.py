"""Looks of the workbook's cells, made once per workbook and given to cells by name."""

from __future__ import annotations

from copy import copy
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray

FACE: Final = "Arial"
MONO: Final = "Courier New"
INK, QUIET, LINK, RULE = "16202C", "465363", "0B57A4", "C5CED8"
HEAD_FILL: Final = "24405E"
BAND_FILLS: Final = {"N": "B8281B", "P": "FBDD9F", "L": "EAF1D2", "F": "D9EEE3"}
BAND_INKS: Final = {"N": "FFFFFF", "P": "563900", "L": "3C4C10", "F": "0E4D31"}

NUMERIC: Final = frozenset({"number", "tenth", "share"})
"""Looks whose heads stand right as their cells do."""

DAY: Final = "d mmm yyyy"
MOMENT: Final = "d mmm yyyy hh:mm"

_TOP = Alignment(vertical="top")
_WRAP = Alignment(vertical="top", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="top")
_RIGHT = Alignment(horizontal="right", vertical="top", indent=1)
_LINE = Border(bottom=Side(style="thin", color=RULE))
_PLAIN = Font(name=FACE, size=9, color=INK)
_BOLD = Font(name=FACE, size=9, color=INK, bold=True)

_Look = dict[str, object]
LOOKS: Final[dict[str, _Look]] = {
    "title": {"font": Font(name=FACE, size=18, bold=True, color=INK)},
    "verdict": {"font": Font(name=FACE, size=14, bold=True, color=INK)},
    "heading": {"font": Font(name=FACE, size=12, bold=True, color=INK)},
    "note": {"font": Font(name=FACE, size=9, color=QUIET)},
    "note_wrap": {"font": Font(name=FACE, size=9, color=QUIET), "alignment": _WRAP},
    "warning": {"font": Font(name=FACE, size=11, bold=True, color="B42318")},
    "link": {"font": Font(name=FACE, size=9, color=LINK, underline="single")},
    "label": {"font": Font(name=FACE, size=10, color=QUIET), "alignment": _WRAP},
    "value": {"font": Font(name=FACE, size=10, color=INK), "alignment": _WRAP},
    "value_day": {
        "font": Font(name=FACE, size=10, color=INK),
        "number_format": DAY,
        "alignment": Alignment(horizontal="left", vertical="top"),
    },
    "value_link": {"font": Font(name=FACE, size=10, color=LINK, underline="single"), "alignment": _TOP},
    "value_mono": {"font": Font(name=MONO, size=9, color=INK), "alignment": _TOP},
    "head": {
        "font": Font(name=FACE, size=9, bold=True, color="FFFFFF"),
        "fill": PatternFill("solid", fgColor=HEAD_FILL),
        "alignment": Alignment(vertical="center", wrap_text=True),
    },
    "head_right": {
        "font": Font(name=FACE, size=9, bold=True, color="FFFFFF"),
        "fill": PatternFill("solid", fgColor=HEAD_FILL),
        "alignment": Alignment(horizontal="right", indent=1, vertical="center", wrap_text=True),
    },
    "text": {"font": _PLAIN, "alignment": _TOP, "border": _LINE},
    "strong": {"font": _BOLD, "alignment": _TOP, "border": _LINE},
    "wrap": {"font": _PLAIN, "alignment": _WRAP, "border": _LINE},
    "row_link": {
        "font": Font(name=FACE, size=9, color=LINK, underline="single"),
        "alignment": _TOP,
        "border": _LINE,
    },
    "wrap_link": {
        "font": Font(name=FACE, size=9, color=LINK, underline="single"),
        "alignment": _WRAP,
        "border": _LINE,
    },
    "mono": {"font": Font(name=MONO, size=8, color=INK), "alignment": _TOP, "border": _LINE},
    "number": {"font": _PLAIN, "alignment": _RIGHT, "border": _LINE, "number_format": "#,##0"},
    "tenth": {"font": _PLAIN, "alignment": _RIGHT, "border": _LINE, "number_format": "0.0"},
    "day": {"font": _PLAIN, "alignment": _LEFT, "border": _LINE, "number_format": DAY},
    "month": {"font": _PLAIN, "alignment": _LEFT, "border": _LINE, "number_format": "mmm yyyy"},
    "moment": {"font": _PLAIN, "alignment": _LEFT, "border": _LINE, "number_format": MOMENT},
    **{
        f"percent{decimals}": {
            "font": _PLAIN,
            "alignment": _RIGHT,
            "border": _LINE,
            "number_format": f"0.{'0' * decimals}%" if decimals else "0%",
        }
        for decimals in range(5)
    },
}


ROW_LOOKS: Final = frozenset(name for name, look in LOOKS.items() if "border" in look)
"""Looks of table rows: there an empty cell still carries the line below it."""
HEIGHTS: Final = {"title": 26.0, "verdict": 21.0, "heading": 18.0, "warning": 18.0, "head": 26.0, "head_right": 26.0}
"""Points of rows whose type is larger than that of a table row."""


class Styles:
    """Style arrays by name for one workbook.

    `quoted(name)` is the same look, kept as text when edited in Excel; `bare(name)` is without the line below.
    """

    def __init__(self, book: Workbook) -> None:
        sheet = book.create_sheet("scratch")
        self._made: dict[str, StyleArray] = {}
        for name, look in LOOKS.items():
            cell: Any = WriteOnlyCell(sheet)  # its published types leave out how styles are shared
            for attribute, value in look.items():
                setattr(cell, attribute, value)
            self._made[name] = copy(cell._style)  # noqa: SLF001 - the one way to share a style between cells
            cell.border = Border()
            self._made[f"{name}/bare"] = copy(cell._style)  # noqa: SLF001
            cell.quotePrefix = True
            self._made[f"{name}/bare/quoted"] = copy(cell._style)  # noqa: SLF001
            cell.border = look.get("border", Border())
            self._made[f"{name}/quoted"] = copy(cell._style)  # noqa: SLF001
        book.remove(sheet)

    def __getitem__(self, name: str) -> StyleArray:
        return self._made[name]

    def bare(self, name: str) -> str:
        return f"{name}/bare"

    def quoted(self, name: str) -> StyleArray:
        return self._made[f"{name}/quoted"]
