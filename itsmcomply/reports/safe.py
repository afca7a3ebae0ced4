"""Text of people made fit for workbook and report: nothing that XML cannot hold, nothing too long. Pure."""

from __future__ import annotations

import re

CELL_LIMIT = 32_767
"""Characters a cell of a workbook holds; more is lost without a word unless it is cut here."""
CUT_MARK = " […] cut here; the full text is in the record"

# What XML 1.0 forbids, and the carriage return, which readers turn into a line feed anyway.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """`text` without control characters and lone surrogates; tabs and line feeds stay."""
    return _FORBIDDEN.sub("", text) if _FORBIDDEN.search(text) else text


def fitted(text: str, limit: int = CELL_LIMIT) -> str:
    """Clean text of at most `limit` characters (counted as UTF-16 units, as Excel does), cut with a visible mark."""
    text = clean(text)
    if len(text) * 2 <= limit or len(text.encode("utf-16-le")) // 2 <= limit:
        return text
    kept = text.encode("utf-16-le")[: (limit - len(CUT_MARK)) * 2]
    return kept.decode("utf-16-le", errors="ignore") + CUT_MARK
