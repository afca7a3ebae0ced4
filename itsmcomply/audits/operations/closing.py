"""State what an audit came to, sign it off, and file its report as evidence of the audit's results."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.audits.content import content_digest, values
from itsmcomply.audits.kinds import Conclusion
from itsmcomply.audits.models import (
    Audit,
    AuditDate,
    AuditMember,
    AuditRow,
    AuditScope,
    AuditSession,
    RowEvidence,
    RowThread,
)
from itsmcomply.audits.operations.desk import audit_by_key, days_of, lead_of, note, refuse, team_of
from itsmcomply.audits.operations.team import refusal_of_team
from itsmcomply.audits.rules import (
    OPENING_TEXTS,
    RESULT_TEXTS,
    Act,
    Result,
    Tally,
    hindrances,
    problems_of_texts,
    require,
)
from itsmcomply.audits.sampling.kinds import ImportState
from itsmcomply.audits.sampling.models import (
    AuditPopulation,
    AuditSample,
    SampleAnswer,
    SampledRecord,
    SampleRow,
)
from itsmcomply.db import Base
from itsmcomply.errors import Conflict, InvalidInput, NotPermitted
from itsmcomply.evidence.filing import Filing
from itsmcomply.evidence.kinds import VersionKind
from itsmcomply.evidence.operations import Desk, Filed, file_own_document
from itsmcomply.evidence.store import Stored
from itsmcomply.findings.queries.history import standing_in_audit
from itsmcomply.permissions import Permission
from itsmcomply.wording import N_, Sentence, say

REPORT_ARTEFACT = "aud_rep"

PARTS: tuple[tuple[str, type[Base]], ...] = (
    ("dates", AuditDate),
    ("scope", AuditScope),
    ("team", AuditMember),
    ("timetable", AuditSession),
    ("rows", AuditRow),
    ("evidence", RowEvidence),
    ("threads", RowThread),
    ("populations", AuditPopulation),
    ("samples", AuditSample),
    ("sample rows", SampleRow),
    ("sampled records", SampledRecord),
    ("sample answers", SampleAnswer),
)
_SIGNING = {"signed_off_at", "signed_off_by", "content", "report_version_id", "report_sha256", "row_version"}


@dataclass(frozen=True, slots=True)
class Report:
    """The finished report: bytes the store holds, and the content (`content_of`) it was written from."""

    stored: Stored
    file_name: str
    content: str


def state_result(desk: Desk, key: str, result: Result, *, row_version: int) -> Audit:
    """Record what the audit came to and the closing meeting. The lead auditor's. Raises Conflict, InvalidInput."""
    desk.require(Permission.CONDUCT_AUDIT)
    audit = audit_by_key(desk, key)
    require(Act.STATE_RESULT, audit.state)
    _require_lead(desk, audit)
    result = _with_opening(result, audit)
    refuse(problems_of_texts({name: getattr(result, name) for name in (*RESULT_TEXTS, *OPENING_TEXTS)}))
    before = _result_texts(result_of(audit))
    after = _result_texts(result)
    if before == after:
        return audit
    if audit.row_version != row_version:
        raise Conflict("audit", key, before, after)
    for one in fields(result):
        value = getattr(result, one.name)
        setattr(audit, one.name, value.strip() if isinstance(value, str) else value)
    audit.row_version += 1
    changed = {name: text for name, text in after.items() if text != before[name]}
    note(desk, audit, "audit.result_stated", changed, [audit], before={name: before[name] for name in changed})
    return audit


def sign_off(desk: Desk, key: str, report: Report) -> Filed | None:
    """Close an audit for good. The lead auditor signs what the report was written from; it is filed for review.

    Raises InvalidInput with all that is still open, Conflict when anything changed since the report was written,
    NotPermitted for anybody but the lead auditor. None for an audit by the certification body: its report is theirs.
    """
    desk.require(Permission.CONDUCT_AUDIT)
    audit = audit_by_key(desk, key)
    require(Act.SIGN_OFF, audit.state)
    _require_lead(desk, audit)
    if open_points := still_open(desk, audit):
        raise InvalidInput({"": Sentence(" ".join(open_points), {})})
    if content_of(desk.session, audit) != report.content:
        raise Conflict("audit", key)
    filed = _filed_report(desk, audit, report) if audit.kind.is_own else None
    audit.signed_off_at, audit.signed_off_by, audit.content = desk.now, desk.actor.user_id, report.content
    audit.report_version_id = filed.version.id if filed else None
    audit.report_sha256 = report.stored.sha256 if filed else None
    audit.row_version += 1
    after: dict[str, object] = {"content": report.content, "report": audit.report_sha256}
    if filed:
        after["evidence"] = filed.item.key
    note(desk, audit, "audit.signed_off", after, [audit], facts=True)
    return filed


