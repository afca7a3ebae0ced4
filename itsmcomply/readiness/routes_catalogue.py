"""Pages of the standard: clauses, requirements, artefacts, processes, and the search over all of them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from itsmcomply.clauses.model import Artefact, Basis, Catalogue, Facet
from itsmcomply.clauses.search import HitKind
from itsmcomply.permissions import Permission
from itsmcomply.readiness import words
from itsmcomply.readiness.blueprint import blueprint
from itsmcomply.readiness.fragments import kept_part
from itsmcomply.readiness.frame import page_view
from itsmcomply.readiness.phrases import Place, PlaceKind
from itsmcomply.readiness.queries.artefacts import artefact_lines, artefact_view, titles_of
from itsmcomply.readiness.queries.clauses import clause_of, clause_view, path_to, requirement_view, tree
from itsmcomply.readiness.queries.overview import band_counts
from itsmcomply.readiness.queries.processes import process_groups, process_view
from itsmcomply.readiness.queries.search import search
from itsmcomply.readiness.queries.view import View
from itsmcomply.readiness.results import State
from itsmcomply.readiness.telling import url_of
from itsmcomply.web.beside import open_findings
from itsmcomply.web.filters import label, state_label
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader, require_person
from itsmcomply.web.page import address, asked_text, stand_at
from itsmcomply.web.resources import resources


@blueprint.get("/s/<slug>/clauses", endpoint="clauses")
@requires(Permission.VIEW_SYSTEM)
def show_clauses(slug: str) -> str:
    """The clause tree with coverage."""
    view = page_view()
    content = kept_part(
        view, "readiness/_clauses.html", lambda: {"tree": tree(view), "counts": band_counts(view.result)}
    )
    return render_template("readiness/kept.html", title=_("Clauses"), content=content)


@blueprint.get("/s/<slug>/clauses/<number>", endpoint="clause")
@requires(Permission.VIEW_SYSTEM)
def show_clause(slug: str, number: str) -> str:
    """Does the organisation meet this clause, and by what?"""
    stand_at("readiness.clauses")
    view = page_view()
    clause_of(view, number)
    return render_template(
        "readiness/clause.html",
        view=view,
        page=clause_view(reader(), view, current_system().id, number),
        frameworks=words.FRAMEWORKS,
        findings=open_findings(clause=number),
    )


@blueprint.get("/s/<slug>/requirements/<key>", endpoint="requirement")
@requires(Permission.VIEW_SYSTEM)
def show_requirement(slug: str, key: str) -> str:
    """One requirement with its reckoning, questions and controls."""
    stand_at("readiness.clauses")
    view = page_view()
    found = requirement_view(reader(), view, current_system().id, key)
    clause = view.catalogue.clauses[found.requirement.clause]
    keys = list(view.catalogue.requirements)
    at = keys.index(key)
    return render_template(
        "readiness/requirement.html",
        view=view,
        page=found,
        clause=clause,
        findings=open_findings(requirements=[key]),
        path=path_to(view, clause.number),
        process=view.catalogue.processes[found.requirement.process],
        owner=view.process_owner(found.requirement.process),
        previous=keys[at - 1] if at else None,
        following=keys[at + 1] if at + 1 < len(keys) else None,
        frameworks=words.FRAMEWORKS,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Filter of the list of artefacts, from the address; unknown values filter nothing."""

    q: str
    state: str
    basis: str
    facet: str
    process: str

    def holds(self, artefact: Artefact) -> bool:
        """Whether the catalogue's part of the filter admits the artefact."""
        words_in = f"{artefact.name} {artefact.key} {artefact.type}".casefold()
        return (
            all(word in words_in for word in self.q.casefold().split())
            and self.basis in {"", artefact.basis.value}
            and self.facet in {"", artefact.facet.value}
            and self.process in {"", artefact.home_process}
        )

    @property
    def values(self) -> dict[str, str]:
        """What is filtered, by name, without what is not."""
        pairs = {"q": self.q, "state": self.state, "basis": self.basis, "facet": self.facet, "process": self.process}
        return {name: value for name, value in pairs.items() if value}


def _asked(catalogue: Catalogue) -> Asked:
    def one_of(name: str, known: set[str]) -> str:
        value = request.args.get(name, "")
        return value if value in known else ""

    return Asked(
        q=asked_text("q"),
        state=one_of("state", {state.value for state in State}),
        basis=one_of("basis", {basis.value for basis in Basis}),
        facet=one_of("facet", {facet.value for facet in Facet}),
        process=one_of("process", set(catalogue.processes)),
    )


