"""E2: a change is on the trail exactly when it was made, and what the entries say gives back what the tables hold.

500 random steps of five people, some refused by a rule, some failing after the write; 20,000 with ITSMCOMPLY_DEEP.
SEED chooses another run; the deep run draws anew each time.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.activity.verification import verify_chain
from itsmcomply.clauses.model import SubjectKind
from itsmcomply.clock import FixedClock
from itsmcomply.controls.models import Control, ControlKind
from itsmcomply.controls.operations import ControlDetails, create_control, edit_control, retire_control, set_mappings
from itsmcomply.db import db
from itsmcomply.errors import DomainError, NotFound
from itsmcomply.evidence.kinds import Decision, RejectionKind
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion
from itsmcomply.evidence.operations import (
    Desk,
    add_version,
    change_item,
    confirm_unchanged,
    decide,
    file_evidence,
    withdraw_version,
)
from itsmcomply.evidence.operations.reviewing import latest_review
from itsmcomply.evidence.rules import Verdict
from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.models import Finding
from itsmcomply.findings.operations import (
    accept_plan,
    add_action,
    answer_finding,
    change_grade,
    close_finding,
    raise_finding,
    record_correction,
    reopen_finding,
    return_plan,
    state_cause,
    state_extent,
    submit_plan,
    withdraw_finding,
)
from itsmcomply.findings.statements import NewAction
from itsmcomply.permissions import Actor, Role
from itsmcomply.systems.models import EntryKind, Membership, Subject
from itsmcomply.systems.operations import add_subject, end_role, end_subject, grant_role, set_entry
from tests.cast import Cast
from tests.evidence.office import Office, document
from tests.findings.bench import CAUSE, CORRECTION, EXTENT, RAISING
from tests.reliability.drawing import seed
from tests.reliability.house import counts, office_of
from tests.reliability.replay import Told, read_from_the_tables, told_by_the_trail

pytestmark = pytest.mark.slow
STEPS = 20_000 if os.environ.get("ITSMCOMPLY_DEEP") else 500
SEED = seed()
PEOPLE = ("sms_manager", "internal_auditor", "process_owner", "other_owner", "reviewer")
WORDS = ("Incident procedure", "Résumé of März", "変更の記録", "=1+1", "Line one\nline two", " padded ", "", "x" * 400)
REASONS = ("It was wrong.", "Seen again 🙂", "")


Row = TypeVar("Row", Control, Subject, Finding)


class FailedAfterwardsError(Exception):
    """What goes wrong after an operation has written, before the commit."""


@dataclass
class Walker:
    """Takes random steps; each is one transaction of one person."""

    office: Office
    draw: random.Random
    ends: Counter[str] = field(default_factory=Counter)

    def step(self) -> None:
        who, act = self.draw.choice([(who, act) for who, acts in ACTS.items() for act in acts])
        if self.draw.random() < 0.15:
            who = self.draw.choice(PEOPLE)
        fails = self.draw.random() < 0.1
        self.office.cast.clock.advance(timedelta(minutes=self.draw.randint(0, 600)))
        before = counts(self.office.cast.app)
        try:
            with self.office.desk(who) as desk:
                act(self, desk)
                if fails:
                    desk.session.flush()
                    raise FailedAfterwardsError  # noqa: TRY301 - the transaction around it is what is tried
        except (DomainError, FailedAfterwardsError) as error:
            self.ends[type(error).__name__] += 1
            assert counts(self.office.cast.app) == before, act.__name__
        else:
            self.ends[act.__name__] += 1
            now = counts(self.office.cast.app)
            assert now == before or now[-1] > before[-1], act.__name__

    def word(self) -> str:
        return self.draw.choice(WORDS)

    def reason(self) -> str:
        return self.draw.choice(REASONS)

    def day(self, desk: Desk) -> date:
        return desk.today + timedelta(days=self.draw.randint(-40, 5))

    def file(self, desk: Desk) -> None:
        upload = self.office.upload(desk, self.draw.randbytes(40), "x.txt")
        artefact = self.draw.choice(("mi_proc", "contract", "no_such", "sm_policy"))
        file_evidence(desk, artefact=artefact, filing=document(self.word(), self.day(desk)), upload=upload)

    def add_version(self, desk: Desk) -> None:
        upload = self.office.upload(desk, self.draw.randbytes(40), "x.txt")
        add_version(desk, item_id=self.any(desk, EvidenceItem), filing=document("", self.day(desk)), upload=upload)

    def confirm(self, desk: Desk) -> None:
        confirm_unchanged(desk, version_id=self.any(desk, EvidenceVersion), effective_on=self.day(desk))

    def change_item(self, desk: Desk) -> None:
        item = desk.item(self.any(desk, EvidenceItem))
        change_item(
            desk,
            item_id=item.id,
            row_version=self.draw.choice((item.row_version, item.row_version, 0)),
            title=self.word(),
            owner_id=item.owner_id,
            confidentiality=item.confidentiality,
        )

    def decide(self, desk: Desk) -> None:
        _, version = desk.version(self.any(desk, EvidenceVersion))
        last = latest_review(desk, version.id)
        accepted = Verdict(Decision.ACCEPTED, None, "", version.sha256)
        rejected = Verdict(Decision.REJECTED, RejectionKind.NOT_SHOWN, self.reason(), version.sha256)
        verdict = self.draw.choice((accepted, rejected, replace(accepted, seen_sha256="0" * 64)))
        decide(desk, version_id=version.id, verdict=verdict, opened=True, after_review=last.id if last else 0)

    def withdraw(self, desk: Desk) -> None:
        withdraw_version(desk, version_id=self.any(desk, EvidenceVersion), reason=self.reason())

    def details(self) -> ControlDetails:
        return ControlDetails(self.word(), self.draw.choice(("incident", "change")), ControlKind.DETECTIVE, "per event")

    def wanted(self, desk: Desk) -> list[str]:
        return self.draw.sample(sorted(desk.catalogue.requirements), self.draw.randint(0, 4))

    def create_control(self, desk: Desk) -> None:
        ref, wanted = f"C-{self.draw.randint(1, 60):02d}", self.wanted(desk)
        create_control(
            *_who(self, desk), desk.catalogue, system=desk.system, ref=ref, details=self.details(), requirements=wanted
        )

    def edit_control(self, desk: Desk) -> None:
        control = self.one(desk, Control)
        version = self.draw.choice((control.row_version, control.row_version, 0))
        edit_control(
            *_who(self, desk),
            desk.catalogue,
            system=desk.system,
            control=control,
            details=self.details(),
            row_version=version,
        )

    def map_control(self, desk: Desk) -> None:
        control = self.one(desk, Control)
        set_mappings(
            *_who(self, desk), desk.catalogue, system=desk.system, control=control, requirements=self.wanted(desk)
        )

    def retire_control(self, desk: Desk) -> None:
        control = self.one(desk, Control)
        retire_control(*_who(self, desk), system=desk.system, control=control, reason=self.reason())

    def state_fact(self, desk: Desk) -> None:
        kind = self.draw.choice((EntryKind.ORGANISATION, EntryKind.SCOPE_STATEMENT, EntryKind.OPERATING_SINCE))
        value = self.word() if kind is not EntryKind.OPERATING_SINCE else self.draw.choice(("2026-01-01", "soon", ""))
        set_entry(*_who(self, desk), system=desk.system, kind=kind, value=value, reason=self.reason())

    def name_owner(self, desk: Desk) -> None:
        user = desk.session.get(User, self.draw.choice((*self.office.cast.ids.values(), 0)))
        process = self.draw.choice(("incident", "change", "release"))
        set_entry(*_who(self, desk), system=desk.system, kind=EntryKind.PROCESS_OWNER, key=process, user=user)

    def add_subject(self, desk: Desk) -> None:
        name = f"Supplier {self.draw.randint(1, 30)}"
        kind = SubjectKind.EXTERNAL_SUPPLIER
        add_subject(*_who(self, desk), system=desk.system, kind=kind, name=name, from_on=self.day(desk))

    def end_subject(self, desk: Desk) -> None:
        subject = self.one(desk, Subject)
        end_subject(
            *_who(self, desk), system=desk.system, subject=subject, ended_on=self.day(desk), reason=self.reason()
        )

    def grant(self, desk: Desk) -> None:
        user = desk.session.get_one(User, self.office.cast.ids[self.draw.choice(("outsider", "viewer"))])
        role, process = self.draw.choice(
            ((Role.VIEWER, None), (Role.PROCESS_OWNER, "release"), (Role.PROCESS_OWNER, None))
        )
        grant_role(*_who(self, desk), system=desk.system, user=user, role=role, process=process)

    def end_role(self, desk: Desk) -> None:
        spare = select(Membership.id).where(
            Membership.user_id.in_([self.office.cast.ids[name] for name in ("outsider", "viewer")])
        )
        chosen = self.draw.choice([*desk.session.scalars(spare)])
        membership = desk.session.get_one(Membership, chosen)
        end_role(*_who(self, desk), system=desk.system, membership=membership, reason=self.reason())

    def any(self, desk: Desk, table: type[EvidenceItem | EvidenceVersion | Control | Subject | Finding]) -> int:
        """The id of a row, or of none."""
        return self.draw.randint(1, max(1, desk.session.scalar(select(func.max(table.id))) or 1))

    def one(self, desk: Desk, table: type[Row]) -> Row:
        found = desk.session.get(table, self.any(desk, table))
        if found is None:
            raise NotFound(table.__tablename__, "1")
        return found

    def finding(self, desk: Desk) -> str:
        return self.one(desk, Finding).key

    def raise_finding(self, desk: Desk) -> None:
        raise_finding(desk, replace(RAISING, grade=self.draw.choice(list(Grade)), title=self.word()))

    def work_on_finding(self, desk: Desk) -> None:
        """One of the steps between raising and closing."""
        key, owner = self.finding(desk), self.office.cast.ids["process_owner"]
        due = desk.today + timedelta(days=20)
        self.draw.choice(
            (
                lambda: record_correction(desk, key, replace(CORRECTION, done_on=desk.today, text=self.word())),
                lambda: state_extent(desk, key, EXTENT),
                lambda: state_cause(desk, key, CAUSE),
                lambda: add_action(desk, key, NewAction(self.word(), owner, due)),
                lambda: submit_plan(desk, key),
                lambda: answer_finding(desk, key, text=self.word()),
            )
        )()

    def judge_finding(self, desk: Desk) -> None:
        key, plan = self.finding(desk), self.draw.randint(1, 3)
        grade = self.draw.choice(list(Grade))
        self.draw.choice(
            (
                lambda: accept_plan(desk, key, plan=plan, effect_days=30),
                lambda: return_plan(desk, key, plan=plan, note=self.reason()),
                lambda: close_finding(desk, key),
                lambda: reopen_finding(desk, key, reason=self.reason()),
                lambda: withdraw_finding(desk, key, reason=self.reason()),
                lambda: change_grade(
                    desk, key, grade=grade, plan_due_on=None, closure_due_on=None, reason=self.reason()
                ),
            )
        )()


def _who(walker: Walker, desk: Desk) -> tuple[Session, Actor, FixedClock]:
    return desk.session, desk.actor, walker.office.cast.clock


ACTS: dict[str, tuple[Callable[[Walker, Desk], None], ...]] = {
    "process_owner": (
        *(Walker.file, Walker.add_version, Walker.confirm, Walker.change_item, Walker.withdraw),
        *(Walker.work_on_finding, Walker.work_on_finding, Walker.work_on_finding),
    ),
    "reviewer": (Walker.decide, Walker.decide),
    "internal_auditor": (Walker.raise_finding, Walker.judge_finding, Walker.judge_finding),
    "sms_manager": (
        *(Walker.create_control, Walker.edit_control, Walker.map_control, Walker.retire_control),
        *(Walker.state_fact, Walker.name_owner, Walker.add_subject, Walker.end_subject, Walker.grant, Walker.end_role),
    ),
}
"""What each person does most of the time; now and then it is tried by anybody."""


def test_the_trail_tells_what_the_tables_hold(cast: Cast) -> None:
    print(f"SEED={SEED}")
    walker = Walker(office_of(cast), random.Random(SEED))

    for step in range(1, STEPS + 1):
        walker.step()
        if step % (STEPS // 5) == 0:
            _agree(cast)

    every = {act.__name__ for acts in ACTS.values() for act in acts}
    for _ in range(4 * STEPS):  # some acts are rarely possible
        if every <= walker.ends.keys():
            break
        walker.step()
    _agree(cast)
    print(walker.ends)
    assert every <= walker.ends.keys()
    assert walker.ends["FailedAfterwardsError"] > STEPS // 100


def _agree(cast: Cast) -> None:
    with cast.app.app_context(), Session(db.engine) as session:
        told, held = told_by_the_trail(session), read_from_the_tables(session, cast.system_id)
        assert verify_chain(session).problems == []
    for part in fields(Told):
        assert getattr(told, part.name) == getattr(held, part.name), part.name