def still_open(desk: Desk, audit: Audit) -> tuple[Sentence, ...]:
    """What stands between this audit and its sign-off, in words. Three queries."""
    query = select(AuditRow.requirement, AuditRow.conclusion).where(AuditRow.audit_id == audit.id)
    found = {row.requirement: row.conclusion for row in desk.session.execute(query)}
    standing = standing_in_audit(desk.session, desk.system.id, audit.key)
    tally = tally_of(found, standing, imports_under_way(desk.session, audit.id))
    return hindrances(result_of(audit), tally, by_body=not audit.kind.is_own)


def imports_under_way(session: Session, audit_id: int) -> tuple[str, ...]:
    """The keys of populations still being read. One query."""
    query = select(AuditPopulation).where(
        AuditPopulation.audit_id == audit_id, AuditPopulation.state == ImportState.READING
    )
    return tuple(one.key for one in session.scalars(query.order_by(AuditPopulation.number)))


def tally_of(
    conclusions: Mapping[str, Conclusion | None], standing: Collection[str], reading: tuple[str, ...] = ()
) -> Tally:
    """Counts of a checklist. Conclusions by requirement; `standing`: requirements with a finding not withdrawn;
    `reading`: keys of populations still being imported.
    """
    values = conclusions.values()
    return Tally(
        rows=len(conclusions),
        concluded=sum(one is not None for one in values),
        counted=sum(one is not None and one.counts for one in values),
        not_sampled=sum(one is Conclusion.NOT_SAMPLED for one in values),
        unfounded=tuple(
            key for key, one in conclusions.items() if one is Conclusion.NONCONFORMITY and key not in standing
        ),
        reading=reading,
    )


def result_of(audit: Audit) -> Result:
    return Result(**{one.name: getattr(audit, one.name) for one in fields(Result)})


def content_of(session: Session, audit: Audit) -> str:
    """SHA-256 of everything the audit holds, apart from the signature itself. Eleven queries."""
    parts = {}
    for name, table in PARTS:
        columns = table.__table__.c
        query = select(table).where(columns.audit_id == audit.id).order_by(columns.id)
        parts[name] = list(session.scalars(query))
    head = {name: value for name, value in values(audit).items() if name not in _SIGNING}
    return content_digest(head, parts)


def _filed_report(desk: Desk, audit: Audit, report: Report) -> Filed:
    days = days_of(desk, audit)
    filing = Filing(
        kind=VersionKind.FILE,
        title=f"Audit report {audit.key}, {audit.title}"[:300],
        effective_on=desk.today,
        period_from=min(days.first_on, desk.today),
        period_to=desk.today,
        sha256=report.stored.sha256,
        file_name=report.file_name,
        note=str(say(N_("Filed when the lead auditor signed off %(audit)s."), audit=audit.key)),
        document_approver=desk.actor.name[:200],
        approved_on=desk.today,
    )
    return file_own_document(desk, artefact=REPORT_ARTEFACT, filing=filing, stored=report.stored)


def _require_lead(desk: Desk, audit: Audit) -> None:
    """Raise NotPermitted for anybody but the lead auditor; where that is somebody outside, another auditor of the team
    records it, and of an audit by the certification body any auditor.
    """
    team = team_of(desk, audit)
    lead = lead_of(team)
    if lead is not None and lead.user_id is None and audit.kind.is_own:
        if reason := refusal_of_team(team, desk.actor.user_id):
            raise NotPermitted(reason)
        return
    if lead is not None and lead.user_id in {None, desk.actor.user_id}:
        return
    raise NotPermitted(say(N_("Only the lead auditor states the result of an audit and signs it off.")))


def _with_opening(result: Result, audit: Audit) -> Result:
    """The result with what was noted at the beginning where it says nothing about it."""
    left = {name: getattr(audit, name) for name in OPENING_TEXTS if getattr(result, name) is None}
    return replace(result, **left)


def _result_texts(result: Result) -> dict[str, str]:
    found = {}
    for one in fields(result):
        value = getattr(result, one.name)
        found[one.name] = "" if value is None else str(value).strip()
    return found
