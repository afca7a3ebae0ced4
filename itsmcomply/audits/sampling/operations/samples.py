"""Draw samples from a population and say what is tested."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import func, select

from itsmcomply.audits.models import Audit
from itsmcomply.audits.operations.desk import note, refuse
from itsmcomply.audits.rules import Problems, problems_of_line
from itsmcomply.audits.sampling.drawing import ALGORITHM, STRATA, Drawing, Drawn, Method, Unit, draw, stratum_of
from itsmcomply.audits.sampling.kinds import ATTRIBUTES
from itsmcomply.audits.sampling.models import AuditPopulation, AuditSample, SampleAnswer, SampledRecord
from itsmcomply.audits.sampling.operations.desk import (
    link_row,
    next_number,
    open_audit,
    open_row,
    open_sample,
    population_by_number,
)
from itsmcomply.audits.tickets.model import Kind
from itsmcomply.audits.tickets.plain import line
from itsmcomply.errors import InvalidInput
from itsmcomply.evidence.names import problem_of_text
from itsmcomply.evidence.operations import Desk
from itsmcomply.wording import N_, say

MOST_SAMPLED = 500
MOST_ATTRIBUTES = 15
LONGEST_SEED = 100


def draw_sample(
    desk: Desk, key: str, number: int, wanted: Drawing, records: Sequence[Mapping[str, object]]
) -> AuditSample:
    """Draw a sample from a population and keep it with how it was drawn. `records` are those of the population.

    Raises InvalidInput by field, NotFound, NotPermitted.
    """
    audit = open_audit(desk, key)
    population = population_by_number(desk, audit, number)
    row = open_row(desk, audit, wanted.requirement)
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
    linked = link_row(desk, sample, row)
    after = {
        "requirement": row.requirement,
        "sample": sample.key,
        "method": sample.method,
        "seed": sample.seed,
        "size": sample.size,
    }
    note(desk, audit, "audit.sample_drawn", after | {"population": population.key}, [sample, *rows, *linked])
    return sample


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
        number=next_number(desk, AuditSample, audit),
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
    audit, sample = open_sample(desk, key, number)
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


def _answers(desk: Desk, sample: AuditSample) -> int:
    query = select(func.count(SampleAnswer.id)).join(SampledRecord, SampledRecord.id == SampleAnswer.record_id)
    return desk.session.scalar(query.where(SampledRecord.sample_id == sample.id)) or 0
