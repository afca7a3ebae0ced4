"""Sentences with typed values and places as data, so that read models say what they mean and the edge finds words and
addresses. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

PhraseValue: TypeAlias = "str | int | date | Fraction | Phrase"


@dataclass(frozen=True, slots=True)
class Phrase:
    """English with `%(name)s` places. Days are printed as days, fractions as percent, both by the edge.

    With `plural`, the number `num` among the values chooses between the two.
    """

    template: str
    values: Mapping[str, PhraseValue] = field(default_factory=dict)
    plural: str = ""


def phrase(template: str, **values: PhraseValue) -> Phrase:
    return Phrase(template, values)


def counted(singular: str, plural: str, num: int, **values: PhraseValue) -> Phrase:
    """A phrase whose form depends on a number, written `%(num)s`."""
    return Phrase(singular, {"num": num, **values}, plural)


class PlaceKind(StrEnum):
    """What an address leads to. FILE: the form that files evidence for the artefact `key`, filled in. FEATURE: the
    endpoint `key`, a page that may not exist.
    """

    ARTEFACT = "artefact"
    PROCESS = "process"
    CLAUSE = "clause"
    REQUIREMENT = "requirement"
    RULE = "rule"
    ITEM = "item"
    FILE = "file"
    REVIEW = "review"
    SETTING = "setting"
    CONTROL = "control"
    REGISTER = "register"
    FINDING = "finding"
    FEATURE = "feature"


@dataclass(frozen=True, slots=True)
class Place:
    """A page and what it is about. `period`: first and last day to fill in; `version`: of the item to review.

    SETTING: `key` is scope, people, dates, intervals, subjects or owners, `about` the entry on it.
    """

    kind: PlaceKind
    key: str
    period: tuple[date, date] | None = None
    version: int | None = None
    about: str = ""
