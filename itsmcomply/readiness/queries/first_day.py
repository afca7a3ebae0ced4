"""What a new system starts with: a short list, derived, each line gone when done."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from itsmcomply.controls.models import Control
from itsmcomply.readiness.phrases import Phrase, Place, PlaceKind, phrase
from itsmcomply.readiness.queries.view import View
from itsmcomply.readiness.results import GateKey, RuleKey, RuleResult
from itsmcomply.systems.models import Membership
from itsmcomply.wording import N_

ENOUGH_ITEMS = 10


@dataclass(frozen=True, slots=True)
class FirstStep:
    """`done` of `total`; `about` says what it gives, `verb` is on the button. `endpoint`: a page of another feature,
    else `place`.
    """

    text: Phrase
    about: Phrase
    verb: Phrase
    done: int
    total: int
    place: Place | None = None
    endpoint: str = ""


def first_day(session: Session, system_id: int, view: View) -> tuple[FirstStep, ...]:
    """The steps not yet done, while the system is new (few items, or no owner yet). At most two queries, else none."""
    items = sum(len(found.filed) for found in view.snapshot.loaded.facts.artefacts.values())
    rules = {rule.key: rule for rule in view.result.gate(GateKey.DOCUMENTED).rules}
    owners = rules[RuleKey.PROCESS_OWNERS]
    if view.day != view.today or (items >= ENOUGH_ITEMS and owners.met):
        return ()
    steps = (*_settings(rules), *_counts(session, system_id), _filing(items))
    return tuple(step for step in steps if step.done < step.total)


def _settings(rules: dict[RuleKey, RuleResult]) -> tuple[FirstStep, ...]:
    owners, scope, lists = (
        rules[key] for key in (RuleKey.PROCESS_OWNERS, RuleKey.SCOPE_RECORDED, RuleKey.SUBJECT_LISTS)
    )
    return (
        FirstStep(
            phrase(N_("Assign an owner to each process")),
            phrase(N_("One page; owners are asked for what their process needs")),
            phrase(N_("Assign owners")),
            owners.met,
            owners.total,
            Place(PlaceKind.SETTING, "owners"),
        ),
        FirstStep(
            phrase(N_("Record scope and audit dates")),
            phrase(N_("The dates set what is due when")),
            phrase(N_("Record them")),
            scope.met,
            scope.total,
            Place(PlaceKind.SETTING, "scope"),
        ),
        FirstStep(
            phrase(N_("List services, suppliers and customers")),
            phrase(N_("Some documents are wanted for each of them; an empty list counts")),
            phrase(N_("Fill the lists")),
            lists.met,
            lists.total,
            Place(PlaceKind.SETTING, "subjects"),
        ),
    )


def _counts(session: Session, system_id: int) -> tuple[FirstStep, ...]:
    controls = session.execute(select(func.count()).where(Control.system_id == system_id)).scalar_one()
    people = session.execute(
        select(func.count(func.distinct(Membership.user_id))).where(
            Membership.system_id == system_id, Membership.ended_at.is_(None)
        )
    ).scalar_one()
    return (
        FirstStep(
            phrase(N_("Adopt the starter controls")),
            phrase(N_("97 controls mapped to all requirements, as a start")),
            phrase(N_("Look and adopt")),
            min(controls, 1),
            1,
            endpoint="controls.index",
        ),
        FirstStep(
            phrase(N_("Invite people")),
            phrase(N_("A second person has to review what the first one files")),
            phrase(N_("Invite")),
            min(people, 2),
            2,
            Place(PlaceKind.SETTING, "people"),
        ),
    )


def _filing(items: int) -> FirstStep:
    return FirstStep(
        phrase(N_("File what you already have")),
        phrase(N_("Drop many files at once; each gets a suggested place")),
        phrase(N_("File")),
        min(items, ENOUGH_ITEMS),
        ENOUGH_ITEMS,
        endpoint="evidence.my_work",
    )
