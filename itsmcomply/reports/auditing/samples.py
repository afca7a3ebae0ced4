"""Samples of audits and what testing them came to, which counts from the signature on."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from itsmcomply.audits.models import Audit, AuditRow
from itsmcomply.audits.sampling.bounds import rate_of
from itsmcomply.audits.sampling.kinds import Answer
from itsmcomply.audits.sampling.models import AuditPopulation, AuditSample, SampleAnswer, SampledRecord
from itsmcomply.audits.sampling.models import SampleRow as LinkedRow
from itsmcomply.audits.tickets.model import Kind
from itsmcomply.reports.audit_model import AttributeRow, CheckRow, SampleRow, TestedRow, VersionRef
from itsmcomply.reports.auditing.sight import Sight

JUDGED = frozenset({Answer.YES, Answer.NO})


@dataclass(frozen=True, slots=True)
class Samples:
    """What was read of samples."""

    rows: tuple[SampleRow, ...] = ()
    tested: tuple[TestedRow, ...] = ()


@dataclass(frozen=True, slots=True)
class _Record:
    row: SampledRecord
    answers: tuple[Answer, ...]


def read_samples(sight: Sight, audits: Sequence[Audit], checks: Iterable[CheckRow]) -> Samples:
    """The samples of these audits known on the day, as they were drawn. Five queries, one when there are none."""
    known = {one.id: one for one in audits}
    query = select(AuditSample, AuditPopulation).join(AuditPopulation, AuditPopulation.id == AuditSample.population_id)
    query = query.where(AuditSample.audit_id.in_(known), AuditSample.drawn_at < sight.now.cutoff)
    found = sight.session.execute(query.order_by(AuditSample.audit_id, AuditSample.number)).all() if known else []
    if not found:
        return Samples()
    rows = _requirements(sight, [sample.id for sample, _population in found])
    signed = [sample for sample, _population in found if known[sample.audit_id].signed_off_at is not None]
    records, papers = _records(sight, signed), sight.versions(sample.version_id for sample in signed)
    raised = {(one.audit, one.requirement): one.finding for one in checks if one.finding}
    made, tested = [], []
    for sample, population in found:
        row = _row(sight, known[sample.audit_id].key, sample, population, rows[sample.id])
        if sample in signed:
            row = _with_results(row, sample, records[sample.id], papers, raised)
            tested += [_tested(row, sample, record) for record in records[sample.id]]
        made.append(row)
    return Samples(tuple(made), tuple(tested))


def _requirements(sight: Sight, samples: Sequence[int]) -> dict[int, list[str]]:
    """The rows each sample was drawn for by the day, in the order of the checklist."""
    query = select(LinkedRow.sample_id, AuditRow.requirement).join(AuditRow, AuditRow.id == LinkedRow.row_id)
    query = query.where(LinkedRow.sample_id.in_(samples), LinkedRow.linked_at < sight.now.cutoff)
    found: dict[int, list[str]] = defaultdict(list)
    for sample_id, requirement in sight.session.execute(query.order_by(AuditRow.position)):
        found[sample_id].append(requirement)
    return found


def _records(sight: Sight, samples: Sequence[AuditSample]) -> dict[int, list[_Record]]:
    """The records of signed samples with an answer per attribute."""
    found: dict[int, list[_Record]] = defaultdict(list)
    if not samples:
        return found
    ids = {sample.id: len(sample.attributes.splitlines()) for sample in samples}
    given: dict[tuple[int, int], Answer] = {}
    answers = select(SampleAnswer).join(SampledRecord, SampledRecord.id == SampleAnswer.record_id)
    for answer in sight.session.scalars(answers.where(SampledRecord.sample_id.in_(ids))):
        given[answer.record_id, answer.attribute] = answer.answer
    query = select(SampledRecord).where(SampledRecord.sample_id.in_(ids)).order_by(SampledRecord.position)
    for row in sight.session.scalars(query):
        places = range(1, ids[row.sample_id] + 1)
        told = tuple(given.get((row.id, place), Answer.UNTESTED) for place in places)
        found[row.sample_id].append(_Record(row, told))
    return found


def _row(
    sight: Sight, audit: str, sample: AuditSample, population: AuditPopulation, requirements: Sequence[str]
) -> SampleRow:
    return SampleRow(
        audit=audit,
        key=sample.key,
        title=sample.title,
        requirements=tuple(requirements),
        population=population.key,
        file_name=population.file_name,
        sha256=population.sha256,
        records=sample.population_size,
        kind=Kind(sample.kind) if sample.kind else None,
        method=sample.method,
        by=sample.by,
        size=sample.size,
        seed=sample.seed,
        algorithm=sample.algorithm,
        confidence=sample.confidence,
        drawn_on=sight.now.day_of(sample.drawn_at),
        drawn_by=sight.name(sample.drawn_by),
    )


def _with_results(
    row: SampleRow,
    sample: AuditSample,
    records: Sequence[_Record],
    papers: Mapping[int, VersionRef],
    raised: Mapping[tuple[str, str], str],
) -> SampleRow:
    judged = [one.answers for one in records if JUDGED & set(one.answers)]
    rate = rate_of(sum(Answer.NO in one for one in judged), len(judged), confidence=sample.confidence / 100)
    paper = papers.get(sample.version_id or 0)
    named = (raised.get((row.audit, requirement)) for requirement in row.requirements)
    return replace(
        row,
        signed=True,
        attributes=_attributes(sample, records),
        tested=rate.tested,
        errors=rate.errors,
        rate=Fraction(rate.errors, rate.tested) if rate.tested else None,
        upper=None if rate.upper_one_sided is None else Fraction(rate.upper_one_sided),
        paper=replace(paper, sha256=sample.paper_sha256 or "") if paper else None,
        findings=tuple(dict.fromkeys(one for one in named if one)),
    )


def _attributes(sample: AuditSample, records: Sequence[_Record]) -> tuple[AttributeRow, ...]:
    made = []
    for place, text in enumerate(sample.attributes.splitlines()):
        answers = [one.answers[place] for one in records]
        made.append(AttributeRow(text, sum(one in JUDGED for one in answers), answers.count(Answer.NO)))
    return tuple(made)


def _tested(sample: SampleRow, stored: AuditSample, record: _Record) -> TestedRow:
    content: dict[str, Any] = json.loads(record.row.content)
    texts = stored.attributes.splitlines()

    def those(wanted: Answer) -> tuple[str, ...]:
        return tuple(text for text, answer in zip(texts, record.answers, strict=True) if answer is wanted)

    return TestedRow(
        sample=sample.place,
        number=record.row.number,
        stratum=record.row.stratum,
        opened_on=str(content.get("opened_at") or "")[:10],
        group=str(content.get("group") or ""),
        met=those(Answer.YES),
        failed=those(Answer.NO),
        not_applicable=those(Answer.NOT_APPLICABLE),
        note=record.row.note,
    )
