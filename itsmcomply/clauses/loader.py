"""Builds catalogue, policy and maturity models from a folder. Raises CatalogueError where the folder cannot be used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from itsmcomply.clauses import model, schema
from itsmcomply.clauses.canonical import digest_of
from itsmcomply.clauses.maturity import Criterion, MaturityLevel, MaturityModel
from itsmcomply.clauses.policy import Policy
from itsmcomply.clauses.problems import CatalogueError
from itsmcomply.clauses.references import clause_order, parent_of, reference_problems
from itsmcomply.clauses.rulesets import model_problems, policy_problems
from itsmcomply.clauses.sources import Sources, read_models, read_policy, read_sources


def load_catalogue(folder: Path) -> model.Catalogue:
    """The catalogue of a folder. Raises CatalogueError naming every problem of shape, or every broken reference."""
    sources = read_sources(folder)
    if problems := reference_problems(sources):
        raise CatalogueError(problems)
    return build_catalogue(sources)


def load_policy(folder: Path) -> Policy:
    """The readiness policy of a folder; raises CatalogueError."""
    parsed = read_policy(folder)
    if problems := policy_problems(parsed):
        raise CatalogueError(problems)
    values = {name: getattr(parsed, name) for name in schema.PolicyFile.model_fields}
    policy = Policy(digest="", **values)
    return replace(policy, digest=digest_of(policy))


def load_models(folder: Path) -> dict[str, MaturityModel]:
    """Maturity models by key, the default first, then by file name; raises CatalogueError."""
    parsed = read_models(folder)
    if problems := model_problems(parsed):
        raise CatalogueError(problems)
    models = sorted((_maturity_model(entry) for entry in parsed.values()), key=lambda each: not each.default)
    return {each.key: each for each in models}


def build_catalogue(sources: Sources) -> model.Catalogue:
    """The catalogue of sources whose references resolve."""
    entries = sorted((clause for _, clause in sources.each_clause()), key=lambda clause: clause_order(clause.number))
    artefacts = {entry.key: entry for _, entry in sources.each_artefact()}
    requirements = {
        row.id: _requirement(row, clause, sources.manifest.standard, artefacts)
        for clause in entries
        for row in clause.requirements
    }
    manifest = sources.manifest
    catalogue = model.Catalogue(
        standard=manifest.standard,
        version=manifest.version,
        digest="",
        clauses=_clauses(entries),
        requirements=requirements,
        artefacts=_artefacts(sources, requirements),
        processes={process.key: process for process in sources.processes.processes},
        kpis={kpi.id: kpi for kpi in sources.kpis.kpis},
        controls={control.ref: control for control in sources.controls.controls},
        common_nonconformities=sources.nonconformities.common_nonconformities,
        finding_grades=sources.certification.finding_grades,
        stage_checks=sources.certification.stage_checks,
        groups={group.key: group for group in sources.processes.groups},
        cycle=sources.certification.cycle,
        exceptions=manifest.exceptions,
        review_inputs=sources.review.inputs,
        edition=manifest.edition,
        amendment=manifest.amendment,
        copyright_note=manifest.copyright_note,
    )
    return replace(catalogue, digest=digest_of(catalogue))


def _clauses(entries: list[schema.ClauseEntry]) -> dict[str, model.Clause]:
    children: dict[str, list[str]] = {}
    for entry in entries:
        children.setdefault(parent_of(entry.number) or "", []).append(entry.number)
    return {entry.number: _clause(entry, tuple(children.get(entry.number, ()))) for entry in entries}


def _clause(entry: schema.ClauseEntry, children: tuple[str, ...]) -> model.Clause:
    return model.Clause(
        number=entry.number,
        title=entry.title,
        label=entry.title or entry.label or entry.number,
        untitled=entry.title is None,
        parent=parent_of(entry.number),
        level=entry.number.count(".") + 1,
        auditable=bool(entry.requirements),
        process=entry.process,
        purpose=entry.purpose,
        note=entry.note,
        related=entry.related,
        mappings=tuple(entry.mappings.items()),
        requirements=tuple(row.id for row in entry.requirements),
        label_nl=entry.label_nl,
        checked=entry.checked,
        children=children,
    )


def _requirement(
    row: schema.RequirementEntry,
    clause: schema.ClauseEntry,
    standard: str,
    artefacts: dict[str, schema.ArtefactEntry],
) -> model.Requirement:
    expectations = tuple(
        model.Expectation(row.id, key, _role(artefacts[key], clause.number, listed_first=place == 0))
        for place, key in enumerate(row.expects)
    )
    return model.Requirement(
        id=row.id,
        clause=clause.number,
        process=clause.process,
        text=row.text,
        kind=row.kind,
        source=row.source or standard,
        points=row.points,
        audit_questions=row.audit_questions,
        planned_interval=row.planned_interval_days is not None,
        default_interval_days=row.planned_interval_days,
        note=row.note,
        expectations=expectations,
    )


def _role(artefact: schema.ArtefactEntry, clause: str, *, listed_first: bool) -> model.ExpectationRole:
    """Demanded by this very clause; primary when listed first or implied by it; else supporting."""
    if artefact.mandated_by == clause:
        return model.ExpectationRole.DEMANDED
    if listed_first or artefact.implied_by == clause:
        return model.ExpectationRole.PRIMARY
    return model.ExpectationRole.SUPPORTING


def _artefacts(sources: Sources, requirements: dict[str, model.Requirement]) -> dict[str, model.Artefact]:
    """By key, in the order in which the requirements first expect them; those never expected come last."""
    used: dict[str, list[str]] = {}
    for row in requirements.values():
        for expectation in row.expectations:
            used.setdefault(expectation.artefact, []).append(row.id)
    built = {
        entry.key: _artefact(entry, content.home_process, tuple(used.get(entry.key, ())))
        for content in sources.artefacts.values()
        for entry in content.artefacts
    }
    order = [*used, *(key for key in built if key not in used)]
    return {key: built[key] for key in order}


def _artefact(entry: schema.ArtefactEntry, home_process: str, used_by: tuple[str, ...]) -> model.Artefact:
    values = {name: getattr(entry, name) for name in schema.ArtefactEntry.model_fields}
    return model.Artefact(home_process=home_process, used_by=used_by, **values)


def _maturity_model(entry: schema.MaturityFile) -> MaturityModel:
    built = MaturityModel(
        key=entry.key,
        name=entry.name,
        version=entry.version,
        digest="",
        default=entry.default,
        about=entry.about,
        levels=tuple(_level(level) for level in entry.levels),
    )
    return replace(built, digest=digest_of(built))


def _level(entry: schema.LevelEntry) -> MaturityLevel:
    return MaturityLevel(
        level=entry.level,
        name=entry.name,
        description=entry.description,
        characteristics=entry.characteristics,
        recommendations=entry.recommendations,
        criteria=tuple(
            Criterion(each.fact, each.op, each.threshold, each.processes, each.except_, each.why)
            for each in entry.criteria
        ),
    )
