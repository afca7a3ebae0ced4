"""An entry of the trail as people read it: who, what, which record, what changed. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from itsmcomply.activity.rules import Plain

_EMPTY: tuple[Plain, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an entry. None: the entry says nothing on that side."""

    field: str
    before: Plain
    after: Plain


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One entry. `system` is the short name of the management system, "" for the installation.

    `behind`: the clock stood before the entry before; the moment shown is that of the entry before.
    """

    seq: int
    at: datetime
    actor: str
    action: str
    kind: str
    key: str
    system: str
    address: str
    line_hash: str
    changes: tuple[Change, ...]
    behind: bool


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """The columns of an entry that reading needs."""

    seq: int
    line: str
    line_hash: str
    at: datetime
    actor_name: str
    action: str
    record_kind: str
    record_key: str


def read_entry(stored: StoredEntry, system: str) -> TrailRow:
    """An entry from its line. A line that is no JSON any more shows without changes; `verify` names it."""
    content = _content(stored.line)
    return TrailRow(
        seq=stored.seq,
        at=stored.at,
        actor=stored.actor_name,
        action=stored.action,
        kind=stored.record_kind,
        key=stored.record_key,
        system=system,
        address=str(_part(content, "origin").get("address") or ""),
        line_hash=stored.line_hash,
        changes=changes_of(_part(content, "before"), _part(content, "after")),
        behind="clock_behind" in content,
    )


def changes_of(before: Mapping[str, Plain], after: Mapping[str, Plain]) -> tuple[Change, ...]:
    """What an entry says changed, field by field in the order of the entry; fields empty on both sides are left out."""
    names = dict.fromkeys([*after, *before])
    pairs = (Change(name, before.get(name), after.get(name)) for name in names)
    return tuple(change for change in pairs if change.before not in _EMPTY or change.after not in _EMPTY)


def _content(line: str) -> Mapping[str, Plain]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _part(content: Mapping[str, Plain], name: str) -> Mapping[str, Plain]:
    found = content.get(name)
    return cast("Mapping[str, Plain]", found) if isinstance(found, dict) else {}
