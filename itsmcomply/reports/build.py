"""Builds the pack of a system and day: the engine's result and what stands around it, in constant queries."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.accounts.queries import names_of
from itsmcomply.activity.models import ActivityEntry
from itsmcomply.clauses.model import Artefact
from itsmcomply.controls.models import Control
from itsmcomply.evidence.keys import item_key, item_number
from itsmcomply.evidence.models import EvidenceItem
from itsmcomply.readiness.cache import Rules, paused_collection
from itsmcomply.readiness.engine import evaluate
from itsmcomply.readiness.engine.days import Vantage, is_in_force, vantage
from itsmcomply.readiness.facts import Dated, Facts
from itsmcomply.readiness.inputs import Loaded, load
from itsmcomply.readiness.inputs.columns import moment, utc
from itsmcomply.reports import standing
from itsmcomply.reports.auditing import Sight, audit_part
from itsmcomply.reports.compose import Around, compose, named_items
from itsmcomply.reports.model import About, ActivityRow, ActivitySummary, ControlRow, Mode, Pack, SubjectLine
from itsmcomply.reports.register import DatabaseRegister, Names, register_size
from itsmcomply.systems.models import EntryKind, ManagementSystem, Subject, SystemEntry
from itsmcomply.systems.queries import installation

EXPORT_ACTIONS = "export."
"""Entries that exports leave themselves; counting them would make every export differ from the one before it."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: `today` in the system's zone, `model` None for the default."""

    system_id: int
    day: date
    today: date
    model: str | None = None


def build(session: Session, rules: Rules, order: Order) -> tuple[Pack, DatabaseRegister]:
    """The pack and its register, which reads on while it is written. About 60 queries, however much there is.

    Raises NotFound for the system or model, InvalidInput for a day outside the years the product reckons with.
    """
    model = rules.model(order.model)
    with paused_collection():
        loaded = load(session, order.system_id)
        now = vantage(loaded.facts.system.zones, order.day, order.today)
        known = min(order.day, order.today)
        result = evaluate(rules.catalogue, rules.policy, model, loaded.facts, order.day, today=known)
        stands = standing.stands(rules.catalogue, rules.policy.freshness, loaded.facts, now)
        gc.freeze()  # facts hold no cycles; every full collection from here on would walk over all of them
    people = names_of(session)
    controls = _control_rows(session, order.system_id)
    around = Around(
        about=_about(session, order.system_id, now),
        mode=_mode(session),
        owners=_process_owners(rules, loaded, now, people),
        artefact_owners=_artefact_owners(rules.catalogue.artefacts.values(), loaded, now, people),
        controls=_controls(controls, rules, loaded, now, people),
        titles=_titles(session, order.system_id, named_items(result)),
        subjects=loaded.planning.subject_names,
        audit=audit_part(Sight(session, order.system_id, rules.catalogue, now, people, stands)),
        activity=_activity(session, order.system_id, now),
        evidence=standing.counts(stands),
    )
    pack = compose(rules.catalogue, rules.policy, model, result, around)
    refs = {str(row.id): row.ref for row in controls}
    names = Names(people, loaded.planning.subject_names, _linked(loaded.facts, refs, now))
    total = register_size(session, order.system_id, now.cutoff)
    return pack, DatabaseRegister(session, order.system_id, rules.catalogue, now, stands, names, total)


def _mode(session: Session) -> Mode:
    found = installation(session)
    return Mode.REAL if found is None else Mode(found.mode.value)


def _in_force(rows: Iterable[Any], now: Vantage) -> list[Any]:
    """Rows of dated entries that hold on the day, in order of recording."""
    held = [r for r in rows if is_in_force(Dated(None, r.recorded_at, r.from_on, r.ended_at), now.day, now.cutoff)]
    return sorted(held, key=lambda row: (row.recorded_at, row.id))


def _about(session: Session, system_id: int, now: Vantage) -> About:
    """The system's facts in force on the day. Three queries."""
    system = session.get_one(ManagementSystem, system_id)
    entries = session.execute(select(*SystemEntry.__table__.columns).where(SystemEntry.system_id == system_id)).all()
    held = {(row.kind, row.key): row.value for row in _in_force(entries, now)}

    def text(kind: EntryKind) -> str:
        return str(held.get((kind, ""), ""))

    def day(kind: EntryKind) -> date | None:
        return date.fromisoformat(text(kind)) if text(kind) else None

    return About(
        slug=system.slug,
        name=system.name,
        organisation=text(EntryKind.ORGANISATION),
        scope=text(EntryKind.SCOPE_STATEMENT),
        zone=str(now.zone),
        operating_since=day(EntryKind.OPERATING_SINCE),
        certification_body=text(EntryKind.CERTIFICATION_BODY),
        stage_1_on=day(EntryKind.STAGE_1_ON),
        stage_2_on=day(EntryKind.STAGE_2_ON),
        surveillance_on=day(EntryKind.SURVEILLANCE_ON),
        certified_on=day(EntryKind.CERTIFIED_ON),
        subjects=_subjects(session, system_id, now),
        declared=frozenset(key for kind, key in held if kind is EntryKind.LIST_DECLARED),
    )


