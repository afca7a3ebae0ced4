"""What may be done with an audit in which state, and what is wrong with what people state about it. Pure.

Source: ISO/IEC 20000-1:2018 9.2, ISO 19011:2018 5 and 6.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from itsmcomply.audits.kinds import AuditKind, Conclusion, Extent, Method, State
from itsmcomply.clauses.model import Catalogue, Requirement
from itsmcomply.errors import InvalidTransition
from itsmcomply.evidence.names import problem_of_text
from itsmcomply.wording import N_, Sentence, say

LONGEST_TITLE = 200
LONGEST_TEXT = 10_000
LONGEST_AUDIT_DAYS = 60
LONGEST_PROGRAMME_YEARS = 5
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)

Problems = dict[str, Sentence]


class Act(StrEnum):
    """What people do with an audit."""

    CHANGE_PLAN = "change_plan"
    CHANGE_SCOPE = "change_scope"
    ASSIGN = "assign"
    BEGIN = "begin"
    CONCLUDE = "conclude"
    STATE_RESULT = "state_result"
    SIGN_OFF = "sign_off"
    CANCEL = "cancel"


TABLE: Mapping[State, frozenset[Act]] = {
    State.PLANNED: frozenset({Act.CHANGE_PLAN, Act.CHANGE_SCOPE, Act.ASSIGN, Act.BEGIN, Act.CANCEL}),
    State.RUNNING: frozenset({Act.CHANGE_PLAN, Act.ASSIGN, Act.CONCLUDE, Act.STATE_RESULT, Act.SIGN_OFF, Act.CANCEL}),
    State.SIGNED_OFF: frozenset(),
    State.CANCELLED: frozenset(),
}
"""THE state table: what is not in here cannot be done."""

_REFUSALS: Mapping[State, str] = {
    State.PLANNED: N_("This audit has not begun. Begin it first, so that it has a checklist."),
    State.RUNNING: N_("This audit has begun; its scope stays as it is. Mark rows not sampled instead."),
    State.SIGNED_OFF: N_("This audit is closed; its record no longer changes. Raise a new finding instead."),
    State.CANCELLED: N_("This audit was cancelled; nothing more is recorded in it. Plan a new one."),
}


def require(act: Act, state: State) -> None:
    """Raise InvalidTransition unless the act is in the table for this state."""
    if act not in TABLE[state]:
        raise InvalidTransition(state.value, act.value, say(_REFUSALS[state]))


@dataclass(frozen=True, slots=True)
class Plan:
    """What an audit is to be. `clauses` are numbers of clauses with requirements; `services` ids of subjects."""

    kind: AuditKind
    title: str
    objectives: str
    criteria: str
    method: Method
    first_on: date | None
    last_on: date | None
    clauses: tuple[str, ...]
    services: tuple[int, ...] = ()
    sites: tuple[str, ...] = ()
    remote: str = ""
    client: str = ""
    reasons: str = ""


def problems_of_plan(plan: Plan, catalogue: Catalogue) -> Problems:
    """What is wrong with a plan, by field."""
    problems = problems_of_line("title", plan.title, N_("Give the audit a name, such as its subject."))
    problems |= problems_of_texts({n: getattr(plan, n) for n in ("objectives", "criteria", "remote", "reasons")})
    for name, words in (("objectives", plan.objectives), ("criteria", plan.criteria)):
        if not words.strip():
            problems.setdefault(name, say(N_("Say this in one sentence or more; every audit has it.")))
    problems |= problems_of_days(plan.first_on, plan.last_on, most_days=LONGEST_AUDIT_DAYS)
    if not plan.clauses:
        problems["clauses"] = say(N_("Choose at least one clause or process."))
    elif any(number not in catalogue.clauses or not catalogue.clauses[number].auditable for number in plan.clauses):
        problems["clauses"] = say(N_("There is no such clause with requirements. Choose from the list."))
    if any(len(site) > LONGEST_TITLE or problem_of_text(site) for site in plan.sites):
        problems["sites"] = say(N_("Name one site on each line, within %(limit)s characters."), limit=LONGEST_TITLE)
    if len(plan.client) > LONGEST_TITLE or problem_of_text(plan.client):
        problems["client"] = say(N_("Keep it on one line, within %(limit)s characters."), limit=LONGEST_TITLE)
    return problems


def problems_of_days(first_on: date | None, last_on: date | None, *, most_days: int) -> Problems:
    """What is wrong with a first and last day; `most_days` counts both."""
    if first_on is None or not EARLIEST <= first_on <= LATEST:
        return {"first_on": say(N_("Give the first day, for example 2027-01-12."))}
    if last_on is None or not EARLIEST <= last_on <= LATEST:
        return {"last_on": say(N_("Give the last day, for example 2027-01-14."))}
    if last_on < first_on:
        return {"last_on": say(N_("The last day lies before the first. Change one of them."))}
    if (last_on - first_on).days >= most_days:
        text = N_("That is longer than %(days)s days. Plan it in parts.")
        return {"last_on": say(text, days=most_days)}
    return {}


def problems_of_line(field: str, text: str, empty: str, limit: int = LONGEST_TITLE) -> Problems:
    """What is wrong with one line that has to be there; `empty` is the marked sentence for when it is not."""
    if not text.strip():
        return {field: say(empty)}
    if len(text) > limit:
        return {field: say(N_("Keep it within %(limit)s characters."), limit=limit)}
    problem = problem_of_text(text)
    return {field: problem} if problem else {}


def problems_of_texts(texts: Mapping[str, str]) -> Problems:
    """What is wrong with texts of several lines, which may be empty."""
    problems: Problems = {}
    for name, text in texts.items():
        if len(text) > LONGEST_TEXT:
            problems[name] = say(
                N_("Keep it under %(limit)s characters, or attach it as evidence."), limit=LONGEST_TEXT
            )
        elif problem := problem_of_text(text, lines=True):
            problems[name] = problem
    return problems


@dataclass(frozen=True, slots=True)
class Entry:
    """What an auditor writes into a row of the checklist. `points`: those of the requirement found covered."""

    conclusion: Conclusion | None = None
    statement: str = ""
    answer: str = ""
    note: str = ""
    interviewed: str = ""
    points: tuple[str, ...] = ()
    questions: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a row already has that a conclusion can rest on."""

    finding_key: str = ""
    examined: int = 0


