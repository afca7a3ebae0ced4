"""The closed lists of findings: grades, families, sources, causes, uses of evidence. Pure."""

from __future__ import annotations

from enum import StrEnum


class Grade(StrEnum):
    """How serious a finding is; keys of the catalogue's finding grades."""

    MAJOR = "major"
    MINOR = "minor"
    AREA_OF_CONCERN = "area_of_concern"
    OBSERVATION = "observation"
    OPPORTUNITY = "opportunity_for_improvement"
    STRENGTH = "strength"

    @property
    def is_nonconformity(self) -> bool:
        """A requirement is not met: correction and corrective action are due (ISO/IEC 20000-1:2018 10.1)."""
        return self in {Grade.MAJOR, Grade.MINOR}


PREFIXES: dict[Grade, str] = {
    Grade.MAJOR: "NC",
    Grade.MINOR: "NC",
    Grade.AREA_OF_CONCERN: "AC",
    Grade.OBSERVATION: "OB",
    Grade.OPPORTUNITY: "OI",
    Grade.STRENGTH: "ST",
}
"""First letters of a key. A grade changes within its prefix only, so that a key never says what is no longer true."""


class Source(StrEnum):
    """Who found it."""

    INTERNAL_AUDIT = "internal_audit"
    CERTIFICATION_BODY = "certification_body"
    SUPPLIER = "supplier"
    OWN = "own"


class CauseMethod(StrEnum):
    """How a cause was looked for: a chain of whys, or causes by category."""

    FIVE_WHYS = "five_whys"
    CAUSE_EFFECT = "cause_effect"


class CauseCategory(StrEnum):
    """Categories of a cause-effect analysis for services; NONE for a step of a chain of whys."""

    NONE = ""
    PEOPLE = "people"
    PROCESS = "process"
    TOOLS = "tools"
    INFORMATION = "information"
    SUPPLIERS = "suppliers"
    MANAGEMENT = "management"


class EvidenceUse(StrEnum):
    """What a bound version shows about a finding."""

    OBJECTIVE = "objective"
    ANSWER = "answer"
    CORRECTION = "correction"
    ACTION = "action"
    EFFECTIVENESS = "effectiveness"
