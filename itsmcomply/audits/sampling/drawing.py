"""Draw a sample that anybody can draw again: from the numbers of the population, a method and a seed alone. Pure.

The algorithm has a name, `sha256-rank-1`, and is written down in `docs/sampling.md` so that another tool can repeat it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from itsmcomply.errors import InvalidInput
from itsmcomply.wording import N_, say

ALGORITHM = "sha256-rank-1"
UNKNOWN = "unknown"
STRATA = ("priority", "month", "group")
"""What strata can be made of."""


class Method(StrEnum):
    RANDOM = "random"
    STRATIFIED = "stratified"
    SYSTEMATIC = "systematic"


@dataclass(frozen=True, slots=True)
class Drawing:
    """What sample is wanted. `kind` is a Kind or "" for all; `by` one of STRATA for a stratified sample; `requirement`
    the row of the checklist it is drawn for.
    """

    title: str
    requirement: str
    kind: str
    method: Method
    by: str
    size: int
    seed: str
    confidence: int = 95


@dataclass(frozen=True, slots=True)
class Unit:
    """One record that can be drawn, and the stratum it is in ("" where none is asked for)."""

    number: str
    stratum: str = ""


@dataclass(frozen=True, slots=True)
class Stratum:
    name: str
    population: int
    sample: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came out, in order of number. `strata` is empty but for a stratified sample."""

    units: tuple[Unit, ...]
    strata: tuple[Stratum, ...] = ()


def stratum_of(record: Mapping[str, object], by: str) -> str:
    """The stratum of a record; "" is unknown, or that none is asked for."""
    value = str(record["opened_at"] or "")[:7] if by == "month" else record[by] if by else ""
    return "" if value is None else str(value)


def draw(units: Iterable[Unit], *, size: int, method: Method, seed: str) -> Drawn:
    """Draw `size` records; of a smaller population all. The order of `units` is irrelevant.

    Raises InvalidInput for a size below one, and for fewer records than strata.
    """
    ordered = _ordered(units)
    if size < 1:
        raise InvalidInput({"size": say(N_("A sample holds at least one record."))})
    if not ordered:
        raise InvalidInput({"": say(N_("There is no record to draw from."))})
    size = min(size, len(ordered))
    match method:
        case Method.RANDOM:
            return Drawn(_ordered(_ranked(ordered, seed)[:size]))
        case Method.SYSTEMATIC:
            return Drawn(_every(ordered, size, seed))
        case Method.STRATIFIED:
            return _stratified(ordered, size, seed)


def rank(seed: str, number: str) -> str:
    """SHA-256, in hexadecimal, of the seed, a line feed and the number, as UTF-8."""
    return hashlib.sha256(f"{seed}\n{number}".encode()).hexdigest()


def _ordered(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """By number in the order of its Unicode code points; a number counts once."""
    return tuple(sorted({unit.number: unit for unit in sorted(units, key=_both)}.values(), key=_both))


def _both(unit: Unit) -> tuple[str, str]:
    return unit.number, unit.stratum


def _ranked(units: Sequence[Unit], seed: str) -> list[Unit]:
    return sorted(units, key=lambda unit: (rank(seed, unit.number), unit.number))


def _every(ordered: Sequence[Unit], size: int, seed: str) -> tuple[Unit, ...]:
    """The record at place floor((start + i * N) / n), counted from 0, for i = 0 .. n - 1.

    `start` is the digest of the seed modulo N, so the last place is below N.
    """
    count = len(ordered)
    start = int(hashlib.sha256(seed.encode()).hexdigest(), 16) % count
    return tuple(ordered[place] for place in sorted((start + i * count) // size for i in range(size)))


def _stratified(ordered: Sequence[Unit], size: int, seed: str) -> Drawn:
    groups: dict[str, list[Unit]] = {}
    for unit in ordered:
        groups.setdefault(unit.stratum or UNKNOWN, []).append(unit)
    if size < len(groups):
        text = N_("There are %(strata)s strata; a sample of %(size)s cannot hold one record of each.")
        raise InvalidInput({"size": say(text, strata=len(groups), size=size)})
    shares = allocate({name: len(members) for name, members in groups.items()}, size)
    chosen = [unit for name, members in groups.items() for unit in _ranked(members, seed)[: shares[name]]]
    strata = tuple(Stratum(name, len(groups[name]), shares[name]) for name in sorted(groups))
    return Drawn(_ordered(chosen), strata)


def allocate(populations: Mapping[str, int], size: int) -> dict[str, int]:
    """Share a sample out: one for each stratum, the rest in proportion to what is left of each, by largest remainder.

    Ties go to the name that comes first. Needs `len(populations) <= size <= sum of populations`.
    """
    names = sorted(populations)
    rest, left = size - len(names), sum(populations.values()) - len(names)
    if not left:
        return dict.fromkeys(names, 1)
    exact = {name: Fraction(rest * (populations[name] - 1), left) for name in names}
    shares = {name: 1 + int(exact[name]) for name in names}
    missing = size - sum(shares.values())
    for name in sorted(names, key=lambda n: (int(exact[n]) - exact[n], n))[:missing]:
        shares[name] += 1
    return shares
