"""File the working paper of a sample as what the audit examined, and let rows of the checklist rest on it."""

from __future__ import annotations

from itsmcomply.audits.models import Audit
from itsmcomply.audits.operations.desk import note
from itsmcomply.audits.sampling.models import AuditPopulation, AuditSample
from itsmcomply.audits.sampling.operations.desk import (
    bind,
    link_row,
    open_audit,
    open_row,
    open_sample,
    sample_by_number,
    told,
)
from itsmcomply.errors import Conflict, InvalidInput
from itsmcomply.evidence.filing import Filing
from itsmcomply.evidence.kinds import VersionKind
from itsmcomply.evidence.models import Blob, EvidenceItem, EvidenceVersion
from itsmcomply.evidence.operations import Desk, Filed, file_own_document
from itsmcomply.evidence.store import Stored
from itsmcomply.wording import N_, Sentence, say

PAPER_ARTEFACT = "aud_work"
"""Kept as what the audit looked at: accepted or not, it raises no result (`catalogue.md`, basis examined)."""


def file_paper(desk: Desk, key: str, number: int, stored: Stored, file_name: str, *, row_version: int) -> AuditSample:
    """File the working paper of a sample; filed before, it becomes the next version of the same item.

    Raises Conflict when the sample changed since the paper was written.
    """
    audit, sample = open_sample(desk, key, number)
    if sample.row_version != row_version:
        raise Conflict("sample", sample.key)
    title = f"Working paper {audit.key} {sample.key}, {sample.title}"
    remark = say(N_("Sample of %(audit)s: seed, records, results and error rate."), audit=audit.key)
    filed = file_working_paper(
        desk, title=title, stored=stored, file_name=file_name, remark=remark, before=sample.version_id
    )
    sample.version_id, sample.paper_sha256 = filed.version.id, stored.sha256
    sample.row_version += 1
    after = {"sample": sample.key, "sha256": stored.sha256, "evidence": filed.item.key}
    note(desk, audit, "audit.paper_filed", after, [sample])
    return sample


def file_export(desk: Desk, audit: Audit, population: AuditPopulation) -> int:
    """The version of evidence that holds an export, filed when something first rests on it. Gives its id.

    Raises InvalidInput for one that an earlier release did not keep.
    """
    if population.version_id is not None:
        return population.version_id
    blob = desk.session.get(Blob, population.sha256)
    if blob is None:
        text = N_("The file of %(population)s was not kept, so nothing can rest on it. Import it again.")
        raise InvalidInput({"": say(text, population=population.key)})
    filed = file_working_paper(
        desk,
        title=f"Export {audit.key} {population.key}, {population.file_name}",
        stored=Stored(blob.sha256, blob.size, b""),
        file_name=population.file_name,
        remark=say(N_("Population of %(audit)s as it was imported."), audit=audit.key),
    )
    population.version_id = filed.version.id
    after = {"population": population.key, "sha256": blob.sha256, "evidence": filed.item.key}
    note(desk, audit, "audit.paper_filed", after, [population])
    return filed.version.id


def file_working_paper(
    desk: Desk, *, title: str, stored: Stored, file_name: str, remark: Sentence, before: int | None = None
) -> Filed:
    """File bytes as a working paper of an audit; `before` is the version this one follows."""
    version = desk.session.get_one(EvidenceVersion, before) if before else None
    item = desk.session.get_one(EvidenceItem, version.item_id) if version else None
    filing = Filing(
        kind=VersionKind.FILE,
        title=item.title if item else title[:300],
        effective_on=desk.today,
        period_from=desk.today,
        period_to=desk.today,
        sha256=stored.sha256,
        file_name=file_name,
        note=str(remark),
    )
    return file_own_document(desk, artefact=PAPER_ARTEFACT, filing=filing, stored=stored, item=item)


def examine_paper(desk: Desk, key: str, number: int, requirement: str) -> None:
    """Let a row of the checklist rest on the filed working paper, exactly this version. Raises InvalidInput."""
    audit = open_audit(desk, key)
    sample = sample_by_number(desk, audit, number)
    row = open_row(desk, audit, requirement)
    if sample.version_id is None:
        raise InvalidInput({"requirement": say(N_("File the working paper first."))})
    made, linked = bind(desk, row, sample.version_id), link_row(desk, sample, row)
    if made or linked:
        note(desk, audit, "audit.examined", {"requirement": requirement, "evidence": told(made)}, [row, *made, *linked])
