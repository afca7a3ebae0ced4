"""Cells of a CSV file that no spreadsheet takes for a formula. Pure."""

from __future__ import annotations

# What starts a formula or a command in some spreadsheet, also in full width and after blanks.
_STARTS = frozenset("=+-@|\t\r\n＝＋－＠｜")


def safe_cell(text: str) -> str:
    """`text`, with an apostrophe in front where a spreadsheet would run it. Numbers with a sign are text here too."""
    seen = text.lstrip(" \u00a0\u3000")
    return f"'{text}" if seen[:1] in _STARTS and seen else text
