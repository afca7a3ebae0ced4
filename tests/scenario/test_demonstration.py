"""The demonstration organisation: complete in the catalogue's terms, and as ready as it is meant to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from itsmcomply.accounts.models import User
from itsmcomply.accounts.rules import password_matches
from itsmcomply.clauses.model import Catalogue
from itsmcomply.clock import FixedClock
from itsmcomply.db import db, end_read
from itsmcomply.demo.loading import DEMO_DIR, ROLES_SHOWN, SignIn, make_demonstration
from itsmcomply.errors import StartRefused
from itsmcomply.evidence.verification import verify_store
from itsmcomply.installation import prepare
from itsmcomply.readiness.engine.evaluation import evaluate
from itsmcomply.readiness.inputs.loading import load
from itsmcomply.readiness.results import GateKey, Result, Status
from itsmcomply.scenario.contents import content_bytes
from itsmcomply.scenario.expecting import differences
from itsmcomply.scenario.model import FileVersion, GeneratedTable, Scenario, StoredFile, WrittenDocument
from itsmcomply.scenario.parser import read_scenario
from itsmcomply.systems.models import InstallationMode
from itsmcomply.systems.queries import system_by_slug
from itsmcomply.web.resources import resources_of
from tests.scenario.conftest import LOADED_AT

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demonstration")]


def files_of(scenario: Scenario) -> list[FileVersion]:
    kinds = (StoredFile, WrittenDocument, GeneratedTable)
    return [s for s in scenario.steps if isinstance(s, FileVersion) and isinstance(s.content, kinds)]


@pytest.fixture(scope="module")
def scenario(catalogue: Catalogue) -> Scenario:
    return read_scenario(DEMO_DIR, catalogue, LOADED_AT)


@pytest.mark.parametrize(
    "day", ["2026-11-24", "2026-12-01", "2027-01-03", "2027-02-28", "2028-02-29", "2027-05-16", "2027-10-31"]
)
def test_it_can_be_read_on_any_day(catalogue: Catalogue, day: str) -> None:
    scenario = read_scenario(DEMO_DIR, catalogue, datetime.fromisoformat(f"{day}T10:00:00+01:00"))

    first, last = scenario.steps[0].moment, scenario.steps[-1].moment
    assert 530 <= (scenario.loaded_at - first).days <= 620
    assert (scenario.loaded_at - last).days <= 10


def test_it_holds_about_five_hundred_items_of_real_files(scenario: Scenario) -> None:
    suffixes = Counter(
        PurePosixPath(step.content.name).suffix
        for step in files_of(scenario)
        if isinstance(step.content, StoredFile | WrittenDocument | GeneratedTable)
    )

    assert 480 <= len({step.item for step in scenario.steps if isinstance(step, FileVersion)}) <= 700
    assert all(suffixes[kind] >= 8 for kind in (".pdf", ".docx", ".xlsx", ".png", ".csv"))


def test_nearly_every_artefact_has_something_filed(scenario: Scenario, catalogue: Catalogue) -> None:
    filed = {step.artefact for step in scenario.steps if isinstance(step, FileVersion)}

    assert len(catalogue.artefacts.keys() - filed) <= 16


def test_its_files_are_small_and_hold_no_unfilled_place(scenario: Scenario) -> None:
    total = 0
    for step in files_of(scenario):
        assert isinstance(step.content, StoredFile | WrittenDocument | GeneratedTable)
        made = content_bytes(step.content)
        total += len(made)
        assert 50 < len(made) < 200_000, step.title
        assert b"{{" not in made or not step.content.name.endswith((".csv", ".log", ".eml", ".md")), step.title
        assert not isinstance(step.content, WrittenDocument) or "{{" not in step.content.text
    assert total < 12_000_000


def test_it_takes_little_room_in_the_package() -> None:
    assert sum(path.stat().st_size for path in DEMO_DIR.rglob("*") if path.is_file()) < 600_000


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    instance = tmp_path_factory.mktemp("demonstration") / "instance"
    make_demonstration(instance, {}, FixedClock(LOADED_AT))
    return instance


@pytest.fixture
def demonstration(made: Path) -> Iterator[Flask]:
    app = prepare(made, None, {}, FixedClock(LOADED_AT))
    with app.app_context():
        yield app
        end_read()
        db.engine.dispose()


def result_of(app: Flask, slug: str, day: datetime, *, today: datetime = LOADED_AT) -> Result:
    system = system_by_slug(db.session(), slug)
    assert system is not None
    facts = load(db.session(), system.id).facts
    held = resources_of(app)
    model = held.models["itsm_five_stage"]
    on, now = (moment.astimezone(AMSTERDAM).date() for moment in (day, today))
    return evaluate(held.catalogue, held.policy, model, facts, on, today=now)


def blockers(result: Result, gate: GateKey) -> list[str]:
    return [blocker.key for rule in result.gate(gate).rules for blocker in rule.blockers]


def test_five_things_block_stage_1_today(demonstration: Flask) -> None:
    result = result_of(demonstration, "managed-services", LOADED_AT)

    assert result.status is Status.NOT_READY
    assert sorted(blockers(result, GateKey.DOCUMENTED)) == ["bcp", "demand", "is_ctl", "ola", "risk_method"]


def test_five_more_documents_lapse_before_stage_1(demonstration: Flask) -> None:
    stage_1 = datetime(2027, 1, 13, 12, tzinfo=UTC)

    new = set(blockers(result_of(demonstration, "managed-services", stage_1), GateKey.DOCUMENTED))

    old = set(blockers(result_of(demonstration, "managed-services", LOADED_AT), GateKey.DOCUMENTED))
    assert new - old == {"catalogue", "contract", "cust_reg", "objectives", "rel_crit"}


def test_levels_bands_and_gates_are_mixed(demonstration: Flask) -> None:
    result = result_of(demonstration, "managed-services", LOADED_AT)

    levels = Counter(process.level for process in result.processes.values())
    bands = Counter(requirement.band for requirement in result.requirements.values())
    assert result.level == 1
    assert 3 <= levels[1] <= 8
    assert 10 <= levels[3] <= 18
    assert levels[1] + levels[2] + levels[3] == 29
    assert len(bands) == 4
    assert min(bands.values()) >= 15
    assert result.coverage is not None
    assert 0.7 < result.coverage < 0.85
    assert len(blockers(result, GateKey.OPERATED)) >= 5


def test_readiness_is_what_the_file_says(demonstration: Flask, scenario: Scenario) -> None:
    unlike = [
        line for one in scenario.expects for line in differences(one, result_of(demonstration, one.system, LOADED_AT))
    ]

    assert unlike == []
    assert len(scenario.expects[0].levels) > 10


def test_it_loads_with_the_same_story_on_the_first_day_of_a_year(tmp_path: Path, catalogue: Catalogue) -> None:
    day = datetime(2027, 1, 1, 9, 30, tzinfo=UTC)  # months, quarters and the year have just turned, and it is a Friday
    expected = read_scenario(DEMO_DIR, catalogue, day).expects

    make_demonstration(tmp_path / "instance", {}, FixedClock(day))

    app = prepare(tmp_path / "instance", None, {}, FixedClock(day))
    with app.app_context():
        unlike = [line for one in expected for line in differences(one, result_of(app, one.system, day, today=day))]
        end_read()
        db.engine.dispose()
    assert unlike == []


def test_the_second_system_is_young(demonstration: Flask) -> None:
    result = result_of(demonstration, "workplace-it", LOADED_AT)

    assert result.status is Status.NOT_READY
    assert result.coverage is not None
    assert 0 < result.coverage < 0.15


def test_every_file_of_it_verifies(demonstration: Flask) -> None:
    report = verify_store(db.session(), resources_of(demonstration).store)

    assert report.problems == ()
    assert report.checked > 400


def test_one_person_per_role_may_sign_in_with_a_new_password_each_time(made: Path) -> None:
    first = make_demonstration(made, {}, FixedClock(LOADED_AT))
    again = make_demonstration(made, {}, FixedClock(LOADED_AT))

    assert [sign_in.email for sign_in in again] == [email for _, email in ROLES_SHOWN]
    assert not {sign_in.password for sign_in in first} & {sign_in.password for sign_in in again}
    assert all(may_sign_in(made, sign_in) for sign_in in again)


def may_sign_in(instance: Path, sign_in: SignIn) -> bool:
    app = prepare(instance, None, {}, FixedClock(LOADED_AT))
    with app.app_context():
        user = db.session().execute(select(User).where(User.email == sign_in.email)).scalar_one()
        end_read()
        db.engine.dispose()
    return password_matches(sign_in.password, user.password_hash)


def test_a_real_installation_never_becomes_a_demonstration(tmp_path: Path) -> None:
    prepare(tmp_path / "instance", InstallationMode.REAL, {}, FixedClock(LOADED_AT))

    with pytest.raises(StartRefused, match="marked real"):
        make_demonstration(tmp_path / "instance", {}, FixedClock(LOADED_AT))


def test_a_demonstration_that_was_interrupted_is_refused_instead_of_shown(tmp_path: Path) -> None:
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demonstration(tmp_path / "instance", {}, FixedClock(LOADED_AT), stop)

    with pytest.raises(StartRefused, match="loaded only in part"):
        make_demonstration(tmp_path / "instance", {}, FixedClock(LOADED_AT))
