"""What is wanted from a person: rejected, wanted, lapsing soon, in review; each with a due day, in order of worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from itsmcomply.clauses.model import Artefact, Facet
from itsmcomply.readiness.phrases import Phrase
from itsmcomply.readiness.queries.artefacts import interval_of
from itsmcomply.readiness.queries.gates import Need, artefact_need
from itsmcomply.readiness.queries.standing import Standing, standing_of
from itsmcomply.readiness.queries.view import View
from itsmcomply.readiness.results import BlockerKind, GateKey, Outcome, PeriodOutcome, State


class WantedKind(StrEnum):
    """Why it is on the list, in the order in which the list shows them."""

    REJECTED = "rejected"
    WANTED = "wanted"
    LAPSING = "lapsing"
    IN_REVIEW = "in_review"


class DueBecause(StrEnum):
    """Where the due day comes from, first that exists."""

    LAPSES = "lapses"
    PERIOD_DUE = "period_due"
    BY_HAND = "by_hand"
    BEFORE_STAGE_1 = "before_stage_1"
    BEFORE_STAGE_2 = "before_stage_2"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Due:
    on: date | None
    because: DueBecause


@dataclass(frozen=True, slots=True)
class Wanted:
    """One artefact somebody wants. `blocks`: the first gate it keeps shut; `gain`: what full coverage would add to the
    mean coverage of all requirements. `missing`: uncovered periods, oldest first. `standing`
    only where it is lapsed or rejected.
    """

    kind: WantedKind
    artefact: Artefact
    state: State
    need: Need
    due: Due
    blocks: GateKey | None
    gain: Fraction
    interval: Phrase
    missing: tuple[PeriodOutcome, ...]
    standing: Standing

    @property
    def good(self) -> tuple[str, ...]:
        """What a good one looks like."""
        return self.artefact.good


def wanted(view: View, artefacts: Iterable[str]) -> tuple[Wanted, ...]:
    """What of these artefacts needs somebody, best worth first within each kind. No query; meant for today's view."""
    blocks = blocking(view)
    known = (view.catalogue.artefacts[key] for key in view.catalogue.artefacts.keys() & set(artefacts))
    found = [one for artefact in known if (one := _wanted(view, artefact, blocks)) is not None]
    order = list(WantedKind)
    found.sort(key=lambda one: (order.index(one.kind), _gate_order(one.blocks), -one.gain, one.artefact.name))
    return tuple(found)


def _gate_order(gate: GateKey | None) -> int:
    return len(GateKey) if gate is None else list(GateKey).index(gate)


def blocking(view: View) -> dict[str, GateKey]:
    """The first gate that each artefact keeps shut."""
    found: dict[str, GateKey] = {}
    for gate in view.result.gates:
        for rule in gate.rules:
            for blocker in rule.blockers:
                if blocker.kind is BlockerKind.ARTEFACT:
                    found.setdefault(blocker.key, gate.key)
    return found


def _wanted(view: View, artefact: Artefact, blocks: dict[str, GateKey]) -> Wanted | None:
    outcome = view.result.artefacts[artefact.key].outcome
    kind = _kind(view, artefact, outcome, blocks)
    if kind is None or (kind is WantedKind.WANTED and not artefact.used_by):
        return None
    tells = outcome.state in {State.LAPSED, State.REJECTED}
    standing = standing_of(view, artefact) if tells else Standing()
    return Wanted(
        kind=kind,
        artefact=artefact,
        state=State.REJECTED if kind is WantedKind.REJECTED else outcome.state,
        need=artefact_need(view, artefact),
        due=_due(view, artefact, outcome, standing),
        blocks=blocks.get(artefact.key),
        gain=_gain(view, artefact),
        interval=interval_of(view, artefact),
        missing=tuple(period for _, period in outcome.missing_periods),
        standing=standing,
    )


def _kind(view: View, artefact: Artefact, outcome: Outcome, blocks: dict[str, GateKey]) -> WantedKind | None:
    if outcome.rejected_newer and not outcome.pending:
        return WantedKind.REJECTED
    if outcome.state is State.IN_REVIEW or (outcome.pending and artefact.key in blocks):
        return WantedKind.IN_REVIEW
    if outcome.state is not State.CURRENT or artefact.key in blocks or outcome.missing_periods:
        # An event that never happened is wanted only as far as the standard demands a record or a nil statement.
        optional = artefact.event_driven and not artefact.mandated and outcome.state is State.MISSING
        return None if optional else WantedKind.WANTED
    soon = view.day + timedelta(days=view.policy.planning.lapses_soon_days)
    if outcome.lapses_on is not None and outcome.lapses_on <= soon:
        return WantedKind.IN_REVIEW if outcome.pending else WantedKind.LAPSING
    return WantedKind.IN_REVIEW if outcome.pending else None


def _due(view: View, artefact: Artefact, outcome: Outcome, standing: Standing) -> Due:
    if outcome.lapses_on is not None:
        return Due(outcome.lapses_on, DueBecause.LAPSES)
    missing = outcome.missing_periods
    if missing:
        return Due(min(period.due_on for _, period in missing), DueBecause.PERIOD_DUE)
    if outcome.state is State.LAPSED and standing.lapsed is not None:
        return Due(standing.lapsed.on, DueBecause.LAPSES)
    by_hand = view.planning.due_on(artefact.key, view.now)
    if by_hand is not None:
        return Due(by_hand, DueBecause.BY_HAND)
    return _before_audit(view, artefact)


def _before_audit(view: View, artefact: Artefact) -> Due:
    """Some days before stage 1 for documents, before stage 2 for the rest. Policy: `planning.due_before_stage_days`."""
    document = artefact.facet is Facet.DOCUMENTED
    stage = view.planning.audit_day("stage_1" if document else "stage_2", view.now)
    if stage is None:
        return Due(None, DueBecause.NONE)
    on = stage - timedelta(days=view.policy.planning.due_before_stage_days)
    return Due(on, DueBecause.BEFORE_STAGE_1 if document else DueBecause.BEFORE_STAGE_2)


def _gain(view: View, artefact: Artefact) -> Fraction:
    """How much full coverage of the artefact would add to the mean coverage, before floors and caps."""
    gain = Fraction(0)
    for key in artefact.used_by:
        expectations = view.result.requirements[key].expectations
        total = sum((expected.weight for expected in expectations), Fraction(0))
        own = (e for e in expectations if e.artefact == artefact.key)
        gain += sum((e.weight * (1 - e.coverage) for e in own), Fraction(0)) / total
    return gain / len(view.result.requirements)
