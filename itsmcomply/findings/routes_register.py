"""The register of findings with its charts, raising a finding, time limits."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from itsmcomply.errors import InvalidInput
from itsmcomply.evidence.desk_web import carried_out, desk, freshen
from itsmcomply.findings.blueprint import blueprint
from itsmcomply.findings.charts import age_chart, clause_chart, grade_chart
from itsmcomply.findings.dossiers import certificate_end
from itsmcomply.findings.forms import LimitsForm, RaiseForm
from itsmcomply.findings.kinds import Grade, Source
from itsmcomply.findings.operations import raise_finding, set_limits
from itsmcomply.findings.page import choices_of, picked_versions
from itsmcomply.findings.queries.choices import artefacts_for, likely_versions
from itsmcomply.findings.queries.limits import all_limits
from itsmcomply.findings.queries.lines import Filters, FindingLine, filtered, finding_lines, tally
from itsmcomply.findings.queries.people import people_who_answer
from itsmcomply.findings.rules import State
from itsmcomply.findings.statements import suggestions
from itsmcomply.permissions import Permission
from itsmcomply.web.filters import label
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader, require_person
from itsmcomply.web.page import address, asked_text, stand_at, today
from itsmcomply.web.resources import resources

PAGE_ROWS = 50


def asked_for() -> Filters:
    """The filters of the address; "me" is this person."""
    given = {name: asked_text(name) for name in ("state", "grade", "process", "clause", "owner", "q")}
    if given["owner"] == "me":
        given["owner"] = str(require_person().actor.user_id)
    return Filters(**given, overdue=bool(request.args.get("overdue")))


def wanted_lines() -> tuple[tuple[FindingLine, ...], tuple[FindingLine, ...]]:
    """The lines the address asks for, and all of them."""
    every = finding_lines(reader(), resources().catalogue, current_system().id, today())
    return filtered(every, asked_for()), every


@blueprint.get("/s/<slug>/findings")
@requires(Permission.VIEW_SYSTEM)
def index(slug: str) -> str:
    catalogue = resources().catalogue
    shown, every = wanted_lines()
    counts = tally(shown, catalogue)
    number = _page_number(len(shown))
    first = (number - 1) * PAGE_ROWS
    actor = require_person().actor
    people = people_who_answer(reader(), current_system().id, today())
    return render_template(
        "findings/index.html",
        lines=shown[first : first + PAGE_ROWS],
        first=first + 1 if shown else 0,
        found=len(shown),
        every=len(every),
        open_count=sum(1 for line in every if line.is_open),
        late_count=sum(1 for line in every if line.delays),
        filters=asked_for(),
        chips=_chips(),
        clear_url=url_for("findings.index", slug=slug),
        previous_url=_with(p=number - 1) if number > 1 else "",
        next_url=_with(p=number + 1) if first + PAGE_ROWS < len(shown) else "",
        charts=(clause_chart(counts, catalogue), grade_chart(counts), age_chart(counts)) if shown else (),
        states=[(state.value, label(state, "finding_state")) for state in State],
        grades=[(grade.value, label(grade, "grade")) for grade in Grade],
        catalogue=catalogue,
        people=people,
        may_raise=actor.may(Permission.RAISE_FINDING, current_system().id),
        may_export=actor.may(Permission.EXPORT, current_system().id),
        export_url=_export_url(slug),
        today=today(),
    )


def _page_number(count: int) -> int:
    text = request.args.get("p", "1")
    wanted = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
    return max(1, min(wanted, -(-count // PAGE_ROWS) or 1))


def _export_url(slug: str) -> str | None:
    url = address("reports.finding_register", slug=slug)
    query = urlencode([(k, v) for k, v in request.args.items(multi=True) if k not in {"p", "as-of"} and v])
    return f"{url}?{query}" if url and query else url


def _with(**changes: object) -> str:
    """This address with some of its query changed; None takes one out."""
    given: dict[str, Any] = {**request.args.to_dict(), **changes}
    query = urlencode({name: value for name, value in given.items() if value not in (None, "")})
    return f"{request.path}?{query}" if query else request.path


def _chips() -> list[tuple[str, str]]:
    """Active filters in words, each with the address without it."""
    filters, catalogue = asked_for(), resources().catalogue
    names = {person.user_id: person.name for person in people_who_answer(reader(), current_system().id, today())}
    words = {
        "state": _("open") if filters.state == "open" else label(filters.state, "finding_state"),
        "grade": label(filters.grade, "grade"),
        "process": catalogue.processes[filters.process].name
        if filters.process in catalogue.processes
        else filters.process,
        "clause": _("clause %(number)s", number=filters.clause),
        "owner": names.get(int(filters.owner), filters.owner) if filters.owner.isdecimal() else filters.owner,
        "overdue": _("overdue"),
        "q": f"“{filters.q}”",
    }
    given = asdict(filters)
    return [(str(text), _with(**{name: None, "p": None})) for name, text in words.items() if given[name]]


@blueprint.get("/s/<slug>/findings/new")
@requires(Permission.RAISE_FINDING)
def new(slug: str) -> str:
    """The form for a new finding, filled with what the address gives (requirement, source, grade)."""
    args = request.args
    grade, source = args.get("grade", ""), args.get("source", "")
    data = {
        "requirements": args.get("requirement", "")[:400],
        "title": args.get("title", "")[:300],
        "statement": args.get("statement", "")[:2000],
        "source": source if source in set(Source) else Source.OWN,
        "source_ref": args.get("ref", "")[:300],
        "grade": grade if grade in set(Grade) else None,
        "at_process": args.get("process", ""),
        "found_on": today(),
    }
    return _new_page(RaiseForm(formdata=None, data=data))


@blueprint.post("/s/<slug>/findings/new")
@requires(Permission.RAISE_FINDING)
def new_send(slug: str) -> Response | tuple[str, int]:
    form = RaiseForm()
    _offer(form)
    if form.look.data or form.words.data:
        form.take_words(suggestions(resources().catalogue, form.requirement_ids))
        return _new_page(form), 200
    if form.validate():
        try:
            versions = picked_versions(form)
            with desk(Permission.RAISE_FINDING) as at:
                key = raise_finding(at, form.raising(versions)).key
        except InvalidInput as refused:
            form.show(refused)
        else:
            flash(_("%(key)s is raised.", key=key), "success")
            return redirect(url_for("findings.finding", slug=slug, key=key))
    return _new_page(form), 422


def _offer(form: RaiseForm) -> None:
    catalogue, system = resources().catalogue, current_system()
    people = people_who_answer(reader(), system.id, today())
    form.offer_choices(catalogue, [(person.user_id, person.name) for person in people])


def _new_page(form: RaiseForm) -> str:
    stand_at("findings.index")
    freshen()
    _offer(form)
    catalogue, system = resources().catalogue, current_system()
    known = [key for key in form.requirement_ids if key in catalogue.requirements]
    likely = likely_versions(reader(), system.id, artefacts_for(catalogue, known)) if known else ()
    form.offer(choices_of(likely))
    return render_template(
        "findings/new.html",
        form=form,
        known=[catalogue.requirements[key] for key in known],
        common=suggestions(catalogue, tuple(known)),
        catalogue=catalogue,
        limits=all_limits(reader(), catalogue, system.id),
    )


@blueprint.get("/s/<slug>/findings/limits")
@requires(Permission.VIEW_SYSTEM)
def limits(slug: str) -> str:
    return _limits_page(None)


@blueprint.post("/s/<slug>/findings/limits/<grade>/<by>")
@requires(Permission.EDIT_SYSTEM)
def limits_send(slug: str, grade: str, by: str) -> Response | tuple[str, int]:
    """Set the days of one grade, for own findings or those of the certification body."""
    form = LimitsForm(prefix=f"{grade}-{by}")
    if not carried_out(form, Permission.EDIT_SYSTEM, lambda at: _set(at, form, grade, by)):
        return _limits_page((grade, by, form)), 422
    flash(_("Saved. It holds for findings raised from now on."), "success")
    return redirect(url_for("findings.limits", slug=slug))


def _set(at: Any, form: LimitsForm, grade: str, by: str) -> None:
    if grade not in set(Grade) or by not in {"own", "body"}:
        raise InvalidInput({"": _("There is no such grade.")})
    set_limits(at, grade=Grade(grade), by_body=by == "body", limits=form.limits())


def _limits_page(posted: tuple[str, str, LimitsForm] | None) -> str:
    stand_at("findings.index")
    catalogue, system = resources().catalogue, current_system()
    forms = {}
    for (by_body, grade), found in all_limits(reader(), catalogue, system.id).items():
        if grade is Grade.STRENGTH:
            continue
        by = "body" if by_body else "own"
        forms[by, grade.value] = LimitsForm(formdata=None, prefix=f"{grade.value}-{by}", data=asdict(found))
    if posted is not None and (posted[1], posted[0]) in forms:
        forms[posted[1], posted[0]] = posted[2]
    return render_template(
        "findings/limits.html",
        forms=forms,
        meanings={grade.grade: grade for grade in catalogue.finding_grades},
        ends_on=certificate_end(reader(), catalogue, system.id),
        may_edit=require_person().actor.may(Permission.EDIT_SYSTEM, system.id),
    )


def chosen_in_words() -> str:
    """The active filters as one sentence; "" when none is."""
    words = ", ".join(text for text, _url in _chips())
    return f"{words[:1].upper()}{words[1:]}." if words else ""
