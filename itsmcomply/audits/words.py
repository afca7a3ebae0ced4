"""Words for the closed lists of audits. English, marked for translation; the edge translates. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from itsmcomply.audits.kinds import AuditKind, Conclusion, Extent, Method, State, TeamRole
from itsmcomply.audits.sampling import drawing
from itsmcomply.audits.tickets.model import Kind
from itsmcomply.wording import N_

KINDS: Mapping[AuditKind, str] = {
    AuditKind.INTERNAL: N_("Internal audit"),
    AuditKind.SUPPLIER: N_("Supplier audit"),
    AuditKind.STAGE_1: N_("Stage 1"),
    AuditKind.STAGE_2: N_("Stage 2"),
    AuditKind.SURVEILLANCE: N_("Surveillance"),
    AuditKind.RECERTIFICATION: N_("Recertification"),
}
METHODS: Mapping[Method, str] = {
    Method.ON_SITE: N_("On site"),
    Method.REMOTE: N_("Remote"),
    Method.MIXED: N_("On site and remote"),
}
STATES: Mapping[State, str] = {
    State.PLANNED: N_("Planned"),
    State.RUNNING: N_("In progress"),
    State.SIGNED_OFF: N_("Closed"),
    State.CANCELLED: N_("Cancelled"),
}
CONCLUSIONS: Mapping[Conclusion, str] = {
    Conclusion.CONFORMS: N_("Conforms"),
    Conclusion.NONCONFORMITY: N_("Nonconformity"),
    Conclusion.OBSERVATION: N_("Observation"),
    Conclusion.OPPORTUNITY: N_("Opportunity"),
    Conclusion.NOT_SAMPLED: N_("Not sampled"),
    Conclusion.NOT_TRIGGERED: N_("Not triggered"),
}
EXTENTS: Mapping[Extent, str] = {
    Extent.MET: N_("Yes"),
    Extent.PARTLY: N_("In part"),
    Extent.NOT_MET: N_("No"),
}
ROLES: Mapping[TeamRole, str] = {
    TeamRole.LEAD: N_("Lead auditor"),
    TeamRole.AUDITOR: N_("Auditor"),
    TeamRole.EXPERT: N_("Technical expert"),
    TeamRole.OBSERVER: N_("Observer"),
}
SAMPLE_METHODS: Mapping[drawing.Method, str] = {
    drawing.Method.RANDOM: N_("Random"),
    drawing.Method.STRATIFIED: N_("Stratified"),
    drawing.Method.SYSTEMATIC: N_("Systematic"),
}
STRATA: Mapping[str, str] = {"priority": N_("priority"), "month": N_("month opened"), "group": N_("group")}
RECORDS: Mapping[Kind, str] = {
    Kind.INCIDENT: N_("Incidents"),
    Kind.PROBLEM: N_("Problems"),
    Kind.CHANGE: N_("Changes"),
    Kind.REQUEST: N_("Requests"),
}
