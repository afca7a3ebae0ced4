"""What one feature shows beside the pages of features below it, without these knowing the one above."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Protocol, cast

from flask import Flask, current_app

from itsmcomply.web.page import as_of, today

_KEY = "itsmcomply.open_findings"


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
