"""What a version may claim: dates, period, subjects and kind against its artefact, and until when it is current
(`derivation.md` 1 and 2). Pure: no database, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from itsmcomply.clauses.model import Artefact, Basis, Facet, Period
from itsmcomply.clauses.policy import Freshness, Recurrence
from itsmcomply.evidence.kinds import VersionKind
from itsmcomply.evidence.names import problem_of_address, problem_of_file_name, problem_of_text
from itsmcomply.evidence.periods import Span, next_period, periods_covered
from itsmcomply.wording import N_, Sentence, say

LONGEST_TITLE = 300
LONGEST_STATEMENT = 10_000
EARLIEST = date(1970, 1, 1)
LATEST = date(2100, 12, 31)

PERIOD_WORDS = {Period.MONTH: N_("months"), Period.QUARTER: N_("quarters")}

Problems: TypeAlias = dict[str, Sentence]


@dataclass(frozen=True, slots=True)
class Filing:
    """What somebody states about a version. Artefact, dates, period and subjects are part of what a reviewer accepts.

    `subjects` None means all of the artefact's list; otherwise the ids of the named ones. `text` is the address of a
    link or the words of a statement, else empty. `seen_on` is the day somebody opened the link. `document_*` and
    `approved_on` are what the document says of itself, apart from our review.
    """

    kind: VersionKind
    title: str
    effective_on: date | None
    period_from: date | None = None
    period_to: date | None = None
    valid_until: date | None = None
    subjects: frozenset[int] | None = None
    text: str = ""
    seen_on: date | None = None
    sha256: str | None = None
    file_name: str | None = None
    note: str = ""
    document_version: str = ""
    document_approver: str = ""
    approved_on: date | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a filing is checked against. `declared`: ids of the subjects of the artefact's list in force on
    `received_on`; None when that list is not declared.
    """

    received_on: date
    recurrence: Recurrence
    operating_since: date | None = None
    declared: frozenset[int] | None = None


def problems_of_filing(filing: Filing, artefact: Artefact, around: Surroundings) -> Problems:
    """Everything wrong with a filing, by field; empty when it can be kept."""
    problems = _problems_of_words(filing) | _problems_of_source(filing, artefact, around.declared)
    problems |= _problems_of_dates(filing, around.received_on)
    problems |= _problems_of_subjects(filing, artefact, around.declared)
    if filing.effective_on is None and not is_record(artefact, filing.kind) and "effective_on" not in problems:
        problems["effective_on"] = say(N_("Give the day it took effect."))
    if problems:
        return problems
    if is_record(artefact, filing.kind):
        return _problems_of_record(filing, artefact, around)
    if filing.period_from or filing.period_to:
        text = N_("%(artefact)s is a document: it has a day it took effect and no period. Leave the period empty.")
        return {"period_from": say(text, artefact=artefact.name)}
    return {}


def is_record(artefact: Artefact, kind: VersionKind) -> bool:
    """Whether a version states a past period: every facet but documented, and every nil statement."""
    return artefact.facet is not Facet.DOCUMENTED or kind is VersionKind.NIL


def completed(filing: Filing, artefact: Artefact) -> tuple[date | None, date | None, date | None]:
    """Effective day, period start and period end, with what follows from the others filled in.

    A record's effective day is the end of its period; without a start it covers that day alone.
    """
    effective = filing.effective_on
    if not is_record(artefact, filing.kind):
        return effective, filing.period_from, filing.period_to
    end = filing.period_to or effective
    return effective or end, filing.period_from or end, end


def _problems_of_words(filing: Filing) -> Problems:
    problems: Problems = {}
    if not filing.title.strip():
        problems["title"] = say(N_("Give it a title that others will recognise."))
    for name, limit in (("title", LONGEST_TITLE), ("document_version", 60), ("document_approver", 200)):
        text: str = getattr(filing, name)
        if len(text) > limit:
            problems[name] = say(N_("Keep it within %(limit)s characters."), limit=limit)
        elif problem := problem_of_text(text):
            problems[name] = problem
    if problem := problem_of_text(filing.note, lines=True):
        problems["note"] = problem
    if filing.file_name is not None and (problem := problem_of_file_name(filing.file_name)):
        problems["file"] = problem
    return problems


