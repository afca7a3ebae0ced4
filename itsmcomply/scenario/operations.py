"""Replays a scenario through the operations of the pages, with the clock set to each moment.

Knows no request: the caller has an application context open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from itsmcomply.clock import FixedClock
from itsmcomply.db import db, end_read, transaction
from itsmcomply.errors import DomainError, NotPermitted
from itsmcomply.scenario.filing import EvidenceDesk, Tools
from itsmcomply.scenario.model import Scenario, Step
from itsmcomply.scenario.setup import SystemDesk
from itsmcomply.systems.models import InstallationMode
from itsmcomply.systems.queries import all_systems, installation

STEPS_TOGETHER = 40
Progress = Callable[[int, int], None]


@dataclass
class StepRefused(DomainError):
    """An operation refused a step; what came before it is loaded."""

    step: Step
    reason: str

    def __str__(self) -> str:
        who = self.step.actor or "the installation"
        name = f"{type(self.step).__name__} of {who} at {self.step.moment:%Y-%m-%d %H:%M}"
        about = " ".join(str(getattr(self.step, key)) for key in ("item", "title", "email") if hasattr(self.step, key))
        return f"{name} ({about}) was refused: {self.reason}" if about else f"{name} was refused: {self.reason}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a scenario brought: slugs of its systems and the number of items and steps."""

    systems: tuple[str, ...]
    items: int
    steps: int


def load_scenario(scenario: Scenario, clock: FixedClock, tools: Tools, progress: Progress | None = None) -> Loaded:
    """Take every step in order of time. `clock` is moved to each moment and ends at the moment of loading.

    Some steps share a transaction, so an interruption leaves a history that ends early, never half a step; such an
    installation is thrown away. Raises NotPermitted outside a demonstration or trial and when a management system
    exists already; StepRefused when an operation refuses.
    """
    refuse_unfit_installation()
    setup, evidence = SystemDesk(clock, tools.catalogue), EvidenceDesk(clock, tools)
    steps = scenario.steps
    for start in range(0, len(steps), STEPS_TOGETHER):
        portion = steps[start : start + STEPS_TOGETHER]
        received = [evidence.receive(step) for step in portion]
        with transaction() as session:
            for step, stored in zip(portion, received, strict=True):
                clock.move_to(step.moment)
                try:
                    if not setup.take(session, step):
                        evidence.take(session, step, stored)
                except DomainError as error:
                    raise StepRefused(step, str(error)) from error
        if progress is not None:
            progress(start + len(portion), len(steps))
    clock.move_to(scenario.loaded_at)
    return Loaded(tuple(setup.slugs), evidence.items, len(steps))


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
