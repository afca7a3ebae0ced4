"""The three gates as a person reads them: every blocker with its name, why, whose it is, and where it is cured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from itsmcomply.clauses.model import Artefact, Facet, SubjectKind
from itsmcomply.errors import NotFound
from itsmcomply.readiness import words
from itsmcomply.readiness.engine.gates import AUDIT_PROGRAMME
from itsmcomply.readiness.phrases import Phrase, Place, PlaceKind, counted, phrase
from itsmcomply.readiness.queries.standing import Standing, standing_of
from itsmcomply.readiness.queries.view import View
from itsmcomply.readiness.results import Blocker, BlockerKind, GateKey, GateResult, Outcome, RuleKey, RuleResult, State
from itsmcomply.wording import N_

SHOWN = 4


@dataclass(frozen=True, slots=True)
class Need:
    """Something that needs somebody. `state`: of evidence, "" otherwise; then `icon` says what it is about.

    `place`: the record itself; `cure`: the form that cures it, with `verb`; None where nothing can be done yet.
    """

    name: Phrase
    reason: Phrase
    owner: str
    state: str = ""
    icon: str = ""
    place: Place | None = None
    verb: str = ""
    cure: Place | None = None


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule with its first needs; `hidden`: how many more there are."""

    key: RuleKey
    passed: bool
    met: int
    total: int
    needs: tuple[Need, ...]
    hidden: int

    @property
    def text(self) -> str:
        return words.RULES[self.key]


@dataclass(frozen=True, slots=True)
class GateView:
    """`foot`: what stands in the same gate on the next audit day."""

    key: GateKey
    passed: bool
    blockers: int
    rules: tuple[RuleView, ...]
    foot: Phrase | None = None


def gate_view(view: View, gate: GateResult, foot: Phrase | None = None, *, shown: int = SHOWN) -> GateView:
    """A gate with at most `shown` needs for each rule."""
    rules = tuple(rule_view(view, rule, shown=shown) for rule in gate.rules)
    return GateView(gate.key, gate.passed, sum(len(rule.blockers) for rule in gate.rules), rules, foot)


def rule_view(view: View, rule: RuleResult, *, shown: int) -> RuleView:
    summary = _summary(rule)
    if summary is not None and shown < len(rule.blockers):
        return RuleView(rule.key, rule.passed, rule.met, rule.total, (summary,), len(rule.blockers) - 1)
    blockers = _weakest_first(view, rule)
    needs = tuple(_need(view, rule.key, blocker) for blocker in blockers[:shown])
    return RuleView(rule.key, rule.passed, rule.met, rule.total, needs, max(0, len(blockers) - shown))


def find_rule(view: View, key: str) -> tuple[GateResult, RuleResult]:
    """The gate and rule of a rule's key. Raises NotFound."""
    for gate in view.result.gates:
        for rule in gate.rules:
            if rule.key.value == key:
                return gate, rule
    raise NotFound("rule", key)


def _summary(rule: RuleResult) -> Need | None:
    """One line in place of many alike: nobody reads a list of ninety clauses that were not audited."""
    if rule.key is not RuleKey.AUDITED or rule.met:
        return None
    clauses = sum(blocker.kind is BlockerKind.CLAUSE for blocker in rule.blockers)
    reason = phrase(
        N_("%(clauses)s clauses and %(processes)s processes are in no audit of the last 395 days"),
        clauses=clauses,
        processes=len(rule.blockers) - clauses,
    )
    return Need(
        phrase(N_("No internal audit signed off")),
        reason,
        "",
        icon="clipboard-check",
        verb=N_("Programme"),
        cure=Place(PlaceKind.FEATURE, "audits.programme"),
    )


def _weakest_first(view: View, rule: RuleResult) -> list[Blocker]:
    """Requirements by coverage; everything else in catalogue order."""
    blockers = list(rule.blockers)
    if rule.key in {RuleKey.REQUIREMENTS_PARTLY, RuleKey.REQUIREMENTS_LARGELY}:
        blockers.sort(key=lambda blocker: view.result.requirements[blocker.key].coverage)
    return blockers


