"""Steps of sampling in an audit: populations imported, samples drawn and tested, exceptions and threads noted. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from itsmcomply.audits.sampling.drawing import Drawing, Method, Unit, draw, stratum_of
from itsmcomply.audits.sampling.kinds import ATTRIBUTES, Answer
from itsmcomply.audits.tickets.model import Kind
from itsmcomply.errors import InvalidInput
from itsmcomply.scenario.model import Step
from itsmcomply.scenario.place import Place
from itsmcomply.scenario.workbench.bench import AuditScope, Bench, DrawnSample, filed_reviews, moment, told
from itsmcomply.scenario.workbench.model import (
    DrawSample,
    ExamineException,
    FilePaper,
    FollowThread,
    ImportPopulation,
    TestRecord,
)
from itsmcomply.scenario.workbench.populations import Known, Record, known_population
from itsmcomply.scenario.workbench.sampling_schema import Noted, Population, Result, Sample, Testing, Thread
from itsmcomply.scenario.workbench.schema import Audit

MORNING, AFTERNOON = time(10), time(14)
PAUSE, TEST_TAKES = timedelta(minutes=10), timedelta(minutes=4)


@dataclass(frozen=True, slots=True)
class _Case:
    """An audit that has begun, where it stands in the file, and who leads it."""

    audit: Audit
    bench: Bench
    scope: AuditScope
    begun: datetime
    lead: str
    slug: str

    def by(self, named: str | None, at: Place) -> str:
        return at.at("by").person(named) if named else self.lead

    def on(self, text: str | None, least: datetime, usual: time, at: Place) -> datetime:
        """The moment of an entry; without one it follows what it rests on."""
        return moment(at, text, usual, self.scope.names, least=least) if text else least + PAUSE

    def row(self, key: str, at: Place) -> str:
        return at.known(key, self.scope.requirements, "in the scope of this audit")


def sampling_steps(audit: Audit, at: Place, bench: Bench) -> Iterator[Step]:
    """Everything sampled in an audit, before findings are raised from it."""
    begun = bench.begun.get(audit.id)
    if begun is None:
        for name in ("populations", "threads"):
            if getattr(audit, name):
                at.at(name).refuse("needs an opening: the audit has not begun")
        return
    lead = next((one.person for one in audit.team if one.role == "lead"), None)
    defaults = at.system.defaults
    case = _Case(
        audit, bench, bench.audits[audit.id], begun, lead or defaults.auditor or defaults.manager, at.system.slug
    )
    for number, population in enumerate(audit.populations):
        yield from _population(case, population, at.at("populations", number))
    for number, thread in enumerate(audit.threads):
        yield _thread(case, thread, at.at("threads", number))


def _population(case: _Case, population: Population, at: Place) -> Iterator[Step]:
    if population.id in case.bench.populations:
        at.at("id").refuse(f"{population.id} stands here twice")
    known = known_population(population, case.audit.id, at)
    case.bench.populations[population.id] = known
    on, by = case.on(population.on, case.begun, MORNING, at), case.by(population.by, at)
    yield ImportPopulation(on, by, case.slug, case.audit.id, population.id, known.read)
    for number, sample in enumerate(population.samples):
        yield from _sample(case, sample, known, on, at.at("samples", number))
    for number, noted in enumerate(population.exceptions):
        yield _exception(case, noted, known, on, at.at("exceptions", number))
    case.bench.exports[population.id] = (population.reviews, at)


def _sample(case: _Case, sample: Sample, known: Known, imported: datetime, at: Place) -> Iterator[Step]:
    if sample.id in case.bench.samples:
        at.at("id").refuse(f"{sample.id} stands here twice")
    if (sample.method == "stratified") != (sample.strata is not None):
        at.at("strata").refuse("is said for a stratified sample, and for no other")
    wanted = Drawing(
        title=sample.title,
        requirement=case.row(sample.row, at.at("row")),
        kind=sample.kind or "",
        method=Method(sample.method),
        by=sample.strata or "",
        size=sample.size,
        seed=sample.seed,
        confidence=int(sample.confidence),
    )
    drawn = _drawn(wanted, known.records, at)
    case.bench.samples[sample.id] = DrawnSample(case.audit.id, tuple(drawn), _failed(sample))
    on, by = case.on(sample.on, imported, MORNING, at), case.by(sample.by, at)
    yield DrawSample(on, by, case.slug, case.audit.id, known.id, sample.id, wanted, tuple(sample.attributes))
    if sample.tested is not None:
        tests = list(_tests(case, sample, drawn, on, at.at("tested")))
        yield from tests
        on = tests[-1].moment if tests else on
    if sample.paper is not None:
        yield from _paper(case, sample, on, at)


def _failed(sample: Sample) -> frozenset[str]:
    if sample.tested is None or sample.paper is None:
        return frozenset()
    return frozenset(one.record for one in sample.tested.results if one.no)


def _drawn(wanted: Drawing, records: Sequence[Record], at: Place) -> list[str]:
    """The numbers of the sample, drawn as the product draws them."""
    chosen = [one for one in records if not wanted.kind or one["kind"] == wanted.kind]
    try:
        units = [Unit(str(one["number"]), stratum_of(one, wanted.by)) for one in chosen]
        return [unit.number for unit in draw(units, size=wanted.size, method=wanted.method, seed=wanted.seed).units]
    except InvalidInput as refused:
        if records:
            at.refuse(str(next(iter(refused.errors.values()))))
        return []


def _tests(case: _Case, sample: Sample, drawn: Sequence[str], least: datetime, at: Place) -> Iterator[TestRecord]:
    tested = sample.tested or Testing()
    results = _results(sample, tested, drawn, at)
    begun, by = case.on(tested.on, least, MORNING, at), case.by(tested.by, at)
    count = tested.records or len(drawn)
    if count > len(drawn) and drawn:
        at.at("records").refuse(f"the sample holds {len(drawn)} records")
    if drawn[:count] and not sample.attributes and sample.kind is None:
        at.refuse("needs attributes, or a kind of record that has some")
    for place, number in enumerate(drawn[:count]):
        result = results.get(number, Result(record=number))
        answers = _answers(sample, result)
        remark = told(result.note, at)
        yield TestRecord(
            begun + place * TEST_TAKES, by, case.slug, case.audit.id, sample.id, place + 1, answers, remark
        )


def _results(sample: Sample, tested: Testing, drawn: Sequence[str], at: Place) -> dict[str, Result]:
    found: dict[str, Result] = {}
    among = drawn[: tested.records or len(drawn)]
    most = len(_attributes(sample))
    for number, result in enumerate(tested.results):
        where = at.at("results", number)
        if drawn:
            where.at("record").known(result.record, among, "a tested record of this sample")
        if result.record in found:
            where.at("record").refuse(f"{result.record} stands here twice")
        for name in ("no", "not_applicable", "untested"):
            for place, attribute in enumerate(getattr(result, name)):
                if attribute > most:
                    where.at(name, place).refuse(f"the sample has {most} attributes")
        found[result.record] = result
    return found


def _attributes(sample: Sample) -> Sequence[str]:
    return sample.attributes or (ATTRIBUTES[Kind(sample.kind)] if sample.kind else ())


def _answers(sample: Sample, result: Result) -> dict[int, Answer]:
    answers = dict.fromkeys(range(1, len(_attributes(sample)) + 1), Answer.YES)
    answers |= dict.fromkeys(result.no, Answer.NO)
    answers |= dict.fromkeys(result.not_applicable, Answer.NOT_APPLICABLE)
    return answers | dict.fromkeys(result.untested, Answer.UNTESTED)


def _paper(case: _Case, sample: Sample, least: datetime, at: Place) -> Iterator[Step]:
    paper, where = sample.paper, at.at("paper")
    if paper is None:
        return
    on, by = case.on(paper.on, least, AFTERNOON, where), case.by(paper.by, where)
    rows = tuple(case.row(key, where.at("rows", number)) for number, key in enumerate(paper.rows))
    item = f"{case.slug}/sample/{sample.id}"
    yield FilePaper(on, by, case.slug, case.audit.id, sample.id, item, rows)
    yield from filed_reviews(paper.reviews, item, by, on, where)


def _exception(case: _Case, noted: Noted, known: Known, imported: datetime, at: Place) -> Step:
    on, by = case.on(noted.on, imported, AFTERNOON, at), case.by(noted.by, at)
    found = known.exceptional(noted.check, noted.record, told(noted.remark, at.at("remark")), at)
    case.bench.rest_on(known.id, on, by)
    return ExamineException(on, by, case.slug, case.audit.id, case.row(noted.row, at.at("row")), found)


def _thread(case: _Case, thread: Thread, at: Place) -> Step:
    on, by = case.on(thread.on, case.begun, AFTERNOON, at), case.by(thread.by, at)
    if thread.population is not None:
        known = case.bench.populations.get(thread.population)
        if known is None or known.audit != case.audit.id:
            at.at("population").refuse(f"{thread.population} is not a population of this audit")
        elif known.records:
            _check_steps(thread, known, at)
    if not thread.holds and not thread.remark:
        at.at("remark").refuse("says where the link is missing")
    row, remark = case.row(thread.row, at.at("row")), told(thread.remark, at.at("remark"))
    return FollowThread(on, by, case.slug, case.audit.id, row, thread.thread, tuple(thread.steps), thread.holds, remark)


def _check_steps(thread: Thread, known: Known, at: Place) -> None:
    """Records have to be in the export by number, configuration items by name."""
    items = {str(one["ci"]) for one in known.records if one["ci"]}
    for number, step in enumerate(thread.steps):
        at.at("steps", number).known(step, known.numbers | items, f"a record or item of {known.id}")
