"""Levels of processes with their reasons in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from itsmcomply.clauses.maturity import MaturityModel
from itsmcomply.clauses.model import Catalogue
from itsmcomply.language import _, say
from itsmcomply.readiness.results import CriterionResult, ProcessResult, Reason, ReasonKind, Result
from itsmcomply.readiness.words import actual, needed
from itsmcomply.reports import words
from itsmcomply.reports.model import CriterionLine, ProcessRow
from itsmcomply.wording import N_

HIGHEST = 5
_FIXED: Mapping[ReasonKind, str] = {
    ReasonKind.OWNER: N_("Assign an owner"),
    ReasonKind.AUDIT: N_("Sign off an internal audit that concludes this process"),
    ReasonKind.MANAGEMENT_REVIEW: N_("Hold a management review"),
}
_NAMED: Mapping[ReasonKind, str] = {
    ReasonKind.ANY_EXPECTATION: N_("File any one artefact that %(key)s expects"),
    ReasonKind.FINDING: N_("Close %(key)s"),
    ReasonKind.KPI_DEFINE: N_("Put %(count)s more KPI in force"),
    ReasonKind.KPI_VALUE: N_("Record target and value of %(key)s"),
    ReasonKind.KPI_NOT_DUE: N_("Wait for the first due period of %(key)s"),
    ReasonKind.KPI_TARGET: N_("Meet the target of %(key)s"),
    ReasonKind.KPI_TREND: N_("Bring %(key)s back to its former mean"),
    ReasonKind.IMPROVEMENT: N_("Evaluate the effect of %(count)s improvement"),
    ReasonKind.ACTION: N_("Complete action %(key)s"),
}


def process_rows(
    catalogue: Catalogue, model: MaturityModel, result: Result, owners: Mapping[str, str]
) -> tuple[ProcessRow, ...]:
    return tuple(_process_row(catalogue, model, found, owners) for found in result.processes.values())


def _process_row(
    catalogue: Catalogue, model: MaturityModel, found: ProcessResult, owners: Mapping[str, str]
) -> ProcessRow:
    process = catalogue.processes[found.key]
    group = catalogue.groups.get(process.group)
    return ProcessRow(
        key=found.key,
        name=process.name,
        group=group.name if group else process.group,
        owner=owners.get(found.key, ""),
        level=found.level,
        level_name=model.level(found.level).name,
        index=found.index,
        coverage=found.coverage,
        band=found.band,
        shares=tuple(_share(found, place) for place in range(len(words.SHARES))),
        because=_because(model, found),
        next_steps=_next_steps(catalogue, found),
        criteria=tuple(_criterion(catalogue, each) for each in found.criteria),
    )


def _share(found: ProcessResult, place: int) -> Fraction | None:
    value = found.facts[words.SHARES[place]]
    return value if isinstance(value, Fraction) else None


def _because(model: MaturityModel, found: ProcessResult) -> str:
    name = model.level(found.level).name
    if found.level == HIGHEST:
        return say(N_("Level %(level)s, %(name)s: every criterion holds."), level=found.level, name=name)
    ahead = [c for c in found.criteria if c.level == found.level + 1]
    unmet = [c for c in ahead if not c.met]
    text = N_("Level %(level)s, %(name)s: %(unmet)s of the %(all)s criteria of level %(next)s do not hold yet.")
    values = {"level": found.level, "name": name, "unmet": len(unmet), "all": len(ahead), "next": found.level + 1}
    return say(text, **values)


def _next_steps(catalogue: Catalogue, found: ProcessResult) -> tuple[str, ...]:
    if found.level == HIGHEST:
        return ()
    return sentences(catalogue, found.reasons_for(found.level + 1))


def sentences(catalogue: Catalogue, reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Reasons as what to do; those about one artefact become one sentence that names its requirements."""
    wanted: dict[str, list[str]] = {}
    for reason in reasons:
        if reason.kind is ReasonKind.EXPECTATION:
            requirement, artefact = reason.key.split("/", 1)
            wanted.setdefault(_cover(catalogue, artefact), []).append(requirement)
        elif reason.kind is ReasonKind.ARTEFACT:
            wanted.setdefault(_cover(catalogue, reason.key), [])
        else:
            wanted.setdefault(_sentence(catalogue, reason), [])
    return tuple(f"{text} ({words.joined(ids, 8)})" if ids else text for text, ids in wanted.items())


def _cover(catalogue: Catalogue, artefact: str) -> str:
    return say(N_("Cover in full: %(name)s"), name=catalogue.artefacts[artefact].name)


def _sentence(catalogue: Catalogue, reason: Reason) -> str:
    if reason.kind in _FIXED:
        return _(_FIXED[reason.kind])
    if reason.kind in _NAMED:
        kpi = catalogue.kpis.get(reason.key)
        return say(_NAMED[reason.kind], key=kpi.name if kpi else reason.key, count=reason.count)
    return words.label(reason.key)


def _criterion(catalogue: Catalogue, found: CriterionResult) -> CriterionLine:
    return CriterionLine(
        level=found.level,
        text=words.FACTS[found.fact],
        needed=words.told(needed(found.fact, found.op, found.threshold)),
        actual=words.told(actual(found.fact, found.actual)),
        met=found.met,
        reasons=() if found.met else sentences(catalogue, found.reasons),
    )
