"""The evidence register: one page of items by filter and order, with counts, at a constant number of queries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, String, and_, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.evidence.keys import item_key
from itsmcomply.evidence.kinds import Confidentiality, Standing, VersionKind
from itsmcomply.evidence.models import EvidenceLink, RegisterLine, RegisterState
from itsmcomply.evidence.operations.register import own_intervals
from itsmcomply.evidence.queries.memory import latest_entry, remembered
from itsmcomply.systems.models import EntryKind, SystemEntry

PAGE_ROWS = 50
MOST_PAGES = 100_000


class ItemState(StrEnum):
    """State of an item on a day, as the register filters and shows it."""

    CURRENT = "current"
    IN_REVIEW = "in_review"
    LAPSED = "lapsed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Sort(StrEnum):
    """Orders of the register. Ties are broken by number."""

    NUMBER = "number"
    TITLE = "title"
    ARTEFACT = "artefact"
    EFFECTIVE = "effective"
    LAPSES = "lapses"
    RECEIVED = "received"


_SORT_COLUMNS = {
    Sort.NUMBER: RegisterLine.number,
    Sort.TITLE: RegisterLine.title,
    Sort.ARTEFACT: RegisterLine.artefact,
    Sort.EFFECTIVE: RegisterLine.effective_on,
    Sort.LAPSES: RegisterLine.current_until,
    Sort.RECEIVED: RegisterLine.received_at,
}


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """What the register is asked for. `artefacts` None: all of them; `requirements` adds items linked to one of them.

    `owner_id` also finds items without an owner of their own under the artefacts in `owned`. `lapses_by` is inclusive.
    """

    state: ItemState | None = None
    artefacts: frozenset[str] | None = None
    requirements: frozenset[str] = frozenset()
    owner_id: int | None = None
    owned: frozenset[str] = frozenset()
    kind: VersionKind | None = None
    lapses_by: date | None = None
    text: str = ""
    sort: Sort = Sort.NUMBER
    descending: bool = True
    page: int = 1


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One line of the register. `lapses_on` is the first day it no longer counts; None: not by itself."""

    item_id: int
    number: int
    artefact: str
    title: str
    owner_id: int | None
    restricted: bool
    state: ItemState
    pending: bool
    shown: int
    latest: int
    kind: VersionKind
    file_name: str | None
    effective_on: date
    period_from: date | None
    lapses_on: date | None
    received_at: datetime
    uploaded_by: int

    @property
    def key(self) -> str:
        return item_key(self.number)


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """`first` and `last` count from 1; 0 where nothing is found."""

    rows: tuple[RegisterRow, ...]
    found: int
    total: int
    page: int

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE_ROWS + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def has_next(self) -> bool:
        return self.last < self.found


def register_is_fresh(session: Session, system_id: int, today: date) -> bool:
    """Whether the register's rows are derived for today and for the own intervals in force. Two queries."""
    state = session.get(RegisterState, system_id)
    if state is None or state.derived_on != today:
        return False
    intervals: dict[str, int] = json.loads(state.intervals)
    return intervals == own_intervals(session, system_id)


