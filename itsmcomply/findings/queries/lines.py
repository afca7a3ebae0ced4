"""The register of findings: lines, filters, counts, and what is open for a clause, process or control."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.accounts.queries import names_of
from itsmcomply.clauses.model import Catalogue
from itsmcomply.findings.dossiers import Dossier, load_dossiers
from itsmcomply.findings.duties import Duty, Person, duty_refusal, is_responsible, next_duty
from itsmcomply.findings.kinds import Grade, Source
from itsmcomply.findings.limits import AGES, AgeClass, Delay, Hearer, Raised, age, delays, earlier_alike, next_due
from itsmcomply.findings.models import Finding, FindingClosing, FindingWithdrawal
from itsmcomply.findings.queries.history import raised_of_system
from itsmcomply.findings.rules import Act, Case, Gate, State, is_open, missing, state_of


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding as lists show it, on one day. `due_on`: the next day by which something is due. `age` in days.

    `requirements` in catalogue order; `process`: the one it names, else that of its first requirement.
    """

    key: str
    title: str
    statement: str
    grade: Grade
    state: State
    is_open: bool
    requirements: tuple[str, ...]
    clauses: tuple[str, ...]
    process: str | None
    processes: frozenset[str]
    source: Source
    source_ref: str
    audit_key: str
    owner_id: int | None
    owner: str
    found_on: date
    closed_on: date | None
    plan_due_on: date | None
    closure_due_on: date | None
    due_on: date | None
    age: int
    delays: tuple[Delay, ...]
    missing: tuple[Gate, ...]
    earlier: tuple[str, ...]
    actions_open: int
    actions: int

    @property
    def late_days(self) -> int:
        """Days the longest overdue thing is late; 0: nothing is."""
        return self.delays[0].days if self.delays else 0


def finding_lines(session: Session, catalogue: Catalogue, system_id: int, today: date) -> tuple[FindingLine, ...]:
    """All findings of a system, the latest first. 19 queries; one when there are none."""
    dossiers = load_dossiers(session, catalogue, system_id)
    if not dossiers:
        return ()
    names = names_of(session)
    raised = [raised_of(dossier) for dossier in dossiers]
    found = (_line(dossier, raised, names, catalogue, today) for dossier in reversed(dossiers))
    return tuple(found)


def raised_of(dossier: Dossier) -> Raised:
    """A dossier as far as repetition needs it."""
    return Raised(
        dossier.finding.key,
        dossier.finding.found_on,
        dossier.grade.grade,
        frozenset(dossier.requirements),
        withdrawn=dossier.withdrawal is not None,
    )


def _line(
    dossier: Dossier, raised: Iterable[Raised], names: dict[int, str], catalogue: Catalogue, today: date
) -> FindingLine:
    finding, case, grade = dossier.finding, dossier.case, dossier.grade
    known = [catalogue.requirements[key] for key in dossier.requirements]
    clauses = tuple(dict.fromkeys(requirement.clause for requirement in known))
    return FindingLine(
        key=finding.key,
        title=finding.title,
        statement=finding.statement,
        grade=grade.grade,
        state=state_of(case),
        is_open=is_open(case),
        requirements=dossier.requirements,
        clauses=clauses,
        process=finding.process or (known[0].process if known else None),
        processes=dossier.processes,
        source=finding.source,
        source_ref=finding.source_ref,
        audit_key=finding.audit_key,
        owner_id=finding.owner_id,
        owner=names.get(finding.owner_id, "") if finding.owner_id is not None else "",
        found_on=finding.found_on,
        closed_on=case.closed_on,
        plan_due_on=case.plan_due_on,
        closure_due_on=case.closure_due_on,
        due_on=next_due(case),
        age=age(case, today),
        delays=delays(case, today),
        missing=missing(case),
        earlier=tuple(one.key for one in earlier_alike(raised_of(dossier), raised)),
        actions_open=sum(1 for action in case.actions if action.completed_on is None),
        actions=len(case.actions),
    )


@dataclass(frozen=True, slots=True)
class Filters:
    """What the register shows; "" is everything. `state`: a state, or "open". `owner`: a user id as text."""

    state: str = ""
    grade: str = ""
    process: str = ""
    clause: str = ""
    owner: str = ""
    overdue: bool = False
    q: str = ""


def filtered(lines: Iterable[FindingLine], filters: Filters) -> tuple[FindingLine, ...]:
    """The lines a person asked for, in the order given."""
    return tuple(line for line in lines if _matches(line, filters))


