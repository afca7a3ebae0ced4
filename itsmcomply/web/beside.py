"""What one feature shows beside the pages of features below it, without these knowing the one above."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, cast

from flask import Flask, current_app

from itsmcomply.web.page import as_of, today

_KEY = "itsmcomply.open_findings"
_TASKS = "itsmcomply.tasks"


class OpenFindings(Protocol):
    """Open findings against any of some requirements, a clause with what lies below it, or a process."""

    def __call__(self, *, requirements: Collection[str] = (), clause: str = "", process: str = "") -> tuple[Any, ...]:
        """The lines to show, the gravest first."""
        ...


def offer_open_findings(app: Flask, read: OpenFindings) -> None:
    """Let clause, process and control pages show open findings."""
    app.extensions[_KEY] = read


def open_findings(*, requirements: Collection[str] = (), clause: str = "", process: str = "") -> tuple[Any, ...]:
    """Open findings for a page; nothing on a past day, of which only the engine knows what was open."""
    read = cast("Callable[..., tuple[Any, ...]] | None", current_app.extensions.get(_KEY))
    if read is None or as_of() < today():
        return ()
    return read(requirements=requirements, clause=clause, process=process)


@dataclass(frozen=True, slots=True)
class Task:
    """Something one person has to do next, as "My work" lists it. `kind` says in a word or two what it belongs to."""

    kind: str
    icon: str
    title: str
    about: str
    url: str
    due_on: date | None


def offer_tasks(app: Flask, read: Callable[[], Iterable[Task]]) -> None:
    """Let "My work" list what a feature asks of the person of this request; at most one query where nothing changed."""
    app.extensions.setdefault(_TASKS, []).append(read)


def tasks() -> list[Task]:
    """What other features ask of this person, the first due on top, those without a day last."""
    found = [task for read in current_app.extensions.get(_TASKS, []) for task in read()]
    return sorted(found, key=lambda task: (task.due_on or date.max, task.title))