def register_page(session: Session, system_id: int, wanted: RegisterFilter, today: date) -> RegisterPage:
    """One page of 50 rows. Three queries, and two more to count when something changed since the last look."""
    conditions = _conditions(system_id, wanted, today)
    asked = replace(wanted, sort=Sort.NUMBER, descending=True, page=1)
    everything = [RegisterLine.system_id == system_id]
    seq = latest_entry(session)
    found = remembered(session, seq, ("found", system_id, today, asked), lambda: _count(session, conditions))
    total = remembered(session, seq, ("total", system_id), lambda: _count(session, everything))
    page = min(wanted.page, max(1, -(-found // PAGE_ROWS)))
    order = _ordered(select(RegisterLine.item_id).where(*conditions), wanted)
    # The order is found in indexes alone, then fifty rows are read; sorting whole rows would read all that match.
    ids = session.scalars(order.limit(PAGE_ROWS).offset((page - 1) * PAGE_ROWS)).all()
    rows = {row.item_id: row for row in session.execute(_lines().where(RegisterLine.item_id.in_(ids)))}
    return RegisterPage(tuple(_row(rows[id_], today) for id_ in ids), found, total, page)


def register_rows(session: Session, system_id: int, wanted: RegisterFilter, today: date) -> Iterator[RegisterRow]:
    """Every row a filter finds, in its order, for an export. One query."""
    query = _ordered(_lines().where(*_conditions(system_id, wanted, today)), wanted)
    for row in session.execute(query.execution_options(yield_per=1000)):
        yield _row(row, today)


_COLUMNS = (
    RegisterLine.item_id,
    RegisterLine.number,
    RegisterLine.artefact,
    RegisterLine.title,
    RegisterLine.owner_id,
    RegisterLine.confidentiality,
    RegisterLine.standing,
    RegisterLine.pending_since,
    RegisterLine.restands_on,
    RegisterLine.shown,
    RegisterLine.latest,
    RegisterLine.kind,
    RegisterLine.file_name,
    RegisterLine.effective_on,
    RegisterLine.period_from,
    RegisterLine.current_until,
    RegisterLine.received_at,
    RegisterLine.uploaded_by,
)


def _lines() -> Select[Any]:
    return cast("Select[Any]", select(*_COLUMNS))


def state_of_line(standing: Standing, current_until: date | None, *, pending: bool, day: date) -> ItemState:
    """State of a line on a day. A lapsed version with a newer one undecided is in review (`derivation.md` 2)."""
    match standing:
        case Standing.COUNTING:
            if current_until is None or current_until >= day:
                return ItemState.CURRENT
            return ItemState.IN_REVIEW if pending else ItemState.LAPSED
        case Standing.IN_REVIEW:
            return ItemState.IN_REVIEW
        case Standing.REJECTED:
            return ItemState.REJECTED
        case Standing.WITHDRAWN:
            return ItemState.WITHDRAWN


def _row(row: Any, today: date) -> RegisterRow:
    pending = row.pending_since is not None or row.restands_on is not None
    until = row.current_until if row.standing is Standing.COUNTING else None
    return RegisterRow(
        item_id=row.item_id,
        number=row.number,
        artefact=row.artefact,
        title=row.title,
        owner_id=row.owner_id,
        restricted=row.confidentiality is Confidentiality.RESTRICTED,
        state=state_of_line(row.standing, row.current_until, pending=pending, day=today),
        pending=row.pending_since is not None,
        shown=row.shown,
        latest=row.latest,
        kind=row.kind,
        file_name=row.file_name,
        effective_on=row.effective_on,
        period_from=row.period_from,
        lapses_on=until + timedelta(days=1) if until is not None and until < date.max else None,
        received_at=row.received_at,
        uploaded_by=row.uploaded_by,
    )


def _conditions(system_id: int, wanted: RegisterFilter, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [RegisterLine.system_id == system_id]
    if wanted.state is not None:
        conditions.append(_in_state(wanted.state, today, _standing_of(wanted)))
    if wanted.artefacts is not None:
        under = RegisterLine.artefact.in_(sorted(wanted.artefacts))
        linked = select(EvidenceLink.item_id).where(
            EvidenceLink.system_id == system_id,
            EvidenceLink.requirement.in_(sorted(wanted.requirements)),
            EvidenceLink.ended_at.is_(None),
        )
        conditions.append(or_(under, RegisterLine.item_id.in_(linked)) if wanted.requirements else under)
    if wanted.owner_id is not None:
        unowned = and_(RegisterLine.owner_id.is_(None), RegisterLine.artefact.in_(sorted(wanted.owned)))
        conditions.append(or_(RegisterLine.owner_id == wanted.owner_id, unowned))
    if wanted.kind is not None:
        conditions.append(RegisterLine.kind == wanted.kind)
    if wanted.lapses_by is not None:
        conditions += [
            _standing_of(wanted) == Standing.COUNTING.value,
            RegisterLine.current_until >= today,
            RegisterLine.current_until < wanted.lapses_by,
        ]
    conditions += [RegisterLine.search_text.contains(word, autoescape=True) for word in wanted.text.casefold().split()]
    return conditions


def _standing_of(wanted: RegisterFilter) -> ColumnElement[str]:
    """The standing of a line as text. Beside chosen artefacts no index on it may serve: SQLite, which keeps no
    statistics here, would take the one by state, which leaves far more rows than the one by artefact.
    """
    standing = type_coerce(RegisterLine.standing, String)
    return standing if wanted.artefacts is None or wanted.requirements else standing.concat("")


def _in_state(state: ItemState, today: date, standing: ColumnElement[str]) -> ColumnElement[bool]:
    counting = standing == Standing.COUNTING.value
    over = and_(counting, RegisterLine.current_until < today)
    pending = or_(RegisterLine.pending_since.is_not(None), RegisterLine.restands_on.is_not(None))
    match state:
        case ItemState.CURRENT:
            return and_(counting, or_(RegisterLine.current_until.is_(None), RegisterLine.current_until >= today))
        case ItemState.IN_REVIEW:
            return or_(standing == Standing.IN_REVIEW.value, and_(over, pending))
        case ItemState.LAPSED:
            return and_(over, RegisterLine.pending_since.is_(None), RegisterLine.restands_on.is_(None))
        case ItemState.REJECTED:
            return standing == Standing.REJECTED.value
        case ItemState.WITHDRAWN:
            return standing == Standing.WITHDRAWN.value


def _ordered(query: Select[Any], wanted: RegisterFilter) -> Select[Any]:
    column = _SORT_COLUMNS[wanted.sort]
    keys: list[ColumnElement[Any]] = []
    if wanted.sort is Sort.LAPSES:
        keys.append(RegisterLine.current_until.is_(None))  # what does not lapse comes last, either way round
    if wanted.sort is not Sort.NUMBER:
        keys.append(column.desc() if wanted.descending else column.asc())
    keys.append(RegisterLine.number.desc() if wanted.descending else RegisterLine.number.asc())
    return query.order_by(*keys)


def _count(session: Session, conditions: list[ColumnElement[bool]]) -> int:
    return session.scalar(select(func.count()).select_from(RegisterLine).where(*conditions)) or 0


@dataclass(frozen=True, slots=True)
class Owners:
    """Who owns what nobody was named for: user ids by process and by artefact; `names` of everybody in the system."""

    processes: dict[str, int]
    artefacts: dict[str, int]
    names: dict[int, str]

    def of(self, artefact: str, home_process: str) -> int | None:
        """The owner of an artefact where its item names none."""
        return self.artefacts.get(artefact, self.processes.get(home_process))

    def name(self, user_id: int | None) -> str:
        return "" if user_id is None else self.names.get(user_id, "")


def owners(session: Session, system_id: int) -> Owners:
    """Owners in force now, and the names of all people. Two queries."""
    kinds = {EntryKind.PROCESS_OWNER: dict[str, int](), EntryKind.ARTEFACT_OWNER: dict[str, int]()}
    rows = session.execute(
        select(SystemEntry.kind, SystemEntry.key, SystemEntry.user_id)
        .where(
            SystemEntry.system_id == system_id,
            SystemEntry.kind.in_(list(kinds)),
            SystemEntry.ended_at.is_(None),
            SystemEntry.user_id.is_not(None),
        )
        .order_by(SystemEntry.id)
    )
    for kind, key, user_id in rows:
        if user_id is not None:
            kinds[kind][key] = user_id
    names = {row.id: row.name for row in session.execute(select(User.id, User.name))}
    return Owners(kinds[EntryKind.PROCESS_OWNER], kinds[EntryKind.ARTEFACT_OWNER], names)
