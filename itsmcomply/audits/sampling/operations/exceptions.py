"""What becomes of an exception: examined on a row of the checklist, or a finding raised from that row.

A finding goes the way of the checklist (`raise_from_row`): impartiality is checked, the row is concluded by the grade,
and what was examined there is its objective evidence; here the export, or the working paper that shows the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from itsmcomply.audits.operations.conducting import RaisedHere, follow_thread, raise_from_row
from itsmcomply.audits.operations.desk import note
from itsmcomply.audits.sampling.kinds import Answer
from itsmcomply.audits.sampling.operations.desk import (
    bind,
    link_row,
    open_audit,
    open_row,
    open_sample,
    population_by_number,
    told,
)
from itsmcomply.audits.sampling.operations.papers import file_export
from itsmcomply.audits.sampling.operations.testing import answers_of, record_at
from itsmcomply.errors import InvalidInput
from itsmcomply.evidence.models import EvidenceVersion
from itsmcomply.evidence.operations import Desk
from itsmcomply.findings.models import Finding
from itsmcomply.wording import N_, say

THREAD = "T02"
"""From incident to problem to change: the thread of the catalogue that the checks between records follow."""


@dataclass(frozen=True, slots=True)
class Picked:
    """An exception of a population: the records it names and what about them, in words."""

    numbers: tuple[str, ...]
    words: str


def examine_exception(desk: Desk, key: str, number: int, requirement: str, picked: Picked) -> None:
    """Record an exception on a row as a thread that does not hold; the row rests on the export."""
    _rest_on_export(desk, key, number, requirement)
    steps = "\n".join(picked.numbers if len(picked.numbers) > 1 else (*picked.numbers, picked.words))
    follow_thread(desk, key, requirement, thread=THREAD, steps=steps, holds=False, remark=picked.words)


def raise_from_exception(desk: Desk, key: str, number: int, requirement: str, raised: RaisedHere) -> Finding:
    """Raise a finding from an exception between records. Raises InvalidInput by field, NotPermitted."""
    row_version = _rest_on_export(desk, key, number, requirement)
    return raise_from_row(desk, key, requirement, raised, row_version=row_version)


def _rest_on_export(desk: Desk, key: str, number: int, requirement: str) -> int:
    """Bind the export to the row; gives the row's version."""
    audit = open_audit(desk, key)
    population = population_by_number(desk, audit, number)
    row = open_row(desk, audit, requirement)
    if made := bind(desk, row, file_export(desk, audit, population)):
        note(desk, audit, "audit.examined", {"requirement": requirement, "evidence": told(made)}, [row, *made])
    return row.row_version


def raise_from_record(
    desk: Desk, key: str, number: int, position: int, *, requirement: str, raised: RaisedHere
) -> Finding:
    """Raise a finding from a sampled record that failed. The working paper on file has to show the answer.

    Raises InvalidInput by field, NotPermitted, NotFound.
    """
    audit, sample = open_sample(desk, key, number)
    record = record_at(desk, sample, position)
    row = open_row(desk, audit, requirement)
    failed = [one for one in answers_of(desk, record) if one.answer is Answer.NO]
    if not failed:
        raise InvalidInput({"": say(N_("No attribute of %(record)s failed."), record=record.number)})
    filed = desk.session.get(EvidenceVersion, sample.version_id) if sample.version_id else None
    if filed is None or filed.received_at < max(one.changed_at for one in failed):
        raise InvalidInput({"": say(N_("File the working paper first, so that the finding rests on it."))})
    made, linked = bind(desk, row, filed.id), link_row(desk, sample, row)
    if made or linked:
        note(desk, audit, "audit.examined", {"requirement": requirement, "evidence": told(made)}, [row, *made, *linked])
    return raise_from_row(desk, key, requirement, raised, row_version=row.row_version)
