"""What is understood of an export of an ITSM tool: records, how they were read, what was left out and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from itsmcomply.errors import InvalidInput
from itsmcomply.wording import Sentence, say


class Kind(StrEnum):
    """What a record is about."""

    INCIDENT = "incident"
    PROBLEM = "problem"
    CHANGE = "change"
    REQUEST = "request"


MOMENTS = ("opened_at", "resolved_at", "closed_at", "updated_at")
COUNTS = ("reopened", "reassigned")
TRUTHS = ("sla_met",)
TEXTS = (
    "state",
    "priority",
    "group",
    "assignee",
    "category",
    "symptom",
    "summary",
    "ci",
    "problem",
    "change",
    "resolution",
    "note",
    "approval",
    "test",
)
FIELDS = ("number", "kind", *TEXTS, *MOMENTS, *COUNTS, *TRUTHS)
"""Everything a column can be mapped to."""

FINISHED = frozenset(
    {
        "resolved", "closed", "done", "solved", "completed", "complete", "cancelled", "canceled", "declined",
        "closed complete", "closed incomplete", "closed skipped", "successful", "unsuccessful", "6", "7",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ticket:
    """The last state of one record. None is unknown. Moments are as the tool wrote them, without a zone.

    `row` is the row of the file that held this state (the header is a row too), `rows` how many rows the record had.
    """

    number: str
    kind: Kind
    row: int
    rows: int = 1
    state: str | None = None
    priority: str | None = None
    group: str | None = None
    assignee: str | None = None
    category: str | None = None
    symptom: str | None = None
    summary: str | None = None
    ci: str | None = None
    problem: str | None = None
    change: str | None = None
    resolution: str | None = None
    note: str | None = None
    approval: str | None = None
    test: str | None = None
    opened_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    updated_at: datetime | None = None
    reopened: int | None = None
    reassigned: int | None = None
    sla_met: bool | None = None

    @property
    def is_finished(self) -> bool:
        """Whether its state says that nobody works on it any more."""
        return self.state is not None and self.state.strip().lower() in FINISHED

    @property
    def month(self) -> str | None:
        """The month it was opened in, as "2016-03"."""
        return f"{self.opened_at:%Y-%m}" if self.opened_at else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was found; `column` is the heading, "" where it is about the row."""

    row: int
    column: str
    reason: str


class DateOrder(StrEnum):
    """How days in a column are written."""

    ISO = "iso"
    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"
    NAMED_MONTH = "named-month"
    CELL = "cell"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class DateColumn:
    """How a column of moments was read. `certain` False: nothing in the file tells day and month apart."""

    header: str
    order: DateOrder
    certain: bool
    because: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A file understood. `rows` counts its rows of data; understood + folded + skipped rows = rows."""

    layout: str
    encoding: str
    delimiter: str
    rows: int
    tickets: tuple[Ticket, ...]
    folded: int
    skipped: tuple[Place, ...]
    unread: tuple[Place, ...]
    columns: Mapping[str, str]
    dates: Mapping[str, DateColumn]
    notes: tuple[str, ...] = ()


class Refused(InvalidInput):
    """A file nothing is taken from. `row` counts from 1, the header too; 0 and "" where it is about the whole file."""

    def __init__(self, sentence: Sentence, row: int = 0, column: str = "") -> None:
        super().__init__({"file": sentence})
        self.sentence, self.row, self.column = sentence, row, column

    def __str__(self) -> str:
        return str(self.sentence)


@dataclass(frozen=True, slots=True)
class Options:
    """What somebody says about a file because it does not say so itself."""

    layout: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    kind: Kind | None = None
    dates: DateOrder | None = None


def refused(template: str, row: int = 0, column: str = "", **values: object) -> Refused:
    """A refusal in words; `row` and `column` are places in the template too."""
    return Refused(say(template, row=row, column=column, **values), row, column)
