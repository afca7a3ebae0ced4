"""A small scenario to start from, read as if loaded on a fixed day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from itsmcomply.clauses.loader import load_catalogue
from itsmcomply.clauses.model import Catalogue
from itsmcomply.datafiles import data_dir
from itsmcomply.scenario.model import Scenario
from itsmcomply.scenario.parser import read_scenario
from itsmcomply.scenario.problems import ScenarioInvalid

LOADED_AT = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)

HEAD = """\
scenario: 1
title: Small
people:
  - {email: manager@demo.example.org, name: SMS manager, administrator: true}
  - {email: owner@demo.example.org, name: Incident manager}
  - {email: reviewer@demo.example.org, name: Quality manager}
systems:
  - slug: small
    name: Small
    organisation: Small Services
    scope: One service
    time_zone: Europe/Amsterdam
    operating_since: month-18
    defaults:
      manager: manager@demo.example.org
      reviewers: [reviewer@demo.example.org, manager@demo.example.org]
    roles:
      - {person: manager@demo.example.org, role: sms_manager}
      - {person: reviewer@demo.example.org, role: evidence_reviewer}
      - {person: owner@demo.example.org, role: process_owner, processes: [incident]}
    owners: {incident: owner@demo.example.org}
    services: [{name: Network, since: month-18}, {name: Desk, since: month-18}]
    parties: [{name: Carrier, kind: external_supplier, operates: Lines, since: month-18}]
"""

ITEM = """\
    evidence:
      - artefact: mi_proc
        title: Major incident procedure
        versions:
          - on: today-100d
            effective: today-90d
            document: {version: "1.0", approver: Director, approved: today-103d}
            content: {name: "Procedure {{iso effective}}.docx", text: "# Steps\\n\\nFrom {{day effective}} on."}
            reviews: accepted
"""

SERIES = """\
    series:
      - artefact: inc_rec
        title: Incident records {{period}}
        every: month
        from: month-6
        to: month-1
        content:
          name: Incidents {{code}}.csv
          table:
            rows: 5..9
            columns:
              number: {sequence: INC, start: 1000, per_period: 40}
              opened: {moment: true}
              closed: {after: opened, hours: 1..40}
              priority: {choice: {P1: 1, P2: 10}}
"""


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(data_dir("clause_catalog"))


@pytest.fixture
def read(tmp_path: Path, catalogue: Catalogue) -> Callable[..., Scenario]:
    """Writes the text as scenario.yaml and reads it, as loaded on Tuesday 24 November 2026 (or `at`)."""

    def read_text(text: str, at: datetime = LOADED_AT) -> Scenario:
        (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
        return read_scenario(tmp_path, catalogue, at)

    return read_text


@pytest.fixture
def problems(read: Callable[..., Scenario]) -> Callable[[str], list[str]]:
    """What is wrong with the text, as printed; fails the test when nothing is."""

    def problems_of(text: str) -> list[str]:
        with pytest.raises(ScenarioInvalid) as caught:
            read(text)
        return str(caught.value).splitlines()

    return problems_of
