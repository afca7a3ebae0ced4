"""Is the catalogue whole and consistent? Pure: sources in, problems out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from itsmcomply.clauses import sources as files
from itsmcomply.clauses.model import Basis, Facet
from itsmcomply.clauses.problems import Problem
from itsmcomply.clauses.references import clause_order, parent_of
from itsmcomply.clauses.sources import Sources

_NEEDED_FACETS = (Facet.DOCUMENTED, Facet.OPERATED)


def structure_problems(sources: Sources) -> list[Problem]:
    """Lost entries, holes in the numbering, titles: what can be said even while references are broken."""
    return [*_totals(sources), *_numbering(sources), *_titles(sources)]


def completeness_problems(sources: Sources) -> list[Problem]:
    """What is unused, contradictory, not covered or written twice. The references of the sources have to resolve."""
    return [
        *_requirements_without_expectation(sources),
        *_unused_artefacts(sources),
        *_bases(sources),
        *_processes(sources),
        *_controls(sources),
        *_practice(sources),
        *_review_points(sources),
        *_copied_texts(sources),
    ]


def _totals(sources: Sources) -> Iterator[Problem]:
    held = {
        "clauses": sum(1 for _ in sources.each_clause()),
        "requirements": sum(1 for _ in sources.each_requirement()),
        "artefacts": sum(1 for _ in sources.each_artefact()),
        "processes": len(sources.processes.processes),
        "kpis": len(sources.kpis.kpis),
        "controls": len(sources.controls.controls),
        "common_nonconformities": len(sources.nonconformities.common_nonconformities),
        "finding_grades": len(sources.certification.finding_grades),
        "stage_checks": len(sources.certification.stage_checks),
        "review_inputs": len(sources.review.inputs),
    }
    for name, count in held.items():
        wanted = getattr(sources.manifest.totals, name)
        if count != wanted:
            what = f"says {wanted}, the files hold {count}; restore what was lost or correct the total"
            yield Problem(files.MANIFEST, f"totals.{name}", what)


def _numbering(sources: Sources) -> Iterator[Problem]:
    """Sub-clauses count 1, 2, 3 and requirements a, b, c without a hole; the top clauses follow each other."""
    siblings: dict[str | None, list[tuple[int, str, str]]] = {}
    for file, clause in sources.each_clause():
        place = clause_order(clause.number)[-1]
        siblings.setdefault(parent_of(clause.number), []).append((place, clause.number, file))
        yield from _letters(file, clause.number, [row.id for row in clause.requirements])
    for parent, group in siblings.items():
        group.sort()
        first = 1 if parent else group[0][0]
        for wanted, (place, number, file) in enumerate(group, start=first):
            if place != wanted:
                missing = f"{parent}.{wanted}" if parent else str(wanted)
                yield Problem(file, f"clauses[{number}]", f"clause {missing} is missing before it")
                break


def _letters(file: str, clause: str, ids: list[str]) -> Iterator[Problem]:
    for place, row in enumerate(ids):
        wanted = f"{clause}-{chr(ord('a') + place)}"
        if row != wanted:
            what = f"{wanted} is expected here; requirements are lettered in order without a hole"
            yield Problem(file, f"clauses[{clause}].requirements[{row}].id", what)
            return


def _titles(sources: Sources) -> Iterator[Problem]:
    for file, clause in sources.each_clause():
        if clause.title is None and clause.label is None:
            yield Problem(file, f"clauses[{clause.number}].label", "is missing; a clause without a title needs a label")
        if clause.title is not None and clause.label is not None:
            yield Problem(file, f"clauses[{clause.number}].label", "stands beside a title; keep the title alone")


def _requirements_without_expectation(sources: Sources) -> Iterator[Problem]:
    for file, clause, row in sources.each_requirement():
        if not row.expects:
            key = f"clauses[{clause.number}].requirements[{row.id}].expects"
            yield Problem(file, key, "is empty; name at least one artefact that can show it")


def _expected_in(sources: Sources) -> dict[str, set[str]]:
    """Artefact -> the clauses whose requirements expect it."""
    found: dict[str, set[str]] = {}
    for _, clause, row in sources.each_requirement():
        for key in row.expects:
            found.setdefault(key, set()).add(clause.number)
    return found


def _unused_artefacts(sources: Sources) -> Iterator[Problem]:
    """Each is expected, but what audits look at: were that expected, accepting an export would raise a result."""
    used = _expected_in(sources)
    for file, entry in sources.each_artefact():
        key, examined = f"artefacts[{entry.key}]", entry.basis is Basis.EXAMINED
        if entry.key not in used and not examined:
            yield Problem(file, key, "no requirement expects it; add it to one or remove it")
        if entry.key in used and examined:
            yield Problem(file, key, "a requirement expects what is examined only; drop it there or correct the basis")


def _bases(sources: Sources) -> Iterator[Problem]:
    """mandated_by belongs to explicit, implied_by to implied, and the clause named expects the artefact itself."""
    used = _expected_in(sources)
    for file, entry in sources.each_artefact():
        key = f"artefacts[{entry.key}]"
        for name, value, basis in (
            ("mandated_by", entry.mandated_by, Basis.EXPLICIT),
            ("implied_by", entry.implied_by, Basis.IMPLIED),
        ):
            if (value is not None) is not (entry.basis is basis):
                what = f"belongs to basis {basis} and to no other; the basis here is {entry.basis}"
                yield Problem(file, f"{key}.{name}", what)
            elif value and value not in used.get(entry.key, set()):
                yield Problem(file, f"{key}.{name}", f"no requirement of clause {value} expects it")
        if entry.every and entry.basis in {Basis.GOOD_PRACTICE, Basis.EXAMINED}:
            what = "only what the standard asks for is wanted every period; remove it or correct the basis"
            yield Problem(file, f"{key}.every", what)


def _processes(sources: Sources) -> Iterator[Problem]:
    measured = {kpi.process for kpi in sources.kpis.kpis}
    facets = _expected_facets(sources)
    excused = {(each.process, each.facet) for each in sources.manifest.exceptions}
    for process in sources.processes.processes:
        key = f"processes[{process.key}]"
        if process.key not in measured:
            yield Problem(files.PROCESSES, key, "has no KPI; add one to kpis.yaml")
        if process.key not in facets:
            yield Problem(files.PROCESSES, key, "no clause with requirements belongs to it")
            continue
        for facet in _NEEDED_FACETS:
            if facet not in facets[process.key] and (process.key, facet) not in excused:
                what = f"its requirements expect no {facet} artefact; add one, or a reason under exceptions in"
                yield Problem(files.PROCESSES, key, f"{what} {files.MANIFEST}")
    for name, facet in sorted(excused):
        if facet in facets.get(name, set()):
            what = f"is not needed: a {facet} artefact is expected; remove it"
            yield Problem(files.MANIFEST, f"exceptions[{name}]", what)
    used = {process.group for process in sources.processes.processes}
    for group in sources.processes.groups:
        if group.key not in used:
            yield Problem(files.PROCESSES, f"groups[{group.key}]", "no process belongs to it; remove it")


def _expected_facets(sources: Sources) -> dict[str, set[Facet]]:
    """Process -> facets of the artefacts that the requirements of its clauses expect."""
    facet_of = {entry.key: entry.facet for _, entry in sources.each_artefact()}
    found: dict[str, set[Facet]] = {}
    for _, clause, row in sources.each_requirement():
        found.setdefault(clause.process, set()).update(facet_of[key] for key in row.expects)
    return found


def _controls(sources: Sources) -> Iterator[Problem]:
    """Every requirement is mapped, and what proves a control is expected by one of its requirements."""
    expects = {row.id: set(row.expects) for _, _, row in sources.each_requirement()}
    mapped: set[str] = set()
    for control in sources.controls.controls:
        mapped.update(control.requirements)
        answered = set().union(*(expects[name] for name in control.requirements))
        for artefact in control.artefacts:
            if artefact not in answered:
                key = f"controls[{control.ref}].artefacts"
                yield Problem(files.CONTROLS, key, f"none of its requirements expects {artefact}")
    for file, clause, row in sources.each_requirement():
        if row.id not in mapped:
            key = f"clauses[{clause.number}].requirements[{row.id}]"
            yield Problem(file, key, f"no control in {files.CONTROLS} is mapped to it")


def _practice(sources: Sources) -> Iterator[Problem]:
    process_of = {clause.number: clause.process for _, clause in sources.each_clause()}
    for kpi in sources.kpis.kpis:
        if process_of[kpi.clause] != kpi.process:
            what = f"clause {kpi.clause} belongs to {process_of[kpi.clause]}, not to {kpi.process}"
            yield Problem(files.KPIS, f"kpis[{kpi.id}].clause", what)
    grades = {grade.grade for grade in sources.certification.finding_grades}
    for place, finding in enumerate(sources.nonconformities.common_nonconformities, start=1):
        for grade in finding.usual_grade.split("/"):
            if grade not in grades:
                key = f"common_nonconformities[{place}].usual_grade"
                yield Problem(files.NONCONFORMITIES, key, f"there is no finding grade {grade}")


def _review_points(sources: Sources) -> Iterator[Problem]:
    """Every point of the requirements that a management review answers stands under one input, and under one only."""
    asked = {row.id: row.points for _, _, row in sources.each_requirement()}
    answered = [(each.requirement, point) for each in sources.review.inputs for point in each.points]
    for requirement in dict.fromkeys(each.requirement for each in sources.review.inputs):
        for point in asked[requirement]:
            times = answered.count((requirement, point))
            if times != 1:
                what = f"the point '{point}' of {requirement} stands under {times} inputs; one has to answer it"
                yield Problem(files.MANAGEMENT_REVIEW, "inputs", what)


def _copied_texts(sources: Sources) -> Iterator[Problem]:
    """A sentence that stands twice is a slip of copying: each text has to say what is particular to its place."""
    yield from _copies(
        "text", ((file, f"requirements[{row.id}].text", row.text) for file, _, row in sources.each_requirement())
    )
    yield from _copies(
        "question",
        (
            (file, f"requirements[{row.id}].audit_questions", question)
            for file, _, row in sources.each_requirement()
            for question in row.audit_questions
        ),
    )
    for name in ("name", "name_nl"):
        yield from _copies(
            "name",
            ((file, f"artefacts[{entry.key}].{name}", getattr(entry, name)) for file, entry in sources.each_artefact()),
        )
    yield from _copies(
        "point",
        (
            (file, f"artefacts[{entry.key}].good", point)
            for file, entry in sources.each_artefact()
            for point in entry.good
        ),
    )
    for name in ("name", "ask"):
        yield from _copies(
            name,
            ((files.MANAGEMENT_REVIEW, f"inputs[{x.key}].{name}", getattr(x, name)) for x in sources.review.inputs),
        )
    yield from _copies("name", ((files.KPIS, f"kpis[{kpi.id}].name", kpi.name) for kpi in sources.kpis.kpis))
    for name in ("title", "description", "test"):
        yield from _copies(
            name,
            (
                (files.CONTROLS, f"controls[{control.ref}].{name}", getattr(control, name))
                for control in sources.controls.controls
            ),
        )


def _copies(kind: str, texts: Iterable[tuple[str, str, str]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for file, key, text in texts:
        plain = " ".join(text.casefold().split()).rstrip(".?")
        if plain in first:
            yield Problem(file, key, f"the same {kind} stands at {first[plain]}; say what is particular here")
        first.setdefault(plain, f"{file}: {key}")
