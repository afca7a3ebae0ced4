"""Checks between records: what recurs without a problem, changes without approval or test, broken references.

Source: the links ISO/IEC 20000-1:2018 asks for in 8.5.1 and 8.6; thresholds are the auditor's and can be changed. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise

from itsmcomply.audits.tickets.model import Kind, Ticket


class Check(StrEnum):
    """What is looked for."""

    RECURRING = "recurring_without_problem"
    UNAPPROVED = "change_without_approval"
    UNTESTED = "change_without_test"
    BROKEN = "broken_reference"
    UNRESOLVED = "closed_without_resolution"
    REOPENED = "reopened_often"
    BACKWARDS = "times_out_of_order"
    LATE = "sla_missed_without_note"


REQUIREMENT_CLAUSES: dict[Check, str] = {
    Check.RECURRING: "8.6.3",
    Check.UNAPPROVED: "8.5.1.2",
    Check.UNTESTED: "8.5.1.3",
    Check.BROKEN: "8.6.1",
    Check.UNRESOLVED: "8.6.1",
    Check.REOPENED: "8.6.1",
    Check.BACKWARDS: "8.6.1",
    Check.LATE: "8.3.3",
}
"""The clause an exception most likely is raised against; the auditor decides."""

_APPROVED = frozenset({"approved", "granted", "accepted", "yes", "true", "1", "pre-approved", "standard"})

_NOT_CARRIED_OUT = frozenset(
    {
        "new", "draft", "requested", "assess", "assessment", "authorize", "authorise", "evaluation",
        "to do", "waiting for approval", "awaiting approval", "pending approval",
        "cancelled", "canceled", "declined", "rejected", "refused", "withdrawn",
    }
)  # fmt: skip
"""States of a change that nothing was deployed in: approval and test may still come, or are not needed any more."""
_LISTED = re.compile(r"[,;|\n]|<br\s*/?>", re.IGNORECASE)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Limits:
    """From how many incidents in how many days something recurs; from how many reopenings it is often."""

    recurring: int = 3
    days: int = 30
    reopened: int = 2


@dataclass(frozen=True, slots=True)
class Exception_:  # noqa: N801 - "exception" is the auditors' word and taken by Python
    """Records that break one check, and what about them."""

    check: Check
    numbers: tuple[str, ...]
    detail: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One check over a population. `tested` None: the export has no column that would tell."""

    check: Check
    tested: int | None
    exceptions: tuple[Exception_, ...]


def check_all(tickets: Sequence[Ticket], fields: Iterable[str], limits: Limits | None = None) -> tuple[Outcome, ...]:
    """Every check, in their order. `fields`: what the export has columns for; without it nothing can be concluded."""
    known, limits = set(fields), limits or Limits()
    of = {kind: [t for t in tickets if t.kind is kind] for kind in Kind}
    incidents, changes = of[Kind.INCIDENT], of[Kind.CHANGE]
    carried_out = [t for t in changes if (t.state or "").strip().lower() not in _NOT_CARRIED_OUT]
    finished = [t for t in tickets if t.is_finished or t.closed_at is not None]
    late = [t for t in tickets if t.sla_met is False]
    linked = [t for t in tickets if t.problem or t.change]
    told = {
        Check.RECURRING: {"problem", "opened_at"} <= known and bool({"ci", "category", "symptom"} & known),
        Check.UNAPPROVED: "approval" in known,
        Check.UNTESTED: "test" in known,
        Check.BROKEN: bool(of[Kind.PROBLEM] or changes) and bool({"problem", "change"} & known),
        Check.UNRESOLVED: "resolution" in known,
        Check.REOPENED: "reopened" in known,
        Check.BACKWARDS: len({"opened_at", "resolved_at", "closed_at"} & known) > 1,
        Check.LATE: {"sla_met", "note"} <= known,
    }
    tested: dict[Check, list[Ticket]] = {
        Check.RECURRING: incidents,
        Check.UNAPPROVED: carried_out,
        Check.UNTESTED: carried_out,
        Check.BROKEN: linked,
        Check.UNRESOLVED: finished,
        Check.REOPENED: list(tickets),
        Check.BACKWARDS: list(tickets),
        Check.LATE: late,
    }
    return tuple(
        Outcome(
            check, len(tested[check]) if told[check] else None, tuple(_found(check, tested[check], tickets, limits))
        )
        if told[check]
        else Outcome(check, None, ())
        for check in Check
    )