def problems_of_entry(entry: Entry, requirement: Requirement, ground: Ground) -> Problems:
    """What is wrong with a row, by field. Every conclusion rests on something (ISO 19011:2018 6.4.7)."""
    names = ("statement", "answer", "note", "interviewed", "questions")
    problems = problems_of_texts({name: getattr(entry, name) for name in names})
    if not set(entry.points) <= set(requirement.points):
        problems["points"] = say(N_("There is no such point to cover. Choose from the list."))
    match entry.conclusion:
        case Conclusion.NONCONFORMITY if not ground.finding_key:
            text = N_(
                "A nonconformity needs a finding with requirement, statement and evidence. Raise it from this row."
            )
            problems["conclusion"] = say(text)
        case Conclusion.OBSERVATION | Conclusion.OPPORTUNITY if not entry.statement.strip():
            problems.setdefault("statement", say(N_("Say in one sentence what was seen.")))
        case Conclusion.CONFORMS if not _rests_on_something(entry, ground):
            text = N_("Say what this rests on: mark evidence examined, or write down an answer or who was interviewed.")
            problems.setdefault("conclusion", say(text))
        case _:
            pass
    return problems


def _rests_on_something(entry: Entry, ground: Ground) -> bool:
    return bool(ground.examined or entry.answer.strip() or entry.interviewed.strip() or entry.statement.strip())


