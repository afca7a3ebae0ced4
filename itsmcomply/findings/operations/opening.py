"""Take a finding in hand: who acts, where it stands, what may be done; and leave the trail entry of what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itsmcomply.activity.operations import Record, record_activity
from itsmcomply.db import Base
from itsmcomply.errors import InvalidInput, NotFound
from itsmcomply.evidence.operations import Desk
from itsmcomply.findings.dossiers import ActionFile, Dossier, finding_id, load_dossiers
from itsmcomply.findings.duties import Person, person_of, require
from itsmcomply.findings.models import Finding, FindingPlan
from itsmcomply.findings.queries.people import people_who_answer
from itsmcomply.findings.rules import Act, ActionFacts, Case
from itsmcomply.systems.operations import touch_facts
from itsmcomply.wording import N_, Sentence, say


@dataclass(frozen=True, slots=True)
class Matter:
    """A finding in an open use case: what is on record, where it stands and who acts, all as of its start."""

    desk: Desk
    dossier: Dossier
    case: Case
    person: Person

    @property
    def finding(self) -> Finding:
        return self.dossier.finding

    def require(self, act: Act, action: ActionFacts | None = None) -> None:
        """Raise NotPermitted or InvalidTransition unless this person may do this now."""
        require(act, self.case, self.person, self.desk.today, action=action)

    def action(self, number: int) -> tuple[ActionFile, ActionFacts]:
        """A corrective action that was not ended. Raises NotFound."""
        for file in self.dossier.actions:
            if file.row.number == number and file.row.ended_at is None:
                return file, next(facts for facts in self.case.actions if facts.number == number)
        raise NotFound("corrective action", f"{self.finding.key}/{number}")

    def note(
        self, action: str, after: dict[str, object], rows: Sequence[Base], before: dict[str, object] | None = None
    ) -> None:
        """Record what happened to the finding; `rows` are all rows changed. A plan among them that ended is told of."""
        ends = [row.end_reason for row in rows if isinstance(row, FindingPlan) and row.ended_at is not None]
        told = after | {"plan_ended": ends[0]} if ends else after
        note(self.desk, self.finding, action, told, rows, before=before)


def open_finding(desk: Desk, key: str) -> Matter:
    """The finding of this key in the desk's system. Raises NotFound. 18 queries."""
    found = finding_id(desk.session, desk.system.id, key)
    dossier = load_dossiers(desk.session, desk.catalogue, desk.system.id, only=[found])[0]
    return Matter(desk, dossier, dossier.case, person_of(desk.actor, desk.system.id))


def note(
    desk: Desk,
    finding: Finding,
    action: str,
    after: dict[str, object],
    rows: Sequence[Base],
    *,
    before: dict[str, object] | None = None,
) -> None:
    """Append to the trail, and mark the system's facts as changed: findings cap coverage and block gates."""
    record = Record("finding", finding.key, finding.system_id)
    seq = record_activity(desk.session, desk.actor, desk.now, action, record, before=before, after=after, rows=rows)
    touch_facts(desk.system, seq)


def refuse(problems: dict[str, Sentence]) -> None:
    """Raise InvalidInput if there is any problem."""
    if problems:
        raise InvalidInput(dict(problems))


def require_answering(desk: Desk, user_id: int | None, field: str) -> None:
    """Raise InvalidInput unless the person may act on findings in this system; None is nobody and fine."""
    if user_id is None:
        return
    if user_id not in {person.user_id for person in people_who_answer(desk.session, desk.system.id, desk.today)}:
        raise InvalidInput({field: say(N_("Choose a person who may act on findings: a process owner or SMS manager."))})


def end_plan(matter: Matter, reason: str) -> list[FindingPlan]:
    """End the plan that waits or is accepted, because what it was about changed. Empty when there is none."""
    plan = matter.dossier.plan
    if plan is None or plan.ended_at is not None or plan.accepted is False:
        return []
    plan.ended_at, plan.end_reason = matter.desk.now, reason
    return [plan]
