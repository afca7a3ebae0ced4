"""The overview: could we be audited, and what stands in the way?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from itsmcomply.clauses.policy import Band
from itsmcomply.readiness.inputs.planning import AuditDay
from itsmcomply.readiness.phrases import Phrase, counted, phrase
from itsmcomply.readiness.queries.criteria import holds_back
from itsmcomply.readiness.queries.gates import GateView, gate_view
from itsmcomply.readiness.queries.heat import MapKind, Row, heat_map
from itsmcomply.readiness.queries.lapses import Lapses, next_lapses
from itsmcomply.readiness.queries.view import View
from itsmcomply.readiness.results import Forecast, GateResult, ProcessResult, Result, RuleKey, Status
from itsmcomply.wording import N_, NN_


@dataclass(frozen=True, slots=True)
class ProcessRow:
    key: str
    name: str
    level: int
    level_name: str
    index: Fraction
    coverage: Fraction | None
    band: Band | None
    owner: str
    held_back: Phrase | None


@dataclass(frozen=True, slots=True)
class GroupLevel:
    """A group of processes with the mean of their indexes and its lowest level."""

    name: str
    index: Fraction
    lowest: int
    processes: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """The next audit day with its result; `forecast` None when it is the day shown."""

    audit: AuditDay
    result: Result

    @property
    def forecast(self) -> Forecast | None:
        return self.result.forecast


@dataclass(frozen=True, slots=True)
class Overview:
    """`verdict` and `lead` answer the page's question. `bands`: requirements by band. `lowest`: processes on the level
    that the system has. `processes` weakest first.
    """

    result: Result
    verdict: Phrase
    lead: Phrase
    outlook: Outlook | None
    gates: tuple[GateView, ...]
    map_kind: MapKind
    heat: tuple[Row, ...]
    bands: Mapping[Band, int]
    lowest: int
    groups: tuple[GroupLevel, ...]
    processes: tuple[ProcessRow, ...]
    lapses: Lapses


def overview(view: View, map_kind: MapKind = MapKind.TODAY) -> Overview:
    """Everything the overview shows apart from the trend. Evaluates the next audit day beside the day of the view.

    Without an audit day ahead there is no map of it; then the map shows the day of the view.
    """
    result = view.result
    outlook = outlook_of(view)
    then = outlook.result if outlook is not None else None
    if then is None and map_kind in {MapKind.AUDIT, MapKind.CHANGE}:
        map_kind = MapKind.TODAY
    shown_gates = result.forecast.gates if result.forecast is not None else result.gates
    return Overview(
        result=result,
        verdict=verdict(result),
        lead=_lead(view, shown_gates),
        outlook=outlook,
        gates=tuple(gate_view(view, gate, _foot(gate, outlook, view.day)) for gate in shown_gates),
        map_kind=map_kind,
        heat=heat_map(view.catalogue, result, then, map_kind),
        bands=band_counts(result),
        lowest=result.level_counts[result.level - 1],
        groups=_groups(view),
        processes=process_rows(view),
        lapses=next_lapses(view),
    )


def outlook_of(view: View) -> Outlook | None:
    audit = view.next_audit
    if audit is None:
        return None
    return Outlook(audit, view.snapshot.result(audit.on, view.model.key))


def band_counts(result: Result) -> dict[Band, int]:
    """How many requirements stand in each band, best first, none left out."""
    found = Counter(requirement.band for requirement in result.requirements.values())
    return {band: found[band] for band in reversed(Band)}


def blockers_of(gate: GateResult) -> int:
    return sum(len(rule.blockers) for rule in gate.rules)


def verdict(result: Result) -> Phrase:
    """The answer as a heading. For a day to come: if what is current is renewed."""
    ahead = result.forecast
    gates = ahead.gates if ahead is not None else result.gates
    match result.status_if_renewed:
        case Status.STAGE_2_READY:
            return phrase(N_("Ready for stage 2, surveillance and recertification"))
        case Status.STAGE_1_READY:
            left = sum(blockers_of(gate) for gate in gates)
            return counted(
                "Ready for stage 1; one thing stands before stage 2",
                "Ready for stage 1; %(num)s things stand before stage 2",
                left,
            )
        case Status.NOT_READY:
            left = blockers_of(gates[0])
            return counted(
                "Not ready for stage 1: one thing blocks it",
                "Not ready for stage 1: %(num)s things block it",
                left,
            )


def _lead(view: View, gates: Sequence[GateResult]) -> Phrase:
    """One sentence that says which, and one that says when the audit is."""
    parts = [_block(gates)]
    audit = view.next_audit
    if audit is not None and view.day == view.today:
        days = (audit.on - view.today).days
        parts.append(
            counted(
                "%(audit)s is in %(num)s day.",
                "%(audit)s is in %(num)s days.",
                days,
                audit=phrase(AUDIT_NAMES[audit.kind]),
            )
        )
    return joined(parts)


AUDIT_NAMES = {
    "stage_1": N_("The stage 1 audit"),
    "stage_2": N_("The stage 2 audit"),
    "surveillance": N_("The surveillance audit"),
}

_BLOCKS = {
    RuleKey.MANDATED_DOCUMENTS: NN_(
        "one mandated document is not current", "%(num)s mandated documents are not current"
    ),
    RuleKey.SUBJECT_LISTS: NN_("one list is not declared", "%(num)s lists are not declared"),
    RuleKey.PROCESS_OWNERS: NN_("one process has no owner", "%(num)s processes have no owner"),
    RuleKey.SCOPE_RECORDED: NN_("the scope is not recorded", "the scope is not recorded"),
    RuleKey.AUDIT_PROGRAMME: NN_("no audit programme is approved", "no audit programme is approved"),
    RuleKey.MANAGEMENT_REVIEW_PLANNED: NN_("no management review is planned", "no management review is planned"),
    RuleKey.MANDATED_RECORDS: NN_(
        "one other mandated artefact is not current", "%(num)s other mandated artefacts are not current"
    ),
    RuleKey.RECURRING_RECORDS: NN_("one recurring record has gaps", "%(num)s recurring records have gaps"),
    RuleKey.REQUIREMENTS_PARTLY: NN_("one requirement is in band N", "%(num)s requirements are in band N"),
    RuleKey.AUDITED: NN_("internal audits leave gaps", "internal audits leave gaps"),
    RuleKey.MANAGEMENT_REVIEW_HELD: NN_(
        "no management review was held in time", "no management review was held in time"
    ),
    RuleKey.NO_MAJOR: NN_("one major nonconformity is open", "%(num)s major nonconformities are open"),
    RuleKey.NO_AREA_OF_CONCERN: NN_("one area of concern is open", "%(num)s areas of concern are open"),
    RuleKey.MINORS_PLANNED: NN_(
        "one minor nonconformity has no plan or is overdue", "%(num)s minor nonconformities have no plan or are overdue"
    ),
    RuleKey.REQUIREMENTS_LARGELY: NN_("one requirement is below band L", "%(num)s requirements are below band L"),
}


def _block(gates: Sequence[GateResult]) -> Phrase:
    """What keeps the first shut gate shut: at most two rules by name."""
    shut = next((gate for gate in gates if not gate.passed), None)
    if shut is None:
        return phrase(N_("All three gates are open."))
    failing = [rule for rule in shut.rules if not rule.passed]
    said = [counted(*_BLOCKS[rule.key], len(rule.blockers)) for rule in failing[:2]]
    if len(said) == 1:
        return phrase(N_("%(first)s."), first=said[0])
    if len(failing) == 2:
        return phrase(N_("%(first)s and %(second)s."), first=said[0], second=said[1])
    return counted(
        "%(first)s, %(second)s and one more rule fails.",
        "%(first)s, %(second)s and %(num)s more rules fail.",
        len(failing) - 2,
        first=said[0],
        second=said[1],
    )


def joined(parts: Sequence[Phrase]) -> Phrase:
    """Sentences one after the other."""
    if len(parts) == 1:
        return parts[0]
    return phrase("%(first)s %(second)s", first=parts[0], second=joined(parts[1:]))


def _foot(gate: GateResult, outlook: Outlook | None, day: date) -> Phrase | None:
    """The same gate on the audit day, if nothing more arrives and if what is current is renewed."""
    if outlook is None or outlook.audit.on == day or outlook.forecast is None:
        return None
    bare = outlook.result.gate(gate.key)
    renewed = next(one for one in outlook.forecast.gates if one.key is gate.key)
    if renewed.passed:
        open_then = phrase(N_("On %(day)s: open, if what is current is renewed"), day=outlook.audit.on)
        return phrase(N_("On %(day)s: open"), day=outlook.audit.on) if bare.passed else open_then
    more = blockers_of(bare) - blockers_of(gate)
    left = blockers_of(renewed)
    if more > 0:
        return counted(
            "On %(day)s: one blocker if all is renewed, %(more)s more if not",
            "On %(day)s: %(num)s blockers if all is renewed, %(more)s more if not",
            left,
            day=outlook.audit.on,
            more=more,
        )
    return counted("On %(day)s: one blocker", "On %(day)s: %(num)s blockers", left, day=outlook.audit.on)


def process_rows(view: View) -> tuple[ProcessRow, ...]:
    """All processes, weakest first: by level, then index, then coverage."""
    ordered = sorted(view.result.processes.values(), key=lambda p: (p.level, p.index, p.coverage or Fraction(0)))
    return tuple(_process_row(view, process) for process in ordered)


def _process_row(view: View, process: ProcessResult) -> ProcessRow:
    return ProcessRow(
        key=process.key,
        name=view.catalogue.processes[process.key].name,
        level=process.level,
        level_name=view.model.level(process.level).name,
        index=process.index,
        coverage=process.coverage,
        band=process.band,
        owner=view.process_owner(process.key),
        held_back=holds_back(process),
    )


def _groups(view: View) -> tuple[GroupLevel, ...]:
    found: list[GroupLevel] = []
    for group in view.catalogue.groups.values():
        own = [view.result.processes[p.key] for p in view.catalogue.processes.values() if p.group == group.key]
        if own:
            index = sum((process.index for process in own), Fraction(0)) / len(own)
            found.append(GroupLevel(group.name, index, min(process.level for process in own), len(own)))
    return tuple(found)
