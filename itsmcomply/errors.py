"""Domain exceptions. Each carries what it is about; the edge turns them into pages, messages and exit codes."""

from __future__ import annotations

from dataclasses import dataclass, field


class DomainError(Exception):
    """Base of every refusal the product makes on purpose."""


@dataclass
class NotFound(DomainError):
    """No such record, or none that this person may know of (both look the same from outside)."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"no {self.kind} {self.key}"


@dataclass
class NotPermitted(DomainError):
    """The person may know the record but not do this with it. `reason` is a sentence for that person."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass
class InvalidInput(DomainError):
    """Values that break a rule. `errors` maps a field name to what is wrong and what to do; "" is the whole form."""

    errors: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return "; ".join(f"{name}: {text}" if name else text for name, text in self.errors.items())


@dataclass
class InvalidTransition(DomainError):
    """A state change the table of transitions does not hold."""

    current: str
    wanted: str
    reason: str = ""

    def __str__(self) -> str:
        return self.reason or f"{self.wanted} is not possible from {self.current}"


@dataclass
class Conflict(DomainError):
    """Somebody else saved first. `theirs` and `yours` map field to value, for the merge page."""

    kind: str
    key: str
    theirs: dict[str, str] = field(default_factory=dict)
    yours: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind} {self.key} was changed by somebody else"


@dataclass
class IntegrityFailure(DomainError):
    """Stored bytes or records are not what their digest says. Never swallowed."""

    what: str
    detail: str

    def __str__(self) -> str:
        return f"{self.what}: {self.detail}"


@dataclass
class StorageFull(DomainError):
    """No room for the bytes; nothing was stored."""

    detail: str

    def __str__(self) -> str:
        return self.detail


@dataclass
class StartRefused(DomainError):
    """The installation cannot start safely; one line says why and what to do."""

    reason: str

    def __str__(self) -> str:
        return self.reason
