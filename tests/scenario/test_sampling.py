"""Populations, samples, exceptions and threads in scenario files: checked where they stand, loaded as pages would."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from itsmcomply.audits.models import Audit, AuditRow, RowEvidence, RowThread
from itsmcomply.audits.sampling.kinds import ImportState
from itsmcomply.audits.sampling.models import AuditPopulation
from itsmcomply.audits.sampling.queries import SampleView, sample_view
from itsmcomply.audits.tickets.linkage import check_all
from itsmcomply.audits.tickets.model import Kind, Options, Reading
from itsmcomply.audits.tickets.reading import read_file
from itsmcomply.clock import FixedClock
from itsmcomply.db import db, end_read
from itsmcomply.demo.loading import load_into
from itsmcomply.evidence.kinds import Decision
from itsmcomply.evidence.models import EvidenceVersion, Review
from itsmcomply.findings.models import Finding
from itsmcomply.installation import prepare
from itsmcomply.readiness.cache import Rules
from itsmcomply.reports.build import Order, build
from itsmcomply.scenario.dates import Span
from itsmcomply.scenario.exports import export_bytes
from itsmcomply.scenario.model import Scenario
from itsmcomply.scenario.workbench.sampling_schema import Export
from itsmcomply.systems.models import InstallationMode
from itsmcomply.web.resources import resources_of
from tests.scenario.conftest import LOADED_AT
from tests.scenario.story import changed

Read = Callable[..., Scenario]
Problems = Callable[[str], list[str]]
RECIPE = Export.model_validate(
    {
        "name": "Desk.csv",
        "period": "today-90d..today-1d",
        "incidents": "120",
        "problems": "6",
        "changes": "20",
        "groups": ["Desk", "Network"],
        "items": {"Laptop": "Workplace", "Router": "Network"},
        "flaws": {"recurring": "1", "broken": "1", "unapproved": "2", "unresolved": "1", "out_of_order": "1"},
    }
)
SECTION = """\
        populations:
          - id: desk
            on: first 09:20
            file: desk.csv
            mapping: {number: Ticket, opened_at: Opened, priority: Prio, resolution: Code, state: State, kind: incident}
            reviews: accepted
            samples:
              - id: tickets
                row: 8.6.1-b
                title: Tickets of the month
                kind: incident
                method: stratified
                strata: priority
                size: 4
                seed: one
                attributes: [Recorded in time, Priority by the rule]
                tested: {records: 3, results: [{record: T-2, no: [2], note: Two steps too low.}]}
                paper: {rows: [8.6.1-a], reviews: accepted}
            exceptions:
              - {check: closed_without_resolution, record: T-4, row: 8.6.1-c, remark: Nobody wrote how.}
        threads:
          - {row: 8.6.1-d, thread: T02, population: desk, steps: [T-1, T-3], on: first 15:00}
