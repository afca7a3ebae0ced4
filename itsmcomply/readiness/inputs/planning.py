"""What a system has recorded that the verdict does not read: who owns what, key days, due days, names of subjects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from itsmcomply.readiness.engine.days import Vantage, in_force, value_in_force
from itsmcomply.readiness.facts import Dated


@dataclass(frozen=True, slots=True)
class AuditDay:
    """A day on which the certification body comes; `kind`: stage_1, stage_2 or surveillance."""

    kind: str
    on: date


@dataclass(frozen=True, slots=True)
class Planning:
    """Dated entries for pages and work lists. Owners are user ids; subject names by the key the facts use.

    `audit_days` by kind, in the order in which they come.
    """

    process_owners: Mapping[str, tuple[Dated[int], ...]] = field(default_factory=dict)
    artefact_owners: Mapping[str, tuple[Dated[int], ...]] = field(default_factory=dict)
    audit_days: Mapping[str, tuple[Dated[date], ...]] = field(default_factory=dict)
    due_days: Mapping[str, tuple[Dated[date], ...]] = field(default_factory=dict)
    subject_names: Mapping[str, str] = field(default_factory=dict)

    def process_owner(self, process: str, now: Vantage) -> int | None:
        return value_in_force(self.process_owners.get(process, ()), now)

    def artefact_owner(self, artefact: str, home_process: str, now: Vantage) -> int | None:
        """Its own owner where one is appointed, else the owner of its home process."""
        own = in_force(self.artefact_owners.get(artefact, ()), now)
        return self.process_owner(home_process, now) if own is None else own.value

    def due_on(self, artefact: str, now: Vantage) -> date | None:
        """The day set by hand."""
        return value_in_force(self.due_days.get(artefact, ()), now)

    def audit_day(self, kind: str, now: Vantage) -> date | None:
        return value_in_force(self.audit_days.get(kind, ()), now)

    def next_audit(self, now: Vantage) -> AuditDay | None:
        """The first audit on or after the day, as recorded on the day."""
        known = ((kind, self.audit_day(kind, now)) for kind in self.audit_days)
        ahead = [AuditDay(kind, on) for kind, on in known if on is not None and on >= now.day]
        return min(ahead, key=lambda one: one.on, default=None)
