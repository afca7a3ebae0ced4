"""Coverage of calendar periods as a strip, and of subjects one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from itsmcomply.clauses.model import Artefact, Period
from itsmcomply.readiness.phrases import Place, PlaceKind
from itsmcomply.readiness.queries.view import View
from itsmcomply.readiness.results import Outcome, PeriodOutcome, State, SubjectOutcome


class PeriodState(StrEnum):
    """State of one expected period. IN_REVIEW: not covered, and something undecided covers days of it."""

    COVERED = "covered"
    MISSING = "missing"
    IN_REVIEW = "in_review"


@dataclass(frozen=True, slots=True)
class PeriodCell:
    """One month or quarter. `cure`: the form that files it, only where missing."""

    first_on: date
    last_on: date
    every: Period
    state: PeriodState
    cure: Place | None


@dataclass(frozen=True, slots=True)
class Strip:
    """Expected periods, oldest first; `met` of `total` are covered. `subject`: its name, "" where there is none."""

    subject: str
    cells: tuple[PeriodCell, ...]
    state: State

    @property
    def met(self) -> int:
        return sum(cell.state is PeriodState.COVERED for cell in self.cells)

    @property
    def total(self) -> int:
        return len(self.cells)


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """One service or party. `coverage` None: nothing is expected of it yet."""

    name: str
    state: State
    coverage: Fraction | None
    lapses_on: date | None
    strip: Strip | None


def strips(view: View, artefact: Artefact, outcome: Outcome) -> tuple[Strip, ...]:
    """One strip, or one for each subject; none where no period is expected."""
    if artefact.every is None:
        return ()
    waiting = tuple(_waiting_periods(view, artefact))
    found = (strip_of(view, artefact, one, waiting) for one in outcome.subjects)
    return tuple(strip for strip in found if strip is not None)


def strip_of(view: View, artefact: Artefact, one: SubjectOutcome, waiting: Iterable[tuple[date, date]]) -> Strip | None:
    if not one.periods:
        return None
    cells = tuple(_cell(artefact, period, waiting) for period in one.periods)
    return Strip(subject_name(view.planning.subject_names, one.subject), cells, one.state)


def subject_name(names: Mapping[str, str], key: str | None) -> str:
    return "" if key is None else names.get(key, key)


def _cell(artefact: Artefact, period: PeriodOutcome, waiting: Iterable[tuple[date, date]]) -> PeriodCell:
    state, cure = PeriodState.COVERED, None
    if not period.covered:
        in_review = any(start <= period.last_on and end >= period.first_on for start, end in waiting)
        state = PeriodState.IN_REVIEW if in_review else PeriodState.MISSING
        cure = Place(PlaceKind.FILE, artefact.key, period=(period.first_on, period.last_on))
    return PeriodCell(period.first_on, period.last_on, period.kind, state, cure)


def _waiting_periods(view: View, artefact: Artefact) -> Iterable[tuple[date, date]]:
    """Periods of versions that nobody decided on by the day."""
    facts = view.snapshot.loaded.facts.artefacts.get(artefact.key)
    for item in facts.filed if facts is not None else ():
        for version in item.versions:
            decided = any(view.now.knows(review.decided_at) for review in version.reviews)
            known = view.now.knows(version.received_at) and not view.now.knows(version.withdrawn_at)
            if known and not decided and version.period_from and version.period_to:
                yield version.period_from, version.period_to


def subject_rows(view: View, artefact: Artefact, outcome: Outcome) -> tuple[SubjectRow, ...]:
    """Every subject in force on the day, by name; none where the artefact is not asked for each."""
    if artefact.per is None:
        return ()
    waiting = tuple(_waiting_periods(view, artefact)) if artefact.every else ()
    rows = [
        SubjectRow(
            subject_name(view.planning.subject_names, one.subject),
            one.state,
            one.coverage,
            one.lapses_on,
            strip_of(view, artefact, one, waiting),
        )
        for one in outcome.subjects
        if one.subject is not None
    ]
    return tuple(sorted(rows, key=lambda row: row.name.casefold()))
