"""What an outcome of the engine means in a sentence, and what cures it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from itsmcomply.clauses.model import Artefact
from itsmcomply.language import _, say
from itsmcomply.readiness.results import Outcome, PeriodOutcome, State, SubjectOutcome
from itsmcomply.reports import words
from itsmcomply.wording import N_

MOST_NAMED = 6


def detail(artefact: Artefact, outcome: Outcome, subjects: Mapping[str, str]) -> str:
    """Counts, missing periods and subjects, end of validity, and versions that stand beside what counts."""
    parts = [*_shares(artefact, outcome, subjects), *_validity(outcome)]
    if outcome.pending and outcome.state is State.CURRENT:
        parts.append(_("another version is in review"))
    if outcome.rejected_newer and outcome.state is State.CURRENT:
        parts.append(_("a newer version was rejected"))
    if outcome.future:
        parts.append(_("an accepted version takes effect later"))
    return "; ".join(parts)


def _shares(artefact: Artefact, outcome: Outcome, subjects: Mapping[str, str]) -> list[str]:
    if artefact.per is not None and not outcome.list_declared:
        return [say(N_("the list of %(subjects)s is not declared"), subjects=words.SUBJECTS[artefact.per])]
    if artefact.per is not None and outcome.list_empty:
        return [say(N_("the list of %(subjects)s is declared empty"), subjects=words.SUBJECTS[artefact.per])]
    if artefact.per is not None:
        return [_subject_share(artefact, outcome, subjects)]
    return _period_share(artefact, outcome)


def _subject_share(artefact: Artefact, outcome: Outcome, subjects: Mapping[str, str]) -> str:
    assert artefact.per is not None  # noqa: S101 - for the type checker
    counted = [s for s in outcome.subjects if s.coverage is not None]
    short = [_subject_name(s, subjects) for s in counted if s.coverage != 1]
    singular, plural = words.SUBJECT[artefact.per], words.SUBJECTS[artefact.per]
    covered = words.count(len(counted), singular, plural)
    text = say(N_("%(met)s of %(all)s"), met=len(counted) - len(short), all=covered)
    if not short:
        return text
    return say(N_("%(share)s; short: %(names)s"), share=text, names=words.joined(short, MOST_NAMED))


def _subject_name(outcome: SubjectOutcome, subjects: Mapping[str, str]) -> str:
    return subjects.get(outcome.subject or "", outcome.subject or "")


def _period_share(artefact: Artefact, outcome: Outcome) -> list[str]:
    if artefact.every is None:
        return []
    periods = [period for subject in outcome.subjects for period in subject.periods]
    if not periods:
        return [_("no period is due yet")]
    singular, plural = words.PERIOD[artefact.every], words.PERIODS[artefact.every]
    missing = [period_name(p) for p in periods if not p.covered]
    share = words.count(len(periods), singular, plural)
    text = say(N_("%(met)s of %(all)s covered"), met=len(periods) - len(missing), all=share)
    if not missing:
        return [text]
    return [say(N_("%(share)s; missing %(names)s"), share=text, names=words.joined(missing, MOST_NAMED))]


def period_name(period: PeriodOutcome) -> str:
    """The period as "Mar 2026" or "Q1 2026"."""
    if (period.last_on - period.first_on).days > 31:
        return say(N_("Q%(quarter)s %(year)s"), quarter=(period.first_on.month + 2) // 3, year=period.first_on.year)
    return words.month_text(period.first_on)


def _validity(outcome: Outcome) -> list[str]:
    if outcome.lapses_on is None or outcome.state is not State.CURRENT:
        return []
    last = words.day_text(outcome.lapses_on - timedelta(days=1))
    return [say(N_("due for renewal, counts until %(day)s") if outcome.renewal_due else N_("until %(day)s"), day=last)]


def cure(artefact: Artefact, outcome: Outcome) -> str:
    """What to do so that the artefact is covered in full."""
    if not outcome.list_declared and artefact.per is not None:
        return say(N_("Declare the list of %(subjects)s"), subjects=words.SUBJECTS[artefact.per])
    match outcome.state:
        case State.MISSING if artefact.event_driven:
            return _("File it, or a nil statement if the event has not occurred")
        case State.MISSING:
            return _("File it and have it reviewed")
        case State.IN_REVIEW:
            return _("Review the version that waits")
        case State.REJECTED:
            return _("Replace the rejected version")
        case State.LAPSED:
            return _("Renew it: a new version, or the same one confirmed")
        case State.CURRENT if artefact.per is not None:
            return _("File it for those that are short")
        case State.CURRENT:
            return _("File the missing periods")
