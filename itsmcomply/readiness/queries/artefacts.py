"""Artefacts: what each is, who needs it, what is on file; and the list of all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.clauses.model import Artefact, ExpectationRole
from itsmcomply.clauses.policy import Band
from itsmcomply.errors import NotFound
from itsmcomply.evidence.keys import item_key, item_number
from itsmcomply.evidence.models import RegisterLine
from itsmcomply.readiness import words
from itsmcomply.readiness.engine.days import value_in_force
from itsmcomply.readiness.phrases import Phrase
from itsmcomply.readiness.queries.gates import Need, artefact_need
from itsmcomply.readiness.queries.standing import standing_of
from itsmcomply.readiness.queries.strips import Strip, SubjectRow, strips, subject_rows
from itsmcomply.readiness.queries.view import View
from itsmcomply.readiness.results import Outcome, State

ITEMS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class ArtefactLine:
    """One artefact in a list. `need` says why it stands where it does and what to do; `items`: the first answering
    items, `more_items` how many others. `strips` as in `strips.strips`; `requirements`: ids that expect it.
    """

    artefact: Artefact
    state: State
    coverage: Fraction
    interval: Phrase
    renewal_due: bool
    lapses_on: date | None
    pending: bool
    need: Need
    strips: tuple[Strip, ...]
    items: tuple[str, ...]
    more_items: int
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NeededBy:
    """A requirement that expects the artefact; `answered` by linked items too, so its state may be better."""

    requirement: str
    text: str
    role: ExpectationRole
    weight: Fraction
    state: State
    coverage: Fraction
    band: Band
    requirement_coverage: Fraction


@dataclass(frozen=True, slots=True)
class FiledItem:
    """An item filed under the artefact, as known on the day. `versions`: how many it has."""

    key: str
    versions: int
    received_on: date


@dataclass(frozen=True, slots=True)
class ArtefactView:
    """Everything about one artefact. `filed`: newest first, at most a page; `filed_total` counts all."""

    line: ArtefactLine
    process_name: str
    owner: str
    needed_by: tuple[NeededBy, ...]
    subjects: tuple[SubjectRow, ...]
    list_declared: bool
    filed: tuple[FiledItem, ...]
    filed_total: int
    waiting: str
    rejected_on: date | None


def artefact_of(view: View, key: str) -> Artefact:
    """The artefact of a key. Raises NotFound."""
    found = view.catalogue.artefacts.get(key)
    if found is None:
        raise NotFound("artefact", key)
    return found


def artefact_line(view: View, artefact: Artefact) -> ArtefactLine:
    outcome = view.result.artefacts[artefact.key].outcome
    return ArtefactLine(
        artefact=artefact,
        state=outcome.state,
        coverage=outcome.coverage,
        interval=interval_of(view, artefact),
        renewal_due=outcome.renewal_due,
        lapses_on=outcome.lapses_on,
        pending=outcome.pending,
        need=artefact_need(view, artefact),
        strips=strips(view, artefact, outcome) if artefact.per is None else (),
        items=newest(outcome),
        more_items=max(0, len(outcome.answers) - ITEMS_SHOWN),
        requirements=artefact.used_by,
    )


def newest(outcome: Outcome) -> tuple[str, ...]:
    """The answering items added last, newest first."""
    return tuple(reversed(outcome.answers[-ITEMS_SHOWN:]))


def interval_of(view: View, artefact: Artefact) -> Phrase:
    """How long one is good for, by the organisation's own interval where it has one."""
    own = value_in_force(view.snapshot.loaded.facts.system.own_intervals.get(artefact.key, ()), view.now)
    days = artefact.freshness_days if own is None else min(own, view.policy.freshness.own_interval_max_days)
    return words.interval(days, artefact.every, event_driven=artefact.event_driven)


def artefact_lines(view: View, artefacts: Iterable[Artefact]) -> tuple[ArtefactLine, ...]:
    """Lines for pages, what needs somebody first: rejected, missing, lapsed, in review, then the rest."""
    order = {State.REJECTED: 0, State.MISSING: 1, State.LAPSED: 2, State.IN_REVIEW: 3, State.CURRENT: 4}
    lines = [artefact_line(view, artefact) for artefact in artefacts]
    return tuple(sorted(lines, key=lambda line: (order[line.state], not line.artefact.mandated)))


def artefact_view(view: View, key: str, *, page: int = 20) -> ArtefactView:
    """One artefact on the day. Raises NotFound."""
    artefact = artefact_of(view, key)
    outcome = view.result.artefacts[key].outcome
    standing = standing_of(view, artefact)
    filed = sorted(_filed(view, artefact), key=lambda item: (item.received_on, item.key), reverse=True)
    return ArtefactView(
        line=artefact_line(view, artefact),
        process_name=view.catalogue.processes[artefact.home_process].name,
        owner=view.artefact_owner(artefact),
        needed_by=tuple(_needed_by(view, artefact)),
        subjects=subject_rows(view, artefact, outcome),
        list_declared=outcome.list_declared,
        filed=tuple(filed[:page]),
        filed_total=len(filed),
        waiting=standing.waiting.item if standing.waiting else "",
        rejected_on=standing.rejected.on if standing.rejected else None,
    )


def _needed_by(view: View, artefact: Artefact) -> Iterable[NeededBy]:
    for requirement in artefact.used_by:
        result = view.result.requirements[requirement]
        for expected in result.expectations:
            if expected.artefact == artefact.key:
                yield NeededBy(
                    requirement,
                    view.catalogue.requirements[requirement].text,
                    expected.role,
                    expected.weight,
                    expected.state,
                    expected.coverage,
                    result.band,
                    result.coverage,
                )


def _filed(view: View, artefact: Artefact) -> Iterable[FiledItem]:
    facts = view.snapshot.loaded.facts.artefacts.get(artefact.key)
    for item in facts.filed if facts is not None else ():
        known = [version for version in item.versions if view.now.knows(version.received_at)]
        if known:
            received = max(version.received_at for version in known)
            yield FiledItem(item.key, len(known), view.now.day_of(received))


@dataclass(frozen=True, slots=True)
class ItemTitle:
    """What an item is called and the name of the file it shows, "" for other kinds."""

    title: str
    file_name: str


def titles_of(session: Session, system_id: int, items: Iterable[FiledItem]) -> dict[str, ItemTitle]:
    """Titles of items by key, from the register. One query."""
    numbers = [item_number(item.key) for item in items]
    rows = session.execute(
        select(RegisterLine.number, RegisterLine.title, RegisterLine.file_name).where(
            RegisterLine.system_id == system_id, RegisterLine.number.in_(numbers)
        )
    )
    return {item_key(number): ItemTitle(title, file_name or "") for number, title, file_name in rows}
