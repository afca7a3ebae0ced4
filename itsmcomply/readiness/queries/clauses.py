"""Clauses and requirements: does the organisation meet this, and by what?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.clauses.model import Artefact, Clause, CommonNonconformity, Requirement
from itsmcomply.clauses.policy import Band
from itsmcomply.controls.models import Control, ControlMapping, ControlStatus
from itsmcomply.errors import NotFound
from itsmcomply.readiness.phrases import Phrase
from itsmcomply.readiness.queries.artefacts import newest
from itsmcomply.readiness.queries.gates import state_reason
from itsmcomply.readiness.queries.standing import Standing
from itsmcomply.readiness.queries.view import View
from itsmcomply.readiness.results import ExpectationResult, RequirementResult, State


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A clause in the tree. `requirements`: how many it and its descendants carry."""

    number: str
    title: str
    level: int
    band: Band | None
    coverage: Fraction | None
    requirements: int
    counts: Mapping[Band, int]
    process: str
    process_name: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class ExpectationLine:
    """An expectation as a line. `shown`: coverage in words ("10 of 12 periods", "11 of 12"), None: as percent."""

    artefact: Artefact
    role: str
    weight: Fraction
    state: State
    coverage: Fraction
    met: int | None
    total: int | None
    reason: Phrase
    renewal_due: bool
    items: tuple[str, ...]
    more_items: int


@dataclass(frozen=True, slots=True)
class ControlLine:
    ref: str
    title: str
    status: str


@dataclass(frozen=True, slots=True)
class RequirementView:
    """A requirement with its reckoning. `reckoning`: (weight, coverage) of each expectation; `raised`: lifted to the
    floor because all that the standard asks is there; `met_by_any`: it asks no document and one current item does.
    """

    requirement: Requirement
    result: RequirementResult
    expectations: tuple[ExpectationLine, ...]
    controls: tuple[ControlLine, ...]
    share: Fraction | None
    total_weight: Fraction
    raised: bool
    met_by_any: bool

    @property
    def reckoning(self) -> tuple[tuple[Fraction, Fraction], ...]:
        return tuple((line.weight, line.coverage) for line in self.expectations)


@dataclass(frozen=True, slots=True)
class ClauseView:
    """A clause with its requirements (those of its descendants where it carries none itself)."""

    clause: Clause
    band: Band | None
    coverage: Fraction | None
    path: tuple[Clause, ...]
    previous: str | None
    next: str | None
    counts: Mapping[Band, int]
    process_name: str
    process_level: int
    owner: str
    requirements: tuple[RequirementView, ...]
    parts: tuple[TreeNode, ...]
    tree: tuple[TreeNode, ...]
    nonconformities: tuple[CommonNonconformity, ...]


def tree(view: View, current: str | None = None) -> tuple[TreeNode, ...]:
    """All clauses in order, or with `current` those beside it: top level, and the branch that leads to it."""
    return tuple(
        _node(view, clause, current) for clause in view.catalogue.clauses.values() if _in_branch(view, clause, current)
    )


def _in_branch(view: View, clause: Clause, current: str | None) -> bool:
    if current is None or clause.parent is None:
        return True
    path = {one.number for one in path_to(view, current)} | {current}
    return clause.parent in path


def path_to(view: View, number: str) -> tuple[Clause, ...]:
    """Ancestors of a clause, outermost first."""
    found: list[Clause] = []
    parent = view.catalogue.clauses[number].parent
    while parent is not None:
        clause = view.catalogue.clauses[parent]
        found.insert(0, clause)
        parent = clause.parent
    return tuple(found)


def _node(view: View, clause: Clause, current: str | None) -> TreeNode:
    result = view.result.clauses[clause.number]
    own = list(_all_requirements(view, clause))
    return TreeNode(
        number=clause.number,
        title=clause.label,
        level=clause.level,
        band=result.band,
        coverage=result.coverage,
        requirements=len(own),
        counts=counts_of(view, own),
        process=clause.process,
        process_name=view.catalogue.processes[clause.process].name,
        current=clause.number == current,
    )


def _all_requirements(view: View, clause: Clause) -> Iterable[str]:
    """Ids of the requirements of the clause and its descendants, in order."""
    yield from clause.requirements
    for child in clause.children:
        yield from _all_requirements(view, view.catalogue.clauses[child])


def counts_of(view: View, requirements: Iterable[str]) -> dict[Band, int]:
    """How many of these requirements stand in each band, best first."""
    found = dict.fromkeys(reversed(Band), 0)
    for key in requirements:
        found[view.result.requirements[key].band] += 1
    return found


