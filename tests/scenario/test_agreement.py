"""Facts and result are the same whether a scenario goes through the database or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask

from itsmcomply.clauses.model import Catalogue
from itsmcomply.clock import FixedClock
from itsmcomply.db import db, end_read
from itsmcomply.demo.loading import load_into
from itsmcomply.installation import prepare
from itsmcomply.readiness.engine import to_json
from itsmcomply.readiness.engine.evaluation import evaluate
from itsmcomply.readiness.facts import Facts
from itsmcomply.readiness.inputs.loading import load
from itsmcomply.readiness.results import Result
from itsmcomply.scenario.model import Scenario
from itsmcomply.systems.models import InstallationMode
from itsmcomply.systems.queries import system_by_slug
from itsmcomply.web.resources import resources_of
from tests.scenario.conftest import LOADED_AT
from tests.scenario.folding import Folded, by_key, fold
from tests.scenario.story import STORY

TODAY = date(2026, 11, 24)


@pytest.fixture
def scenario(read: Callable[..., Scenario]) -> Scenario:
    return read(STORY)


@pytest.fixture
def loaded(tmp_path: Path, scenario: Scenario) -> Iterator[Flask]:
    app = prepare(tmp_path / "instance", InstallationMode.TRIAL, {}, FixedClock(scenario.steps[0].moment))
    with app.app_context():
        load_into(app, scenario)
        yield app
        end_read()
        db.engine.dispose()


def facts_of(slug: str) -> Facts:
    system = system_by_slug(db.session(), slug)
    assert system is not None
    return load(db.session(), system.id).facts


def with_folded(facts: Facts, folded: Folded) -> Facts:
    """The evidence of the database, everything else of the workbench from the steps."""
    system = replace(
        facts.system,
        audits=tuple(folded.internal()),
        audit_programmes=tuple(folded.approvals),
        findings=tuple(folded.findings.values()),
        management_reviews=tuple(folded.reviews.values()),
    )
    return replace(facts, system=system)


def result_on(app: Flask, facts: Facts, day: date) -> Result:
    held = resources_of(app)
    return evaluate(held.catalogue, held.policy, held.models["itsm_five_stage"], facts, day, today=TODAY)


def test_facts_through_the_database_are_those_of_the_steps(
    loaded: Flask, scenario: Scenario, catalogue: Catalogue
) -> None:
    folded, system = fold(scenario, "small", catalogue), facts_of("small").system

    assert by_key(system.audits) == by_key(folded.internal())
    assert by_key(system.findings) == by_key(folded.findings.values())
    assert by_key(system.management_reviews) == by_key(folded.reviews.values())
    assert list(system.audit_programmes) == folded.approvals
    assert [len(one) for one in (system.audits, system.findings, system.management_reviews)] == [4, 4, 3]


@pytest.mark.parametrize("days", [-90, -79, -30, -8, 0, 60])
def test_results_are_the_same_both_ways_on_every_day(
    loaded: Flask, scenario: Scenario, catalogue: Catalogue, days: int
) -> None:
    facts, day = facts_of("small"), TODAY + timedelta(days=days)

    other = with_folded(facts, fold(scenario, "small", catalogue))

    assert to_json(result_on(loaded, facts, day)) == to_json(result_on(loaded, other, day))
    assert LOADED_AT.date() == TODAY
