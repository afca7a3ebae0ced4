"""Steps of auditors' competence and of audit programmes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from itsmcomply.scenario.model import Step
from itsmcomply.scenario.place import Place
from itsmcomply.scenario.workbench.bench import Bench, auditor_of, filed_reviews, manager_of, moment, once, told
from itsmcomply.scenario.workbench.model import ApproveProgramme, CreateProgramme, RecordCompetence
from itsmcomply.scenario.workbench.schema import Competence, Programme


def competence_steps(one: Competence, at: Place, bench: Bench) -> Iterator[Step]:
    """One step; none where what shows it is not on file."""
    on = moment(at, one.on, time(10))
    by = manager_of(one.by, at)
    person = at.at("person").person(one.person)
    shown_by = bench.shelf.find(one.evidence, on, at.at("evidence"))
    if shown_by is not None:
        until = at.at("valid_until").maybe_day(one.valid_until)
        yield RecordCompetence(on, by, at.system.slug, person, one.subject, one.shows, shown_by, until)


def programme_steps(one: Programme, at: Place, bench: Bench) -> Iterator[Step]:
    """The programme as it is set up."""
    name = once(bench.programmes, one.id, at)
    made = moment(at, one.on, time(10))
    slug = at.system.slug
    texts = [told(getattr(one, key), at.at(key)) for key in ("objectives", "methods", "resources", "risks")]
    first, last = at.at("from").day(one.first), at.at("to").day(one.last)
    yield CreateProgramme(made, auditor_of(one.by, at), slug, name, one.name, first, last, *texts)


def approval_steps(one: Programme, at: Place) -> Iterator[Step]:
    """Approved by somebody else, once its audits are planned; the document that is filed is reviewed."""
    if one.approved is None:
        return
    where, slug = at.at("approved"), at.system.slug
    on = moment(where, one.approved.on, time(16), least=at.at("on").moment(one.on, time(10)))
    by = manager_of(one.approved.by, where)
    item = f"{slug}/programme/{one.id}"
    yield ApproveProgramme(on, by, slug, one.id, told(one.approved.note, where.at("note")), item)
    yield from filed_reviews(one.approved.reviews, item, by, on, where)
