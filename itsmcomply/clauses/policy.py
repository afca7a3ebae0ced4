"""The readiness policy: every weight, threshold, limit and period the engine uses, as frozen exact values.

The numbers stand in `clause_catalog/policy.yaml`; the formulas that use them are the engine's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from itsmcomply.clauses.model import Basis, ExpectationRole, FileShape, Period


class Band(StrEnum):
    """Rating of a share, worst to best by `rank`; cut points of ISO/IEC 33020."""

    N = "N"
    P = "P"
    L = "L"
    F = "F"

    @property
    def rank(self) -> int:
        return "NPLF".index(self.value)


@dataclass(frozen=True, slots=True)
class Weights(FileShape):
    """How much an expectation counts in its requirement."""

    demanded: Fraction
    primary: Fraction
    supporting: Fraction
    good_practice: Fraction

    def of(self, role: ExpectationRole, basis: Basis) -> Fraction:
        """The weight by role, except that good practice has one weight in every role."""
        if basis is Basis.GOOD_PRACTICE:
            return self.good_practice
        if role is ExpectationRole.DEMANDED:
            return self.demanded
        return self.primary if role is ExpectationRole.PRIMARY else self.supporting


@dataclass(frozen=True, slots=True)
class BandCuts(FileShape):
    """A share strictly above a cut is in that band; up to `partly` it is N."""

    partly: Fraction
    largely: Fraction
    fully: Fraction

    def band(self, share: Fraction) -> Band:
        if share > self.fully:
            return Band.F
        if share > self.largely:
            return Band.L
        return Band.P if share > self.partly else Band.N


@dataclass(frozen=True, slots=True)
class Caps(FileShape):
    """Highest coverage of a requirement with an open nonconformity; lowest with all explicit and implied covered."""

    major: Fraction
    minor: Fraction
    floor_without_good_practice: Fraction


@dataclass(frozen=True, slots=True)
class Freshness(FileShape):
    """Days. Grace is `grace_long_days` for intervals of `grace_long_from_days` or more, else `grace_short_days`."""

    grace_short_days: int
    grace_long_days: int
    grace_long_from_days: int
    own_interval_max_days: int
    link_max_days: int
    nil_default_days: int

    def grace_days(self, interval_days: int) -> int:
        return self.grace_long_days if interval_days >= self.grace_long_from_days else self.grace_short_days


@dataclass(frozen=True, slots=True)
class PeriodRule(FileShape):
    """For one kind of calendar period: how many are expected, when one is due, how many the Operated gate looks at."""

    expected: int
    due_offset_days: int
    gate_last: int


@dataclass(frozen=True, slots=True)
class Recurrence(FileShape):
    """`*_share`: at least this share of a period's days. `single_period_types` cover at most `single_period_max`."""

    month: PeriodRule
    quarter: PeriodRule
    expected_share: Fraction
    covered_share: Fraction
    single_period_types: tuple[str, ...]
    single_period_max: int

    def of(self, period: Period) -> PeriodRule:
        return self.month if period is Period.MONTH else self.quarter


@dataclass(frozen=True, slots=True)
class KpiRules(FileShape):
    """Due offsets in days by frequency; windows of the facts about KPIs and improvements."""

    due_offset_month_days: int
    due_offset_quarter_days: int
    due_offset_half_year_days: int
    due_offset_year_days: int
    worsened_compares_with: int
    worsened_needs_before: int
    improvements_window_days: int


@dataclass(frozen=True, slots=True)
class GateRules(FileShape):
    """Parameters of the three gates. `rows_not_counted`: conclusions of an audit row that do not count as audited."""

    operated_lowest_band: Band
    checked_lowest_band: Band
    audit_window_days: int
    audit_window_certified_days: int
    management_review_window_days: int
    rows_not_counted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Planning(FileShape):
    """Days used by work lists, never by a verdict."""

    lapses_soon_days: int
    due_before_stage_days: int


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy in force. `digest` is the SHA-256 (hex) of its canonical JSON; results name it."""

    version: str
    digest: str
    weights: Weights
    bands: BandCuts
    caps: Caps
    freshness: Freshness
    recurrence: Recurrence
    kpis: KpiRules
    gates: GateRules
    planning: Planning
