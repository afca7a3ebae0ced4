"""What is missing, who has to act, what cures it: one row per artefact or fact, strongest first. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from itsmcomply.clauses.model import Artefact, Catalogue
from itsmcomply.language import _, say
from itsmcomply.readiness.results import BlockerKind, GateKey, Outcome, Result, RuleKey, State
from itsmcomply.reports import outcomes, words
from itsmcomply.reports.model import GapRow
from itsmcomply.wording import N_

SMS_MANAGER = N_("SMS manager")
INTERNAL_AUDITOR = N_("Internal auditor")

_RULE_CURES: Mapping[RuleKey, tuple[str, str, str]] = {
    RuleKey.SUBJECT_LISTS: (N_("Subject lists"), N_("Declare each list, even when it is empty"), SMS_MANAGER),
    RuleKey.SCOPE_RECORDED: (N_("Certification scope"), N_("Record the scope statement"), SMS_MANAGER),
    RuleKey.AUDIT_PROGRAMME: (N_("Audit programme"), N_("Approve it, or file the approved one"), SMS_MANAGER),
    RuleKey.MANAGEMENT_REVIEW_PLANNED: (
        N_("Management review"),
        N_("Hold one, file its minutes, or date one before stage 2"),
        SMS_MANAGER,
    ),
    RuleKey.AUDITED: (
        N_("Internal audits"),
        N_("Sign off internal audits that conclude each of them"),
        INTERNAL_AUDITOR,
    ),
    RuleKey.MANAGEMENT_REVIEW_HELD: (N_("Management review"), N_("Hold a management review"), SMS_MANAGER),
    RuleKey.NO_MAJOR: (N_("Major nonconformities"), N_("Close them"), INTERNAL_AUDITOR),
    RuleKey.NO_AREA_OF_CONCERN: (N_("Areas of concern"), N_("Close them"), INTERNAL_AUDITOR),
    RuleKey.MINORS_PLANNED: (N_("Minor nonconformities"), N_("Accept a plan and keep its dates"), INTERNAL_AUDITOR),
}


@dataclass
class _Open:
    """An artefact that is short somewhere; the worst outcome speaks for it."""

    artefact: Artefact
    outcome: Outcome
    weight: Fraction = Fraction(0)
    requirements: list[str] = field(default_factory=list)


def gap_rows(
    catalogue: Catalogue,
    result: Result,
    owner_of: Callable[[Artefact], str],
    subjects: Mapping[str, str],
) -> tuple[GapRow, ...]:
    """Rows by the first gate they keep shut, then by weight, then in catalogue order."""
    blocked = _blocked(result)
    rows = [_artefact_gap(each, blocked, owner_of, subjects) for each in _short(catalogue, result).values()]
    rows += _owner_gaps(catalogue, result)
    rows += _rule_gaps(catalogue, result)
    order = {gate: place for place, gate in enumerate(GateKey)}
    return tuple(sorted(rows, key=lambda row: (min((order[g] for g in row.gates), default=9), -row.weight)))


def _blocked(result: Result) -> dict[str, tuple[GateKey, ...]]:
    """The gates that an artefact keeps shut."""
    found: dict[str, list[GateKey]] = {}
    for gate in result.gates:
        for blocker in (b for rule in gate.rules for b in rule.blockers if b.kind is BlockerKind.ARTEFACT):
            gates = found.setdefault(blocker.key, [])
            if gate.key not in gates:
                gates.append(gate.key)
    return {key: tuple(gates) for key, gates in found.items()}


def _short(catalogue: Catalogue, result: Result) -> dict[str, _Open]:
    found: dict[str, _Open] = {}
    for key, artefact in result.artefacts.items():
        wanted = bool(catalogue.artefacts[key].used_by)
        if wanted and (artefact.outcome.coverage < 1 or artefact.outcome.state is not State.CURRENT):
            found[key] = _Open(catalogue.artefacts[key], artefact.outcome)
    for row in result.requirements.values():
        for expected in row.expectations:
            if expected.artefact in found and expected.coverage < 1 and row.uncapped < 1:
                found[expected.artefact].weight += expected.weight * (1 - expected.coverage)
                found[expected.artefact].requirements.append(row.id)
    return found


def _artefact_gap(
    short: _Open,
    blocked: Mapping[str, tuple[GateKey, ...]],
    owner_of: Callable[[Artefact], str],
    subjects: Mapping[str, str],
) -> GapRow:
    state = words.STATES[short.outcome.state]
    detail = outcomes.detail(short.artefact, short.outcome, subjects)
    return GapRow(
        subject=short.artefact.name,
        missing=f"{state}, {detail}" if detail else state,
        gates=blocked.get(short.artefact.key, ()),
        requirements=tuple(short.requirements),
        owner=owner_of(short.artefact),
        cure=outcomes.cure(short.artefact, short.outcome),
        weight=short.weight,
    )


def _owner_gaps(catalogue: Catalogue, result: Result) -> Iterable[GapRow]:
    for gate in result.gates:
        for blocker in (b for rule in gate.rules if rule.key is RuleKey.PROCESS_OWNERS for b in rule.blockers):
            yield GapRow(
                subject=catalogue.processes[blocker.key].name,
                missing=_("No owner"),
                gates=(gate.key,),
                requirements=(),
                owner=_(SMS_MANAGER),
                cure=_("Assign an owner"),
                weight=Fraction(0),
            )


def _rule_gaps(catalogue: Catalogue, result: Result) -> Iterable[GapRow]:
    """One row for each failing rule that is about the system rather than about artefacts."""
    for gate in result.gates:
        for rule in gate.rules:
            if rule.passed or rule.key not in _RULE_CURES:
                continue
            subject, cure, owner = (_(text) for text in _RULE_CURES[rule.key])
            named = words.joined([blocker_name(catalogue, b.kind, b.key) for b in rule.blockers], 12)
            reason = words.blocker_reason(rule.blockers[0].reason)
            is_system = rule.blockers[0].kind is BlockerKind.SYSTEM
            missing = reason.capitalize() if is_system else say(N_("%(reason)s: %(named)s"), reason=reason, named=named)
            yield GapRow(subject, missing, (gate.key,), (), owner, cure, Fraction(0))


def blocker_name(catalogue: Catalogue, kind: BlockerKind, key: str) -> str:
    """What a blocker is about, as a person would call it."""
    match kind:
        case BlockerKind.ARTEFACT:
            return catalogue.artefacts[key].name
        case BlockerKind.PROCESS:
            return catalogue.processes[key].name
        case BlockerKind.SUBJECT_LIST:
            return words.SUBJECT_LISTS.get(key, key)
        case BlockerKind.SYSTEM:
            return words.RULES[RuleKey(key)]
        case BlockerKind.CLAUSE | BlockerKind.REQUIREMENT | BlockerKind.FINDING:
            return key
