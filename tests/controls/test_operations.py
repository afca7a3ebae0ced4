from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from itsmcomply.activity.models import ActivityEntry
from itsmcomply.clauses.model import Catalogue
from itsmcomply.clock import FixedClock
from itsmcomply.controls.models import Control, ControlKind, ControlMapping, ControlStatus
from itsmcomply.controls.operations import (
    ControlDetails,
    adopt_starter_controls,
    create_control,
    edit_control,
    map_control,
    mapped_requirements,
    retire_control,
    set_mappings,
    unmap_control,
)
from itsmcomply.db import transaction
from itsmcomply.errors import Conflict, InvalidInput, InvalidTransition, NotPermitted
from itsmcomply.permissions import Actor
from itsmcomply.systems.models import EntryKind, ManagementSystem
from itsmcomply.systems.operations import set_entry
from itsmcomply.web.resources import resources_of
from tests.cast import Cast

DETAILS = ControlDetails(
    title="Major incidents are reviewed", process="incident", kind=ControlKind.DETECTIVE, frequency="per event"
)


class Desk:
    """Operations on controls by one role, in one open transaction."""

    def __init__(self, cast: Cast, session: Session, role: str = "sms_manager") -> None:
        self.session, self.clock = session, cast.clock
        self.catalogue: Catalogue = resources_of(cast.app).catalogue
        self.system = session.get_one(ManagementSystem, cast.system_id)
        self.actor: Actor = cast.actor(session, role)

    def create(
        self, ref: str = "INC-90", details: ControlDetails = DETAILS, requirements: tuple[str, ...] = ()
    ) -> Control:
        return create_control(
            self.session,
            self.actor,
            self.clock,
            self.catalogue,
            system=self.system,
            ref=ref,
            details=details,
            requirements=requirements,
        )

    def edit(self, control: Control, details: ControlDetails, row_version: int) -> Control:
        return edit_control(
            self.session,
            self.actor,
            self.clock,
            self.catalogue,
            system=self.system,
            control=control,
            details=details,
            row_version=row_version,
        )

    def retire(self, control: Control, reason: str = "Merged into INC-03") -> None:
        retire_control(self.session, self.actor, self.clock, system=self.system, control=control, reason=reason)

    def entries(self) -> int:
        return self.session.execute(select(func.count()).select_from(ActivityEntry)).scalar_one()


@pytest.fixture
def desk(cast: Cast) -> Iterator[Desk]:
    with cast.app.app_context(), transaction() as session:
        yield Desk(cast, session)


def test_a_control_is_written_mapped_and_recorded_once(desk: Desk) -> None:
    before = desk.entries()

    control = desk.create(" inc-90 ", requirements=("8.6.1-d", "8.6.1-a"))

    assert control.ref == "INC-90"
    assert mapped_requirements(desk.session, control) == {"8.6.1-a", "8.6.1-d"}
    assert desk.entries() == before + 1
    assert desk.system.facts_seq == desk.entries()


@pytest.mark.parametrize(
    ("ref", "changes", "field"),
    [
        ("", {}, "ref"),
        ("a/b", {}, "ref"),
        ("X" * 41, {}, "ref"),
        ("INC-1", {"title": "  "}, "title"),
        ("INC-1", {"title": "x" * 301}, "title"),
        ("INC-1", {"process": "cooking"}, "process"),
        ("INC-1", {"frequency": "sometimes"}, "frequency"),
        ("INC-1", {"owner_id": 9999}, "owner_id"),
        ("INC-1", {"status": ControlStatus.RETIRED}, "status"),
    ],
)
def test_what_cannot_stand_is_named_by_field(desk: Desk, ref: str, changes: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.create(ref, replace(DETAILS, **changes))  # type: ignore[arg-type]

    assert list(refused.value.errors) == [field]


def test_a_reference_is_never_used_twice_even_after_retirement(desk: Desk) -> None:
    desk.retire(desk.create())

    with pytest.raises(InvalidInput, match="never used twice"):
        desk.create()


def test_an_unknown_requirement_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match=r"9\.9\.9-z"):
        desk.create(requirements=("9.9.9-z",))


def test_saving_unchanged_text_changes_nothing(desk: Desk) -> None:
    control = desk.create()
    before = desk.entries()

    desk.edit(control, DETAILS, 1)

    assert (desk.entries(), control.row_version) == (before, 1)


def test_an_edit_over_somebody_elses_newer_one_shows_both(desk: Desk) -> None:
    control = desk.create()
    desk.edit(control, replace(DETAILS, title="Theirs"), 1)

    with pytest.raises(Conflict) as clash:
        desk.edit(control, replace(DETAILS, title="Yours"), 1)

    assert (clash.value.theirs, clash.value.yours) == ({"title": "Theirs"}, {"title": "Yours"})
    assert control.title == "Theirs"


