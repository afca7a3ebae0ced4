"""Does every name in the catalogue's files lead somewhere, and only once? Pure: sources in, problems out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from itsmcomply.clauses import sources as files
from itsmcomply.clauses.problems import Problem
from itsmcomply.clauses.sources import Sources


def parent_of(number: str) -> str | None:
    """The clause above, by its number; None for a top clause."""
    return number.rpartition(".")[0] or None


def clause_order(number: str) -> tuple[int, ...]:
    """Sorts clause numbers as numbers: 8.2 before 8.10."""
    return tuple(int(part) for part in number.split("."))


def reference_problems(sources: Sources) -> list[Problem]:
    """Names used twice and names that lead nowhere, grouped by kind of entry."""
    return [
        *_repeated(sources),
        *_clause_references(sources),
        *_requirement_references(sources),
        *_artefact_references(sources),
        *_process_references(sources),
        *_kpi_references(sources),
        *_control_references(sources),
        *_practice_references(sources),
        *_review_references(sources),
    ]


def _repeated(sources: Sources) -> Iterator[Problem]:
    yield from _twice("clause", ((file, c.number) for file, c in sources.each_clause()))
    yield from _twice("requirement", ((file, row.id) for file, _, row in sources.each_requirement()))
    yield from _twice("artefact", ((file, entry.key) for file, entry in sources.each_artefact()))
    yield from _twice("process", ((files.PROCESSES, each.key) for each in sources.processes.processes))
    yield from _twice("group", ((files.PROCESSES, each.key) for each in sources.processes.groups))
    yield from _twice("KPI", ((files.KPIS, each.id) for each in sources.kpis.kpis))
    yield from _twice("control", ((files.CONTROLS, each.ref) for each in sources.controls.controls))
    yield from _twice("grade", ((files.CERTIFICATION, each.grade) for each in sources.certification.finding_grades))
    yield from _twice("review input", ((files.MANAGEMENT_REVIEW, each.key) for each in sources.review.inputs))
    yield from _twice("stage check", ((files.CERTIFICATION, each.id) for each in sources.certification.stage_checks))


def _twice(kind: str, names: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for file, name in names:
        if name in first:
            yield Problem(file, name, f"this {kind} stands already in {first[name]}; keep one")
        first.setdefault(name, file)


def missing(kind: str, wanted: Iterable[str], known: set[str], file: str, key: str) -> Iterator[Problem]:
    """One problem for each name that leads nowhere."""
    for name in wanted:
        if name not in known:
            yield Problem(file, key, f"there is no {kind} {name}; correct the name or add it")


def _processes(sources: Sources) -> set[str]:
    return {process.key for process in sources.processes.processes}


def _clause_numbers(sources: Sources) -> set[str]:
    return {clause.number for _, clause in sources.each_clause()}


def _artefact_keys(sources: Sources) -> set[str]:
    return {entry.key for _, entry in sources.each_artefact()}


def _clause_references(sources: Sources) -> Iterator[Problem]:
    numbers, processes = _clause_numbers(sources), _processes(sources)
    for file, clause in sources.each_clause():
        key = f"clauses[{clause.number}]"
        yield from missing("process", [clause.process], processes, file, f"{key}.process")
        yield from missing("clause", clause.related, numbers, file, f"{key}.related")
        parent = parent_of(clause.number)
        if parent and parent not in numbers:
            yield Problem(file, key, f"its parent {parent} is missing; the numbering has a hole")


def _requirement_references(sources: Sources) -> Iterator[Problem]:
    artefacts = _artefact_keys(sources)
    for file, clause, row in sources.each_requirement():
        key = f"clauses[{clause.number}].requirements[{row.id}]"
        yield from missing("artefact", row.expects, artefacts, file, f"{key}.expects")
        if row.id.rpartition("-")[0] != clause.number:
            yield Problem(file, f"{key}.id", f"does not begin with the number of its clause, {clause.number}")
        yield from (Problem(file, f"{key}.expects", f"names {name} twice; keep one") for name in repeated(row.expects))


def repeated(names: Iterable[str]) -> list[str]:
    """Those that occur again, once each, in order of their second occurrence."""
    seen: set[str] = set()
    again: dict[str, None] = {}
    for name in names:
        if name in seen:
            again[name] = None
        seen.add(name)
    return list(again)


def _artefact_references(sources: Sources) -> Iterator[Problem]:
    numbers, processes = _clause_numbers(sources), _processes(sources)
    for file, content in sources.artefacts.items():
        yield from missing("process", [content.home_process], processes, file, "home_process")
    for file, entry in sources.each_artefact():
        for name in ("mandated_by", "implied_by"):
            number = getattr(entry, name)
            wanted = [number] if number else []
            yield from missing("clause", wanted, numbers, file, f"artefacts[{entry.key}].{name}")


def _process_references(sources: Sources) -> Iterator[Problem]:
    groups = {group.key for group in sources.processes.groups}
    for process in sources.processes.processes:
        key = f"processes[{process.key}].group"
        yield from missing("group", [process.group], groups, files.PROCESSES, key)
    for each in sources.manifest.exceptions:
        key = f"exceptions[{each.process}].process"
        yield from missing("process", [each.process], _processes(sources), files.MANIFEST, key)


def _kpi_references(sources: Sources) -> Iterator[Problem]:
    numbers, processes = _clause_numbers(sources), _processes(sources)
    for kpi in sources.kpis.kpis:
        yield from missing("process", [kpi.process], processes, files.KPIS, f"kpis[{kpi.id}].process")
        yield from missing("clause", [kpi.clause], numbers, files.KPIS, f"kpis[{kpi.id}].clause")


def _control_references(sources: Sources) -> Iterator[Problem]:
    processes, artefacts = _processes(sources), _artefact_keys(sources)
    requirements = {row.id for _, _, row in sources.each_requirement()}
    for control in sources.controls.controls:
        key, file = f"controls[{control.ref}]", files.CONTROLS
        yield from missing("process", [control.process], processes, file, f"{key}.process")
        yield from missing("requirement", control.requirements, requirements, file, f"{key}.requirements")
        yield from missing("artefact", control.artefacts, artefacts, file, f"{key}.artefacts")


def _practice_references(sources: Sources) -> Iterator[Problem]:
    numbers = _clause_numbers(sources)
    for place, finding in enumerate(sources.nonconformities.common_nonconformities, start=1):
        key = f"common_nonconformities[{place}].clause"
        yield from missing("clause", [finding.clause], numbers, files.NONCONFORMITIES, key)
    for check in sources.certification.stage_checks:
        key = f"stage_checks[{check.id}].clauses"
        yield from missing("clause", check.clauses, numbers, files.CERTIFICATION, key)


def _review_references(sources: Sources) -> Iterator[Problem]:
    artefacts = _artefact_keys(sources)
    points = {row.id: set(row.points) for _, _, row in sources.each_requirement()}
    for each in sources.review.inputs:
        key = f"inputs[{each.key}]"
        file = files.MANAGEMENT_REVIEW
        yield from missing("artefact", each.artefacts, artefacts, file, f"{key}.artefacts")
        yield from missing("requirement", [each.requirement], set(points), file, f"{key}.requirement")
        known = points.get(each.requirement, set())
        yield from missing(f"point of {each.requirement}", each.points, known, file, f"{key}.points")
