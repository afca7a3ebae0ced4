"""Import a population into an audit, draw samples, record what testing came to, file the working paper."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from itsmcomply.activity.operations import Record, record_activity
from itsmcomply.audits.models import Audit, AuditRow, RowEvidence
from itsmcomply.audits.operations.desk import audit_by_key, note, refuse
from itsmcomply.audits.operations.team import require_impartial
from itsmcomply.audits.rules import Act, Problems, problems_of_line, require
from itsmcomply.audits.sampling.drawing import ALGORITHM, Drawn, Method, Unit, draw
from itsmcomply.audits.sampling.kinds import ATTRIBUTES, Answer, ImportState
from itsmcomply.audits.sampling.models import (
    AuditPopulation,
    AuditSample,
    SampleAnswer,
    SampledRecord,
    TicketMapping,
)
from itsmcomply.audits.tickets.layouts import parse_mapping
from itsmcomply.audits.tickets.limited import Understood
from itsmcomply.audits.tickets.model import Kind
from itsmcomply.audits.tickets.plain import line
from itsmcomply.db import Base
from itsmcomply.errors import Conflict, InvalidInput, NotFound
from itsmcomply.evidence.filing import Filing
from itsmcomply.evidence.kinds import VersionKind
from itsmcomply.evidence.models import Blob, EvidenceItem, EvidenceVersion
from itsmcomply.evidence.names import problem_of_file_name, problem_of_text
from itsmcomply.evidence.operations import Desk, file_own_document
from itsmcomply.evidence.store import Stored
from itsmcomply.permissions import Permission
from itsmcomply.wording import N_, say

PAPER_ARTEFACT = "aud_rep"
RECORDS_TYPE = "application/gzip"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SAMPLED = 500
MOST_ATTRIBUTES = 15
LONGEST_SEED = 100
LONGEST_NOTE = 2000
STRATA = ("priority", "month", "group")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that came in: its name, digest and bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """What sample is wanted. `kind` is a Kind or "" for all; `by` one of STRATA for a stratified sample."""

    title: str
    kind: str
    method: Method
    by: str
    size: int
    seed: str
    confidence: int = 95


def begin_import(desk: Desk, key: str, arrived: Arrived, options: Mapping[str, object]) -> AuditPopulation:
    """Note that an export is being read. Raises NotFound, NotPermitted, InvalidTransition, InvalidInput."""
    audit = _open_audit(desk, key)
    if problem := problem_of_file_name(arrived.name):
        raise InvalidInput({"file": problem})
    population = AuditPopulation(
        audit_id=audit.id,
        number=_next(desk, AuditPopulation, audit),
        file_name=arrived.name,
        sha256=arrived.sha256,
        size=arrived.size,
        options=line(options),
        state=ImportState.READING,
        uploaded_at=desk.now,
        uploaded_by=desk.actor.user_id,
    )
    desk.session.add(population)
    after = {"file": arrived.name, "sha256": arrived.sha256, "number": population.number}
    note(desk, audit, "audit.population_received", after, [population])
    return population


def finish_import(desk: Desk, population_id: int, understood: Understood, stored: Stored) -> None:
    """Note what was understood; does nothing when it was cancelled meanwhile. `stored` are the records."""
    audit, population = _by_id(desk, population_id)
    if population.state is not ImportState.READING:
        return
    rows: list[Base] = [population]
    if desk.session.get(Blob, stored.sha256) is None:
        blob = Blob(sha256=stored.sha256, size=stored.size, detected_type=RECORDS_TYPE, stored_at=desk.now)
        desk.session.add(blob)
        desk.session.flush()  # the population refers to it, and there is no relationship to order the two
        rows.append(blob)
    population.state, population.finished_at = ImportState.DONE, desk.now
    population.records_sha256, population.summary = stored.sha256, line(understood.summary)
    population.records = int(str(understood.summary["understood"]))
    population.done = int(str(understood.summary["rows"]))
    counts = {name: understood.summary[name] for name in ("rows", "understood", "folded", "skipped_rows", "layout")}
    note(desk, audit, "audit.population_read", {"number": population.number, **counts}, rows)


def end_import(desk: Desk, population_id: int, state: ImportState, message: str) -> None:
    """Note that nothing came of an import, and why; does nothing when it has ended."""
    audit, population = _by_id(desk, population_id)
    if population.state is not ImportState.READING:
        return
    population.state, population.message, population.finished_at = state, message, desk.now
    after = {"number": population.number, "message": message}
    note(desk, audit, f"audit.population_{state.value}", after, [population])


def cancel_import(desk: Desk, key: str, number: int) -> None:
    """Say that nobody wants an import any more; its reader notices. Raises NotFound."""
    population = population_by_number(desk, _open_audit(desk, key), number)
    end_import(desk, population.id, ImportState.CANCELLED, "")


def save_mapping(desk: Desk, name: str, text: str) -> TicketMapping:
    """Keep a mapping for exports of this system; one of the same name ends. Raises InvalidInput."""
    desk.require(Permission.CONDUCT_AUDIT)
    refuse(problems_of_line("name", name, N_("Name the tool and the export, for example Topdesk incidents.")))
    try:
        mapping = parse_mapping(text)
    except InvalidInput as error:
        raise InvalidInput({"content": error.errors["file"]}) from error
    if "number" not in mapping:
        raise InvalidInput({"content": say(N_("Name the column of the number at least, as in number: Ticket no."))})
    same = select(TicketMapping).where(
        TicketMapping.system_id == desk.system.id, TicketMapping.name == name.strip(), TicketMapping.ended_at.is_(None)
    )
    before = list(desk.session.scalars(same))
    for old in before:
        old.ended_at = desk.now
    made = TicketMapping(
        system_id=desk.system.id,
        name=name.strip(),
        content=line(mapping),
        recorded_at=desk.now,
        recorded_by=desk.actor.user_id,
    )
    desk.session.add(made)

    record = Record("ticket mapping", name.strip(), desk.system.id)
    after = {"columns": dict(mapping)}
    rows = [*before, made]
    record_activity(desk.session, desk.actor, desk.now, "audit.mapping_saved", record, after=after, rows=rows)
    return made


def draw_sample(
    desk: Desk, key: str, number: int, wanted: Drawing, records: Sequence[Mapping[str, object]]
) -> AuditSample:
    """Draw a sample from a population and keep it with how it was drawn. `records` are those of the population.

    Raises InvalidInput by field, NotFound, NotPermitted.
    """
    audit = _open_audit(desk, key)
    population = population_by_number(desk, audit, number)
    refuse(_problems_of_drawing(wanted))
    chosen = [record for record in records if not wanted.kind or record["kind"] == wanted.kind]
    by = wanted.by if wanted.method is Method.STRATIFIED else ""
    units = [Unit(str(record["number"]), stratum_of(record, by)) for record in chosen]
    if not units:
        raise InvalidInput({"kind": say(N_("The population holds no record of this kind."))})
    drawn = draw(units, size=wanted.size, method=wanted.method, seed=wanted.seed)
    population_size = len({unit.number for unit in units})
    sample = _new_sample(desk, audit, population, wanted, by=by, drawn=drawn, population_size=population_size)
    desk.session.add(sample)
    desk.session.flush()  # its records name its id
    rows = _new_records(audit, sample, drawn, chosen)
    desk.session.add_all(rows)
    after = {"sample": sample.key, "method": sample.method, "seed": sample.seed, "size": sample.size}
    note(desk, audit, "audit.sample_drawn", after | {"population": population.key}, [sample, *rows])
    return sample


def stratum_of(record: Mapping[str, object], by: str) -> str:
    """The stratum of a record; "" is unknown, or that none is asked for."""
    value = str(record["opened_at"] or "")[:7] if by == "month" else record[by] if by else ""
    return "" if value is None else str(value)


def _problems_of_drawing(wanted: Drawing) -> Problems:
    problems = problems_of_line("title", wanted.title, N_("Say what is tested, for example Changes of May."))
    if not wanted.seed.strip() or len(wanted.seed) > LONGEST_SEED or problem_of_text(wanted.seed):
        problems["seed"] = say(N_("Give a seed of up to %(most)s characters; any number or word."), most=LONGEST_SEED)
    if not 1 <= wanted.size <= MOST_SAMPLED:
        problems["size"] = say(N_("A sample holds 1 to %(most)s records."), most=MOST_SAMPLED)
    if wanted.method is Method.STRATIFIED and wanted.by not in STRATA:
        problems["by"] = say(N_("Say what strata are made of."))
    if wanted.kind and wanted.kind not in set(Kind):
        problems["kind"] = say(N_("There is no such kind of record."))
    return problems


def _new_sample(
    desk: Desk,
    audit: Audit,
    population: AuditPopulation,
    wanted: Drawing,
    *,
    by: str,
    drawn: Drawn,
    population_size: int,
) -> AuditSample:
    kind = wanted.kind or str(_kind_of(population))
    strata = [[s.name, s.population, s.sample] for s in drawn.strata]
    return AuditSample(
        audit_id=audit.id,
        population_id=population.id,
        number=_next(desk, AuditSample, audit),
        title=wanted.title.strip(),
        kind=wanted.kind,
        method=wanted.method,
        by=by,
        seed=wanted.seed.strip(),
        algorithm=ALGORITHM,
        population_size=population_size,
        size=len(drawn.units),
        confidence=wanted.confidence,
        strata=json.dumps(strata, ensure_ascii=False),
        attributes="\n".join(ATTRIBUTES[Kind(kind)]),
        drawn_at=desk.now,
        drawn_by=desk.actor.user_id,
    )


def _kind_of(population: AuditPopulation) -> Kind:
    """The kind most records of a population are of."""
    kinds: dict[str, int] = json.loads(population.summary)["kinds"]
    return Kind(max(kinds, key=lambda kind: (kinds[kind], kind)))


def _new_records(
    audit: Audit, sample: AuditSample, drawn: Drawn, records: Iterable[Mapping[str, object]]
) -> list[SampledRecord]:
    chosen = {unit.number: unit for unit in drawn.units}
    known: dict[str, Mapping[str, object]] = {}
    for record in records:
        if record["number"] in chosen:
            known.setdefault(str(record["number"]), record)
    return [
        SampledRecord(
            audit_id=audit.id,
            sample_id=sample.id,
            position=position,
            number=unit.number,
            stratum=unit.stratum,
            content=line(known[unit.number]),
        )
        for position, unit in enumerate(drawn.units, 1)
    ]


def set_attributes(desk: Desk, key: str, number: int, attributes: Sequence[str]) -> AuditSample:
    """Say what is tested, before the first answer is given. Raises InvalidInput, NotFound."""
    audit = _open_audit(desk, key)
    sample = sample_by_number(desk, audit, number)
    wanted = [one.strip() for one in attributes if one.strip()]
    if not 1 <= len(wanted) <= MOST_ATTRIBUTES or len(set(wanted)) != len(wanted):
        text = N_("Name 1 to %(most)s different attributes, one on each line.")
        raise InvalidInput({"attributes": say(text, most=MOST_ATTRIBUTES)})
    if any(len(one) > 200 or problem_of_text(one) for one in wanted):
        raise InvalidInput({"attributes": say(N_("Keep each attribute within 200 characters on one line."))})
    if _answers(desk, sample):
        raise InvalidInput({"attributes": say(N_("Records were tested already. Draw a new sample to test otherwise."))})
    before = {"attributes": sample.attributes.splitlines()}
    sample.attributes = "\n".join(wanted)
    sample.row_version += 1
    note(desk, audit, "audit.sample_attributes", {"sample": sample.key, "attributes": wanted}, [sample], before=before)
    return sample


def save_record(
    desk: Desk, key: str, number: int, position: int, *, answers: Mapping[int, Answer], remark: str, version: int
) -> SampledRecord:
    """Keep what testing one record came to. The same again changes nothing.

    `answers` by place of the attribute, UNTESTED takes an answer back. Raises Conflict, InvalidInput, NotFound.
    """
    audit = _open_audit(desk, key)
    sample = sample_by_number(desk, audit, number)
    record = _record(desk, sample, position)
    if len(remark) > LONGEST_NOTE or (problem_of_text(remark, lines=True)):
        raise InvalidInput({"note": say(N_("Keep the note within %(most)s characters."), most=LONGEST_NOTE)})
    places = range(1, len(sample.attributes.splitlines()) + 1)
    if not set(answers) <= set(places):
        raise NotFound("attribute", str(max(answers)))
    have = {one.attribute: one for one in _answers_of(desk, record)}
    before = {place: have[place].answer if place in have else Answer.UNTESTED for place in places}
    after = before | dict(answers)
    if before == after and record.note == remark.strip():
        return record
    if record.row_version != version:
        raise Conflict("sampled record", record.number)
    rows = _written(desk, record, have, after)
    record.note = remark.strip()
    record.row_version += 1
    shown = {"sample": sample.key, "record": record.number, "note": record.note}
    told = {str(place): answer.value for place, answer in after.items() if answer is not Answer.UNTESTED}
    note(desk, audit, "audit.record_tested", shown | {"answers": told}, [record, *rows])
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


def file_paper(desk: Desk, key: str, number: int, stored: Stored, file_name: str, *, row_version: int) -> AuditSample:
    """File the working paper of a sample as evidence of the audit, bound by its digest.

    Raises Conflict when the sample changed since the paper was written, InvalidInput when it is filed already.
    """
    audit = _open_audit(desk, key)
    sample = sample_by_number(desk, audit, number)
    if sample.row_version != row_version:
        raise Conflict("sample", sample.key)
    filing = Filing(
        kind=VersionKind.FILE,
        title=f"Working paper {audit.key} {sample.key}, {sample.title}"[:300],
        effective_on=desk.today,
        period_from=desk.today,
        period_to=desk.today,
        sha256=stored.sha256,
        file_name=file_name,
        note=str(say(N_("Sample of %(audit)s: seed, records, results and error rate."), audit=audit.key)),
    )
    filed = file_own_document(desk, artefact=PAPER_ARTEFACT, filing=filing, stored=stored, detected_type=XLSX)
    sample.version_id, sample.paper_sha256 = filed.version.id, stored.sha256
    sample.row_version += 1
    after = {"sample": sample.key, "sha256": stored.sha256, "evidence": filed.item.key}
    note(desk, audit, "audit.paper_filed", after, [sample])
    return sample


def examine_paper(desk: Desk, key: str, number: int, requirement: str) -> RowEvidence:
    """Let a row of the checklist rest on the filed working paper, exactly this version. Raises InvalidInput, NotFound.

    The auditor made the paper, and it shows records of others; so it may be bound though they filed it themselves.
    """
    audit = _open_audit(desk, key)
    sample = sample_by_number(desk, audit, number)
    row = desk.session.execute(
        select(AuditRow).where(AuditRow.audit_id == audit.id, AuditRow.requirement == requirement)
    ).scalar_one_or_none()
    if row is None or requirement not in desk.catalogue.requirements:
        raise InvalidInput({"requirement": say(N_("Choose a row of this audit's checklist."))})
    if sample.version_id is None:
        raise InvalidInput({"requirement": say(N_("File the working paper first."))})
    require_impartial(desk, audit, requirement)
    version = desk.session.get_one(EvidenceVersion, sample.version_id)
    bound = select(RowEvidence).where(
        RowEvidence.row_id == row.id, RowEvidence.version_id == version.id, RowEvidence.ended_at.is_(None)
    )
    if found := desk.session.execute(bound).scalar_one_or_none():
        return found
    item = desk.session.get_one(EvidenceItem, version.item_id)
    made = RowEvidence(
        audit_id=audit.id,
        row_id=row.id,
        version_id=version.id,
        sha256=version.sha256,
        item_key=item.key,
        version_number=version.number,
        title=item.title,
        artefact=item.artefact,
        examined_at=desk.now,
        examined_by=desk.actor.user_id,
    )
    desk.session.add(made)
    row.row_version += 1
    after = {"requirement": requirement, "evidence": [f"{item.key}/{version.number}"]}
    note(desk, audit, "audit.examined", after, [row, made])
    return made


def population_by_number(desk: Desk, audit: Audit, number: int) -> AuditPopulation:
    """A population of this audit. Raises NotFound."""
    query = select(AuditPopulation).where(AuditPopulation.audit_id == audit.id, AuditPopulation.number == number)
    found = desk.session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("population", f"POP-{number:02d}")
    return found


def sample_by_number(desk: Desk, audit: Audit, number: int) -> AuditSample:
    """A sample of this audit. Raises NotFound."""
    query = select(AuditSample).where(AuditSample.audit_id == audit.id, AuditSample.number == number)
    found = desk.session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("sample", f"SMP-{number:02d}")
    return found


def _open_audit(desk: Desk, key: str) -> Audit:
    """An audit that may be worked in now. Raises NotFound, NotPermitted, InvalidTransition."""
    desk.require(Permission.CONDUCT_AUDIT)
    audit = audit_by_key(desk, key)
    require(Act.CONCLUDE, audit.state)
    return audit


def _by_id(desk: Desk, population_id: int) -> tuple[Audit, AuditPopulation]:
    population = desk.session.get_one(AuditPopulation, population_id)
    return desk.session.get_one(Audit, population.audit_id), population


def _next(desk: Desk, table: type[AuditPopulation | AuditSample], audit: Audit) -> int:
    taken = desk.session.scalar(select(func.max(table.number)).where(table.audit_id == audit.id))
    return (taken or 0) + 1


def _record(desk: Desk, sample: AuditSample, position: int) -> SampledRecord:
    query = select(SampledRecord).where(SampledRecord.sample_id == sample.id, SampledRecord.position == position)
    found = desk.session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("sampled record", str(position))
    return found


def _answers_of(desk: Desk, record: SampledRecord) -> list[SampleAnswer]:
    return list(desk.session.scalars(select(SampleAnswer).where(SampleAnswer.record_id == record.id)))


def _answers(desk: Desk, sample: AuditSample) -> int:
    query = select(func.count(SampleAnswer.id)).join(SampledRecord, SampledRecord.id == SampleAnswer.record_id)
    return desk.session.scalar(query.where(SampledRecord.sample_id == sample.id)) or 0
