"""Whether somebody may work on the samples of an audit, and for which rows; the operations decide again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.audits.kinds import State
from itsmcomply.audits.models import Audit, AuditMember, AuditRow
from itsmcomply.audits.operations.team import refusal, refusal_of_team
from itsmcomply.audits.queries.interests import interests_of
from itsmcomply.clauses.model import Catalogue
from itsmcomply.permissions import Actor, Permission
from itsmcomply.wording import N_, say


@dataclass(frozen=True, slots=True)
class Working:
    """`refusal`: why this person does no work here, "" when they may; `barred`: rows they may not conclude, and why."""

    refusal: str
    rows: tuple[str, ...] = ()
    barred: Mapping[str, str] = field(default_factory=dict)

    @property
    def may(self) -> bool:
        return not self.refusal

    @property
    def free(self) -> tuple[str, ...]:
        """The rows they may conclude, in order."""
        return tuple(one for one in self.rows if one not in self.barred)

    def refusals(self, requirements: Iterable[str]) -> tuple[str, ...]:
        """Why they may not work for all of these rows; empty when they may."""
        if self.refusal:
            return (self.refusal,)
        return tuple(dict.fromkeys(self.barred[one] for one in requirements if one in self.barred))


def working(session: Session, catalogue: Catalogue, audit: Audit, actor: Actor) -> Working:
    """What this person may do in this audit. At most ten queries."""
    if audit.state is not State.RUNNING:
        closed = N_("This audit is closed; its record no longer changes.")
        return Working(say(closed if audit.signed_off_at else N_("This audit is not in progress.")))
    if not actor.may(Permission.CONDUCT_AUDIT, audit.system_id):
        return Working(say(N_("Auditors work here; you can read.")))
    members = select(AuditMember).where(AuditMember.audit_id == audit.id, AuditMember.ended_at.is_(None))
    team = session.scalars(members).all()
    if reason := refusal_of_team(team, actor.user_id):
        return Working(reason)
    query = select(AuditRow.requirement).where(AuditRow.audit_id == audit.id).order_by(AuditRow.position)
    rows = tuple(one for one in session.scalars(query) if one in catalogue.requirements)
    who = interests_of(session, audit.system_id, [actor.user_id])[actor.user_id]
    judged = {one: refusal(catalogue, audit, one, team=team, who=who) for one in rows}
    return Working("", rows, {one: reason for one, reason in judged.items() if reason})
