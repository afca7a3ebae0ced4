"""Words for the closed lists of management reviews. English, marked for translation; the edge translates."""

from __future__ import annotations

from collections.abc import Mapping

from itsmcomply.findings.kinds import Grade
from itsmcomply.performance.kinds import Consideration, DecisionKind, Judgement, State, Step
from itsmcomply.wording import N_

STATES: Mapping[State, str] = {
    State.PLANNED: N_("Planned"),
    State.HELD: N_("Held, not signed"),
    State.SIGNED: N_("Signed"),
    State.CANCELLED: N_("Cancelled"),
}
CONSIDERATIONS: Mapping[Consideration, str] = {
    Consideration.CONSIDERED: N_("Considered"),
    Consideration.NOT_CONSIDERED: N_("Not considered"),
}
JUDGEMENTS: Mapping[Judgement, str] = {
    Judgement.YES: N_("Yes"),
    Judgement.PARTLY: N_("Partly"),
    Judgement.NO: N_("No"),
}
DECISIONS: Mapping[DecisionKind, str] = {
    DecisionKind.IMPROVEMENT: N_("Improvement"),
    DecisionKind.CHANGE: N_("Change to system or services"),
    DecisionKind.RESOURCES: N_("Resources"),
    DecisionKind.NO_CHANGE: N_("Nothing has to change"),
}
STEPS: Mapping[Step, str] = {
    Step.DONE: N_("Done"),
    Step.MOVED: N_("New due day"),
    Step.DROPPED: N_("Given up"),
    Step.NOTED: N_("Note"),
}
GRADES: Mapping[Grade, str] = {
    Grade.MAJOR: N_("major nonconformities"),
    Grade.MINOR: N_("minor nonconformities"),
    Grade.AREA_OF_CONCERN: N_("areas of concern"),
    Grade.OBSERVATION: N_("observations"),
    Grade.OPPORTUNITY: N_("opportunities for improvement"),
    Grade.STRENGTH: N_("strengths"),
}
QUESTIONS: Mapping[str, str] = {
    "suitable": N_("Suitable: does it still fit the organisation and its purpose?"),
    "adequate": N_("Adequate: is it enough for what is required?"),
    "effective": N_("Effective: does it reach what it is meant to reach?"),
}
EVIDENCE_STATES: Mapping[str, str] = {
    "current": N_("Current"),
    "in_review": N_("In review"),
    "lapsed": N_("Lapsed"),
    "rejected": N_("Rejected"),
    "missing": N_("Nothing on file"),
}
