# ruff: noqa: DTZ001 - tools write moments without a zone
"""Checks between records, worked by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

from itsmcomply.audits.tickets.linkage import Check, Limits, Outcome, check_all
from itsmcomply.audits.tickets.model import FIELDS, Kind, Ticket

DAY = datetime(2026, 3, 1, 9)


def incident(number: str, **values: object) -> Ticket:
    return Ticket(**({"number": number, "kind": Kind.INCIDENT, "row": 2, "opened_at": DAY} | values))  # type: ignore[arg-type]


def found(check: Check, *tickets: Ticket, limits: Limits | None = None) -> list[tuple[str, ...]]:
    return [e.numbers for e in outcome(check, *tickets, limits=limits).exceptions]


def outcome(check: Check, *tickets: Ticket, limits: Limits | None = None) -> Outcome:
    return next(o for o in check_all(tickets, FIELDS, limits) if o.check is check)


def test_incidents_on_the_same_item_recur_when_three_fall_within_thirty_days() -> None:
    days = [0, 29, 30, 90]
    tickets = [incident(f"I{d}", ci="mail", opened_at=DAY + timedelta(days=d)) for d in days]

    assert found(Check.RECURRING, *tickets) == [("I0", "I29", "I30")]


def test_a_named_problem_takes_an_incident_out_of_the_count() -> None:
    tickets = [incident(f"I{n}", ci="mail", problem="PRB1" if n == 1 else None) for n in range(3)]

    assert found(Check.RECURRING, *tickets) == []


def test_a_change_needs_approval_and_test() -> None:
    good = Ticket("C1", Kind.CHANGE, 2, approval="Approved", test="passed")
    bad = Ticket("C2", Kind.CHANGE, 3, approval="Requested")

    assert found(Check.UNAPPROVED, good, bad) == [("C2",)]
    assert found(Check.UNTESTED, good, bad) == [("C2",)]


def test_a_reference_is_broken_only_where_the_export_holds_that_kind() -> None:
    problem = Ticket("PRB1", Kind.PROBLEM, 2)
    tickets = (incident("I1", problem="PRB1"), incident("I2", problem="PRB9"), incident("I3", change="CHG9"))

    assert found(Check.BROKEN, problem, *tickets) == [("I2", "PRB9")]


def test_a_change_that_was_not_carried_out_needs_no_approval_yet() -> None:
    states = ["Draft", "New", "Canceled", "Implement", "Closed", None]
    changes = [Ticket(f"C{place}", Kind.CHANGE, 2, state=state) for place, state in enumerate(states)]

    assert found(Check.UNAPPROVED, *changes) == [("C3",), ("C4",), ("C5",)]
    assert outcome(Check.UNTESTED, *changes).tested == 3


def test_each_of_several_references_in_a_cell_is_looked_up_however_it_is_written() -> None:
    problems = Ticket("PRB1", Kind.PROBLEM, 2), Ticket("1024", Kind.PROBLEM, 3)
    linked = incident("I1", problem="prb1, PRB9"), incident("I2", problem="1 024\nPRB1")

    assert found(Check.BROKEN, *problems, *linked) == [("I1", "PRB9")]


def test_closed_without_resolution_reopened_late_and_backwards_name_their_record() -> None:
    closed = incident("I1", state="Closed")
    reopened = incident("I2", reopened=2)
    backwards = incident("I3", resolved_at=DAY - timedelta(hours=1))
    late = incident("I4", sla_met=False)
    tickets = (closed, reopened, backwards, late)

    assert found(Check.UNRESOLVED, *tickets) == [("I1",)]
    assert found(Check.REOPENED, *tickets) == [("I2",)]
    assert found(Check.BACKWARDS, *tickets) == [("I3",)]
    assert found(Check.LATE, *tickets) == [("I4",)]


def test_without_the_column_nothing_is_concluded() -> None:
    outcomes = check_all([Ticket("C1", Kind.CHANGE, 2)], {"number", "state"})

    assert all(o.tested is None and not o.exceptions for o in outcomes)
