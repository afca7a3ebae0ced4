"""Generated facts: future days, early ends, late reviews, withdrawals, links, leap days, subjects that come and go."""

from __future__ import annotations

import os
from datetime import date, timedelta
from fractions import Fraction

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

days = st.one_of(st.sampled_from(EDGES), st.integers(-420, 60).map(lambda n: MIDDLE + timedelta(days=n)))
as_of = st.one_of(st.sampled_from(EDGES), st.integers(-60, 60).map(lambda n: MIDDLE + timedelta(days=n)))
moments = st.builds(at, days, st.sampled_from([0, 9, 22, 23]))
often_none = st.sampled_from([True, True, True, False])


@st.composite
def reviews(draw: st.DrawFn, received: date) -> tuple[Review, ...]:
    """Undecided, accepted, rejected, or first the one and later the other; some only long after receipt."""
    verdicts = draw(st.sampled_from(["", "a", "a", "a", "a", "r", "ar", "ra"]))
    delay = draw(st.sampled_from([0, 0, 0, 3, 45]))
    return tuple(
        Review(accepted=verdict == "a", decided_at=at(received + timedelta(days=delay * (step + 1)), 12 + step))
        for step, verdict in enumerate(verdicts)
    )


@st.composite
def versions(draw: st.DrawFn, artefact: str, number: int) -> Version:
    received = draw(days)
    documented = small().artefacts[artefact].facet is DOCUMENTED
    shift = draw(st.sampled_from([-396, -395, -365, -30, 0, 0, 0, 1, 45] if documented else [-396, -45, -5, 0, 0]))
    effective_on = received + timedelta(days=shift)
    length = draw(st.sampled_from([0, 14, 15, 30, 91, 200, 400]))
    ends = draw(st.sampled_from([None, None, None, None, 0, 30, 300]))
    withdrawn = draw(st.sampled_from([None, None, None, None, 0, 60]))
    kinds = [VersionKind.FILE] * 5 + [VersionKind.NIL] * 2 + [VersionKind.LINK, VersionKind.STATEMENT]
    return Version(
        number=number,
        kind=draw(st.sampled_from(kinds)),
        effective_on=effective_on,
        received_at=at(received, 8),
        reviews=draw(reviews(received)),
        period_from=None if documented else effective_on - timedelta(days=length),
        period_to=None if documented else effective_on,
        valid_until=None if ends is None else effective_on + timedelta(days=ends),
        seen_on=draw(st.sampled_from([None, received])),
        subjects=draw(st.sampled_from([None, None, frozenset("a"), frozenset("ab"), frozenset("c")])),
        withdrawn_at=None if withdrawn is None else at(received + timedelta(days=withdrawn), 20),
        digest=draw(st.sampled_from([None, "x", "y"])),
    )


@st.composite
def links(draw: st.DrawFn) -> Link:
    linked = draw(days)
    through = draw(st.booleans())
    return Link(
        artefact=draw(st.sampled_from(KEYS)),
        linked_at=at(linked),
        reviews=draw(reviews(linked)),
        requirement=None if through else draw(st.sampled_from(REQUIREMENTS)),
        control=draw(st.sampled_from(CONTROLS)) if through else None,
        subjects=draw(st.sampled_from([None, None, frozenset("b")])),
        ended_at=None if draw(often_none) else at(linked + timedelta(days=100)),
    )


@st.composite
def items(draw: st.DrawFn, number: int) -> Item:
    artefact = draw(st.sampled_from(KEYS))
    count = draw(st.sampled_from([1, 1, 2, 3]))
    return Item(
        f"EV-{number:04d}",
        artefact,
        tuple(draw(versions(artefact, one + 1)) for one in range(count)),
        (draw(links()),) if draw(st.integers(0, 3)) == 0 else (),
    )


@st.composite
def subjects(draw: st.DrawFn) -> tuple[Subject, ...]:
    """Some begin in mid-month or after the day, some end before it, some ends are recorded late."""
    found = []
    for kind in (SubjectKind.SERVICE, SubjectKind.EXTERNAL_SUPPLIER, SubjectKind.INTERNAL_SUPPLIER):
        for key in SUBJECTS[: draw(st.integers(0, 3))]:
            begin = draw(st.sampled_from([date(2022, 1, 1), date(2023, 11, 16), date(2024, 2, 1), date(2024, 4, 1)]))
            ended = draw(st.sampled_from([None, None, date(2024, 2, 15), date(2024, 3, 10)]))
            known = None if ended is None else at(ended + timedelta(days=draw(st.sampled_from([0, 20]))))
            found.append(Subject(key, kind, begin, LONG_AGO, ended, known))
    return tuple(found)


