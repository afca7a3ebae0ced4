"""Words for actions, fields and values of the trail, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from itsmcomply.activity.reading import TrailRow
from itsmcomply.activity.rules import Plain

ACTIONS: Mapping[str, LazyString] = {
    "installation.created": _l("Installation made"),
    "person.added": _l("Person added"),
    "person.administrator": _l("Administrator changed"),
    "person.disabled": _l("Account closed"),
    "person.enabled": _l("Account opened"),
    "person.link_issued": _l("One-time link made"),
    "person.password_changed": _l("Password changed"),
    "person.preferences": _l("Preferences changed"),
    "person.signed_in": _l("Signed in"),
    "person.signed_out": _l("Signed out"),
    "person.signed_out_elsewhere": _l("Other browsers signed out"),
    "role.granted": _l("Role given"),
    "role.ended": _l("Role ended"),
    "system.created": _l("Management system added"),
    "system.organisation": _l("Organisation recorded"),
    "system.scope_statement": _l("Scope recorded"),
    "system.operating_since": _l("Operating since recorded"),
    "system.time_zone": _l("Time zone recorded"),
    "system.certification_body": _l("Certification body recorded"),
    "system.stage_1_on": _l("Stage 1 date recorded"),
    "system.stage_2_on": _l("Stage 2 date recorded"),
    "system.surveillance_on": _l("Surveillance date recorded"),
    "system.certified_on": _l("Certification date recorded"),
    "system.audit_window_reason": _l("Reason for longer audit interval recorded"),
    "system.management_review_on": _l("Management review date recorded"),
    "system.list_declared": _l("List declared complete"),
    "system.process_owner": _l("Process owner recorded"),
    "system.artefact_owner": _l("Artefact owner recorded"),
    "system.own_interval": _l("Own interval recorded"),
    "system.due_on": _l("Due date recorded"),
    "system.finding_limits": _l("Time limits of findings changed"),
    "management_review.planned": _l("Management review planned"),
    "management_review.moved": _l("Management review moved"),
    "management_review.cancelled": _l("Management review cancelled"),
    "management_review.held": _l("Day of the review recorded"),
    "management_review.attendance": _l("Attendance recorded"),
    "management_review.attendance_ended": _l("Taken off the attendance"),
    "management_review.input": _l("Input of the review written"),
    "management_review.decided": _l("Decision recorded"),
    "management_review.decision_ended": _l("Decision taken back"),
    "management_review.action_added": _l("Action of the review added"),
    "management_review.action_ended": _l("Action of the review taken back"),
    "management_review.action_followed": _l("Progress of an action recorded"),
    "management_review.stated": _l("Statement of the review made"),
    "management_review.signed": _l("Management review signed"),
    "finding.raised": _l("Finding raised"),
    "finding.edited": _l("Wording put right"),
    "finding.graded": _l("Grade or time limits changed"),
    "finding.corrected": _l("Correction recorded"),
    "finding.extent_stated": _l("Extent stated"),
    "finding.cause_stated": _l("Cause stated"),
    "finding.answered": _l("Finding answered"),
    "finding.action_added": _l("Corrective action added"),
    "finding.due_changed": _l("Due day of an action changed"),
    "finding.action_ended": _l("Corrective action given up"),
    "finding.action_completed": _l("Corrective action completed"),
    "finding.plan_submitted": _l("Plan submitted"),
    "finding.plan_accepted": _l("Plan accepted"),
    "finding.plan_returned": _l("Plan returned"),
    "finding.verified": _l("Effect verified"),
    "finding.not_effective": _l("Found not effective"),
    "finding.closed": _l("Finding closed"),
    "finding.reopened": _l("Finding reopened"),
    "finding.withdrawn": _l("Finding withdrawn"),
    "finding.evidence_bound": _l("Evidence attached"),
    "finding.evidence_unbound": _l("Evidence taken back"),
    "subject.added": _l("Put on the list"),
    "subject.ended": _l("Taken off the list"),
    "export.requested": _l("Export asked for"),
    "export.finished": _l("Export made"),
    "export.failed": _l("Export failed"),
    "export.cancelled": _l("Export cancelled"),
    "export.written": _l("Export written by command"),
    "control.created": _l("Control written"),
    "control.edited": _l("Control edited"),
    "control.retired": _l("Control retired"),
    "control.mapped": _l("Mapping changed"),
    "control.unmapped": _l("Mapping ended"),
    "controls.adopted": _l("Starter controls adopted"),
}
"""Actions whose own key would not read well; any other reads as its key in words."""

FIELDS: Mapping[str, LazyString] = {
    "operates": _l("What it operates"),
    "until": _l("Until"),
    "mapped": _l("Requirements"),
    "unmapped": _l("Requirements unmapped"),
    "single_keys": _l("Single keys"),
    "key": _l("For"),
    "sha256": _l("SHA-256"),
}

AREAS: Mapping[str, LazyString] = {
    "control": _l("Controls"),
    "controls": _l("Adoption of controls"),
    "evidence": _l("Evidence"),
    "export": _l("Exports"),
    "finding": _l("Findings"),
    "installation": _l("Installation"),
    "link": _l("Links"),
    "person": _l("People"),
    "review": _l("Reviews"),
    "role": _l("Roles"),
    "subject": _l("Services and parties"),
    "system": _l("Facts of the system"),
}


def action_label(entry: TrailRow | str) -> str:
    """What was done, in words; an entry that only ended a fact says so."""
    action = entry if isinstance(entry, str) else entry.action
    if isinstance(entry, TrailRow) and action.startswith("system.") and _only_ended(entry):
        return gettext("%(what)s: ended", what=str(ACTIONS.get(action, _in_words(action))))
    return str(ACTIONS.get(action) or _in_words(action))


def _only_ended(entry: TrailRow) -> bool:
    fact = entry.action.split(".", 1)[1]
    return any(c.field == fact and c.before and not c.after for c in entry.changes)


def _in_words(action: str) -> str:
    area, _, rest = action.partition(".")
    words = f"{area} {rest}" if rest else area
    return words.replace("_", " ").capitalize()


def field_label(name: str) -> str:
    return str(FIELDS.get(name) or name.replace("_", " ").capitalize())


def area_label(area: str) -> str:
    return str(AREAS.get(area) or area.replace("_", " ").capitalize())


def trail_value(value: Plain) -> str:
    """A value of an entry as text: lists by commas, yes and no, maps as "name: value"."""
    match value:
        case None | "":
            return gettext("none")
        case bool():
            return gettext("yes") if value else gettext("no")
        case list():
            return ", ".join(trail_value(part) for part in value) or gettext("none")
        case dict():
            return "; ".join(f"{field_label(k)}: {trail_value(v)}" for k, v in value.items())
        case _:
            return str(value)
