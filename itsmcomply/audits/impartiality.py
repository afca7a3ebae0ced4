"""Who may not audit what, and why, in words. Pure. Source: ISO/IEC 20000-1:2018 9.2.2, ISO 19011:2018 4 and 5.4.

Nobody audits a process or control they own, evidence they uploaded, or a corrective action of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from itsmcomply.clauses.model import Catalogue, Requirement
from itsmcomply.wording import N_, Sentence, say


class Tie(StrEnum):
    """What binds a person to the work."""

    PROCESS = "process"
    CONTROL = "control"
    EVIDENCE = "evidence"
    ACTION = "action"


@dataclass(frozen=True, slots=True)
class Interests:
    """What a person answers for: keys in `uploads` by artefact, in `controls`, `linked`, `actions` by requirement."""

    user_id: int
    name: str
    processes: frozenset[str] = frozenset()
    controls: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    uploads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    linked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    actions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Objection:
    """A tie that keeps a person from auditing a requirement. `name`: key of the process, control, item or finding."""

    requirement: str
    clause: str
    tie: Tie
    name: str


def objections(interests: Interests, requirements: Iterable[Requirement]) -> tuple[Objection, ...]:
    """Every reason why this person may not audit these requirements, in their order. Empty: nothing is against it."""
    return tuple(found for requirement in requirements for found in _of_requirement(interests, requirement))


def _of_requirement(who: Interests, requirement: Requirement) -> list[Objection]:
    names = [(Tie.PROCESS, requirement.process)] if requirement.process in who.processes else []
    names += [(Tie.CONTROL, ref) for ref in who.controls.get(requirement.id, ())]
    uploads = [key for expected in requirement.expectations for key in who.uploads.get(expected.artefact, ())]
    names += [(Tie.EVIDENCE, key) for key in dict.fromkeys([*uploads, *who.linked.get(requirement.id, ())])]
    names += [(Tie.ACTION, key) for key in who.actions.get(requirement.id, ())]
    return [Objection(requirement.id, requirement.clause, tie, name) for tie, name in names]


def free_part(interests: Interests, requirements: Iterable[Requirement]) -> tuple[str, ...]:
    """The clauses among those of the requirements that nothing keeps this person from auditing, in their order."""
    mine = list(requirements)
    barred = {found.clause for found in objections(interests, mine)}
    return tuple(dict.fromkeys(one.clause for one in mine if one.clause not in barred))


def unassigned(scope: Iterable[str], parts: Collection[Collection[str]]) -> tuple[str, ...]:
    """Clauses of a scope in the part of nobody. `parts`: one per auditor; empty is all of the scope."""
    if not parts or not all(parts):
        return ()
    return tuple(number for number in scope if not any(number in part for part in parts))


_TEXTS: Mapping[Tie, str] = {
    Tie.PROCESS: N_("%(person)s owns the process %(name)s, so somebody else audits %(clauses)s."),
    Tie.CONTROL: N_("%(person)s owns the control %(name)s, so somebody else audits %(clauses)s."),
    Tie.EVIDENCE: N_("%(person)s uploaded %(name)s, which is evidence there, so somebody else audits %(clauses)s."),
    Tie.ACTION: N_("%(person)s carried out a corrective action of %(name)s, so somebody else audits %(clauses)s."),
}


def reasons(person: str, found: Iterable[Objection], catalogue: Catalogue) -> tuple[Sentence, ...]:
    """The objections in words, one sentence for each tie and what it is to; several uploads share a sentence."""
    grouped: dict[tuple[Tie, str], dict[str, None]] = {}
    for one in found:
        grouped.setdefault((one.tie, one.name), {})[one.clause] = None
    merged: dict[tuple[Tie, tuple[str, ...]], list[str]] = {}
    for (tie, name), clauses in grouped.items():
        merged.setdefault((tie, tuple(clauses)), []).append(_named(tie, name, catalogue))
    return tuple(
        say(_TEXTS[tie], person=person, name=_listed(names), clauses=_listed(clauses))
        for (tie, clauses), names in merged.items()
    )


def _named(tie: Tie, name: str, catalogue: Catalogue) -> str:
    if tie is Tie.PROCESS and name in catalogue.processes:
        return catalogue.processes[name].name
    return name


def _listed(names: Iterable[str], most: int = 6) -> str:
    """The names with commas; beyond `most` the rest is counted, so that a sentence stays one."""
    listed = list(names)
    if len(listed) <= most:
        return ", ".join(listed)
    return f"{', '.join(listed[:most])} (+{len(listed) - most})"
