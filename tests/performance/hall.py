"""A hall for management reviews: the evidence office, with one short call for each step of a review."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from itsmcomply.db import db, end_read
from itsmcomply.evidence.operations import Desk, Filed
from itsmcomply.performance.filled import as_text
from itsmcomply.performance.kinds import Consideration, DecisionKind, Judgement
from itsmcomply.performance.operations import (
    Minutes,
    add_action,
    add_decision,
    add_guest,
    plan_review,
    record_held,
    save_input,
    sign_review,
    state_result,
)
from itsmcomply.performance.queries.reviews import ReviewView, review_view
from itsmcomply.performance.rules import Entry, Guest, NewAction, NewDecision, Statement
from tests.evidence.office import Office

TODAY = date(2026, 11, 24)
STATEMENT = Statement(Judgement.YES, Judgement.YES, Judgement.PARTLY, "Objectives were reached but for one.")
T = TypeVar("T")


@dataclass
class Hall:
    office: Office

    def do(self, step: Callable[[Desk], T], by: str = "sms_manager") -> T:
        with self.office.desk(by) as desk:
            return step(desk)

    def planned(self, on: date = date(2026, 12, 10)) -> str:
        chair = self.office.cast.ids["sms_manager"]
        return self.do(lambda desk: plan_review(desk, planned_on=on, chair_id=chair, place="Board room")).key

    def held(self) -> str:
        """Planned for today, held today, the director present."""
        key = self.planned(self.today())
        self.do(lambda desk: record_held(desk, key, held_on=desk.today))
        self.do(lambda desk: add_guest(desk, key, Guest("Service director", "Director", top_management=True)))
        return key

    def today(self) -> date:
        return self.office.cast.clock.now().date()

    def consider_all(self, key: str) -> None:
        entry = Entry("Looked at.", Consideration.CONSIDERED)
        inputs = self.view(key).inputs
        with self.office.desk("sms_manager") as desk:
            for one in inputs:
                save_input(desk, key, one.key, entry, row_version=one.row.row_version)

    def decide(self, key: str) -> None:
        decision = NewDecision(DecisionKind.IMPROVEMENT, "Shorten the time to assign incidents.", "feedback")
        self.do(lambda desk: add_decision(desk, key, decision))
        owner = self.office.cast.ids["process_owner"]
        action = NewAction("Measure the time to assign.", owner, date(2027, 1, 15), 1)
        self.do(lambda desk: add_action(desk, key, action))

    def ready(self) -> str:
        """Everything there but the signature."""
        key = self.held()
        self.consider_all(key)
        self.decide(key)
        version = self.view(key).review.row_version
        self.do(lambda desk: state_result(desk, key, STATEMENT, row_version=version))
        return key

    def minutes(self, key: str) -> Minutes:
        view = self.view(key)
        name = f"{key} minutes.docx"
        stored = self.office.store.put(io.BytesIO(key.encode()), limit=10**6, name=name)
        return Minutes(stored, name, {one.key: as_text(one.filled) for one in view.inputs}, view.seq)

    def signed(self) -> str:
        key = self.ready()
        self.sign(key)
        return key

    def sign(self, key: str, by: str = "sms_manager") -> Filed:
        made = self.minutes(key)
        return self.do(lambda desk: sign_review(desk, key, made), by)

    def view(self, key: str) -> ReviewView:
        cast = self.office.cast
        with cast.app.app_context():
            found = review_view(
                db.session(),
                self.office.catalogue,
                cast.system_id,
                key,
                today=self.today(),
                standing=lambda _days: [],
            )
            end_read()
            return found
