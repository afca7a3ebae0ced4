"""The words of exports: labels of keys and short sentences, in English and marked for extraction. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from itsmcomply import wording
from itsmcomply.audits import words as audits
from itsmcomply.audits.coverage import Standing
from itsmcomply.clauses.maturity import Fact
from itsmcomply.clauses.policy import Band
from itsmcomply.figures import percent_number
from itsmcomply.findings import words as findings
from itsmcomply.language import Spoken, _, say
from itsmcomply.performance import words as reviews
from itsmcomply.readiness import words as readiness
from itsmcomply.readiness.phrases import Phrase, PhraseValue
from itsmcomply.readiness.results import Status
from itsmcomply.reports.audit_model import ActionState, SampleRow
from itsmcomply.reports.model import Mode, RegisterState
from itsmcomply.wording import N_

RULES, STATUSES, FACTS = Spoken(readiness.RULES), Spoken(readiness.STATUSES), Spoken(readiness.FACTS)
BANDS, STATES, FACETS = Spoken(readiness.BANDS), Spoken(readiness.STATES), Spoken(readiness.FACETS)
GATES = Spoken({key: name for key, (name, _question) in readiness.GATES.items()})
GATE_QUESTIONS = Spoken({key: question for key, (_name, question) in readiness.GATES.items()})
SUBJECT_LISTS = Spoken({kind.value: name for kind, name in readiness.SUBJECT_LISTS.items()})
BASES = Spoken({basis.value: name for basis, name in readiness.BASES.items()})
AUDIT_KINDS, AUDIT_STATES, EXTENTS = Spoken(audits.KINDS), Spoken(audits.STATES), Spoken(audits.EXTENTS)
CONCLUSIONS = Spoken(audits.CONCLUSIONS)
METHODS, STRATA, RECORDS = Spoken(audits.SAMPLE_METHODS), Spoken(audits.STRATA), Spoken(audits.RECORDS)
GRADES, FINDING_STATES, SOURCES = Spoken(findings.GRADES), Spoken(findings.STATES), Spoken(findings.SOURCES)
CAUSE_METHODS, CATEGORIES = Spoken(findings.METHODS), Spoken(findings.CATEGORIES)
REVIEW_STATES, JUDGEMENTS, DECISIONS = Spoken(reviews.STATES), Spoken(reviews.JUDGEMENTS), Spoken(reviews.DECISIONS)

NBSP = "\u00a0"
DASH = "–"

BAND_RANGES = Spoken(
    {
        Band.N: N_("up to 15 %"),
        Band.P: N_("over 15 to 50 %"),
        Band.L: N_("over 50 to 85 %"),
        Band.F: N_("over 85 %"),
    }
)
REGISTER_STATES = Spoken(
    {
        RegisterState.CURRENT: N_("Current"),
        RegisterState.DUE: N_("Current, due for renewal"),
        RegisterState.COVERS: N_("Covers its period"),
        RegisterState.NOT_YET: N_("Accepted, not yet in effect"),
        RegisterState.IN_REVIEW: N_("In review"),
        RegisterState.LAPSED: N_("Lapsed"),
        RegisterState.REPLACED: N_("Replaced"),
        RegisterState.REJECTED: N_("Rejected"),
        RegisterState.WITHDRAWN: N_("Withdrawn"),
    }
)
VERDICTS = Spoken(
    {
        Status.NOT_READY: N_("Not ready for a stage 1 audit"),
        Status.STAGE_1_READY: N_("Ready for a stage 1 audit, not yet for stage 2"),
        Status.STAGE_2_READY: N_("Ready for a stage 2 audit"),
    }
)
BLOCKER_REASONS = Spoken(
    {
        "missing": N_("missing"),
        "rejected": N_("rejected"),
        "lapsed": N_("lapsed"),
        "in_review": N_("waits for review"),
        "not_declared": N_("list not declared"),
        "list_not_declared": N_("its list is not declared"),
        "no_owner": N_("no owner"),
        "not_recorded": N_("not recorded"),
        "not_approved": N_("not approved"),
        "not_planned": N_("not planned"),
        "not_operated_long_enough": N_("not operated long enough"),
        "periods_missing": N_("periods missing"),
        "not_audited": N_("not audited"),
        "not_held": N_("not held"),
        "too_long_ago": N_("too long ago"),
        "open": N_("open"),
        "overdue": N_("overdue"),
        "no_plan": N_("no accepted plan"),
    }
)
SUBJECT = Spoken(
    {
        "service": N_("service"),
        "external_supplier": N_("external supplier"),
        "internal_supplier": N_("internal supplier"),
        "customer": N_("customer"),
    }
)
SUBJECTS = Spoken(
    {
        "service": N_("services"),
        "external_supplier": N_("external suppliers"),
        "internal_supplier": N_("internal suppliers"),
        "customer": N_("customers"),
    }
)
PERIOD = Spoken({"month": N_("month"), "quarter": N_("quarter")})
PERIODS = Spoken({"month": N_("months"), "quarter": N_("quarters")})
EVERY = Spoken({"month": N_("every month"), "quarter": N_("every quarter")})
MODES = Spoken(
    {
        Mode.REAL: "",
        Mode.DEMONSTRATION: N_("Demonstration: invented organisation, no real evidence"),
        Mode.TRIAL: N_("Trial installation: not a record for certification"),
    }
)
COVERAGE = Spoken(
    {
        Standing.AUDITED: N_("Audited"),
        Standing.PLANNED: N_("Planned"),
        Standing.OVERDUE: N_("Overdue"),
        Standing.UNCOVERED: N_("Not covered"),
    }
)
ACTION_STATES = Spoken(
    {
        ActionState.TO_DO: N_("To do"),
        ActionState.LATE: N_("Late"),
        ActionState.DONE: N_("Done"),
        ActionState.GIVEN_UP: N_("Given up"),
    }
)
MONTHS = Spoken(dict(enumerate(wording.MONTHS, 1)))
KEYS = Spoken(
    {
        "agreement": N_("agreement"),
        "log": N_("log"),
        "metric": N_("metric"),
        "minutes": N_("minutes"),
        "plan": N_("plan"),
        "policy": N_("policy"),
        "procedure": N_("procedure"),
        "record": N_("record"),
        "register": N_("register"),
        "report": N_("report"),
        "screenshot": N_("screenshot"),
        "file": N_("file"),
        "link": N_("link"),
        "statement": N_("statement"),
        "nil": N_("nil"),
        "accepted": N_("accepted"),
        "rejected": N_("rejected"),
        "in_review": N_("in review"),
        "withdrawn": N_("withdrawn"),
        "internal": N_("internal"),
        "restricted": N_("restricted"),
        "preventive": N_("preventive"),
        "detective": N_("detective"),
        "corrective": N_("corrective"),
        "planned": N_("planned"),
        "operating": N_("operating"),
        "retired": N_("retired"),
        "demanded": N_("demanded"),
        "primary": N_("primary"),
        "supporting": N_("supporting"),
        "artefact": N_("artefact"),
        "process": N_("process"),
        "clause": N_("clause"),
        "requirement": N_("requirement"),
        "finding": N_("finding"),
        "system": N_("system"),
        "renew": N_("renew"),
        "period": N_("period"),
        "subject_list": N_("subject list"),
        "for_good": N_("for good"),
        "not_shown": N_("not shown"),
        "not_approved": N_("not approved"),
        "wrong_period": N_("wrong period"),
        "wrong_artefact": N_("wrong artefact"),
        "unreadable": N_("unreadable"),
    }
)
"""Keys of closed lists that stand in files as they are, in lower case."""
SHARES = (Fact.DOCUMENTED, Fact.OPERATED, Fact.MEASURED, Fact.IMPROVED, Fact.MANDATED_DOCUMENTED)
"""The facts shown as columns beside a process."""


def day_text(day: date | None) -> str:
    """The day as "14 Jan 2027", "not recorded" for None."""
    if day is None:
        return _("not recorded")
    return say(N_("%(day)s %(month)s %(year)s"), day=day.day, month=MONTHS[day.month], year=day.year)


def month_text(day: date) -> str:
    """The month as "Mar 2026"."""
    return say(N_("%(month)s %(year)s"), month=MONTHS[day.month], year=day.year)


def day_or_dash(day: date | None) -> str:
    return DASH if day is None else day_text(day)


def days_text(first: date, last: date) -> str:
    """A span of days: "7 Sep 2026 to 9 Sep 2026", one day alone."""
    if first == last:
        return day_text(first)
    return say(N_("%(first)s to %(last)s"), first=day_text(first), last=day_text(last))


def disclaimer(day: date) -> str:
    """The sentence that every result carries (`derivation.md`)."""
    text = N_(
        "Derived from evidence held on %(day)s; not an audit conclusion, nor a process assessment by ISO/IEC 33020."
    )
    return say(text, day=day_text(day))


def percent(value: Fraction | None) -> str:
    """Percent with its sign, "not rated" for None; never rounded onto a limit."""
    return _("not rated") if value is None else f"{percent_number(value)}{NBSP}%"


def fixed(value: Fraction, decimals: int = 1) -> str:
    """A plain number such as an index, rounded half to even on its exact value."""
    return f"{float(round(value, decimals)):.{decimals}f}"


def count(number: int, singular: str, plural: str) -> str:
    """The number with its word: "1 month", "11 months"."""
    return f"{number} {singular if number == 1 else plural}"


def label(key: str) -> str:
    """A key as a word: "for_good" is "for good"; one of no list, such as a frequency, as it is."""
    return KEYS[key] if key in KEYS else key.replace("_", " ")


def blocker_reason(reason: str) -> str:
    if reason.startswith("band_"):
        return say(N_("in band %(letter)s"), letter=reason.removeprefix("band_"))
    return BLOCKER_REASONS[reason] if reason in BLOCKER_REASONS else label(reason)


def told(value: PhraseValue) -> str:
    """The words of a phrase: days as days, fractions as percent."""
    match value:
        case Phrase():
            number = value.values.get("num")
            template = value.plural if value.plural and number != 1 else value.template
            return say(template, **{name: told(each) for name, each in value.values.items()})
        case Fraction():
            return percent(value)
        case date():
            return day_text(value)
        case _:
            return str(value)


def sample_method(sample: SampleRow) -> str:
    """How a sample was drawn: "Random", "Stratified by priority"."""
    if not sample.by:
        return METHODS[sample.method]
    return say(N_("%(method)s by %(strata)s"), method=METHODS[sample.method], strata=STRATA[sample.by])


def share(value: Fraction) -> str:
    """A share with one decimal, as pages state error rates and their bounds."""
    return f"{fixed(value * 100)}{NBSP}%"


def decision(number: int) -> str:
    return say(N_("decision %(number)s"), number=number)


def joined(words: Sequence[str], most: int = 20) -> str:
    """Words separated by commas, at most `most` of them and the number of the others."""
    shown = ", ".join(words[:most])
    others = len(words) - most
    return shown if others <= 0 else say(N_("%(shown)s and %(others)s more"), shown=shown, others=others)