"""
AUDIT = "        opening: {people: Incident manager}\n"
RAISED = "        evidence: [matrix]\n        correction"
SHOWN = "        sampled: {sample: tickets, record: T-2}\n"
SAMPLED = changed(AUDIT, AUDIT + SECTION, changed(RAISED, SHOWN + RAISED))


@pytest.fixture(autouse=True)
def export(tmp_path: Path) -> bytes:
    rows = ["Ticket;Opened;Prio;Code;State"]
    rows += [f"T-{n};2026-08-0{n} 10:00;{n % 2 + 2};{'' if n == 4 else 'done'};closed" for n in range(1, 5)]
    content = "\n".join(rows).encode()
    (tmp_path / "desk.csv").write_bytes(content)
    return content


@pytest.fixture
def loaded(tmp_path: Path, read: Read) -> Iterator[Flask]:
    scenario = read(SAMPLED)
    app = prepare(tmp_path / "instance", InstallationMode.TRIAL, {}, FixedClock(scenario.steps[0].moment))
    with app.app_context():
        load_into(app, scenario)
        yield app
        end_read()
        db.engine.dispose()


def sample() -> SampleView:
    audit = db.session().scalars(select(Audit).where(Audit.title == "Incidents")).one()
    return sample_view(db.session(), audit, 1)


def test_an_export_is_kept_as_it_came_and_read(loaded: Flask, export: bytes) -> None:
    population = db.session().scalars(select(AuditPopulation)).one()

    assert (population.state, population.records) == (ImportState.DONE, 4)
    assert population.sha256 == hashlib.sha256(export).hexdigest()
    assert b"".join(resources_of(loaded).store.chunks(population.sha256)) == export


@pytest.mark.usefixtures("loaded")
def test_a_sample_is_drawn_tested_and_its_paper_reviewed() -> None:
    view = sample()

    assert [one.row.number for one in view.records] == ["T-1", "T-2", "T-3", "T-4"]
    assert (view.tested, view.overall.errors, view.attributes[1].no) == (3, 1, 1)
    assert view.records[1].row.note == "Two steps too low."
    assert view.records[3].answers == (None, None)
    reviews = db.session().scalars(select(Review).where(Review.version_id == view.row.version_id)).all()
    assert [one.decision for one in reviews] == [Decision.ACCEPTED]


@pytest.mark.usefixtures("loaded")
def test_a_finding_rests_on_the_paper_and_an_exception_on_the_export() -> None:
    session, view = db.session(), sample()
    query = select(AuditRow.requirement, RowEvidence.version_id).join(AuditRow, AuditRow.id == RowEvidence.row_id)
    bound = {(requirement, version_id) for requirement, version_id in session.execute(query)}

    assert ("8.6.1-b", view.row.version_id) in bound
    assert ("8.6.1-a", view.row.version_id) in bound
    assert ("8.6.1-c", view.population.version_id) in bound
    finding = session.scalars(select(Finding).where(Finding.title == "Priority by habit")).one()
    assert finding.audit_key == view.audit.key
    export = session.get_one(EvidenceVersion, view.population.version_id)
    assert session.scalars(select(Review.decision).where(Review.version_id == export.id)).all() == [Decision.ACCEPTED]


@pytest.mark.usefixtures("loaded")
def test_threads_and_exceptions_stand_on_their_rows() -> None:
    threads = db.session().scalars(select(RowThread).order_by(RowThread.recorded_at)).all()

    assert [(one.steps, one.holds, one.note) for one in threads] == [
        ("T-4\nNobody wrote how.", False, "Nobody wrote how."),
        ("T-1\nT-3", True, ""),
    ]


def test_exports_read_the_sample_as_its_page_does(loaded: Flask) -> None:
    held, view = resources_of(loaded), sample()
    order = Order(view.audit.system_id, LOADED_AT.date(), LOADED_AT.date())
    part = build(db.session(), Rules(held.catalogue, held.policy, held.models), order)[0].audit

    (row,) = part.samples
    assert (row.key, row.sha256, row.seed, row.tested, row.errors) == ("SMP-01", view.population.sha256, "one", 3, 1)
    assert (float(row.rate or 0), float(row.upper or 0)) == (view.overall.rate, view.overall.upper_one_sided)
    assert row.paper is not None
    assert row.paper.sha256 == view.row.paper_sha256
    assert row.findings == tuple(one.key for one in part.findings if one.title == "Priority by habit")
    assert [(one.number, bool(one.failed), one.is_tested) for one in part.tested] == [
        ("T-1", False, True),
        ("T-2", True, True),
        ("T-3", False, True),
        ("T-4", False, False),
    ]


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("file: desk.csv", "file: none.csv", "populations.0.file: none.csv is not a file"),
        ("            file: desk.csv\n", "", "populations.0: holds either a file, or an export"),
        ("number: Ticket,", "number: Nothing,", "populations.0: desk.csv cannot be read: The mapping names the column"),
        (
            "opened_at: Opened",
            "weather: Opened",
            "populations.0.mapping.weather: weather is not a field",
        ),
        (
            "row: 8.6.1-b\n                title",
            "row: 8.6.3-a\n                title",
            "samples.0.row: 8.6.3-a is not in",
        ),
        ("                strata: priority\n", "", "samples.0.strata: is said for a stratified sample"),
        ("size: 4", "size: 1", "samples.0: There are 2 strata"),
        ("records: 3", "records: 9", "samples.0.tested.records: the sample holds 4 records"),
        ("record: T-2, no: [2]", "record: T-4, no: [2]", "tested.results.0.record: T-4 is not a tested record"),
        ("record: T-2, no: [2]", "record: T-2, no: [3]", "tested.results.0.no.0: the sample has 2 attributes"),
        (
            "record: T-4, row",
            "record: T-1, row",
            "exceptions.0.record: closed_without_resolution finds nothing about",
        ),
        ("check: closed_without_resolution", "check: tides", "exceptions.0.check: Input should be"),
        ("steps: [T-1, T-3]", "steps: [T-1, T-9]", "threads.0.steps.1: T-9 is not a record or item of desk"),
        ("population: desk, steps", "population: other, steps", "threads.0.population: other is not a population"),
        ("steps: [T-1, T-3]", "holds: false, steps: [T-1, T-3]", "threads.0.remark: says where the link is missing"),
        ("method: stratified", "method: by hand", "samples.0.method: Input should be"),
        ("seed: one", "seed: one\n                lucky: yes", "samples.0.lucky: is not a key of the format here"),
        ("on: first 09:20", "on: first-1d 09:20", "populations.0.on: lies before what it follows from"),
    ],
)
def test_what_is_wrong_is_named_with_file_line_and_entry(problems: Problems, old: str, new: str, wanted: str) -> None:
    lines = problems(changed(old, new, SAMPLED))

    assert any(f"systems.0.audits.0.{wanted}" in line or wanted in line for line in lines), lines
    assert all(re.match(r"scenario\.yaml, line \d+: systems\.0\.", line) for line in lines)


@pytest.mark.parametrize(
    ("new", "wanted"),
    [
        ("sampled: {sample: tickets, record: T-1}", "sampled.record: T-1 is not a record that failed"),
        ("sampled: {sample: other, record: T-2}", "sampled.sample: other is not a sample of this audit"),
        (
            "exception: {population: desk, check: broken_reference, record: T-2}",
            "exception.record: broken_reference finds nothing about T-2 in desk",
        ),
    ],
)
def test_a_finding_is_raised_from_what_the_audit_found(problems: Problems, new: str, wanted: str) -> None:
    lines = problems(changed("sampled: {sample: tickets, record: T-2}", new, SAMPLED))

    assert any(f"systems.0.findings.0.{wanted}" in line for line in lines), lines


def test_an_audit_that_has_not_begun_samples_nothing(problems: Problems) -> None:
    planned = 'from: today+60d, days: 1, clauses: ["7"]'

    lines = problems(changed(planned, f"{planned}, threads: [{{row: 7.2-a, thread: T18, steps: [a, b]}}]"))

    assert any("audits.2.threads: needs an opening" in line for line in lines), lines


def made_up(first: date, folder: Path) -> Reading:
    path = folder / "made.csv"
    path.write_bytes(export_bytes(RECIPE, Span(first, first + timedelta(days=89)), "seed"))
    return read_file(path, Options(), lambda _rows: None)


def test_an_export_made_up_holds_what_was_asked_for(tmp_path: Path) -> None:
    found = made_up(date(2026, 3, 1), tmp_path)

    kinds = {kind: sum(one.kind is kind for one in found.tickets) for kind in Kind}
    assert (found.layout, kinds[Kind.INCIDENT], kinds[Kind.CHANGE], kinds[Kind.PROBLEM]) == ("servicenow", 120, 20, 6)
    outcomes = {one.check.value: len(one.exceptions) for one in check_all(found.tickets, found.columns)}
    assert {name: outcomes[name] for name in ("recurring_without_problem", "broken_reference")} == {
        "recurring_without_problem": 1,
        "broken_reference": 1,
    }
    assert outcomes["change_without_approval"] == 2
    assert (outcomes["closed_without_resolution"], outcomes["times_out_of_order"]) == (1, 1)


@pytest.mark.parametrize("first", [date(2026, 1, 1), date(2028, 2, 29), date(2027, 7, 1), date(2026, 12, 31)])
def test_an_export_made_up_has_the_same_records_on_any_day(tmp_path: Path, first: date) -> None:
    usual, other = made_up(date(2026, 3, 1), tmp_path), made_up(first, tmp_path)

    assert [(t.number, t.priority, t.ci, t.problem, t.change, t.state) for t in other.tickets] == [
        (t.number, t.priority, t.ci, t.problem, t.change, t.state) for t in usual.tickets
    ]
    days = [moment.date() for t in other.tickets for moment in (t.opened_at, t.closed_at) if moment]
    assert first <= min(days)
    assert max(days) <= first + timedelta(days=89)
