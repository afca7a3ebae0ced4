from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from itsmcomply.accounts.models import User
from itsmcomply.activity.models import ActivityEntry
from itsmcomply.clock import FixedClock
from itsmcomply.controls.models import Control
from itsmcomply.db import db, end_read, transaction
from itsmcomply.errors import NotPermitted
from itsmcomply.evidence.models import EvidenceItem, EvidenceLink, EvidenceVersion, LinkReview, Question, Review
from itsmcomply.permissions import SYSTEM_ACTOR
from itsmcomply.scenario.filing import Tools
from itsmcomply.scenario.model import FileVersion, Scenario
from itsmcomply.scenario.operations import StepRefused, load_scenario
from itsmcomply.scenario.scribe import PaperScribe
from itsmcomply.systems.models import EntryKind, InstallationMode, Membership, Subject, SystemEntry
from itsmcomply.systems.operations import create_system, mark_installation
from itsmcomply.web.resources import resources_of
from tests.scenario.conftest import HEAD, ITEM, LOADED_AT, SERIES

Read = Callable[..., Scenario]

EVERYTHING = """\
      - artefact: mi_rep
        title: Report of a major incident
        versions:
          - on: today-80d
            period: today-95d..today-90d
            content: {name: report.txt, text: Storage stopped.}
            reviews: [{decision: rejected, kind: not_shown, reason: Name the manager.}, {decision: accepted, after: 9}]
          - on: today-60d
            period: today-95d..today-90d
            content: {name: report 2.txt, text: Storage stopped. Managed by the desk.}
            questions:
              - by: reviewer@demo.example.org
                on: today-58d
                text: Which desk?
                answer: {by: owner@demo.example.org, on: today-57d, text: Ours.}
        links:
          - {control: OWN-1, artefact: mi_proc, on: today-50d, reviews: accepted}
          - {requirement: 8.7.1-e, artefact: av_inv, on: today-50d, reviews: accepted}
      - artefact: mi_crit
        title: Criteria
        versions:
          - {on: today-200d, content: {name: criteria.md, text: One hour.}, reviews: accepted}
          - {on: today-20d, effective: today-21d, reviews: accepted}
        withdrawn: {on: today-4d, reason: Part of the procedure now}
      - artefact: mi_notif
        title: No major incident told
        versions:
          - on: today-12d
            period: today-90d..today-13d
            content: {nil: Nobody had to be told.}
      - artefact: inc_prio
        title: Priorities
        confidentiality: restricted
        versions:
          - on: today-30d
            content: {link: {url: "https://intranet.example.org/p", title: Priorities, version: "3", seen: uploaded-1d}}
"""
CONTROLS = """\
    controls:
      adopt: [incident]
      own:
        - ref: OWN-1
          title: Reports are read aloud
          description: In the weekly meeting.
          process: incident
          kind: detective
          frequency: per event
          requirements: [8.6.1-f]
    intervals:
      inc_prio: {days: 90, since: month-4, reason: Changes often}
"""


@dataclass
class Loader:
    """Loads into an installation of this mode whose trail begins with the history."""

    app: Flask
    clock: FixedClock

    def mark(self, mode: InstallationMode) -> None:
        with transaction() as session:
            mark_installation(session, self.clock, mode=mode)

    def load(self, scenario: Scenario) -> None:
        held = resources_of(self.app)
        tools = Tools(held.store, held.catalogue, held.policy, 10_000_000)
        load_scenario(scenario, self.clock, tools, PaperScribe(self.app))


@pytest.fixture
def loader(app: Flask, clock: FixedClock) -> Iterator[Loader]:
    clock.move_to(datetime(2024, 1, 1, tzinfo=UTC))
    with app.app_context():
        yield Loader(app, clock)


def count(table: type[object]) -> int:
    found = db.session().execute(select(func.count()).select_from(table)).scalar_one()
    end_read()
    return found


def test_a_scenario_becomes_people_system_controls_and_evidence(loader: Loader, read: Read) -> None:
    loader.mark(InstallationMode.TRIAL)

    loader.load(read(HEAD + CONTROLS + ITEM + EVERYTHING + SERIES))

    assert (count(User), count(Subject), count(Membership)) == (3, 3, 3)
    assert count(Control) > 3
    assert (count(EvidenceItem), count(EvidenceVersion)) == (11, 13)
    assert (count(Question), count(EvidenceLink), count(LinkReview)) == (1, 2, 2)


