"""A scenario folder turned into steps in order of time. Pure: reads files, touches no database.

`read_scenario` is the way in; `docs/scenario.md` describes the format.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from itsmcomply.clauses.model import Catalogue
from itsmcomply.scenario.evidence import item_steps
from itsmcomply.scenario.model import AddPerson, Expectation, Scenario, Step
from itsmcomply.scenario.place import Place, Reading
from itsmcomply.scenario.problems import Problem, ScenarioInvalid
from itsmcomply.scenario.schema import IncludedFile, ScenarioFile, System
from itsmcomply.scenario.series import series_steps
from itsmcomply.scenario.source import Key, Source, read_source
from itsmcomply.scenario.systems import system_steps
from itsmcomply.scenario.workbench.shelf import shelf_of
from itsmcomply.scenario.workbench.steps import workbench_steps

MOST_STEPS = 20_000
MAIN_FILE = "scenario.yaml"

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The main file and what it includes, each with its source."""

    main: ScenarioFile
    source: Source
    included: tuple[tuple[IncludedFile, Source], ...]


def read_scenario(path: Path, catalogue: Catalogue, loaded_at: datetime) -> Scenario:
    """The steps of the scenario file `path` (or of `scenario.yaml` in the folder `path`) as loaded at `loaded_at`.

    Steps later than `loaded_at` are left out: the history ends on the day of loading. Raises `ScenarioInvalid` with
    every problem found.
    """
    main = path / MAIN_FILE if path.is_dir() else path
    parts = _read_parts(main)
    problems: list[Problem] = []
    steps = list(islice(_steps(parts, main.parent, catalogue, loaded_at, problems), MOST_STEPS + 1))
    if len(steps) > MOST_STEPS:
        problems.append(parts.source.problem((), f"makes more than {MOST_STEPS} steps; split it"))
    if problems:
        raise ScenarioInvalid(sorted(set(problems)))
    past = (step for step in steps if step.moment <= loaded_at)
    ordered = tuple(sorted(past, key=lambda step: step.moment))
    return Scenario(parts.main.title, loaded_at, ordered, tuple(_expected(one) for one in parts.main.systems))


def _expected(system: System) -> Expectation:
    said = system.expects
    blockers = {str(gate): number for gate, number in said.gates.items()}
    return Expectation(system.slug, said.status, said.level, said.levels, blockers)


def _read_parts(main: Path) -> _Parts:
    source = read_source(main, main.name)
    scenario = _validated(ScenarioFile, source)
    folder = main.parent.resolve()
    included: list[tuple[IncludedFile, Source]] = []
    for number, name in enumerate(scenario.include):
        found = (folder / name).resolve()
        if not found.is_relative_to(folder):
            raise ScenarioInvalid([source.problem(("include", number), "lies outside the scenario's folder")])
        further = read_source(found, name)
        included.append((_validated(IncludedFile, further), further))
    return _Parts(scenario, source, tuple(included))


def _validated(model: type[M], source: Source) -> M:
    try:
        return model.model_validate(source.values)
    except ValidationError as error:
        raise ScenarioInvalid(sorted({_problem(source, entry["loc"], entry) for entry in error.errors()})) from error


def _problem(source: Source, loc: Key, entry: object) -> Problem:
    """Of what pydantic found. It names union branches inside its paths; only parts that exist in the file are kept."""
    details = entry if isinstance(entry, dict) else {}
    known: Key = ()
    for part in loc:
        if (*known, part) in source.lines:
            known = (*known, part)
    if details.get("type") == "extra_forbidden":
        return source.problem(known, "is not a key of the format here")
    if details.get("type") == "missing":
        return source.problem(known, f"lacks {loc[-1]}")
    return source.problem(known, str(details.get("msg", "is not valid")))


def _steps(
    parts: _Parts, folder: Path, catalogue: Catalogue, loaded_at: datetime, problems: list[Problem]
) -> Iterator[Step]:
    """Steps in the order they have to be taken where moments are equal."""
    _check_names(parts, problems)
    emails = frozenset(person.email for person in parts.main.people)
    places = []
    for number, system in enumerate(parts.main.systems):
        key: Key = ("systems", number)
        zone = _zone(system, parts.source, (*key, "time_zone"), problems)
        reading = Reading(parts.source, folder, catalogue, loaded_at, zone, emails, problems, system)
        places.append(Place(reading, key))
    yield from _people(parts.main, Place(places[0].reading))
    for place in places:
        yield from system_steps(place)
        for process in place.system.expects.levels:
            place.at("expects", "levels", process).process(process)
        files = _files(parts, place)
        ids: dict[str, str] = {}
        filed = list(islice(_evidence(files, ids), MOST_STEPS + 1))
        yield from filed
        yield from workbench_steps(files, shelf_of(filed, ids))


def _check_names(parts: _Parts, problems: list[Problem]) -> None:
    slugs = [system.slug for system in parts.main.systems]
    for number, slug in enumerate(slugs):
        if slug in slugs[:number]:
            problems.append(parts.source.problem(("systems", number, "slug"), f"{slug} stands here twice"))
    emails = [person.email for person in parts.main.people]
    for number, email in enumerate(emails):
        if email in emails[:number]:
            problems.append(parts.source.problem(("people", number, "email"), f"{email} stands here twice"))
    for included, source in parts.included:
        if included.system not in slugs:
            problems.append(source.problem(("system",), f"the scenario has no system {included.system}"))


def _zone(system: System, source: Source, key: Key, problems: list[Problem]) -> ZoneInfo:
    try:
        return ZoneInfo(system.time_zone)
    except (KeyError, ValueError, OSError):
        problems.append(source.problem(key, f"{system.time_zone} is not a time zone"))
        return ZoneInfo("UTC")


def _people(main: ScenarioFile, place: Place) -> Iterator[Step]:
    for number, person in enumerate(main.people):
        moment = place.at("people", number, "since").moment(person.since, time(8))
        yield AddPerson(moment, None, person.email, person.name, person.administrator)


def _files(parts: _Parts, place: Place) -> list[tuple[System | IncludedFile, Place]]:
    """The main file and the included ones, as far as they speak of this system."""
    mine = [(one, source) for one, source in parts.included if one.system == place.system.slug]
    return [(place.system, place), *((one, Place(replace(place.reading, source=source))) for one, source in mine)]


def _evidence(files: list[tuple[System | IncludedFile, Place]], ids: dict[str, str]) -> Iterator[Step]:
    """Evidence of all files; the item behind each id is noted in `ids`."""
    for file_number, (found, at) in enumerate(files):
        prefix = f"{at.system.slug}/{file_number}"
        for index, item in enumerate(found.evidence):
            where, key = at.at("evidence", index), f"{prefix}/item/{index}"
            if item.id is not None:
                if item.id in ids or item.id in at.catalogue.artefacts:
                    where.at("id").refuse(f"{item.id} is taken, by another item or by an artefact")
                ids[item.id] = key
            yield from item_steps(item, where, key)
        for index, one in enumerate(found.series):
            yield from series_steps(one, at.at("series", index), f"{prefix}/series/{index}")
