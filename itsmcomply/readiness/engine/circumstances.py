"""The system's own entries in force on a day, as far as artefacts depend on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from itsmcomply.clauses.model import Artefact, SubjectKind
from itsmcomply.clauses.policy import Policy
from itsmcomply.readiness.engine.days import Vantage, in_force, value_in_force
from itsmcomply.readiness.engine.plain import Setting, SubjectInForce
from itsmcomply.readiness.facts import ArtefactFacts, Subject, SystemFacts


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What all artefacts share: the day, the policy, and the system's own entries in force, as far as they matter.

    `renewed_from`: assume that what is current on that day is renewed from then on (None: nothing more arrives).
    """

    operating_since: date | None
    subjects: Mapping[SubjectKind, tuple[SubjectInForce, ...]]
    declared: frozenset[SubjectKind]
    mappings: Mapping[str, frozenset[str]]
    system: SystemFacts
    policy: Policy
    now: Vantage
    renewed_from: date | None

    def setting(self, artefact: Artefact) -> Setting:
        return Setting(
            own_interval=value_in_force(self.system.own_intervals.get(artefact.key, ()), self.now),
            operating_since=self.operating_since if artefact.every else None,
            declared=artefact.per is None or artefact.per in self.declared,
            subjects=() if artefact.per is None else self.subjects.get(artefact.per, ()),
        )

    def routes(self, artefact: Artefact, facts: ArtefactFacts) -> dict[str, tuple[str, ...]]:
        """For each control that items are linked to for this artefact: the mapped requirements that expect it."""
        controls = {link.control for _, link in facts.linked if link.control is not None}
        return {
            control: tuple(r for r in artefact.used_by if r in self.mappings.get(control, frozenset()))
            for control in sorted(controls)
        }


def circumstances(system: SystemFacts, policy: Policy, now: Vantage, renewed_from: date | None = None) -> Circumstances:
    """Read the dated entries that artefacts depend on."""
    subjects = [subject for subject in system.subjects if _is_subject_in_force(subject, now)]
    mappings: dict[str, set[str]] = {}
    for one in system.control_mappings:
        if now.knows(one.recorded_at) and not now.knows(one.ended_at):
            mappings.setdefault(one.control, set()).add(one.requirement)
    return Circumstances(
        operating_since=value_in_force(system.operating_since, now),
        subjects={kind: _of_kind(subjects, kind) for kind in SubjectKind},
        declared=frozenset(k for k, entries in system.declared_lists.items() if in_force(entries, now)),
        mappings={control: frozenset(found) for control, found in mappings.items()},
        system=system,
        policy=policy,
        now=now,
        renewed_from=renewed_from,
    )


def _is_subject_in_force(subject: Subject, now: Vantage) -> bool:
    if not now.knows(subject.recorded_at) or subject.from_on > now.day:
        return False
    if subject.ended_at is None or not now.knows(subject.ended_at):
        return True
    return (subject.ended_on or now.day_of(subject.ended_at)) > now.day


def _of_kind(subjects: Iterable[Subject], kind: SubjectKind) -> tuple[SubjectInForce, ...]:
    found = {s.key: SubjectInForce(s.key, s.from_on) for s in subjects if s.kind is kind}
    return tuple(found[key] for key in sorted(found))
