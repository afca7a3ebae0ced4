"""KPIs of a process on a day: defined, measured for their last due period, on target, worse than before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from itsmcomply.clauses.policy import KpiRules, Policy
from itsmcomply.readiness.engine.days import Vantage, is_expected, last_due, period_index, value_in_force
from itsmcomply.readiness.facts import Dated, Kpi, KpiFrequency, KpiValue

MONTHS = {
    KpiFrequency.MONTHLY: 1,
    KpiFrequency.QUARTERLY: 3,
    KpiFrequency.HALF_YEARLY: 6,
    KpiFrequency.YEARLY: 12,
}


@dataclass(frozen=True, slots=True)
class KpiOnDay:
    """A KPI in force. `is_due` False: no due period since its first day, left out of the shares.

    `measured`: it has a target and a value for its last due period. `on_target`, `worsened`: of that value.
    """

    key: str
    process: str
    is_due: bool
    measured: bool
    on_target: bool
    worsened: bool


def kpis_on(kpis: Iterable[Kpi], policy: Policy, now: Vantage) -> tuple[KpiOnDay, ...]:
    """The KPIs in force on the day, by key."""
    known = (k for k in kpis if now.knows(k.recorded_at) and k.from_on <= now.day and not now.knows(k.ended_at))
    return tuple(_on_day(kpi, policy, now) for kpi in sorted(known, key=lambda kpi: (len(kpi.key), kpi.key)))


def _on_day(kpi: Kpi, policy: Policy, now: Vantage) -> KpiOnDay:
    months = MONTHS[kpi.frequency]
    due = last_due(months, _offset(kpi.frequency, policy.kpis), now.day)
    if not is_expected(months, due, kpi.from_on, policy.recurrence.expected_share):
        return KpiOnDay(kpi.key, kpi.process, is_due=False, measured=False, on_target=False, worsened=False)
    values = _values(kpi, months, now)
    target, value = value_in_force(kpi.targets, now), values.get(due)
    measured = target is not None and value is not None
    return KpiOnDay(
        kpi.key,
        kpi.process,
        is_due=True,
        measured=measured,
        on_target=target is not None and value is not None and not _is_worse(kpi, value, target),
        worsened=value is not None and _has_worsened(kpi, values, due, policy.kpis),
    )


def _offset(frequency: KpiFrequency, rules: KpiRules) -> int:
    match frequency:
        case KpiFrequency.MONTHLY:
            return rules.due_offset_month_days
        case KpiFrequency.QUARTERLY:
            return rules.due_offset_quarter_days
        case KpiFrequency.HALF_YEARLY:
            return rules.due_offset_half_year_days
        case KpiFrequency.YEARLY:
            return rules.due_offset_year_days


def _values(kpi: Kpi, months: int, now: Vantage) -> dict[int, Fraction]:
    """The value in force per period index; of several for one period the one recorded last."""
    by_period: dict[int, list[Dated[KpiValue]]] = {}
    for entry in kpi.values:
        by_period.setdefault(period_index(months, entry.value.period_on), []).append(entry)
    found = {index: value_in_force(entries, now) for index, entries in by_period.items()}
    return {index: entry.value for index, entry in found.items() if entry is not None}


def _is_worse(kpi: Kpi, value: Fraction, than: Fraction) -> bool:
    return value < than if kpi.higher_is_better else value > than


def _has_worsened(kpi: Kpi, values: dict[int, Fraction], due: int, rules: KpiRules) -> bool:
    """Worse than the mean of the periods measured before; with too few of them it is not counted."""
    before = [values[index] for index in sorted(values) if index < due][-rules.worsened_compares_with :]
    if len(before) < rules.worsened_needs_before:
        return False
    return _is_worse(kpi, values[due], sum(before, Fraction(0)) / len(before))
