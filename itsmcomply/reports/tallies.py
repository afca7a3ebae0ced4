"""Counts that charts and summaries show: requirements by band, maturity by group. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from itsmcomply.clauses.model import Catalogue
from itsmcomply.clauses.policy import Band
from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.limits import AGES
from itsmcomply.readiness.results import GateResult
from itsmcomply.reports.model import Pack


@dataclass(frozen=True, slots=True)
class BandTally:
    """How many requirements of a part of the standard (a clause, or a subclause of clause 8) are in each band."""

    key: str
    name: str
    counts: dict[Band, int]


@dataclass(frozen=True, slots=True)
class AgeTally:
    """Open findings of a grade by class of age, in the order of the classes."""

    grade: Grade
    by_age: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GroupTally:
    """Mean maturity index of the processes of a group."""

    key: str
    name: str
    index: Fraction
    processes: int


def part_of(number: str) -> str:
    """The part a clause belongs to: its clause, or for clause 8 the subclause ("8.6.1" is in "8.6")."""
    pieces = number.split(".")
    return ".".join(pieces[:2]) if pieces[0] == "8" and len(pieces) > 1 else pieces[0]


def parts(catalogue: Catalogue) -> tuple[str, ...]:
    """Keys of the parts in catalogue order."""
    return tuple(dict.fromkeys(part_of(r.clause) for r in catalogue.requirements.values()))


def band_tallies(pack: Pack) -> tuple[BandTally, ...]:
    counts: dict[str, Counter[Band]] = {key: Counter() for key in parts(pack.catalogue)}
    for row in pack.requirements:
        counts[part_of(row.clause)][row.band] += 1
    return tuple(
        BandTally(key, pack.catalogue.clauses[key].label, {band: counted[band] for band in Band})
        for key, counted in counts.items()
    )


def band_totals(pack: Pack) -> dict[Band, int]:
    counted = Counter(row.band for row in pack.requirements)
    return {band: counted[band] for band in Band}


def group_tallies(pack: Pack) -> tuple[GroupTally, ...]:
    made = []
    for key, group in pack.catalogue.groups.items():
        found = [pack.result.processes[p.key].index for p in pack.catalogue.processes.values() if p.group == key]
        if found:
            made.append(GroupTally(key, group.name, sum(found, Fraction(0)) / len(found), len(found)))
    return tuple(made)


def blocker_count(gate: GateResult) -> int:
    return sum(len(rule.blockers) for rule in gate.rules)


def age_tallies(pack: Pack) -> tuple[AgeTally, ...]:
    """Grades that have something open, the gravest first."""
    found = []
    for grade in Grade:
        ages = [row.age for row in pack.audit.findings if row.is_open and row.grade is grade]
        if ages:
            found.append(AgeTally(grade, tuple(sum(one.holds(age) for age in ages) for one in AGES)))
    return tuple(found)
