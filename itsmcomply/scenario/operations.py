"""Replays a scenario through the operations of the pages, with the clock set to each moment.

Knows no request: the caller has an application context open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from itsmcomply.activity.models import ActivityEntry
from itsmcomply.activity.operations import Record, record_activity
from itsmcomply.clock import FixedClock
from itsmcomply.db import db, end_read, transaction
from itsmcomply.errors import DomainError, NotPermitted
from itsmcomply.permissions import SYSTEM_ACTOR
from itsmcomply.scenario.filing import EvidenceDesk, Tools
from itsmcomply.scenario.model import OnEvidence, Scenario, Step
from itsmcomply.scenario.setup import SystemDesk
from itsmcomply.scenario.workbench.desk import WorkbenchDesk
from itsmcomply.scenario.workbench.keys import Scribe
from itsmcomply.scenario.workbench.model import OnWorkbench, Prepared
from itsmcomply.systems.models import InstallationMode
from itsmcomply.systems.queries import all_systems, installation

STEPS_TOGETHER = 100
LOADED = "scenario.loaded"
ABOUT = ("item", "title", "audit", "requirement", "finding", "review", "programme", "number", "email")
"""What a step is about, for its message."""
Progress = Callable[[int, int], None]


@dataclass
class StepRefused(DomainError):
    """An operation refused a step; what came before it is loaded."""

    step: Step
    reason: str

    def __str__(self) -> str:
        who = self.step.actor or "the installation"
        name = f"{type(self.step).__name__} of {who} at {self.step.moment:%Y-%m-%d %H:%M}"
        found = (getattr(self.step, key, None) for key in ABOUT)
        about = " ".join(str(one) for one in found if one is not None)
        return f"{name} ({about}) was refused: {self.reason}" if about else f"{name} was refused: {self.reason}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a scenario brought: slugs of its systems and the number of items and steps."""

    systems: tuple[str, ...]
    items: int
    steps: int


def load_scenario(
    scenario: Scenario, clock: FixedClock, tools: Tools, scribe: Scribe, progress: Progress | None = None
) -> Loaded:
    """Take every step in order of time. `clock` is moved to each moment and ends at the moment of loading.

    Some steps share a transaction, so an interruption leaves a history that ends early, never half a step; such an
    installation is thrown away. Raises NotPermitted outside a demonstration or trial and when a management system
    exists already; StepRefused when an operation refuses.
    """
    refuse_unfit_installation()
    setup, evidence = SystemDesk(clock, tools.catalogue), EvidenceDesk(clock, tools)
    bench = WorkbenchDesk(clock, scribe, evidence, tools.store)
    steps, done = scenario.steps, 0
    for portion in portions(steps):
        received = [evidence.receive(step) for step in portion]
        clock.move_to(portion[0].moment)
        written = bench.write(portion[0])
        with transaction() as session:
            for step, stored in zip(portion, received, strict=True):
                clock.move_to(step.moment)
                try:
                    if isinstance(step, OnEvidence):
                        evidence.take(session, step, stored)
                    elif isinstance(step, OnWorkbench):
                        bench.take(session, step, written)
                    else:
                        setup.take(session, step)
                except DomainError as error:
                    raise StepRefused(step, str(error)) from error
        done += len(portion)
        if progress is not None:
            progress(done, len(steps))
    clock.move_to(scenario.loaded_at)
    loaded = Loaded(tuple(setup.slugs), evidence.items, len(steps))
    with transaction() as session:
        after = {"title": scenario.title, "systems": loaded.systems, "items": loaded.items, "steps": loaded.steps}
        record = Record("installation", "scenario")
        record_activity(session, SYSTEM_ACTOR, clock.now(), LOADED, record, after=after)
    return loaded


def portions(steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    """Steps that share a transaction. A signature begins one: its document is written from what is stored by then."""
    start = 0
    for number, step in enumerate(steps):
        if number > start and (isinstance(step, Prepared) or number - start == STEPS_TOGETHER):
            yield steps[start:number]
            start = number
    if start < len(steps):
        yield steps[start:]


def is_loaded() -> bool:
    """Whether a scenario was loaded to its end. One query."""
    wanted = select(ActivityEntry.seq).where(ActivityEntry.action == LOADED).limit(1)
    found = db.session().execute(wanted).first() is not None
    end_read()
    return found


def refuse_unfit_installation() -> None:
    """Raise NotPermitted unless this is a demonstration or trial without a management system."""
    session = db.session()
    found, taken = installation(session), all_systems(session)
    end_read()
    if found is None or found.mode is InstallationMode.REAL:
        raise NotPermitted(
            "Scenarios are loaded only into an installation marked as demonstration or trial when it was made. "
            "Make a new one in another folder."
        )
    if taken:
        raise NotPermitted(
            f"This installation holds the management system {taken[0].slug} already. Load into a new one."
        )
