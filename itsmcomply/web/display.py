"""How values become text: percent, sizes, file names, digests. Pure; knows no request and no language."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from itsmcomply.figures import LIMITS, percent_number

__all__ = ["LIMITS", "grouped_hash", "percent_number", "short_hash", "signs", "size_text", "visible_name"]

_UNITS: Final = ("KiB", "MiB", "GiB", "TiB")


def size_text(size: int) -> str:
    """A number of bytes in binary units: "812 B", "84 KiB", "3.4 MiB"."""
    if size < 1024:
        return f"{size} B"
    power = min((size.bit_length() - 1) // 10, len(_UNITS))
    amount = size / 1024**power
    unit = _UNITS[power - 1]
    return f"{amount:.1f} {unit}" if amount < 10 else f"{amount:.0f} {unit}"


def visible_name(name: str) -> list[tuple[str, bool]]:
    """`name` in pieces: (text, False) as it is, (code point, True) for characters that would hide or turn text around.

    File names are kept exactly; a name that reads "report fdp.exe" backwards must not read as "report exe.pdf".
    """
    pieces: list[tuple[str, bool]] = []
    plain = ""
    for char in name:
        if unicodedata.category(char) in ("Cc", "Cf") and char not in "\u200c\u200d":
            pieces += [(plain, False)] if plain else []
            pieces.append((f"U+{ord(char):04X}", True))
            plain = ""
        else:
            plain += char
    return pieces + ([(plain, False)] if plain else [])


def signs(formula: str) -> str:
    """A formula typed on a keyboard as it is printed: at most, at least, times, minus, and ranges with a dash."""
    for typed, printed in (("<=", "≤"), (">=", "≥"), (" * ", " × "), (" - ", " − ")):
        formula = formula.replace(typed, printed)
    return re.sub(r"(\d)-(\d)", "\\1–\\2", formula)


def short_hash(digest: str) -> str:
    """First and last eight characters of a hexadecimal digest, in groups of four."""
    head, tail = digest[:8], digest[-8:]
    return f"{head[:4]} {head[4:]} … {tail[:4]} {tail[4:]}"


def grouped_hash(digest: str) -> str:
    """The whole digest in groups of eight, so that two can be compared by eye."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))
