"""One process complete to each level, and how criteria compare and apply."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from itsmcomply.clauses.maturity import Comparison, Criterion, Fact, MaturityModel, Threshold
from itsmcomply.clauses.model import SubjectKind
from itsmcomply.clauses.policy import Band
from itsmcomply.readiness.engine import evaluate
from itsmcomply.readiness.engine.maturity import holds
from itsmcomply.readiness.facts import (
    Action,
    Audit,
    AuditRow,
    Closing,
    Dated,
    Facts,
    Finding,
    Grade,
    Improvement,
    Kpi,
    KpiFrequency,
    KpiValue,
    ManagementReview,
    VersionKind,
)
from itsmcomply.readiness.results import FactValue, ProcessResult, Reason, ReasonKind, Result
from tests.readiness.edits import with_items, with_system
from tests.readiness.small import (
    DEMANDED,
    DOCUMENTED,
    EXPLICIT,
    GOOD,
    LONG_AGO,
    PRIMARY,
    artefact,
    at,
    catalogue_of,
    facts,
    item,
    model,
    policy,
    requirement,
    result_of,
    small,
    subjects_of,
    version,
)

DAY = date(2025, 6, 15)


def level_2() -> Facts:
    # documented: ola 3 + notice 2 of sla 3, ola 3, notice 2, plan 2 = 5/10.
    # operated: rec 2 of log 2, good 1, rec 2 = 2/5.
    return facts(
        item("EV-0001", "ola", version(DAY, kind=VersionKind.NIL)),
        item("EV-0002", "notice", version(DAY, kind=VersionKind.NIL)),
        item("EV-0003", "rec", version(DAY)),
        owners={"ops": (Dated("Operations manager", LONG_AGO),)},
    )


def level_3() -> Facts:
    # documented 10/10 with sla and plan; operated: log 2 and rec 2 of 5 = 4/5, above one half and not above 0.85.
    more = (
        item("EV-0004", "sla", version(DAY)),
        item("EV-0005", "plan", version(DAY)),
        item("EV-0006", "log", version(DAY, period=(date(2024, 1, 1), DAY))),
    )
    audit = Audit("A-1", at(DAY), signed_off_at=at(DAY), rows=(AuditRow("conforms", process="ops"),))
    return _with(level_2(), *more, audits=(audit,), subjects=subjects_of(SubjectKind.SERVICE, "s1"))


def level_4() -> Facts:
    # operated 5/5 with good; measured 4/4 with rep (its list is empty: a nil statement) and meas.
    # Two KPIs, one of them on target.
    more = (
        item("EV-0007", "good", version(DAY)),
        item("EV-0008", "rep", version(DAY, kind=VersionKind.NIL)),
        item("EV-0009", "meas", version(DAY)),
    )
    review = ManagementReview("M-1", at(DAY), held_on=DAY, held_recorded_at=at(DAY))
    return _with(level_3(), *more, kpis=(kpi("K-1", 9), kpi("K-2", 4)), management_reviews=(review,))


def level_5() -> Facts:
    # improved 1/1 with impr, so coverage is 1 and every band F; both KPIs on target; one effect evaluated.
    more = _with(level_4(), item("EV-0010", "impr", version(DAY)))
    return with_system(more, kpis=(kpi("K-1", 9), kpi("K-2", 5)), improvements=(Improvement("I-1", ("ops",), at(DAY)),))


def _with(found: Facts, *more: object, **system: object) -> Facts:
    items = [one for group in found.artefacts.values() for one in group.filed]
    return with_system(with_items(found, [*items, *more]), **system)  # type: ignore[list-item]


def kpi(key: str, value: int) -> Kpi:
    """A monthly KPI with target 5; on 15 June the month of May is due (31 May + 15 days)."""
    measured = Dated(KpiValue(date(2025, 5, 31), Fraction(value)), at(date(2025, 6, 2)))
    targets = (Dated(Fraction(5), LONG_AGO),)
    return Kpi(key, "ops", True, KpiFrequency.MONTHLY, date(2024, 1, 1), LONG_AGO, None, targets, (measured,))


def ops(found: Facts) -> ProcessResult:
    return result_of(found, DAY).processes["ops"]


def test_one_process_complete_to_each_level() -> None:
    levels = [ops(found).level for found in (facts(), level_2(), level_3(), level_4(), level_5())]

    assert levels == [1, 2, 3, 4, 5]


def test_the_facts_behind_level_2_are_those_worked_out() -> None:
    found = ops(level_2())

    assert found.facts[Fact.DOCUMENTED] == Fraction(5, 10)
    assert found.facts[Fact.OPERATED] == Fraction(2, 5)
    # ola and notice of sla, ola, notice.
    assert found.facts[Fact.MANDATED_DOCUMENTED] == Fraction(2, 3)
    assert found.facts[Fact.AUDITED_DAYS_AGO] is None
    # Of level 3 only open_major = 0 holds: one of five criteria.
    assert found.index == 2 + Fraction(1, 5)


def test_the_level_of_the_system_is_its_lowest_and_the_index_the_mean() -> None:
    found = result_of(level_5(), DAY)

    assert (found.processes["ops"].index, found.processes["gov"].level) == (Fraction(5), 1)
    assert found.level == 1
    assert found.level_counts == (1, 0, 0, 0, 1)
    assert found.index == (5 + found.processes["gov"].index) / 2


def test_for_the_next_level_each_unmet_criterion_says_what_it_takes() -> None:
    assert ops(level_3()).reasons_for(4) == (
        Reason(ReasonKind.EXPECTATION, "ops-1/good"),
        Reason(ReasonKind.EXPECTATION, "ops-3/rep"),
        Reason(ReasonKind.EXPECTATION, "ops-3/meas"),
        Reason(ReasonKind.KPI_DEFINE, "ops"),
        Reason(ReasonKind.MANAGEMENT_REVIEW, ""),
    )


def test_a_lower_level_holds_back_all_above() -> None:
    found = ops(with_system(level_5(), owners={}))

    assert found.level == 1
    assert found.reasons_for(2) == (Reason(ReasonKind.OWNER, "ops"),)


def test_findings_and_their_overdue_actions_count_for_the_process() -> None:
    due = (Dated(date(2025, 6, 14), at(DAY)),)
    raised = (Dated(Grade.MINOR, at(DAY)),)
    minor = Finding("F-1", at(DAY), raised, process="ops", actions=(Action("A-1", due, at(DAY)),))
    elsewhere = replace(minor, key="F-3", process="gov")
    major = Finding("F-2", at(DAY), (Dated(Grade.MAJOR, at(DAY)),), ("ops-1",))
    found = ops(with_system(level_5(), findings=(minor, major, elsewhere)))

    assert (found.facts[Fact.OPEN_MINOR], found.facts[Fact.OPEN_MAJOR], found.facts[Fact.OVERDUE_ACTIONS]) == (1, 1, 1)
    assert found.level == 2
    # ops-1 is capped at one half, so its band P stands below L too: the finding is named once.
    assert found.reasons_for(5) == (Reason(ReasonKind.FINDING, "F-2"), Reason(ReasonKind.ACTION, "F-1/A-1"))


def test_a_finding_closed_and_opened_again_is_open_and_one_never_graded_counts_nowhere() -> None:
    graded = (Dated(Grade.MAJOR, at(DAY)),)
    again = Finding("F-1", at(DAY), graded, process="ops", closings=(Closing(at(DAY, 10), at(DAY, 11)),))
    closed = replace(again, key="F-2", closings=(Closing(at(DAY, 10)),))
    ungraded = Finding("F-3", at(DAY), (), process="ops")
    nowhere = Finding("F-4", at(DAY), graded, ("not-a-requirement",))
    found = ops(with_system(level_5(), findings=(again, closed, ungraded, nowhere)))

    assert found.facts[Fact.OPEN_MAJOR] == 1


def test_a_facet_without_expectation_takes_the_coverage_of_the_process_and_says_so() -> None:
    one = catalogue_of([artefact("doc", DOCUMENTED, EXPLICIT)], [requirement("r", "1.1", "ops", ("doc", DEMANDED))])
    found = result_of(facts(item("EV-0001", "doc", version(DAY))), DAY, catalogue=one).processes["ops"]

    assert found.facts.substituted == {Fact.OPERATED, Fact.MEASURED, Fact.IMPROVED}
    assert found.facts[Fact.OPERATED] == 1
    empty = result_of(facts(), DAY, catalogue=one).processes["ops"]
    operated = next(c for c in empty.criteria if c.fact is Fact.OPERATED)
    assert operated.reasons == (Reason(ReasonKind.EXPECTATION, "r/doc"),)


def test_a_requirement_without_a_document_asked_lends_its_coverage_to_its_facets() -> None:
    artefacts = [artefact("a", DOCUMENTED, GOOD), artefact("b", DOCUMENTED, GOOD)]
    one = catalogue_of(artefacts, [requirement("r", "1.1", "ops", ("a", PRIMARY), ("b", PRIMARY))])
    found = result_of(facts(item("EV-0001", "a", version(DAY))), DAY, catalogue=one)

    assert found.requirements["r"].coverage == 1
    assert found.processes["ops"].facts[Fact.DOCUMENTED] == 1
    empty = result_of(facts(), DAY, catalogue=one).processes["ops"]
    documented = next(c for c in empty.criteria if c.fact is Fact.DOCUMENTED)
    assert documented.reasons == (Reason(ReasonKind.ANY_EXPECTATION, "r"),)


def test_a_process_without_requirements_has_nothing_to_rate() -> None:
    catalogue = small()
    bare = replace(catalogue, processes=catalogue.processes | {"bare": replace(catalogue.processes["ops"], key="bare")})
    found = result_of(level_5(), DAY, catalogue=bare).processes["bare"]

    assert (found.coverage, found.band, found.facts[Fact.LOWEST_BAND], found.level) == (None, None, None, 1)


@pytest.mark.parametrize(
    ("actual", "op", "threshold", "expected"),
    [
        (None, Comparison.AT_MOST, Fraction(5), False),
        (True, Comparison.EQUAL, True, True),
        (False, Comparison.EQUAL, True, False),
        (Fraction(1, 2), Comparison.AT_LEAST, Fraction(1, 2), True),
        (Fraction(1, 2), Comparison.ABOVE, Fraction(1, 2), False),
        (395, Comparison.AT_MOST, Fraction(395), True),
        (1, Comparison.BELOW, Fraction(1), False),
        (Band.P, Comparison.AT_LEAST, Band.L, False),
        (Band.F, Comparison.AT_LEAST, Band.L, True),
    ],
)
def test_comparisons_are_exact_and_the_unknown_holds_nowhere(
    actual: FactValue, op: Comparison, threshold: Threshold, expected: bool
) -> None:
    assert holds(actual, op, threshold) is expected


def with_criteria(*criteria: Criterion) -> MaturityModel:
    levels = [replace(level, criteria=()) for level in model().levels]
    levels[1] = replace(levels[1], criteria=criteria)
    return replace(model(), levels=tuple(levels))


def criterion(fact: Fact, op: Comparison, threshold: Threshold, *processes: str) -> Criterion:
    return Criterion(fact, op, threshold, processes, (), "")


def judged(model_: MaturityModel, found: Facts) -> Result:
    return evaluate(small(), policy(), model_, found, DAY)


def test_a_criterion_for_other_processes_holds_here() -> None:
    found = judged(with_criteria(criterion(Fact.OWNER_ASSIGNED, Comparison.EQUAL, True, "gov")), facts())

    assert (found.processes["gov"].level, found.processes["ops"].level) == (1, 5)
    assert found.processes["ops"].criteria == ()


def test_a_threshold_no_act_satisfies_says_so() -> None:
    found = judged(with_criteria(criterion(Fact.OVERDUE_ACTIONS, Comparison.ABOVE, Fraction(1))), facts())

    assert found.processes["ops"].reasons_for(2) == (Reason(ReasonKind.OTHER, "overdue_actions"),)


def test_a_threshold_of_the_wrong_kind_is_met_by_nothing() -> None:
    found = judged(with_criteria(criterion(Fact.KPIS_DEFINED, Comparison.AT_LEAST, Band.F)), facts())

    assert found.processes["ops"].reasons_for(2) == (Reason(ReasonKind.OTHER, "kpis_defined"),)


def test_an_improvement_counts_for_a_year_after_its_effect_was_evaluated() -> None:
    done = (
        Improvement("I-1", ("ops",), at(date(2024, 6, 15))),
        Improvement("I-2", ("ops",)),
        Improvement("I-3", ("gov",), at(DAY)),
    )

    assert ops(facts(improvements=done)).facts[Fact.IMPROVEMENTS_COMPLETED] == 1
    later = result_of(facts(improvements=done), date(2025, 6, 16)).processes["ops"]
    assert later.facts[Fact.IMPROVEMENTS_COMPLETED] == 0


def test_minor_findings_coverage_and_worse_kpis_can_be_criteria() -> None:
    raised = Finding("F-1", at(DAY), (Dated(Grade.MINOR, at(DAY)),), process="ops")
    months = (date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1))
    values = tuple(Dated(KpiValue(day, Fraction(v)), at(day)) for day, v in zip(months, (6, 8, 6), strict=True))
    falling = replace(kpi("K-1", 9), values=values)
    wanted = with_criteria(
        criterion(Fact.OPEN_MINOR, Comparison.EQUAL, Fraction(0)),
        criterion(Fact.COVERAGE, Comparison.ABOVE, Fraction(1, 2)),
        criterion(Fact.KPIS_WORSENED, Comparison.EQUAL, Fraction(0)),
        criterion(Fact.KPIS_DEFINED, Comparison.AT_LEAST, Fraction(3)),
    )
    elsewhere = replace(raised, key="F-2", process="gov")
    found = judged(wanted, with_system(level_5(), findings=(elsewhere, raised), kpis=(falling,))).processes["ops"]

    assert found.reasons_for(2) == (
        Reason(ReasonKind.FINDING, "F-1"),
        Reason(ReasonKind.KPI_TREND, "K-1"),
        Reason(ReasonKind.KPI_DEFINE, "ops", 2),
    )


def test_kpis_without_a_due_period_are_left_out_and_named() -> None:
    new = replace(kpi("K-1", 9), from_on=date(2025, 6, 1))
    found = ops(with_system(level_4(), kpis=(new,)))

    assert (found.facts[Fact.KPIS_DEFINED], found.facts[Fact.KPIS_MEASURED]) == (1, None)
    assert Reason(ReasonKind.KPI_NOT_DUE, "K-1") in found.reasons_for(4)


@pytest.mark.parametrize(
    ("frequency", "measured_on", "day"),
    [
        (KpiFrequency.QUARTERLY, date(2025, 3, 1), date(2025, 4, 30)),
        (KpiFrequency.HALF_YEARLY, date(2024, 9, 1), date(2025, 1, 30)),
        (KpiFrequency.YEARLY, date(2024, 9, 1), date(2025, 1, 30)),
    ],
)
def test_longer_periods_of_kpis_are_due_after_30_days(frequency: KpiFrequency, measured_on: date, day: date) -> None:
    value = (Dated(KpiValue(measured_on, Fraction(9)), LONG_AGO),)
    one = replace(kpi("K-1", 9), frequency=frequency, from_on=date(2023, 1, 1), values=value)
    found = facts(kpis=(one,))

    assert result_of(found, day).processes["ops"].facts[Fact.KPIS_MEASURED] == 1
    eve = result_of(found, date.fromordinal(day.toordinal() - 1)).processes["ops"]
    assert eve.facts[Fact.KPIS_MEASURED] == 0


def test_where_lower_is_better_a_higher_value_misses_the_target() -> None:
    found = ops(with_system(level_4(), kpis=(replace(kpi("K-1", 6), higher_is_better=False),)))

    assert found.facts[Fact.KPIS_ON_TARGET] == 0
    assert Reason(ReasonKind.KPI_TARGET, "K-1") in found.reasons_for(4)


def test_of_two_values_for_a_period_the_one_recorded_last_counts() -> None:
    first = kpi("K-1", 4)
    corrected = Dated(KpiValue(date(2025, 5, 1), Fraction(7)), at(date(2025, 6, 3)))
    found = ops(with_system(level_4(), kpis=(replace(first, values=(*first.values, corrected)),)))

    assert found.facts[Fact.KPIS_ON_TARGET] == 1
