"""Decisions about controls: references, states, what may stand in a control. Pure."""

from __future__ import annotations

import re
from typing import Final, get_args

from itsmcomply.clauses.model import Catalogue, ControlFrequency
from itsmcomply.wording import N_, say

FREQUENCIES: Final[tuple[str, ...]] = get_args(ControlFrequency)
"""How often a control acts, from always to once a year, in that order."""

TITLE_MAX = 300
REF_MAX = 40
_REF = re.compile(r"[A-Z0-9](?:[A-Z0-9.-]{0,38}[A-Z0-9])?")


def normal_ref(text: str) -> str:
    """A reference as it is stored: capitals, no blanks around it."""
    return text.strip().upper()


def ref_problem(ref: str) -> str | None:
    """Why a reference cannot be an address; None if it can. `matrix`, `new` and `adopt` are pages."""
    if _REF.fullmatch(ref) is None:
        return say(N_("Use capitals, digits, hyphens and dots, at most 40, for example INC-09."))
    return None


def title_problem(title: str) -> str | None:
    if not title.strip():
        return say(N_("Give the control a title: what it does, in a few words."))
    if len(title) > TITLE_MAX:
        return say(N_("The title may have at most %(limit)s characters."), limit=TITLE_MAX)
    return None


def process_problem(catalogue: Catalogue, process: str) -> str | None:
    return None if process in catalogue.processes else say(N_("Choose the process the control belongs to."))


def frequency_problem(frequency: str) -> str | None:
    return None if frequency in FREQUENCIES else say(N_("Choose how often the control acts."))


def unknown_requirements(catalogue: Catalogue, requirements: frozenset[str]) -> list[str]:
    """Keys that are no requirement of the catalogue, in alphabetical order."""
    return sorted(key for key in requirements if key not in catalogue.requirements)
