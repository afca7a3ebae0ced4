"""Steps that set a management system up: facts, subjects, people, owners, intervals, controls. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import time

from itsmcomply.scenario.model import (
    AddControl,
    AddSubject,
    AddSystem,
    AdoptControls,
    AssignOwner,
    DeclareList,
    EndOwner,
    EndSubject,
    GrantRole,
    RecordFacts,
    SetInterval,
    Step,
)
from itsmcomply.scenario.place import Place
from itsmcomply.scenario.schema import OwnControl, OwnerSpell, Party, Subject

LISTS = {
    "services": "service",
    "customers": "customer",
    "external_suppliers": "external_supplier",
    "internal_suppliers": "internal_supplier",
}
PARTY_LISTS = {
    "external_supplier": "external_supplier",
    "internal_supplier": "internal_supplier",
    "customer_as_supplier": "internal_supplier",
}


def system_steps(place: Place) -> Iterator[Step]:
    """Everything but evidence."""
    system = place.system
    for number, email in enumerate(system.defaults.reviewers):
        place.at("defaults", "reviewers", number).person(email)
    place.at("defaults", "manager").person(system.defaults.manager)
    created = place.at("created").moment(system.created, time(9))
    yield AddSystem(created, None, system.slug, system.name, system.organisation, system.time_zone)
    yield from _roles(place)
    yield _facts(place)
    for name in system.declared:
        yield DeclareList(created.replace(minute=10), system.defaults.manager, system.slug, LISTS[name])
    yield from _subjects(place)
    yield from _owners(place)
    yield from _intervals(place)
    yield from _controls(place)


def _facts(place: Place) -> Step:
    system, dates, at = place.system, place.system.dates, place.at("dates")
    return RecordFacts(
        place.at("created").moment(system.created, time(9, 5)),
        system.defaults.manager,
        system.slug,
        scope=" ".join(system.scope.split()),
        operating_since=place.at("operating_since").maybe_day(system.operating_since),
        certification_body=system.certification_body,
        stage_1=at.at("stage_1").maybe_day(dates.stage_1),
        stage_2=at.at("stage_2").maybe_day(dates.stage_2),
        surveillance=at.at("surveillance").maybe_day(dates.surveillance),
        management_review=at.at("management_review").maybe_day(dates.management_review),
    )


def _roles(place: Place) -> Iterator[Step]:
    """Granted by the installation: at the beginning there is nobody else."""
    for number, grant in enumerate(place.system.roles):
        at = place.at("roles", number)
        for index, process in enumerate(grant.processes):
            at.at("processes", index).process(process)
        if (grant.role == "process_owner") != bool(grant.processes):
            at.refuse("a process owner names processes, and nobody else does")
        yield GrantRole(
            at.at("since").moment(grant.since or place.system.created, time(9)),
            None,
            place.system.slug,
            at.at("person").person(grant.person),
            grant.role,
            tuple(grant.processes),
            at.at("until").maybe_day(grant.until),
        )


def _subjects(place: Place) -> Iterator[Step]:
    system = place.system
    lists: list[tuple[str, Sequence[Subject]]] = [
        ("services", system.services),
        ("customers", system.customers),
        ("parties", system.parties),
    ]
    seen: set[str] = set()
    for name, subjects in lists:
        for number, subject in enumerate(subjects):
            at = place.at(name, number)
            if subject.name in seen:
                at.at("name").refuse(f"{subject.name} stands here twice")
            seen.add(subject.name)
            yield from _one_subject(subject, name, at)


def _one_subject(subject: Subject, name: str, at: Place) -> Iterator[Step]:
    party = subject if isinstance(subject, Party) else None
    kind = PARTY_LISTS[party.kind] if party else LISTS[name]
    manager, slug = at.system.defaults.manager, at.system.slug
    created = at.moment(at.system.created, time(9, 20))
    yield AddSubject(
        max(created, at.at("since").moment(subject.since, time(9, 20))),
        manager,
        slug,
        kind,
        subject.name,
        party.operates if party else subject.description,
        at.at("since").day(subject.since),
        customer_as_supplier=party is not None and party.kind == "customer_as_supplier",
    )
    if subject.until is not None:
        ends = at.at("until")
        reason = subject.reason or "Ended"
        yield EndSubject(
            ends.moment(subject.until, time(17)), manager, slug, kind, subject.name, ends.day(subject.until), reason
        )


def _owners(place: Place) -> Iterator[Step]:
    system = place.system
    for process, named in system.owners.items():
        at = place.at("owners", process)
        at.process(process)
        spells = [OwnerSpell(person=named, since=system.created)] if isinstance(named, str) else named
        for number, spell in enumerate(spells):
            yield from _one_owner(process, spell, at if isinstance(named, str) else at.at(number))
    for artefact, email in system.artefact_owners.items():
        at = place.at("artefact_owners", artefact)
        moment = at.moment(system.created, time(9, 40))
        yield AssignOwner(
            moment, system.defaults.manager, system.slug, None, at.artefact(artefact), at.person(email), moment.date()
        )


def _one_owner(process: str, spell: OwnerSpell, at: Place) -> Iterator[Step]:
    manager, slug = at.system.defaults.manager, at.system.slug
    moment = at.moment(spell.since, time(9, 30))
    yield AssignOwner(moment, manager, slug, process, None, at.person(spell.person), at.day(spell.since))
    if spell.until is not None:
        ended = at.moment(spell.until, time(17))
        yield EndOwner(ended, manager, slug, process, at.day(spell.until), spell.reason or "Ended")


def _intervals(place: Place) -> Iterator[Step]:
    system = place.system
    for artefact, interval in system.intervals.items():
        at = place.at("intervals", artefact)
        since = at.at("since")
        yield SetInterval(
            since.moment(interval.since, time(10)),
            system.defaults.manager,
            system.slug,
            at.artefact(artefact),
            interval.days,
            since.day(interval.since),
            interval.reason,
        )


def _controls(place: Place) -> Iterator[Step]:
    controls, at = place.system.controls, place.at("controls")
    by = at.at("by").person(controls.by or place.system.defaults.manager)
    if controls.adopt:
        chosen = None if controls.adopt == "all" else tuple(controls.adopt)
        for number, process in enumerate(chosen or ()):
            at.at("adopt", number).process(process)
        moment = at.at("adopted_on").moment(controls.adopted_on, time(11))
        yield AdoptControls(moment, by, place.system.slug, chosen)
    for number, own in enumerate(controls.own):
        yield _own_control(own, by, at.at("own", number))


def _own_control(own: OwnControl, by: str, at: Place) -> Step:
    at.at("process").process(own.process)
    for index, requirement in enumerate(own.requirements):
        at.at("requirements", index).requirement(requirement)
    return AddControl(
        at.at("on").moment(own.on or at.system.controls.adopted_on, time(13)),
        by,
        at.system.slug,
        own.ref,
        own.title,
        own.description,
        own.process,
        at.at("owner").person(own.owner) if own.owner else None,
        own.kind,
        own.frequency,
        own.status,
        tuple(own.requirements),
    )
