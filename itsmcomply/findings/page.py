"""The page of one finding: what it shows, and one form for each act, of which one may come back with errors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from itsmcomply.activity.queries import entries_for
from itsmcomply.errors import InvalidInput
from itsmcomply.findings.dossiers import Dossier
from itsmcomply.findings.duties import Person, person_of
from itsmcomply.findings.forms import (
    CAUSE_LINES,
    AcceptForm,
    ActionForm,
    AnswerForm,
    CauseForm,
    CloseForm,
    CompleteForm,
    CorrectionForm,
    DueForm,
    EvidenceForm,
    ExtentForm,
    GradeForm,
    ReasonForm,
    ReturnForm,
    VerifyForm,
)
from itsmcomply.findings.kinds import CauseCategory, CauseMethod, Source
from itsmcomply.findings.queries.choices import VersionChoice, artefacts_for, likely_versions, versions_named
from itsmcomply.findings.queries.finding import FindingPage, finding_page
from itsmcomply.findings.queries.limits import limits_of
from itsmcomply.findings.queries.people import people_who_answer, people_who_decide
from itsmcomply.permissions import Permission
from itsmcomply.web.forms import Form
from itsmcomply.web.identity import current_system, reader, require_person
from itsmcomply.web.page import address, stand_at, today
from itsmcomply.web.resources import resources


@dataclass(frozen=True, slots=True)
class Posted:
    """A form that came back: its name on the page, and for actions which one it is about."""

    name: str
    form: Form
    number: int = 0


def this_person() -> Person:
    return person_of(require_person().actor, current_system().id)


def read_finding(key: str) -> FindingPage:
    """The finding of this key in the system of this address. Raises NotFound."""
    shared = resources()
    return finding_page(
        reader(),
        shared.catalogue,
        shared.policy.caps,
        current_system().id,
        key,
        person=this_person(),
        today=today(),
    )


def show_finding(key: str, posted: Posted | None = None) -> str:
    """The page of a finding; `posted` takes the place of the fresh form of its name."""
    stand_at("findings.index")
    found = read_finding(key)
    session, system, day = reader(), current_system(), today()
    likely = likely_versions(session, system.id, artefacts_for(resources().catalogue, found.dossier.requirements))
    people = people_who_answer(session, system.id, day)
    deciders = people_who_decide(session, system.id, day)
    forms = _forms(found, likely, [(person.user_id, person.name) for person in people])
    if posted is not None:
        forms[posted.name] = posted.form
        if isinstance(posted.form, EvidenceForm):
            posted.form.offer(choices_of(likely))
        if isinstance(posted.form, ActionForm):
            posted.form.offer_owners([(person.user_id, person.name) for person in people])
    actor = require_person().actor
    return render_template(
        "findings/finding.html",
        found=found,
        finding=found.dossier.finding,
        forms=forms,
        posted=posted,
        catalogue=resources().catalogue,
        deciders=[person.name for person in deciders if person.user_id not in found.case.involved],
        activity=entries_for(session, system.id, "finding", key, limit=12),
        may_trail=actor.may(Permission.VIEW_ACTIVITY, system.id),
        trail_url=address("activity.trail", slug=system.slug, record=key),
        report_url=address("reports.nonconformity", slug=system.slug, key=key),
        audit_url=_audit_url(found.dossier),
        today=day,
    )


def _audit_url(dossier: Dossier) -> str | None:
    """The audit it came from, where the product holds it."""
    key = dossier.finding.audit_key
    return address("audits.audit", slug=current_system().slug, key=key) if key else None


def choices_of(versions: tuple[VersionChoice, ...]) -> list[tuple[int, str]]:
    """Versions as a list of boxes names them."""
    return [
        (v.id, _("%(key)s version %(number)s: %(title)s", key=v.key, number=v.number, title=v.title)) for v in versions
    ]


def picked_versions(form: EvidenceForm) -> tuple[int, ...]:
    """The versions a form names. Raises InvalidInput (`refs`) for a number that is none."""
    named, unknown = versions_named(reader(), current_system().id, form.names)
    if unknown:
        text = _("There is no %(name)s in the register. Write numbers as EV-0142 or EV-0142/2.", name=unknown[0])
        raise InvalidInput({"refs": text})
    return tuple(dict.fromkeys((*(form.picked.data or []), *named)))


def _forms(found: FindingPage, likely: tuple[VersionChoice, ...], people: list[tuple[int, str]]) -> dict[str, Any]:
    """A fresh form for each act, filled with what stands there."""
    day, dossier = today(), found.dossier
    made: dict[str, Any] = {
        "correction": _correction(dossier, day),
        "extent": _extent(dossier),
        "cause": _cause(dossier),
        "action": ActionForm(formdata=None, prefix="action", data={"due_on": _default_due(found, day)}),
        "complete": CompleteForm(formdata=None, prefix="complete"),
        "due": DueForm(formdata=None, prefix="due"),
        "end": ReasonForm(formdata=None, prefix="end"),
        "accept": AcceptForm(formdata=None, prefix="accept", data={"effect_days": _effect_days(found)}),
        "return": ReturnForm(formdata=None, prefix="return"),
        "verify": VerifyForm(formdata=None, prefix="verify"),
        "answer": AnswerForm(formdata=None, prefix="answer"),
        "close": CloseForm(formdata=None, prefix="close"),
        "reopen": ReasonForm(formdata=None, prefix="reopen"),
        "withdraw": ReasonForm(formdata=None, prefix="withdraw"),
        "grade": _grade(dossier),
        "unbind": ReasonForm(formdata=None, prefix="unbind"),
    }
    made["action"].offer_owners(people)
    for form in made.values():
        if isinstance(form, EvidenceForm):
            form.offer(choices_of(likely))
    return made


def _correction(dossier: Dossier, day: date) -> CorrectionForm:
    last = dossier.corrections[-1] if dossier.corrections else None
    data = {"text": last.text, "done_on": last.done_on, "done_by": last.done_by} if last else {"done_on": day}
    return CorrectionForm(formdata=None, prefix="correction", data=data)


def _extent(dossier: Dossier) -> ExtentForm:
    mine = [extent for extent in dossier.extents if extent.round == dossier.finding.round]
    data = {}
    if mine:
        elsewhere = "yes" if mine[-1].elsewhere else "no"
        data = {"looked": mine[-1].looked, "result": mine[-1].result, "elsewhere": elsewhere}
    return ExtentForm(formdata=None, prefix="extent", data=data)


def _cause(dossier: Dossier) -> CauseForm:
    mine = [cause for cause in dossier.causes if cause.row.round == dossier.finding.round]
    data: dict[str, str] = {"method": CauseMethod.FIVE_WHYS.value}
    if mine:
        row, lines = mine[-1].row, mine[-1].lines
        data = {"method": row.method.value, "root_cause": row.root_cause, "explains": row.explains}
        if row.method is CauseMethod.FIVE_WHYS:
            data |= {f"why{line.position}": line.text for line in lines}
        for category in CauseCategory:
            if category is not CauseCategory.NONE:
                data[CAUSE_LINES[category]] = "\n".join(line.text for line in lines if line.category is category)
    return CauseForm(formdata=None, prefix="cause", data=data)


def _grade(dossier: Dossier) -> GradeForm:
    entry = dossier.grade
    data = {
        "grade": entry.grade.value,
        "plan_due_on": entry.plan_due_on,
        "closure_due_on": entry.closure_due_on,
    }
    return GradeForm(formdata=None, prefix="grade", data=data)


def _default_due(found: FindingPage, day: date) -> date:
    """A month on, but early enough before the closing is due to verify the effect."""
    closing = found.case.closure_due_on
    latest = closing - timedelta(days=_effect_days(found)) if closing else day + timedelta(days=30)
    return max(day, min(latest, day + timedelta(days=30)))


def _effect_days(found: FindingPage) -> int:
    by_body = found.dossier.finding.source is Source.CERTIFICATION_BODY
    return limits_of(
        reader(), resources().catalogue, current_system().id, found.case.grade, by_body=by_body
    ).effect_days
