"""What people state about a finding, as typed values, and what is wrong with it by field. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from itsmcomply.clauses.model import Catalogue, CommonNonconformity
from itsmcomply.evidence.names import problem_of_text
from itsmcomply.findings.kinds import CauseCategory, CauseMethod, Grade, Source
from itsmcomply.wording import N_, Sentence, say

LONGEST_TITLE = 300
LONGEST_TEXT = 10_000
LONGEST_NAME = 200
FEWEST_WHYS = 2
MOST_LINES = 20
EARLIEST = date(2000, 1, 1)

Problems = dict[str, Sentence]


@dataclass(frozen=True, slots=True)
class Raising:
    """A new finding. `found_on` None: today. `objective` says what was seen; `evidence` are ids of evidence versions.

    `audit_key` names an audit held in the product, `source_ref` anything else it refers to. `owner_id` None: the owner
    of the process.
    """

    grade: Grade
    title: str
    statement: str
    requirements: tuple[str, ...] = ()
    criterion: str = ""
    objective: str = ""
    process: str | None = None
    source: Source = Source.OWN
    source_ref: str = ""
    audit_key: str = ""
    owner_id: int | None = None
    found_on: date | None = None
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """What was done about the case itself."""

    text: str
    done_on: date | None
    done_by: str


@dataclass(frozen=True, slots=True)
class Extent:
    """Whether the same exists elsewhere; None: not said."""

    elsewhere: bool | None
    looked: str
    result: str


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause analysis. Lines are (category, text); the category is NONE for whys."""

    method: CauseMethod | None
    lines: tuple[tuple[CauseCategory, str], ...]
    root_cause: str
    explains: str


@dataclass(frozen=True, slots=True)
class NewAction:
    """A corrective action to be done."""

    text: str
    owner_id: int | None
    due_on: date | None


def problems_of_raising(raising: Raising, catalogue: Catalogue, today: date) -> Problems:
    """What is wrong with a new finding, by field. A nonconformity names requirement, statement and what was seen."""
    problems = problems_of_wording(raising, catalogue)
    if raising.found_on is not None and not EARLIEST <= raising.found_on <= today:
        problems["found_on"] = say(N_("Choose the day it was found: today or earlier."))
    if not raising.objective.strip() and not raising.evidence and raising.grade.is_nonconformity:
        problems.setdefault("objective", say(N_("Say what was seen, or attach evidence; a nonconformity rests on it.")))
    if raising.grade is Grade.AREA_OF_CONCERN and raising.source is not Source.CERTIFICATION_BODY:
        problems["grade"] = say(N_("Only a certification body raises an area of concern. Choose another grade."))
    return problems


def problem_of_concern(stage_2: date | None, found_on: date) -> Sentence | None:
    """Why an area of concern that belongs to no audit on record cannot be raised: stage 1 is over on that day."""
    if stage_2 is None or found_on < stage_2:
        return None
    text = N_("An area of concern belongs to stage 1, and stage 2 was on %(day)s. Choose another grade.")
    return say(text, day=stage_2)


def problems_of_wording(raising: Raising, catalogue: Catalogue) -> Problems:
    """What is wrong with the words, requirements and process of a finding, by field."""
    texts = {
        "statement": raising.statement,
        "criterion": raising.criterion,
        "objective": raising.objective,
    }
    problems = _long_problems(texts)
    if problem := _line_problem(raising.title, LONGEST_TITLE):
        problems["title"] = problem
    if len(raising.source_ref) > LONGEST_TITLE or problem_of_text(raising.source_ref):
        problems["source_ref"] = say(N_("Keep it on one line, within %(limit)s characters."), limit=LONGEST_TITLE)
    if not raising.statement.strip():
        problems["statement"] = say(N_("State what was found, in one or two sentences."))
    if any(key not in catalogue.requirements for key in raising.requirements):
        problems["requirements"] = say(N_("There is no such requirement. Choose from the list."))
    elif raising.grade.is_nonconformity and not raising.requirements:
        problems["requirements"] = say(N_("Name the requirement that is not met."))
    if raising.process is not None and raising.process not in catalogue.processes:
        problems["process"] = say(N_("There is no such process. Choose from the list."))
    return problems


