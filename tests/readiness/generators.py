"""Generated facts: future days, early ends, late reviews, withdrawals, links, leap days, subjects that come and go."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from itsmcomply.clauses.model import SubjectKind
from itsmcomply.readiness.facts import (
    Action,
    Audit,
    AuditRow,
    Closing,
    ControlMapping,
    Dated,
    Facts,
    Finding,
    Grade,
    Improvement,
    Item,
    Kpi,
    KpiFrequency,
    KpiValue,
    Link,
    ManagementReview,
    Review,
    Subject,
    SystemFacts,
    Version,
    VersionKind,
    by_artefact,
)
from tests.readiness.small import DOCUMENTED, LONG_AGO, at, small

DEEP = os.environ.get("ITSMCOMPLY_PROPERTIES") == "deep"
PROPERTY = settings(
    max_examples=20_000 if DEEP else 500,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

MIDDLE = date(2024, 2, 29)
EDGES = [
    date(2024, 2, 29),
    date(2024, 3, 1),
    date(2023, 12, 31),
    date(2024, 1, 15),
    date(2024, 4, 30),
    date(2024, 3, 31),
]
KEYS = tuple(small().artefacts)
REQUIREMENTS = tuple(small().requirements)
PROCESSES = tuple(small().processes)
CONTROLS = ("C-1", "C-2")
SUBJECTS = ("a", "b", "c")

DAYS = EDGES * 20 + [MIDDLE + timedelta(days=n) for n in range(-420, 61)]
AS_OF = EDGES * 5 + [MIDDLE + timedelta(days=n) for n in range(-60, 61)]
VERDICTS = ["a", "", "a", "a", "r", "ar", "ra"]
KINDS = [VersionKind.FILE] * 5 + [VersionKind.NIL] * 2 + [VersionKind.LINK, VersionKind.STATEMENT]

as_of = st.sampled_from(AS_OF)
T = TypeVar("T")
ROOM = 2**20


class Choices:
    """Several choices from each drawn number, which is much faster than a draw for each; 0 chooses the first of all."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.number = 0
        self.room = 0

    def of(self, options: Sequence[T]) -> T:
        if self.room < len(options):
            self.number, self.room = self.draw(st.integers(0, ROOM - 1)), ROOM
        self.number, index = divmod(self.number, len(options))
        self.room //= len(options)
        return options[index]


def _reviews(pick: Choices, received: date) -> tuple[Review, ...]:
    """Undecided, accepted, rejected, or first the one and later the other; some only long after receipt."""
    verdicts = pick.of(VERDICTS)
    delay = pick.of([0, 0, 0, 3, 45])
    return tuple(
        Review(accepted=verdict == "a", decided_at=at(received + timedelta(days=delay * (step + 1)), 12 + step))
        for step, verdict in enumerate(verdicts)
    )


@st.composite
def versions(draw: st.DrawFn, artefact: str, number: int) -> Version:
    pick = Choices(draw)
    received = pick.of(DAYS)
    reviews = _reviews(pick, received)
    documented = small().artefacts[artefact].facet is DOCUMENTED
    shift = pick.of([0, 0, 0, -396, -395, -365, -30, 1, 45] if documented else [0, 0, 0, -396, -395, -45, -30, -15, -5])
    effective_on = received + timedelta(days=shift)
    length = pick.of([0, 14, 15, 30, 91, 200, 400])
    ends = pick.of([None, None, None, None, 0, 30, 300])
    withdrawn = pick.of([None, None, None, None, 0, 60])
    return Version(
        number=number,
        kind=pick.of(KINDS),
        effective_on=effective_on,
        received_at=at(received, 8),
        reviews=reviews,
        period_from=None if documented else effective_on - timedelta(days=length),
        period_to=None if documented else effective_on,
        valid_until=None if ends is None else effective_on + timedelta(days=ends),
        seen_on=pick.of([None, received]),
        subjects=pick.of([None, None, frozenset("a"), frozenset("ab"), frozenset("c")]),
        withdrawn_at=None if withdrawn is None else at(received + timedelta(days=withdrawn), 20),
        digest=pick.of([None, "x", "y"]),
    )


@st.composite
def links(draw: st.DrawFn) -> Link:
    pick = Choices(draw)
    linked = pick.of(DAYS)
    reviews = _reviews(pick, linked)
    through = pick.of([False, True])
    requirement, control = pick.of(REQUIREMENTS), pick.of(CONTROLS)
    return Link(
        artefact=pick.of(KEYS),
        linked_at=at(linked),
        reviews=reviews,
        requirement=None if through else requirement,
        control=control if through else None,
        subjects=pick.of([None, None, frozenset("b")]),
        ended_at=pick.of([None, None, None, at(linked + timedelta(days=100))]),
    )


@st.composite
def items(draw: st.DrawFn, number: int) -> Item:
    pick = Choices(draw)
    artefact = pick.of(KEYS)
    count = pick.of([1, 1, 2, 3])
    return Item(
        f"EV-{number:04d}",
        artefact,
        tuple(draw(versions(artefact, one + 1)) for one in range(count)),
        (draw(links()),) if pick.of([False, False, False, True]) else (),
    )


