"""Where people start: in the audit that runs and is theirs, else as their role says."""

from __future__ import annotations

import pytest

from itsmcomply.audits.kinds import TeamRole
from itsmcomply.audits.operations import Assignment, assign, cancel_audit
from tests.audits.shop import Shop
from tests.cast import Cast


def start_of(cast: Cast, who: str) -> str:
    answer = cast.client(who).get("/")
    assert answer.status_code == 302
    return answer.location


def test_an_internal_auditor_starts_in_the_audit_they_conduct(shop: Shop, cast: Cast) -> None:
    key = shop.running("8.6.1")

    assert start_of(cast, "internal_auditor") == cast.url(f"/audits/{key}")
    assert cast.client("internal_auditor").get(start_of(cast, "internal_auditor")).status_code == 200


def test_of_two_running_audits_the_one_begun_last_comes_first(shop: Shop, cast: Cast) -> None:
    shop.running("8.6.1")
    shop.later(hours=2)
    second = shop.running("8.6.3")

    assert start_of(cast, "internal_auditor") == cast.url(f"/audits/{second}")


def test_without_a_running_audit_they_start_at_the_overview(shop: Shop, cast: Cast) -> None:
    shop.plan("8.6.1")
    shop.signed("8.6.3")
    key = shop.running("8.6.2")
    with shop.desk("sms_manager") as desk:
        cancel_audit(desk, key, reason="Moved to next year")

    assert start_of(cast, "internal_auditor") == cast.url("/")


def test_a_member_of_the_team_who_only_watches_is_not_led_there(shop: Shop, cast: Cast) -> None:
    key = shop.running("8.6.1")
    with shop.desk("sms_manager") as desk:
        assign(desk, key, Assignment(TeamRole.OBSERVER, cast.ids["process_owner"]))

    assert start_of(cast, "process_owner") == cast.url("/my-work")


@pytest.mark.parametrize("who", ["sms_manager", "viewer", "external_auditor"])
def test_a_running_audit_leads_nobody_else_there(shop: Shop, cast: Cast, who: str) -> None:
    shop.running("8.6.1")

    assert start_of(cast, who) == cast.url("/")