def _need(view: View, rule: RuleKey, blocker: Blocker) -> Need:
    match blocker.kind:
        case BlockerKind.ARTEFACT:
            return artefact_need(view, view.catalogue.artefacts[blocker.key], blocker.reason)
        case BlockerKind.REQUIREMENT:
            return _requirement_need(view, blocker.key)
        case BlockerKind.PROCESS if blocker.reason == "no_owner":
            return _owner_need(view, blocker.key)
        case BlockerKind.PROCESS | BlockerKind.CLAUSE:
            return _audit_need(view, blocker)
        case BlockerKind.SUBJECT_LIST:
            return _list_need(SubjectKind(blocker.key))
        case BlockerKind.FINDING:
            return _finding_need(blocker)
        case BlockerKind.SYSTEM:
            return _SYSTEM_NEEDS[rule](blocker)


def _finding_need(blocker: Blocker) -> Need:
    place = Place(PlaceKind.FINDING, blocker.key)
    reason = _FINDING_REASONS[blocker.reason]
    return Need(phrase("%(key)s", key=blocker.key), reason, "", icon="flag", place=place, verb=N_("Open"), cure=place)


_FINDING_REASONS = {
    "open": phrase(N_("Open")),
    "overdue": phrase(N_("An action is overdue")),
    "no_plan": phrase(N_("No accepted corrective action plan")),
}


def _requirement_need(view: View, key: str) -> Need:
    found, requirement = view.result.requirements[key], view.catalogue.requirements[key]
    reason = phrase("%(band)s %(share)s. %(text)s", band=found.band.value, share=found.coverage, text=requirement.text)
    place = Place(PlaceKind.REQUIREMENT, key)
    owner = view.process_owner(requirement.process)
    return Need(phrase("%(key)s", key=key), reason, owner, icon="book", place=place, verb=N_("Open"), cure=place)


def _owner_need(view: View, process: str) -> Need:
    return Need(
        phrase("%(name)s", name=view.catalogue.processes[process].name),
        phrase(N_("No owner, so nobody is asked")),
        "",
        icon="user",
        place=Place(PlaceKind.PROCESS, process),
        verb=N_("Assign"),
        cure=Place(PlaceKind.SETTING, "owners", about=process),
    )


def _audit_need(view: View, blocker: Blocker) -> Need:
    if blocker.kind is BlockerKind.CLAUSE:
        clause = view.catalogue.clauses[blocker.key]
        name, place = f"{clause.number} {clause.label}", Place(PlaceKind.CLAUSE, blocker.key)
    else:
        name, place = view.catalogue.processes[blocker.key].name, Place(PlaceKind.PROCESS, blocker.key)
    reason = phrase(N_("Not in a signed-off internal audit of the last 395 days"))
    return Need(phrase("%(name)s", name=name), reason, "", icon="clipboard-check", place=place)


def _list_need(kind: SubjectKind) -> Need:
    return Need(
        phrase(words.SUBJECT_LISTS[kind]),
        phrase(N_("Not declared complete; an empty list is declared too")),
        "",
        icon="list-check",
        verb=N_("Declare"),
        cure=Place(PlaceKind.SETTING, "subjects", about=kind.value),
    )


def _scope_need(_blocker: Blocker) -> Need:
    return Need(
        phrase(N_("Scope statement")),
        phrase(N_("Nothing recorded")),
        "",
        icon="target",
        verb=N_("Record"),
        cure=Place(PlaceKind.SETTING, "scope"),
    )


def _programme_need(_blocker: Blocker) -> Need:
    return Need(
        phrase(N_("Internal audit programme")),
        phrase(N_("No current programme on file")),
        "",
        icon="calendar-event",
        place=Place(PlaceKind.ARTEFACT, AUDIT_PROGRAMME),
        verb=N_("Add"),
        cure=Place(PlaceKind.FILE, AUDIT_PROGRAMME),
    )


def _planned_review_need(_blocker: Blocker) -> Need:
    return Need(
        phrase(N_("Management review")),
        phrase(N_("Neither held, nor dated on or before stage 2")),
        "",
        icon="users-group",
        verb=N_("Date it"),
        cure=Place(PlaceKind.SETTING, "dates"),
    )


def _held_review_need(blocker: Blocker) -> Need:
    reason = N_("None recorded as held yet") if blocker.reason == "not_held" else N_("The last one is too long ago")
    cure = Place(PlaceKind.FEATURE, "performance.reviews")
    return Need(phrase(N_("Management review")), phrase(reason), "", icon="users-group", verb=N_("Open"), cure=cure)


