"""What is wrong in a catalogue folder, said so that the person who edits it can put it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from itsmcomply.errors import DomainError


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One line of the check: file below the folder, path of keys in it ("" is the whole file), what is wrong."""

    file: str
    key: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key or '(file)'}: {self.what}"


class CatalogueError(DomainError):
    """The folder cannot be used. `problems` are in the order of files and keys, never empty."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        more = len(self.problems) - 1
        return str(self.problems[0]) + (f" (and {more} more)" if more else "")
