"""Steps of a finding: raised, answered or worked off, decided on, closed. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

from itsmcomply.findings import statements
from itsmcomply.findings.kinds import CauseCategory, CauseMethod, Grade, Source
from itsmcomply.scenario.model import Step
from itsmcomply.scenario.place import NO_NAMES, Names, Place
from itsmcomply.scenario.workbench.bench import Bench, auditor_of, moment, told
from itsmcomply.scenario.workbench.model import (
    AcceptPlan,
    AddAction,
    AnswerFinding,
    CloseFinding,
    CompleteAction,
    CorrectFinding,
    EndAction,
    Exceptional,
    MoveAction,
    RaiseFinding,
    ReturnPlan,
    Sampled,
    StateCause,
    StateExtent,
    SubmitPlan,
    VerifyEffect,
)
from itsmcomply.scenario.workbench.sampling_schema import FromRecord
from itsmcomply.scenario.workbench.schema import Action, Cause, Finding, Plan

MORNING, AFTERNOON = time(10), time(14)


@dataclass(frozen=True, slots=True)
class _Case:
    """A finding with where it stands in the file, who answers for it, and the days its entries may refer to."""

    finding: Finding
    at: Place
    bench: Bench
    owner: str
    names: Names
    raised: datetime

    @property
    def slug(self) -> str:
        return self.at.system.slug

    @property
    def id(self) -> str:
        return self.finding.id

    def answers(self, named: str | None, at: Place) -> str:
        """Who answers where nobody is named: the owner of the finding."""
        return at.at("by").person(named or self.owner)

    def on(self, at: Place, text: str, usual: time = AFTERNOON) -> datetime:
        return moment(at, text, usual, self.names, least=self.raised)


def row_raised_from(finding: Finding, at: Place, bench: Bench) -> None:
    """Note on the bench that a row is concluded by this finding, before rows are spelled out."""
    if finding.row is None:
        return
    scope = bench.audits.get(finding.audit or "")
    if scope is None:
        at.at("row").refuse("needs the audit whose row it is")
        return
    at.at("row").known(finding.row, scope.requirements, "in the scope of this audit")
    raised = bench.raised.setdefault(finding.audit or "", set())
    if finding.row in raised:
        at.at("row").refuse(f"another finding was raised from {finding.row} already")
    raised.add(finding.row)


def finding_steps(finding: Finding, at: Place, bench: Bench) -> Iterator[Step]:
    """All steps of one finding, in the order of its state table."""
    case = _case(finding, at, bench)
    yield _raise(case)
    yield from _analysis(case)
    for number, action in enumerate(finding.actions, start=1):
        yield from _action(case, action, number, at.at("actions", number - 1))
    for number, plan in enumerate(finding.plans, start=1):
        yield from _plan(case, plan, number, at.at("plans", number - 1))
    yield from _ending(case)


def _case(finding: Finding, at: Place, bench: Bench) -> _Case:
    scope = bench.audits.get(finding.audit or "")
    if finding.audit is not None and scope is None:
        at.at("audit").refuse(f"{finding.audit} is not an audit of this scenario")
    days = scope.names if scope else NO_NAMES
    begun = bench.begun.get(finding.audit or "") if finding.row else None
    raised = moment(at, finding.on, MORNING, days, least=begun)
    owner = at.at("owner").person(finding.owner) if finding.owner else _process_owner(finding, at)
    return _Case(finding, at, bench, owner, {**days, "raised": raised.date()}, raised)


def _process_owner(finding: Finding, at: Place) -> str:
    """As the product does it: the owner of the process named, else of the first requirement with an owner."""
    wanted = [finding.row] if finding.row else finding.requirements
    known = [at.catalogue.requirements[key].process for key in wanted if key in at.catalogue.requirements]
    for process in [finding.process, *known] if finding.process else known:
        owner = at.system.owners.get(process or "")
        if isinstance(owner, str):
            return owner
        if owner and owner[-1].until is None:
            return owner[-1].person
    return at.system.defaults.manager


def _raise(case: _Case) -> Step:
    finding, at = case.finding, case.at
    for number, key in enumerate(finding.requirements):
        at.at("requirements", number).requirement(key)
    if finding.process is not None:
        at.at("process").process(finding.process)
    if finding.row is not None and (finding.requirements or finding.source or finding.found):
        at.at("row").refuse("says requirement, source and day by itself; leave those out")
    scope = case.bench.audits.get(finding.audit or "")
    source = finding.source or ("own" if scope is None else "internal_audit" if scope.is_own else "certification_body")
    raising = statements.Raising(
        grade=Grade(finding.grade),
        title=told(finding.title, at.at("title"), case.names),
        statement=told(finding.statement, at.at("statement"), case.names),
        requirements=tuple(finding.requirements),
        criterion=told(finding.criterion, at.at("criterion"), case.names),
        objective=told(finding.objective, at.at("objective"), case.names),
        process=finding.process,
        source=Source(source),
        source_ref=finding.source_ref or "",
        found_on=at.at("found").maybe_day(finding.found, case.names),
    )
    by = auditor_of(finding.by, at)
    evidence = case.bench.seen(finding.evidence, case.raised, at.at("evidence"))
    audit, row, shown_by = finding.audit, finding.row, _shown_by(case, by)
    return RaiseFinding(case.raised, by, case.slug, case.id, audit, row, raising, finding.owner, evidence, shown_by)


def _shown_by(case: _Case, by: str) -> Exceptional | Sampled | None:
    """The exception or the sampled record that a finding is raised from."""
    finding, bench = case.finding, case.bench
    if finding.exception and finding.sampled:
        case.at.refuse("is raised from an exception or from a sampled record, not from both")
    if (found := finding.exception or finding.sampled) is None:
        return None
    name = "exception" if finding.exception else "sampled"
    at = case.at.at(name)
    if finding.row is None:
        at.refuse("needs the row of the audit")
    if isinstance(found, FromRecord):
        sample = bench.samples.get(found.sample)
        if sample is None or sample.audit != finding.audit:
            at.at("sample").refuse(f"{found.sample} is not a sample of this audit")
            return None
        at.at("record").known(found.record, sample.failed, "a record that failed in a sample with a working paper")
        numbers = sample.numbers
        return Sampled(found.sample, numbers.index(found.record) + 1) if found.record in numbers else None
    population = bench.populations.get(found.population)
    if population is None or population.audit != finding.audit:
        at.at("population").refuse(f"{found.population} is not a population of this audit")
        return None
    bench.rest_on(found.population, case.raised, by)
    return population.exceptional(found.check, found.record, "", at)


def _analysis(case: _Case) -> Iterator[Step]:
    finding = case.finding
    if (correction := finding.correction) is not None:
        at = case.at.at("correction")
        on = case.on(at, correction.on)
        done = at.at("done").day(correction.done, case.names) if correction.done else on.date()
        stated = statements.Correction(told(correction.text, at.at("text"), case.names), done, correction.done_by)
        evidence = case.bench.seen(correction.evidence, on, at.at("evidence"))
        yield CorrectFinding(on, case.answers(correction.by, at), case.slug, case.id, stated, evidence)
    if (extent := finding.extent) is not None:
        at = case.at.at("extent")
        texts = told(extent.looked, at.at("looked"), case.names), told(extent.result, at.at("result"), case.names)
        known = statements.Extent(extent.elsewhere, *texts)
        yield StateExtent(case.on(at, extent.on), case.answers(extent.by, at), case.slug, case.id, known)
    if (cause := finding.cause) is not None:
        at = case.at.at("cause")
        yield StateCause(case.on(at, cause.on), case.answers(cause.by, at), case.slug, case.id, _cause(cause, at))


def _cause(cause: Cause, at: Place) -> statements.Cause:
    if bool(cause.whys) == bool(cause.causes):
        at.refuse("holds either whys, or causes by category")
    lines = [(CauseCategory.NONE, text) for text in cause.whys]
    lines += [(CauseCategory(category), text) for category, texts in cause.causes.items() for text in texts]
    method = CauseMethod.FIVE_WHYS if cause.whys else CauseMethod.CAUSE_EFFECT
    return statements.Cause(method, tuple(lines), cause.root, cause.explains)


def _action(case: _Case, action: Action, number: int, at: Place) -> Iterator[Step]:
    added = case.on(at, action.on, time(15))
    by, owner = case.answers(action.by, at), at.at("owner").person(action.owner)
    due = at.at("due").day(action.due, case.names)
    yield AddAction(added, by, case.slug, case.id, number, told(action.text, at.at("text"), case.names), owner, due)
    for place, moved in enumerate(action.moved):
        where = at.at("moved", place)
        on = moment(where, moved.on, AFTERNOON, case.names, least=added)
        day = where.at("due").day(moved.due, case.names)
        yield MoveAction(on, auditor_of(moved.by, where), case.slug, case.id, number, day, moved.reason)
    if (done := action.completed) is not None:
        where = at.at("completed")
        on = moment(where, done.on, AFTERNOON, case.names, least=added)
        evidence = case.bench.seen(done.evidence, on, where.at("evidence"))
        who = where.at("by").person(done.by or action.owner)
        note = told(done.note, where.at("note"), case.names)
        yield CompleteAction(on, who, case.slug, case.id, number, note, evidence)
    if (ended := action.ended) is not None:
        where = at.at("ended")
        on = moment(where, ended.on, AFTERNOON, case.names, least=added)
        yield EndAction(on, case.answers(ended.by, where), case.slug, case.id, number, ended.reason)


def _plan(case: _Case, plan: Plan, number: int, at: Place) -> Iterator[Step]:
    submitted = case.on(at, plan.on, time(16))
    yield SubmitPlan(submitted, case.answers(plan.by, at), case.slug, case.id, number)
    if (accepted := plan.accepted) is not None:
        where = at.at("accepted")
        on = moment(where, accepted.on, AFTERNOON, case.names, least=submitted)
        note = told(accepted.note, where.at("note"), case.names)
        yield AcceptPlan(on, auditor_of(accepted.by, where), case.slug, case.id, number, accepted.effect_days, note)
    if (returned := plan.returned) is not None:
        where = at.at("returned")
        on = moment(where, returned.on, AFTERNOON, case.names, least=submitted)
        note = told(returned.note, where.at("note"), case.names)
        yield ReturnPlan(on, auditor_of(returned.by, where), case.slug, case.id, number, note)


def _ending(case: _Case) -> Iterator[Step]:
    finding = case.finding
    if (answer := finding.answer) is not None:
        at = case.at.at("answer")
        on = case.on(at, answer.on)
        evidence = case.bench.seen(answer.evidence, on, at.at("evidence"))
        text = told(answer.text, at.at("text"), case.names)
        yield AnswerFinding(on, case.answers(answer.by, at), case.slug, case.id, text, evidence)
    if (verified := finding.verified) is not None:
        at = case.at.at("verified")
        on = case.on(at, verified.on)
        evidence = case.bench.seen(verified.evidence, on, at.at("evidence"))
        text = told(verified.statement, at.at("statement"), case.names)
        yield VerifyEffect(on, auditor_of(verified.by, at), case.slug, case.id, verified.effective, text, evidence)
    if (closed := finding.closed) is not None:
        at = case.at.at("closed")
        note = told(closed.note, at.at("note"), case.names)
        yield CloseFinding(case.on(at, closed.on, time(16)), auditor_of(closed.by, at), case.slug, case.id, note)
