"""What happened to the evidence of one artefact: since when lapsed, what waits for review, what was rejected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from itsmcomply.clauses.model import Artefact
from itsmcomply.readiness.engine.answers import Knowledge
from itsmcomply.readiness.engine.days import Vantage, days_after, value_in_force
from itsmcomply.readiness.engine.stays import Rules, rules_for, stay_of
from itsmcomply.readiness.facts import ArtefactFacts, Item, Review, Version
from itsmcomply.readiness.queries.view import View


@dataclass(frozen=True, slots=True)
class Happening:
    """Something about one version, on a day."""

    item: str
    version: int
    on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest of each, over the items filed under the artefact; None where there was none.

    `lapsed`: the first day on which nothing counted any more. `waiting`: the undecided version that waits longest.
    `newest`: the item that was added to last, where a new version belongs.
    """

    lapsed: Happening | None = None
    waiting: Happening | None = None
    rejected: Happening | None = None
    newest: str | None = None


def standing_of(view: View, artefact: Artefact) -> Standing:
    """Read the items of one artefact as known on the day of the view."""
    facts = view.snapshot.loaded.facts.artefacts.get(artefact.key)
    if facts is None:
        return Standing()
    system = view.snapshot.loaded.facts.system
    rules = rules_for(
        artefact,
        view.policy.freshness,
        own_interval=value_in_force(system.own_intervals.get(artefact.key, ()), view.now),
        list_empty=view.result.artefacts[artefact.key].outcome.list_empty,
    )
    return _standing(facts, rules, view.now)


def _standing(facts: ArtefactFacts, rules: Rules, now: Vantage) -> Standing:
    lapsed: list[Happening] = []
    waiting: list[tuple[datetime, Happening]] = []
    rejected: list[tuple[datetime, Happening]] = []
    received: list[tuple[datetime, str]] = []
    for item, version, decision in _decided(facts.filed, now):
        received.append((version.received_at, item.key))
        if decision is None:
            happening = Happening(item.key, version.number, now.day_of(version.received_at))
            waiting.append((version.received_at, happening))
        elif decision.accepted:
            end = stay_of(version, rules).last
            if end < now.day:
                lapsed.append(Happening(item.key, version.number, days_after(end, 1)))
        else:
            on = now.day_of(decision.decided_at)
            rejected.append((decision.decided_at, Happening(item.key, version.number, on)))
    return Standing(
        lapsed=max(lapsed, key=lambda one: one.on, default=None),
        waiting=min(waiting, key=lambda pair: pair[0])[1] if waiting else None,
        rejected=max(rejected, key=lambda pair: pair[0])[1] if rejected else None,
        newest=max(received)[1] if received else None,
    )


def _decided(items: Iterable[Item], now: Vantage) -> Iterable[tuple[Item, Version, Review | None]]:
    """Versions known on the day and not withdrawn, with the decision that stands."""
    knowledge = Knowledge(now)
    for item in items:
        for version in item.versions:
            if now.knows(version.received_at) and not now.knows(version.withdrawn_at):
                yield item, version, knowledge.decision(version.reviews)
