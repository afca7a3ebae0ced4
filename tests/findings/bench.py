"""A bench for findings: the cast and the evidence office, with one short call for each step of a corrective action."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TypeVar

from itsmcomply.evidence.operations import Desk
from itsmcomply.findings.dossiers import Dossier, finding_id, load_dossiers
from itsmcomply.findings.kinds import CauseCategory, CauseMethod, Grade, Source
from itsmcomply.findings.models import Finding
from itsmcomply.findings.operations import (
    accept_plan,
    add_action,
    close_finding,
    complete_action,
    raise_finding,
    record_correction,
    state_cause,
    state_extent,
    submit_plan,
    verify_effect,
)
from itsmcomply.findings.rules import State, state_of
from itsmcomply.findings.statements import Cause, Correction, Extent, NewAction, Raising
from tests.evidence.office import Office

TODAY = date(2026, 11, 24)
REQUIREMENT = "8.6.1-a"
RAISING = Raising(
    grade=Grade.MINOR,
    title="Priority set by feel",
    statement="Priorities of incidents do not follow impact and urgency.",
    requirements=(REQUIREMENT,),
    criterion="Incidents are classified and prioritised.",
    objective="12 of 20 sampled incidents carry a priority that the matrix does not give.",
)
CORRECTION = Correction("The 12 incidents were prioritised anew.", TODAY, "Service desk lead")
EXTENT = Extent(elsewhere=True, looked="All incidents of October were compared with the matrix.", result="31 of 240.")
CAUSE = Cause(
    CauseMethod.FIVE_WHYS,
    (
        (CauseCategory.NONE, "The matrix was not used."),
        (CauseCategory.NONE, "The tool does not show it."),
        (CauseCategory.NONE, "It was left out when the tool was replaced."),
    ),
    "The acceptance test of the new tool did not cover the matrix.",
    "Without the matrix on screen the desk guesses.",
)
T = TypeVar("T")


@dataclass
class Bench:
    """Steps by the person whose turn they usually are; `by` names another one of the cast."""

    office: Office
    files: int = field(default=0)

    @contextmanager
    def desk(self, by: str) -> Iterator[Desk]:
        with self.office.desk(by) as desk:
            yield desk

    def do(self, by: str, step: Callable[[Desk], T]) -> T:
        with self.desk(by) as desk:
            return step(desk)

    def advance(self, days: int) -> None:
        self.office.cast.clock.advance(timedelta(days=days))

    def version(self) -> int:
        """The id of a new version of evidence, in review."""
        self.files += 1
        return self.office.file(content=f"proof {self.files}".encode(), name=f"proof-{self.files}.pdf").id

    def person(self, name: str) -> int:
        return self.office.cast.ids[name]

    def raised(self, raising: Raising = RAISING, *, by: str = "internal_auditor") -> str:
        finding: Finding = self.do(by, lambda desk: raise_finding(desk, raising))
        return finding.key

    def graded(self, grade: Grade) -> str:
        """Raised by whoever may raise that grade."""
        source = Source.CERTIFICATION_BODY if grade is Grade.AREA_OF_CONCERN else RAISING.source
        return self.raised(replace(RAISING, grade=grade, source=source))

    def contain(self, key: str, by: str = "process_owner") -> None:
        done = replace(CORRECTION, done_on=TODAY)
        self.do(by, lambda desk: record_correction(desk, key, done))

    def analyse(self, key: str, by: str = "process_owner") -> None:
        self.do(by, lambda desk: state_extent(desk, key, EXTENT))
        self.do(by, lambda desk: state_cause(desk, key, CAUSE))

    def add_action(self, key: str, *, owner: str = "process_owner", by: str = "process_owner", days: int = 20) -> int:
        with self.desk(by) as desk:
            due = desk.today + timedelta(days=days)
            return add_action(desk, key, NewAction("Show the matrix in the tool.", self.person(owner), due)).number

    def submit(self, key: str, by: str = "process_owner") -> int:
        return self.do(by, lambda desk: submit_plan(desk, key)).number

    def accept(self, key: str, plan: int, by: str = "internal_auditor") -> None:
        self.do(by, lambda desk: accept_plan(desk, key, plan=plan, effect_days=30))

    def complete(self, key: str, number: int = 1, by: str = "process_owner") -> None:
        proof = [self.version()]
        self.do(by, lambda desk: complete_action(desk, key, number, note="Done.", versions=proof))

    def verify(self, key: str, *, effective: bool = True, by: str = "sms_manager") -> None:
        proof = [self.version()]
        self.do(
            by, lambda desk: verify_effect(desk, key, effective=effective, statement="Looked at 20.", versions=proof)
        )

    def close(self, key: str, by: str = "sms_manager") -> None:
        self.do(by, lambda desk: close_finding(desk, key))

    def planned(self) -> str:
        """A nonconformity with an accepted plan of one action."""
        key = self.raised()
        self.contain(key)
        self.analyse(key)
        self.add_action(key)
        self.accept(key, self.submit(key))
        return key

    def done(self) -> str:
        key = self.planned()
        self.complete(key)
        return key

    def verified(self) -> str:
        key = self.done()
        self.advance(30)
        self.verify(key)
        return key

    def dossier(self, key: str) -> Dossier:
        with self.desk("viewer") as desk:
            found = finding_id(desk.session, desk.system.id, key)
            return load_dossiers(desk.session, desk.catalogue, desk.system.id, only=[found])[0]

    def state(self, key: str) -> State:
        return state_of(self.dossier(key).case)
