"""Offer an item as alternative evidence for a requirement or through a control, and end such a link."""

from __future__ import annotations

from sqlalchemy import select

from itsmcomply.controls.models import Control, ControlMapping
from itsmcomply.errors import InvalidInput, InvalidTransition
from itsmcomply.evidence.models import EvidenceLink
from itsmcomply.evidence.operations.desk import Desk
from itsmcomply.evidence.operations.filing import require_change
from itsmcomply.evidence.operations.reviewing import find_link, link_target
from itsmcomply.evidence.rules import problems_of_withdrawal
from itsmcomply.permissions import Permission
from itsmcomply.wording import N_, say


def link_to_requirement(desk: Desk, *, item_id: int, requirement: str, artefact: str) -> EvidenceLink:
    """Let an item stand for an artefact that a requirement expects. It counts once somebody else accepts the link."""
    desk.require(Permission.FILE_EVIDENCE)
    found = desk.catalogue.requirements.get(requirement)
    if found is None:
        raise InvalidInput({"requirement": say(N_("There is no such requirement. Choose one from the list."))})
    if artefact not in {expectation.artefact for expectation in found.expectations}:
        text = N_("%(requirement)s does not expect this artefact. Choose one that it expects.")
        raise InvalidInput({"artefact": say(text, requirement=requirement)})
    return _link(desk, item_id, EvidenceLink(requirement=requirement, artefact=artefact))


def link_to_control(desk: Desk, *, item_id: int, control_id: int, artefact: str) -> EvidenceLink:
    """Let an item stand for an artefact wherever the control's requirements expect it."""
    desk.require(Permission.FILE_EVIDENCE)
    control = desk.session.get(Control, control_id)
    if control is None or control.system_id != desk.system.id:
        raise InvalidInput({"control": say(N_("There is no such control. Choose one from the list."))})
    mapped = desk.session.scalars(
        select(ControlMapping.requirement).where(
            ControlMapping.control_id == control.id, ControlMapping.ended_at.is_(None)
        )
    )
    requirements = [r for key in mapped if (r := desk.catalogue.requirements.get(key)) is not None]
    if artefact not in {expectation.artefact for r in requirements for expectation in r.expectations}:
        text = N_("No requirement of control %(control)s expects this artefact. Choose one that is expected.")
        raise InvalidInput({"artefact": say(text, control=control.ref)})
    return _link(desk, item_id, EvidenceLink(control_id=control.id, artefact=artefact))


def _link(desk: Desk, item_id: int, link: EvidenceLink) -> EvidenceLink:
    item = desk.item(item_id)
    if link.artefact == item.artefact:
        raise InvalidInput({"artefact": say(N_("The item is filed under this artefact, so it counts there already."))})
    same = select(EvidenceLink.id).where(
        EvidenceLink.item_id == item.id,
        EvidenceLink.requirement.is_(None)
        if link.requirement is None
        else EvidenceLink.requirement == link.requirement,
        EvidenceLink.control_id.is_(None) if link.control_id is None else EvidenceLink.control_id == link.control_id,
        EvidenceLink.artefact == link.artefact,
        EvidenceLink.ended_at.is_(None),
    )
    if desk.session.execute(same.limit(1)).first() is not None:
        raise InvalidInput({"": say(N_("The item is linked there already. Nothing was changed."))})
    link.system_id, link.item_id = desk.system.id, item.id
    link.linked_at, link.linked_by = desk.now, desk.actor.user_id
    desk.session.add(link)
    desk.note("evidence.linked", item, {"to": link_target(link), "artefact": link.artefact}, [link])
    return link


def end_link(desk: Desk, *, link_id: int, reason: str) -> EvidenceLink:
    """End a link with a reason; what it made count no longer does. Raises InvalidInput, InvalidTransition."""
    link = find_link(desk, link_id)
    item = desk.item(link.item_id)
    if link.linked_by != desk.actor.user_id:
        require_change(desk, item, None)
    if errors := problems_of_withdrawal(reason):
        raise InvalidInput(dict(errors))
    if link.ended_at is not None:
        raise InvalidTransition("ended", "ended", say(N_("This link was ended already.")))
    link.ended_at, link.ended_by, link.end_reason = desk.now, desk.actor.user_id, reason
    after: dict[str, object] = {"to": link_target(link), "artefact": link.artefact, "reason": reason}
    desk.note("evidence.link_ended", item, after, [link])
    return link
