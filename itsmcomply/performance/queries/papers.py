"""A review as the values its two documents are written from."""

from __future__ import annotations

from datetime import date

from itsmcomply.performance.papers import Paper, PaperAction, PaperDecision, PaperGuest, PaperInput, Papers
from itsmcomply.performance.queries.reviews import ReviewView
from itsmcomply.performance.words import JUDGEMENTS, QUESTIONS


def papers_of(
    view: ReviewView, paper: Paper, *, system: str, mode: str, today: date, signed_on: date | None = None
) -> Papers:
    """Everything a document says. `signed_on`: the day of the signature, which minutes about to be signed carry."""
    review = view.review
    numbers = {one.row.id: one.row.number for one in view.decisions}
    return Papers(
        paper=paper,
        system=system,
        mode=mode,
        key=review.key,
        chair=view.chair,
        place=review.place,
        planned_on=view.planned_on,
        held_on=review.held_on,
        period_start=view.period.start,
        period_end=view.period.end,
        first=view.period.first,
        as_of=today,
        inputs=tuple(
            PaperInput(
                one.number,
                one.name,
                one.ask,
                one.requirement,
                one.filled,
                one.row.addition,
                one.row.consideration,
            )
            for one in view.inputs
        ),
        guests=tuple(PaperGuest(g.name, g.role, g.top_management, g.present) for g in view.guests),
        decisions=tuple(
            PaperDecision(one.row.number, one.row.kind, one.row.text, one.follows) for one in view.decisions
        ),
        actions=tuple(
            PaperAction(a.number, a.text, a.owner, a.first_due_on, numbers.get(a.decision_id or 0, 0))
            for a in sorted(view.actions, key=lambda action: action.number)
        ),
        answers=_answers(view),
        statement=review.statement,
        hindrances=view.hindrances,
        signed_on=signed_on,
    )


def _answers(view: ReviewView) -> tuple[tuple[str, str], ...]:
    review = view.review
    given = {"suitable": review.suitable, "adequate": review.adequate, "effective": review.effective}
    return tuple((QUESTIONS[name], JUDGEMENTS[answer]) for name, answer in given.items() if answer)
