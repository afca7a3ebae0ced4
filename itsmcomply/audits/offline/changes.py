"""What a returned checklist would change: a dry run with changes, conflicts and errors. Pure; applies nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from itsmcomply.audits.kinds import Conclusion
from itsmcomply.audits.offline.reading import ReturnedRow
from itsmcomply.audits.offline.sheet import FILLED, GRADES, WORDS, seal
from itsmcomply.audits.rules import Entry, Ground, problems_of_entry
from itsmcomply.clauses.model import Requirement
from itsmcomply.findings.kinds import Grade
from itsmcomply.wording import N_, Sentence, say


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row as it stands: what the sheet would hold for it, its version, and what a conclusion could rest on."""

    values: Mapping[str, str]
    row_version: int
    entry: Entry
    ground: Ground


@dataclass(frozen=True, slots=True)
class Change:
    """A row that will be written. `fields`: name, value now, value to come. `grade`: a finding will be raised."""

    row: ReturnedRow
    entry: Entry
    fields: tuple[tuple[str, str, str], ...]
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that cannot be written, and why. `clash`: somebody changed it meanwhile; `fields` show both values."""

    row: ReturnedRow
    reason: Sentence
    clash: bool = False
    fields: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DryRun:
    """All or nothing: with any refusal nothing is applied. `absent`: rows of the audit that did not come back."""

    changes: tuple[Change, ...]
    refusals: tuple[Refusal, ...]
    untouched: int
    absent: tuple[str, ...] = ()

    @property
    def can_apply(self) -> bool:
        return bool(self.changes) and not self.refusals


def dry_run(
    rows: tuple[ReturnedRow, ...],
    stored: Mapping[str, StoredRow],
    requirements: Mapping[str, Requirement],
    against: Callable[[str], str],
) -> DryRun:
    """What these rows would change. `against` says why the sender may not write a requirement; "" when they may."""
    changes: list[Change] = []
    refusals: list[Refusal] = []
    seen: set[str] = set()
    untouched = 0
    for row in rows:
        now = stored.get(row.requirement)
        if now is None or row.requirement not in requirements:
            text = N_("%(name)s is no row of this audit. Take the line out.")
            refusals.append(Refusal(row, say(text, name=row.requirement or "?")))
        elif row.requirement in seen:
            refusals.append(Refusal(row, say(N_("%(name)s stands there twice. Keep one line."), name=row.requirement)))
        elif seal(row.values) == row.seal or _says_the_same(row, now):
            untouched += 1
        else:
            found = _judged(row, now, requirements[row.requirement], against(row.requirement))
            (changes if isinstance(found, Change) else refusals).append(found)  # type: ignore[arg-type]
        seen.add(row.requirement)
    absent = tuple(key for key in stored if key not in seen)
    return DryRun(tuple(changes), tuple(refusals), untouched, absent)


def _says_the_same(row: ReturnedRow, now: StoredRow) -> bool:
    """Whether everything it says is stored. The grade of a finding that was raised is the finding's."""
    told = dict(row.values) | ({"grade": ""} if now.ground.finding_key else {})
    return told == dict(now.values)


def _judged(row: ReturnedRow, now: StoredRow, requirement: Requirement, against: str) -> Change | Refusal:
    fields = tuple((n, now.values[n], row.values[n]) for n in FILLED if now.values[n] != row.values[n])
    if row.row_version is None:
        return Refusal(row, say(N_("Its version was changed. Take a new workbook along for this row.")))
    if row.row_version != now.row_version:
        return Refusal(row, say(N_("Somebody changed this row meanwhile.")), clash=True, fields=fields)
    if against:
        return Refusal(row, Sentence(against, {}))
    conclusion = _conclusion(row.values["conclusion"])
    if row.values["conclusion"] and conclusion is None:
        return Refusal(row, say(N_("Choose the conclusion from the list.")))
    entry = Entry(
        conclusion=conclusion,
        statement=row.values["statement"],
        answer=row.values["answer"],
        note=row.values["note"],
        interviewed=row.values["interviewed"],
        points=now.entry.points,
        questions=now.entry.questions,
    )
    grade, problem = _grade(row, now, conclusion)
    ground = Ground(now.ground.finding_key or ("raised" if grade else ""), now.ground.examined)
    problems = problems_of_entry(entry, requirement, ground)
    if problem or problems:
        return Refusal(row, problem or next(iter(problems.values())))
    return Change(row, entry, fields, grade)


def _conclusion(word: str) -> Conclusion | None:
    return next((key for key, text in WORDS.items() if text.casefold() == word.casefold()), None)


def _grade(row: ReturnedRow, now: StoredRow, conclusion: Conclusion | None) -> tuple[Grade | None, Sentence | None]:
    """The grade of the finding to raise, or what keeps it from being raised; neither where none is needed."""
    if conclusion is not Conclusion.NONCONFORMITY or now.ground.finding_key:
        return None, None
    grade = next((key for key, text in GRADES.items() if text.casefold() == row.values["grade"].casefold()), None)
    if grade is None:
        return None, say(N_("A nonconformity needs its grade: choose Major or Minor."))
    if not row.values["statement"]:
        return None, say(N_("A nonconformity needs a statement."))
    if not row.values["answer"] and not now.ground.examined:
        return None, say(N_("A nonconformity needs objective evidence: write down what you were told and shown."))
    return grade, None
