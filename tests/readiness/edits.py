"""Single changes to facts, as a person would make them at the end of a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import TypeVar

from itsmcomply.readiness.engine.days import vantage
from itsmcomply.readiness.facts import Dated, Facts, Finding, Grade, Item, Review, Subject, Version, by_artefact

T = TypeVar("T")


def items_of(facts: Facts) -> list[Item]:
    return [item for found in facts.artefacts.values() for item in found.filed]


def end_of(facts: Facts, day: date) -> datetime:
    """The last moment of the day in the system's zone: what is done then is the latest decision."""
    return vantage(facts.system.zones, day, day).cutoff - timedelta(microseconds=1)


def with_items(facts: Facts, items: Iterable[Item]) -> Facts:
    return Facts(facts.system, by_artefact(items))


def edit_version(facts: Facts, item: Item, number: int, change: Callable[[Version], Version]) -> Facts:
    changed = replace(item, versions=tuple(change(v) if v.number == number else v for v in item.versions))
    return with_items(facts, [changed if one is item else one for one in items_of(facts)])


def decide(facts: Facts, item: Item, number: int, day: date, *, accept: bool) -> Facts:
    review = Review(accepted=accept, decided_at=end_of(facts, day))
    return edit_version(facts, item, number, lambda v: replace(v, reviews=(*v.reviews, review)))


def withdraw(facts: Facts, item: Item, number: int, day: date) -> Facts:
    return edit_version(facts, item, number, lambda v: replace(v, withdrawn_at=end_of(facts, day)))


def with_system(facts: Facts, **changes: object) -> Facts:
    return replace(facts, system=replace(facts.system, **changes))  # type: ignore[arg-type]


def open_finding(facts: Facts, grade: Grade, requirement: str, day: date) -> Facts:
    moment = end_of(facts, day)
    finding = Finding("F-new", moment, (Dated(grade, moment),), (requirement,))
    return with_system(facts, findings=(*facts.system.findings, finding))


def known_by(facts: Facts, day: date) -> Facts:
    """The facts as they stood at the end of the day: everything recorded later is gone."""
    end = end_of(facts, day)
    system = facts.system
    return replace(
        with_items(
            facts, [_item_by(item, end) for item in items_of(facts) if any(v.received_at <= end for v in item.versions)]
        ),
        system=replace(
            system,
            own_intervals={key: _dated_by(entries, end) for key, entries in system.own_intervals.items()},
            owners={key: _dated_by(entries, end) for key, entries in system.owners.items()},
            subjects=tuple(_subject_by(s, end) for s in system.subjects),
            control_mappings=tuple(m for m in system.control_mappings if m.recorded_at <= end),
            findings=tuple(_finding_by(f, end) for f in system.findings if f.opened_at <= end),
            audits=tuple(a for a in system.audits if a.signed_off_at is not None and a.signed_off_at <= end),
            management_reviews=tuple(m for m in system.management_reviews if m.recorded_at <= end),
            kpis=tuple(replace(k, values=_dated_by(k.values, end)) for k in system.kpis),
            improvements=tuple(
                i for i in system.improvements if i.effect_evaluated_at is None or i.effect_evaluated_at <= end
            ),
        ),
    )


def _dated_by(entries: tuple[Dated[T], ...], end: datetime) -> tuple[Dated[T], ...]:
    return tuple(entry for entry in entries if entry.recorded_at <= end)


def _moment_by(moment: datetime | None, end: datetime) -> datetime | None:
    return None if moment is None or moment > end else moment


def _item_by(item: Item, end: datetime) -> Item:
    versions = tuple(
        replace(v, reviews=_reviews_by(v.reviews, end), withdrawn_at=_moment_by(v.withdrawn_at, end))
        for v in item.versions
        if v.received_at <= end
    )
    links = tuple(
        replace(link, reviews=_reviews_by(link.reviews, end), ended_at=_moment_by(link.ended_at, end))
        for link in item.links
        if link.linked_at <= end
    )
    return replace(item, versions=versions, links=links)


def _reviews_by(reviews: tuple[Review, ...], end: datetime) -> tuple[Review, ...]:
    return tuple(review for review in reviews if review.decided_at <= end)


def _subject_by(subject: Subject, end: datetime) -> Subject:
    known = _moment_by(subject.ended_at, end)
    return replace(subject, ended_at=known, ended_on=subject.ended_on if known else None)


def _finding_by(finding: Finding, end: datetime) -> Finding:
    closings = tuple(
        replace(c, reopened_at=_moment_by(c.reopened_at, end)) for c in finding.closings if c.closed_at <= end
    )
    actions = tuple(replace(a, completed_at=_moment_by(a.completed_at, end)) for a in finding.actions)
    return replace(finding, closings=closings, actions=actions)


def shuffle(facts: Facts, random: Random) -> Facts:
    """The same facts in another order, at every level."""

    def mixed(values: Iterable[T]) -> tuple[T, ...]:
        found = list(values)
        random.shuffle(found)
        return tuple(found)

    items = [
        replace(
            item, versions=mixed(replace(v, reviews=mixed(v.reviews)) for v in item.versions), links=mixed(item.links)
        )
        for item in items_of(facts)
    ]
    system = facts.system
    return replace(
        with_items(facts, mixed(items)),
        system=replace(
            system,
            owners=dict(mixed(system.owners.items())),
            declared_lists=dict(mixed(system.declared_lists.items())),
            subjects=mixed(system.subjects),
            control_mappings=mixed(system.control_mappings),
            findings=mixed(system.findings),
            audits=mixed(system.audits),
            kpis=mixed(replace(kpi, values=mixed(kpi.values)) for kpi in system.kpis),
        ),
    )
