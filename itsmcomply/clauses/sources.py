"""Reads a catalogue folder file by file into its shapes. Knows which files there are, nothing of what they refer to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from itsmcomply.clauses import schema
from itsmcomply.clauses.fitting import fit
from itsmcomply.clauses.problems import CatalogueError, Problem
from itsmcomply.clauses.strict_yaml import Unreadable, read_yaml

MANIFEST = "manifest.yaml"
PROCESSES = "processes.yaml"
KPIS = "kpis.yaml"
CONTROLS = "controls.yaml"
NONCONFORMITIES = "nonconformities.yaml"
CERTIFICATION = "certification.yaml"
MANAGEMENT_REVIEW = "management_review.yaml"
POLICY = "policy.yaml"
THREADS = "threads.yaml"
SINGLE_FILES = (
    MANIFEST,
    PROCESSES,
    KPIS,
    CONTROLS,
    NONCONFORMITIES,
    CERTIFICATION,
    MANAGEMENT_REVIEW,
    POLICY,
    THREADS,
)
FOLDERS = ("clauses", "artefacts", "maturity")

Shape = TypeVar("Shape", bound=schema.FileModel)


@dataclass(frozen=True, slots=True)
class Sources:
    """The parsed files a catalogue is built from. The mappings go from file name to content, in the order of names."""

    manifest: schema.ManifestFile
    processes: schema.ProcessFile
    clauses: dict[str, schema.ClauseFile]
    artefacts: dict[str, schema.ArtefactFile]
    kpis: schema.KpiFile
    controls: schema.ControlFile
    nonconformities: schema.NonconformityFile
    certification: schema.CertificationFile
    review: schema.ReviewFile

    def each_clause(self) -> Iterator[tuple[str, schema.ClauseEntry]]:
        """File and entry of each clause, in the order of files."""
        return ((file, clause) for file, content in self.clauses.items() for clause in content.clauses)

    def each_requirement(self) -> Iterator[tuple[str, schema.ClauseEntry, schema.RequirementEntry]]:
        return ((file, clause, row) for file, clause in self.each_clause() for row in clause.requirements)

    def each_artefact(self) -> Iterator[tuple[str, schema.ArtefactEntry]]:
        return ((file, entry) for file, content in self.artefacts.items() for entry in content.artefacts)


class _Reader:
    """Collects the problems of many files, so that one run names them all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.problems: list[Problem] = []

    def one(self, shape: type[Shape], file: str) -> Shape | None:
        try:
            content = read_yaml(self._folder / file)
        except Unreadable as error:
            self.problems.append(Problem(file, "", str(error)))
            return None
        parsed, problems = fit(shape, content, file)
        self.problems += problems
        return parsed

    def all_in(self, shape: type[Shape], sub: str) -> dict[str, Shape]:
        files = yaml_files(self._folder, sub)
        if not files:
            self.problems.append(Problem(f"{sub}/", "", "holds no .yaml file; add its files"))
        parsed = {file: self.one(shape, file) for file in files}
        return {file: content for file, content in parsed.items() if content is not None}

    def needed(self, shape: type[Shape], file: str) -> Shape:
        """Like `one`, for callers that cannot go on without: raises CatalogueError with all problems so far."""
        content = self.one(shape, file)
        if content is None:
            raise CatalogueError(self.problems)
        return content


def yaml_files(folder: Path, sub: str) -> list[str]:
    """Names below `folder` of the YAML files in one of its folders, sorted."""
    return sorted(f"{sub}/{path.name}" for path in (folder / sub).glob("*.yaml"))


def read_sources(folder: Path) -> Sources:
    """All files but policy and models; raises CatalogueError that names every problem of shape in every file."""
    reader = _Reader(folder)
    manifest = reader.one(schema.ManifestFile, MANIFEST)
    clauses = reader.all_in(schema.ClauseFile, "clauses")
    processes = reader.one(schema.ProcessFile, PROCESSES)
    artefacts = reader.all_in(schema.ArtefactFile, "artefacts")
    kpis = reader.one(schema.KpiFile, KPIS)
    controls = reader.one(schema.ControlFile, CONTROLS)
    nonconformities = reader.one(schema.NonconformityFile, NONCONFORMITIES)
    certification = reader.one(schema.CertificationFile, CERTIFICATION)
    review = reader.one(schema.ReviewFile, MANAGEMENT_REVIEW)
    if (
        (manifest and processes and kpis and controls)
        and (nonconformities and certification and review)
        and not reader.problems
    ):
        return Sources(manifest, processes, clauses, artefacts, kpis, controls, nonconformities, certification, review)
    raise CatalogueError(reader.problems)


def read_policy(folder: Path) -> schema.PolicyFile:
    """The policy file in its shape; raises CatalogueError."""
    return _Reader(folder).needed(schema.PolicyFile, POLICY)


def read_models(folder: Path) -> dict[str, schema.MaturityFile]:
    """File name -> model in its shape; raises CatalogueError that names every problem."""
    reader = _Reader(folder)
    models = reader.all_in(schema.MaturityFile, "maturity")
    if reader.problems:
        raise CatalogueError(reader.problems)
    return models
