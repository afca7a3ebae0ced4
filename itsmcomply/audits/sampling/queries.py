"""Reads for the pages of populations and samples, and for the working paper."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from gzip import GzipFile

from sqlalchemy import select
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
    TicketMapping,
)
from itsmcomply.errors import NotFound
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion
from itsmcomply.evidence.store import Store

SHOWN_EXCEPTIONS = 50


@dataclass(frozen=True, slots=True)
class PopulationView:
    """A population with its summary (as of `plain.of_reading`, {} until it was read) and who brought it."""

    row: AuditPopulation
    summary: Mapping[str, object]
    by: str

    @property
    def is_read(self) -> bool:
        return self.row.state is ImportState.DONE


@dataclass(frozen=True, slots=True)
class RecordView:
    """A sampled record with what testing it came to: one answer per attribute, in their order, None where untested."""

    row: SampledRecord
    content: Mapping[str, object]
    answers: tuple[Answer | None, ...]


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
    """A sample with everything its page and its paper show. `overall`: records with any error among those tested."""

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


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A sample in the list of an audit."""

    row: AuditSample
    population: str


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
    """The samples of an audit, the latest first. One query."""
    query = select(AuditSample, AuditPopulation).join(AuditPopulation, AuditPopulation.id == AuditSample.population_id)
    rows = session.execute(query.where(AuditSample.audit_id == audit_id).order_by(AuditSample.number.desc())).all()
    return tuple(SampleLine(sample, population.key) for sample, population in rows)


def mappings_of(session: Session, system_id: int) -> tuple[MappingLine, ...]:
    """The mappings in force, by name. One query."""
    query = select(TicketMapping).where(TicketMapping.system_id == system_id, TicketMapping.ended_at.is_(None))
    rows = session.scalars(query.order_by(TicketMapping.name))
    return tuple(MappingLine(row.id, row.name, json.loads(row.content)) for row in rows)


def requirements_in(session: Session, audit_id: int) -> tuple[tuple[str, str], ...]:
    """The rows of the checklist as (requirement, clause), in order. One query."""
    query = select(AuditRow.requirement, AuditRow.clause).where(AuditRow.audit_id == audit_id)
    return tuple((one, clause) for one, clause in session.execute(query.order_by(AuditRow.position)).all())


def sample_view(session: Session, audit: Audit, number: int) -> SampleView:
    """A sample with its records and results. Four queries. Raises NotFound."""
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
        evidence=_evidence(session, sample),
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


def _evidence(session: Session, sample: AuditSample) -> str:
    if sample.version_id is None:
        return ""
    query = select(EvidenceItem).join(EvidenceVersion, EvidenceVersion.item_id == EvidenceItem.id)
    return session.execute(query.where(EvidenceVersion.id == sample.version_id)).scalar_one().key


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
