"""Somebody saved while this person edited: keep what was typed, take over what only the other one changed, show both.

A form carries digests of what it was opened with, so that "who changed what" is known for each field; the values come
from two forms, the one sent and one filled from what is stored now.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from wtforms import Field

from itsmcomply.activity.queries import entries_for
from itsmcomply.web.forms import Form
from itsmcomply.web.identity import current_system, reader

BESIDE = ("csrf_token", "row_version", "seen", "change_reason")
"""Fields of a form that are no part of the record."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A field somebody else changed. `theirs`: stored now. `clash`: this person changed it too, to something else."""

    label: str
    theirs: str
    clash: bool


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Who saved, when, and what they changed, in the order of the form."""

    who: str
    at: datetime | None
    fields: tuple[Changed, ...]


def seen_of(form: Form) -> str:
    """Digests of what a form was opened with, for its hidden field `seen`."""
    return json.dumps({one.short_name: _digest(_text(one)) for one in _fields(form)}, separators=(",", ":"))


def merged(sent: Form, stored: Form, kind: str, key: str) -> Meanwhile:
    """Make a refused form ready to be saved again over what is stored now. One query, for who saved and when."""
    changed = merge(sent, stored, sent["seen"].data or "")
    for name in ("row_version", "seen"):
        sent[name].data = stored[name].data
    latest = entries_for(reader(), current_system().id, kind, key, limit=1)
    return Meanwhile(latest[0].actor if latest else "", latest[0].at if latest else None, changed)


def merge(sent: Form, stored: Form, seen: str) -> tuple[Changed, ...]:
    """Take into `sent` what only somebody else changed, and say what they changed. What was typed stays."""
    opened = _read(seen)
    found = []
    for mine, theirs in zip(_fields(sent), _fields(stored), strict=True):
        text, before = _text(theirs), opened.get(mine.short_name)
        if text == _text(mine) or _digest(text) == before:
            continue
        clash = _digest(_text(mine)) != before
        if not clash:
            mine.data = theirs.data
        found.append(Changed(str(mine.label.text), _shown(theirs), clash))
    return tuple(found)


def _fields(form: Form) -> Iterable[Field]:
    return [one for one in form if one.short_name not in BESIDE]


def _read(seen: str) -> Mapping[str, str]:
    """The digests a form came back with; none where they were lost on the way, so that every difference is shown."""
    try:
        found = json.loads(seen)
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _text(field: Field) -> str:
    value = field.data
    if isinstance(value, list | tuple):
        return "\n".join(sorted(str(one) for one in value))
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def _shown(field: Field) -> str:
    """The value as people read it: labels of what was chosen."""
    choices = {str(value): str(label) for value, label, *_ in getattr(field, "choices", None) or ()}
    values = field.data if isinstance(field.data, list | tuple) else [_text(field)]
    return "\n".join(choices.get(str(one), str(one)) for one in values)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
