"""Finds clauses, requirements, processes, artefacts and KPIs by number, name or words. Pure: catalogue in, hits out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from itsmcomply.clauses.model import Artefact, Catalogue, Clause, Kpi, Process, Requirement
from itsmcomply.clauses.words import fold, words


class HitKind(StrEnum):
    """What was found; equal matches are listed in this order."""

    CLAUSE = "clause"
    REQUIREMENT = "requirement"
    PROCESS = "process"
    ARTEFACT = "artefact"
    KPI = "kpi"


class Match(IntEnum):
    """How well an entry answers, best first."""

    EXACT_ID = 0
    ID_BEGINS = 1
    NAME_IS = 2
    NAME_BEGINS = 3
    NAME_HOLDS = 4
    NAME_HOLDS_INSIDE = 5
    KEYWORDS_HOLD = 6
    TEXT_HOLDS = 7


@dataclass(frozen=True, slots=True)
class Hit:
    """One found entry. `key` addresses it among its kind; `title` is its name or text in English."""

    kind: HitKind
    key: str
    title: str
    match: Match


@dataclass(frozen=True, slots=True)
class _Entry:
    """Folded for search. The three texts are nested (text holds keywords hold names), each word led by a space."""

    kind: HitKind
    key: str
    title: str
    id: str
    names: tuple[str, ...]
    name_text: str
    keyword_text: str
    text: str


@dataclass(frozen=True, slots=True)
class CatalogueIndex:
    """A catalogue prepared for search; build it once per catalogue."""

    entries: tuple[_Entry, ...]

    def search(self, query: str, limit: int = 20) -> tuple[Hit, ...]:
        """The best hits for what a person typed: exact ids, then names, then words; every word has to occur.

        Words match at their beginning, those of four letters and more also inside the words of a name, as in Dutch
        compounds. Equal matches keep the order of kinds, then catalogue order. Blank: no hits.
        """
        wanted = words(query)
        if not wanted:
            return ()
        typed = fold(query).strip().removeprefix("clause ").strip()
        found = [
            Hit(entry.kind, entry.key, entry.title, match)
            for entry in self.entries
            if (match := _match(entry, typed, wanted)) is not None
        ]
        found.sort(key=lambda hit: hit.match)
        return tuple(found[:limit])


def _match(entry: _Entry, typed: str, wanted: list[str]) -> Match | None:
    if typed == entry.id:
        return Match.EXACT_ID
    if typed[-1].isalnum() and entry.id.startswith((f"{typed}.", f"{typed}-")):
        return Match.ID_BEGINS
    if typed in entry.names:
        return Match.NAME_IS
    if any(name.startswith(typed) for name in entry.names):
        return Match.NAME_BEGINS
    if _holds(entry.name_text, wanted):
        return Match.NAME_HOLDS
    if all(len(word) >= 4 and word in entry.name_text for word in wanted):
        return Match.NAME_HOLDS_INSIDE
    if _holds(entry.keyword_text, wanted):
        return Match.KEYWORDS_HOLD
    return Match.TEXT_HOLDS if _holds(entry.text, wanted) else None


def _holds(text: str, wanted: list[str]) -> bool:
    """Every word begins one of the text's words."""
    return all(f" {word}" in text for word in wanted)


def build_index(catalogue: Catalogue) -> CatalogueIndex:
    """Prepare a catalogue for search."""
    return CatalogueIndex(tuple(_entries(catalogue)))


def _entries(catalogue: Catalogue) -> Iterator[_Entry]:
    yield from (_of_clause(clause) for clause in catalogue.clauses.values())
    yield from (_of_requirement(row) for row in catalogue.requirements.values())
    yield from (_of_process(process) for process in catalogue.processes.values())
    yield from (_of_artefact(artefact) for artefact in catalogue.artefacts.values())
    yield from (_of_kpi(kpi) for kpi in catalogue.kpis.values())


def _entry(
    kind: HitKind, key: str, names: tuple[str, ...], keywords: tuple[str, ...] = (), texts: tuple[str, ...] = ()
) -> _Entry:
    name_text = _spaced((key, *names))
    keyword_text = name_text + _spaced(keywords)
    return _Entry(
        kind=kind,
        key=key,
        title=names[0],
        id=fold(key),
        names=tuple(fold(name) for name in names),
        name_text=name_text,
        keyword_text=keyword_text,
        text=keyword_text + _spaced(texts),
    )


def _spaced(texts: tuple[str, ...]) -> str:
    return "".join(f" {word}" for text in texts for word in words(text))


def _of_clause(clause: Clause) -> _Entry:
    mapped = tuple(item for _, items in clause.mappings for item in items)
    texts = tuple(text for text in (clause.purpose, clause.note) if text)
    return _entry(HitKind.CLAUSE, clause.number, (clause.label, clause.label_nl), mapped, texts)


def _of_requirement(row: Requirement) -> _Entry:
    return _entry(HitKind.REQUIREMENT, row.id, (row.text,), row.points, row.audit_questions)


def _of_process(process: Process) -> _Entry:
    return _entry(HitKind.PROCESS, process.key, (process.name, process.name_nl))


def _of_artefact(artefact: Artefact) -> _Entry:
    keywords = (*artefact.keywords, *artefact.keywords_nl, artefact.type)
    texts = (*artefact.good, *artefact.file_names, *artefact.file_names_nl)
    return _entry(HitKind.ARTEFACT, artefact.key, (artefact.name, artefact.name_nl), keywords, texts)


def _of_kpi(kpi: Kpi) -> _Entry:
    return _entry(HitKind.KPI, kpi.id, (kpi.name,), (), (kpi.formula,))
