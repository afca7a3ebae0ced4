"""Answers that hold until somebody changes something: remembered per database under the latest entry of the trail."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from itsmcomply.activity.models import ActivityHead

Answer = TypeVar("Answer")
MOST = 500


@dataclass(slots=True)
class _Kept:
    values: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)


_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()


def latest_entry(session: Session) -> int:
    """The number of the latest entry of the trail; every change has one. One query."""
    return session.scalar(select(ActivityHead.seq)) or 0


def is_remembered(session: Session, seq: int, key: Hashable) -> bool:
    """Whether an answer for `key` is held since that entry of the trail."""
    engine = session.get_bind()
    kept = _kept.get(engine) if isinstance(engine, Engine) else None
    return kept is not None and (seq, key) in kept.values


def remembered(session: Session, seq: int, key: Hashable, compute: Callable[[], Answer]) -> Answer:
    """The answer of `compute` for `key`, computed once after each entry of the trail. `key` names all it depends on.

    Holds the last 500 answers of a database. Only for answers that stored facts and `key` decide, never for a person's
    rights.
    """
    engine = session.get_bind()
    kept = _kept.setdefault(engine, _Kept()) if isinstance(engine, Engine) else _Kept()
    full = (seq, key)
    with kept.lock:
        if full in kept.values:
            return cast("Answer", kept.values[full])
    answer = compute()
    with kept.lock:
        kept.values[full] = answer
        while len(kept.values) > MOST:
            kept.values.popitem(last=False)
    return answer
