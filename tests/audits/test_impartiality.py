from __future__ import annotations

import pytest
from sqlalchemy import select

from itsmcomply.accounts.models import User
from itsmcomply.audits.impartiality import Interests, Tie, free_part, objections, reasons, unassigned
from itsmcomply.audits.kinds import Conclusion, TeamRole
from itsmcomply.audits.models import AuditMember
from itsmcomply.audits.operations import Assignment, assign, begin_audit, change_plan, examine, save_row
from itsmcomply.audits.rules import Entry
from itsmcomply.clauses.loader import load_catalogue
from itsmcomply.clauses.model import Catalogue
from itsmcomply.controls.models import Control, ControlKind, ControlMapping, ControlStatus
from itsmcomply.datafiles import data_dir
from itsmcomply.db import transaction
from itsmcomply.errors import InvalidInput, NotPermitted
from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.models import CorrectiveAction
from itsmcomply.findings.operations import raise_finding
from itsmcomply.findings.statements import Raising
from itsmcomply.permissions import SYSTEM_ACTOR, Role
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.systems.operations import grant_role
from tests.audits.shop import Shop, plan_of


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(data_dir("clause_catalog"))


WHO = Interests(
    user_id=1,
    name="Quality manager",
    processes=frozenset({"problem"}),
    controls={"8.6.1-a": ("INC-01",)},
    uploads={"mi_crit": ("EV-0007", "EV-0009")},
    linked={"8.6.2-b": ("EV-0011",)},
    actions={"8.6.2-a": ("NC-2026-03",)},
)


@pytest.mark.parametrize(
    ("requirement", "found"),
    [
        ("8.6.3-a", [(Tie.PROCESS, "problem")]),
        ("8.6.1-a", [(Tie.CONTROL, "INC-01")]),
        ("8.6.1-e", [(Tie.EVIDENCE, "EV-0007"), (Tie.EVIDENCE, "EV-0009")]),
        ("8.6.2-b", [(Tie.EVIDENCE, "EV-0011")]),
        ("8.6.2-a", [(Tie.ACTION, "NC-2026-03")]),
        ("8.6.1-b", []),
        ("4.1-a", []),
    ],
)
def test_what_stands_against_auditing_a_requirement(
    catalogue: Catalogue, requirement: str, found: list[tuple[Tie, str]]
) -> None:
    against = objections(WHO, [catalogue.requirements[requirement]])

    assert [(one.tie, one.name) for one in against] == found


def test_the_free_part_leaves_out_every_clause_with_an_objection(catalogue: Catalogue) -> None:
    wanted = [r for r in catalogue.requirements.values() if r.clause.startswith(("8.6", "8.7.1"))]

    assert free_part(WHO, wanted) == ("8.7.1",)


def test_the_reasons_name_person_thing_and_clauses(catalogue: Catalogue) -> None:
    wanted = [catalogue.requirements[key] for key in ("8.6.3-a", "8.6.1-e")]

    told = reasons(WHO.name, objections(WHO, wanted), catalogue)

    assert told == (
        "Quality manager owns the process Problem management, so somebody else audits 8.6.3.",
        "Quality manager uploaded EV-0007, EV-0009, which is evidence there, so somebody else audits 8.6.1.",
    )


def _make_auditor(shop: Shop, who: str) -> None:
    with shop.cast.app.app_context(), transaction() as session:
        system = session.get_one(ManagementSystem, shop.cast.system_id)
        user = session.get_one(User, shop.cast.ids[who])
        grant_role(session, SYSTEM_ACTOR, shop.cast.clock, system=system, user=user, role=Role.INTERNAL_AUDITOR)


def _assign(shop: Shop, key: str, who: str, *, leave_out: bool = False) -> AuditMember:
    with shop.desk("sms_manager") as desk:
        return assign(desk, key, Assignment(TeamRole.AUDITOR, shop.cast.ids[who], leave_out=leave_out))


def test_a_process_owner_is_not_assigned_to_their_own_process(shop: Shop) -> None:
    _make_auditor(shop, "process_owner")
    key = shop.plan("8.6.1", "8.6.2")

    with pytest.raises(InvalidInput, match=r"owns the process Incident management, so somebody else audits 8\.6\.1"):
        _assign(shop, key, "process_owner")


def test_the_part_without_objection_can_be_assigned(shop: Shop) -> None:
    _make_auditor(shop, "process_owner")
    key = shop.plan("8.6.1", "8.6.2")

    assert _assign(shop, key, "process_owner", leave_out=True).part == "8.6.2"


def test_somebody_without_the_role_of_an_auditor_is_not_assigned(shop: Shop) -> None:
    key = shop.plan("8.6.2")

    with pytest.raises(InvalidInput, match="does not have the role of an internal auditor"):
        _assign(shop, key, "viewer")


def test_who_owns_a_control_does_not_audit_what_it_meets(shop: Shop) -> None:
    with shop.desk("sms_manager") as desk:
        control = Control(
            system_id=desk.system.id,
            ref="REQ-01",
            title="Requests are logged",
            process="service_request",
            owner_id=shop.cast.ids["internal_auditor"],
            kind=ControlKind.DETECTIVE,
            frequency="monthly",
            status=ControlStatus.OPERATING,
            created_at=desk.now,
        )
        desk.session.add(control)
        desk.session.flush()
        mapping = ControlMapping(
            system_id=desk.system.id, control_id=control.id, requirement="8.6.2-a", recorded_at=desk.now, recorded_by=1
        )
        desk.session.add(mapping)

    with pytest.raises(InvalidInput, match="owns the control REQ-01"):
        _assign(shop, shop.plan("8.6.2"), "internal_auditor")


