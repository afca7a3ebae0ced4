"""Takes the steps on populations, samples, exceptions and threads."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from sqlalchemy import select

from itsmcomply.audits import operations as audits
from itsmcomply.audits.operations.desk import audit_by_key
from itsmcomply.audits.sampling import operations as sampling
from itsmcomply.audits.sampling.models import AuditPopulation, AuditSample, SampledRecord
from itsmcomply.audits.sampling.operations import Arrived, Picked
from itsmcomply.audits.sampling.operations.desk import population_by_number, sample_by_number
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion
from itsmcomply.evidence.operations import Desk, Filed
from itsmcomply.evidence.store import Store
from itsmcomply.findings.models import Finding
from itsmcomply.scenario.workbench.bench import export_item
from itsmcomply.scenario.workbench.keys import Imported, Keys, Paper, Written
from itsmcomply.scenario.workbench.model import (
    DrawSample,
    ExamineException,
    Exceptional,
    FilePaper,
    FollowThread,
    ImportPopulation,
    OnSampling,
    RaiseFinding,
    ReadExport,
    Sampled,
    TestRecord,
)
from itsmcomply.scenario.workbench.populations import records_of


@dataclass(frozen=True, slots=True)
class _Place:
    """An audit by its key, and where names of the scenario lead."""

    desk: Desk
    system: str
    audit: str
    keys: Keys

    def population(self, name: str) -> AuditPopulation:
        audit = audit_by_key(self.desk, self.audit)
        return population_by_number(self.desk, audit, self.keys.populations[self.system, name])

    def sample(self, name: str) -> AuditSample:
        audit = audit_by_key(self.desk, self.audit)
        return sample_by_number(self.desk, audit, self.keys.samples[self.system, name])

    def hold(self, item: str, version_id: int | None) -> None:
        """Know what was filed by itself, once."""
        if version_id is None or item in self.keys.held:
            return
        version = self.desk.session.get_one(EvidenceVersion, version_id)
        self.keys.evidence.hold(item, Filed(self.desk.session.get_one(EvidenceItem, version.item_id), version))
        self.keys.held.add(item)


def keep_export(store: Store, read: ReadExport, limit: int) -> Imported:
    """The export and its records in the store, before a transaction names them."""
    export = store.put(io.BytesIO(read.export), limit=limit, name=read.name)
    return Imported(store.put(io.BytesIO(read.records), limit=limit, name="records"), export)


def take_on_sampling(desk: Desk, step: OnSampling, keys: Keys, written: Written | None) -> None:
    """Take one step; `written` is what was kept for it."""
    place = _Place(desk, step.system, keys.audits[step.system, step.audit], keys)
    match step:
        case ImportPopulation():
            _import(place, step, written)
        case DrawSample():
            _draw(place, step)
        case TestRecord():
            _test(place, step)
        case FilePaper():
            _file(place, step, written)
        case ExamineException():
            number, found = keys.populations[step.system, step.exception.population], step.exception
            picked = Picked(found.numbers, found.words)
            sampling.examine_exception(desk, place.audit, number, step.requirement, picked)
            _hold_export(place, found.population)
        case FollowThread():
            followed = {"thread": step.thread, "steps": "\n".join(step.lines), "remark": step.remark}
            audits.follow_thread(desk, place.audit, step.requirement, holds=step.holds, **followed)
        case _:
            raise TypeError(f"no way to take {type(step).__name__}")


def raise_shown(desk: Desk, step: RaiseFinding, keys: Keys, here: audits.RaisedHere) -> Finding:
    """Raise a finding from an exception between records, or from a sampled record that failed."""
    place = _Place(desk, step.system, keys.audits[step.system, step.audit or ""], keys)
    row = step.row or ""
    match step.shown_by:
        case Exceptional(population=name):
            number = keys.populations[step.system, name]
            raised = sampling.raise_from_exception(desk, place.audit, number, row, here)
            _hold_export(place, name)
            return raised
        case Sampled(sample=name, position=position):
            number = keys.samples[step.system, name]
            return sampling.raise_from_record(desk, place.audit, number, position, requirement=row, raised=here)
        case None:
            raise TypeError("nothing shows this finding")


def _import(place: _Place, step: ImportPopulation, written: Written | None) -> None:
    if not isinstance(written, Imported):
        raise TypeError("the export of this step was not kept")
    read = step.read
    arrived = Arrived(read.name, hashlib.sha256(read.export).hexdigest(), len(read.export))
    begun = sampling.begin_import(place.desk, place.audit, arrived, {"mapping": dict(read.mapping)})
    place.desk.session.flush()  # its reader knows it by its id
    sampling.finish_import(place.desk, begun.id, read.summary, records=written.records, export=written.export)
    place.keys.populations[step.system, step.population] = begun.number
    place.keys.exports[step.system, step.population] = read


def _draw(place: _Place, step: DrawSample) -> None:
    records = records_of(place.keys.exports[step.system, step.population])
    number = place.keys.populations[step.system, step.population]
    made = sampling.draw_sample(place.desk, place.audit, number, step.wanted, records)
    place.keys.samples[step.system, step.sample] = made.number
    if step.attributes:
        sampling.set_attributes(place.desk, place.audit, made.number, step.attributes)


def _test(place: _Place, step: TestRecord) -> None:
    sample = place.sample(step.sample)
    query = select(SampledRecord.row_version).where(
        SampledRecord.sample_id == sample.id, SampledRecord.position == step.position
    )
    version = place.desk.session.scalar(query) or 0
    sampling.save_record(
        place.desk,
        place.audit,
        sample.number,
        step.position,
        answers=step.answers,
        remark=step.remark,
        version=version,
    )


def _file(place: _Place, step: FilePaper, written: Written | None) -> None:
    if not isinstance(written, Paper):
        raise TypeError("the working paper of this step was not written")
    number = place.keys.samples[step.system, step.sample]
    sample = sampling.file_paper(
        place.desk, place.audit, number, written.stored, written.name, row_version=written.row_version
    )
    place.hold(step.item, sample.version_id)
    for row in step.rows:
        sampling.examine_paper(place.desk, place.audit, number, row)


def _hold_export(place: _Place, population: str) -> None:
    """What first rests on an export has it filed."""
    place.hold(export_item(place.system, population), place.population(population).version_id)
