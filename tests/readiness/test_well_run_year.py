"""With everything delivered on its interval inside the grace, the system is ready for stage 2 on every day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmcomply.clauses.model import Artefact, Catalogue, SubjectKind
from itsmcomply.readiness.engine import Steps
from itsmcomply.readiness.engine.days import MONTHS, due_day, period_index, period_span
from itsmcomply.readiness.facts import (
    Audit,
    AuditRow,
    Dated,
    Facts,
    Item,
    ManagementReview,
    Subject,
    SystemFacts,
    VersionKind,
    by_artefact,
)
from itsmcomply.readiness.results import Status
from tests.readiness.generators import PROPERTY
from tests.readiness.small import LONG_AGO, all_declared, at, delivered, item, policy, result_of, small, version

START, END = date(2022, 7, 10), date(2024, 12, 31)
FIRST_DAY = date(2024, 1, 1)

Delay = Callable[[int], int]
"""Days of delay for an allowance of so many days."""


def well_run(catalogue: Catalogue, delay: Delay) -> Facts:
    """Everything the catalogue wants, each delivery as late as `delay` says within what is allowed."""
    items = [one for number, a in enumerate(catalogue.artefacts.values()) for one in _deliveries(a, number, delay)]
    checks = list(_yearly(395, delay))
    rows = tuple(AuditRow("conforms", clause=c) for c in catalogue.clauses)
    rows += tuple(AuditRow("conforms", process=p) for p in catalogue.processes)
    system = SystemFacts(
        "well-run",
        zones=(Dated("Europe/Amsterdam", LONG_AGO),),
        operating_since=(Dated(date(2021, 1, 1), LONG_AGO),),
        owners={process: (Dated("Process owner", LONG_AGO),) for process in catalogue.processes},
        subjects=tuple(Subject(kind.value, kind, date(2021, 1, 1), LONG_AGO) for kind in SubjectKind),
        declared_lists=all_declared(),
        scope=(Dated("All services", LONG_AGO),),
        audit_programmes=(Dated("Programme", LONG_AGO),),
        audits=tuple(Audit(f"A-{day}", at(day), signed_off_at=at(day), rows=rows) for day in checks),
        management_reviews=tuple(
            ManagementReview(f"M-{day}", at(day), held_on=day, held_recorded_at=at(day)) for day in checks
        ),
    )
    return Facts(system, by_artefact(items))


def _deliveries(artefact: Artefact, number: int, delay: Delay) -> Iterator[Item]:
    if artefact.every is not None:
        yield from _records(artefact, number, delay)
        return
    interval = artefact.freshness_days or 365
    grace = policy().freshness.grace_days(interval)
    kind = VersionKind.NIL if artefact.event_driven and artefact.per is None else VersionKind.FILE
    days = _repeated(interval, lambda: delay(grace))
    yield item(f"EV-{number}", artefact.key, *(version(day, number=n + 1, kind=kind) for n, day in enumerate(days)))


def _records(artefact: Artefact, number: int, delay: Delay) -> Iterator[Item]:
    assert artefact.every is not None
    months, offset = MONTHS[artefact.every], policy().recurrence.of(artefact.every).due_offset_days
    for index in range(period_index(months, date(2021, 12, 1)), period_index(months, END)):
        span = period_span(months, index)
        received = span.last + timedelta(days=delay(offset))
        assert received <= due_day(months, offset, index)
        yield item(
            f"EV-{number}-{index}", artefact.key, version(span.last, received=received, period=(span.first, span.last))
        )


def _repeated(interval: int, delay: Callable[[], int]) -> Iterator[date]:
    day = START
    while day <= END:
        yield day
        day += timedelta(days=interval + delay())


def _yearly(limit: int, delay: Delay) -> Iterator[date]:
    return _repeated(365, lambda: delay(limit - 365))


@pytest.mark.parametrize("share", [0, 1])
def test_a_well_run_year_of_the_delivered_catalogue_is_green_on_every_day(share: int) -> None:
    found = well_run(delivered(), lambda allowed: share * allowed)
    steps = Steps()

    for number in range(0, (END - FIRST_DAY).days + 1, 1 if share else 9):
        day = FIRST_DAY + timedelta(days=number)
        result = result_of(found, day, catalogue=delivered(), steps=steps)
        assert result.status is Status.STAGE_2_READY, _red(result, day)


def _red(result: object, day: date) -> str:
    gates = getattr(result, "gates", ())
    return f"{day}: {[(r.key.value, r.blockers) for g in gates for r in g.rules if not r.passed]}"


@settings(PROPERTY, max_examples=PROPERTY.max_examples // 5)
@given(st.randoms(use_true_random=False), st.lists(st.integers(0, (END - FIRST_DAY).days), min_size=3, max_size=3))
def test_a_well_run_small_system_is_green_whatever_the_delays_within_the_grace(
    random: object, offsets: list[int]
) -> None:
    found = well_run(small(), lambda allowed: random.randint(0, allowed))  # type: ignore[attr-defined]

    for offset in offsets:
        day = FIRST_DAY + timedelta(days=offset)
        result = result_of(found, day)
        assert result.status is Status.STAGE_2_READY, _red(result, day)


def test_the_same_year_ahead_is_green_if_renewed() -> None:
    found = well_run(delivered(), lambda allowed: 0)
    today = date(2024, 3, 1)
    known = result_of(found, date(2024, 8, 1), today, catalogue=delivered())

    # Documents of 10 July 2023 last to 8 August 2024 with their grace; records stop with what is known on 1 March.
    assert known.status is Status.STAGE_1_READY
    # Audit and review of 10 July 2023 are 388 days back on 1 August; the rest is renewed.
    assert known.status_if_renewed is Status.STAGE_2_READY
