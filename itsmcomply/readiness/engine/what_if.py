"""What one decision would change on a day: accepting, rejecting or withdrawing a version, or doing without an item."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from operator import attrgetter

from itsmcomply.clauses.maturity import MaturityModel
from itsmcomply.clauses.model import Catalogue
from itsmcomply.clauses.policy import Policy
from itsmcomply.readiness.engine.artefacts import Steps
from itsmcomply.readiness.engine.days import vantage
from itsmcomply.readiness.engine.evaluation import evaluate
from itsmcomply.readiness.facts import ArtefactFacts, Facts, Item, Review, Version
from itsmcomply.readiness.results import Change, Difference, Result

Edit = Callable[[Item], Item | None]
_KEY = attrgetter("key")


@dataclass(frozen=True, slots=True)
class Setup:
    """What an evaluation needs, for several questions. `steps` as in `evaluate`; `known`: its result if at hand."""

    catalogue: Catalogue
    policy: Policy
    model: MaturityModel
    facts: Facts
    day: date
    today: date
    steps: Steps
    known: Result | None = None

    def evaluate(self) -> Result:
        return evaluate(
            self.catalogue, self.policy, self.model, self.facts, self.day, today=self.today, steps=self.steps
        )

    @property
    def moment(self) -> datetime:
        """The last moment known on the day: a decision taken then follows all others."""
        return vantage(self.facts.system.zones, self.day, self.today).cutoff - timedelta(microseconds=1)


def without_item(setup: Setup, item: str) -> Difference:
    """What the result would be without the item."""
    return what_if(setup, item, lambda _: None)


def what_if_accepted(setup: Setup, item: str, number: int) -> Difference:
    """What accepting the version would change."""
    review = Review(accepted=True, decided_at=setup.moment)
    return what_if(setup, item, _edit_version(number, lambda v: replace(v, reviews=(*v.reviews, review))))


def what_if_rejected(setup: Setup, item: str, number: int) -> Difference:
    """What rejecting the version would change."""
    review = Review(accepted=False, decided_at=setup.moment)
    return what_if(setup, item, _edit_version(number, lambda v: replace(v, reviews=(*v.reviews, review))))


def what_if_withdrawn(setup: Setup, item: str, number: int) -> Difference:
    """What withdrawing the version would change."""
    return what_if(setup, item, _edit_version(number, lambda v: replace(v, withdrawn_at=setup.moment)))


def _edit_version(number: int, change: Callable[[Version], Version]) -> Edit:
    def edit(item: Item) -> Item:
        return replace(item, versions=tuple(change(v) if v.number == number else v for v in item.versions))

    return edit


def what_if(setup: Setup, item: str, edit: Edit) -> Difference:
    """Compare the result as it is with the one after `edit` of the item (None: without it)."""
    facts = replace(setup.facts, artefacts=_edited(setup.facts.artefacts, item, edit))
    after = replace(setup, facts=facts, steps=setup.steps.copy(), known=None)
    return difference(setup.known or setup.evaluate(), after.evaluate())


def _edited(artefacts: Mapping[str, ArtefactFacts], key: str, edit: Edit) -> dict[str, ArtefactFacts]:
    """The same facts with one item changed wherever it answers; untouched artefacts stay the same objects."""
    touched = _touched(artefacts, key)
    return {name: _edit_facts(facts, key, edit) if name in touched else facts for name, facts in artefacts.items()}


def _touched(artefacts: Mapping[str, ArtefactFacts], key: str) -> set[str]:
    """Artefacts that the item may answer; none for an unknown one."""
    for facts in artefacts.values():
        if key in map(_KEY, facts.filed):
            item = next(item for item in facts.filed if item.key == key)
            return {item.artefact, *(link.artefact for link in item.links)}
    return set()


def _edit_facts(facts: ArtefactFacts, key: str, edit: Edit) -> ArtefactFacts:
    filed = ((edit(item) if item.key == key else item) for item in facts.filed)
    linked = ((edit(item) if item.key == key else item, link) for item, link in facts.linked)
    return ArtefactFacts(
        tuple(item for item in filed if item is not None),
        tuple((item, link) for item, link in linked if item is not None),
    )


def difference(before: Result, after: Result) -> Difference:
    """Only what differs, in catalogue order."""
    return Difference(
        requirements=_changes(
            {key: r.coverage for key, r in before.requirements.items()},
            {key: r.coverage for key, r in after.requirements.items()},
        ),
        processes=_changes(
            {key: p.coverage for key, p in before.processes.items()},
            {key: p.coverage for key, p in after.processes.items()},
        ),
        levels=tuple(
            (key, one.level, after.processes[key].level)
            for key, one in before.processes.items()
            if one.level != after.processes[key].level
        ),
        artefacts=tuple(
            (key, one.outcome.state, after.artefacts[key].outcome.state)
            for key, one in before.artefacts.items()
            if one.outcome.state is not after.artefacts[key].outcome.state
        ),
        before=before,
        after=after,
    )


def _changes(before: Mapping[str, Fraction | None], after: Mapping[str, Fraction | None]) -> tuple[Change, ...]:
    return tuple(Change(key, share, after[key]) for key, share in before.items() if share != after[key])
