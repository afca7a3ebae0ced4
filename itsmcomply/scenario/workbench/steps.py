"""The workbench sections of a system turned into steps, in the order they depend on each other. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from itsmcomply.scenario.model import Step
from itsmcomply.scenario.place import Place
from itsmcomply.scenario.workbench.audits import audit_steps, row_steps
from itsmcomply.scenario.workbench.bench import Bench, once
from itsmcomply.scenario.workbench.findings import finding_steps, row_raised_from
from itsmcomply.scenario.workbench.management import review_steps
from itsmcomply.scenario.workbench.programmes import approval_steps, competence_steps, programme_steps
from itsmcomply.scenario.workbench.samples import sampling_steps
from itsmcomply.scenario.workbench.schema import (
    Audit,
    Competence,
    Finding,
    ManagementReview,
    Programme,
    Workbench,
)
from itsmcomply.scenario.workbench.shelf import Shelf

Files = Sequence[tuple[Workbench, Place]]
P = TypeVar("P")


def workbench_steps(files: Files, shelf: Shelf) -> Iterator[Step]:
    """`files`: what each file says about one system, and where it stands. Entries may refer across files.

    Of one moment, programmes are approved after audits are planned, and findings raised before rows are concluded.
    """
    bench = Bench(shelf)
    for competence, at in _entries(files, "auditors", Competence):
        yield from competence_steps(competence, at, bench)
    programmes = list(_entries(files, "programmes", Programme))
    audits = list(_entries(files, "audits", Audit))
    for programme, at in programmes:
        yield from programme_steps(programme, at, bench)
    for audit, at in audits:
        yield from audit_steps(audit, at, bench)
    for programme, at in programmes:
        yield from approval_steps(programme, at)
    for audit, at in audits:
        yield from sampling_steps(audit, at, bench)
    yield from _findings(list(_entries(files, "findings", Finding)), bench)
    for audit, at in audits:
        yield from row_steps(audit, at, bench)
    yield from bench.export_reviews()
    yield from _reviews(list(_entries(files, "management_reviews", ManagementReview)))


def _entries(files: Files, section: str, kind: type[P]) -> Iterator[tuple[P, Place]]:
    """The entries of a section in all files, each with where it stands."""
    for found, at in files:
        for number, entry in enumerate(getattr(found, section)):
            if isinstance(entry, kind):
                yield entry, at.at(section, number)


def _findings(findings: list[tuple[Finding, Place]], bench: Bench) -> Iterator[Step]:
    seen: set[str] = set()
    for finding, at in findings:
        once(seen, finding.id, at)
        row_raised_from(finding, at, bench)
    for finding, at in findings:
        yield from finding_steps(finding, at, bench)


def _reviews(reviews: list[tuple[ManagementReview, Place]]) -> Iterator[Step]:
    seen: set[str] = set()
    for review, at in reviews:
        once(seen, review.id, at)
        yield from review_steps(review, at)
