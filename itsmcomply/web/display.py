"""How values become text: percent, sizes, file names, digests. Pure; knows no request and no language."""

from __future__ import annotations

import math
import unicodedata
from fractions import Fraction
from typing import Final

# Cut points of ISO/IEC 33020 and both ends: rounding never lands on one (ux principle 10).
LIMITS: Final = (Fraction(0), Fraction(15), Fraction(50), Fraction(85), Fraction(100))
MAX_DECIMALS: Final = 4
_UNITS: Final = ("bytes", "KiB", "MiB", "GiB", "TiB")


def percent_number(value: Fraction) -> str:
    """`value` (0 to 1) as a number of percent without the sign: "73", "85.4", "99.8", "<1".

    Whole percent, half up; where that would land on a limit the value is not on, as many decimals as tell them apart.
    """
    exact = value * 100
    if 0 < exact < Fraction(1, 2):
        return "<1"
    for decimals in range(MAX_DECIMALS + 1):
        rounded = _rounded(exact, decimals)
        if rounded == exact or rounded not in LIMITS:
            return f"{float(rounded):.{decimals}f}"
    nearest = min(LIMITS, key=lambda limit: abs(limit - exact))
    return f"{'>' if exact > nearest else '<'}{int(nearest)}"


def _rounded(exact: Fraction, decimals: int) -> Fraction:
    step = Fraction(1, 10**decimals)
    return math.floor(exact / step + Fraction(1, 2)) * step


def size_text(size: int) -> str:
    """A number of bytes in binary units: "812 bytes", "84 KiB", "3.4 MiB"."""
    amount = float(size)
    for unit in _UNITS:
        if amount < 1024 or unit == _UNITS[-1]:
            break
        amount /= 1024
    if unit == "bytes":
        return f"{size} byte" if size == 1 else f"{size} bytes"
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


def short_hash(digest: str) -> str:
    """First and last eight characters of a hexadecimal digest, in groups of four."""
    head, tail = digest[:8], digest[-8:]
    return f"{head[:4]} {head[4:]} … {tail[:4]} {tail[4:]}"


def grouped_hash(digest: str) -> str:
    """The whole digest in groups of eight, so that two can be compared by eye."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))
