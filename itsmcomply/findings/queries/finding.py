"""One finding as its page and its report show it: where it stands, what each step says, what this person may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy.orm import Session

from itsmcomply.accounts.queries import names_of
from itsmcomply.clauses.model import Catalogue, CommonNonconformity, FindingGrade
from itsmcomply.clauses.policy import Caps
from itsmcomply.findings.dossiers import Dossier, finding_id, load_dossiers
from itsmcomply.findings.duties import Person, duty_refusal, refusal
from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.limits import Delay, Raised, age, delays, earlier_alike, next_due
from itsmcomply.findings.queries.history import raised_of_system
from itsmcomply.findings.rules import Act, ActionFacts, Case, State, gate_sentence, is_open, missing, path_of, state_of
from itsmcomply.findings.statements import suggestions
from itsmcomply.wording import Sentence


@dataclass(frozen=True, slots=True)
class StepMark:
    """A step of the state line. `mark`: done, next or later. `gates`: what the next one still asks for."""

    state: State
    mark: str
    gates: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class RequirementRef:
    """A requirement a finding is raised against."""

    id: str
    clause: str
    clause_title: str
    text: str


@dataclass(frozen=True, slots=True)
class FindingPage:
    """Everything about one finding on one day, for one person.

    `may`: acts open to them. `refused`: for acts of this state that are not theirs, why. `names` by user id.
    `cap`: highest coverage of its requirements while it is open; None: no cap.
    """

    dossier: Dossier
    case: Case
    state: State
    is_open: bool
    steps: tuple[StepMark, ...]
    delays: tuple[Delay, ...]
    due_on: date | None
    age: int
    requirements: tuple[RequirementRef, ...]
    meaning: FindingGrade | None
    cap: Fraction | None
    earlier: tuple[Raised, ...]
    later: tuple[Raised, ...]
    common: tuple[CommonNonconformity, ...]
    may: frozenset[Act]
    refused: Mapping[Act, Sentence]
    completable: frozenset[int]
    names: Mapping[int, str]

    def name(self, user_id: int | None) -> str:
        """A person's name; "" for nobody."""
        return "" if user_id is None else self.names.get(user_id, "")


def finding_page(
    session: Session, catalogue: Catalogue, caps: Caps, system_id: int, key: str, *, person: Person, today: date
) -> FindingPage:
    """The finding of this key. Raises NotFound. 24 queries."""
    found = finding_id(session, system_id, key)
    dossier = load_dossiers(session, catalogue, system_id, only=[found])[0]
    case = dossier.case
    others = raised_of_system(session, system_id)
    mine = next(one for one in others if one.key == key)
    late = delays(case, today)
    return FindingPage(
        dossier=dossier,
        case=case,
        state=state_of(case),
        is_open=is_open(case),
        steps=_steps(case, today),
        delays=late,
        due_on=next_due(case),
        age=age(case, today),
        requirements=tuple(_requirement(catalogue, key) for key in dossier.requirements),
        meaning=next((g for g in catalogue.finding_grades if g.grade == case.grade), None),
        cap=_cap(case, caps),
        earlier=earlier_alike(mine, others),
        later=tuple(one for one in others if mine in earlier_alike(one, [mine])),
        common=suggestions(catalogue, dossier.requirements),
        may=frozenset(act for act in Act if refusal(act, case, person, today) is None),
        refused=_refused(case, person, today),
        completable=frozenset(a.number for a in case.actions if _may_complete(a, case, person, today)),
        names=names_of(session),
    )


def _may_complete(action: ActionFacts, case: Case, person: Person, today: date) -> bool:
    return action.completed_on is None and refusal(Act.COMPLETE_ACTION, case, person, today, action=action) is None


def _refused(case: Case, person: Person, today: date) -> dict[Act, Sentence]:
    """Acts whose turn it is, but not for this person or not yet, with the reason."""
    found = {}
    for act in (Act.ACCEPT_PLAN, Act.VERIFY, Act.CLOSE):
        reason = refusal(act, case, person, today)
        if reason is not None and person.may_raise and duty_refusal(act, case, person) is not None:
            found[act] = reason
    return found


def _steps(case: Case, today: date) -> tuple[StepMark, ...]:
    if state_of(case) is State.WITHDRAWN:
        return StepMark(path_of(case.grade)[0].state, "done"), StepMark(State.WITHDRAWN, "done")
    states = [step.state for step in path_of(case.grade)]
    here = states.index(state_of(case))
    asked = tuple(gate_sentence(gate, case, today) for gate in missing(case))
    marks = []
    for position, state in enumerate(states):
        if position <= here:
            marks.append(StepMark(state, "done"))
        else:
            marks.append(
                StepMark(state, "next" if position == here + 1 else "later", asked if position == here + 1 else ())
            )
    return tuple(marks)


def _requirement(catalogue: Catalogue, key: str) -> RequirementRef:
    requirement = catalogue.requirements[key]
    clause = catalogue.clauses[requirement.clause]
    return RequirementRef(key, clause.number, clause.title or clause.label, requirement.text)


def _cap(case: Case, caps: Caps) -> Fraction | None:
    if not is_open(case):
        return None
    return {Grade.MAJOR: caps.major, Grade.MINOR: caps.minor}.get(case.grade)