@blueprint.get("/s/<slug>/artefacts", endpoint="artefacts")
@requires(Permission.VIEW_SYSTEM)
def show_artefacts(slug: str) -> str:
    """Every kind of documented information, what needs somebody first."""
    view = page_view()
    asked = _asked(view.catalogue)
    content = kept_part(view, "readiness/_artefacts.html", lambda: _list_values(view, asked))
    return render_template("readiness/kept.html", title=_("Artefacts"), content=content)


def _list_values(view: View, asked: Asked) -> dict[str, object]:
    states = {key: found.outcome.state for key, found in view.result.artefacts.items()}
    # What audits examine is expected by no requirement, so it is listed for those who ask for it.
    expected = [a for a in view.catalogue.artefacts.values() if a.used_by or asked.basis == a.basis.value]
    chosen = (
        artefact for artefact in expected if asked.holds(artefact) and asked.state in {"", states[artefact.key].value}
    )
    return {
        "lines": artefact_lines(view, chosen),
        "asked": asked,
        "active": _chips(view.catalogue, asked),
        "total": len(expected),
        "current": sum(states[artefact.key] is State.CURRENT for artefact in expected),
        "bases": words.BASES,
        "states": list(State),
        "facets": list(Facet),
    }


def _chips(catalogue: Catalogue, asked: Asked) -> list[tuple[str, str]]:
    """Each active filter with the address of the list without it."""
    slug = current_system().slug
    texts = {
        "state": state_label(asked.state),
        "facet": label(asked.facet, "facet"),
        "q": asked.q,
        "basis": _(words.BASES[Basis(asked.basis)]) if asked.basis else "",
        "process": catalogue.processes[asked.process].name if asked.process else "",
    }
    return [(texts[name], _without(slug, asked, name)) for name in asked.values]


def _without(slug: str, asked: Asked, name: str) -> str:
    kept = {key: value for key, value in asked.values.items() if key != name}
    return address("readiness.artefacts", slug=slug, **kept) or ""


@blueprint.get("/s/<slug>/artefacts/<key>", endpoint="artefact")
@requires(Permission.VIEW_SYSTEM)
def show_artefact(slug: str, key: str) -> str:
    """What is this document, who needs it, what is on file?"""
    stand_at("readiness.artefacts")
    view = page_view()
    page = artefact_view(view, key)
    titles = titles_of(reader(), current_system().id, page.filed)
    may_file = require_person().actor.may(Permission.FILE_EVIDENCE, current_system().id)
    return render_template(
        "readiness/artefact.html",
        view=view,
        page=page,
        titles=titles,
        bases=words.BASES,
        per=words.PER,
        may_file=may_file,
    )


@blueprint.get("/s/<slug>/processes", endpoint="processes")
@requires(Permission.VIEW_SYSTEM)
def show_processes(slug: str) -> str:
    """All processes by group, with level and what holds each back."""
    view = page_view()
    content = kept_part(view, "readiness/_processes.html", lambda: {"groups": process_groups(view)})
    return render_template("readiness/kept.html", title=_("Processes"), content=content)


@blueprint.get("/s/<slug>/processes/<key>", endpoint="process")
@requires(Permission.VIEW_SYSTEM)
def show_process(slug: str, key: str) -> str:
    """Why this level, and what gives the next?"""
    stand_at("readiness.processes")
    view = page_view()
    page = process_view(reader(), view, current_system().id, key)
    group = view.catalogue.groups[page.process.group]
    audit = _(words.AUDIT_DAYS[page.outlook.audit.kind]) if page.outlook else ""
    return render_template(
        "readiness/process.html",
        view=view,
        page=page,
        group=group,
        audit=audit,
        findings=open_findings(process=key),
        may_edit=require_person().actor.may(Permission.EDIT_SYSTEM, current_system().id),
        owners_url=url_of(Place(PlaceKind.SETTING, "owners")),
    )


@blueprint.get("/s/<slug>/search", endpoint="search")
@requires(Permission.VIEW_SYSTEM)
def show_search(slug: str) -> Response | str:
    """Go straight to what was named, else list what was found."""
    index = resources().index
    query = asked_text("q")
    found = search(reader(), current_system().id, index, resources().catalogue, query)
    if found.straight_to is not None and (target := url_of(found.straight_to)):
        return redirect(target)
    return render_template("readiness/search.html", page=found, kinds=_kinds())


def _kinds() -> dict[str, str]:
    return {
        HitKind.CLAUSE.value: _("Clause"),
        HitKind.REQUIREMENT.value: _("Requirement"),
        HitKind.PROCESS.value: _("Process"),
        HitKind.ARTEFACT.value: _("Artefact"),
        HitKind.KPI.value: _("KPI"),
        "evidence": _("Evidence"),
    }
