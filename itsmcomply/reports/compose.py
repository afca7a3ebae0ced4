"""From the engine's result and what stands around it to the rows of the read model. Pure; no query, no format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from itsmcomply.clauses.maturity import MaturityModel
from itsmcomply.clauses.model import Artefact, Catalogue
from itsmcomply.clauses.policy import Policy
from itsmcomply.language import _, say
from itsmcomply.readiness.results import ExpectationResult, RequirementResult, Result
from itsmcomply.reports import outcomes, words
from itsmcomply.reports.audit_model import AuditPart
from itsmcomply.reports.gaps import gap_rows
from itsmcomply.reports.maturity import process_rows
from itsmcomply.reports.model import (
    About,
    ActivitySummary,
    ArtefactRow,
    ControlRow,
    EvidenceCounts,
    EvidenceRef,
    ExpectationLine,
    Mode,
    Pack,
    RequirementRow,
)
from itsmcomply.wording import N_

MOST_EVIDENCE = 20
"""Items named per requirement; the register of the workbook holds them all."""


@dataclass(frozen=True, slots=True)
class Around:
    """What the result does not hold. Owners: names by process and by artefact; `subjects`, `titles`: names by key."""

    about: About
    mode: Mode
    owners: Mapping[str, str]
    artefact_owners: Mapping[str, str]
    controls: tuple[ControlRow, ...]
    titles: Mapping[str, str]
    subjects: Mapping[str, str]
    audit: AuditPart
    activity: ActivitySummary
    evidence: EvidenceCounts

    def owner_of(self, artefact: Artefact) -> str:
        """Who answers for an artefact: its own owner, else the owner of its home process, else ""."""
        return self.artefact_owners.get(artefact.key) or self.owners.get(artefact.home_process, "")


def compose(catalogue: Catalogue, policy: Policy, model: MaturityModel, result: Result, around: Around) -> Pack:
    """The pack of the system and day that the result is about."""
    requirements = requirement_rows(catalogue, result, around)
    return Pack(
        about=around.about,
        day=result.as_of,
        mode=around.mode,
        result=result,
        catalogue=catalogue,
        policy=policy,
        model=model,
        requirements=requirements,
        artefacts=artefact_rows(catalogue, result, around),
        controls=around.controls,
        processes=process_rows(catalogue, model, result, around.owners),
        gaps=gap_rows(catalogue, result, around.owner_of, around.subjects),
        audit=around.audit,
        activity=around.activity,
        evidence=around.evidence,
    )


def named_items(result: Result) -> frozenset[str]:
    """Keys of the items that a pack names with their titles: per requirement at most `MOST_EVIDENCE`."""
    return frozenset(key for row in result.requirements.values() for _, keys in _named(row) for key in keys)


def _named(row: RequirementResult) -> list[tuple[ExpectationResult, tuple[str, ...]]]:
    """For each expectation the items named: newest first, one of each in turn until the limit is reached."""
    waiting = [list(reversed(e.outcome.answers)) for e in row.expectations]
    chosen: list[list[str]] = [[] for _ in waiting]
    left = MOST_EVIDENCE
    while left and any(waiting):
        for keys, taken in zip(waiting, chosen, strict=True):
            if keys and left:
                taken.append(keys.pop(0))
                left -= 1
    return [(e, tuple(keys)) for e, keys in zip(row.expectations, chosen, strict=True)]


def requirement_rows(catalogue: Catalogue, result: Result, around: Around) -> tuple[RequirementRow, ...]:
    controls: dict[str, list[str]] = {}
    for control in around.controls:
        for requirement in control.requirements:
            controls.setdefault(requirement, []).append(control.ref)
    return tuple(
        _requirement_row(catalogue, row, around, tuple(controls.get(row.id, ())))
        for row in result.requirements.values()
    )


def _requirement_row(
    catalogue: Catalogue, row: RequirementResult, around: Around, controls: tuple[str, ...]
) -> RequirementRow:
    requirement = catalogue.requirements[row.id]
    lines = tuple(_line(catalogue, found, keys, around) for found, keys in _named(row))
    return RequirementRow(
        id=row.id,
        clause=row.clause,
        process=row.process,
        process_name=catalogue.processes[row.process].name,
        text=requirement.text,
        coverage=row.coverage,
        band=row.band,
        capped=_capped(row),
        lines=lines,
        gaps=_gaps(row, lines),
        owner=around.owners.get(row.process, ""),
        controls=controls,
    )


def _capped(row: RequirementResult) -> str:
    if row.cap is None:
        return ""
    return say(N_("capped by %(grade)s %(findings)s"), grade=row.cap.value, findings=words.joined(row.capped_by, 5))


def _line(catalogue: Catalogue, found: ExpectationResult, keys: tuple[str, ...], around: Around) -> ExpectationLine:
    artefact = catalogue.artefacts[found.artefact]
    return ExpectationLine(
        artefact=found.artefact,
        name=artefact.name,
        role=words.label(found.role.value),
        weight=found.weight,
        state=found.state,
        coverage=found.coverage,
        detail=outcomes.detail(artefact, found.outcome, around.subjects),
        evidence=tuple(EvidenceRef(key, around.titles.get(key, "")) for key in keys),
        more=len(found.outcome.answers) - len(keys),
    )


def _gaps(row: RequirementResult, lines: tuple[ExpectationLine, ...]) -> tuple[str, ...]:
    """One sentence for each expectation that is short; none where the requirement is met in full by any one item."""
    found = [say(N_("Open %(grade)s nonconformity %(key)s"), grade=row.cap, key=key) for key in row.capped_by]
    if row.any_item_meets:
        return tuple(found if row.uncapped == 1 else [*found, _any_one(lines)])
    return (*found, *(_gap(line) for line in lines if line.coverage < 1))


def _any_one(lines: tuple[ExpectationLine, ...]) -> str:
    names = words.joined([line.name for line in lines], outcomes.MOST_NAMED)
    return say(N_("None of these is current, any one would do: %(names)s"), names=names)


def _gap(line: ExpectationLine) -> str:
    state = words.STATES[line.state].lower()
    if line.detail:
        return say(N_("%(name)s: %(state)s, %(detail)s"), name=line.name, state=state, detail=line.detail)
    return say(N_("%(name)s: %(state)s"), name=line.name, state=state)


def artefact_rows(catalogue: Catalogue, result: Result, around: Around) -> tuple[ArtefactRow, ...]:
    """What requirements expect; what audits examine is wanted by nobody."""
    known = (catalogue.artefacts[key] for key in result.artefacts)
    return tuple(_artefact_row(catalogue, one, result, around) for one in known if one.used_by)


def _artefact_row(catalogue: Catalogue, artefact: Artefact, result: Result, around: Around) -> ArtefactRow:
    outcome = result.artefacts[artefact.key].outcome
    return ArtefactRow(
        key=artefact.key,
        name=artefact.name,
        kind=artefact.type,
        basis=words.BASES[artefact.basis],
        mandated_by=artefact.mandated_by or "",
        facet=words.FACETS[artefact.facet],
        recurs=_recurs(artefact),
        counted_per=words.SUBJECT[artefact.per] if artefact.per else "",
        process_name=catalogue.processes[artefact.home_process].name,
        owner=around.owner_of(artefact),
        state=outcome.state,
        renewal_due=outcome.renewal_due,
        coverage=outcome.coverage,
        detail=outcomes.detail(artefact, outcome, around.subjects),
        lapses_on=outcome.lapses_on,
        items=len(outcome.answers),
        used_by=artefact.used_by,
    )


def _recurs(artefact: Artefact) -> str:
    if artefact.every is not None:
        return words.EVERY[artefact.every]
    if artefact.event_driven:
        return _("when it happens")
    if artefact.freshness_days is None:
        return _("until replaced")
    return say(N_("every %(days)s days"), days=artefact.freshness_days)
