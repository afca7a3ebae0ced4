"""Record what testing each sampled record came to."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from itsmcomply.audits.operations.desk import note
from itsmcomply.audits.sampling.kinds import Answer
from itsmcomply.audits.sampling.models import AuditSample, SampleAnswer, SampledRecord
from itsmcomply.audits.sampling.operations.desk import open_sample
from itsmcomply.errors import Conflict, InvalidInput, NotFound
from itsmcomply.evidence.names import problem_of_text
from itsmcomply.evidence.operations import Desk
from itsmcomply.wording import N_, say

LONGEST_NOTE = 2000


def save_record(
    desk: Desk, key: str, number: int, position: int, *, answers: Mapping[int, Answer], remark: str, version: int
) -> SampledRecord:
    """Keep what testing one record came to. The same again changes nothing.

    `answers` by place of the attribute, UNTESTED takes an answer back. Raises Conflict, InvalidInput, NotFound.
    """
    audit, sample = open_sample(desk, key, number)
    record = record_at(desk, sample, position)
    if len(remark) > LONGEST_NOTE or problem_of_text(remark, lines=True):
        raise InvalidInput({"note": say(N_("Keep the note within %(most)s characters."), most=LONGEST_NOTE)})
    places = range(1, len(sample.attributes.splitlines()) + 1)
    if not set(answers) <= set(places):
        raise NotFound("attribute", str(max(answers)))
    have = {one.attribute: one for one in answers_of(desk, record)}
    before = {place: have[place].answer if place in have else Answer.UNTESTED for place in places}
    after = before | dict(answers)
    if before == after and record.note == remark.strip():
        return record
    if record.row_version != version:
        raise Conflict("sampled record", record.number)
    rows = _written(desk, record, have, after)
    record.note = remark.strip()
    record.row_version += 1
    sample.row_version += 1
    shown = {"sample": sample.key, "record": record.number, "note": record.note}
    told = {str(place): answer.value for place, answer in after.items() if answer is not Answer.UNTESTED}
    note(desk, audit, "audit.record_tested", shown | {"answers": told}, [record, sample, *rows])
    return record


def _written(
    desk: Desk, record: SampledRecord, have: Mapping[int, SampleAnswer], after: Mapping[int, Answer]
) -> list[SampleAnswer]:
    rows = []
    for place, answer in after.items():
        old = have.get(place)
        if old is None and answer is Answer.UNTESTED:
            continue
        if old is None:
            old = SampleAnswer(audit_id=record.audit_id, record_id=record.id, attribute=place)
            desk.session.add(old)
        elif old.answer is answer:
            continue
        old.answer, old.changed_at, old.changed_by = answer, desk.now, desk.actor.user_id
        rows.append(old)
    return rows


def record_at(desk: Desk, sample: AuditSample, position: int) -> SampledRecord:
    """The record at this place of a sample. Raises NotFound."""
    query = select(SampledRecord).where(SampledRecord.sample_id == sample.id, SampledRecord.position == position)
    found = desk.session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("sampled record", str(position))
    return found


def answers_of(desk: Desk, record: SampledRecord) -> list[SampleAnswer]:
    """The answers given for a record, also those taken back. One query."""
    return list(desk.session.scalars(select(SampleAnswer).where(SampleAnswer.record_id == record.id)))
