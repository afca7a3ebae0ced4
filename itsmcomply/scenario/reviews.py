"""Steps of reviewing a version: decisions and questions. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from itsmcomply.scenario.dates import working_day
from itsmcomply.scenario.model import AnswerQuestion, AskQuestion, ReviewVersion, Step
from itsmcomply.scenario.parts import ReviewEntry, Reviews
from itsmcomply.scenario.place import Names, Place
from itsmcomply.scenario.schema import Question

AFTERNOON = 14


@dataclass(frozen=True, slots=True)
class Filed:
    """A version being filed, as far as its reviews and questions need it."""

    item: str
    number: int
    uploader: str
    moment: datetime


def spelled_out(reviews: Reviews) -> Sequence[ReviewEntry]:
    return [ReviewEntry(decision="accepted")] if isinstance(reviews, str) else reviews


def review_steps(reviews: Reviews, filed: Filed, place: Place, names: Names) -> Iterator[Step]:
    """One step per decision, in the order written."""
    for number, review in enumerate(spelled_out(reviews)):
        at = place.at(number) if isinstance(reviews, list) else place
        by = reviewer(review, filed.uploader, at)
        check_review(review, by, filed.uploader, at)
        yield ReviewVersion(
            _decided(review, filed, at, names),
            by,
            place.system.slug,
            filed.item,
            filed.number,
            review.decision == "accepted",
            review.kind,
            review.reason or "",
            review.opened,
        )


def _decided(review: ReviewEntry, filed: Filed, at: Place, names: Names) -> datetime:
    """In the afternoon of the day named, or of a working day `after` the upload; never before the upload."""
    minute = (filed.moment.minute * 7 + 11) % 60
    if review.on is not None:
        moment = at.at("on").moment(review.on, time(AFTERNOON, minute), names)
        if moment < filed.moment:
            at.at("on").refuse("decides before the version was filed")
        return moment
    day = working_day(filed.moment.date() + timedelta(days=review.after), at.today)
    usual = filed.moment.replace(year=day.year, month=day.month, day=day.day, hour=AFTERNOON, minute=minute)
    return max(usual, filed.moment + timedelta(hours=1))


def reviewer(review: ReviewEntry, uploader: str, at: Place) -> str:
    """Who decides: the person named, else the first usual reviewer who did not upload."""
    if review.by is not None:
        return at.at("by").person(review.by)
    usual = at.system.defaults.reviewers
    return next((email for email in usual if email != uploader), usual[0])


def check_review(review: ReviewEntry, by: str, uploader: str, at: Place) -> None:
    if by == uploader:
        at.refuse(f"{by} uploaded this and cannot review it; name another reviewer")
    if review.decision == "rejected" and not (review.kind and review.reason):
        at.refuse("a rejection needs kind and reason")


def question_steps(questions: list[Question], filed: Filed, place: Place, names: Names) -> Iterator[Step]:
    """Questions without a decision, and their answers."""
    slug = place.system.slug
    for number, question in enumerate(questions):
        at = place.at(number)
        asked = max(at.at("on").moment(question.on, time(15, number), names), filed.moment)
        yield AskQuestion(asked, at.at("by").person(question.by), slug, filed.item, filed.number, question.text)
        if question.answer is not None:
            answer, where = question.answer, at.at("answer")
            answered = max(where.at("on").moment(answer.on, time(16, number), names), asked)
            by = where.at("by").person(answer.by)
            yield AnswerQuestion(answered, by, slug, filed.item, filed.number, answer.text)