def _subjects(pick: Choices) -> tuple[Subject, ...]:
    """Some begin in mid-month or after the day, some end before it, some ends are recorded late."""
    found = []
    for kind in (SubjectKind.SERVICE, SubjectKind.EXTERNAL_SUPPLIER, SubjectKind.INTERNAL_SUPPLIER):
        for key in SUBJECTS[: pick.of([0, 1, 2, 3])]:
            begin = pick.of([date(2022, 1, 1), date(2023, 11, 16), date(2024, 2, 1), date(2024, 4, 1)])
            ended = pick.of([None, None, date(2024, 2, 15), date(2024, 3, 10)])
            known = None if ended is None else at(ended + timedelta(days=pick.of([0, 20])))
            found.append(Subject(key, kind, begin, LONG_AGO, ended, known))
    return tuple(found)


@st.composite
def findings(draw: st.DrawFn, number: int) -> Finding:
    pick = Choices(draw)
    opened = pick.of(DAYS)
    whole = pick.of([False, True])
    closed = pick.of([None, None, 10, 90])
    reopened = None if pick.of([True, True, False]) else at(pick.of(DAYS))
    return Finding(
        key=f"F-{number}",
        opened_at=at(opened),
        grades=(Dated(pick.of([Grade.MAJOR, Grade.MINOR, Grade.AREA_OF_CONCERN]), at(opened)),),
        requirements=() if whole else (pick.of(REQUIREMENTS),),
        process=pick.of(PROCESSES) if whole else None,
        closings=() if closed is None else (Closing(at(opened + timedelta(days=closed)), reopened),),
        plans=pick.of([(), (Dated("plan", at(opened)),)]),
        actions=(
            Action(
                "A-1",
                (Dated(opened + timedelta(days=30), at(opened)),),
                at(opened),
                pick.of([None, at(opened + timedelta(days=20))]),
            ),
        ),
    )


@st.composite
def kpis(draw: st.DrawFn, number: int) -> Kpi:
    pick = Choices(draw)
    begin = pick.of([date(2022, 1, 1), date(2023, 12, 16), date(2024, 3, 1)])
    kpi = Kpi(
        key=f"K-{number}",
        process=pick.of(PROCESSES),
        higher_is_better=pick.of([True, False]),
        frequency=pick.of(list(KpiFrequency)),
        from_on=begin,
        recorded_at=LONG_AGO,
        targets=pick.of([(Dated(Fraction(5), LONG_AGO),)] * 3 + [()]),
    )
    measured = {pick.of(range(15)): pick.of(range(10)) for _ in range(pick.of(range(6)))}
    values = tuple(
        Dated(KpiValue(MIDDLE - timedelta(days=30 * ago), Fraction(value)), at(MIDDLE - timedelta(days=30 * ago)))
        for ago, value in measured.items()
    )
    return replace(kpi, values=values)


@st.composite
def systems(draw: st.DrawFn) -> SystemFacts:
    pick = Choices(draw)
    begun = pick.of([date(2022, 1, 1), None, date(2023, 11, 16), date(2024, 1, 31), date(2024, 6, 1)])
    declared = pick.of([tuple(SubjectKind), tuple(SubjectKind), tuple(SubjectKind), ()])
    zone = pick.of(["UTC", "Europe/Amsterdam", "America/Los_Angeles", "Pacific/Auckland"])
    audited = [pick.of(DAYS) for _ in range(pick.of([0, 1, 2]))]
    own = pick.of([False, False, False, True])
    return SystemFacts(
        slug="generated",
        zones=(Dated(zone, LONG_AGO),),
        operating_since=() if begun is None else (Dated(begun, LONG_AGO),),
        own_intervals={pick.of(KEYS): (Dated(20, at(pick.of(DAYS))),)} if own else {},
        owners={key: (Dated("owner", at(MIDDLE)),) for key in PROCESSES if pick.of([True, False])},
        scope=pick.of([(), (Dated("all services", LONG_AGO),)]),
        control_mappings=tuple(ControlMapping(c, pick.of(REQUIREMENTS), at(pick.of(DAYS))) for c in CONTROLS),
        improvements=pick.of([(), (Improvement("I-1", PROCESSES, at(MIDDLE)),)]),
        subjects=_subjects(pick),
        declared_lists={kind: (Dated(None, LONG_AGO),) for kind in declared},
        findings=tuple(draw(findings(number)) for number in range(draw(st.sampled_from([0, 0, 1, 2])))),
        audits=tuple(
            Audit(f"A-{n}", at(day), signed_off_at=at(day), rows=(AuditRow("conforms", "1.1", PROCESSES[n]),))
            for n, day in enumerate(audited)
        ),
        management_reviews=tuple(
            ManagementReview(f"M-{day}", at(day), held_on=day, held_recorded_at=at(day)) for day in audited[:1]
        ),
        kpis=tuple(draw(kpis(number)) for number in range(draw(st.sampled_from([0, 0, 1, 2])))),
    )


@st.composite
def cases(draw: st.DrawFn) -> Facts:
    """A system with up to six items, two of them often under one artefact."""
    found = [draw(items(number)) for number in range(draw(st.integers(0, 6)))]
    return Facts(draw(systems()), by_artefact(found))
