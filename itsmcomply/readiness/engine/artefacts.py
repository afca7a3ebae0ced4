"""The per-artefact step: outcomes of one artefact on a day, kept while its facts and setting stay the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from itsmcomply.clauses.model import Artefact, Catalogue
from itsmcomply.clauses.policy import Policy
from itsmcomply.readiness.engine.answers import Answer, Knowledge
from itsmcomply.readiness.engine.circumstances import Circumstances
from itsmcomply.readiness.engine.coverage import outcome_of
from itsmcomply.readiness.engine.days import Vantage
from itsmcomply.readiness.engine.hints import ArtefactHints, joined_hints
from itsmcomply.readiness.engine.pieces import Good, Pieces, good_while, read_pieces
from itsmcomply.readiness.engine.plain import Question, Setting
from itsmcomply.readiness.engine.readings import Readings, joined, read_all
from itsmcomply.readiness.engine.stays import Rules, rules_for
from itsmcomply.readiness.facts import ArtefactFacts, Facts, Item, Link
from itsmcomply.readiness.results import Outcome

NOTHING = ArtefactFacts()
KEPT_DAYS = 24
KEPT_MATERIALS = 2


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

    def reads_like(self, other: Context) -> bool:
        """Whether items show the same in both; only links follow `routes`."""
        return (self.artefact, self.setting, self.policy) == (other.artefact, other.setting, other.policy)


@dataclass(frozen=True, slots=True)
class Material:
    """What an artefact's items show, condensed: good for all later days while nothing more is known."""

    facts: ArtefactFacts
    context: Context
    good: Good
    pieces: Pieces
    filed: Readings
    linked: Mapping[str, Readings]
    hints: ArtefactHints

    def holds(self, facts: ArtefactFacts, context: Context, now: Vantage) -> bool:
        return self.good.on(now) and self.facts is facts and self.context == context


@dataclass(frozen=True, slots=True)
class Kept:
    """A step read from a material, which holds for days `from_on <= d < changes_on`."""

    material: Material
    from_on: date
    changes_on: date
    step: Step


StepKey = tuple[str, date | None]


@dataclass(slots=True)
class Steps:
    """Materials and steps kept between evaluations of one system, so that only what is touched is computed again.

    They are used again only for the identical `ArtefactFacts` object and an equal setting, so a stale answer cannot
    come from them. Safe to share between threads: entries are replaced, never changed.
    """

    kept: dict[StepKey, tuple[Kept, ...]] = field(default_factory=dict)
    materials: dict[str, tuple[Material, ...]] = field(default_factory=dict)

    def copy(self) -> Steps:
        return Steps(dict(self.kept), dict(self.materials))

    def material(self, facts: ArtefactFacts, context: Context, now: Vantage) -> Material:
        """The kept material, or one newly read."""
        before = self.materials.get(context.artefact.key, ())
        for one in before:
            if one.holds(facts, context, now):
                return one
        new = _read(facts, context, now, [one.pieces for one in before if one.context.reads_like(context)])
        others = (one for one in before if one.facts is facts)
        self.materials[context.artefact.key] = (new, *others)[:KEPT_MATERIALS]
        return new

    def step(self, material: Material, now: Vantage, renewed_from: date | None) -> Step:
        """The kept step, or one newly computed."""
        key = (material.context.artefact.key, renewed_from)
        before = self.kept.get(key, ())
        for one in before:
            if one.material is material and one.from_on <= now.day < one.changes_on:
                return one.step
        step, changes_on = _compute(material, now, renewed_from)
        others = (one for one in before if one.material.facts is material.facts)
        self.kept[key] = (Kept(material, now.day, changes_on, step), *others)[:KEPT_DAYS]
        return step


def take_steps(catalogue: Catalogue, facts: Facts, around: Circumstances, steps: Steps) -> dict[str, Step]:
    """Every artefact's step in catalogue order, computing only those that `steps` does not hold."""
    return {
        artefact.key: _step(artefact, facts.artefacts.get(artefact.key, NOTHING), around, steps)
        for artefact in catalogue.artefacts.values()
    }


def _step(artefact: Artefact, facts: ArtefactFacts, around: Circumstances, steps: Steps) -> Step:
    context = Context(artefact, around.setting(artefact), around.routes(artefact, facts), around.policy)
    return steps.step(steps.material(facts, context, around.now), around.now, around.renewed_from)


def _read(facts: ArtefactFacts, context: Context, now: Vantage, before: Iterable[Pieces]) -> Material:
    artefact, setting = context.artefact, context.setting
    rules = rules_for(
        artefact,
        context.policy.freshness,
        own_interval=setting.own_interval,
        list_empty=setting.list_empty(artefact.per),
    )
    subjects = setting.read_for(artefact.per)
    pieces = read_pieces(facts.filed, rules, now, subjects, before)
    filed, knowledge = joined([piece.readings for piece in pieces.values()]), Knowledge(now)
    linked = {
        requirement: filed.plus(read_all(found, rules, now.known_on, subjects))
        for requirement, found in _linked_answers(facts.linked, context.routes, rules, knowledge).items()
    }
    return Material(
        facts=facts,
        context=context,
        good=good_while(now, knowledge.next_moment, [piece.good for piece in pieces.values()]),
        pieces=pieces,
        filed=filed,
        linked=linked,
        hints=joined_hints([piece.hints for piece in pieces.values()]),
    )


def _linked_answers(
    linked: Sequence[tuple[Item, Link]],
    routes: Mapping[str, tuple[str, ...]],
    rules: Rules,
    knowledge: Knowledge,
) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = {}
    for item, link in linked:
        answer = knowledge.answer(item, rules, link)
        if answer is None:
            continue
        targets = routes[link.control] if link.control is not None else (link.requirement or "",)
        for requirement in targets:
            found.setdefault(requirement, []).append(answer)
    return found


def _compute(material: Material, now: Vantage, renewed_from: date | None) -> tuple[Step, date]:
    context = material.context
    question = Question(context.artefact, context.policy, context.setting, now, renewed_from)
    outcome, changes_on = outcome_of(question, material.filed)
    linked: dict[str, Outcome] = {}
    for requirement, readings in material.linked.items():
        linked[requirement], change = outcome_of(question, readings)
        changes_on = min(changes_on, change)
    return Step(outcome, linked, material.hints), changes_on
