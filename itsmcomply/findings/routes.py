"""Pages of findings; the modules beside this one hold them by subject."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import cast

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.clauses.model import Catalogue
from itsmcomply.clock import day_in_zone
from itsmcomply.findings import routes_finding, routes_proof, routes_register
from itsmcomply.findings.blueprint import blueprint
from itsmcomply.findings.queries.lines import FindingLine, load_open, needs, open_findings_for
from itsmcomply.findings.rules import Case, person_of
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.systems.queries import SystemRef
from itsmcomply.web.beside import offer_open_findings
from itsmcomply.web.identity import SignedIn, clock, current_system, reader
from itsmcomply.web.page import add_counter
from itsmcomply.web.resources import resources

__all__ = ["blueprint", "routes_finding", "routes_proof", "routes_register"]

_KEY = "itsmcomply.open_cases"


@dataclass(slots=True)
class OpenCases:
    """Open cases by system as of a trail number, so that the figure in the side bar costs one query on most pages."""

    held: dict[int, tuple[int, tuple[Case, ...]]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def of(self, session: Session, catalogue: Catalogue, system_id: int) -> tuple[Case, ...]:
        """The open cases of a system. One query when nothing changed since they were read."""
        seq = session.scalar(select(ManagementSystem.facts_seq).where(ManagementSystem.id == system_id)) or 0
        with self.lock:
            known = self.held.get(system_id)
        if known is not None and known[0] == seq:
            return known[1]
        cases = tuple(dossier.case for dossier in load_open(session, catalogue, system_id))
        with self.lock:
            self.held[system_id] = seq, cases
        return cases


def open_cases(system_id: int) -> tuple[Case, ...]:
    """The open cases of a system for this request."""
    held = cast("OpenCases", current_app.extensions[_KEY])
    return held.of(reader(), resources().catalogue, system_id)


def count_for_side_bar(found: SignedIn, system: SystemRef) -> dict[str, int]:
    """The figure beside "Findings": those whose next step is this person's, or that are late enough to be heard of."""
    person = person_of(found.actor, system.id)
    if not person.may_act and not person.may_raise:
        return {}
    day: date = day_in_zone(clock().now(), system.zone)
    return {"findings": sum(1 for case in open_cases(system.id) if needs(case, person, day))}


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
    add_counter(app, count_for_side_bar)
