"""Threads an auditor follows across clauses, from `threads.yaml`. Pure; a catalogue without that file has none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints

from itsmcomply.clauses.fitting import fit
from itsmcomply.clauses.model import Catalogue
from itsmcomply.clauses.problems import CatalogueError, Problem
from itsmcomply.clauses.schema import ClauseNumber, FileModel, Text
from itsmcomply.clauses.sources import THREADS
from itsmcomply.clauses.strict_yaml import Unreadable, read_yaml


@dataclass(frozen=True, slots=True)
class Thread:
    """A path from record to record. `path` holds clause numbers in the order it is followed."""

    id: str
    name: str
    path: tuple[str, ...]
    look_for: str

    def touches(self, clause: str) -> bool:
        """Whether the thread runs through a clause, or through one above or below it."""
        return any(_same_branch(clause, number) for number in self.path)


class _Entry(FileModel):
    id: Annotated[str, StringConstraints(pattern=r"^T\d{2}$")]
    name: Text
    path: tuple[ClauseNumber, ...]
    look_for: Text


class _ThreadFile(FileModel):
    threads: tuple[_Entry, ...]


def load_threads(folder: Path, catalogue: Catalogue) -> tuple[Thread, ...]:
    """The threads of a catalogue folder in the order of the file. Raises CatalogueError."""
    if not (folder / THREADS).exists():
        return ()
    try:
        parsed, problems = fit(_ThreadFile, read_yaml(folder / THREADS), THREADS)
    except Unreadable as error:
        raise CatalogueError([Problem(THREADS, "", str(error))]) from error
    if parsed is None or (problems := [*problems, *_problems(parsed.threads, catalogue)]):
        raise CatalogueError(problems)
    return tuple(Thread(entry.id, entry.name, entry.path, entry.look_for) for entry in parsed.threads)


def _problems(entries: Iterable[_Entry], catalogue: Catalogue) -> Iterator[Problem]:
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            yield Problem(THREADS, f"threads[{entry.id}]", "stands there twice; give it a number of its own")
        seen.add(entry.id)
        for number in entry.path:
            if number not in catalogue.clauses:
                yield Problem(THREADS, f"threads[{entry.id}].path", f"names clause {number}, which does not exist")


def _same_branch(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")
