"""The blueprint of audits, shared by the modules of its pages, and words for its closed lists."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from itsmcomply.audits.kinds import AuditKind, Competence, Conclusion, Extent, Method, State, TeamRole

blueprint = Blueprint("audits", __name__)

NUMBER = "int(max=2147483647)"

KINDS: Mapping[AuditKind, LazyString] = {
    AuditKind.INTERNAL: _l("Internal audit"),
    AuditKind.SUPPLIER: _l("Supplier audit"),
    AuditKind.STAGE_1: _l("Stage 1"),
    AuditKind.STAGE_2: _l("Stage 2"),
    AuditKind.SURVEILLANCE: _l("Surveillance"),
    AuditKind.RECERTIFICATION: _l("Recertification"),
}
METHODS: Mapping[Method, LazyString] = {
    Method.ON_SITE: _l("On site"),
    Method.REMOTE: _l("Remote"),
    Method.MIXED: _l("On site and remote"),
}
STATES: Mapping[State, LazyString] = {
    State.PLANNED: _l("Planned"),
    State.RUNNING: _l("In progress"),
    State.SIGNED_OFF: _l("Closed"),
    State.CANCELLED: _l("Cancelled"),
}
CONCLUSIONS: Mapping[Conclusion, LazyString] = {
    Conclusion.CONFORMS: _l("Conforms"),
    Conclusion.NONCONFORMITY: _l("Nonconformity"),
    Conclusion.OBSERVATION: _l("Observation"),
    Conclusion.OPPORTUNITY: _l("Opportunity"),
    Conclusion.NOT_SAMPLED: _l("Not sampled"),
    Conclusion.NOT_TRIGGERED: _l("Not triggered"),
}
MEANINGS: Mapping[Conclusion, LazyString] = {
    Conclusion.CONFORMS: _l("The requirement is met, and you can say on what that rests."),
    Conclusion.NONCONFORMITY: _l("A requirement is not met. It needs a finding."),
    Conclusion.OBSERVATION: _l("A weak point or a risk; no requirement is broken yet."),
    Conclusion.OPPORTUNITY: _l("A suggestion to do better, never for something that is broken."),
    Conclusion.NOT_SAMPLED: _l("Not looked at in this audit. It does not count as audited."),
    Conclusion.NOT_TRIGGERED: _l("What the requirement is about has not happened. It does not count as audited."),
}
EXTENTS: Mapping[Extent, LazyString] = {
    Extent.MET: _l("Yes"),
    Extent.PARTLY: _l("In part"),
    Extent.NOT_MET: _l("No"),
}
ROLES: Mapping[TeamRole, LazyString] = {
    TeamRole.LEAD: _l("Lead auditor"),
    TeamRole.AUDITOR: _l("Auditor"),
    TeamRole.EXPERT: _l("Technical expert"),
    TeamRole.OBSERVER: _l("Observer"),
}
SUBJECTS: Mapping[Competence, LazyString] = {
    Competence.AUDITING: _l("Auditing"),
    Competence.STANDARD: _l("ISO/IEC 20000-1"),
    Competence.ITSM: _l("IT service management"),
    Competence.SERVICES: _l("The services"),
}