def _found(check: Check, tested: list[Ticket], all_: Sequence[Ticket], limits: Limits) -> Iterable[Exception_]:
    match check:
        case Check.RECURRING:
            return _recurring(tested, limits)
        case Check.UNAPPROVED:
            return _each(check, [(t, _approval(t)) for t in tested])
        case Check.UNTESTED:
            return _each(check, [(t, "" if t.test else "no test plan or result") for t in tested])
        case Check.BROKEN:
            return _broken(tested, all_)
        case Check.UNRESOLVED:
            return _each(check, [(t, "" if t.resolution else "finished, no resolution code") for t in tested])
        case Check.REOPENED:
            often = [
                (t, f"reopened {t.reopened} times" if (t.reopened or 0) >= limits.reopened else "") for t in tested
            ]
            return _each(check, often)
        case Check.BACKWARDS:
            return _each(check, [(t, _backwards(t)) for t in tested])
        case Check.LATE:
            return _each(check, [(t, "" if t.note else "target missed, no note says why") for t in tested])


def _each(check: Check, judged: Iterable[tuple[Ticket, str]]) -> Iterable[Exception_]:
    return [Exception_(check, (ticket.number,), detail) for ticket, detail in judged if detail]


def _approval(ticket: Ticket) -> str:
    said = (ticket.approval or "").strip().lower()
    if said in _APPROVED:
        return ""
    return f"approval: {ticket.approval}" if ticket.approval else "no approval"


def _backwards(ticket: Ticket) -> str:
    order = [("opened", ticket.opened_at), ("resolved", ticket.resolved_at), ("closed", ticket.closed_at)]
    known = [(name, at) for name, at in order if at is not None]
    for (name, at), (later, then) in pairwise(known):
        if then < at:
            return f"{later} {then:%Y-%m-%d %H:%M}, before it was {name} {at:%Y-%m-%d %H:%M}"
    return ""


def _recurring(incidents: Sequence[Ticket], limits: Limits) -> Iterable[Exception_]:
    """Groups of the same category and item (else symptom), within the window, none of which names a problem."""
    groups: dict[tuple[str, str, str], list[Ticket]] = {}
    for one in incidents:
        about = one.ci or one.symptom
        if about and one.opened_at:
            groups.setdefault((one.category or "", "item" if one.ci else "symptom", about), []).append(one)
    found = []
    for (category, _, about), members in groups.items():
        named = f"{category}, {about}" if category and category != about else about
        found += [
            Exception_(
                Check.RECURRING, tuple(t.number for t in run), f"{len(run)} incidents in {limits.days} days: {named}"
            )
            for run in _runs(members, limits)
        ]
    return sorted(found, key=lambda e: (-len(e.numbers), e.numbers))


def _runs(members: list[Ticket], limits: Limits) -> Iterable[list[Ticket]]:
    """Stretches of incidents without a problem that follow so closely; each incident is in one of them at most."""
    loose = sorted((t for t in members if not t.problem), key=lambda t: (t.opened_at or t.closed_at, t.number))
    window, start = timedelta(days=limits.days), 0
    while start < len(loose):
        first = loose[start].opened_at
        end = start
        while end < len(loose) and first and (loose[end].opened_at or first) - first <= window:
            end += 1
        if end - start >= limits.recurring:
            yield loose[start:end]
            start = end
        else:
            start += 1


def _broken(linked: Iterable[Ticket], all_: Iterable[Ticket]) -> Iterable[Exception_]:
    """References to a kind of which the population holds records, but not this one."""
    numbers = {kind: {_plain(t.number) for t in all_ if t.kind is kind} for kind in (Kind.PROBLEM, Kind.CHANGE)}
    found = []
    for ticket in linked:
        for kind, said in ((Kind.PROBLEM, ticket.problem), (Kind.CHANGE, ticket.change)):
            for wanted in _references(said) if numbers[kind] else ():
                if _plain(wanted) not in numbers[kind]:
                    text = f"names {kind.value} {wanted}, which is not in the export"
                    found.append(Exception_(Check.BROKEN, (ticket.number, wanted), text))
    return found


def _references(said: str | None) -> list[str]:
    """The records a cell names; some tools put several into one."""
    return [part.strip() for part in _LISTED.split(said or "") if part.strip()]


def _plain(number: str) -> str:
    """A number for comparison: some tools group its digits, and people write it in any case."""
    return _SPACES.sub("", number).casefold()
