"""The two documents of a review as values: the input pack before, the minutes after. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from itsmcomply.performance.filled import Filled
from itsmcomply.performance.kinds import Consideration, DecisionKind
from itsmcomply.wording import Sentence


class Paper(StrEnum):
    PACK = "pack"
    MINUTES = "minutes"


@dataclass(frozen=True, slots=True)
class PaperInput:
    """One input. `requirement` as 9.3-b."""

    number: int
    name: str
    ask: str
    requirement: str
    filled: Filled
    addition: str
    consideration: Consideration | None


@dataclass(frozen=True, slots=True)
class PaperGuest:
    name: str
    role: str
    top_management: bool
    present: bool


@dataclass(frozen=True, slots=True)
class PaperDecision:
    """`follows`: name of the input it follows from, "" for none."""

    number: int
    kind: DecisionKind
    text: str
    follows: str


@dataclass(frozen=True, slots=True)
class PaperAction:
    """`decision`: number of the decision it carries out, 0 for none."""

    number: int
    text: str
    owner: str
    due_on: date
    decision: int


@dataclass(frozen=True, slots=True)
class Papers:
    """Everything both documents say. `signed_on` None: a draft. `answers`: question and answer, in English words."""

    paper: Paper
    system: str
    mode: str
    key: str
    chair: str
    place: str
    planned_on: date
    held_on: date | None
    period_start: date
    period_end: date
    first: bool
    as_of: date
    inputs: tuple[PaperInput, ...]
    guests: tuple[PaperGuest, ...]
    decisions: tuple[PaperDecision, ...]
    actions: tuple[PaperAction, ...]
    answers: tuple[tuple[str, str], ...]
    statement: str
    hindrances: tuple[Sentence, ...]
    signed_on: date | None