@st.composite
def findings(draw: st.DrawFn, number: int) -> Finding:
    opened = draw(days)
    whole = draw(st.booleans())
    closed = draw(st.sampled_from([None, None, 10, 90]))
    closing = () if closed is None else (Closing(at(opened + timedelta(days=closed)), draw(st.none() | moments)),)
    due = (Dated(opened + timedelta(days=30), at(opened)),)
    return Finding(
        key=f"F-{number}",
        opened_at=at(opened),
        grades=(Dated(draw(st.sampled_from([Grade.MAJOR, Grade.MINOR, Grade.AREA_OF_CONCERN])), at(opened)),),
        requirements=() if whole else (draw(st.sampled_from(REQUIREMENTS)),),
        process=draw(st.sampled_from(PROCESSES)) if whole else None,
        closings=closing,
        plans=() if draw(st.booleans()) else (Dated("plan", at(opened)),),
        actions=(Action("A-1", due, at(opened), None if draw(st.booleans()) else at(opened + timedelta(days=20))),),
    )


@st.composite
def kpis(draw: st.DrawFn, number: int) -> Kpi:
    begin = draw(st.sampled_from([date(2022, 1, 1), date(2023, 12, 16), date(2024, 3, 1)]))
    measured = draw(st.lists(st.tuples(st.integers(0, 14), st.integers(0, 9)), max_size=5, unique_by=lambda v: v[0]))
    return Kpi(
        key=f"K-{number}",
        process=draw(st.sampled_from(PROCESSES)),
        higher_is_better=draw(st.booleans()),
        frequency=draw(st.sampled_from(list(KpiFrequency))),
        from_on=begin,
        recorded_at=LONG_AGO,
        targets=() if draw(st.integers(0, 3)) == 0 else (Dated(Fraction(5), LONG_AGO),),
        values=tuple(
            Dated(KpiValue(MIDDLE - timedelta(days=30 * ago), Fraction(value)), at(MIDDLE - timedelta(days=30 * ago)))
            for ago, value in measured
        ),
    )


@st.composite
def systems(draw: st.DrawFn) -> SystemFacts:
    begun = draw(st.sampled_from([None, date(2022, 1, 1), date(2023, 11, 16), date(2024, 1, 31), date(2024, 6, 1)]))
    declared = draw(st.sampled_from([(), tuple(SubjectKind), tuple(SubjectKind), tuple(SubjectKind)]))
    audited = draw(st.lists(days, max_size=2))
    zone = draw(st.sampled_from(["UTC", "Europe/Amsterdam", "America/Los_Angeles", "Pacific/Auckland"]))
    return SystemFacts(
        slug="generated",
        zones=(Dated(zone, LONG_AGO),),
        operating_since=() if begun is None else (Dated(begun, LONG_AGO),),
        own_intervals={} if draw(often_none) else {draw(st.sampled_from(KEYS)): (Dated(20, at(draw(days))),)},
        owners={key: (Dated("somebody", at(draw(days))),) for key in PROCESSES if draw(st.booleans())},
        subjects=draw(subjects()),
        declared_lists={kind: (Dated(None, LONG_AGO),) for kind in declared},
        scope=(Dated("all services", LONG_AGO),) if draw(st.booleans()) else (),
        control_mappings=tuple(
            ControlMapping(control, draw(st.sampled_from(REQUIREMENTS)), at(draw(days))) for control in CONTROLS
        ),
        findings=tuple(draw(findings(number)) for number in range(draw(st.sampled_from([0, 0, 1, 2])))),
        audits=tuple(
            Audit(f"A-{n}", at(day), signed_off_at=at(day), rows=(AuditRow("conforms", "1.1", PROCESSES[n]),))
            for n, day in enumerate(audited)
        ),
        management_reviews=tuple(
            ManagementReview(f"M-{day}", at(day), held_on=day, held_recorded_at=at(day)) for day in audited[:1]
        ),
        kpis=tuple(draw(kpis(number)) for number in range(draw(st.sampled_from([0, 0, 1, 2])))),
        improvements=(Improvement("I-1", PROCESSES, draw(moments)),) if draw(st.booleans()) else (),
    )


@st.composite
def cases(draw: st.DrawFn) -> Facts:
    """A system with up to six items, two of them often under one artefact."""
    found = [draw(items(number)) for number in range(draw(st.integers(0, 6)))]
    return Facts(draw(systems()), by_artefact(found))
