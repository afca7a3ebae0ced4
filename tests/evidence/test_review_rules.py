"""Who may decide on a version, and what a decision needs."""

from __future__ import annotations

import pytest

from itsmcomply.errors import InvalidTransition
from itsmcomply.evidence.kinds import Decision, RejectionKind, VersionState
from itsmcomply.evidence.rules import (
    TRANSITIONS,
    Verdict,
    has_seen_these_bytes,
    may_open,
    problem_of_reviewer,
    problems_of_message,
    problems_of_verdict,
    problems_of_withdrawal,
    require_transition,
    state_of,
)

ACCEPT = Verdict(Decision.ACCEPTED, None, "", "a" * 64)
REJECT = Verdict(Decision.REJECTED, RejectionKind.WRONG_PERIOD, "File October, not September.", "a" * 64)


@pytest.mark.parametrize(
    ("latest", "withdrawn", "state"),
    [
        (None, False, VersionState.IN_REVIEW),
        (Decision.ACCEPTED, False, VersionState.ACCEPTED),
        (Decision.REJECTED, False, VersionState.REJECTED),
        (None, True, VersionState.WITHDRAWN),
        (Decision.ACCEPTED, True, VersionState.WITHDRAWN),
    ],
)
def test_the_latest_decision_and_a_withdrawal_make_the_state(
    latest: Decision | None, withdrawn: bool, state: VersionState
) -> None:
    assert state_of(latest=latest, withdrawn=withdrawn) is state


@pytest.mark.parametrize("current", VersionState)
@pytest.mark.parametrize("wanted", VersionState)
def test_only_changes_in_the_table_are_possible(current: VersionState, wanted: VersionState) -> None:
    if wanted in TRANSITIONS[current]:
        require_transition(current, wanted)
        return
    with pytest.raises(InvalidTransition) as refused:
        require_transition(current, wanted)
    assert str(refused.value).endswith(".")


def test_nothing_follows_a_withdrawal_and_nothing_returns_to_review() -> None:
    assert TRANSITIONS[VersionState.WITHDRAWN] == frozenset()
    assert all(VersionState.IN_REVIEW not in wanted for wanted in TRANSITIONS.values())


def test_nobody_reviews_what_they_uploaded() -> None:
    problem = problem_of_reviewer(uploader=7, reviewer=7, reviewers=("Quality manager", "SMS manager"))

    assert problem == (
        "You uploaded this version, so someone else reviews it. Reviewers: Quality manager, SMS manager."
    )
    assert "Invite a reviewer" in (problem_of_reviewer(uploader=7, reviewer=7) or "")
    assert problem_of_reviewer(uploader=7, reviewer=8) is None


def test_an_acceptance_needs_nothing_more() -> None:
    assert problems_of_verdict(ACCEPT) == {}


def test_a_rejection_names_its_kind_and_tells_what_to_do() -> None:
    assert problems_of_verdict(REJECT) == {}
    assert set(problems_of_verdict(Verdict(Decision.REJECTED, None, " ", None))) == {"kind", "reason"}


def test_an_acceptance_with_a_kind_of_rejection_is_a_slip() -> None:
    assert set(problems_of_verdict(Verdict(Decision.ACCEPTED, RejectionKind.UNREADABLE, "", None))) == {"kind"}


def test_a_decision_on_other_bytes_than_shown_is_noticed() -> None:
    assert has_seen_these_bytes(ACCEPT, "a" * 64)
    assert not has_seen_these_bytes(ACCEPT, "b" * 64)
    assert not has_seen_these_bytes(ACCEPT, None)
    assert has_seen_these_bytes(Verdict(Decision.ACCEPTED, None, "", None), None)


@pytest.mark.parametrize("reason", ["", " \n", "x" * 2001, "a\x00b"])
def test_a_withdrawal_needs_a_reason_that_can_be_kept(reason: str) -> None:
    assert set(problems_of_withdrawal(reason)) == {"reason"}


def test_reasons_may_have_lines() -> None:
    assert problems_of_withdrawal("Superseded.\nSee EV-0012.") == {}


@pytest.mark.parametrize("text", ["", "\t", "x" * 2001, "\ud800"])
def test_a_question_needs_words_that_can_be_kept(text: str) -> None:
    assert set(problems_of_message(text)) == {"text"}


def test_a_question_in_any_script_is_kept() -> None:
    assert problems_of_message("Where is the approval? 承認はどこですか。") == {}


@pytest.mark.parametrize(
    ("who", "opens"),
    [
        ({}, False),
        ({"restricted": False}, True),
        ({"trusted": True}, True),
        ({"uploaders": {7, 9}}, True),
        ({"owner": 7}, True),
        ({"owner": 9}, False),
        ({"owns_process": True}, True),
    ],
    ids=str,
)
def test_a_restricted_item_is_opened_by_few(who: dict[str, object], opens: bool) -> None:
    nobody = {"restricted": True, "person": 7, "trusted": False, "uploaders": {9}, "owner": None, "owns_process": False}

    assert may_open(**{**nobody, **who}) is opens  # type: ignore[arg-type]
