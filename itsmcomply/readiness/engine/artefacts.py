"""The per-artefact step: outcomes of one artefact on a day, kept while its facts and setting stay the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from itsmcomply.clauses.model import Artefact, Catalogue, SubjectKind
from itsmcomply.clauses.policy import Policy
from itsmcomply.readiness.engine.coverage import Question, Setting, SubjectInForce, outcome_of
from itsmcomply.readiness.engine.days import Vantage, in_force, value_in_force
from itsmcomply.readiness.engine.hints import ArtefactHints, hints_of
from itsmcomply.readiness.engine.versions import Answer, Knowledge, rules_for
from itsmcomply.readiness.facts import ArtefactFacts, Facts, Item, Link, Subject, SystemFacts
from itsmcomply.readiness.results import Outcome

NOTHING = ArtefactFacts()
KEPT_DAYS = 24


@dataclass(frozen=True, slots=True)
class Step:
    """Outcomes of one artefact: by items filed under it, and per requirement where links add to them."""

    filed: Outcome
    linked: Mapping[str, Outcome]
    hints: ArtefactHints

    def outcome(self, requirement: str) -> Outcome:
        return self.linked.get(requirement, self.filed)


@dataclass(frozen=True, slots=True)
class Context:
    """What a step depends on beside the artefact's facts, the day and what is known on it."""

    artefact: Artefact
    setting: Setting
    routes: Mapping[str, tuple[str, ...]]
    policy: Policy


@dataclass(frozen=True, slots=True)
class Kept:
    """A step with all it depends on: it holds for days `from_on <= d < changes_on` with nothing newly known."""

    facts: ArtefactFacts
    context: Context
    from_on: date
    changes_on: date
    cutoff: datetime
    next_moment: datetime
    step: Step

    def holds(self, now: Vantage) -> bool:
        known = self.cutoff <= now.cutoff <= self.next_moment
        return known and self.from_on <= now.day < self.changes_on


@dataclass(slots=True)
class Steps:
    """Steps kept between evaluations of one system and catalogue, so that only what is touched is computed again.

    A step is used again only for the identical `ArtefactFacts` object and an equal setting, so a stale answer cannot
    come from it. Safe to share between threads: entries are replaced, never changed.
    """

    kept: dict[tuple[str, date | None], tuple[Kept, ...]] = field(default_factory=dict)

    def find(self, key: tuple[str, date | None], facts: ArtefactFacts, context: Context, now: Vantage) -> Step | None:
        for one in self.kept.get(key, ()):
            if one.facts is facts and one.holds(now) and one.context == context:
                return one.step
        return None

    def keep(self, key: tuple[str, date | None], new: Kept) -> None:
        same = (one for one in self.kept.get(key, ()) if one.facts is new.facts)
        self.kept[key] = (new, *same)[:KEPT_DAYS]


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


def take_steps(catalogue: Catalogue, facts: Facts, around: Circumstances, steps: Steps) -> dict[str, Step]:
    """Every artefact's step in catalogue order, computing only those that `steps` does not hold."""
    return {
        artefact.key: _step(artefact, facts.artefacts.get(artefact.key, NOTHING), around, steps)
        for artefact in catalogue.artefacts.values()
    }


def _step(artefact: Artefact, facts: ArtefactFacts, around: Circumstances, steps: Steps) -> Step:
    now, key = around.now, (artefact.key, around.renewed_from)
    context = Context(artefact, around.setting(artefact), _routes(artefact, facts, around), around.policy)
    found = steps.find(key, facts, context, now)
    if found is not None:
        return found
    knowledge = Knowledge(now)
    step, changes_on = _compute(_question(context, around), facts, context.routes, knowledge)
    steps.keep(key, Kept(facts, context, now.day, changes_on, now.cutoff, knowledge.next_moment, step))
    return step


def _question(context: Context, around: Circumstances) -> Question:
    setting, artefact = context.setting, context.artefact
    rules = rules_for(
        artefact,
        context.policy.freshness,
        own_interval=setting.own_interval,
        list_empty=setting.list_empty(artefact.per),
        renewed_from=around.renewed_from,
    )
    return Question(artefact, context.policy, setting, rules, around.now)


def _routes(artefact: Artefact, facts: ArtefactFacts, around: Circumstances) -> dict[str, tuple[str, ...]]:
    """For each control that items are linked to for this artefact: the mapped requirements that expect it."""
    controls = {link.control for _, link in facts.linked if link.control is not None}
    return {
        control: tuple(r for r in artefact.used_by if r in around.mappings.get(control, frozenset()))
        for control in sorted(controls)
    }


def _compute(
    question: Question, facts: ArtefactFacts, routes: Mapping[str, tuple[str, ...]], knowledge: Knowledge
) -> tuple[Step, date]:
    filed = [a for item in facts.filed if (a := knowledge.answer(item, question.rules))]
    outcome, changes_on = outcome_of(question, filed)
    linked: dict[str, Outcome] = {}
    for requirement, answers in _linked_answers(question, facts.linked, routes, knowledge).items():
        linked[requirement], change = outcome_of(question, [*filed, *answers])
        changes_on = min(changes_on, change)
    starts = (v.effective_on for answer in filed for v in answer.accepted if v.effective_on > question.now.day)
    hints = hints_of(filed, one_per_item=question.rules.one_per_item, day=question.now.day)
    return Step(outcome, linked, hints), min([changes_on, *starts])


def _linked_answers(
    question: Question,
    linked: Sequence[tuple[Item, Link]],
    routes: Mapping[str, tuple[str, ...]],
    knowledge: Knowledge,
) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = {}
    for item, link in linked:
        answer = knowledge.answer(item, question.rules, link)
        if answer is None:
            continue
        targets = routes[link.control] if link.control is not None else (link.requirement or "",)
        for requirement in targets:
            found.setdefault(requirement, []).append(answer)
    return found
