"""How a share becomes a figure, the same on pages and in exports. Pure; knows no language."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

# Cut points of ISO/IEC 33020 and both ends: rounding never lands on one (ux principle 10).
LIMITS: Final = (Fraction(0), Fraction(15), Fraction(50), Fraction(85), Fraction(100))
MAX_DECIMALS: Final = 4


def percent_number(value: Fraction) -> str:
    """`value` (0 to 1) as a number of percent without the sign: "73", "85.4", "99.8", "<1".

    Whole percent, half up; where that would land on a limit the value is not on, as many decimals as tell them apart.
    """
    exact = value * 100
    if 0 < exact < Fraction(1, 2):
        return "<1"
    for decimals in range(MAX_DECIMALS + 1):
        steps = _steps(exact, decimals)
        rounded = Fraction(steps, 10**decimals)
        if rounded == exact or rounded not in LIMITS:
            return f"{float(rounded):.{decimals}f}"
    nearest = min(LIMITS, key=lambda limit: abs(limit - exact))
    return f"{'>' if exact > nearest else '<'}{int(nearest)}"


def _steps(exact: Fraction, decimals: int) -> int:
    """How many steps of the last decimal, half up: in whole numbers, since fractions of means have long terms."""
    return (2 * exact.numerator * 10**decimals + exact.denominator) // (2 * exact.denominator)