def _subjects(session: Session, system_id: int, now: Vantage) -> tuple[SubjectLine, ...]:
    query = select(*Subject.__table__.columns).where(Subject.system_id == system_id).order_by(Subject.id)
    return tuple(
        SubjectLine(row.kind.value, row.name, row.operates, row.from_on)
        for row in session.execute(query)
        if now.knows(row.recorded_at) and row.from_on <= now.day and not _has_ended(row, now)
    )


def _has_ended(row: Any, now: Vantage) -> bool:
    """`ended_on` is the first day it no longer counts; without it the day on which the end was recorded."""
    if not now.knows(row.ended_at):
        return False
    return (row.ended_on or now.day_of(row.ended_at)) <= now.day


def _process_owners(rules: Rules, loaded: Loaded, now: Vantage, people: Mapping[int, str]) -> dict[str, str]:
    found = {key: loaded.planning.process_owner(key, now) for key in rules.catalogue.processes}
    return {key: people.get(user, "") for key, user in found.items() if user is not None}


def _artefact_owners(
    artefacts: Iterable[Artefact], loaded: Loaded, now: Vantage, people: Mapping[int, str]
) -> dict[str, str]:
    found = {a.key: loaded.planning.artefact_owner(a.key, a.home_process, now) for a in artefacts}
    return {key: people.get(user, "") for key, user in found.items() if user is not None}


def _control_rows(session: Session, system_id: int) -> list[Any]:
    query = select(*Control.__table__.columns).where(Control.system_id == system_id).order_by(Control.ref)
    return list(session.execute(query))


def _controls(
    rows: Iterable[Any], rules: Rules, loaded: Loaded, now: Vantage, people: Mapping[int, str]
) -> tuple[ControlRow, ...]:
    """Controls known on the day with the mapping in force then; their words are as they are now."""
    order = {key: place for place, key in enumerate(rules.catalogue.requirements)}
    mapped: dict[str, list[str]] = {}
    for entry in loaded.facts.system.control_mappings:
        if now.knows(entry.recorded_at) and not now.knows(entry.ended_at):
            mapped.setdefault(entry.control, []).append(entry.requirement)
    return tuple(
        ControlRow(
            ref=row.ref,
            title=row.title,
            description=row.description,
            test=row.test,
            process_name=_process_name(rules, row.process),
            owner=people.get(row.owner_id, ""),
            kind=row.kind.value,
            frequency=row.frequency,
            status=row.status.value,
            requirements=tuple(sorted(mapped.get(str(row.id), ()), key=lambda r: (order.get(r, len(order)), r))),
        )
        for row in rows
        if now.knows(row.created_at)
    )


def _process_name(rules: Rules, key: str) -> str:
    process = rules.catalogue.processes.get(key)
    return process.name if process else key


def _linked(facts: Facts, controls: Mapping[str, str], now: Vantage) -> dict[str, str]:
    """What each item is also offered for, by item key; only items with a link."""
    linked = {item.key: item for found in facts.artefacts.values() for item, _ in found.linked}
    return {key: standing.offered_for(item, controls, now) for key, item in linked.items()}


def _titles(session: Session, system_id: int, keys: frozenset[str]) -> dict[str, str]:
    """Titles of the items that are named. One query; at most twenty items per requirement are."""
    numbers = [item_number(key) for key in keys]
    query = select(EvidenceItem.number, EvidenceItem.title).where(
        EvidenceItem.system_id == system_id, EvidenceItem.number.in_(numbers)
    )
    return {item_key(number): title for number, title in session.execute(query)}


def _activity(session: Session, system_id: int, now: Vantage) -> ActivitySummary:
    """The trail of this system up to the day by month and action, and its head. Two queries."""
    ours = (ActivityEntry.system_id == system_id) & ~ActivityEntry.action.startswith(EXPORT_ACTIONS)
    mine = ours & (ActivityEntry.at < now.cutoff)
    months: Counter[tuple[date, str]] = Counter()
    first = last = None
    query = select(moment(ActivityEntry.at), ActivityEntry.action).where(mine).order_by(ActivityEntry.seq)
    for at, action in session.execute(query):
        last = utc(at).astimezone(now.zone).replace(tzinfo=None, microsecond=0)
        first = first or last
        months[last.date().replace(day=1), action] += 1
    head = session.execute(
        select(ActivityEntry.seq, ActivityEntry.line_hash).where(mine).order_by(ActivityEntry.seq.desc()).limit(1)
    ).first()
    rows = tuple(ActivityRow(month, action, number) for (month, action), number in sorted(months.items()))
    seq, line_hash = (head.seq, head.line_hash) if head else (0, "")
    return ActivitySummary(rows, months.total(), seq, line_hash, first, last)