def _problems_of_source(filing: Filing, artefact: Artefact, declared: frozenset[int] | None) -> Problems:
    match filing.kind:
        case VersionKind.FILE:
            return {}
        case VersionKind.LINK:
            problem = problem_of_address(filing.text)
            return {"text": problem} if problem else {}
        case VersionKind.STATEMENT:
            return _problems_of_statement(filing, artefact)
        case VersionKind.NIL:
            return _problems_of_nil(filing, artefact, declared)


def _problems_of_statement(filing: Filing, artefact: Artefact) -> Problems:
    if artefact.basis is not Basis.GOOD_PRACTICE:
        text = N_("%(artefact)s needs a document or record; a statement serves only where the standard asks for none.")
        return {"kind": say(text, artefact=artefact.name)}
    return _problem_of_statement_text(filing.text)


def _problems_of_nil(filing: Filing, artefact: Artefact, declared: frozenset[int] | None) -> Problems:
    if not (artefact.event_driven or (artefact.per is not None and declared == frozenset())):
        text = N_("%(artefact)s is expected whether or not something happened, so a nil statement does not serve.")
        return {"kind": say(text, artefact=artefact.name)}
    return _problem_of_statement_text(filing.text)


def _problem_of_statement_text(text: str) -> Problems:
    if not text.strip():
        return {"text": say(N_("Write the statement: what did or did not happen, and how that is known."))}
    if len(text) > LONGEST_STATEMENT:
        return {
            "text": say(N_("Keep the statement under %(limit)s characters, or upload it."), limit=LONGEST_STATEMENT)
        }
    problem = problem_of_text(text, lines=True)
    return {"text": problem} if problem else {}


def _problems_of_dates(filing: Filing, received_on: date) -> Problems:
    problems: Problems = {}
    for name in ("effective_on", "period_from", "period_to", "valid_until", "approved_on", "seen_on"):
        day = getattr(filing, name)
        if day is not None and not EARLIEST <= day <= LATEST:
            problems[name] = say(N_("Choose a day between 1970 and 2100."))
    if problems:
        return problems
    if filing.approved_on and filing.approved_on > received_on:
        problems["approved_on"] = say(N_("The approval lies in the future. File it once it is approved."))
    if filing.seen_on and filing.seen_on > received_on:
        problems["seen_on"] = say(N_("The day seen lies in the future. Open the link, then file it."))
    if filing.valid_until and filing.effective_on and filing.valid_until < filing.effective_on:
        text = N_("It would end before it takes effect. In effect from %(start)s, valid until %(end)s.")
        problems["valid_until"] = say(text, start=filing.effective_on, end=filing.valid_until)
    return problems


def _problems_of_subjects(filing: Filing, artefact: Artefact, declared: frozenset[int] | None) -> Problems:
    if artefact.per is None:
        if filing.subjects is not None:
            text = N_("%(artefact)s is not kept per service or supplier. Leave the list empty.")
            return {"subjects": say(text, artefact=artefact.name)}
        return {}
    if filing.subjects is None or filing.kind is VersionKind.NIL:
        return {}
    if not filing.subjects:
        return {"subjects": say(N_("Choose what it covers: all, or the ones it names."))}
    if filing.subjects - (declared or frozenset()):
        return {"subjects": say(N_("One of the chosen entries is no longer in force. Choose again."))}
    return {}


