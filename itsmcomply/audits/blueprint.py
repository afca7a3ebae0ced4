"""The blueprint of audits, shared by the modules of its pages, and words for its closed lists."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from itsmcomply.audits import words
from itsmcomply.audits.kinds import AuditKind, Competence, Conclusion, Extent, Method, State, TeamRole

blueprint = Blueprint("audits", __name__)

NUMBER = "int(max=2147483647)"
THREADS = "itsmcomply.threads"
"""Where the threads auditors follow are kept in `app.extensions`."""

KINDS: Mapping[AuditKind, LazyString] = {key: _l(text) for key, text in words.KINDS.items()}
METHODS: Mapping[Method, LazyString] = {key: _l(text) for key, text in words.METHODS.items()}
STATES: Mapping[State, LazyString] = {key: _l(text) for key, text in words.STATES.items()}
CONCLUSIONS: Mapping[Conclusion, LazyString] = {key: _l(text) for key, text in words.CONCLUSIONS.items()}
MEANINGS: Mapping[Conclusion, LazyString] = {
    Conclusion.CONFORMS: _l("The requirement is met, and you can say on what that rests."),
    Conclusion.NONCONFORMITY: _l("A requirement is not met. It needs a finding."),
    Conclusion.OBSERVATION: _l("A weak point or a risk; no requirement is broken yet."),
    Conclusion.OPPORTUNITY: _l("A suggestion to do better, never for something that is broken."),
    Conclusion.NOT_SAMPLED: _l("Not looked at in this audit. It does not count as audited."),
    Conclusion.NOT_TRIGGERED: _l("What the requirement is about has not happened. It does not count as audited."),
}
EXTENTS: Mapping[Extent, LazyString] = {key: _l(text) for key, text in words.EXTENTS.items()}
ROLES: Mapping[TeamRole, LazyString] = {key: _l(text) for key, text in words.ROLES.items()}
SUBJECTS: Mapping[Competence, LazyString] = {
    Competence.AUDITING: _l("Auditing"),
    Competence.STANDARD: _l("ISO/IEC 20000-1"),
    Competence.ITSM: _l("IT service management"),
    Competence.SERVICES: _l("The services"),
}
