"""The result as one JSON object: exact fractions as text, unknown as null, days as ISO dates, lists in fixed order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from itsmcomply.clauses.policy import Band
from itsmcomply.readiness.results import (
    ArtefactResult,
    CriterionResult,
    FactValue,
    Forecast,
    GateResult,
    Named,
    ProcessResult,
    Reason,
    RequirementResult,
    Result,
)

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"


def to_json(result: Result) -> dict[str, Json]:
    """The object that the command line and the API print. Source: `docs/derivation.md`, the result as data."""
    return {
        "system": result.system,
        "as_of": result.as_of.isoformat(),
        "catalogue": _named(result.catalogue),
        "policy": _named(result.policy),
        "model": _named(result.model),
        "status": result.status.value,
        "status_if_renewed": result.status_if_renewed.value,
        "coverage": value(result.coverage),
        "band": value(result.band),
        "level": result.level,
        "index": value(result.index),
        "level_counts": list(result.level_counts),
        "gates": _gates(result.gates),
        "processes": [_process(process) for process in result.processes.values()],
        "clauses": [
            {"number": clause.number, "coverage": value(clause.coverage), "band": value(clause.band)}
            for clause in result.clauses.values()
        ],
        "requirements": [_requirement(requirement) for requirement in result.requirements.values()],
        "artefacts": [_artefact(artefact) for artefact in result.artefacts.values()],
        "hints": [
            {"kind": hint.kind.value, "artefact": hint.artefact, "items": list(hint.items)} for hint in result.hints
        ],
        "forecast": None if result.forecast is None else _forecast(result.forecast),
    }


def value(item: FactValue | date) -> Json:
    """One value: yes, no and whole numbers as they are, fractions as "37/62", bands as letters, days in ISO form."""
    match item:
        case None | bool() | int():
            return item
        case Fraction():
            return str(item)
        case Band():
            return item.value
        case date():
            return item.isoformat()


def _named(named: Named) -> Json:
    return {"key": named.key, "version": named.version, "digest": named.digest}


def _gates(gates: Iterable[GateResult]) -> Json:
    return [
        {
            "key": gate.key.value,
            "passed": gate.passed,
            "rules": [
                {
                    "key": rule.key.value,
                    "passed": rule.passed,
                    "met": rule.met,
                    "total": rule.total,
                    "blockers": [{"kind": b.kind.value, "key": b.key, "reason": b.reason} for b in rule.blockers],
                }
                for rule in gate.rules
            ],
        }
        for gate in gates
    ]


def _process(process: ProcessResult) -> Json:
    return {
        "key": process.key,
        "level": process.level,
        "index": value(process.index),
        "coverage": value(process.coverage),
        "band": value(process.band),
        "facts": {fact.value: value(found) for fact, found in process.facts.values.items()},
        "substituted": [fact.value for fact in process.facts.values if fact in process.facts.substituted],
        "criteria": [_criterion(criterion) for criterion in process.criteria],
    }


def _criterion(criterion: CriterionResult) -> Json:
    return {
        "level": criterion.level,
        "fact": criterion.fact.value,
        "op": criterion.op.value,
        "threshold": value(criterion.threshold),
        "actual": value(criterion.actual),
        "met": criterion.met,
        "reasons": [_reason(reason) for reason in criterion.reasons],
    }


def _reason(reason: Reason) -> Json:
    return {"kind": reason.kind.value, "key": reason.key, "count": reason.count}


def _requirement(requirement: RequirementResult) -> Json:
    return {
        "id": requirement.id,
        "coverage": value(requirement.coverage),
        "band": value(requirement.band),
        "cap": None if requirement.cap is None else requirement.cap.value,
        "expectations": [
            {
                "artefact": expected.artefact,
                "role": expected.role.value,
                "weight": value(expected.weight),
                "state": expected.state.value,
                "coverage": value(expected.coverage),
                "answers": list(expected.outcome.answers),
            }
            for expected in requirement.expectations
        ],
    }


def _artefact(artefact: ArtefactResult) -> Json:
    outcome = artefact.outcome
    return {
        "key": artefact.key,
        "state": outcome.state.value,
        "coverage": value(outcome.coverage),
        "lapses_on": value(outcome.lapses_on),
        "renewal_due": outcome.renewal_due,
    }


def _forecast(ahead: Forecast) -> Json:
    return {
        "gates": _gates(ahead.gates),
        "first_on": value(ahead.first_on),
        "renewals": [
            {
                "kind": one.kind.value,
                "artefact": one.artefact,
                "requirement": one.requirement,
                "subjects": list(one.subjects),
                "lapses_on": value(one.lapses_on),
            }
            for one in ahead.renewals
        ],
    }
