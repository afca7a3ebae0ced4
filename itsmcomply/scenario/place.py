"""Where the parser stands in a file, and its checks there. Problems are collected, so that all are found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from itsmcomply.clauses.model import Catalogue
from itsmcomply.scenario.dates import BadDate, Span, resolve_day, resolve_moment, resolve_period
from itsmcomply.scenario.problems import Problem
from itsmcomply.scenario.schema import System
from itsmcomply.scenario.source import Key, Source

MOST_FILE_BYTES = 20 * 1024 * 1024

Names = Mapping[str, date]
NO_NAMES: Names = {}


@dataclass(frozen=True, slots=True)
class Reading:
    """What holds for a whole file: the scenario's folder and people, the moment of loading, the system described."""

    source: Source
    folder: Path
    catalogue: Catalogue
    loaded_at: datetime
    zone: ZoneInfo
    emails: frozenset[str]
    problems: list[Problem]
    system: System


@dataclass(frozen=True, slots=True)
class Place:
    """A key path in a file. After a problem its methods return something harmless."""

    reading: Reading
    key: Key = ()

    @property
    def system(self) -> System:
        return self.reading.system

    @property
    def catalogue(self) -> Catalogue:
        return self.reading.catalogue

    @property
    def today(self) -> date:
        """The day of loading in the system's zone."""
        return self.reading.loaded_at.astimezone(self.reading.zone).date()

    def at(self, *parts: str | int) -> Place:
        return replace(self, key=(*self.key, *parts))

    def refuse(self, text: str) -> None:
        self.reading.problems.append(self.reading.source.problem(self.key, text))

    def day(self, text: str, names: Names = NO_NAMES) -> date:
        """The day of a day or of a moment."""
        try:
            return resolve_day(text.partition(" ")[0], self.today, names)
        except BadDate as error:
            self.refuse(str(error))
            return self.today

    def maybe_day(self, text: str | None, names: Names = NO_NAMES) -> date | None:
        return None if text is None else self.day(text, names)

    def moment(self, text: str, usual: time, names: Names = NO_NAMES) -> datetime:
        """The moment; `usual` is the time of day where the text gives none."""
        try:
            return resolve_moment(text, self.today, self.reading.zone, usual=usual, names=names)
        except BadDate as error:
            self.refuse(str(error))
            return self.reading.loaded_at

    def period(self, text: str) -> Span:
        try:
            return resolve_period(text, self.today)
        except BadDate as error:
            self.refuse(str(error))
            return Span(self.today, self.today)

    def person(self, email: str) -> str:
        return self.known(email, self.reading.emails, "among the people")

    def artefact(self, key: str) -> str:
        return self.known(key, self.catalogue.artefacts, "an artefact")

    def process(self, key: str) -> str:
        return self.known(key, self.catalogue.processes, "a process")

    def requirement(self, key: str) -> str:
        return self.known(key, self.catalogue.requirements, "a requirement")

    def known(self, name: str, names: Collection[str], what: str) -> str:
        if name not in names:
            self.refuse(f"{name} is not {what}")
        return name

    def file(self, name: str) -> Path:
        """A file of the scenario's folder, links followed; outside it is as good as absent."""
        folder = self.reading.folder.resolve()
        try:
            path = (folder / name).resolve()
        except (OSError, ValueError):
            path = folder
        if not path.is_relative_to(folder):
            self.refuse(f"{name} lies outside the scenario's folder")
        elif not path.is_file():
            self.refuse(f"{name} is not a file in the scenario's folder")
        elif path.stat().st_size > MOST_FILE_BYTES:
            self.refuse(f"{name} is larger than {MOST_FILE_BYTES} bytes")
        return path
