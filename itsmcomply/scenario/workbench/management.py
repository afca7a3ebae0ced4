"""Steps of a management review: planned, prepared, held, decided, signed, followed up. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from itsmcomply.performance import kinds, rules
from itsmcomply.scenario.model import Step
from itsmcomply.scenario.place import NO_NAMES, Names, Place
from itsmcomply.scenario.workbench.bench import filed_reviews, manager_of, moment, told, weekday
from itsmcomply.scenario.workbench.model import (
    CancelReview,
    Decide,
    DecideAction,
    FollowAction,
    InviteGuest,
    MoveReview,
    PlanReview,
    RecordHeld,
    SaveInput,
    SignReview,
    StateReview,
)
from itsmcomply.scenario.workbench.schema import InputEntry, ManagementReview, ReviewAction

MORNING = time(10)


@dataclass(frozen=True, slots=True)
class _Case:
    review: ManagementReview
    at: Place
    planned: datetime
    by: str
    names: Names

    @property
    def slug(self) -> str:
        return self.at.system.slug

    @property
    def id(self) -> str:
        return self.review.id


def review_steps(review: ManagementReview, at: Place) -> Iterator[Step]:
    """All steps of one review. What was added to inputs before it was held stays when they are considered."""
    planned = at.at("planned").moment(review.planned, MORNING)
    by = manager_of(review.by, at)
    case = _Case(review, at, planned, by, _names(review, at))
    chair = at.at("chair").person(review.chair or at.system.defaults.manager)
    yield PlanReview(planned, by, case.slug, case.id, weekday(at.at("day").day(review.day)), chair, review.place or "")
    yield from _changes(case)
    for number, guest in enumerate(review.people, start=1):
        shown = rules.Guest(guest.name, guest.role, guest.top_management, guest.present)
        yield InviteGuest(planned + timedelta(minutes=number), by, case.slug, case.id, shown)
    held = _held(case)
    yield from _inputs(case, held)
    yield from _outcome(case, held, chair)


def _names(review: ManagementReview, at: Place) -> Names:
    return {"held": weekday(at.at("held", "day").day(review.held.day))} if review.held else NO_NAMES


def _changes(case: _Case) -> Iterator[Step]:
    for number, moved in enumerate(case.review.moved):
        at = case.at.at("moved", number)
        on = moment(at, moved.on, MORNING, least=case.planned)
        yield MoveReview(on, case.by, case.slug, case.id, weekday(at.at("day").day(moved.day)), moved.reason)
    if (cancelled := case.review.cancelled) is not None:
        at = case.at.at("cancelled")
        on = moment(at, cancelled.on, MORNING, least=case.planned)
        yield CancelReview(on, manager_of(cancelled.by, at), case.slug, case.id, cancelled.reason)


def _held(case: _Case) -> datetime | None:
    """The moment at which it is recorded as held."""
    review = case.review
    if review.held is None:
        for name in ("others", "decisions", "statement", "signed"):
            if getattr(review, name):
                case.at.at(name).refuse("needs held: the review has not taken place")
        return None
    return moment(case.at.at("held"), review.held.on, time(16), case.names, least=case.planned)


def _inputs(case: _Case, held: datetime | None) -> Iterator[Step]:
    """First what was added beforehand, then the day it was held, then what was considered."""
    agenda = [one.key for one in case.at.catalogue.review_inputs]
    for key, entry in case.review.inputs.items():
        at = case.at.at("inputs", key)
        at.known(key, agenda, "an input of the agenda")
        if entry.considered is not None and held is None:
            at.at("considered").refuse("needs held: the review has not taken place")
        if entry.on is not None:
            on = moment(at, entry.on, MORNING, case.names, least=case.planned)
            yield _input(case, key, on, rules.Entry(told(entry.text, at.at("text"), case.names)))
    if held is None:
        return
    yield RecordHeld(held, case.by, case.slug, case.id, case.names["held"])
    for number, key in enumerate(agenda, start=1):
        found = case.review.inputs.get(key) or InputEntry()
        at, answer = case.at.at("inputs", key), _answer(found, case.review)
        if answer is not None or (found.text and found.on is None):
            stated = rules.Entry(told(found.text, at.at("text"), case.names), answer)
            yield _input(case, key, held + timedelta(minutes=number), stated)


def _input(case: _Case, key: str, on: datetime, entry: rules.Entry) -> Step:
    return SaveInput(on, case.by, case.slug, case.id, key, entry)


def _answer(entry: InputEntry, review: ManagementReview) -> kinds.Consideration | None:
    if entry.considered is False:
        return kinds.Consideration.NOT_CONSIDERED
    considered = entry.considered or review.others == "considered"
    return kinds.Consideration.CONSIDERED if considered else None


def _outcome(case: _Case, held: datetime | None, chair: str) -> Iterator[Step]:
    if held is None:
        return
    yield from _decisions(case, held + timedelta(minutes=30))
    review = case.review
    if review.statement is not None:
        at, said = case.at.at("statement"), review.statement
        stated = rules.Statement(
            kinds.Judgement(said.suitable),
            kinds.Judgement(said.adequate),
            kinds.Judgement(said.effective),
            told(said.text, at.at("text"), case.names),
        )
        yield StateReview(held + timedelta(minutes=60), case.by, case.slug, case.id, stated)
    if review.signed is not None:
        at = case.at.at("signed")
        on = moment(at, review.signed.on, MORNING, case.names, least=held + timedelta(minutes=61))
        item = f"{case.slug}/review/{case.id}"
        yield SignReview(on, chair, case.slug, case.id, item)
        yield from filed_reviews(review.signed.reviews, item, chair, on, at)
        yield from _following(case, on)


def _decisions(case: _Case, on: datetime) -> Iterator[Step]:
    agenda = {one.key for one in case.at.catalogue.review_inputs}
    for number, decision in enumerate(case.review.decisions, start=1):
        at = case.at.at("decisions", number - 1)
        key = at.at("input").known(decision.input, agenda, "an input of the agenda") if decision.input else ""
        text = told(decision.text, at.at("text"), case.names)
        made = rules.NewDecision(kinds.DecisionKind(decision.kind), text, key)
        yield Decide(on, case.by, case.slug, case.id, made)
        for place, action in enumerate(decision.actions):
            where = at.at("actions", place)
            owner, due = where.at("owner").person(action.owner), where.at("due").day(action.due, case.names)
            words = told(action.text, where.at("text"), case.names)
            yield DecideAction(on, case.by, case.slug, case.id, words, owner, due, number)


def _following(case: _Case, signed: datetime) -> Iterator[Step]:
    """What became of actions, numbered through all decisions."""
    listed: list[tuple[ReviewAction, Place]] = [
        (action, case.at.at("decisions", number, "actions", place))
        for number, decision in enumerate(case.review.decisions)
        for place, action in enumerate(decision.actions)
    ]
    for number, (action, at) in enumerate(listed, start=1):
        for place, follow in enumerate(action.steps):
            where = at.at("steps", place)
            on = moment(where, follow.on, MORNING, case.names, least=signed)
            due = where.at("due").maybe_day(follow.due, case.names)
            step = rules.NewStep(kinds.Step(follow.step), told(follow.note, where.at("note"), case.names), due)
            yield FollowAction(on, case.by, case.slug, case.id, number, step)