@dataclass(frozen=True, slots=True)
class Result:
    """What the audit as a whole came to: the two conclusions of every audit, and the other parts of its report.

    What was noted when it began can be put right with it; None leaves it.
    """

    conformity: Extent | None = None
    effectiveness: Extent | None = None
    conclusion: str = ""
    good_practice: str = ""
    obstacles: str = ""
    uncovered: str = ""
    differences: str = ""
    follow_up: str = ""
    distribution: str = ""
    closing_people: str = ""
    closing_notes: str = ""
    opening_people: str | None = None
    opening_notes: str | None = None


OPENING_TEXTS = ("opening_people", "opening_notes")
RESULT_TEXTS = (
    "conclusion",
    "good_practice",
    "obstacles",
    "uncovered",
    "differences",
    "follow_up",
    "distribution",
    "closing_people",
    "closing_notes",
)


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a checklist is: rows, rows concluded, rows that count as audited, rows not sampled.

    `unfounded`: nonconformities whose finding was withdrawn; `reading`: populations still being imported.
    """

    rows: int
    concluded: int
    counted: int
    not_sampled: int
    unfounded: tuple[str, ...] = ()
    reading: tuple[str, ...] = ()


def hindrances(result: Result, tally: Tally, *, by_body: bool) -> tuple[Sentence, ...]:
    """What still stands between an audit and its sign-off, in words. Empty: it can be signed.

    `by_body`: an audit by the certification body, of which only the outcome is recorded here.
    """
    found: list[Sentence] = []
    if not by_body and tally.concluded < tally.rows:
        text = N_("%(open)s of %(rows)s rows have no conclusion. Conclude them, or mark them not sampled.")
        found.append(say(text, open=tally.rows - tally.concluded, rows=tally.rows))
    if not by_body and tally.rows and not tally.counted:
        found.append(say(N_("No requirement was audited. Cancel the audit instead of closing it.")))
    if tally.unfounded:
        text = N_("The finding behind %(rows)s was withdrawn. Conclude the row anew, or raise another finding from it.")
        found.append(say(text, rows=", ".join(tally.unfounded)))
    if tally.reading:
        text = N_("%(populations)s is still being read. Wait until it has ended, or cancel the import.")
        found.append(say(text, populations=", ".join(tally.reading)))
    if result.conformity is None or result.effectiveness is None:
        found.append(say(N_("Conclude on both: are the criteria met, and is the system effective?")))
    if not result.conclusion.strip():
        found.append(say(N_("Write the audit conclusion.")))
    if tally.not_sampled and not result.uncovered.strip():
        found.append(say(N_("Say which parts of the scope were not covered, and why.")))
    if not result.distribution.strip():
        found.append(say(N_("Say who receives the report.")))
    return tuple(found)


_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Slot:
    """A line of the timetable."""

    on_day: date | None
    starts: str
    ends: str
    topic: str
    auditee: str = ""
    auditor: str = ""
    place: str = ""
    clauses: tuple[str, ...] = ()


def problems_of_slot(slot: Slot, first_on: date, last_on: date) -> Problems:
    """What is wrong with a line of the timetable, by field; it lies on a day of the audit."""
    problems = problems_of_line("topic", slot.topic, N_("Say what happens then, for example an interview."), 300)
    for name in ("auditee", "auditor", "place"):
        text: str = getattr(slot, name)
        if len(text) > LONGEST_TITLE or problem_of_text(text):
            problems[name] = say(N_("Keep it on one line, within %(limit)s characters."), limit=LONGEST_TITLE)
    if slot.on_day is None or not first_on <= slot.on_day <= last_on:
        problems["on_day"] = say(N_("Choose a day of the audit."))
    for name in ("starts", "ends"):
        if not _TIME.fullmatch(getattr(slot, name)):
            problems[name] = say(N_("Give the time as hours and minutes, for example 09:30."))
    if "starts" not in problems and "ends" not in problems and slot.ends <= slot.starts:
        problems["ends"] = say(N_("It ends before it begins. Change one of the times."))
    return problems
