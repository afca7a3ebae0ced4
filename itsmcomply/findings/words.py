"""Words for the closed lists of findings. English, marked for translation; the edge translates. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from itsmcomply.findings.kinds import CauseCategory, CauseMethod, Grade, Source
from itsmcomply.findings.rules import State
from itsmcomply.wording import N_

GRADES: Mapping[Grade, str] = {
    Grade.MAJOR: N_("Major"),
    Grade.MINOR: N_("Minor"),
    Grade.AREA_OF_CONCERN: N_("Area of concern"),
    Grade.OBSERVATION: N_("Observation"),
    Grade.OPPORTUNITY: N_("Opportunity"),
    Grade.STRENGTH: N_("Strength"),
}
STATES: Mapping[State, str] = {
    State.RAISED: N_("Raised"),
    State.CONTAINED: N_("Contained"),
    State.ANALYSED: N_("Analysed"),
    State.PLANNED: N_("Plan accepted"),
    State.DONE: N_("Actions done"),
    State.VERIFIED: N_("Verified"),
    State.CLOSED: N_("Closed"),
    State.OPEN: N_("Open"),
    State.ANSWERED: N_("Answered"),
    State.NOTED: N_("Noted"),
    State.WITHDRAWN: N_("Withdrawn"),
}
SOURCES: Mapping[Source, str] = {
    Source.INTERNAL_AUDIT: N_("Internal audit"),
    Source.CERTIFICATION_BODY: N_("Certification body"),
    Source.SUPPLIER: N_("Supplier"),
    Source.OWN: N_("Own finding"),
}
METHODS: Mapping[CauseMethod, str] = {
    CauseMethod.FIVE_WHYS: N_("Five whys"),
    CauseMethod.CAUSE_EFFECT: N_("Cause and effect"),
}
CATEGORIES: Mapping[CauseCategory, str] = {
    CauseCategory.PEOPLE: N_("People"),
    CauseCategory.PROCESS: N_("Process"),
    CauseCategory.TOOLS: N_("Tools"),
    CauseCategory.INFORMATION: N_("Information"),
    CauseCategory.SUPPLIERS: N_("Suppliers"),
    CauseCategory.MANAGEMENT: N_("Management"),
}
