"""How long a population of 150,000 records takes from the first byte sent to the page that shows it, and its memory."""

from __future__ import annotations

import csv
import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from openpyxl import Workbook
from sqlalchemy import select

from itsmcomply.accounts.models import User
from itsmcomply.audits.kinds import AuditKind, Method, TeamRole
from itsmcomply.audits.models import Audit
from itsmcomply.audits.operations import Assignment, assign, begin_audit, plan_audit
from itsmcomply.audits.rules import Plan
from itsmcomply.clock import SystemClock
from itsmcomply.db import transaction
from itsmcomply.evidence.operations import Desk, open_desk
from itsmcomply.installation import prepare
from itsmcomply.permissions import SYSTEM_ACTOR, Actor, Role
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.systems.operations import grant_role
from itsmcomply.systems.queries import grants_of
from itsmcomply.web.resources import resources_of
from tests.bench.client import Client
from tests.bench.data import MANAGER, PASSWORD, SLUG
from tests.bench.figures import Figures
from tests.bench.server import Server, serving

RECORDS = 150_000
TITLE = "Incidents"
HEADINGS = (
    *("number", "incident_state", "active", "reassignment_count", "reopen_count", "sys_mod_count", "made_sla"),
    *("caller_id", "opened_by", "opened_at", "sys_created_by", "sys_created_at", "sys_updated_by", "sys_updated_at"),
    *("contact_type", "location", "category", "subcategory", "u_symptom", "cmdb_ci", "impact", "urgency", "priority"),
    *("assignment_group", "assigned_to", "knowledge", "u_priority_confirmation", "notify", "problem_id", "rfc"),
    *("vendor", "caused_by", "closed_code", "resolved_by", "resolved_at", "closed_at"),
)
"""Those of a whole ServiceNow export, so that a row is as wide as in practice."""


def imports(figures: Figures, large: Path, small: Path) -> None:
    """The same 150,000 records as CSV and as XLSX."""
    key = _running_audit(small)
    with tempfile.TemporaryDirectory() as scratch:
        text, book = Path(scratch) / "incidents.csv", Path(scratch) / "incidents.xlsx"
        _write(text, book)
        with serving(small) as server:
            for path in (text, book):
                _import(figures, server, f"/s/{SLUG}/audits/{key}", path)


def _import(figures: Figures, server: Server, audit: str, path: Path) -> None:
    client, kind = Client(server.port), path.suffix[1:].upper()
    client.sign_in(MANAGER, PASSWORD)
    token, content = client.token(f"{audit}/samples"), path.read_bytes()
    server.reset_peak()
    seen: set[bytes] = set()
    with _children(server.pid) as reader:
        started = time.perf_counter()
        address = f"{audit}/populations/from/0?name={path.name}"
        number = client.upload(address, content, len(content), token)["token"]
        while b'hx-trigger="every' in (state := client.get(f"{audit}/populations/{number}/state")):
            seen.add(state)
            time.sleep(0.5)
        page = client.get(f"{audit}/populations/{number}")
        taken = time.perf_counter() - started
    if f"<dd>{RECORDS}</dd>".encode() not in page:
        raise RuntimeError(f"{path.name} was not read: {page[-3000:]!r}")
    figures.add(f"{kind} of {RECORDS:,} records, sent until shown", taken, "s", 20)
    figures.add("  different steps of progress seen", len(seen), "", 3, at_least=True)
    figures.add("  processor time of the reader", reader.seconds, "s")
    figures.add("  memory of the reader", reader.mib, "MiB", 300)
    figures.add("  memory of the server", server.peak_mib(), "MiB", 300)


@dataclass
class Reader:
    """The most that any child took: resident memory in MiB, processor time in seconds."""

    mib: float = 0.0
    seconds: float = 0.0

    def look(self, pid: str) -> None:
        status, times = Path(f"/proc/{pid}/status").read_text(), Path(f"/proc/{pid}/stat").read_text()
        self.mib = max(self.mib, int(status.split("VmHWM:")[1].split()[0]) / 1024)
        ticks = times.rpartition(")")[2].split()[11:13]
        self.seconds = max(self.seconds, sum(int(one) for one in ticks) / os.sysconf("SC_CLK_TCK"))


