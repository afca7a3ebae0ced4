"""What the page of one row of a checklist shows, read in a constant number of queries, and who may write there."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import cast

from flask import current_app, request
from flask_babel import gettext as _

from itsmcomply.audits.blueprint import THREADS
from itsmcomply.audits.impartiality import objections, reasons
from itsmcomply.audits.kinds import State
from itsmcomply.audits.models import AuditRow
from itsmcomply.audits.queries.audits import LATEST, AuditView, OnFile, audit_view, evidence_on_file
from itsmcomply.audits.queries.interests import interests_of
from itsmcomply.clauses.model import Clause, CommonNonconformity, Requirement
from itsmcomply.clauses.threads import Thread
from itsmcomply.errors import NotFound
from itsmcomply.evidence.desk_web import freshen, owners_now
from itsmcomply.findings.statements import suggestions
from itsmcomply.permissions import Permission
from itsmcomply.web.filters import say as say_in_words
from itsmcomply.web.identity import current_system, reader, require_person
from itsmcomply.web.page import today
from itsmcomply.web.resources import resources

NEWEST = 3


@dataclass(frozen=True, slots=True)
class RowPage:
    """Everything the page of one row shows. `refusals`: why this person may not write here; empty when they may."""

    view: AuditView
    row: AuditRow
    requirement: Requirement
    clause: Clause
    groups: tuple[tuple[str, str, tuple[AuditRow, ...], str], ...]
    on_file: tuple[OnFile, ...]
    missing: tuple[str, ...]
    threads: tuple[Thread, ...]
    common: tuple[CommonNonconformity, ...]
    previous: str
    following: str
    place: int
    shown: str
    refusals: tuple[str, ...]
    owner: str

    @property
    def newest(self) -> tuple[OnFile, ...]:
        """The latest of each artefact; the rest is folded."""
        return tuple(one for of_artefact in self._by_artefact() for one in of_artefact[:NEWEST])

    @property
    def older(self) -> tuple[OnFile, ...]:
        return tuple(one for of_artefact in self._by_artefact() for one in of_artefact[NEWEST:])

    @property
    def is_cut(self) -> bool:
        """Whether an artefact may have more on file than is listed."""
        return any(len(of_artefact) >= LATEST for of_artefact in self._by_artefact())

    def _by_artefact(self) -> list[list[OnFile]]:
        return [list(items) for _key, items in groupby(self.on_file, key=lambda one: one.artefact)]

    @property
    def unexamined(self) -> tuple[int, ...]:
        """Current versions on file that were not examined for this row yet."""
        seen = {one.version_id for one in self.view.evidence.get(self.row.id, ())}
        return tuple(one.version_id for one in self.on_file if one.state == "current" and one.version_id not in seen)

    @property
    def may_write(self) -> bool:
        return not self.refusals


def threads_of_app() -> tuple[Thread, ...]:
    return cast("tuple[Thread, ...]", current_app.extensions[THREADS])


def row_page(key: str, requirement: str) -> RowPage:
    """Read the page of a row. A constant number of queries. Raises NotFound."""
    freshen()
    system, shared = current_system(), resources()
    view = audit_view(reader(), system.id, key)
    line = view.row(requirement)
    wanted = shared.catalogue.requirements.get(requirement)
    if wanted is None:
        raise NotFound("row", f"{key} {requirement}")
    artefacts = [one.artefact for one in wanted.expectations]
    on_file = tuple(evidence_on_file(reader(), system.id, artefacts, today()))
    shown = request.args.get("show", "")
    rows = [r for r in view.rows if _is_shown(r, shown) or r.requirement == requirement]
    place = next(i for i, r in enumerate(rows) if r.requirement == requirement)
    return RowPage(
        view=view,
        row=line,
        requirement=wanted,
        clause=shared.catalogue.clauses[wanted.clause],
        groups=_groups(view, rows),
        on_file=on_file,
        missing=tuple(k for k in artefacts if k not in {one.artefact for one in on_file}),
        threads=tuple(t for t in threads_of_app() if t.touches(wanted.clause)),
        common=suggestions(shared.catalogue, (requirement,)),
        previous=rows[place - 1].requirement if place else "",
        following=rows[place + 1].requirement if place + 1 < len(rows) else "",
        place=view.rows.index(line) + 1,
        shown=shown,
        refusals=_refusals(view, wanted),
        owner=_owner_of(wanted.process),
    )


def _owner_of(process: str) -> str:
    known = owners_now()
    return known.name(known.processes.get(process))


def _is_shown(row: AuditRow, shown: str) -> bool:
    if shown == "open":
        return row.conclusion is None
    return bool(row.finding_key) if shown == "findings" else True


def _groups(view: AuditView, rows: list[AuditRow]) -> tuple[tuple[str, str, tuple[AuditRow, ...], str], ...]:
    """Clause, its label, the rows shown, and how many rows of it are concluded."""
    clauses = resources().catalogue.clauses
    kept = {r.id for r in rows}
    found = []
    for part in view.by_clause():
        shown = tuple(r for r in part.rows if r.id in kept)
        if shown:
            found.append((part.number, clauses[part.number].label, shown, f"{part.done}/{len(part.rows)}"))
    return tuple(found)


def _refusals(view: AuditView, requirement: Requirement) -> tuple[str, ...]:
    """Why the person who looks may not write into this row, in words."""
    who = require_person().actor
    if view.audit.state is not State.RUNNING:
        return (
            (_("This audit is closed; its record no longer changes."),)
            if view.audit.signed_off_at
            else (_("This audit is not in progress."),)
        )
    if not who.may(Permission.CONDUCT_AUDIT, current_system().id):
        return (_("Auditors write here; you can read."),)
    mine = [m for m in view.team if m.user_id == who.user_id and m.role.audits]
    if not mine:
        return (_("You are not an auditor of this audit. Ask the lead auditor to assign you."),)
    if not any(not m.part or requirement.clause in m.part for m in mine):
        return (_("%(clause)s is not assigned to you in this audit.", clause=requirement.clause),)
    if not view.audit.kind.is_own:
        return ()
    interests = interests_of(reader(), current_system().id, [who.user_id])[who.user_id]
    found = reasons(interests.name, objections(interests, [requirement]), resources().catalogue)
    return tuple(say_in_words(one) for one in found)
