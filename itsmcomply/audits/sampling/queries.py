"""Reads for the pages of populations and samples, and for the working paper."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from gzip import GzipFile

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.audits.models import Audit, AuditRow
from itsmcomply.audits.sampling.bounds import Rate, rate_of
from itsmcomply.audits.sampling.kinds import Answer, ImportState
from itsmcomply.audits.sampling.models import (
    AuditPopulation,
    AuditSample,
    SampleAnswer,
    SampledRecord,
    SampleRow,
    TicketMapping,
)
from itsmcomply.errors import NotFound
from itsmcomply.evidence.models import Blob, EvidenceItem, EvidenceVersion
from itsmcomply.evidence.store import Store
from itsmcomply.wording import restored


@dataclass(frozen=True, slots=True)
class PopulationView:
    """A population with its summary (as of `plain.of_reading`, {} until it was read) and who brought it."""

    row: AuditPopulation
    summary: Mapping[str, object]
    by: str

    @property
    def is_read(self) -> bool:
        return self.row.state is ImportState.DONE

    @property
    def message(self) -> str:
        """Why it was refused; what releases before 0011 kept is plain text."""
        text = self.row.message
        return restored(text)


@dataclass(frozen=True, slots=True)
class RecordView:
    """A sampled record with what testing it came to: one answer per attribute, in their order, None where untested."""

    row: SampledRecord
    content: Mapping[str, object]
    answers: tuple[Answer | None, ...]

    @property
    def failed(self) -> tuple[int, ...]:
        """Places of the attributes that failed, from 0."""
        return tuple(place for place, answer in enumerate(self.answers) if answer is Answer.NO)


@dataclass(frozen=True, slots=True)
class AttributeResult:
    """What testing one attribute came to over the sample."""

    text: str
    yes: int
    no: int
    not_applicable: int
    open: int
    rate: Rate


@dataclass(frozen=True, slots=True)
class SampleView:
    """A sample with everything its page and its paper show. `overall`: records with any error among those tested;
    `requirements`: the rows it is drawn for; `stale`: answers were given since the paper was filed.
    """

    row: AuditSample
    population: AuditPopulation
    audit: Audit
    by: str
    strata: tuple[tuple[str, int, int], ...]
    records: tuple[RecordView, ...]
    attributes: tuple[AttributeResult, ...]
    overall: Rate
    tested: int
    evidence: str
    requirements: tuple[str, ...]
    stale: bool


@dataclass(frozen=True, slots=True)
class RowSample:
    """A sample drawn for a row, as the page of that row shows it."""

    row: AuditSample
    population: AuditPopulation
    overall: Rate
    open: int


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A sample in the list of an audit."""

    row: AuditSample
    population: str
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MappingLine:
    id: int
    name: str
    columns: Mapping[str, str]


def audit_row_by_key(session: Session, system_id: int, key: str) -> Audit:
    """An audit of this system. One query. Raises NotFound."""
    prefix, _, rest = key.partition("-")
    year, _, number = rest.partition("-")
    found = None
    if year.isascii() and year.isdigit() and number.isascii() and number.isdigit() and len(year + number) < 12:
        query = select(Audit).where(
            Audit.system_id == system_id,
            Audit.prefix == prefix,
            Audit.year == int(year),
            Audit.number == int(number),
        )
        found = session.execute(query).scalar_one_or_none()
    if found is None or found.key != key:
        raise NotFound("audit", key)
    return found


def populations_of(session: Session, audit_id: int) -> tuple[PopulationView, ...]:
    """The populations of an audit, the latest first. One query."""
    query = select(AuditPopulation, User.name).join(User, User.id == AuditPopulation.uploaded_by)
    rows = session.execute(
        query.where(AuditPopulation.audit_id == audit_id).order_by(AuditPopulation.number.desc())
    ).all()
    return tuple(PopulationView(row, json.loads(row.summary) if row.summary else {}, name) for row, name in rows)


