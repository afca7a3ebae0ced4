"""How large a sample has to be, and what an error rate in it says about the population. Exact. Pure.

Sources: Cochran, Sampling Techniques (size for a proportion, finite population correction); Clopper and Pearson
1934 (exact bounds); the hypergeometric chance of seeing no error (attribute sampling with zero expected errors).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

CONFIDENCES = (0.80, 0.90, 0.95, 0.99)
_STEPS = 100
"""Halvings of the interval from 0 to 1: far beyond what a float can tell apart."""
_ROUNDED = 1 + 1e-9
"""What logarithms of factorials lose: a chance that is exactly the limit is not above it."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Errors among records tested, with bounds at a confidence. `upper_one_sided` is what an auditor states:
    "with 95 % confidence at most this share is in error". Shares from 0 to 1; None where nothing was tested.
    """

    errors: int
    tested: int
    confidence: float
    rate: float | None
    upper_one_sided: float | None
    lower: float | None
    upper: float | None


def zero_error_size(population: int, *, tolerable: float, confidence: float) -> int:
    """Records to test when no error is expected and one found would end the conclusion; never more than there are.

    Counted without replacement, so a small population needs fewer.
    """
    _check(population, tolerable, confidence)
    in_error = max(1, math.floor(population * tolerable))
    low, high = 1, population
    while low < high:
        middle = (low + high) // 2
        if _none_seen(population, in_error, middle) <= (1 - confidence) * _ROUNDED:
            high = middle
        else:
            low = middle + 1
    return low


def _none_seen(population: int, in_error: int, size: int) -> float:
    """The chance that a sample of `size` holds none of the records in error (hypergeometric)."""
    if size > population - in_error:
        return 0.0
    log = (
        math.lgamma(population - in_error + 1)
        - math.lgamma(population - in_error - size + 1)
        - math.lgamma(population + 1)
        + math.lgamma(population - size + 1)
    )
    return math.exp(log)


def proportion_size(population: int, *, margin: float, confidence: float, expected: float = 0.5) -> int:
    """Records to test to know a rate within plus or minus `margin`, corrected for a finite population."""
    _check(population, margin, confidence)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    endless = z * z * expected * (1 - expected) / (margin * margin)
    return min(population, math.ceil(endless / (1 + (endless - 1) / population)))


def _check(population: int, share: float, confidence: float) -> None:
    if population < 1 or not 0 < share < 1 or not 0 < confidence < 1:
        raise ValueError((population, share, confidence))


def rate_of(errors: int, tested: int, *, confidence: float = 0.95) -> Rate:
    """The error rate with its exact (Clopper-Pearson) bounds, one-sided upper and two-sided."""
    if not 0 <= errors <= tested:
        raise ValueError((errors, tested))
    if not tested:
        return Rate(0, 0, confidence, None, None, None, None)
    alpha = 1 - confidence
    return Rate(
        errors,
        tested,
        confidence,
        errors / tested,
        upper_bound(errors, tested, alpha),
        lower_bound(errors, tested, alpha / 2),
        upper_bound(errors, tested, alpha / 2),
    )


def upper_bound(errors: int, tested: int, alpha: float) -> float:
    """The rate at which so few errors or fewer have the chance `alpha`; 1 when all are in error."""
    if errors == tested:
        return 1.0
    return _root(lambda share: cumulative(errors, tested, share) > alpha)


def lower_bound(errors: int, tested: int, alpha: float) -> float:
    """The rate at which so many errors or more have the chance `alpha`; 0 when none is in error."""
    if errors == 0:
        return 0.0
    return _root(lambda share: 1 - cumulative(errors - 1, tested, share) < alpha)


def _root(is_below: Callable[[float], bool]) -> float:
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return (low + high) / 2


def cumulative(most: int, trials: int, share: float) -> float:
    """The chance of at most `most` hits in `trials`, each with chance `share` (binomial)."""
    if share <= 0 or most >= trials:
        return 1.0
    if share >= 1:
        return 0.0
    yes, no = math.log(share), math.log1p(-share)
    terms = (
        math.exp(
            math.lgamma(trials + 1) - math.lgamma(hits + 1) - math.lgamma(trials - hits + 1)
            + hits * yes + (trials - hits) * no
        )
        for hits in range(most + 1)
    )  # fmt: skip
    return min(1.0, math.fsum(terms))