@contextmanager
def _children(pid: int) -> Iterator[Reader]:
    """What the children of a process take while the block runs."""
    most, over = Reader(), threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            for task in Path(f"/proc/{pid}/task").iterdir():
                with suppress(OSError, ValueError, IndexError):
                    for child in (task / "children").read_text().split():
                        most.look(child)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


def _write(text: Path, book: Path) -> None:
    draw, day = random.Random(7), datetime(2025, 1, 1, tzinfo=UTC)
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("incidents")
    with text.open("w", newline="") as file:
        writer = csv.writer(file)
        for row in (list(HEADINGS), *(_row(number, draw, day) for number in range(RECORDS))):
            writer.writerow(row)
            sheet.append(row)
    workbook.save(book)


def _row(number: int, draw: random.Random, day: datetime) -> list[str]:
    opened = day + timedelta(minutes=draw.randrange(500_000))
    solved, closed = opened + timedelta(hours=draw.randrange(1, 90)), opened + timedelta(hours=draw.randrange(90, 200))
    known = {
        "number": f"INC{number:07d}",
        "incident_state": "Closed",
        "made_sla": draw.choice(["true", "false"]),
        "opened_at": f"{opened:%d-%m-%Y %H:%M}",
        "resolved_at": f"{solved:%d-%m-%Y %H:%M}",
        "closed_at": f"{closed:%d-%m-%Y %H:%M}",
        "sys_updated_at": f"{closed:%d-%m-%Y %H:%M}",
        "category": f"Category {draw.randrange(60)}",
        "u_symptom": f"Symptom {draw.randrange(600)}",
        "priority": draw.choice(["1 - Critical", "2 - High", "3 - Moderate", "4 - Low"]),
        "assignment_group": f"Group {draw.randrange(80)}",
        "reopen_count": str(draw.randrange(3)),
        "reassignment_count": str(draw.randrange(9)),
        "problem_id": "?" if draw.random() < 0.98 else f"PRB{draw.randrange(400):05d}",
    }
    return [known.get(name, f"{name} {number % 997}") for name in HEADINGS]


def _running_audit(instance: Path) -> str:
    """An audit that has begun, led by the manager; the one of an earlier run where the installation is kept."""
    app = prepare(instance)
    with app.app_context(), transaction() as session:
        found = session.scalars(select(Audit).where(Audit.title == TITLE)).first()
        if found is not None:
            return found.key
        user = session.execute(select(User).where(User.email == MANAGER)).scalar_one()
        system = session.execute(select(ManagementSystem).where(ManagementSystem.slug == SLUG)).scalar_one()
        role, clock = Role.INTERNAL_AUDITOR, SystemClock()
        grant_role(session, SYSTEM_ACTOR, clock, user=user, system=system, role=role, process=None)
        actor = Actor(user.id, user.name, user.email, user.is_admin, grants_of(session, user.id, clock.now()).grants)
        shared = resources_of(app)
        at = open_desk(session, actor, clock, catalogue=shared.catalogue, policy=shared.policy, system_id=system.id)
        return _begun(at, user.id)


def _begun(at: Desk, lead: int) -> str:
    plan = Plan(
        kind=AuditKind.INTERNAL,
        title=TITLE,
        objectives="Find out whether incidents are handled as the procedure says.",
        criteria="ISO/IEC 20000-1:2018",
        method=Method.ON_SITE,
        first_on=at.today,
        last_on=at.today,
        clauses=("8.6.1",),
    )
    key = plan_audit(at, plan).key
    assign(at, key, Assignment(TeamRole.LEAD, lead, leave_out=True))
    begin_audit(at, key)
    return key