def population_view(session: Session, audit_id: int, number: int) -> PopulationView:
    """One population. Raises NotFound."""
    for found in populations_of(session, audit_id):
        if found.row.number == number:
            return found
    raise NotFound("population", f"POP-{number:02d}")


def samples_of(session: Session, audit_id: int) -> tuple[SampleLine, ...]:
    """The samples of an audit, the latest first. Two queries."""
    query = select(AuditSample, AuditPopulation).join(AuditPopulation, AuditPopulation.id == AuditSample.population_id)
    rows = session.execute(query.where(AuditSample.audit_id == audit_id).order_by(AuditSample.number.desc())).all()
    linked = _requirements(session, SampleRow.audit_id == audit_id)
    return tuple(SampleLine(sample, population.key, linked.get(sample.id, ())) for sample, population in rows)


def _requirements(session: Session, which: ColumnElement[bool]) -> dict[int, tuple[str, ...]]:
    """The rows that samples are drawn for, by sample."""
    query = select(SampleRow.sample_id, AuditRow.requirement).join(AuditRow, AuditRow.id == SampleRow.row_id)
    found: dict[int, tuple[str, ...]] = {}
    for sample_id, requirement in session.execute(query.where(which).order_by(AuditRow.position)):
        found[sample_id] = (*found.get(sample_id, ()), requirement)
    return found


def samples_for_row(session: Session, row_id: int) -> tuple[RowSample, ...]:
    """The samples drawn for a row of the checklist, with what testing them came to. Two queries."""
    query = (
        select(AuditSample, AuditPopulation)
        .join(AuditPopulation, AuditPopulation.id == AuditSample.population_id)
        .join(SampleRow, SampleRow.sample_id == AuditSample.id)
        .where(SampleRow.row_id == row_id)
    )
    samples = session.execute(query.order_by(AuditSample.number)).all()
    given: dict[int, dict[int, set[Answer]]] = {}
    answers = (
        select(SampledRecord.sample_id, SampleAnswer.record_id, SampleAnswer.answer)
        .join(SampledRecord, SampledRecord.id == SampleAnswer.record_id)
        .where(SampledRecord.sample_id.in_([sample.id for sample, _ in samples]))
    )
    for sample_id, record_id, answer in session.execute(answers):
        given.setdefault(sample_id, {}).setdefault(record_id, set()).add(answer)
    return tuple(_row_sample(sample, population, given.get(sample.id, {})) for sample, population in samples)


def _row_sample(sample: AuditSample, population: AuditPopulation, given: Mapping[int, set[Answer]]) -> RowSample:
    tested = [answers for answers in given.values() if {Answer.YES, Answer.NO} & answers]
    errors = sum(Answer.NO in answers for answers in tested)
    touched = sum(bool(answers - {Answer.UNTESTED}) for answers in given.values())
    rate = rate_of(errors, len(tested), confidence=sample.confidence / 100)
    return RowSample(sample, population, rate, sample.size - touched)


def mappings_of(session: Session, system_id: int) -> tuple[MappingLine, ...]:
    """The mappings in force, by name. One query."""
    query = select(TicketMapping).where(TicketMapping.system_id == system_id, TicketMapping.ended_at.is_(None))
    rows = session.scalars(query.order_by(TicketMapping.name))
    return tuple(MappingLine(row.id, row.name, json.loads(row.content)) for row in rows)


