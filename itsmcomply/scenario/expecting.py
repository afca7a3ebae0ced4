"""What a scenario expects of readiness, held against what readiness says. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from itsmcomply.readiness.results import GateKey, Result
from itsmcomply.scenario.model import Expectation


def differences(expected: Expectation, result: Result) -> tuple[str, ...]:
    """A sentence for each part that is not as the file says; empty when all is."""
    return tuple(_differences(expected, result))


def _differences(expected: Expectation, result: Result) -> Iterator[str]:
    if expected.status is not None and result.status != expected.status:
        yield f"{expected.system} is {result.status}, the file expects {expected.status}"
    if expected.level is not None and result.level != expected.level:
        yield f"{expected.system} is on level {result.level}, the file expects {expected.level}"
    for process, level in expected.levels.items():
        if (found := result.processes[process].level) != level:
            yield f"{process} is on level {found}, the file expects {level}"
    for gate, blockers in expected.blockers.items():
        count = sum(len(rule.blockers) for rule in result.gate(GateKey(gate)).rules)
        if count != blockers:
            yield f"gate {gate} has {count} blockers, the file expects {blockers}"