_SYSTEM_NEEDS: dict[RuleKey, Callable[[Blocker], Need]] = {
    RuleKey.SCOPE_RECORDED: _scope_need,
    RuleKey.AUDIT_PROGRAMME: _programme_need,
    RuleKey.MANAGEMENT_REVIEW_PLANNED: _planned_review_need,
    RuleKey.MANAGEMENT_REVIEW_HELD: _held_review_need,
}


_TELLING = frozenset({State.LAPSED, State.IN_REVIEW, State.REJECTED})  # where the items have a day to tell


def artefact_need(view: View, artefact: Artefact, reason: str = "") -> Need:
    """What an artefact needs on the day. `reason`: a word of the gate's rule where it says more than the state."""
    outcome = view.result.artefacts[artefact.key].outcome
    standing = standing_of(view, artefact) if outcome.state in _TELLING else Standing()
    why = _rule_reason(artefact, reason) or state_reason(artefact, outcome, standing)
    verb, cure = _cure(artefact, outcome, standing)
    if reason == "list_not_declared" or not outcome.list_declared:
        verb, cure = N_("Declare"), Place(PlaceKind.SETTING, "subjects", about=artefact.per or "")
    return Need(
        name=phrase("%(name)s", name=artefact.name),
        reason=why,
        owner=view.artefact_owner(artefact),
        state=outcome.state.value,
        place=Place(PlaceKind.ARTEFACT, artefact.key),
        verb=verb,
        cure=cure,
    )


def _rule_reason(artefact: Artefact, reason: str) -> Phrase | None:
    if reason == "not_operated_long_enough":
        return phrase(N_("The system has not operated long enough for its last periods"))
    if reason == "list_not_declared" and artefact.per is not None:
        return phrase(N_("The list is not declared: %(list)s"), list=phrase(words.SUBJECT_LISTS[artefact.per]))
    return None


def state_reason(artefact: Artefact, outcome: Outcome, standing: Standing) -> Phrase:
    """Why the artefact stands where it does, in a few words."""
    missing = outcome.missing_periods
    if artefact.every is not None and missing and outcome.state is not State.MISSING:
        first = missing[-1][1]
        return counted(
            "%(num)s period not covered, the last ended %(day)s",
            "%(num)s periods not covered, the last ended %(day)s",
            len(missing),
            day=first.last_on,
        )
    short = [one for one in outcome.subjects if one.subject is not None and one.state is not State.CURRENT]
    if artefact.per is not None and short and len(short) < len(outcome.subjects):
        total = len(outcome.subjects)
        return phrase(N_("%(met)s of %(total)s current"), met=total - len(short), total=total)
    match outcome.state:
        case State.LAPSED if standing.lapsed:
            return phrase(N_("Lapsed %(day)s"), day=standing.lapsed.on)
        case State.IN_REVIEW if standing.waiting:
            return phrase(N_("In review since %(day)s"), day=standing.waiting.on)
        case State.IN_REVIEW:
            return phrase(N_("Accepted, not yet in effect"))
        case State.REJECTED if standing.rejected:
            return phrase(N_("Rejected %(day)s"), day=standing.rejected.on)
        case State.CURRENT if outcome.lapses_on:
            return phrase(N_("Until %(day)s"), day=outcome.lapses_on - timedelta(days=1))
        case State.CURRENT:
            return phrase(N_("Until replaced"))
        case _:
            return phrase(N_("Nothing filed"))


def _cure(artefact: Artefact, outcome: Outcome, standing: Standing) -> tuple[str, Place]:
    if outcome.state is State.IN_REVIEW and standing.waiting is not None:
        waiting = standing.waiting
        return N_("Review"), Place(PlaceKind.REVIEW, waiting.item, version=waiting.version)
    missing = outcome.missing_periods
    if artefact.every is not None and missing:
        period = missing[-1][1]
        verb = N_("Fill gaps") if outcome.answers else N_("Add")
        return verb, Place(PlaceKind.FILE, artefact.key, period=(period.first_on, period.last_on))
    verb = {State.LAPSED: N_("Renew"), State.REJECTED: N_("Replace"), State.CURRENT: N_("Renew")}.get(
        outcome.state, N_("Add")
    )
    # A document gets a new version where the old one is; a record of another time is an item of its own.
    item = standing.newest if artefact.facet is Facet.DOCUMENTED else None
    return verb, Place(PlaceKind.FILE, artefact.key, about=item or "")