def sample_view(session: Session, audit: Audit, number: int) -> SampleView:
    """A sample with its records and results. Six queries. Raises NotFound."""
    query = (
        select(AuditSample, AuditPopulation, User.name)
        .join(AuditPopulation, AuditPopulation.id == AuditSample.population_id)
        .join(User, User.id == AuditSample.drawn_by)
        .where(AuditSample.audit_id == audit.id, AuditSample.number == number)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound("sample", f"SMP-{number:02d}")
    sample, population, by = found
    records = _records(session, sample)
    return SampleView(
        row=sample,
        population=population,
        audit=audit,
        by=by,
        strata=tuple((str(n), int(p), int(s)) for n, p, s in json.loads(sample.strata)),
        records=records,
        attributes=_results(sample, records),
        overall=_overall(sample, records),
        tested=sum(any(answer is not None for answer in one.answers) for one in records),
        evidence=evidence_key(session, sample.version_id),
        requirements=_requirements(session, SampleRow.sample_id == sample.id).get(sample.id, ()),
        stale=_is_stale(session, sample),
    )


def _records(session: Session, sample: AuditSample) -> tuple[RecordView, ...]:
    rows = session.scalars(
        select(SampledRecord).where(SampledRecord.sample_id == sample.id).order_by(SampledRecord.position)
    ).all()
    given: dict[tuple[int, int], Answer] = {}
    query = select(SampleAnswer).join(SampledRecord, SampledRecord.id == SampleAnswer.record_id)
    for answer in session.scalars(query.where(SampledRecord.sample_id == sample.id)):
        if answer.answer is not Answer.UNTESTED:
            given[answer.record_id, answer.attribute] = answer.answer
    places = range(1, len(sample.attributes.splitlines()) + 1)
    return tuple(
        RecordView(row, json.loads(row.content), tuple(given.get((row.id, place)) for place in places)) for row in rows
    )


def _results(sample: AuditSample, records: tuple[RecordView, ...]) -> tuple[AttributeResult, ...]:
    results = []
    for place, text in enumerate(sample.attributes.splitlines()):
        answers = [record.answers[place] for record in records]
        yes, no = answers.count(Answer.YES), answers.count(Answer.NO)
        rate = rate_of(no, yes + no, confidence=sample.confidence / 100)
        left = answers.count(Answer.NOT_APPLICABLE)
        results.append(AttributeResult(text, yes, no, left, answers.count(None), rate))
    return tuple(results)


def _overall(sample: AuditSample, records: tuple[RecordView, ...]) -> Rate:
    tested = [one for one in records if {Answer.YES, Answer.NO} & set(one.answers)]
    errors = sum(Answer.NO in one.answers for one in tested)
    return rate_of(errors, len(tested), confidence=sample.confidence / 100)


def evidence_key(session: Session, version_id: int | None) -> str:
    """The key of the item a version belongs to; "" for no version. One query."""
    if version_id is None:
        return ""
    query = select(EvidenceItem).join(EvidenceVersion, EvidenceVersion.item_id == EvidenceItem.id)
    return session.execute(query.where(EvidenceVersion.id == version_id)).scalar_one().key


def _is_stale(session: Session, sample: AuditSample) -> bool:
    if sample.version_id is None:
        return False
    query = (
        select(SampleAnswer.id)
        .join(SampledRecord, SampledRecord.id == SampleAnswer.record_id)
        .join(EvidenceVersion, EvidenceVersion.id == sample.version_id)
        .where(SampledRecord.sample_id == sample.id, SampleAnswer.changed_at > EvidenceVersion.received_at)
    )
    return session.scalar(query.limit(1)) is not None


def has_export(session: Session, population: AuditPopulation) -> bool:
    """Whether the imported file itself was kept; releases before 0011 kept its digest alone. One query."""
    return population.state is ImportState.DONE and session.get(Blob, population.sha256) is not None


def records_of(store: Store, population: AuditPopulation) -> Iterator[dict[str, object]]:
    """The records of a population, from the store. Raises NotFound until it was read."""
    if population.records_sha256 is None:
        raise NotFound("records of population", population.key)
    with store.open(population.records_sha256) as packed, GzipFile(fileobj=packed) as file:
        for text in file:
            yield json.loads(text)


def is_lost(population: AuditPopulation, now: datetime, seconds: float) -> bool:
    """Whether whoever read it must be gone."""
    return population.state is ImportState.READING and (now - population.uploaded_at).total_seconds() > seconds
