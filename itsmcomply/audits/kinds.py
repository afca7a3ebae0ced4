"""The closed lists of audits: types, methods, conclusions, parts of a team, what competence is about. Pure."""

from __future__ import annotations

from enum import StrEnum

from itsmcomply.evidence.kinds import Standing


class AuditKind(StrEnum):
    """Who audits whom, and in which part of the certification cycle."""

    INTERNAL = "internal"
    SUPPLIER = "supplier"
    STAGE_1 = "stage_1"
    STAGE_2 = "stage_2"
    SURVEILLANCE = "surveillance"
    RECERTIFICATION = "recertification"

    @property
    def is_own(self) -> bool:
        """The organisation audits, itself or a supplier; the others are audits by the certification body."""
        return self in {AuditKind.INTERNAL, AuditKind.SUPPLIER}


PREFIXES: dict[AuditKind, str] = {
    AuditKind.INTERNAL: "IA",
    AuditKind.SUPPLIER: "SA",
    AuditKind.STAGE_1: "S1",
    AuditKind.STAGE_2: "S2",
    AuditKind.SURVEILLANCE: "SU",
    AuditKind.RECERTIFICATION: "RC",
}
"""First letters of an audit's key."""


class Method(StrEnum):
    """Where auditor and auditee are (ISO 19011:2018 annex A)."""

    ON_SITE = "on_site"
    REMOTE = "remote"
    MIXED = "mixed"


class State(StrEnum):
    """Where an audit stands."""

    PLANNED = "planned"
    RUNNING = "running"
    SIGNED_OFF = "signed_off"
    CANCELLED = "cancelled"


class Conclusion(StrEnum):
    """What the auditor concluded about one requirement."""

    CONFORMS = "conforms"
    NONCONFORMITY = "nonconformity"
    OBSERVATION = "observation"
    OPPORTUNITY = "opportunity"
    NOT_SAMPLED = "not_sampled"
    NOT_TRIGGERED = "not_triggered"

    @property
    def counts(self) -> bool:
        """Whether the requirement has been audited by it (policy: gates.rows_not_counted)."""
        return self not in {Conclusion.NOT_SAMPLED, Conclusion.NOT_TRIGGERED}


class Extent(StrEnum):
    """How far the audit criteria are met, or how effective the system is: the two conclusions of every audit."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"


class TeamRole(StrEnum):
    """What somebody does in an audit team."""

    LEAD = "lead"
    AUDITOR = "auditor"
    EXPERT = "expert"
    OBSERVER = "observer"

    @property
    def audits(self) -> bool:
        """Experts advise and observers watch; neither concludes."""
        return self in {TeamRole.LEAD, TeamRole.AUDITOR}


class ScopeKind(StrEnum):
    """What a line of an audit's scope names. Processes are named through their clauses."""

    CLAUSE = "clause"
    SERVICE = "service"
    SITE = "site"


class Competence(StrEnum):
    """What an auditor has to know (ISO/IEC 20000-1:2018 7.2, ISO 19011:2018 7.2)."""

    AUDITING = "auditing"
    STANDARD = "standard"
    ITSM = "itsm"
    SERVICES = "services"


SHOWS_NOTHING = frozenset({Standing.WITHDRAWN, Standing.REJECTED})
"""Where an item of evidence stands that does not show, or no longer, what an auditor knows."""