def test_every_row_carries_the_moment_of_its_step(loader: Loader, read: Read) -> None:
    loader.mark(InstallationMode.DEMONSTRATION)
    scenario = read(HEAD + CONTROLS + ITEM + EVERYTHING + SERIES)

    loader.load(scenario)

    received = sorted(db.session().scalars(select(EvidenceVersion.received_at)))
    assert received == sorted(step.moment for step in scenario.steps if isinstance(step, FileVersion))
    trail = list(db.session().scalars(select(ActivityEntry.at).order_by(ActivityEntry.seq)))
    end_read()
    assert trail == sorted(trail)
    assert trail[0] == datetime(2024, 1, 1, tzinfo=UTC)
    assert trail[-1] == LOADED_AT


def test_reviews_and_questions_are_those_of_the_file(loader: Loader, read: Read) -> None:
    loader.mark(InstallationMode.TRIAL)

    loader.load(read(HEAD + CONTROLS + ITEM + EVERYTHING))

    decisions = [review.decision.value for review in db.session().scalars(select(Review).order_by(Review.decided_at))]
    (question,) = db.session().scalars(select(Question))
    (confirmed,) = db.session().scalars(select(EvidenceVersion).where(EvidenceVersion.confirms_version.is_not(None)))
    kinds = set(db.session().scalars(select(EvidenceVersion.kind)))
    end_read()
    assert decisions.count("rejected") == 1
    assert (question.text, question.answer) == ("Which desk?", "Ours.")
    assert confirmed.confirms_version == 1
    assert confirmed.withdrawn_reason == "Part of the procedure now"
    assert {kind.value for kind in kinds} == {"file", "nil", "link"}


def test_facts_of_the_system_are_dated_entries(loader: Loader, read: Read) -> None:
    loader.mark(InstallationMode.TRIAL)

    loader.load(read(HEAD + CONTROLS))

    entries = {(e.kind, e.key): e for e in db.session().scalars(select(SystemEntry))}
    end_read()
    assert entries[EntryKind.OPERATING_SINCE, ""].value == "2025-05-01"
    assert entries[EntryKind.OWN_INTERVAL, "inc_prio"].value == "90"
    assert entries[EntryKind.SCOPE_STATEMENT, ""].value == "One service"
    assert (EntryKind.PROCESS_OWNER, "incident") in entries


def test_a_real_installation_takes_no_scenario(loader: Loader, read: Read) -> None:
    loader.mark(InstallationMode.REAL)

    with pytest.raises(NotPermitted, match="only into an installation marked"):
        loader.load(read(HEAD))

    assert count(User) == 0


def test_an_installation_that_was_never_marked_takes_none(loader: Loader, read: Read) -> None:
    with pytest.raises(NotPermitted):
        loader.load(read(HEAD))


def test_an_installation_with_a_system_takes_none(loader: Loader, read: Read) -> None:
    loader.mark(InstallationMode.TRIAL)
    with transaction() as session:
        create_system(session, SYSTEM_ACTOR, loader.clock, slug="own", name="Own", time_zone="UTC")

    with pytest.raises(NotPermitted, match="holds the management system own already"):
        loader.load(read(HEAD))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            HEAD + ITEM.replace("- on: today-100d", "- on: today-100d\n            by: reviewer@demo.example.org"),
            "FileVersion of reviewer@demo.example.org",
        ),
        (
            HEAD
            + ITEM.replace("reviews: accepted", "reviews: [{decision: accepted, by: owner@demo.example.org}]").replace(
                "- on: today-100d", "- on: today-100d\n            by: manager@demo.example.org"
            ),
            "ReviewVersion of owner@demo.example.org",
        ),
        (
            HEAD + ITEM.replace("artefact: mi_proc", "artefact: inc_rep"),
            "FileVersion of owner@demo.example.org at 2026-08-17",
        ),
    ],
    ids=["no permission to file", "no permission to review", "a record of days to come"],
)
def test_what_the_pages_refuse_is_refused_here_and_named(loader: Loader, read: Read, text: str, wanted: str) -> None:
    loader.mark(InstallationMode.TRIAL)

    with pytest.raises(StepRefused, match=wanted):
        loader.load(read(text))


def test_files_reach_the_store_as_they_are(loader: Loader, read: Read, tmp_path: Path) -> None:
    (tmp_path / "證據.bin").write_bytes(b"\x00\x01\x02")
    loader.mark(InstallationMode.TRIAL)
    item = (
        "    evidence:\n      - artefact: mi_proc\n        title: X\n        versions:\n"
        "          - {on: today-9d, content: {file: 證據.bin}}\n"
    )

    loader.load(read(HEAD + item))

    (version,) = db.session().scalars(select(EvidenceVersion))
    end_read()
    assert version.file_name == "證據.bin"
    assert version.sha256 is not None
    assert b"".join(resources_of(loader.app).store.chunks(version.sha256)) == b"\x00\x01\x02"
