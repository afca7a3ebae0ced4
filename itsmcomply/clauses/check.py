"""Checks a catalogue folder as a whole and names all that is wrong. Never raises for what a folder holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from itsmcomply.clauses.completeness import completeness_problems, structure_problems
from itsmcomply.clauses.problems import CatalogueError, Problem
from itsmcomply.clauses.references import missing, reference_problems
from itsmcomply.clauses.rulesets import model_problems, policy_problems
from itsmcomply.clauses.schema import LevelEntry, MaturityFile
from itsmcomply.clauses.sources import (
    FOLDERS,
    SINGLE_FILES,
    Sources,
    read_models,
    read_policy,
    read_sources,
)

Read = TypeVar("Read")


def check_catalogue(folder: Path) -> list[Problem]:
    """Every problem of the folder; empty when it can be used. Shape first, then references, then completeness."""
    if not folder.is_dir():
        return [Problem(str(folder), "", "is not a folder; name the folder that holds manifest.yaml")]
    problems = list(_stray_files(folder))
    sources = _attempt(read_sources, folder, problems)
    policy = _attempt(read_policy, folder, problems)
    models = _attempt(read_models, folder, problems)
    if policy:
        problems += policy_problems(policy)
    if models:
        problems += model_problems(models)
    if sources:
        problems += _content_problems(sources, models or {})
    return problems


def _attempt(read: Callable[[Path], Read], folder: Path, problems: list[Problem]) -> Read | None:
    try:
        return read(folder)
    except CatalogueError as error:
        problems += error.problems
        return None


def _content_problems(sources: Sources, models: Mapping[str, MaturityFile]) -> list[Problem]:
    structure, broken = structure_problems(sources), reference_problems(sources)
    if broken:
        return [*structure, *broken]
    return [*structure, *completeness_problems(sources), *_model_references(sources, models)]


def _stray_files(folder: Path) -> Iterator[Problem]:
    """A file with a mistyped name would be left out without a word."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        expected = name in SINGLE_FILES or (path.parent.name in FOLDERS and path.suffix == ".yaml")
        if path.is_file() and not expected and not path.name.startswith("."):
            yield Problem(name, "", "is not read; correct its name or remove it")


def _model_references(sources: Sources, models: Mapping[str, MaturityFile]) -> Iterator[Problem]:
    known = {
        "process": {process.key for process in sources.processes.processes},
        "artefact": {entry.key for _, entry in sources.each_artefact()},
        "KPI": {kpi.id for kpi in sources.kpis.kpis},
    }
    for file, entry in models.items():
        for level in entry.levels:
            yield from _level_references(file, level, known)


def _level_references(file: str, level: LevelEntry, known: Mapping[str, set[str]]) -> Iterator[Problem]:
    key = f"levels[{level.level}]"
    for criterion in level.criteria:
        wanted = criterion.processes + criterion.except_
        yield from missing("process", wanted, known["process"], file, f"{key}.criteria[{criterion.fact}]")
    named = [(f"{key}.characteristics[{each.id}]", each.evidenced_by) for each in level.characteristics]
    named += [(f"{key}.recommendations[{each.id}]", each.evidenced_by) for each in level.recommendations]
    for at, shown_by in named:
        yield from missing("artefact", shown_by.artefacts, known["artefact"], file, f"{at}.evidenced_by.artefacts")
        yield from missing("KPI", shown_by.kpis, known["KPI"], file, f"{at}.evidenced_by.kpis")
        if not (shown_by.artefacts or shown_by.kpis or shown_by.facts or shown_by.questions):
            yield Problem(file, f"{at}.evidenced_by", "names nothing; say what would show it")