def _matches(line: FindingLine, filters: Filters) -> bool:
    words = f"{line.key} {line.title} {line.statement} {line.source_ref} {' '.join(line.requirements)}".casefold()
    return (
        (not filters.state or filters.state == line.state or (filters.state == "open" and line.is_open))
        and (not filters.grade or filters.grade == line.grade)
        and (not filters.process or filters.process in line.processes)
        and (not filters.clause or any(_within(number, filters.clause) for number in line.clauses))
        and (not filters.owner or filters.owner == str(line.owner_id or ""))
        and (not filters.overdue or bool(line.delays))
        and all(word in words for word in filters.q.casefold().split())
    )


def _within(number: str, clause: str) -> bool:
    """Whether a clause is the other one or lies below it."""
    return number == clause or number.startswith(f"{clause}.")


@dataclass(frozen=True, slots=True)
class Tally:
    """Open findings counted three ways, each in its natural order. Clauses at the second level, as 8.6."""

    by_clause: tuple[tuple[str, dict[Grade, int]], ...]
    by_grade: tuple[tuple[Grade, int], ...]
    by_age: tuple[tuple[AgeClass, int], ...]


def tally(lines: Iterable[FindingLine], catalogue: Catalogue) -> Tally:
    """Count the open ones. A finding against several clauses counts under each; strengths are not open."""
    open_ones = [line for line in lines if line.is_open]
    clauses: dict[str, Counter[Grade]] = {}
    for line in open_ones:
        for number in {".".join(clause.split(".")[:2]) for clause in line.clauses}:
            clauses.setdefault(number, Counter())[line.grade] += 1
    grades = Counter(line.grade for line in open_ones)
    return Tally(
        by_clause=tuple((number, dict(clauses[number])) for number in catalogue.clauses if number in clauses),
        by_grade=tuple((grade, grades[grade]) for grade in Grade if grade is not Grade.STRENGTH),
        by_age=tuple((one, sum(1 for line in open_ones if one.holds(line.age))) for one in AGES),
    )


def open_findings_for(
    session: Session,
    catalogue: Catalogue,
    system_id: int,
    today: date,
    *,
    requirements: Collection[str] = (),
    clause: str = "",
    process: str = "",
) -> tuple[FindingLine, ...]:
    """Open findings against any of `requirements`, a clause or what lies below it, or a process; the gravest first.

    24 queries, one when nothing is open. For a control pass the requirements it is mapped to.
    """
    dossiers = load_open(session, catalogue, system_id)
    if not dossiers:
        return ()
    names, raised = names_of(session), raised_of_system(session, system_id)
    lines = [_line(dossier, raised, names, catalogue, today) for dossier in dossiers]
    found = [line for line in lines if _touches(line, frozenset(requirements), clause, process)]
    order = list(Grade)
    return tuple(sorted(found, key=lambda line: (order.index(line.grade), line.found_on, line.key)))


def _touches(line: FindingLine, requirements: frozenset[str], clause: str, process: str) -> bool:
    if not line.is_open:
        return False
    under = bool(clause) and any(_within(number, clause) for number in line.clauses)
    return under or (bool(process) and process in line.processes) or bool(requirements & set(line.requirements))


def load_open(session: Session, catalogue: Catalogue, system_id: int) -> tuple[Dossier, ...]:
    """Dossiers of findings that are neither closed nor withdrawn, in the order of raising."""
    closed = select(FindingClosing.finding_id).where(FindingClosing.reopened_at.is_(None))
    gone = closed.union_all(select(FindingWithdrawal.finding_id))
    ids = session.scalars(select(Finding.id).where(Finding.system_id == system_id, Finding.id.not_in(gone))).all()
    return load_dossiers(session, catalogue, system_id, only=ids) if ids else ()


def needs(case: Case, person: Person, today: date) -> bool:
    """Whether this person has to do the next thing about a finding, or has to hear that it is late.

    The owner does it; without one, the process owner; without either, the SMS manager. Whoever may decide counts for
    decisions.
    """
    late = delays(case, today)
    if late and person.for_all and any(delay.hearer is not Hearer.OWNER for delay in late):
        return True
    match next_duty(case, today):
        case None:
            return False
        case Duty.DECIDER:
            return duty_refusal(Act.CLOSE, case, person) is None
        case Duty.ACTION_OWNER:
            return any(a.owner_id == person.user_id and a.completed_on is None for a in case.actions)
        case Duty.RESPONSIBLE | Duty.RAISER | Duty.WITHDRAWER:
            return _answers(case, person)


def _answers(case: Case, person: Person) -> bool:
    if not is_responsible(case, person):
        return False
    if case.owner_id is not None:
        return case.owner_id == person.user_id
    return bool(person.processes & case.processes) or person.for_all
