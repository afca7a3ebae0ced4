"""Pages of the audit programme: coverage, calendar, suggested plan, auditors; set up, change, approve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from itsmcomply.audits import blueprint as words
from itsmcomply.audits.blueprint import NUMBER, blueprint
from itsmcomply.audits.coverage import (
    ROUND_DAYS,
    Place,
    Priority,
    Standing,
    Suggested,
    places,
    priorities,
    suggested_plan,
)
from itsmcomply.audits.forms import ApproveForm, CompetenceForm, DraftForm, ProgrammeForm, ReasonForm, choices
from itsmcomply.audits.kinds import AuditKind, Competence, Method, State, TeamRole
from itsmcomply.audits.meanwhile import Meanwhile, merged, seen_of
from itsmcomply.audits.operations import (
    Assignment,
    Draft,
    Report,
    approve_programme,
    change_programme,
    create_programme,
    end_competence,
    plan_from_drafts,
    programme_content,
    record_competence,
)
from itsmcomply.audits.papers import download, keep, words_for
from itsmcomply.audits.queries.audits import AuditLine, audit_lines, evidence_on_file
from itsmcomply.audits.queries.interests import auditors, interests_of
from itsmcomply.audits.queries.programme import (
    ProgrammeView,
    competences,
    programme_view,
    programmes,
    signals,
    touches,
)
from itsmcomply.audits.rules import Plan
from itsmcomply.audits.word import programme_document
from itsmcomply.charts.timeline import Lane, Span, timeline
from itsmcomply.errors import Conflict, InvalidInput, NotPermitted
from itsmcomply.evidence.desk_web import desk
from itsmcomply.permissions import Permission
from itsmcomply.web.filters import date_text
from itsmcomply.web.filters import say as in_words
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader, require_person
from itsmcomply.web.page import stand_at, today
from itsmcomply.web.resources import resources
from itsmcomply.web.translations import readers_language

PROGRAMME = "/s/<slug>/audits/programme"
COMPETENCE_RECORDS = ("comp_rec", "appoint", "train_eval")
VIEWS = ("coverage", "calendar", "suggested", "auditors")


@dataclass(frozen=True, slots=True)
class Coverage:
    """The two matrices and the audits that are their columns, oldest first; `older` are left out of the columns."""

    columns: tuple[AuditLine, ...]
    clauses: tuple[Place, ...]
    processes: tuple[Place, ...]
    older: int = 0

    def count(self, standing: str) -> int:
        return sum(one.standing == standing for one in self.clauses)


@blueprint.get(PROGRAMME)
@requires(Permission.VIEW_SYSTEM)
def programme(slug: str) -> Response:
    """Is every clause and process audited in time, by someone impartial?"""
    return _page()


@blueprint.route(f"{PROGRAMME}/new", methods=["GET", "POST"])
@requires(Permission.PLAN_AUDIT)
def programme_new(slug: str) -> Response:
    form = ProgrammeForm()
    if form.validate_on_submit():
        try:
            with desk(Permission.PLAN_AUDIT) as work:
                create_programme(work, form.data_of())
        except InvalidInput as error:
            form.show(error)
        else:
            return redirect(url_for("audits.programme", slug=slug, view="suggested"), code=303)
    if request.method == "GET":
        year = today().year + (today().month > 9)
        form.from_on.data, form.to_on.data = date(year, 1, 1), date(year, 12, 31)
        form.name.data = _("Internal audits %(year)s", year=year)
        form.objectives.data = _(
            "Every clause and every process is audited within twelve months, by someone impartial."
        )
        form.methods.data = _("Interviews, documents, and samples of records; a report within two weeks.")
    return _programme_form(form, None)


@blueprint.route(f"{PROGRAMME}/<key>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_AUDIT)
def programme_edit(slug: str, key: str) -> Response:
    found = programme_view(reader(), current_system().id, key)
    form = ProgrammeForm()
    if form.validate_on_submit():
        try:
            with desk(Permission.PLAN_AUDIT) as work:
                change_programme(work, key, form.data_of(), row_version=form.row_version.data or 0)
        except InvalidInput as error:
            form.show(error)
        except Conflict:
            stored = _filled(programme_view(reader(), current_system().id, key))
            return _programme_form(form, found, merged(form, stored, "audit programme", key))
        else:
            return redirect(url_for("audits.programme", slug=slug), code=303)
    return _programme_form(form if form.is_submitted() else _filled(found), found)


@blueprint.post(f"{PROGRAMME}/<key>/approve")
@requires(Permission.PLAN_AUDIT)
def programme_approve(slug: str, key: str) -> Response:
    """Approve the programme as it stands; the document is written from it, kept and filed."""
    form = ApproveForm()
    found = programme_view(reader(), current_system().id, key)
    if found.row.created_by == require_person().actor.user_id:
        raise NotPermitted(_("You set this programme up, so somebody else approves it."))
    digest = programme_content(reader(), found.row)
    name = f"{key}-audit-programme.docx"
    stored = keep(_document(found), name)
    try:
        with desk(Permission.PLAN_AUDIT) as work:
            item = approve_programme(work, key, Report(stored, name, digest), note=form.note.data or "").item.key
    except Conflict:
        flash(_("The programme was changed while you approved it. Look at it, then approve it again."), "error")
        return _back("coverage", key)
    flash(_("%(key)s is approved and filed as %(item)s, which waits for review.", key=key, item=item), "success")
    return _back("coverage", key)


@blueprint.get(f"{PROGRAMME}/<key>/programme.docx")
@requires(Permission.VIEW_SYSTEM)
def programme_docx(slug: str, key: str) -> Response:
    return download(_document(programme_view(reader(), current_system().id, key)), f"{key}-audit-programme.docx")


@blueprint.post(f"{PROGRAMME}/<key>/plan")
@requires(Permission.PLAN_AUDIT)
def programme_plan(slug: str, key: str) -> Response:
    """Plan the audits chosen from the suggested plan, with their teams, all or none."""
    form = DraftForm()
    drafts = suggestion(_start(form.start.data, programme_view(reader(), current_system().id, key)))
    form.keep.choices = choices((one.title, one.title) for one in drafts)
    chosen = [one for one in drafts if one.title in (form.keep.data or [])]
    if not form.validate_on_submit() or not chosen:
        flash(_("Choose at least one audit of the suggested plan."), "error")
        return _back("suggested", key)
    try:
        with desk(Permission.PLAN_AUDIT) as work:
            made = plan_from_drafts(work, key, [_draft(one) for one in chosen])
    except InvalidInput as error:
        flash(" ".join(in_words(one) for one in error.errors.values()), "error")
        return _back("suggested", key)
    told = ngettext("%(num)d audit is planned.", "%(num)d audits are planned.", len(made))
    flash(told + " " + _("The programme can be approved."), "success")
    return _back("coverage", key)


@blueprint.post(f"{PROGRAMME}/auditors")
@requires(Permission.PLAN_AUDIT)
def competence(slug: str) -> Response:
    form = _competence_form(CompetenceForm())
    if form.validate_on_submit():
        try:
            with desk(Permission.PLAN_AUDIT) as work:
                record_competence(
                    work,
                    user_id=form.user_id.data,
                    subject=form.subject_of(),
                    text=form.text.data or "",
                    item_key=form.item.data or "",
                    valid_until=form.valid_until.data,
                )
        except InvalidInput as error:
            form.show(error)
        else:
            return redirect(url_for("audits.programme", slug=slug, view="auditors"), code=303)
    return _page(view="auditors", competence_form=form, status=422)


@blueprint.post(f"{PROGRAMME}/auditors/<{NUMBER}:record>/end")
@requires(Permission.PLAN_AUDIT)
def competence_end(slug: str, record: int) -> Response:
    form = ReasonForm()
    try:
        with desk(Permission.PLAN_AUDIT) as work:
            end_competence(work, record, reason=form.reason.data or "")
    except InvalidInput as error:
        flash(" ".join(in_words(one) for one in error.errors.values()), "error")
    return redirect(url_for("audits.programme", slug=slug, view="auditors"), code=303)


def coverage(lines: list[AuditLine], programme: ProgrammeView | None = None) -> Coverage:
    """Clause x audit and process x audit, with the audits of a programme and those of the last round or to come."""
    catalogue, found = resources().catalogue, touches(reader(), current_system().id, lines)
    auditable = {c.number: c.label for c in catalogue.clauses.values() if c.auditable}
    process_of = {number: catalogue.clauses[number].process for number in auditable}
    names = {p.key: p.name for p in catalogue.processes.values()}
    known = [touch for touch in found if touch.clause in auditable]
    internal = [one for one in lines if one.kind is AuditKind.INTERNAL and one.state is not State.CANCELLED]
    since, mine = today() - timedelta(days=ROUND_DAYS), programme.row.id if programme else 0
    shown = [one for one in internal if (one.signed_on or one.last_on) >= since or one.programme_id == mine]
    return Coverage(
        tuple(sorted(shown, key=lambda one: (one.first_on, one.key))),
        _gaps_first(places(auditable, known, today())),
        _gaps_first(places(names, known, today(), group=process_of)),
        len(internal) - len(shown),
    )


def _gaps_first(found: list[Place]) -> tuple[Place, ...]:
    order = [Standing.UNCOVERED, Standing.OVERDUE, Standing.PLANNED, Standing.AUDITED]
    return tuple(sorted(found, key=lambda one: order.index(one.standing)))


def suggestion(start: date) -> list[Suggested]:
    """The suggested plan from a day on, by what is known today."""
    found = coverage(audit_lines(reader(), current_system().id))
    return _suggested_from(_ranked(found), start)


def _ranked(found: Coverage) -> list[Priority]:
    ages = {place.key: place.age for place in found.processes}
    known = signals(reader(), current_system().id, resources().catalogue, today(), ages)
    return priorities(resources().catalogue, known)


def _suggested_from(ranked: list[Priority], start: date) -> list[Suggested]:
    system = current_system()
    people = auditors(reader(), system.id, today())
    who = interests_of(reader(), system.id, [one.user_id for one in people])
    return suggested_plan(resources().catalogue, ranked, [who[one.user_id] for one in people], start)


def _start(wanted: date | None, programme: ProgrammeView | None = None) -> date:
    """The first day of a suggested plan: as wished within two years from today, else in two weeks, or when the
    programme begins.
    """
    usual = max(today() + timedelta(days=14), programme.row.from_on if programme else today())
    return wanted if wanted and today() <= wanted <= today() + timedelta(days=730) else usual


def _back(view: str, key: str) -> Response:
    page = url_for("audits.programme", slug=current_system().slug, view=view, programme=key)
    return redirect(page, code=303)


def _draft(one: Suggested) -> Draft:
    parts = [part for part in one.parts if part.user_id is not None]
    whole = len(parts) == 1 and len(parts[0].clauses) == len(one.clauses)
    team = [
        Assignment(TeamRole.AUDITOR if place else TeamRole.LEAD, part.user_id, part=() if whole else part.clauses)
        for place, part in enumerate(parts)
    ]
    return Draft(
        Plan(
            kind=AuditKind.INTERNAL,
            title=one.title,
            objectives=_("Find out whether the processes meet the requirements and are effective."),
            criteria=_("ISO/IEC 20000-1:2018 and the organisation's own requirements"),
            method=Method.MIXED,
            first_on=one.first_on,
            last_on=one.last_on,
            clauses=one.clauses,
            reasons="\n".join(one.reasons),
        ),
        tuple(team),
    )


def _document(found: ProgrammeView) -> bytes:
    mine = [one for one in audit_lines(reader(), current_system().id) if one.programme_id == found.row.id]
    with readers_language():
        return programme_document(found.row, mine, resources().catalogue, words_for(reader()))


def _page(*, view: str = "", competence_form: CompetenceForm | None = None, status: int = 200) -> Response:
    stand_at("audits.programme")
    wanted = view or request.args.get("view", "coverage")
    wanted = wanted if wanted in VIEWS else "coverage"
    system = current_system()
    lines = audit_lines(reader(), system.id)
    known = programmes(reader(), system.id)
    asked = request.args.get("programme", "")
    current = next((one for one in known if one.row.key == asked), known[0] if known else None)
    found = coverage(lines, current)
    text = render_template(
        "audits/programme.html",
        view=wanted,
        found=found,
        lines=lines,
        programmes=known,
        current=current,
        changed=bool(
            current and current.approved and programme_content(reader(), current.row) != current.approved.content
        ),
        planned=[one for one in lines if current and one.programme_id == current.row.id],
        picture=_calendar(lines, current) if wanted == "calendar" and lines else "",
        w=words,
        say=in_words,
        me=require_person().actor.user_id,
        may_plan=require_person().actor.may(Permission.PLAN_AUDIT, system.id),
        clauses=resources().catalogue.clauses,
        **(_suggested_view(found, current) if wanted == "suggested" else {}),
        **(_auditors_view(competence_form) if wanted == "auditors" else {}),
    )
    return make_response(text, status)


def _suggested_view(found: Coverage, current: ProgrammeView | None) -> dict[str, object]:
    ranked, form = _ranked(found), DraftForm(request.args, meta={"csrf": False})
    start = _start(form.start.data, current)
    processes = resources().catalogue.processes
    wanted = {one.key for one in found.clauses if one.standing in {Standing.UNCOVERED, Standing.OVERDUE}}
    return {
        "start": start,
        "drafts": [(one, wanted & set(one.clauses)) for one in _suggested_from(ranked, start)],
        "ranked": [(processes[one.process].name, one) for one in ranked if one.points],
    }


def _auditors_view(form: CompetenceForm | None) -> dict[str, object]:
    """Who knows what, what nothing shows yet, and the records that could show it."""
    system_id = current_system().id
    known = competences(reader(), system_id, today())
    valid = {(one.name, one.subject) for one in known if one.valid}
    people = [one.name for one in auditors(reader(), system_id, today())]
    return {
        "competences": known,
        "gaps": [(name, [one for one in Competence if (name, one) not in valid]) for name in people],
        "shown_by": evidence_on_file(reader(), system_id, COMPETENCE_RECORDS, today()),
        "competence_form": form or _competence_form(CompetenceForm(formdata=None)),
    }


def _calendar(lines: list[AuditLine], current: ProgrammeView | None) -> str:
    """The audits in time: one lane each, over the programme or the twelve months ahead."""
    shown = sorted((one for one in lines if one.state is not State.CANCELLED), key=lambda one: one.first_on)
    first = min([one.first_on for one in shown] + [today()] + ([current.row.from_on] if current else []))
    last = max([one.last_on for one in shown] + ([current.row.to_on] if current else [today() + timedelta(days=365)]))
    lanes = [Lane(f"{one.key} {one.title}", (Span(one.first_on, one.last_on, _tone(one), one.lead),)) for one in shown]
    desc = "; ".join(f"{one.key}: {date_text(one.first_on)}" for one in shown)
    return timeline(
        lanes,
        key="programme",
        title=_("Audits in time"),
        desc=desc or _("No audit is planned."),
        first=first,
        last=last,
        marks=[(today(), _("today"))],
    )


def _tone(line: AuditLine) -> str:
    if line.state is State.SIGNED_OFF:
        return "done"
    if line.state is State.RUNNING:
        return "now"
    return "late" if line.last_on < today() else "planned"


def _competence_form(form: CompetenceForm) -> CompetenceForm:
    form.user_id.choices = choices((p.user_id, p.name) for p in auditors(reader(), current_system().id, today()))
    return form


def _filled(found: ProgrammeView) -> ProgrammeForm:
    """The form as the programme stands."""
    form = ProgrammeForm(formdata=None, obj=found.row)
    form.seen.data = seen_of(form)
    return form


def _programme_form(form: ProgrammeForm, found: ProgrammeView | None, clash: Meanwhile | None = None) -> Response:
    stand_at("audits.programme")
    text = render_template("audits/programme_form.html", form=form, found=found, clash=clash)
    return make_response(text, 409 if clash else 422 if form.is_submitted() else 200)
