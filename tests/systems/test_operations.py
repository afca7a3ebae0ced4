from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.activity.models import ActivityEntry
from itsmcomply.clauses.model import SubjectKind
from itsmcomply.clock import FixedClock
from itsmcomply.db import transaction
from itsmcomply.errors import Conflict, InvalidInput, InvalidTransition, NotPermitted
from itsmcomply.permissions import SYSTEM_ACTOR, Role
from itsmcomply.systems.models import EntryKind, ManagementSystem, Membership, Subject, SystemEntry
from itsmcomply.systems.operations import (
    FactChange,
    add_member,
    add_subject,
    create_system,
    declare_list,
    end_role,
    end_subject,
    grant_role,
    reopen_list,
    save_facts,
    save_owners,
    set_entry,
)
from itsmcomply.systems.queries import SystemRef, entry_in_force, facts, facts_in_force
from tests.cast import Cast

TODAY = date(2026, 11, 24)


class Desk:
    """Operations on the system by one role, in one open transaction."""

    def __init__(self, cast: Cast, session: Session) -> None:
        self.cast, self.session, self.clock = cast, session, cast.clock
        self.system = session.get_one(ManagementSystem, cast.system_id)
        self.actor = cast.actor(session, "sms_manager")

    def user(self, role: str) -> User:
        return self.session.get_one(User, self.cast.ids[role])

    def set(self, kind: EntryKind, value: str = "", key: str = "", user: User | None = None) -> SystemEntry | None:
        return set_entry(
            self.session, self.actor, self.clock, system=self.system, kind=kind, key=key, value=value, user=user
        )

    def save(self, *changes: FactChange) -> int:
        return save_facts(self.session, self.actor, self.clock, system=self.system, changes=changes)

    def subject(self, name: str = "Hosting", kind: SubjectKind = SubjectKind.SERVICE) -> Subject:
        return add_subject(
            self.session, self.actor, self.clock, system=self.system, kind=kind, name=name, from_on=date(2026, 1, 1)
        )

    def end(self, subject: Subject, reason: str = "Sold", on: date = TODAY) -> None:
        end_subject(
            self.session, self.actor, self.clock, system=self.system, subject=subject, ended_on=on, reason=reason
        )

    def grant(self, who: str, role: Role, process: str | None = None, until_on: date | None = None) -> Membership:
        return grant_role(
            self.session,
            self.actor,
            self.clock,
            system=self.system,
            user=self.user(who),
            role=role,
            process=process,
            until_on=until_on,
        )

    def end_role(self, membership: Membership, reason: str = "Moved on") -> None:
        end_role(self.session, self.actor, self.clock, system=self.system, membership=membership, reason=reason)

    def entries(self) -> int:
        return self.session.execute(select(func.count()).select_from(ActivityEntry)).scalar_one()


@pytest.fixture
def desk(cast: Cast) -> Iterator[Desk]:
    with cast.app.app_context(), transaction() as session:
        yield Desk(cast, session)


def test_an_entry_takes_the_place_of_the_one_before_which_stays(desk: Desk, clock: FixedClock) -> None:
    desk.set(EntryKind.SCOPE_STATEMENT, "All")
    clock.advance(timedelta(days=10))
    desk.set(EntryKind.SCOPE_STATEMENT, "Hosting only")

    ref = SystemRef(desk.system.id, "managed-services", "", "Europe/Amsterdam")
    assert facts(desk.session, ref, TODAY).text(EntryKind.SCOPE_STATEMENT) == "All"
    assert facts(desk.session, ref).text(EntryKind.SCOPE_STATEMENT) == "Hosting only"


