"""A catalogue of two processes that holds every kind of artefact, and short ways to write facts.

Made up on purpose: the delivered catalogue is used where its own shape matters. Policy and model are the delivered
ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from itsmcomply.clauses.loader import load_catalogue, load_models, load_policy
from itsmcomply.clauses.maturity import MaturityModel
from itsmcomply.clauses.model import (
    Artefact,
    Basis,
    Catalogue,
    Clause,
    Expectation,
    ExpectationRole,
    Facet,
    Period,
    Process,
    Requirement,
    SubjectKind,
)
from itsmcomply.clauses.policy import Policy
from itsmcomply.readiness.engine import Steps, evaluate
from itsmcomply.readiness.facts import (
    Dated,
    Facts,
    Item,
    Link,
    Review,
    Subject,
    SystemFacts,
    Version,
    VersionKind,
    by_artefact,
)
from itsmcomply.readiness.results import Outcome, Result

CATALOGUE_FOLDER = Path(__file__).parents[2] / "clause_catalog"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

DOCUMENTED, OPERATED, MEASURED, IMPROVED = Facet.DOCUMENTED, Facet.OPERATED, Facet.MEASURED, Facet.IMPROVED
EXPLICIT, IMPLIED, GOOD = Basis.EXPLICIT, Basis.IMPLIED, Basis.GOOD_PRACTICE
DEMANDED, PRIMARY, SUPPORTING = ExpectationRole.DEMANDED, ExpectationRole.PRIMARY, ExpectationRole.SUPPORTING


@cache
def policy() -> Policy:
    return load_policy(CATALOGUE_FOLDER)


@cache
def model() -> MaturityModel:
    """The five-stage model, the default."""
    return next(iter(load_models(CATALOGUE_FOLDER).values()))


@cache
def delivered() -> Catalogue:
    return load_catalogue(CATALOGUE_FOLDER)


def artefact(
    key: str,
    facet: Facet,
    basis: Basis,
    *,
    home: str = "ops",
    days: int | None = 365,
    every: Period | None = None,
    event: bool = False,
    per: SubjectKind | None = None,
) -> Artefact:
    return Artefact(
        key=key,
        name=key,
        name_nl=key,
        type="record",
        basis=basis,
        facet=facet,
        mandated_by="1" if basis is EXPLICIT else None,
        implied_by="1" if basis is IMPLIED else None,
        freshness_days=days,
        every=every,
        event_driven=event,
        per=per,
        home_process=home,
        good=(),
        file_names=(),
        keywords=(),
        file_names_nl=(),
        keywords_nl=(),
        used_by=(),
    )


def requirement(id_: str, clause: str, process: str, *expected: tuple[str, ExpectationRole]) -> Requirement:
    return Requirement(
        id=id_,
        clause=clause,
        process=process,
        text=id_,
        kind="activity",
        source="test",
        points=(),
        audit_questions=(),
        planned_interval=False,
        default_interval_days=None,
        note=None,
        expectations=tuple(Expectation(id_, key, role) for key, role in expected),
    )


def catalogue_of(artefacts: Iterable[Artefact], requirements: Iterable[Requirement]) -> Catalogue:
    """A catalogue with the clauses and processes that the requirements name."""
    wanted = {one.id: one for one in requirements}
    listed = list(artefacts)
    used = {
        one.key: tuple(r.id for r in wanted.values() if any(e.artefact == one.key for e in r.expectations))
        for one in listed
    }
    numbers = sorted({part for r in wanted.values() for part in (r.clause[0], r.clause)})
    template = next(iter(delivered().clauses.values()))
    return replace(
        delivered(),
        clauses={number: _clause(template, number, wanted) for number in numbers},
        requirements=wanted,
        artefacts={one.key: replace(one, used_by=used[one.key]) for one in listed},
        processes={key: Process(key, key, key, "4-7") for key in dict.fromkeys(r.process for r in wanted.values())},
    )


def _clause(template: Clause, number: str, requirements: dict[str, Requirement]) -> Clause:
    parent = number[0] if len(number) > 1 else None
    own = tuple(r.id for r in requirements.values() if r.clause == number)
    return replace(template, number=number, parent=parent, requirements=own, children=())


@cache
def small() -> Catalogue:
    """Two processes, fourteen artefacts, six requirements; `good-1` is a requirement without a document asked."""
    return catalogue_of(
        [
            artefact("policy", DOCUMENTED, EXPLICIT, home="gov"),
            artefact("plan", DOCUMENTED, IMPLIED, days=30),
            artefact("sla", DOCUMENTED, EXPLICIT, per=SubjectKind.SERVICE),
            artefact("ola", DOCUMENTED, EXPLICIT, event=True, per=SubjectKind.INTERNAL_SUPPLIER),
            artefact("notice", DOCUMENTED, EXPLICIT, event=True, days=None),
            artefact("log", OPERATED, EXPLICIT, every=Period.MONTH, days=31),
            artefact("rep", MEASURED, IMPLIED, every=Period.QUARTER, days=92, per=SubjectKind.EXTERNAL_SUPPLIER),
            artefact("rec", OPERATED, EXPLICIT),
            artefact("impr", IMPROVED, IMPLIED, event=True),
            artefact("meas", MEASURED, IMPLIED, home="gov"),
            artefact("good", OPERATED, GOOD, home="gov"),
            artefact("gdoc", DOCUMENTED, GOOD, home="gov", days=None),
            artefact("aud_prog", OPERATED, EXPLICIT, home="gov"),
            artefact("mr_min", OPERATED, EXPLICIT, home="gov"),
        ],
        [
            requirement("gov-1", "1.1", "gov", ("policy", DEMANDED), ("good", SUPPORTING)),
            requirement("good-1", "1.1", "gov", ("gdoc", PRIMARY), ("good", SUPPORTING)),
            requirement("gov-2", "1.2", "gov", ("aud_prog", DEMANDED), ("mr_min", PRIMARY), ("meas", SUPPORTING)),
            requirement("ops-1", "2.1", "ops", ("sla", DEMANDED), ("log", PRIMARY), ("good", SUPPORTING)),
            requirement("ops-2", "2.1", "ops", ("ola", DEMANDED), ("notice", PRIMARY), ("rec", PRIMARY)),
            requirement(
                "ops-3", "2.2", "ops", ("rep", PRIMARY), ("plan", PRIMARY), ("impr", SUPPORTING), ("meas", PRIMARY)
            ),
        ],
    )


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), UTC)


def accepted(day: date) -> tuple[Review, ...]:
    return (Review(accepted=True, decided_at=at(day, 10), opened=True),)


def rejected(day: date) -> tuple[Review, ...]:
    return (Review(accepted=False, decided_at=at(day, 10)),)


def version(
    effective_on: date,
    *,
    number: int = 1,
    received: date | None = None,
    reviews: tuple[Review, ...] | None = None,
    kind: VersionKind = VersionKind.FILE,
    period: tuple[date, date] | None = None,
    valid_until: date | None = None,
    subjects: Iterable[str] | None = None,
    withdrawn: date | None = None,
    seen_on: date | None = None,
) -> Version:
    """A version received on its day (or `received`) and accepted at once, unless `reviews` say otherwise."""
    received = received or effective_on
    return Version(
        number=number,
        kind=kind,
        effective_on=effective_on,
        received_at=at(received),
        reviews=accepted(received) if reviews is None else reviews,
        period_from=period[0] if period else None,
        period_to=period[1] if period else None,
        valid_until=valid_until,
        seen_on=seen_on,
        subjects=None if subjects is None else frozenset(subjects),
        withdrawn_at=None if withdrawn is None else at(withdrawn, 11),
    )


def item(key: str, artefact_key: str, *versions: Version, links: tuple[Link, ...] = ()) -> Item:
    return Item(key, artefact_key, versions, links)


def month_record(key: str, artefact_key: str, year: int, month: int) -> Item:
    """The record of one month, accepted on the third of the next."""
    first = date(year, month, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    received = last + timedelta(days=3)
    return item(key, artefact_key, version(last, received=received, period=(first, last)))


def since(day: date) -> tuple[Dated[date], ...]:
    return (Dated(day, LONG_AGO),)


def subjects_of(kind: SubjectKind, *keys: str) -> tuple[Subject, ...]:
    return tuple(Subject(key, kind, date(2020, 1, 1), LONG_AGO) for key in keys)


def all_declared() -> dict[SubjectKind, tuple[Dated[None], ...]]:
    return {kind: (Dated(None, LONG_AGO),) for kind in SubjectKind}


def facts(*items: Item, **system: object) -> Facts:
    """Facts of a system "test" with all lists declared unless said otherwise."""
    values = {"declared_lists": all_declared()} | system
    return Facts(SystemFacts("test", **values), by_artefact(items))  # type: ignore[arg-type]


def result_of(
    found: Facts, day: date, today: date | None = None, catalogue: Catalogue | None = None, steps: Steps | None = None
) -> Result:
    return evaluate(catalogue or small(), policy(), model(), found, day, today=today, steps=steps)


def outcome(found: Facts, key: str, day: date, today: date | None = None) -> Outcome:
    """The artefact's outcome by items filed under it."""
    return result_of(found, day, today).artefacts[key].outcome
