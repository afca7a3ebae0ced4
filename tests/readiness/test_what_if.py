"""What one decision would change, without taking it; and how kept steps are used again."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from itsmcomply.readiness.engine import (
    Setup,
    Steps,
    what_if_accepted,
    what_if_rejected,
    what_if_withdrawn,
    without_item,
)
from itsmcomply.readiness.facts import Facts, Link
from itsmcomply.readiness.results import State
from tests.readiness.small import LONG_AGO, accepted, facts, item, model, policy, small, version

DAY = date(2025, 6, 15)


def setup(found: Facts, steps: Steps | None = None) -> Setup:
    return Setup(small(), policy(), model(), found, DAY, DAY, steps or Steps())


def waiting() -> Facts:
    link = Link("good", LONG_AGO, accepted(DAY), requirement="gov-1")
    return facts(
        item("EV-0001", "policy", version(DAY, reviews=()), links=(link,)),
        item("EV-0002", "rec", version(DAY)),
    )


def test_accepting_would_raise_the_requirement_and_the_artefact() -> None:
    found = what_if_accepted(setup(waiting()), "EV-0001", 1)

    assert found.artefacts == (("policy", State.IN_REVIEW, State.CURRENT),)
    assert [(change.key, change.before, change.after) for change in found.requirements] == [
        ("gov-1", Fraction(0), Fraction(1))
    ]
    assert [change.key for change in found.processes] == ["gov"]
    assert found.levels == ()


def test_rejecting_or_withdrawing_would_lower_what_counts() -> None:
    rejected = what_if_rejected(setup(waiting()), "EV-0002", 1)
    withdrawn = what_if_withdrawn(setup(waiting()), "EV-0002", 1)

    assert rejected.artefacts == (("rec", State.CURRENT, State.REJECTED),)
    assert withdrawn.artefacts == (("rec", State.CURRENT, State.MISSING),)
    assert [change.key for change in withdrawn.requirements] == ["ops-2"]


def test_without_an_item_its_filing_and_its_links_are_gone() -> None:
    found = without_item(setup(waiting()), "EV-0001")

    assert found.after.requirements["gov-1"].expectations[1].state is State.MISSING
    assert found.before.requirements["gov-1"].expectations[1].state is State.IN_REVIEW


def test_a_version_that_is_not_there_changes_nothing() -> None:
    found = what_if_accepted(setup(waiting()), "EV-0002", 7)

    assert found.before == found.after


def test_only_touched_artefacts_are_computed_again() -> None:
    steps = Steps()
    asked = setup(waiting(), steps)
    asked.evaluate()
    kept = dict(steps.kept)
    touched = dict(asked.facts.artefacts) | {"rec": waiting().artefacts["rec"]}

    setup(Facts(asked.facts.system, touched), steps).evaluate()

    assert [key[0] for key, entries in steps.kept.items() if entries is not kept[key]] == ["rec"]


def test_a_question_leaves_the_kept_steps_alone() -> None:
    steps = Steps()
    asked = setup(waiting(), steps)
    asked.evaluate()
    kept = dict(steps.kept)

    what_if_accepted(asked, "EV-0001", 1)

    assert steps.kept == kept