def test_the_same_again_and_the_end_of_nothing_leave_no_trace(desk: Desk) -> None:
    desk.set(EntryKind.ORGANISATION, "Company")
    before = desk.entries()

    desk.set(EntryKind.ORGANISATION, " Company ")
    desk.set(EntryKind.STAGE_1_ON, "")

    assert desk.entries() == before


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        (EntryKind.STAGE_1_ON, "", "soon"),
        (EntryKind.STAGE_1_ON, "", "20270112"),
        (EntryKind.STAGE_1_ON, "", "1200-01-01"),
        (EntryKind.TIME_ZONE, "", "Mars/Base"),
        (EntryKind.TIME_ZONE, "", ""),
        (EntryKind.OWN_INTERVAL, "inc_rec", "0"),
        (EntryKind.OWN_INTERVAL, "inc_rec", "1097"),
        (EntryKind.OWN_INTERVAL, "inc_rec", "a month"),
        (EntryKind.OWN_INTERVAL, "inc_rec", "²"),
        (EntryKind.PROCESS_OWNER, "incident", "Somebody"),
    ],
)
def test_a_value_its_kind_cannot_hold_is_refused(desk: Desk, kind: EntryKind, key: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.set(kind, value, key)

    assert list(refused.value.errors) == [f"{kind}-{key}" if key else str(kind)]


def test_only_changed_fields_are_saved(desk: Desk) -> None:
    desk.set(EntryKind.ORGANISATION, "Theirs meanwhile")

    count = desk.save(
        FactChange(EntryKind.ORGANISATION, was="Company", value="Company"),
        FactChange(EntryKind.SCOPE_STATEMENT, was="", value="All"),
    )

    held = facts_in_force(desk.session, desk.system.id)
    assert count == 1
    assert held[EntryKind.ORGANISATION, ""] == "Theirs meanwhile"
    assert held[EntryKind.SCOPE_STATEMENT, ""] == "All"


def test_a_field_that_two_changed_is_a_conflict_and_nothing_is_saved(desk: Desk) -> None:
    desk.set(EntryKind.ORGANISATION, "Theirs")

    with pytest.raises(Conflict) as clash:
        desk.save(
            FactChange(EntryKind.ORGANISATION, was="", value="Mine"),
            FactChange(EntryKind.SCOPE_STATEMENT, was="", value="All"),
        )

    assert (clash.value.theirs, clash.value.yours) == ({"organisation": "Theirs"}, {"organisation": "Mine"})
    assert entry_in_force(desk.session, desk.system.id, EntryKind.SCOPE_STATEMENT) is None


def test_the_same_change_by_two_people_is_no_conflict(desk: Desk) -> None:
    desk.set(EntryKind.ORGANISATION, "Company")

    assert desk.save(FactChange(EntryKind.ORGANISATION, was="", value="Company")) == 0


def test_an_owner_gets_the_role_and_the_owner_before_keeps_it(cast: Cast, desk: Desk) -> None:
    def name(was: str, who: str) -> None:
        change = FactChange(EntryKind.PROCESS_OWNER, was, str(cast.ids[who]) if who else "", "risk")
        save_owners(desk.session, desk.actor, desk.clock, system=desk.system, changes=[change])

    name("", "viewer")
    name(str(cast.ids["viewer"]), "reviewer")

    held = desk.session.execute(
        select(Membership.user_id).where(Membership.process == "risk", Membership.ended_at.is_(None))
    ).scalars()
    assert set(held) == {cast.ids["viewer"], cast.ids["reviewer"]}


@pytest.mark.parametrize("value", ["9999", "nobody", "-1"])
def test_an_owner_must_be_a_person_who_can_sign_in(desk: Desk, value: str) -> None:
    with pytest.raises(InvalidInput, match="process_owner-risk"):
        desk.save(FactChange(EntryKind.PROCESS_OWNER, "", value, "risk"))


def test_adding_to_a_list_declares_it_and_it_can_be_opened_again(desk: Desk) -> None:
    desk.subject()
    assert entry_in_force(desk.session, desk.system.id, EntryKind.LIST_DECLARED, "service") is not None

    reopen_list(desk.session, desk.actor, desk.clock, system=desk.system, kind=SubjectKind.SERVICE)
    assert entry_in_force(desk.session, desk.system.id, EntryKind.LIST_DECLARED, "service") is None

    declare_list(desk.session, desk.actor, desk.clock, system=desk.system, kind=SubjectKind.SERVICE)
    assert entry_in_force(desk.session, desk.system.id, EntryKind.LIST_DECLARED, "service") is not None


@pytest.mark.parametrize("name", ["", "  ", "Hosting", "x" * 201])
def test_a_name_on_a_list_is_there_once_and_not_endless(desk: Desk, name: str) -> None:
    desk.subject()

    with pytest.raises(InvalidInput):
        desk.subject(name)


def test_leaving_a_list_needs_a_reason_and_a_day_after_the_first(desk: Desk) -> None:
    subject = desk.subject()

    with pytest.raises(InvalidInput, match="reason"):
        desk.end(subject, " ")
    with pytest.raises(InvalidInput, match="ended_on"):
        desk.end(subject, on=date(2025, 12, 31))
    desk.end(subject)
    with pytest.raises(InvalidTransition):
        desk.end(subject)


@pytest.mark.parametrize(
    ("role", "process", "until_on", "field"),
    [
        (Role.PROCESS_OWNER, None, None, "role"),
        (Role.VIEWER, "incident", None, "role"),
        (Role.EXTERNAL_AUDITOR, None, None, "until_on"),
        (Role.EXTERNAL_AUDITOR, None, TODAY - timedelta(days=1), "until_on"),
        (Role.EXTERNAL_AUDITOR, None, TODAY + timedelta(days=367), "until_on"),
        (Role.SMS_MANAGER, None, TODAY - timedelta(days=1), "until_on"),
    ],
)
def test_a_role_that_cannot_be_given_is_refused(
    desk: Desk, role: Role, process: str | None, until_on: date | None, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.grant("outsider", role, process, until_on)

    assert list(refused.value.errors) == [field]


def test_a_role_is_given_once(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="already"):
        desk.grant("viewer", Role.VIEWER)


def test_the_last_sms_manager_stays_unless_an_administrator_ends_it(desk: Desk) -> None:
    held = desk.session.execute(select(Membership).where(Membership.role == Role.SMS_MANAGER)).scalar_one()

    with pytest.raises(NotPermitted, match="last SMS manager"):
        desk.end_role(held)
    desk.actor = desk.cast.actor(desk.session, "admin")
    desk.end_role(held)

    assert held.end_reason == "Moved on"


def test_ending_a_role_needs_a_reason_and_happens_once(desk: Desk) -> None:
    held = desk.grant("outsider", Role.VIEWER)

    with pytest.raises(InvalidInput):
        desk.end_role(held, "")
    desk.end_role(held)
    with pytest.raises(InvalidTransition):
        desk.end_role(held)


def _add(desk: Desk, email: str, role: Role, processes: tuple[str, ...] = (), name: str = "New") -> str | None:
    return add_member(
        desk.session,
        desk.actor,
        desk.clock,
        system=desk.system,
        email=email,
        name=name,
        role=role,
        processes=processes,
    )[1]


def test_somebody_new_is_invited_and_somebody_known_is_not(desk: Desk) -> None:
    assert _add(desk, "fresh@example.org", Role.VIEWER) is not None
    assert _add(desk, "Outsider@example.org", Role.VIEWER) is None


def test_a_process_owner_gets_a_grant_per_process(desk: Desk) -> None:
    _add(desk, "owner@example.org", Role.PROCESS_OWNER, ("risk", "asset"))

    held = desk.session.execute(select(Membership.process).where(Membership.process.in_(["risk", "asset"]))).scalars()
    assert sorted(held) == ["asset", "risk"]
    with pytest.raises(InvalidInput, match="processes"):
        _add(desk, "other@example.org", Role.PROCESS_OWNER)


@pytest.mark.parametrize(
    ("slug", "name"), [("Bad Slug", "A"), ("managed-services", "A"), ("ok", " "), ("ok", "x" * 121)]
)
def test_a_system_needs_an_address_and_a_name_of_its_own(desk: Desk, slug: str, name: str) -> None:
    with pytest.raises(InvalidInput):
        create_system(desk.session, SYSTEM_ACTOR, desk.clock, slug=slug, name=name, time_zone="UTC")


ACTS: dict[str, Callable[[Desk], object]] = {
    "set an entry": lambda d: d.set(EntryKind.SCOPE_STATEMENT, "Mine"),
    "save facts": lambda d: d.save(FactChange(EntryKind.SCOPE_STATEMENT, "", "Mine")),
    "add a subject": lambda d: d.subject(),
    "declare a list": lambda d: declare_list(d.session, d.actor, d.clock, system=d.system, kind=SubjectKind.CUSTOMER),
    "give a role": lambda d: d.grant("outsider", Role.VIEWER),
    "invite": lambda d: _add(d, "x@example.org", Role.VIEWER),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", ["internal_auditor", "process_owner", "reviewer", "external_auditor", "viewer"])
def test_only_sms_managers_change_a_system(desk: Desk, role: str, act: str) -> None:
    desk.actor = desk.cast.actor(desk.session, role)
    before = desk.entries()

    with pytest.raises(NotPermitted):
        ACTS[act](desk)

    assert desk.entries() == before


@pytest.mark.parametrize("act", ["set an entry", "add a subject"])
def test_an_administrator_without_a_role_changes_no_facts(desk: Desk, act: str) -> None:
    desk.actor = desk.cast.actor(desk.session, "admin")

    with pytest.raises(NotPermitted):
        ACTS[act](desk)


@pytest.mark.parametrize("act", ACTS)
def test_one_change_is_at_least_one_entry_that_verifies(desk: Desk, act: str) -> None:
    before = desk.entries()

    ACTS[act](desk)

    assert desk.entries() > before
