"""The closed lists of management reviews. Pure."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a management review stands."""

    PLANNED = "planned"
    HELD = "held"
    SIGNED = "signed"
    CANCELLED = "cancelled"


class Consideration(StrEnum):
    """Whether the review looked at an input."""

    CONSIDERED = "considered"
    NOT_CONSIDERED = "not_considered"


class Judgement(StrEnum):
    """How far something holds: the answer on suitability, adequacy and effectiveness."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class DecisionKind(StrEnum):
    """What a decision is about (ISO/IEC 20000-1:2018 9.3, results of the review)."""

    IMPROVEMENT = "improvement"
    CHANGE = "change"
    RESOURCES = "resources"
    NO_CHANGE = "no_change"


class Step(StrEnum):
    """What became of an action since it was decided."""

    DONE = "done"
    MOVED = "moved"
    DROPPED = "dropped"
    NOTED = "noted"
