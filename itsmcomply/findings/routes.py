"""Pages of findings; the modules beside this one hold them by subject."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import cast

from flask import Flask, current_app, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.clauses.model import Catalogue
from itsmcomply.clock import day_in_zone
from itsmcomply.findings import routes_finding, routes_proof, routes_register
from itsmcomply.findings.blueprint import blueprint
from itsmcomply.findings.duties import person_of
from itsmcomply.findings.limits import next_due
from itsmcomply.findings.queries.lines import FindingLine, load_open, needs, open_findings_for
from itsmcomply.findings.rules import Case, gate_sentence, missing
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.systems.queries import SystemRef
from itsmcomply.web.beside import Task, offer_open_findings, offer_tasks
from itsmcomply.web.filters import say
from itsmcomply.web.identity import SignedIn, clock, current_system, reader, require_person
from itsmcomply.web.page import add_counter, today
from itsmcomply.web.resources import resources

__all__ = ["blueprint", "routes_finding", "routes_proof", "routes_register"]

_KEY = "itsmcomply.open_cases"


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open finding: what it is called, and what decides where it stands."""

    title: str
    case: Case


@dataclass(slots=True)
class OpenCases:
    """Open cases by system as of a trail number, so that the figure in the side bar costs one query on most pages."""

    held: dict[int, tuple[int, tuple[OpenCase, ...]]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def of(self, session: Session, catalogue: Catalogue, system_id: int) -> tuple[OpenCase, ...]:
        """The open cases of a system. One query when nothing changed since they were read."""
        seq = session.scalar(select(ManagementSystem.facts_seq).where(ManagementSystem.id == system_id)) or 0
        with self.lock:
            known = self.held.get(system_id)
        if known is not None and known[0] == seq:
            return known[1]
        found = load_open(session, catalogue, system_id)
        cases = tuple(OpenCase(dossier.finding.title, dossier.case) for dossier in found)
        with self.lock:
            self.held[system_id] = seq, cases
        return cases


def open_cases(system_id: int) -> tuple[OpenCase, ...]:
    """The open cases of a system for this request."""
    held = cast("OpenCases", current_app.extensions[_KEY])
    return held.of(reader(), resources().catalogue, system_id)


def count_for_side_bar(found: SignedIn, system: SystemRef) -> dict[str, int]:
    """The figure beside "Findings": those whose next step is this person's, or that are late enough to be heard of."""
    person = person_of(found.actor, system.id)
    if not person.may_act and not person.may_raise:
        return {}
    day: date = day_in_zone(clock().now(), system.zone)
    return {"findings": sum(1 for one in open_cases(system.id) if needs(one.case, person, day))}


def _tasks() -> list[Task]:
    """Findings whose next step is this person's, or that are late enough to be heard of. One query, as above."""
    system, actor, day = current_system(), require_person().actor, today()
    person = person_of(actor, system.id)
    return [_task(one, system.slug, day) for one in open_cases(system.id) if needs(one.case, person, day)]


def _task(one: OpenCase, slug: str, day: date) -> Task:
    case = one.case
    asked = [say(gate_sentence(gate, case, day)) for gate in missing(case)]
    url = url_for("findings.finding", slug=slug, key=case.key)
    return Task(_("Finding"), "flag", f"{case.key} {one.title}", asked[0], url, next_due(case))


def _open_for(*, requirements: Collection[str] = (), clause: str = "", process: str = "") -> tuple[FindingLine, ...]:
    """Open findings for another page of the system of this address. One query while nothing is open."""
    system = current_system()
    if not open_cases(system.id):
        return ()
    day = day_in_zone(clock().now(), system.zone)
    return open_findings_for(
        reader(), resources().catalogue, system.id, day, requirements=requirements, clause=clause, process=process
    )


def init(app: Flask) -> None:
    """Give the side bar its figure, and other pages what is open for them."""
    app.extensions[_KEY] = OpenCases()
    offer_open_findings(app, _open_for)
    offer_tasks(app, _tasks)
    add_counter(app, count_for_side_bar)
