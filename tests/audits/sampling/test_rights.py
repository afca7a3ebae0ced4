"""Who brings, draws and tests: an auditor of the team who is impartial for the row, as who concludes it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from itsmcomply.accounts.models import User
from itsmcomply.audits.sampling.models import AuditPopulation, AuditSample, SampleAnswer
from itsmcomply.db import Base, db, transaction
from itsmcomply.findings.models import Finding
from itsmcomply.permissions import SYSTEM_ACTOR, Role
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.systems.operations import grant_role
from tests.audits.sampling.conftest import ROW, Desk
from tests.audits.sampling.test_exceptions import EXCEPTION, FINDING
from tests.audits.shop import Shop
from tests.audits.tickets.exports import SERVICENOW


def _grant(shop: Shop, who: str, role: Role, process: str | None = None) -> None:
    cast = shop.cast
    with cast.app.app_context(), transaction() as session:
        user, system = session.get_one(User, cast.ids[who]), session.get_one(ManagementSystem, cast.system_id)
        grant_role(session, SYSTEM_ACTOR, cast.clock, user=user, system=system, role=role, process=process)


def _count(shop: Shop, table: type[Base]) -> int:
    with shop.cast.app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def outside(shop: Shop) -> Desk:
    """An internal auditor at an audit they are not assigned to."""
    _grant(shop, "reviewer", Role.INTERNAL_AUDITOR)
    return Desk(shop, who="reviewer")


def test_an_auditor_outside_the_team_imports_nothing_and_is_told_why(outside: Desk) -> None:
    page, answer = outside.get("/samples").text, outside.put(SERVICENOW.encode())

    assert "You are not an auditor of this audit." in page
    assert answer.status_code == 403
    assert _count(outside.shop, AuditPopulation) == 0
    assert outside.left_behind() == []


@pytest.fixture
def partial(auditor: Desk) -> Desk:
    """An auditor with a sample tested, who has come to own the process it is about."""
    sample = auditor.sampled()
    auditor.post(f"{sample}/records/1", version=1, a1="no", note="")
    _grant(auditor.shop, "internal_auditor", Role.PROCESS_OWNER, "incident")
    auditor.sign_in()
    return auditor


def test_who_owns_the_process_draws_nothing_for_its_rows(partial: Desk) -> None:
    page, answer = partial.get("/populations/1").text, partial.draw()

    assert f'value="{ROW}"' not in page
    assert answer.status_code == 403
    assert _count(partial.shop, AuditSample) == 1


def test_who_owns_the_process_tests_nothing_and_sees_why(partial: Desk) -> None:
    page, answer = partial.get("/samples/1").text, partial.post("/samples/1/records/2", version=1, a1="yes", note="")

    assert "owns the process" in page
    assert answer.status_code == 403
    assert _count(partial.shop, SampleAnswer) == 1


@pytest.mark.parametrize("path", [EXCEPTION, f"{EXCEPTION}/examined", "/samples/1/records/1/finding"])
def test_who_owns_the_process_raises_nothing(partial: Desk, path: str) -> None:
    answer = partial.post(path, **FINDING)

    assert answer.status_code == 403
    assert _count(partial.shop, Finding) == 0


@pytest.mark.parametrize("path", ["/samples/1/paper", "/samples/1/attributes"])
def test_who_owns_the_process_files_and_changes_nothing(partial: Desk, path: str) -> None:
    assert partial.post(path, attributes="Other").status_code == 403
