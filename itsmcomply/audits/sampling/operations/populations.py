"""Import a population into an audit: note that an export is being read, what was understood, or why nothing was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.activity.operations import Record, record_activity
from itsmcomply.audits.models import Audit
from itsmcomply.audits.operations.desk import note, refuse
from itsmcomply.audits.rules import TABLE, Act, problems_of_line
from itsmcomply.audits.sampling.kinds import ImportState
from itsmcomply.audits.sampling.models import AuditPopulation, TicketMapping
from itsmcomply.audits.sampling.operations.desk import next_number, open_audit, population_by_number
from itsmcomply.audits.tickets.layouts import parse_mapping
from itsmcomply.audits.tickets.plain import line
from itsmcomply.db import Base
from itsmcomply.errors import InvalidInput
from itsmcomply.evidence.models import Blob
from itsmcomply.evidence.names import problem_of_file_name
from itsmcomply.evidence.operations import Desk
from itsmcomply.evidence.sniff import detect
from itsmcomply.evidence.store import Stored
from itsmcomply.permissions import Permission
from itsmcomply.wording import N_, Sentence, say, stored

RECORDS_TYPE = "gzip"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that came in: its name, digest and bytes."""

    name: str
    sha256: str
    size: int


def begin_import(desk: Desk, key: str, arrived: Arrived, options: Mapping[str, object]) -> AuditPopulation:
    """Note that an export is being read. Raises NotFound, NotPermitted, InvalidTransition, InvalidInput."""
    audit = open_audit(desk, key)
    if problem := problem_of_file_name(arrived.name):
        raise InvalidInput({"file": problem})
    population = AuditPopulation(
        audit_id=audit.id,
        number=next_number(desk, AuditPopulation, audit),
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


def is_wanted(session: Session, population_id: int) -> bool:
    """Whether what is being read may still come into its audit: nobody cancelled the import, or ended the audit."""
    query = (
        select(Audit)
        .join(AuditPopulation, AuditPopulation.audit_id == Audit.id)
        .where(AuditPopulation.id == population_id, AuditPopulation.state == ImportState.READING)
    )
    audit = session.execute(query).scalar_one_or_none()
    return audit is not None and Act.CONCLUDE in TABLE[audit.state]


def finish_import(
    desk: Desk, population_id: int, summary: Mapping[str, object], *, records: Stored, export: Stored
) -> None:
    """Note what was understood, with the checks. Does nothing when it was cancelled meanwhile, or the audit ended."""
    if not is_wanted(desk.session, population_id):
        return
    audit, population = _by_id(desk, population_id)
    kinds = ((records, RECORDS_TYPE), (export, detect(export.head, population.file_name).key))
    rows: list[Base] = [population, *(blob for stored, kind in kinds for blob in _new_blob(desk, stored, kind))]
    population.state, population.finished_at = ImportState.DONE, desk.now
    population.records_sha256, population.summary = records.sha256, line(summary)
    population.records = int(str(summary["understood"]))
    population.done = int(str(summary["rows"]))
    counts = {name: summary[name] for name in ("rows", "understood", "folded", "skipped_rows", "layout")}
    note(desk, audit, "audit.population_read", {"number": population.number, **counts}, rows)


def _new_blob(desk: Desk, stored: Stored, kind: str) -> list[Blob]:
    if desk.session.get(Blob, stored.sha256) is not None:
        return []
    blob = Blob(sha256=stored.sha256, size=stored.size, detected_type=kind, stored_at=desk.now)
    desk.session.add(blob)
    desk.session.flush()  # the population refers to it, and there is no relationship to order the two
    return [blob]


def end_import(desk: Desk, population_id: int, state: ImportState, message: Sentence | None = None) -> None:
    """Note that nothing came of an import, and why. Does nothing when it has ended, or the audit was signed off."""
    audit, population = _by_id(desk, population_id)
    if population.state is not ImportState.READING or audit.signed_off_at is not None:
        return
    population.state, population.finished_at = state, desk.now
    population.message = stored(message) if message else ""
    after = {"number": population.number, "message": str(message or "")}
    note(desk, audit, f"audit.population_{state.value}", after, [population])


def cancel_import(desk: Desk, key: str, number: int) -> None:
    """Say that nobody wants an import any more; its reader notices. Raises NotFound."""
    population = population_by_number(desk, open_audit(desk, key), number)
    end_import(desk, population.id, ImportState.CANCELLED)


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


def _by_id(desk: Desk, population_id: int) -> tuple[Audit, AuditPopulation]:
    population = desk.session.get_one(AuditPopulation, population_id)
    return desk.session.get_one(Audit, population.audit_id), population