def problems_of_correction(correction: Correction, today: date) -> Problems:
    problems = _needed({"text": correction.text}, {"text": N_("Say what was done about this case.")})
    if correction.done_on is None or not EARLIEST <= correction.done_on <= today:
        problems["done_on"] = say(N_("Choose the day it was done: today or earlier."))
    if problem := _line_problem(correction.done_by, LONGEST_NAME):
        problems["done_by"] = problem
    return problems


def problems_of_extent(extent: Extent) -> Problems:
    problems = _needed(
        {"looked": extent.looked, "result": extent.result},
        {
            "looked": N_("Say where and how you looked for the same elsewhere."),
            "result": N_("Say what you found there."),
        },
    )
    if extent.elsewhere is None:
        problems["elsewhere"] = say(N_("Say whether the same exists elsewhere."))
    return problems


def problems_of_cause(cause: Cause) -> Problems:
    """A chain has at least two whys: the first repeats what happened, the cause lies below it."""
    problems = _needed(
        {"root_cause": cause.root_cause, "explains": cause.explains},
        {
            "root_cause": N_("State the root cause in one sentence."),
            "explains": N_("Say how this cause led to what was found."),
        },
    )
    if cause.method is None:
        problems["method"] = say(N_("Choose how the cause was looked for."))
    elif problem := _lines_problem(cause):
        problems["lines"] = problem
    return problems


def _lines_problem(cause: Cause) -> Sentence | None:
    if any(len(text) > LONGEST_TEXT or problem_of_text(text, lines=True) for _, text in cause.lines):
        return say(N_("One line is too long or holds control characters."))
    if len(cause.lines) > MOST_LINES:
        return say(N_("Keep it to %(limit)s lines; the root cause is one of them."), limit=MOST_LINES)
    if cause.method is CauseMethod.FIVE_WHYS and len(cause.lines) < FEWEST_WHYS:
        return say(N_("Ask why at least twice; the first answer is rarely the cause."))
    if cause.method is CauseMethod.CAUSE_EFFECT and not cause.lines:
        return say(N_("Give at least one cause in its category."))
    return None


def problems_of_action(action: NewAction, today: date) -> Problems:
    problems = _needed({"text": action.text}, {"text": N_("Say what will be done to remove the cause.")})
    if action.owner_id is None:
        problems["owner"] = say(N_("Choose who does it."))
    if problem := problem_of_due(action.due_on, today):
        problems["due_on"] = problem
    return problems


def problem_of_due(due_on: date | None, today: date) -> Sentence | None:
    """Why an action cannot be due on a day."""
    if due_on is None or due_on < today or due_on.year > today.year + 5:
        return say(N_("Choose a day from today on, within five years."))
    return None


def problems_of_reason(reason: str, field: str = "reason") -> Problems:
    """What is wrong with a reason that stays on record."""
    return _needed({field: reason}, {field: N_("Give the reason; it stays on record.")})


def problems_of_text(text: str, field: str, empty: str) -> Problems:
    """What is wrong with a text that has to be there; `empty` is the marked sentence for when it is not."""
    return _needed({field: text}, {field: empty})


def _needed(texts: Mapping[str, str], empty: Mapping[str, str]) -> Problems:
    problems = _long_problems(texts)
    return problems | {name: say(empty[name]) for name, text in texts.items() if not text.strip()}


def _long_problems(texts: Mapping[str, str]) -> Problems:
    problems: Problems = {}
    for name, text in texts.items():
        if len(text) > LONGEST_TEXT:
            problems[name] = say(
                N_("Keep it under %(limit)s characters, or attach it as evidence."), limit=LONGEST_TEXT
            )
        elif problem := problem_of_text(text, lines=True):
            problems[name] = problem
    return problems


def _line_problem(text: str, limit: int) -> Sentence | None:
    if not text.strip():
        return say(N_("Fill this in."))
    if len(text) > limit:
        return say(N_("Keep it within %(limit)s characters."), limit=limit)
    return problem_of_text(text)


def suggestions(catalogue: Catalogue, requirements: tuple[str, ...]) -> tuple[CommonNonconformity, ...]:
    """What auditors often find under the clauses of these requirements, or under the clauses above them."""
    clauses: list[str] = []
    for key in requirements:
        number: str | None = catalogue.requirements[key].clause if key in catalogue.requirements else None
        while number is not None:
            clauses.append(number)
            number = catalogue.clauses[number].parent
    return tuple(common for common in catalogue.common_nonconformities if common.clause in clauses)