def test_who_uploaded_evidence_meanwhile_cannot_conclude_its_row(shop: Shop) -> None:
    _make_auditor(shop, "other_owner")
    key = shop.running("8.6.2")
    _assign(shop, key, "other_owner")
    shop.file("other_owner", "sr_rec")

    with shop.desk("other_owner") as desk, pytest.raises(NotPermitted, match="uploaded EV-0001"):
        save_row(desk, key, "8.6.2-a", Entry(Conclusion.NOT_SAMPLED), row_version=1)


def test_who_carried_out_a_corrective_action_does_not_audit_it(shop: Shop) -> None:
    _make_auditor(shop, "other_owner")
    with shop.desk("sms_manager") as desk:
        raising = Raising(Grade.MINOR, "Requests lost", "Two were lost.", ("8.6.2-a",), objective="Requests 4 and 5.")
        finding = raise_finding(desk, raising)
        action = CorrectiveAction(
            finding_id=finding.id,
            round=1,
            number=1,
            text="Number them",
            owner_id=shop.cast.ids["other_owner"],
            recorded_at=desk.now,
            recorded_by=desk.actor.user_id,
        )
        desk.session.add(action)

    with pytest.raises(InvalidInput, match=r"corrective action of NC-2026-01, so somebody else audits 8\.6\.2"):
        _assign(shop, shop.plan("8.6.2"), "other_owner")


def test_somebody_outside_the_team_concludes_nothing(shop: Shop) -> None:
    _make_auditor(shop, "viewer")
    key = shop.running("8.6.2")

    with shop.desk("viewer") as desk, pytest.raises(NotPermitted, match="not an auditor of this audit"):
        save_row(desk, key, "8.6.2-a", Entry(Conclusion.NOT_SAMPLED), row_version=1)


def test_an_upload_of_ones_own_is_not_examined(shop: Shop) -> None:
    _make_auditor(shop, "other_owner")
    key = shop.running("8.6.2", "8.6.1")
    filed = shop.file("other_owner", "chg_policy")
    _assign(shop, key, "other_owner")

    with shop.desk("other_owner") as desk, pytest.raises(NotPermitted, match="so somebody else examines it"):
        examine(desk, key, "8.6.2-a", [filed.version.id])


def _lead(shop: Shop, key: str, user_id: int | None, name: str = "") -> None:
    with shop.desk("sms_manager") as desk:
        assign(desk, key, Assignment(TeamRole.LEAD, user_id, name))


def test_a_scope_that_grows_leaves_out_of_a_part_what_the_auditor_owns(shop: Shop) -> None:
    _make_auditor(shop, "process_owner")
    key = shop.plan("8.6.2")
    _lead(shop, key, shop.cast.ids["process_owner"])

    with shop.desk("sms_manager") as desk:
        change_plan(desk, key, plan_of("8.6.2", "8.6.1"), row_version=1)

    with shop.desk("viewer") as desk:
        team = desk.session.scalars(select(AuditMember).where(AuditMember.ended_at.is_(None))).all()
        assert [(one.role, one.part) for one in team] == [(TeamRole.LEAD, "8.6.2")]
    page = shop.cast.client("sms_manager").get(shop.cast.url(f"/audits/{key}")).text
    assert "Nobody in the team is assigned to 8.6.1." in page


def test_a_scope_of_nothing_but_an_auditors_own_process_is_refused(shop: Shop) -> None:
    _make_auditor(shop, "process_owner")
    key = shop.plan("8.6.2")
    _lead(shop, key, shop.cast.ids["process_owner"])

    with shop.desk("sms_manager") as desk, pytest.raises(InvalidInput, match=r"so somebody else audits 8\.6\.1"):
        change_plan(desk, key, plan_of("8.6.1"), row_version=1)


def test_somebody_with_an_account_is_not_assigned_by_a_name_that_hides_it(shop: Shop) -> None:
    with shop.desk("viewer") as desk:
        name = desk.session.get_one(User, shop.cast.ids["process_owner"]).name

    with pytest.raises(InvalidInput, match="has an account"):
        _lead(shop, shop.plan("8.6.1"), None, f"  {name.upper()} ")


def test_only_an_auditor_of_the_team_begins_an_audit(shop: Shop) -> None:
    _make_auditor(shop, "process_owner")
    key = shop.plan("8.6.1")
    _lead(shop, key, None, "Consultant")

    with shop.desk("process_owner") as desk, pytest.raises(NotPermitted, match="not an auditor of this audit"):
        begin_audit(desk, key)


def test_the_parts_of_a_team_leave_no_clause_unseen() -> None:
    assert unassigned(("8.6.1", "8.6.2"), [("8.6.2",)]) == ("8.6.1",)
    assert unassigned(("8.6.1", "8.6.2"), [("8.6.2",), ()]) == ()
