"""Takes the steps that set up people, systems, subjects, owners and controls."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.accounts.operations import create_user
from itsmcomply.accounts.queries import require_user, user_by_email
from itsmcomply.clauses.model import Catalogue, SubjectKind
from itsmcomply.clock import Clock
from itsmcomply.controls.models import ControlKind, ControlStatus
from itsmcomply.controls.operations import ControlDetails, adopt_starter_controls, create_control
from itsmcomply.errors import NotFound
from itsmcomply.permissions import SYSTEM_ACTOR, Actor, Role
from itsmcomply.scenario.acting import acting, system_of
from itsmcomply.scenario.model import (
    AddControl,
    AddPerson,
    AddSubject,
    AddSystem,
    AdoptControls,
    AssignOwner,
    DeclareList,
    EndOwner,
    EndSubject,
    GrantRole,
    InSystem,
    RecordFacts,
    SetInterval,
    Step,
)
from itsmcomply.systems.models import EntryKind, ManagementSystem, Subject
from itsmcomply.systems.operations import add_subject, create_system, declare_list, end_subject, grant_role, set_entry


class SystemDesk:
    """Holds what all these steps need. `slugs` are the systems made so far, in order."""

    def __init__(self, clock: Clock, catalogue: Catalogue) -> None:
        self._clock = clock
        self._catalogue = catalogue
        self.slugs: list[str] = []

    def take(self, session: Session, step: Step) -> None:
        """Take one step that sets something up."""
        match step:
            case AddPerson():
                self._add_person(session, step)
            case AddSystem():
                self._add_system(session, step)
            case InSystem():
                self._take_in_system(session, acting(session, step), system_of(session, step), step)
            case _:
                raise TypeError(f"no way to take {type(step).__name__}")

    def _take_in_system(self, session: Session, actor: Actor, system: ManagementSystem, step: InSystem) -> None:
        match step:
            case GrantRole():
                self._grant(session, system, step)
            case RecordFacts():
                self._record_facts(session, actor, system, step)
            case DeclareList():
                declare_list(session, actor, self._clock, system=system, kind=SubjectKind(step.subject_kind))
            case AddSubject() | EndSubject():
                self._subject(session, actor, system, step)
            case AssignOwner() | EndOwner() | SetInterval():
                self._entry(session, actor, system, step)
            case AdoptControls() | AddControl():
                self._controls(session, actor, system, step)
            case _:
                raise TypeError(f"no way to take {type(step).__name__}")

    def _add_person(self, session: Session, step: AddPerson) -> None:
        if user_by_email(session, step.email) is None:
            create_user(
                session, SYSTEM_ACTOR, self._clock, email=step.email, name=step.name, is_admin=step.administrator
            )

    def _add_system(self, session: Session, step: AddSystem) -> None:
        system = create_system(
            session, SYSTEM_ACTOR, self._clock, slug=step.slug, name=step.name, time_zone=step.time_zone
        )
        kind = EntryKind.ORGANISATION
        set_entry(session, SYSTEM_ACTOR, self._clock, system=system, kind=kind, value=step.organisation)
        self.slugs.append(step.slug)

    def _grant(self, session: Session, system: ManagementSystem, step: GrantRole) -> None:
        user = require_user(session, step.email)
        for process in step.processes or (None,):
            grant_role(
                session,
                SYSTEM_ACTOR,
                self._clock,
                system=system,
                user=user,
                role=Role(step.role),
                process=process,
                until_on=step.ends_on,
            )

    def _record_facts(self, session: Session, actor: Actor, system: ManagementSystem, step: RecordFacts) -> None:
        facts: dict[EntryKind, str | date | None] = {
            EntryKind.SCOPE_STATEMENT: step.scope,
            EntryKind.OPERATING_SINCE: step.operating_since,
            EntryKind.CERTIFICATION_BODY: step.certification_body,
            EntryKind.STAGE_1_ON: step.stage_1,
            EntryKind.STAGE_2_ON: step.stage_2,
            EntryKind.SURVEILLANCE_ON: step.surveillance,
            EntryKind.MANAGEMENT_REVIEW_ON: step.management_review,
        }
        for kind, value in facts.items():
            if value is not None:
                set_entry(session, actor, self._clock, system=system, kind=kind, value=str(value))

    def _subject(self, session: Session, actor: Actor, system: ManagementSystem, step: AddSubject | EndSubject) -> None:
        kind = SubjectKind(step.subject_kind)
        if isinstance(step, AddSubject):
            operates = step.description or ""
            if step.customer_as_supplier:
                operates = f"{operates} (a customer acting as supplier)"
            add_subject(
                session,
                actor,
                self._clock,
                system=system,
                kind=kind,
                name=step.name,
                operates=operates,
                from_on=step.starts_on,
            )
            return
        subject = subject_named(session, system, step.name)
        end_subject(
            session, actor, self._clock, system=system, subject=subject, ended_on=step.ends_on, reason=step.reason
        )

    def _entry(
        self, session: Session, actor: Actor, system: ManagementSystem, step: AssignOwner | EndOwner | SetInterval
    ) -> None:
        match step:
            case AssignOwner():
                kind = EntryKind.PROCESS_OWNER if step.process else EntryKind.ARTEFACT_OWNER
                set_entry(
                    session,
                    actor,
                    self._clock,
                    system=system,
                    kind=kind,
                    key=step.process or step.artefact or "",
                    user=require_user(session, step.email),
                    from_on=step.starts_on,
                )
            case EndOwner():
                kind = EntryKind.PROCESS_OWNER
                set_entry(session, actor, self._clock, system=system, kind=kind, key=step.process, reason=step.reason)
            case SetInterval():
                set_entry(
                    session,
                    actor,
                    self._clock,
                    system=system,
                    kind=EntryKind.OWN_INTERVAL,
                    key=step.artefact,
                    value=str(step.days),
                    from_on=step.starts_on,
                    reason=step.reason,
                )

    def _controls(
        self, session: Session, actor: Actor, system: ManagementSystem, step: AdoptControls | AddControl
    ) -> None:
        if isinstance(step, AdoptControls):
            adopt_starter_controls(
                session, actor, self._clock, self._catalogue, system=system, processes=step.processes
            )
            return
        details = ControlDetails(
            title=step.title,
            process=step.process,
            kind=ControlKind(step.kind),
            frequency=step.frequency,
            description=" ".join(step.description.split()),
            owner_id=require_user(session, step.owner).id if step.owner else None,
            status=ControlStatus(step.status),
        )
        create_control(
            session,
            actor,
            self._clock,
            self._catalogue,
            system=system,
            ref=step.ref,
            details=details,
            requirements=step.requirements,
        )


def subject_named(session: Session, system: ManagementSystem, name: str) -> Subject:
    """The newest service, customer or party of this name. Raises NotFound."""
    wanted = select(Subject).where(Subject.system_id == system.id, Subject.name == name).order_by(Subject.id.desc())
    found = session.execute(wanted.limit(1)).scalar_one_or_none()
    if found is None:
        raise NotFound("subject", name)
    return found