def clause_of(view: View, number: str) -> Clause:
    """The clause of a number. Raises NotFound."""
    found = view.catalogue.clauses.get(number)
    if found is None:
        raise NotFound("clause", number)
    return found


def clause_view(session: Session, view: View, system_id: int, number: str) -> ClauseView:
    """A clause on the day. One query, for the controls mapped to it. Raises NotFound."""
    clause = clause_of(view, number)
    own = list(_all_requirements(view, clause))
    controls = controls_of(session, system_id, clause.requirements)
    numbers = list(view.catalogue.clauses)
    at = numbers.index(number)
    result = view.result.clauses[number]
    children = tuple(_node(view, view.catalogue.clauses[child], None) for child in clause.children)
    return ClauseView(
        clause=clause,
        band=result.band,
        coverage=result.coverage,
        path=path_to(view, number),
        previous=numbers[at - 1] if at else None,
        next=numbers[at + 1] if at + 1 < len(numbers) else None,
        counts=counts_of(view, own),
        process_name=view.catalogue.processes[clause.process].name,
        process_level=view.result.processes[clause.process].level,
        owner=view.process_owner(clause.process),
        requirements=tuple(_requirement(view, key, controls.get(key, ())) for key in clause.requirements),
        parts=children,
        tree=tree(view, number),
        nonconformities=tuple(n for n in view.catalogue.common_nonconformities if n.clause == number),
    )


def requirement_view(session: Session, view: View, system_id: int, key: str) -> RequirementView:
    """One requirement on the day. One query. Raises NotFound."""
    if key not in view.catalogue.requirements:
        raise NotFound("requirement", key)
    return _requirement(view, key, controls_of(session, system_id, (key,)).get(key, ()))


def controls_of(session: Session, system_id: int, requirements: Iterable[str]) -> dict[str, tuple[ControlLine, ...]]:
    """Controls mapped now, by requirement, in order of reference. One query."""
    rows = session.execute(
        select(ControlMapping.requirement, Control.ref, Control.title, Control.status)
        .join(Control, Control.id == ControlMapping.control_id)
        .where(
            ControlMapping.system_id == system_id,
            ControlMapping.requirement.in_(sorted(requirements)),
            ControlMapping.ended_at.is_(None),
            Control.status != ControlStatus.RETIRED,
        )
        .order_by(Control.ref)
    )
    found: dict[str, list[ControlLine]] = {}
    for requirement, ref, title, status in rows:
        found.setdefault(requirement, []).append(ControlLine(ref, title, status.value))
    return {key: tuple(lines) for key, lines in found.items()}


def _requirement(view: View, key: str, controls: tuple[ControlLine, ...]) -> RequirementView:
    result = view.result.requirements[key]
    total = sum((expected.weight for expected in result.expectations), Fraction(0))
    reached = sum((expected.weight * expected.coverage for expected in result.expectations), Fraction(0))
    share = reached / total if total else None
    met_by_any = result.any_item_meets and any(e.outcome.any_current for e in result.expectations)
    return RequirementView(
        requirement=view.catalogue.requirements[key],
        result=result,
        expectations=tuple(_expectation(view, expected) for expected in result.expectations),
        controls=controls,
        share=share,
        total_weight=total,
        raised=not met_by_any and share is not None and result.uncapped > share,
        met_by_any=met_by_any,
    )


def _expectation(view: View, expected: ExpectationResult) -> ExpectationLine:
    artefact, outcome = view.catalogue.artefacts[expected.artefact], expected.outcome
    met, total = _counted(expected)
    return ExpectationLine(
        artefact=artefact,
        role=expected.role.value,
        weight=expected.weight,
        state=expected.state,
        coverage=expected.coverage,
        met=met,
        total=total,
        reason=state_reason(artefact, outcome, Standing()),
        renewal_due=outcome.renewal_due,
        items=newest(outcome),
        more_items=max(0, len(outcome.answers) - len(newest(outcome))),
    )


def _counted(expected: ExpectationResult) -> tuple[int | None, int | None]:
    """Periods, or subjects, covered of how many; None where coverage is a plain yes or no."""
    subjects = expected.outcome.subjects
    if len(subjects) == 1 and subjects[0].periods:
        periods = subjects[0].periods
        return sum(period.covered for period in periods), len(periods)
    if subjects and subjects[0].subject is not None:
        return sum(one.coverage == 1 for one in subjects), len(subjects)
    return None, None
