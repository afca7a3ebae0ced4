"""The words of readiness: labels of rules, gates, facts and reasons, in English, marked for extraction. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from itsmcomply.clauses.maturity import Comparison, Fact, Threshold
from itsmcomply.clauses.model import Basis, Facet, Period, SubjectKind
from itsmcomply.clauses.policy import Band
from itsmcomply.readiness.phrases import Phrase, counted, phrase
from itsmcomply.readiness.results import FactValue, GateKey, RuleKey, State, Status
from itsmcomply.wording import N_

GATES: Mapping[GateKey, tuple[str, str]] = {
    GateKey.DOCUMENTED: (N_("Documented"), N_("Is everything the standard wants written and decided in place?")),
    GateKey.OPERATED: (N_("Operated"), N_("Do records show that it happens, month after month?")),
    GateKey.CHECKED: (N_("Checked"), N_("Have we audited and reviewed it ourselves?")),
}
RULES: Mapping[RuleKey, str] = {
    RuleKey.MANDATED_DOCUMENTS: N_("Mandated documents are current"),
    RuleKey.SUBJECT_LISTS: N_("Lists of services, suppliers and customers are declared"),
    RuleKey.PROCESS_OWNERS: N_("Every process has an owner"),
    RuleKey.SCOPE_RECORDED: N_("The scope of certification is recorded"),
    RuleKey.AUDIT_PROGRAMME: N_("An audit programme is approved"),
    RuleKey.MANAGEMENT_REVIEW_PLANNED: N_("A management review is held or dated before stage 2"),
    RuleKey.MANDATED_RECORDS: N_("Other mandated artefacts are current"),
    RuleKey.RECURRING_RECORDS: N_("Recurring records cover their last periods"),
    RuleKey.REQUIREMENTS_PARTLY: N_("Every requirement in band P or better"),
    RuleKey.AUDITED: N_("Internal audits cover every clause and process"),
    RuleKey.MANAGEMENT_REVIEW_HELD: N_("A management review was held in the last 395 days"),
    RuleKey.NO_MAJOR: N_("No open major nonconformity"),
    RuleKey.NO_AREA_OF_CONCERN: N_("No open area of concern"),
    RuleKey.MINORS_PLANNED: N_("Minor nonconformities have an accepted plan, none overdue"),
    RuleKey.REQUIREMENTS_LARGELY: N_("Every requirement in band L or better"),
}
STATUSES: Mapping[Status, str] = {
    Status.NOT_READY: N_("Not ready"),
    Status.STAGE_1_READY: N_("Stage 1 ready"),
    Status.STAGE_2_READY: N_("Stage 2 ready"),
}
AUDIT_DAYS: Mapping[str, str] = {
    "stage_1": N_("stage 1"),
    "stage_2": N_("stage 2"),
    "surveillance": N_("the surveillance audit"),
}
FACTS: Mapping[Fact, str] = {
    Fact.OWNER_ASSIGNED: N_("Owner assigned"),
    Fact.DOCUMENTED: N_("Documents in place"),
    Fact.OPERATED: N_("Records of operation"),
    Fact.MEASURED: N_("Figures against targets"),
    Fact.IMPROVED: N_("Evaluation and improvement"),
    Fact.MANDATED_DOCUMENTED: N_("Mandated documents"),
    Fact.COVERAGE: N_("Coverage of its requirements"),
    Fact.LOWEST_BAND: N_("Lowest requirement"),
    Fact.AUDITED_DAYS_AGO: N_("Internal audit"),
    Fact.MANAGEMENT_REVIEW_DAYS_AGO: N_("Management review"),
    Fact.OPEN_MAJOR: N_("Open major nonconformities"),
    Fact.OPEN_MINOR: N_("Open minor nonconformities"),
    Fact.OVERDUE_ACTIONS: N_("Overdue corrective actions"),
    Fact.KPIS_DEFINED: N_("KPIs defined"),
    Fact.KPIS_MEASURED: N_("KPIs measured"),
    Fact.KPIS_ON_TARGET: N_("KPIs on target"),
    Fact.KPIS_WORSENED: N_("KPIs that worsened"),
    Fact.IMPROVEMENTS_COMPLETED: N_("Improvements with a proven effect"),
}
SUBJECT_LISTS: Mapping[SubjectKind, str] = {
    SubjectKind.SERVICE: N_("Services"),
    SubjectKind.EXTERNAL_SUPPLIER: N_("External suppliers"),
    SubjectKind.INTERNAL_SUPPLIER: N_("Internal suppliers and customers acting as supplier"),
    SubjectKind.CUSTOMER: N_("Customers"),
}
PER: Mapping[SubjectKind, str] = {
    SubjectKind.SERVICE: N_("one for each service"),
    SubjectKind.EXTERNAL_SUPPLIER: N_("one for each external supplier"),
    SubjectKind.INTERNAL_SUPPLIER: N_("one for each internal supplier"),
    SubjectKind.CUSTOMER: N_("one for each customer"),
}
BASES: Mapping[Basis, str] = {
    Basis.EXPLICIT: N_("Mandated by the standard"),
    Basis.IMPLIED: N_("Implied by the standard"),
    Basis.GOOD_PRACTICE: N_("Good practice"),
    Basis.EXAMINED: N_("Examined in audits"),
}
BANDS: Mapping[Band, str] = {
    Band.N: N_("not achieved"),
    Band.P: N_("partly achieved"),
    Band.L: N_("largely achieved"),
    Band.F: N_("fully achieved"),
}
STATES: Mapping[State, str] = {
    State.CURRENT: N_("Current"),
    State.IN_REVIEW: N_("In review"),
    State.LAPSED: N_("Lapsed"),
    State.REJECTED: N_("Rejected"),
    State.MISSING: N_("Missing"),
}
FACETS: Mapping[Facet, str] = {
    Facet.DOCUMENTED: N_("Documented"),
    Facet.OPERATED: N_("Operated"),
    Facet.MEASURED: N_("Measured"),
    Facet.IMPROVED: N_("Improved"),
}
FRAMEWORKS: Mapping[str, str] = {
    "itil4": "ITIL 4",
    "cobit2019": "COBIT 2019",
    "iso27001_2022": "ISO/IEC 27001",
    "iso9001_2015": "ISO 9001",
    "fitsm1_v3": "FitSM-1",
}
_SHARES = frozenset(
    {
        Fact.DOCUMENTED,
        Fact.OPERATED,
        Fact.MEASURED,
        Fact.IMPROVED,
        Fact.COVERAGE,
        Fact.KPIS_MEASURED,
        Fact.KPIS_ON_TARGET,
    }
)
_DAYS = frozenset({Fact.AUDITED_DAYS_AGO, Fact.MANAGEMENT_REVIEW_DAYS_AGO})
_NEEDED: Mapping[Comparison, str] = {
    Comparison.AT_LEAST: N_("%(limit)s or more"),
    Comparison.ABOVE: N_("over %(limit)s"),
    Comparison.AT_MOST: N_("%(limit)s or less"),
    Comparison.BELOW: N_("under %(limit)s"),
    Comparison.EQUAL: N_("exactly %(limit)s"),
}


def is_share(fact: Fact) -> bool:
    """Whether the fact is a share of 1, so that a bar can show it."""
    return fact in _SHARES


def needed(fact: Fact, op: Comparison, threshold: Threshold) -> Phrase:
    """What a criterion asks for: "over 85 %", "395 days or less", "all current"."""
    if fact is Fact.OWNER_ASSIGNED:
        return phrase(N_("yes"))
    if fact is Fact.MANDATED_DOCUMENTED and threshold == 1:
        return phrase(N_("all current"))
    if isinstance(threshold, Band):
        return phrase(N_("band %(band)s or better"), band=threshold.value)
    if op is Comparison.EQUAL and threshold == 0:
        return phrase(N_("none"))
    return phrase(_NEEDED[op], limit=_amount(fact, Fraction(threshold)))


def actual(fact: Fact, value: FactValue) -> Phrase:
    """What the fact is: "83 %", "405 days", "never"."""
    if value is None:
        return phrase(N_("never")) if fact in _DAYS else phrase(N_("nothing to rate"))
    if isinstance(value, bool):
        return phrase(N_("yes")) if value else phrase(N_("no"))
    if isinstance(value, Band):
        return phrase(N_("band %(band)s"), band=value.value)
    return phrase("%(amount)s", amount=_amount(fact, Fraction(value)))


def _amount(fact: Fact, value: Fraction) -> Phrase:
    if fact in _SHARES or fact is Fact.MANDATED_DOCUMENTED:
        return phrase("%(share)s", share=value)
    if fact in _DAYS:
        return counted("%(num)s day", "%(num)s days", int(value))
    return phrase("%(number)s", number=int(value))


def interval(days: int | None, every: Period | None, *, event_driven: bool) -> Phrase:
    """How long one is good for: "every month", "when it happens", "good for 365 days", "good until replaced"."""
    if every is Period.MONTH:
        return phrase(N_("every month"))
    if every is Period.QUARTER:
        return phrase(N_("every quarter"))
    if event_driven:
        return phrase(N_("when it happens"))
    if days is None:
        return phrase(N_("good until replaced"))
    return counted("good for %(num)s day", "good for %(num)s days", days)
