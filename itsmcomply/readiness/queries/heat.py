"""The heat map: one row per clause, clause 8 by its parts, one cell per clause that carries requirements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from itsmcomply.clauses.model import Catalogue, Clause
from itsmcomply.clauses.policy import Band
from itsmcomply.readiness.results import RequirementResult, Result


class MapKind(StrEnum):
    """What the map shows: the day, the next audit day, the change between them, or open nonconformities."""

    TODAY = "today"
    AUDIT = "audit"
    CHANGE = "change"
    FINDINGS = "findings"


@dataclass(frozen=True, slots=True)
class Cell:
    """`change`: points of coverage gained or lost until the audit day, only for that map. `findings`: open ones."""

    number: str
    title: str
    band: Band | None
    coverage: Fraction | None
    findings: int = 0
    change: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """`part`: one of the parts of clause 8."""

    number: str
    title: str
    band: Band | None
    coverage: Fraction | None
    part: bool
    cells: tuple[Cell, ...]


def heat_map(catalogue: Catalogue, now: Result, then: Result | None, kind: MapKind) -> tuple[Row, ...]:
    """The rows in order of the standard. `then`: the result of the next audit day, needed for two of the maps."""
    shown = then if then is not None and kind is MapKind.AUDIT else now
    later = then if kind is MapKind.CHANGE else None
    return tuple(_row(catalogue, clause, shown, later) for clause in _rows(catalogue))


def _rows(catalogue: Catalogue) -> Iterable[Clause]:
    for clause in catalogue.clauses.values():
        if (clause.level == 1 and clause.number != "8") or clause.parent == "8":
            yield clause


def _row(catalogue: Catalogue, clause: Clause, shown: Result, later: Result | None) -> Row:
    inside = f"{clause.number}."
    numbers = (c for c in catalogue.clauses.values() if c.number == clause.number or c.number.startswith(inside))
    cells = tuple(_cell(one, shown, later) for one in numbers if one.requirements)
    result = shown.clauses[clause.number]
    return Row(clause.number, clause.label, result.band, result.coverage, clause.parent is not None, cells)


def _cell(clause: Clause, shown: Result, later: Result | None) -> Cell:
    own = [shown.requirements[key] for key in clause.requirements]
    coverage, band = own_coverage(shown, clause)
    change = None
    if later is not None:
        after = own_coverage(later, clause)[0]
        change = None if after is None or coverage is None else after - coverage
    return Cell(clause.number, clause.label, band, coverage, open_findings(own), change)


def own_coverage(result: Result, clause: Clause) -> tuple[Fraction | None, Band | None]:
    """The clause as the result rates it; it includes its descendants."""
    found = result.clauses[clause.number]
    return found.coverage, found.band


def open_findings(own: Iterable[RequirementResult]) -> int:
    """How many open nonconformities limit these requirements."""
    return len({key for requirement in own for key in requirement.capped_by})
