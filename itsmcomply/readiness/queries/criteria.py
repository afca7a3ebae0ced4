"""Criteria of maturity levels in words: what is needed, what is there, because of what, and where it is cured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from itsmcomply.readiness import words
from itsmcomply.readiness.phrases import Phrase, Place, PlaceKind, counted, phrase
from itsmcomply.readiness.queries.gates import artefact_need
from itsmcomply.readiness.queries.view import View
from itsmcomply.readiness.results import CriterionResult, ProcessResult, Reason, ReasonKind, State
from itsmcomply.wording import N_

NAMED = 2
NOT_BY_EVIDENCE = {
    ReasonKind.AUDIT: (N_("Needs an internal audit that covers it, signed off"), "audits.programme"),
    ReasonKind.MANAGEMENT_REVIEW: (N_("Needs a management review that was held"), "performance.reviews"),
    ReasonKind.KPI_DEFINE: (N_("Needs a KPI with a target"), ""),
    ReasonKind.KPI_VALUE: (N_("A KPI has no target or value for its last period"), ""),
    ReasonKind.KPI_NOT_DUE: (N_("Its KPIs have had no due period yet"), ""),
    ReasonKind.KPI_TARGET: (N_("A KPI misses its target"), ""),
    ReasonKind.KPI_TREND: (N_("A KPI got worse"), ""),
    ReasonKind.IMPROVEMENT: (N_("Needs an improvement whose effect was evaluated"), ""),
    ReasonKind.ACTION: (N_("A corrective action is overdue"), "findings.index"),
    ReasonKind.FINDING: (N_("A nonconformity is open"), "findings.index"),
    ReasonKind.OTHER: (N_("No single act satisfies this"), ""),
}
"""What no evidence cures: the words, and the page that does ("" where there is none)."""


@dataclass(frozen=True, slots=True)
class CriterionView:
    """`value` and `limit` (shares) only where a bar can show them."""

    met: bool
    text: str
    needed: Phrase
    actual: Phrase
    value: Fraction | None
    limit: Fraction | None
    because: Phrase | None
    verb: str = ""
    cure: Place | None = None


def criteria_of(view: View, process: ProcessResult, level: int) -> tuple[CriterionView, ...]:
    """The criteria of one level that apply to the process, unmet first."""
    own = [criterion for criterion in process.criteria if criterion.level == level]
    own.sort(key=lambda criterion: criterion.met)
    return tuple(_criterion(view, process, criterion) for criterion in own)


def holds_back(process: ProcessResult) -> Phrase | None:
    """The first unmet criterion of the next level in one line; None on the highest."""
    for criterion in process.criteria:
        if criterion.level == process.level + 1 and not criterion.met:
            if criterion.reasons and criterion.reasons[0].kind in NOT_BY_EVIDENCE:
                return phrase(NOT_BY_EVIDENCE[criterion.reasons[0].kind][0])
            if criterion.reasons and criterion.reasons[0].kind is ReasonKind.OWNER:
                return phrase(N_("No owner assigned"))
            return phrase(
                N_("%(fact)s: %(actual)s, needs %(needed)s"),
                fact=phrase(words.FACTS[criterion.fact]),
                actual=words.actual(criterion.fact, criterion.actual),
                needed=words.needed(criterion.fact, criterion.op, criterion.threshold),
            )
    return None


def _criterion(view: View, process: ProcessResult, found: CriterionResult) -> CriterionView:
    share = words.is_share(found.fact) and isinstance(found.actual, Fraction)
    because, verb, cure = _cause(view, process, found)
    return CriterionView(
        met=found.met,
        text=words.FACTS[found.fact],
        needed=words.needed(found.fact, found.op, found.threshold),
        actual=words.actual(found.fact, found.actual),
        value=found.actual if share and isinstance(found.actual, Fraction) else None,
        limit=found.threshold if share and isinstance(found.threshold, Fraction) else None,
        because=because,
        verb=verb,
        cure=cure,
    )


def _cause(view: View, process: ProcessResult, found: CriterionResult) -> tuple[Phrase | None, str, Place | None]:
    """Why it does not hold, and the first thing to do."""
    if found.met or not found.reasons:
        substituted = found.fact in process.facts.substituted
        return (phrase(N_("No artefact of this kind; coverage stands in")) if substituted else None), "", None
    first = found.reasons[0]
    if first.kind is ReasonKind.OWNER:
        cure = Place(PlaceKind.SETTING, "owners", about=process.key)
        return phrase(N_("No owner assigned")), N_("Assign"), cure
    if first.kind in NOT_BY_EVIDENCE:
        text, endpoint = NOT_BY_EVIDENCE[first.kind]
        if first.kind is ReasonKind.FINDING:
            return phrase(text), N_("Open"), Place(PlaceKind.FINDING, first.key)
        return phrase(text), N_("Open"), Place(PlaceKind.FEATURE, endpoint) if endpoint else None
    return _artefacts_cause(view, found.reasons)


def _artefacts_cause(view: View, reasons: Sequence[Reason]) -> tuple[Phrase | None, str, Place | None]:
    keys = tuple(dict.fromkeys(_artefact_keys(view, reasons)))
    if not keys:
        return None, "", None
    needs = [artefact_need(view, view.catalogue.artefacts[key]) for key in keys[:NAMED]]
    named: Phrase = phrase("%(name)s: %(reason)s", name=needs[0].name, reason=needs[0].reason)
    if len(needs) > 1:
        second = phrase("%(name)s: %(reason)s", name=needs[1].name, reason=needs[1].reason)
        named = phrase("%(first)s; %(second)s", first=named, second=second)
    if len(keys) > NAMED:
        more = counted("%(num)s more", "%(num)s more", len(keys) - NAMED)
        named = phrase("%(first)s; %(second)s", first=named, second=more)
    return named, needs[0].verb, needs[0].cure


def _artefact_keys(view: View, reasons: Iterable[Reason]) -> Iterable[str]:
    for reason in reasons:
        if reason.kind is ReasonKind.ARTEFACT:
            yield reason.key
        elif reason.kind is ReasonKind.EXPECTATION:
            yield reason.key.partition("/")[2]
        elif reason.kind is ReasonKind.ANY_EXPECTATION:
            yield _easiest(view, reason.key)


def _easiest(view: View, requirement: str) -> str:
    """Of several artefacts any of which would do, the one that is nearest to being current."""
    found = view.result.requirements[requirement].expectations
    return max(found, key=lambda one: (one.state is not State.CURRENT, one.state.rank, one.weight)).artefact