def _problems_of_record(filing: Filing, artefact: Artefact, around: Surroundings) -> Problems:
    effective, start, end = completed(filing, artefact)
    if effective is None or start is None or end is None:
        return {"effective_on": say(N_("Give the last day the record covers."))}
    if end < start:
        text = N_("The period ends before it begins. From %(start)s to %(end)s.")
        return {"period_to": say(text, start=start, end=end)}
    if effective != end:
        text = N_("A record takes effect on the last day it covers. The period ends on %(end)s.")
        return {"effective_on": say(text, end=end)}
    if end > around.received_on:
        text = N_("A record covers days that have passed. The period ends on %(end)s; today is %(today)s.")
        return {"period_to": say(text, end=end, today=around.received_on)}
    if filing.kind is VersionKind.NIL and filing.period_from is None:
        return {"period_from": say(N_("Say from which day on nothing happened."))}
    if artefact.every is None:
        return {}
    if filing.period_from is None:
        return {"period_from": say(N_("Say which period it covers, so that it counts for the right months."))}
    return _problem_of_breadth(Span(start, end), artefact.every, artefact.type, around)


def _problem_of_breadth(span: Span, every: Period, artefact_type: str, around: Surroundings) -> Problems:
    count = periods_covered(span, every, around.operating_since)
    if artefact_type not in around.recurrence.single_period_types or count <= around.recurrence.single_period_max:
        return {}
    text = N_(
        "It would cover %(count)s %(periods)s; a report, minutes or metric covers at most %(most)s. File one for each."
    )
    most = around.recurrence.single_period_max
    return {"period_from": say(text, count=count, periods=PERIOD_WORDS[every], most=most)}


@dataclass(frozen=True, slots=True)
class Claim:
    """The part of a version that decides how long it is current."""

    kind: VersionKind
    effective_on: date
    valid_until: date | None = None
    seen_on: date | None = None


def last_current_day(claim: Claim, freshness_days: int | None, freshness: Freshness) -> date | None:
    """The last day on which an accepted version is current; None: until replaced. `valid_until` has no grace.

    `freshness_days` is the artefact's interval or the organisation's own; None: good until replaced.
    """
    last = _last_by_interval(claim, freshness_days, freshness)
    ends = [day for day in (last, claim.valid_until) if day is not None]
    return min(ends, default=None)


def _last_by_interval(claim: Claim, freshness_days: int | None, freshness: Freshness) -> date | None:
    if claim.kind is VersionKind.LINK:
        seen_last = (claim.seen_on or claim.effective_on) + timedelta(days=freshness.link_max_days)
        if freshness_days is None:
            return seen_last
        return min(seen_last, claim.effective_on + timedelta(days=freshness_days))
    interval = _interval(claim.kind, freshness_days, freshness)
    return None if interval is None else claim.effective_on + timedelta(days=interval + freshness.grace_days(interval))


def renewal_due_on(claim: Claim, freshness_days: int | None, freshness: Freshness) -> date | None:
    """The first day of the grace, in which a version still counts as due for renewal. None where there is no grace."""
    interval = _interval(claim.kind, freshness_days, freshness)
    if interval is None or claim.kind is VersionKind.LINK:
        return None
    return claim.effective_on + timedelta(days=interval + 1)


def _interval(kind: VersionKind, freshness_days: int | None, freshness: Freshness) -> int | None:
    if freshness_days is None and kind is VersionKind.NIL:
        return freshness.nil_default_days
    return freshness_days


def is_contradicted(nil_period: Span, *, effective_on: date) -> bool:
    """Whether a record of `effective_on` speaks against a nil statement for `nil_period`. It is named, never ended."""
    return nil_period.start <= effective_on <= nil_period.end


def prefilled(artefact: Artefact, last: Span | None, *, today: date) -> tuple[date | None, date]:
    """Period start and effective day to offer for the next version. `last` is the period of the latest version.

    A recurring record continues with the next calendar period, even when that has not ended yet; others start after the
    last period and end today; a document takes effect today.
    """
    if artefact.facet is Facet.DOCUMENTED:
        return None, today
    if last is None:
        return None, today
    if artefact.every is not None:
        following = next_period(last, artefact.every)
        return following.start, following.end
    return min(last.end + timedelta(days=1), today), today