def test_retiring_ends_the_mappings_and_closes_the_record(desk: Desk) -> None:
    control = desk.create(requirements=("8.6.1-a",))

    desk.retire(control)

    mapping = desk.session.execute(select(ControlMapping)).scalar_one()
    assert (control.status, mapping.end_reason) == (ControlStatus.RETIRED, "control retired")
    with pytest.raises(InvalidTransition):
        desk.edit(control, DETAILS, 2)
    with pytest.raises(InvalidTransition):
        desk.retire(control)


def test_retiring_needs_a_reason(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="why"):
        desk.retire(desk.create(), "  ")


def test_mapping_twice_and_unmapping_what_is_not_mapped_change_nothing(desk: Desk) -> None:
    control = desk.create(requirements=("8.6.1-a",))
    common = {"system": desk.system, "control": control}
    before = desk.entries()

    map_control(desk.session, desk.actor, desk.clock, desk.catalogue, requirement="8.6.1-a", **common)  # type: ignore[arg-type]
    unmap_control(desk.session, desk.actor, desk.clock, desk.catalogue, requirement="4.1-a", **common)  # type: ignore[arg-type]

    assert desk.entries() == before


def test_an_ended_mapping_stays_as_a_dated_entry(desk: Desk) -> None:
    control = desk.create(requirements=("8.6.1-a",))

    unmap_control(
        desk.session,
        desk.actor,
        desk.clock,
        desk.catalogue,
        system=desk.system,
        control=control,
        requirement="8.6.1-a",
        reason="Covered elsewhere",
    )

    mapping = desk.session.execute(select(ControlMapping)).scalar_one()
    assert (mapping.ended_at, mapping.end_reason) == (desk.clock.now(), "Covered elsewhere")
    assert mapped_requirements(desk.session, control) == frozenset()


def test_a_save_of_one_column_group_leaves_the_others(desk: Desk) -> None:
    control = desk.create(requirements=("4.1-a", "8.6.1-a"))

    set_mappings(
        desk.session,
        desk.actor,
        desk.clock,
        desk.catalogue,
        system=desk.system,
        control=control,
        requirements=["8.6.1-b"],
        among=["8.6.1-a", "8.6.1-b"],
    )

    assert mapped_requirements(desk.session, control) == {"4.1-a", "8.6.1-b"}


def test_the_starter_set_is_adopted_once(desk: Desk) -> None:
    before = desk.entries()

    first = adopt_starter_controls(desk.session, desk.actor, desk.clock, desk.catalogue, system=desk.system)

    assert len(first.added) == 97
    assert desk.entries() - before == len({c.process for c in desk.catalogue.controls.values()})
    again = adopt_starter_controls(desk.session, desk.actor, desk.clock, desk.catalogue, system=desk.system)
    assert (again.added, len(again.skipped)) == ((), 97)


def test_adopted_controls_map_every_requirement(desk: Desk) -> None:
    adopt_starter_controls(desk.session, desk.actor, desk.clock, desk.catalogue, system=desk.system)

    mapped = set(desk.session.execute(select(ControlMapping.requirement)).scalars())
    assert mapped == set(desk.catalogue.requirements)


def test_adoption_by_process_takes_its_owner_and_no_other_process(cast: Cast, desk: Desk) -> None:
    from itsmcomply.accounts.models import User

    owner = desk.session.get_one(User, cast.ids["process_owner"])
    set_entry(
        desk.session,
        desk.actor,
        desk.clock,
        system=desk.system,
        kind=EntryKind.PROCESS_OWNER,
        key="incident",
        user=owner,
    )

    adopt_starter_controls(
        desk.session, desk.actor, desk.clock, desk.catalogue, system=desk.system, processes=["incident"]
    )

    rows = desk.session.execute(select(Control.process, Control.owner_id).distinct()).all()
    assert [tuple(r) for r in rows] == [("incident", owner.id)]


def test_adopting_for_an_unknown_process_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="cooking"):
        adopt_starter_controls(
            desk.session, desk.actor, desk.clock, desk.catalogue, system=desk.system, processes=["cooking"]
        )


Act = Callable[[Desk, Control], object]
ACTS: dict[str, Act] = {
    "create": lambda d, _c: d.create("INC-91"),
    "edit": lambda d, c: d.edit(c, replace(DETAILS, title="Other"), 1),
    "retire": lambda d, c: d.retire(c),
    "map": lambda d, c: map_control(
        d.session, d.actor, d.clock, d.catalogue, system=d.system, control=c, requirement="4.1-a"
    ),
    "adopt": lambda d, _c: adopt_starter_controls(d.session, d.actor, d.clock, d.catalogue, system=d.system),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    "role", ["internal_auditor", "process_owner", "reviewer", "external_auditor", "viewer", "admin"]
)
def test_only_sms_managers_change_controls(cast: Cast, clock: FixedClock, desk: Desk, role: str, act: str) -> None:
    control = desk.create()
    desk.actor = cast.actor(desk.session, role)

    with pytest.raises(NotPermitted):
        ACTS[act](desk, control)
